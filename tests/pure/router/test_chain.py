"""The order of a decision: when steps are asked, and chains that hold more than ours."""

from datetime import date

from ....router.chain import Chain
from ....router.codes import Codes
from ....router.places import ReplyTarget, Route
from ....router.steps import STEPS, Found, Row, Step, When
from ....router.tokens.tokens import ReplyToken, TokenKey, make_reply_token
from ....router.verdicts import VERDICTS, Effect, Evidence, Verdict
from ....router.verdicts.loop import Loop
from ...kit.pure import PureCase
from ...kit.verdict_kit import POLICY, SECRET, Company, mail


class Reason(Codes):
    ODD = "odd", "Odd"


class Odd(Verdict):
    name = "odd"
    label = "Odd email"
    effect = Effect.QUARANTINE

    def check(self, case):
        return Evidence("its subject says so") if "odd" in case.mail.subject else None


class Noted(Odd):
    effect = Effect.NOTE
    answerable = True


class Lazy:
    """As Odoo's LazyTranslate: its text is in the language of whoever asks."""

    _source = "Odd email"

    def __str__(self):
        return "Merkwürdige E-Mail"


class Finds(Step):
    name = "finds"
    label = "Finds"
    reason = Reason.ODD

    def find(self, case):
        return Found("here", (Route("x.model", 1),), ())


class Holds(Finds):
    name = "holds"

    def find(self, case):
        return Found("waits", held=Reason.ODD)


def steps_asked(decision):
    return [line.step for line in decision.trace if line.step in ("finds", "holds")]


class TestWhen(PureCase):
    def asked(self, *steps, subject="Subject: plain"):
        chain = Chain((Odd(),), tuple(Row(step, when) for step, when in steps))
        return steps_asked(chain.decide(mail(subject), Company(), POLICY))

    def test_a_held_message_is_asked_about_only_always(self):
        for when, expected in (
            (When.ALWAYS, ["finds"]),
            (When.UNLESS_HELD, []),
            (When.LAST, []),
        ):
            with self.subTest(when):
                self.assertEqual(self.asked((Finds(), when), subject="Subject: odd"), expected)
                self.assertEqual(self.asked((Finds(), when)), ["finds"])

    def test_the_last_are_asked_only_where_nothing_was_found_and_nothing_holds_it(self):
        for first in (Finds(), Holds()):
            for when, count in ((When.LAST, 1), (When.UNLESS_HELD, 2)):
                with self.subTest(first=first.name, when=when):
                    asked = self.asked((first, When.UNLESS_HELD), (Finds(), when))
                    self.assertEqual(len(asked), count)

    def test_what_a_step_holds_waits_with_its_reason(self):
        chain = Chain((), (Row(Holds(), When.UNLESS_HELD),))
        decision = chain.decide(mail(), Company(), POLICY)
        self.assertEqual((decision.state, decision.reason), ("quarantined", "odd"))


class TestChain(PureCase):
    def test_another_chain_changes_nothing_of_ours(self):
        odd = mail("Subject: odd")
        chain = Chain((Odd(), *VERDICTS), STEPS)
        self.assertEqual(chain.decide(odd, Company(), POLICY).reason, "odd")
        self.assertEqual(Chain().decide(odd, Company(), POLICY).reason, "alias")
        self.assertNotIn("odd", [verdict.name for verdict in Chain().verdicts])

    def test_what_a_verdict_says_of_replies_is_the_decisions(self):
        plain, odd = mail(), mail("Subject: odd")
        machine = mail("Subject: odd", "Auto-Submitted: auto-generated")
        chain = Chain((Noted(), *VERDICTS), STEPS)
        for message, answerable in ((plain, True), (odd, True), (machine, False)):
            decision = chain.decide(message, Company(), POLICY)
            with self.subTest(decision.verdicts):
                self.assertIs(decision.answerable, answerable)
        self.assertEqual(decision.verdicts, ("odd", "machine"))

    def test_every_line_of_a_trace_has_a_label(self):
        for name in ("recipients", "author", "duplicate", "odd", "near_miss", "probe"):
            with self.subTest(name):
                self.assertTrue(Chain((Odd(), *VERDICTS), STEPS).label(name))
        self.assertEqual(Chain().label("odd"), "")

    def test_a_verdict_that_decides_is_its_own_reason(self):
        self.assertEqual((Odd.reason, Odd.reason.label), ("odd", "Odd email"))
        self.assertIsNone(Noted.reason)

    def test_the_label_of_its_reason_is_english_whoever_loads_the_addon(self):
        class Marked(Odd):
            label = Lazy()

        self.assertEqual(Marked.reason.label, "Odd email")

    def test_a_loop_that_waits_is_no_duplicate_whoever_refined_the_verdict(self):
        class Refined(Loop):
            pass

        class Delivered(Company):
            def delivered(self, mail):
                return frozenset()

        back = mail("In-Reply-To: <1-loop-detection-bounce-email@domain.com>")
        refined = [Refined() if isinstance(item, Loop) else item for item in VERDICTS]
        for verdicts in (VERDICTS, tuple(refined)):
            decision = Chain(verdicts, STEPS).decide(back, Delivered(), POLICY)
            self.assertEqual((decision.state, decision.reason), ("quarantined", "loop"))

    def test_a_reply_address_is_looked_up_once(self):
        asked = []

        class Counting(Company):
            def reply_target(self, token, sender):
                asked.append(token.res_id)
                return ReplyTarget("crm.lead", token.res_id, is_partner=True, familiar=True)

        token = ReplyToken(1, 42, 0, 5, date(2025, 11, 1))
        address = f"reply-{make_reply_token(TokenKey(SECRET, ''), token)}@domain.com"
        decision = Chain().decide(mail(f"To: {address}"), Counting(), POLICY)
        self.assertEqual((decision.reason, decision.author_check), ("reply", "verified"))
        self.assertEqual(asked, [42])
