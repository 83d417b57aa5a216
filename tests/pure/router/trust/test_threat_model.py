"""Attacks that docs/security.md names one by one: what each of them meets.

The page says where they end in Odoo; here stands what the router decides of them.
"""

from dataclasses import replace

from .....router.chain import Chain
from .....router.message.mail import ReceivedMail
from .....router.places import Route
from .....router.trust.proofs import Scope
from .test_proof_kinds import (
    DOMAINS,
    PASS,
    PLAIN,
    RESULTS,
    STRANGER,
    ProofCase,
    Staff,
    decide,
)

STAFF = Route("crm.lead", address="staff@example.com")
MICROSOFT = replace(PLAIN, own_hosts=frozenset({"*.outlook.com", "2603:10a6::/32"}))
TENANT = (
    "Received: from A.eurprd05.prod.outlook.com (2603:10a6::1) by B.eurprd04.prod.outlook.com "
    "with HTTPS; M"
)
EDGE = (
    "Received: from on-premises.example.com (203.0.113.5) by DB5.mail.protection.outlook.com "
    "(10.1.2.3) with Microsoft SMTP Server id 15.20; M"
)


class TestThreatModel(ProofCase):
    def test_dkim_replay_to_a_restricted_alias(self):
        """A signed message of the boss to a customer, sent again to an alias for employees.

        The signature holds, From is proved, and still the alias takes only what names it.
        """
        to_staff = ("To: Staff <staff@example.com>, x@customer.test",)
        copied = ("Cc: STAFF@example.com",)
        display = ('To: "staff@example.com" <x@customer.test>',)
        for rest, admitted in (((), False), (to_staff, True), (copied, True), (display, False),
                               (("Subject: staff@example.com",), False)):  # fmt: skip
            found = decide(RESULTS + PASS, STRANGER, rest=rest)
            self.assertTrue(found.proofs.of("boss@example.com"))
            self.assertIs(found.admits(STAFF), admitted, rest)
        # A rule, or a person, has chosen the alias: the message was written to another address.
        self.assertTrue(found.admits(Route("crm.lead")))
        # A login is no copy of anything: a blind copy to the alias is meant.
        phone = (
            "Received: from laptop (dsl.isp.test [198.51.100.9]) (Authenticated sender: "
            "boss@example.com) by mail.example.com (Postfix) with ESMTPSA id 1; M"
        )
        self.assertTrue(decide(phone).admits(STAFF))
        self.assertFalse(decide(STRANGER).admits(STAFF))

    def test_dkim_replay_with_fields_that_the_signature_does_not_cover(self):
        """A copy to a customer, with the alias put above what is signed (RFC 6376 §8.15)."""

        def signature(names, selector="s1"):
            return (
                f"DKIM-Signature: v=1; d=example.com; s={selector}; h={names}; bh=x; "
                f"b={selector}Kx4abc"
            )

        result = f"{RESULTS}dkim=pass header.d=example.com header.s=s1 header.b=s1Kx4abc"
        both = f"{result}; dkim=pass header.d=example.com header.s=s2 header.b=s2Kx4abc"
        to, cc = "To: staff@example.com", "Cc: staff@example.com"
        once, twice = signature("from:to:subject:date"), signature("from:to:to:subject:cc")
        bare = f"{RESULTS}dkim=pass header.d=example.com"
        for results, rest, admitted in (
            (result, (once, to), False),
            (result, (once, cc), False),
            (result, (twice, to), True),
            (result, (twice, cc), True),
            (result, (twice, to, to), False),
            (result, (twice, cc, cc), False),
            (result, (to,), True),  # a signature that is no longer there: the server's word
            (bare, (twice, once, cc), False),
            (both, (once, signature("from:to:to:subject", "s2"), to), True),
            (both, (once, signature("from:to:subject:cc", "s2"), to), False),
            (result, (once, signature("from:subject:to:to:cc:cc"), cc), False),  # planted
        ):
            with self.subTest(results, rest=rest):
                found = decide(results, STRANGER, rest=rest)
                self.assertTrue(found.proofs.of("boss@example.com"))
                self.assertIs(found.admits(STAFF), admitted)

    def test_dkim_replay_where_the_addon_verified_the_signature(self):
        rest = (
            "DKIM-Signature: v=1; d=example.com; s=s1; h=from:to:subject; b=x",
            "From: b@example.com",
        )
        for more, admitted in (
            ("To: staff@example.com", True),
            ("To: x@cust.test\nTo: staff@example.com", False),
            ("To: x@cust.test\nCc: staff@example.com", False),
        ):
            text = "\n".join([STRANGER, *rest, more, "Subject: x", "", "x"])
            mail = ReceivedMail.from_bytes(text.encode())
            found = Chain().decide(mail, Staff(), PLAIN, signed_by=("example.com",))
            self.assertTrue(found.proofs.of("b@example.com"))
            self.assertIs(found.admits(STAFF), admitted, more)

    def test_a_second_subject_above_the_signed_one(self):
        result = RESULTS + "dkim=pass header.d=example.com header.s=s1 header.b=abcdefgh"
        for names, second, proved in (
            ("from:subject", "X: y", True),
            ("from:subject", "Subject: pay at once", False),
            ("from:subject:subject", "Subject: pay at once", True),
        ):
            signature = f"DKIM-Signature: v=1; d=example.com; s=s1; h={names}; b=abcdefgh"
            found = decide(result, STRANGER, signature, second)
            self.assertIs(bool(found.proofs.of("boss@example.com")), proved, names)

    def test_a_signature_behind_a_header_that_is_too_long(self):
        """What was not read is no signature that is gone: nothing is known of it."""
        signature = "DKIM-Signature: v=1; d=example.com; s=s1; l=5; h=from:subject; b=abcdefgh"
        result = RESULTS + "dkim=pass header.d=example.com header.s=s1 header.b=abcdefgh"
        for filling in (
            ["X: y"] * 10_000,
            ["X: y" + "\n z" * 100_001],
            ["X: " + "y" * 1_500_000],
        ):
            self.assert_unproven(result, STRANGER, rest=(*filling, signature))
        self.assert_proved(Scope.DOMAIN, result, STRANGER, rest=["X: y"] * 9_000)

    def test_what_is_added_below_a_signature_with_a_length(self):
        """``l=`` (RFC 6376 §8.2): whoever holds a copy may append what they like."""
        signature = "DKIM-Signature: v=1; d=example.com; s=s1; l=5; h=from:subject; b=abcdefgh"
        result = RESULTS + "dkim=pass header.d=example.com header.s=s1 header.b=abcdefgh"
        self.assert_unproven(result, STRANGER, signature)
        whole = signature.replace("l=5; ", "")
        self.assert_proved(Scope.DOMAIN, result, STRANGER, whole)

    def test_a_smuggled_message(self):
        """SMTP smuggling (CVE-2023-51764): what stands behind a bare LF dot arrives as a message
        of its own, from the very server that SPF names. It has SPF, and nobody's signature.
        """
        spf = "spf=pass smtp.mailfrom=boss@example.com; dmarc=pass header.from=example.com"
        for results in (spf, f"dkim=none; {spf}", f"dkim=pass header.d=shared.test; {spf}"):
            self.assert_unproven(RESULTS + results, STRANGER)
        # The dot itself, where a server passes it on, ends no header and begins no message.
        smuggled = "\n.\nFrom: Boss <boss@example.com>"
        found = decide(RESULTS + PASS.replace("example", "evil"), STRANGER,
                       sender="x@evil.com", rest=(smuggled,))  # fmt: skip
        self.assertEqual(found.contact, "x@evil.com")
        self.assertFalse(found.proofs.of("boss@example.com"))

    def test_direct_send(self):
        """Microsoft takes mail for a tenant from anybody, in the tenant's own name as well."""
        results = (
            "Authentication-Results: spf=fail smtp.mailfrom=example.com; dkim=none; "
            "dmarc=none header.from=example.com; compauth=none reason=451"
        )
        stamps = ("X-MS-Exchange-Organization-AuthAs: Anonymous",
                  "X-MS-Exchange-CrossTenant-AuthAs: Internal")  # fmt: skip
        self.assert_unproven(TENANT, results, EDGE, *stamps, policy=MICROSOFT)

    def test_a_login_in_a_result(self):
        """``auth=pass smtp.auth=…``: it says who logged in, wherever a filter may write it.

        What stands there is not tied to the hop, and proves nobody, the login's owner included.
        """
        for login in ("boss@example.com", "colleague@example.com", "boss"):
            for result in (f"auth=pass smtp.auth={login}", f"auth=pass smtp.mailfrom={login}",
                           f"auth=pass (login) smtp.auth={login}; dkim=none"):  # fmt: skip
                self.assert_unproven(RESULTS + result, STRANGER)

    def test_hybrid_connectors(self):
        """Exchange stamps *Internal* on what an authenticated connector brought, and cuts the
        stamp off what comes from outside. Only the tenant's own stamp counts, only there.
        """
        internal = "X-MS-Exchange-Organization-AuthAs: Internal"
        self.assert_proved(Scope.DOMAIN, TENANT, EDGE, internal, policy=MICROSOFT)
        self.assert_unproven(TENANT, EDGE, internal, internal, policy=MICROSOFT)
        self.assert_unproven(TENANT, EDGE, "X-MS-Exchange-CrossTenant-AuthAs: Internal",
                             policy=MICROSOFT)  # fmt: skip
        self.assert_unproven(STRANGER, internal)  # the mailbox is not Microsoft's
        at_home = replace(MICROSOFT, domains=DOMAINS - {"example.com"})
        found = decide(TENANT, EDGE, internal, policy=at_home)
        self.assertFalse(found.proofs.of("boss@example.com"))  # another tenant's domain
