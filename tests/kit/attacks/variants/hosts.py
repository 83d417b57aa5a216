"""Variants of kinds 7, 8 and 14: what servers write, and what strangers write below."""

from .letters import (
    THREAD,
    case,
    exchange,
    exim,
    gmail,
    letter,
    postfix,
    qmail,
    results,
    sendmail,
    submitted,
    submitted_exim,
)

BOSS = "Boss <boss@example.com>"
STAFF = "staff@example.com"
HOST = "host7.hoster.net"
POSTFIX = "mail.hoster.net"
OTHER = "x@othercust.test"
PLANTED = submitted("boss@example.com")

SHARED = (
    case("7-no-login-shown", "Exim shows no login at all",
         letter(submitted_exim(by=HOST), BOSS, STAFF), account="shared"),
    case("7-Postfix-names-another", "Postfix names a login of another customer",
         letter(submitted(OTHER, POSTFIX), BOSS, STAFF), account="shared"),
    case("7-Sendmail", "Sendmail says authenticated and not who",
         letter("Received: from laptop (dsl.isp.test [198.51.100.9])\n\t(authenticated bits=0)\n"
                f"\tby {POSTFIX} (8.17.1/8.17.1) with ESMTPSA id @N@; @DATE@",
                "ceo@example.com", "sales@example.com"), account="shared"),
    case("7-qmail", "qmail names another login in the address of the peer",
         letter(f"Received: from unknown (HELO laptop) ({OTHER}@198.51.100.9)\n"
                f"  by {HOST} with ESMTPSA; @DATE@", BOSS, STAFF), account="shared"),
    case("7-cPanel", "cPanel's own field names another login, on the customer's record",
         letter(submitted_exim(f"authenticated_id: {OTHER}", HOST, "X-Get-Message-Sender-Via"),
                BOSS, "catchall@example.com", THREAD), account="shared"),
    case("7-foreign-user", "another login writes as a colleague with a foreign address",
         letter(submitted_exim(OTHER, HOST), "remote@gmail.test", STAFF), account="shared"),
)  # fmt: skip

LOCAL = (
    case("8-Postfix-pickup", "Postfix's pickup, a planted submission of ours below",
         letter((f"Received: by {POSTFIX} (Postfix, from userid 1003)\n\tid @N@; @DATE@", PLANTED),
                BOSS, STAFF), account="shared"),
    case("8-qmail-invoked", "qmail of a local user, a planted submission of ours below",
         letter((f"Received: (qmail 123 invoked by uid 1003); @DATE@\n"
                 f"Received: from unknown (HELO localhost) (127.0.0.1)\n  by {HOST} with SMTP;"
                 " @DATE@", PLANTED), BOSS, STAFF), account="shared"),
    case("8-Exim-with-a-login", "a local hop, Exim's planted login below",
         letter((f"Received: from www-data by {HOST} with local (Exim 4.97)\n\tid @N@; @DATE@",
                 submitted_exim("boss@example.com")), BOSS, "sales@example.com"),
         account="shared"),
    case("8-delivery-headers", "a local hop, planted delivery fields below",
         letter((f"Received: from othercust by {HOST} with local (Exim 4.96) id @N@; @DATE@",
                 f"X-Original-To: {STAFF}\nEnvelope-To: {STAFF}", PLANTED), BOSS,
                "sales@example.com"), account="shared"),
    case("8-LMTP-above", "LMTP above the local hop, planted results below",
         letter((f"Received: from localhost by {HOST} with LMTP id @N@; @DATE@",
                 f"Received: from othercust by {HOST} with local (Exim 4.96) id 3; @DATE@",
                 results("dmarc=pass header.from=example.com; dkim=pass header.d=example.com",
                         HOST),
                 f"Received: from x (y [203.0.113.9]) by {HOST} with ESMTP id 2; @DATE@"),
                BOSS, STAFF), account="shared"),
    case("8-on-our-own-machine", "a web script on our own server writes as a colleague",
         letter(("Received: from www-data by mail.example.com with local (Exim 4.96)\n"
                 "\tid @N@; @DATE@", PLANTED), BOSS, STAFF)),
)  # fmt: skip


def _below(hop, planted, to=STAFF, sender=BOSS):
    return letter((hop, planted), sender, to)


BELOW = (
    case("14-Exim", "dmarc and dkim pass below Exim's hop",
         _below(exim(), results("dmarc=pass header.from=example.com;\n"
                                "\tdkim=pass header.d=example.com header.s=s1")),
         account="trust"),
    case("14-other-spelling", "our id in capitals with a version, below Sendmail's hop",
         _below(sendmail(), results("dkim=pass header.i=@example.com", "MAIL.Example.COM 1"),
                "sales@example.com"), account="trust"),
    case("14-two-fields", "two planted fields, the second says spf",
         _below(qmail(), f"{results('dkim=pass header.d=example.com')}\n"
                         f"{results('spf=pass smtp.mailfrom=boss@example.com')}"),
         account="trust"),
    case("14-beside-other-fields", "planted among the fields of a filter",
         _below(exchange(), "X-Spam-Status: No, score=-1\nX-Virus-Scanned: clean\n"
                + results("dkim=pass (2048-bit key) header.d=example.com header.i=@example.com")),
         account="trust"),
    case("14-contact", "for a contact with an address of ours, on the customer's record",
         letter((postfix(), results("dkim=pass header.d=example.com")), "ceo@example.com",
                "catchall@example.com", THREAD), account="trust"),
    case("14-Google", "a planted field of Google's below Google's hop",
         _below(gmail(), results("dkim=pass header.i=@example.com header.s=g;\n"
                                 "       dmarc=pass (p=NONE) header.from=example.com",
                                 "mx.google.com")), account="gmail"),
)  # fmt: skip
