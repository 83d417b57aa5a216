"""What proves staff in each set-up, by default and with the switch that docs/proofs.md names.

The fields are those of real servers, as public reports and test suites have recorded them; names,
addresses and dates are changed, long values cut. Where each form was seen stands beside it.
"""

import re
from dataclasses import replace
from pathlib import Path

from .....router.chain import Chain
from .....router.message.mail import ReceivedMail
from .....router.policy import Policy
from ....kit.memory_directory import EXPECTED, MAILS, world_directory
from ....kit.pure import PureCase
from ....kit.verdict_kit import why
from .test_proof_kinds import Staff

PAGE = Path(__file__).parents[4] / "docs" / "proofs.md"
NONE = Policy(domains=frozenset({"example.com"}), own_addresses=frozenset())
RESULTS = "Authentication-Results: {id}; dkim=pass header.d={domain}; spf=pass smtp.mailfrom={domain}; dmarc=pass header.from={domain}"  # noqa: E501
OUTSIDE = "Received: from out.{domain} (out.{domain} [198.51.100.7]) by {by} with ESMTPS id 1; M"
PHONE = "Received: from phone (dsl.isp.test [198.51.100.9]){shown} by {by} with ESMTPSA id 1; M"
# hardware/mailserver#61, lieser/dkim_verifier#31, trusteddomainproject/OpenDKIM#48
GMAIL = (
    "Received: by 2002:a05:6402:5208:b0:5c8:9f44:f1b2 with SMTP id s8csp2330501edd; M",
    "X-Received: by 2002:a17:907:868e:b0:a1c:8e6a with SMTP id qa14mr5317402ejc.93; M",
    "ARC-Authentication-Results: i=1; mx.google.com; dkim=pass header.i=@{domain}",
    "Return-Path: <x@{domain}>",
    "Received: from out.{domain} (out.{domain}. [198.51.100.7]) by mx.google.com with ESMTPS id "
    "up6si7122038wjc.275 for <sales@example.com> (version=TLS1_2 cipher=X bits=128/128); M",
    "Received-SPF: pass (google.com: domain of x@{domain} designates 198.51.100.7 as permitted "
    "sender) client-ip=198.51.100.7;",
    "Authentication-Results: mx.google.com; dkim=pass header.i=@{domain} header.s=s1 "
    "header.b=ksOGfQcS; spf=pass (google.com: domain of x@{domain} designates 198.51.100.7 as "
    "permitted sender) smtp.mailfrom=x@{domain}; dmarc=pass (p=REJECT dis=NONE) "
    "header.from={domain}",
)
MICROSOFT = replace(NONE, own_hosts=frozenset({"*.outlook.com", "2603:10a6::/32"}))
# forwardemail/free-email-forwarding#214; the tenant's own domain stands between the results
TENANT = (
    "Received: from AM7PR07MB6264.eurprd07.prod.outlook.com (2603:10a6:4:3f::44) by "
    "DB6PR07MB4245.eurprd07.prod.outlook.com with HTTPS via DB6PR0201CA0034.EURPRD02.PROD."
    "OUTLOOK.COM; M",
    "Received: from DB6PR07CA0179.eurprd07.prod.outlook.com (2603:10a6:6:43::33) by "
    "AM7PR07MB6264.eurprd07.prod.outlook.com (2603:10a6:20b:13e::9) with Microsoft SMTP Server "
    "(version=TLS1_2, cipher=X) id 15.20.2937.9; M",
)
EDGE = (
    *TENANT,
    "Received: from DB5EUR01FT039.eop-EUR01.prod.protection.outlook.com (2603:10a6:6:43:cafe::78) "
    "by DB6PR07CA0179.outlook.office365.com (2603:10a6:6:43::33) with Microsoft SMTP Server "
    "(version=TLS1_2, cipher=X) id 15.20.2937.9 via Frontend Transport; M",
    "Authentication-Results: spf=pass (sender IP is 198.51.100.7) smtp.mailfrom={domain}; "
    "example.com; dkim=pass (signature was verified) header.d={domain};example.com; dmarc=pass "
    "action=none header.from={domain};compauth=pass reason=100",
    "Received-SPF: Pass (protection.outlook.com: domain of {domain} designates 198.51.100.7 as "
    "permitted sender) receiver=protection.outlook.com; client-ip=198.51.100.7; helo=x.{domain};",
    "Received: from out.{domain} (198.51.100.7) by DB5EUR01FT039.mail.protection.outlook.com "
    "(10.152.4.119) with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 15.20.2937.9 via "
    "Frontend Transport; M",
)
# MicrosoftDocs/microsoft-365-docs#9782 (within a tenant nothing is signed); the stamps as in
# Webklex/php-imap, tests/messages/issue-275-2.eml
STAMP = (
    "Authentication-Results: dkim=none (message not signed) header.d=none;dmarc=none action=none "
    "header.from={domain};",
    "X-MS-Exchange-Organization-AuthAs: Internal",
    "X-MS-Exchange-Organization-AuthMechanism: 04",
    "X-MS-Exchange-Organization-AuthSource: AM7PR07MB6264.eurprd07.prod.outlook.com",
)
POSTFIX = OUTSIDE.replace("{by}", "mx.example.com")
OWN = RESULTS.replace("{id}", "mx.example.com")
# rspamd/rspamd#2082; of a login: rspamd/rspamd#3728, NousResearch/hermes-agent#94617
RSPAMD = (
    "Authentication-Results: mx.example.com; dkim=pass header.d={domain} header.s=mail "
    "header.b=b3FTqKzG; dmarc=pass (policy=reject) header.from={domain}; spf=pass "
    "(mx.example.com: domain of x@{domain} designates 198.51.100.7 as permitted sender) "
    "smtp.mailfrom=x@{domain}"
)
# IONOS writes a field for each signature, and nothing of SPF and DMARC. Test suites of mail
# clients have such messages: search for "mx.kundenserver.de (mxeue".
IONOS = (
    "Authentication-Results:  kundenserver.de; dkim=pass header.i=@mailer.test",
    "Authentication-Results:  kundenserver.de; dkim=pass header.i=@{domain}",
    "Received: from out.{domain} ([198.51.100.7]) by mx.kundenserver.de (mxeue102 "
    "[217.72.192.67]) with ESMTPS (Nemesis) id 1MgQMD-1rir0j14hj-00ojoy for <s@example.com>; M",
)
# between two mailboxes there, of a domain without a key
IONOS_UNSIGNED = (
    "Authentication-Results:  kundenserver.de; dkim=none",
    "Received: from mout.kundenserver.de ([212.227.126.135]) by mx.kundenserver.de (mxeue102 "
    "[217.72.192.67]) with ESMTPS (Nemesis) id 1MgQMD-1rir0j14hj-00ojoy for <s@example.com>; M",
    "Received: from smtpclient.apple ([198.51.100.9]) by mrelayeu.kundenserver.de (mreue011 "
    "[212.227.15.167]) with ESMTPSA (Nemesis) id 1MRT6b-1qqbfM3xZ7-00NRQ0 for <s@example.com>; M",
)
# chatmail/core, dkimchecks test data; NousResearch/hermes-agent#68606: the last of four fields
_FASTMAIL = "Authentication-Results: mx1.messagingengine.com; "
FASTMAIL = (
    f"{_FASTMAIL}x-csa=none; x-me-sender=none; x-ptr=pass smtp.helo=o.test policy.ptr=o.test",
    f"{_FASTMAIL}bimi=skipped (DMARC Policy is not at enforcement)",
    f"{_FASTMAIL}arc=none (no signatures found)",
    f"{_FASTMAIL}dkim=pass (1024-bit rsa key sha256) header.d={{domain}} header.i=@{{domain}} "
    "header.b=KpmcEAgT header.a=rsa-sha256 header.s=s1 x-bits=1024; dmarc=pass "
    "policy.published-domain-policy=none policy.applied-disposition=none "
    "policy.evaluated-disposition=none (p=none,d=none,d.eval=none) policy.policy-from=p "
    "header.from={domain}; iprev=pass smtp.remote-ip=198.51.100.7 (o.test); spf=pass "
    "smtp.mailfrom=x@{domain} smtp.helo=o.test",
    OUTSIDE.replace("{by}", "mx1.messagingengine.com"),
)
# The headers of mailing lists' archives have many: "X-Get-Message-Sender-Via: host: …". A user
# whose mailbox is that of the hosting account is shown as "only user confirmed".
CPANEL = (
    "Received: from [198.51.100.9] (port=40498 helo=[192.168.1.179]) by host7.hoster.net with "
    "esmtpsa (TLS1.2) tls TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 (Exim 4.95) (envelope-from "
    "<boss@example.com>) id 1nwIJX-0004H3-79; M",
    "X-AntiAbuse: Primary Hostname - host7.hoster.net",
    "X-Get-Message-Sender-Via: host7.hoster.net: authenticated_id: boss+example.com/only user "
    "confirmed/virtual account not confirmed",
    "X-Authenticated-Sender: host7.hoster.net: boss@example.com",
)
# Webklex/php-imap, tests/messages/issue-412.eml: Dovecot's LMTP above Exim
EXIM = (
    "Received: from host7.hoster.net by host7.hoster.net with LMTP id YFDRGeZ6d2SlCRUAzEkvSQ "
    "(envelope-from <x@{domain}>) for <s@example.com>; M",
    "Return-path: <x@{domain}>",
    "Envelope-to: s@example.com",
    "Received: from out.{domain} ([198.51.100.7]:23637 helo=helo.{domain}) by host7.hoster.net "
    "with esmtps (TLS1.2) tls TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 (Exim 4.96) (envelope-from "
    "<x@{domain}>) id 1q4P28-005pTm-0E for s@example.com; M",
)
LOGIN = " (Authenticated sender: boss@example.com)"


