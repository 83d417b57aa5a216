"""The steps one by one; whole messages are judged in test_mails.py."""

from dataclasses import replace
from datetime import date

from .....router.chain import Chain
from .....router.codes import Reason, State
from .....router.message.mail import ReceivedMail
from .....router.policy import Policy
from .....router.steps import STEPS
from .....router.steps.near_miss import _differ_in_digits
from .....router.tokens.tokens import ReplyToken, TokenKey, make_reply_token
from ....kit.effort import FLOOR, GROWTH, assert_in_proportion, cpu_seconds
from ....kit.memory_directory import MemoryDirectory, describe, world_directory
from ....kit.pure import PureCase

WORLD = world_directory()
POLICY = WORLD.policy()
KEY = TokenKey(POLICY.secret, POLICY.database)
ARRIVED = "Received: from a.test (a.test [198.51.100.7]) by mx.example.com with ESMTPS id 1; {}"


def decision(*lines, policy=POLICY, directory=WORLD, day="Mon, 05 Oct 2026 09:12:41 +0200"):
    head = [ARRIVED.format(day), "From: Lena <lena@customer.test>", *lines, "", "Hello"]
    mail = ReceivedMail.from_bytes("\r\n".join(head).encode())
    return Chain().decide(mail, directory, policy)


def targets(*lines, **options):
    return [describe(route) for route in decision(*lines, **options).routes]


def address(issued=date(2026, 9, 28), res_id=42, partner_id=501, key=KEY):
    token = ReplyToken(312, res_id, 1001, partner_id, issued)
    return f"reply-{make_reply_token(key, token)}@example.com"


class Silent(MemoryDirectory):
    """A directory of which only aliases, users and threads are known."""

    def reply_target(self, token, sender):
        return None

    def known_addresses(self, domain):
        return ()


class TestOrder(PureCase):
    def test_order_is_that_of_the_design(self):
        names = [step.name for step, _when in STEPS]
        order = ["reply_token", "thread", "alias", "sub_address", "user", "near_miss", "fallback",
                 "quarantine"]  # fmt: skip
        self.assertEqual([name for name in names if name in order], order)

    def test_steps_are_harmless_without_answers(self):
        silent = Silent(WORLD.world)
        for lines, expected in (
            ([f"To: {address()}"], []),
            (["To: myname@example.com"], ["myname@example.com"]),
            (["To: saels@example.com"], []),
            (["To: sales@example.com"], ["sales@example.com"]),
        ):
            with self.subTest(lines=lines):
                self.assertEqual(targets(*lines, directory=silent), expected)


class TestReplyToken(PureCase):
    def test_age_counts_from_issue_to_arrival(self):
        issued = address(date(2026, 9, 5))
        self.assertEqual(targets(f"To: {issued}"), ["crm.lead/42"])
        late = targets(f"To: {issued}", day="Tue, 06 Oct 2026 09:12:41 +0200")
        self.assertEqual(late, ["crm.lead/new, continues 42"])

    def test_two_records_in_one_mail(self):
        found = targets(f"To: {address()}, {address(res_id=43)}", "References: <x@y>")
        self.assertEqual(found, ["crm.lead/42", "crm.lead/43"])

    def test_one_record_twice_is_one_route(self):
        found = targets(f"To: {address()}, {address(date(2026, 9, 29))}", "References: <x@y>")
        self.assertEqual(found, ["crm.lead/42"])

    def test_nothing_is_believed_without_a_secret(self):
        policy = replace(POLICY, secret=b"")
        key = TokenKey(b"", POLICY.database)
        found = decision(f"To: {address(key=key)}", policy=policy)
        self.assertEqual((found.state, found.routes), (State.QUARANTINED, ()))

    def test_the_trace_says_why_a_token_was_refused(self):
        other = TokenKey(KEY.secret, "elsewhere")
        for item, why in (
            (address(key=other), "signed by another database"),
            (address(res_id=4242), "the record no longer exists"),
            (address()[:-16] + "aaaa@example.com", "the signature is wrong"),
        ):
            with self.subTest(why=why):
                lines = [f"{one.step}: {one.text}" for one in decision(f"To: {item}").trace]
                self.assertTrue(
                    [line for line in lines if line.startswith("reply_token:") and why in line]
                )

    def test_parent_is_the_message_that_carried_the_address(self):
        self.assertEqual(decision(f"To: {address()}").routes[0].parent_id, 1001)

    def test_a_mail_that_failed_its_check_is_a_strangers(self):
        policy = replace(POLICY, trusted_authserv_ids=frozenset({"mx.example.com"}))
        failed = (
            "Authentication-Results: mx.example.com; dmarc=fail (p=none) header.from=customer.test"
        )
        mail = ReceivedMail.from_bytes(
            "\r\n".join([
                ARRIVED.format("Mon, 05 Oct 2026 09:12:41 +0200"), failed,
                "From: lena@customer.test", f"To: {address()}", "", "",
            ]).encode()
        )  # fmt: skip
        found = Chain().decide(mail, WORLD, policy)
        self.assertEqual(
            [describe(route) for route in found.routes], ["crm.lead/42, internal note"]
        )
        self.assertEqual(str(found.author_check), "failed")


