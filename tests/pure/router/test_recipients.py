"""Whom a message was meant for: evidence, precedence, and what names nobody."""

from dataclasses import replace

from ....router.message.mail import ReceivedMail
from ....router.recipients import MAX_OTHERS, find_recipients
from ...kit.effort import assert_in_proportion
from ...kit.memory_directory import world_directory
from ...kit.pure import PureCase

POLICY = world_directory().policy()
HOP = (
    "Received: from a.test (a.test [198.51.100.7]) by mx.example.com (Postfix) with ESMTPS id 1 "
    "for <{}>; Mon, 05 Oct 2026 09:12:41 +0200"
)


def recipients(*lines, policy=POLICY):
    """(address, header, occurrence, hop) of each recipient of a message with these header lines."""
    mail = ReceivedMail.from_bytes("\r\n".join([*lines, "", ""]).encode())
    found = find_recipients(mail, world_directory(), policy).found
    return [(item.address, item.header, item.occurrence, item.hop) for item in found]


def addresses(*lines, **options):
    return [item[0] for item in recipients(*lines, **options)]


class TestEvidence(PureCase):
    def test_evidence_names_header_occurrence_and_hop(self):
        for lines, expected in (
            (["X-Original-To: sales@example.com"], ("sales@example.com", "x-original-to", 0, None)),
            (
                ["Delivered-To: catchall@example.com", "Delivered-To: sales@example.com"],
                ("sales@example.com", "delivered-to", 1, None),
            ),
            (
                ["Received: by mail.example.com (Postfix) id 1; M", HOP.format("jobs@example.com")],
                ("jobs@example.com", "received", 1, 1),
            ),
            (["To: x@y.test", "Cc: sales@example.com"], ("sales@example.com", "cc", 0, None)),
            (["To: x@y.test", "To: sales@example.com"], ("sales@example.com", "to", 1, None)),
            (
                ["List-Post: <MAILTO:sales@example.com?subject=x>"],
                ("sales@example.com", "list-post", 0, None),
            ),
            (["List-Id: S <sales.example.com>"], ("sales@example.com", "list-id", 0, None)),
        ):
            with self.subTest(lines=lines):
                self.assertEqual(recipients(*lines), [expected])

    def test_delivery_header_beats_received_for_beats_to(self):
        to = "To: myname@example.com"
        hop = HOP.format("jobs@example.com")
        self.assertEqual(addresses("X-Original-To: zx@example.com", hop, to), ["zx@example.com"])
        self.assertEqual(addresses(hop, to), ["jobs@example.com"])
        self.assertEqual(addresses(HOP.format("catchall@example.com"), to), ["myname@example.com"])

    def test_an_alias_in_to_always_adds(self):
        found = addresses(HOP.format("jobs@example.com"), "To: sales@example.com, zx@example.com")
        self.assertEqual(found, ["jobs@example.com", "sales@example.com"])

    def test_a_pinned_standard_header_is_not_believed_below_the_boundary(self):
        lines = [HOP.format("catchall@example.com"), "X-Original-To: jobs@example.com"]
        for name, expected in (
            ("X-Original-To", ["catchall@example.com"]),
            ("X-Stamped", ["sales@example.com"]),
            ("To", ["catchall@example.com"]),
        ):
            policy = replace(POLICY, envelope_header=f"{name}:")
            with self.subTest(pinned=name):
                stamped = [*lines, "X-Stamped: sales@example.com"]
                self.assertEqual(addresses(*stamped, policy=policy), expected)

    def test_the_account_is_named_only_when_nothing_else_is(self):
        self.assertEqual(
            recipients("Delivered-To: catchall@example.com", "To: bounce@example.com"),
            [("catchall@example.com", "delivered-to", 0, None)],
        )
        self.assertEqual(
            addresses("Delivered-To: catchall@example.com", "To: zx@example.com"),
            ["zx@example.com"],
        )
        self.assertEqual(addresses("To: a@x.test"), [])

    def test_qmail_prefix_is_cut_for_our_domains_only(self):
        for value, expected in (
            ("example.com-sales@example.com", ["sales@example.com"]),
            ("example.com-@example.com", ["example.com-@example.com"]),
            ("other.test-sales@other.test", []),
        ):
            with self.subTest(value=value):
                self.assertEqual(addresses(f"Delivered-To: {value}"), expected)

    def test_lists_of_others_name_nobody(self):
        for line in (
            "List-Id: <sales.example.com.evil.test>",
            "List-Id: <a.sales.example.com>",
            "List-Post: NO",
            "List-Post: sales@example.com",
            "List-Post: <https://example.com/sales@example.com>",
        ):
            with self.subTest(line=line):
                self.assertEqual(addresses(line), [])

    def test_any_domain_counts_only_where_an_alias_matches_it(self):
        policy = replace(POLICY, accept_any_domain=True)
        to = "To: sales@elsewhere.test, anna@elsewhere.test"
        self.assertEqual(addresses(to, policy=policy), [])

    def test_one_mail_to_thousands_of_our_addresses(self):
        def make(size):
            many = ", ".join(f"u{number}@example.com" for number in range(size))
            return f"To: {many}, sales@example.com"

        found = addresses(make(10_000))
        assert_in_proportion(self, make, addresses, 10_000)
        self.assertEqual(len(found), MAX_OTHERS + 1)
        self.assertEqual(found[-1], "sales@example.com")

    def test_a_strange_domain_of_ours_is_found_among_thousands(self):
        others = ", ".join(f"a@ü{number}.test" for number in range(10_000))
        for ours in ("verkauf@bücher.example", "verkauf@xn--bcher-kva.example"):
            with self.subTest(ours=ours):
                found = addresses(f"To: {others}, {ours}")
                self.assertEqual(found, ["verkauf@xn--bcher-kva.example"])