def at(*hosts, **values):
    return replace(NONE, own_hosts=frozenset(hosts), **values)


def shown(name):
    return frozenset((name, method) for method in ("spf", "dkim", "dmarc"))


# key: policy, fields of a colleague's message, what the switch changes, the fields of an outsider's
# (None: the same); "here": a signature that the addon verified itself.
SET_UPS = {
    "Google Workspace": (at("mx.google.com"), GMAIL, {"results_shown": shown("mx.google.com")}),
    "Google, default signer": (
        at("mx.google.com", results_shown=shown("mx.google.com")),
        (*GMAIL[:-1], GMAIL[-1].replace(
            "header.i=@{domain}", "header.i=@example-com.20230601.gappssmtp.com")),
        {"signers": frozenset({("example.com", "example-com.20230601.gappssmtp.com")})},
    ),
    "Microsoft 365": (MICROSOFT, (*TENANT, *STAMP), None, EDGE),
    "Microsoft 365, hybrid": (
        MICROSOFT, (*TENANT, "Received: from ex1.example.com (203.0.113.5) by "
                    "DB5.mail.protection.outlook.com with Microsoft SMTP Server id 15; M", *STAMP),
        None, EDGE,
    ),
    "Microsoft 365, Direct Send": (
        MICROSOFT, (*TENANT, "Received: from printer (203.0.113.5) by "
                    "DB5.mail.protection.outlook.com with Microsoft SMTP Server id 15; M",
                    "X-MS-Exchange-Organization-AuthAs: Anonymous"),
        {"machines": frozenset({("boss2@example.com", "203.0.113.5")})}, EDGE,
    ),
    "Postfix, milters above": (NONE, (OWN, POSTFIX), None),
    "Postfix, milters below": (NONE, (POSTFIX, OWN), {"results_shown": shown("mx.example.com")}),
    "Postfix, phone with shown login": (
        NONE, (PHONE.format(shown=LOGIN, by="mx.example.com"),), None, (OWN, POSTFIX)),
    "Postfix, phone without login": (
        NONE, (PHONE.format(shown="", by="mx.example.com"),),
        {"exclusive_hosts": frozenset({"mx.example.com"})}, (OWN, POSTFIX)),
    "Rspamd": (
        NONE, (PHONE.format(shown="", by="mx.example.com"),
               "Authentication-Results: ORIGINATING; auth=pass smtp.auth=boss@example.com "
               "smtp.mailfrom=boss@example.com"),
        {"exclusive_hosts": frozenset({"mx.example.com"})}, (RSPAMD, POSTFIX)),
    "Exim/cPanel": (
        at("host7.hoster.net"), CPANEL,
        {"exclusive_hosts": frozenset({"host7.hoster.net"})}, EXIM),
    "OVH": (at("mx1.mail.ovh.net"), (OUTSIDE.replace("{by}", "mx1.mail.ovh.net"),), "here"),
    "IONOS": (at("mx.kundenserver.de", "kundenserver.de"), IONOS, None),
    "IONOS, without a key": (
        at("mx.kundenserver.de", "kundenserver.de"), IONOS_UNSIGNED, None, IONOS),
    "Fastmail": (at("mx1.messagingengine.com"), FASTMAIL, None),
    "Gateway before the mailbox": (
        at("mx.gateway.net", "mx.provider.net"),
        ("Authentication-Results: mx.provider.net; spf=fail smtp.mailfrom={domain}; dmarc=fail "
         "(p=reject) header.from={domain}",
         "Received: from mx.gateway.net (mx.gateway.net [203.0.113.5]) by mx.provider.net with "
         "ESMTPS id 1; M", RESULTS.replace("{id}", "mx.gateway.net"),
         OUTSIDE.replace("{by}", "mx.gateway.net")), None),
}  # fmt: skip
# Those whose fields prove a colleague without any switch.
BY_DEFAULT = frozenset({
    *("Microsoft 365", "Microsoft 365, hybrid", "Postfix, milters above", "IONOS", "Fastmail"),
    *("Postfix, phone with shown login", "Gateway before the mailbox"),
})  # fmt: skip