class TestThread(PureCase):
    def test_only_the_last_references_and_what_was_answered_count(self):
        old = "References: <177.lead42@example.com> " + " ".join(f"<{n}@x>" for n in range(40))
        self.assertEqual(targets(old, "To: sales@example.com"), ["sales@example.com"])
        answered = targets(old, "In-Reply-To: <177.lead42@example.com>", "To: sales@example.com")
        self.assertEqual(answered, ["crm.lead/42"])

    def test_alias_of_another_model_takes_over(self):
        lines = ["In-Reply-To: <177.lead42@example.com>", "To: jobs@example.com, sales@example.com"]
        self.assertEqual(targets(*lines), ["jobs@example.com"])


class TestNearMiss(PureCase):
    def test_policies(self):
        for policy, address_, reason in (
            ("alias", "saels@example.com", Reason.NEAR_MISS),
            ("alias", "mynmae@example.com", Reason.UNMATCHED),
            ("all", "mynmae@example.com", Reason.NEAR_MISS),
            ("all", "saels@example.com", Reason.NEAR_MISS),
            ("suggest", "saels@example.com", Reason.UNMATCHED),
            ("off", "saels@example.com", Reason.UNMATCHED),
        ):
            with self.subTest(policy=policy, address=address_):
                found = decision(f"To: {address_}", policy=replace(POLICY, near_miss=policy))
                self.assertEqual(found.reason, reason)
                self.assertEqual("suggestions" in found.facts,
                                 reason is Reason.UNMATCHED and policy != "off")  # fmt: skip

    def test_nothing_is_guessed_beside_a_sure_recipient(self):
        self.assertEqual(targets("To: jobs@example.com, saels@example.com"), ["jobs@example.com"])

    def test_two_or_three_suggestions_of_addresses_in_use(self):
        found = decision("To: invoice20@example.com").facts["suggestions"]
        names = ["invoice2024@example.com", "invoices@example.com"]
        self.assertEqual(found, {"invoice20@example.com": names})

    def test_digits(self):
        for one, other, expected in (
            ("invoice2024", "invoice2025", True), ("invoice2024", "invoice204", True),
            ("invoice2024", "invoice2042", True), ("sales1", "sales", True),
            ("saels1", "sales1", False), ("abc", "abc", False), ("", "1", True),
        ):  # fmt: skip
            with self.subTest(one=one, other=other):
                self.assertEqual(_differ_in_digits(one, other), expected)

    def test_five_thousand_aliases(self):
        """Ten times the aliases cost ten times the search, not a hundred times."""

        def make(size):
            aliases = [
                {
                    "id": 100 + n,
                    "address": f"team-{n}-{n * 7919 % 10007}@example.com",
                    "model": "crm.lead",
                }
                for n in range(size)
            ]
            return MemoryDirectory({**WORLD.world, "aliases": [*WORLD.world["aliases"], *aliases]})

        def find(directory):
            return targets("To: saels@example.com", directory=directory)

        self.assertEqual(find(make(5_000)), ["sales@example.com"])
        assert_in_proportion(self, make, find, 5_000)


class TestSpeed(PureCase):
    def test_decisions_cost_what_the_header_costs(self):
        """The benchmark has the figures; here a film costs what a letter costs."""
        head = b"From: a@customer.test\r\nTo: sales@example.com\r\nSubject: x\r\n\r\n"
        letter, film = (head + b"lorem ipsum dolor\r\n" * lines for lines in (500, 1_300_000))
        self.assertLess(self.seconds(film), GROWTH * max(self.seconds(letter), FLOOR))

    def seconds(self, source):
        return cpu_seconds(lambda: Chain().decide(ReceivedMail.from_bytes(source), WORLD, POLICY))

    def test_a_policy_needs_domains_and_addresses_only(self):
        policy = Policy(frozenset({"example.com"}), frozenset({"catchall@example.com"}))
        self.assertEqual(targets("To: sales@example.com", policy=policy), ["sales@example.com"])
