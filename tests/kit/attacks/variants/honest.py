"""Variants of kind 0: what must go on working."""

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

STAFF, SALES, CATCHALL = "staff@example.com", "sales@example.com", "catchall@example.com"
TOKEN = "@TOKEN_CUSTOMER@"
BOSS = "Boss <boss@example.com>"
SHOP = results("dkim=pass header.d=shop.test; dmarc=pass header.from=shop.test")
VISITOR = "Reply-To: Visitor <visitor@private.test>"
OURS = "dkim=pass header.d=example.com"

COLLEAGUES = (
    case("0-colleague-Exim", "a proved colleague, Exim and a name in quotes",
         letter((results(f"{OURS} header.s=s1 header.b=abc"), exim()),
                '"Boss, The" <boss@example.com>', STAFF), same_as="0a"),
    case("0-colleague-subdomain", "a signature of a subdomain of ours",
         letter((results("dkim=pass header.d=mail.example.com; dmarc=pass"
                         " header.from=example.com"), sendmail()), BOSS, STAFF), same_as="0a"),
    case("0-colleague-at-Google", "Google says that a colleague with a foreign address is proved",
         letter((results("dkim=pass header.i=@gmail.test header.s=s1; dmarc=pass"
                         " header.from=gmail.test", "mx.google.com"), gmail()),
                "Remote <remote@gmail.test>", STAFF), account="gmail", same_as="0a"),
    case("0-colleague-header-i", "the signer as an address, results of two lines",
         letter((results("spf=pass smtp.mailfrom=boss@example.com;\n"
                         "\tdkim=pass (2048-bit key) header.i=boss@example.com"), exchange()),
                BOSS, STAFF), same_as="0a"),
    case("0-colleague-signed", "our own check of the signature, where nobody adds results",
         letter(postfix(), BOSS, STAFF), signed="example.com", same_as="0a"),
)  # fmt: skip

CUSTOMERS = (
    case("0-customer-Exim", "the customer's reply address, through Exim, with another subject",
         letter(exim(), "Carla <@CUSTOMER@>", TOKEN), same_as="0c"),
    case("0-customer-reference", "the customer answers without the reply address",
         letter(sendmail(), "@CUSTOMER@", CATCHALL, "In-Reply-To: @KNOWN@"), same_as="0c"),
    case("0-customer-to-all", "the customer answers to all, a proved mail",
         letter((results("dkim=pass header.d=cust.example.org"), exchange()), "@CUSTOMER@",
                TOKEN, THREAD, "Cc: boss@example.com"), same_as="0c"),
    case("0-customer-gone-offer", "the customer answers an offer that is gone from Odoo",
         letter(qmail(), "@CUSTOMER@", TOKEN, THREAD), prepare="forget_offer", same_as="0c"),
    case("0-follower", "somebody outside who follows answers by reference",
         letter(exim(), "follower@partner.test", CATCHALL, THREAD), prepare="follower_follows_lead",
         same_as="0-follower"),
)  # fmt: skip

FORMS = (
    case("0-form-WordPress", "WordPress of a shop",
         letter((SHOP, exim()), "WordPress <wordpress@shop.test>", SALES, VISITOR,
                "X-Mailer: PHPMailer 6.9"), same_as="0e"),
    case("0-form-unproved", "a form whose server signs nothing",
         letter(sendmail(), "donotreply@shop.test", SALES, VISITOR), same_as="0e"),
    case("0-form-at-Google", "a form's mail that Google received",
         letter((results("dkim=pass header.i=@shop.test", "mx.google.com"), gmail()),
                "noreply@shop.test", SALES, VISITOR), account="gmail", same_as="0e"),
    case("0-form-our-site", "our own web site writes from an address of ours",
         letter(qmail(helo="web.example.com"), "WordPress <wordpress@example.com>", SALES, VISITOR,
                "X-Mailer: PHPMailer 6.9"), same_as="0e"),
)  # fmt: skip

PHONES = (
    case("0-phone-Exim", "Exim names the login",
         letter(submitted_exim("boss@example.com"), BOSS, STAFF), same_as="0g"),
    case("0-phone-capitals", "the login in capitals",
         letter(submitted("Boss@Example.COM"), BOSS, STAFF), same_as="0g"),
    case("0-phone-relayed", "a second server of ours above the submission",
         letter(("Received: from mail.example.com (mail.example.com [10.0.0.2])\n"
                 "\tby store.example.com (Postfix) with ESMTPS id @N@; @DATE@",
                 submitted("boss@example.com")), BOSS, STAFF), same_as="0g"),
    case("0-phone-filtered", "a filter on the machine, by LMTP and on the loopback",
         letter(("Received: from mail.example.com\n"
                 "\tby mail.example.com with LMTP id @N@; @DATE@",
                 "Received: from localhost (localhost [127.0.0.1])\n"
                 "\tby mail.example.com (Postfix) with ESMTP id @N@; @DATE@",
                 submitted("boss@example.com")), BOSS, STAFF), same_as="0g"),
)  # fmt: skip

FILES = "".join(
    f'--q\nContent-Type: text/plain; name="a{number}.txt"\n'
    f'Content-Disposition: attachment; filename="a{number}.txt"\n\nx{number}\n'
    for number in range(20)
)
GUESTS = ", ".join(f"guest{number}@party.test" for number in range(60))


def _large(hop, *more, to=SALES, kind="mixed", files=FILES):
    form = f'MIME-Version: 1.0\nContent-Type: multipart/{kind}; boundary="q"'
    body = f"--q\nContent-Type: text/plain\n\nHello @MARK@\n{files}--q--"
    return letter(hop, "asker-@MARK@@private.test", to, *more, body=body, form=form)


LARGE = (
    case("0-large-Cc", "sixty recipients in Cc, Exim", _large(exim(), f"Cc: {GUESTS}"),
         same_as="0i"),
    case("0-large-names", "sixty recipients with names, folded, Sendmail",
         _large(sendmail(), "Cc: " + GUESTS.replace("guest", '"Guest, A" <guest').replace(
             ".test", ".test>").replace(">, ", ">,\n ")), same_as="0i"),
    case("0-large-related", "twenty files of a related body",
         _large(exchange(), f"Cc: {GUESTS}", kind="related"), same_as="0i"),
    case("0-large-base64", "twenty files in base64",
         _large(qmail(), f"Cc: {GUESTS}", files=FILES.replace(
             '.txt"\n\nx', '.bin"\nContent-Transfer-Encoding: base64\n\neHh4').replace(
             "text/plain", "application/octet-stream")), same_as="0i"),
)  # fmt: skip

HONEST = (*COLLEAGUES, *CUSTOMERS, *FORMS, *PHONES, *LARGE)