def decide(top, sender, policy, signed_by=()):
    domain = sender.partition("@")[2]
    lines = [line.replace("{domain}", domain) for line in top]
    lines += [f"From: x <{sender}>", "To: sales@example.com", "Subject: x", "", "x"]
    mail = ReceivedMail.from_bytes("\n".join(lines).encode())
    return Chain().decide(mail, Staff(), policy, signed_by)


class TestSetUps(PureCase):
    def proved(self, top, policy, signed_by=()):
        decision = decide(top, "boss@example.com", policy, signed_by)
        return bool(decision.proofs.of("boss@example.com")), why(decision, "author")

    def test_staff_by_default_and_with_the_switch(self):
        for name, (policy, top, switch, *_other) in SET_UPS.items():
            with self.subTest(name):
                found, text = self.proved(top, policy)
                self.assertIs(found, name in BY_DEFAULT, text)
                if isinstance(switch, dict) and "machines" not in switch:
                    found, text = self.proved(top, replace(policy, **switch))
                    self.assertTrue(found, text)

    def test_own_verification_proves_staff_wherever_nothing_else_does(self):
        for name, (policy, top, *_rest) in SET_UPS.items():
            with self.subTest(name):
                self.assertTrue(self.proved(top, policy, signed_by=["example.com"])[0])

    def test_a_customers_second_address(self):
        """It proves itself like the first one, and nobody else."""
        for name, (policy, top, switch, *other) in SET_UPS.items():
            values = switch if isinstance(switch, dict) else {}
            with self.subTest(name):
                decision = decide(other[0] if other else top, "lena@private.test",
                                  replace(policy, **values), ["private.test"])  # fmt: skip
                self.assertEqual(decision.author_check, "verified")
                self.assertFalse(decision.unproven)
                self.assertFalse(decision.proofs.of("lena@customer.test"))

    def test_direct_send_is_a_machines_or_nobodys(self):
        policy, top, *_rest = SET_UPS["Microsoft 365, Direct Send"]
        machine = frozenset({("printer@example.com", "203.0.113.5/32")})
        found = decide(top, "printer@example.com", replace(policy, machines=machine))
        self.assertTrue(found.proofs.of("printer@example.com"))
        self.assertFalse(self.proved(top, replace(policy, machines=machine))[0])

    def test_the_page_has_a_row_for_each(self):
        rows = re.findall(r"^\| ([^|]+) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
        self.assertEqual([row for row in rows if row in SET_UPS], list(SET_UPS))


class TestNoFalseAlarm(PureCase):
    # Whose author was not proved before proofs had a name, and who are ours: a form that writes
    # with our own address, a tenant that does not sign, the scanner.
    def test_human_messages_of_honest_senders(self):
        world = world_directory()
        for name, row in EXPECTED.items():
            if not row["human"] or not (MAILS / name).exists():
                continue
            policy = world.policy(row.get("account", "default"))
            mail = ReceivedMail.from_bytes((MAILS / name).read_bytes())
            decision = Chain().decide(mail, world, policy)
            with self.subTest(name):
                self.assertNotIn("forged", decision.verdicts)
                if row.get("author_check") == "verified":
                    self.assertFalse(decision.unproven, why(decision, "author"))
