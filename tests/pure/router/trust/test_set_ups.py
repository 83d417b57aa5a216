"""What proves staff in each set-up, by default and with the switch that docs/proofs.md names.

The fields are those of real servers, with names and addresses changed.
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
GMAIL = (
    "Received: by 2002:a05:6402:5208:b0:5c8:9f44:f1b2 with SMTP id s8; M",
    OUTSIDE.replace("{by}", "mx.google.com"),
    RESULTS.replace("{id}", "mx.google.com"),
)
MICROSOFT = replace(NONE, own_hosts=frozenset({"*.outlook.com", "2603:10a6::/32"}))
TENANT = (
    "Received: from A.eurprd05.prod.outlook.com (2603:10a6::1) by B.eurprd04.prod.outlook.com "
    "with HTTPS; M",
)
EDGE = (
    *TENANT,
    RESULTS.replace("{id}; ", ""),
    "Received: from out.{domain} (198.51.100.7) by DB5.mail.protection.outlook.com with Microsoft "
    "SMTP Server id 15.20; M",
)
STAMP = ("X-MS-Exchange-Organization-AuthAs: Internal",)
POSTFIX = OUTSIDE.replace("{by}", "mx.example.com")
OWN = RESULTS.replace("{id}", "mx.example.com")
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
        (*GMAIL[:2], GMAIL[2].replace(
            "header.d={domain}", "header.i=@example-com.20230601.gappssmtp.com")),
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
               "Authentication-Results: mx.example.com; auth=pass smtp.auth=boss@example.com "
               "smtp.mailfrom=boss@example.com"),
        {"exclusive_hosts": frozenset({"mx.example.com"})}, (POSTFIX, OWN)),
    "Exim/cPanel": (
        at("host7.hoster.net"),
        ("Received: from [198.51.100.9] (helo=phone) by host7.hoster.net with esmtpsa (Exim 4.96) "
         "id 1; M", "X-Authenticated-Sender: host7.hoster.net: boss@example.com"),
        {"exclusive_hosts": frozenset({"host7.hoster.net"})},
        (OUTSIDE.replace("{by}", "host7.hoster.net"),)),
    "OVH": (at("mx1.mail.ovh.net"), (OUTSIDE.replace("{by}", "mx1.mail.ovh.net"),), "here"),
    "IONOS": (
        at("mx.kundenserver.de", "kundenserver.de"),
        (RESULTS.replace("{id}", "kundenserver.de"), OUTSIDE.replace("{by}", "mx.kundenserver.de")),
        None),
    "Fastmail": (
        at("mx3.messagingengine.com"),
        (RESULTS.replace("{id}", "mx3.messagingengine.com"),
         OUTSIDE.replace("{by}", "mx3.messagingengine.com")), None),
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
