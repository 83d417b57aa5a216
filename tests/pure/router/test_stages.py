"""The stages of a decision one by one: what each of them changes, and what it leaves alone."""

from dataclasses import replace
from unittest.mock import patch

from ....router.case import Case
from ....router.codes import AuthorCheck, Reason, State
from ....router.message.addresses import Mailbox
from ....router.message.mail import ReceivedMail
from ....router.places import Alias, Recipient, ReplyTarget, Route
from ....router.rules.patterns import Operator
from ....router.rules.rules import Action, Aspect, Condition, Hit, Rule, text_test
from ....router.stages import (
    Kind,
    Log,
    Outcome,
    drop_copies,
    find_author,
    find_hits,
    judge,
    override,
    place,
    set_defaults,
)
from ....router.steps import Found, Row, Step, When
from ....router.tokens.reading import ReadToken
from ....router.trust.proofs import Proof, Proofs, Scope
from ....router.trust.received import Boundary
from ....router.verdicts import Effect, Evidence, Verdict
from ....router.verdicts.auto_reply import AutoReply
from ....router.verdicts.bounce import Bounce
from ....router.verdicts.bulk import Bulk
from ....router.verdicts.loop import Loop
from ....router.verdicts.spam import Spam
from ...kit.pure import PureCase
from ...kit.verdict_kit import POLICY, Company

MAIL = ReceivedMail.from_bytes(b"From: anna@domain.com\nSubject: s\n\n")
SALES = Recipient("sales@domain.com", "to")
BOUNDARY = Boundary(0, (), known=False)
CASE = Case(MAIL, Company(), POLICY, BOUNDARY, (SALES,), author=Mailbox(address="anna@domain.com"))
HELD = Kind(Spam.reason, Effect.QUARANTINE, overridable=True)
IGNORED = Kind(Bounce.reason, Effect.IGNORE, overridable=False, proved=True)
JOINS = Kind(AutoReply.reason, Effect.THREAD_ONLY, overridable=False, proved=True)
HERE, THERE = Route("crm.lead", 1), Route("crm.lead", 2)


class Says(Verdict):
    def __init__(self, name, effect, reason=Spam.reason, **attributes):
        self.name, self.effect, self.reason = name, effect, reason
        for key, value in attributes.items():
            setattr(self, key, value)

    def check(self, case):
        return self.evidence if hasattr(self, "evidence") else Evidence(f"{self.name} holds")


class Finds(Step):
    def __init__(self, name, *routes, reason=Reason.ALIAS, joins_thread=False, **found):
        self.name, self.reason, self.joins_thread = name, reason, joins_thread
        self.found = Found(f"{name} looked", tuple(routes), **found)
        self.cases = []

    def find(self, case):
        self.cases.append(case)
        return self.found


def hit(action, number=1, **values):
    return Hit(Rule(number, f"Rule {number}", action, (), **values), (SALES,))


def lines(log):
    return [(line.step, line.text, line.decided) for line in log.lines]


class TestLog(PureCase):
    def test_recipients_with_their_evidence(self):
        log = Log()
        log.note_recipients([SALES, Recipient("a@domain.com", "delivered-to", 2)])
        self.assertEqual(
            lines(log),
            [("recipients", "sales@domain.com from to[0]", False),
             ("recipients", "a@domain.com from delivered-to[2]", False)],
        )  # fmt: skip
        log = Log()
        log.note_recipients([])
        self.assertEqual(lines(log), [("recipients", "no recipient at our domains", False)])


class TestAuthor(PureCase):
    CUSTOMER, COLLEAGUE = "lena@customer.test", "user_a@domain.com"

    def found(self, check, *targets, sender=CUSTOMER, proofs=(), reply_to=""):
        log = Log()
        text = f"From: <{sender}>\n" + (f"Reply-To: {reply_to}\n" if reply_to else "")
        mail = ReceivedMail.from_bytes(f"{text}\n".encode())
        names = [Recipient(f"reply-{number}@domain.com", "to") for number in range(len(targets))]
        case = replace(
            CASE, mail=mail, author_check=check, proofs=Proofs(tuple(proofs)),
            recipients=tuple(names),
        )  # fmt: skip
        tokens = [
            ReadToken(name, None, target, "") for name, target in zip(names, targets, strict=True)
        ]
        with patch(f"{find_author.__module__}.read_tokens", return_value=tokens):
            return find_author(case, log), lines(log)

    def test_a_reply_address_proves_the_partner_it_was_issued_to(self):
        partner = ReplyTarget("crm.lead", 1, is_partner=True)
        other = ReplyTarget("crm.lead", 1, familiar=True)
        line = ("author", "Verified: sent to the reply address issued to this sender", False)
        for check, targets, expected in (
            (AuthorCheck.UNVERIFIED, [partner], ("verified", [line])),
            (AuthorCheck.UNVERIFIED, [None, other, partner], ("verified", [line])),
            (AuthorCheck.UNVERIFIED, [other], ("unverified", [])),
            (AuthorCheck.UNVERIFIED, [None], ("unverified", [])),
            (AuthorCheck.FAILED, [partner], ("failed", [])),
        ):
            with self.subTest(check=check, targets=targets):
                case, noted = self.found(check, *targets)
                self.assertEqual((case.author_check.value, noted), expected)
                self.assertFalse(case.unproven)

    def test_it_proves_them_for_its_own_record_alone(self):
        partner = ReplyTarget("crm.lead", 1, is_partner=True)
        case, _noted = self.found(AuthorCheck.UNVERIFIED, partner)
        self.assertIsNone(case.proofs.of(self.CUSTOMER))
        self.assertIsNone(case.proofs.of(self.CUSTOMER, ("crm.lead", 2)))
        self.assertEqual(case.proofs.of(self.CUSTOMER, ("crm.lead", 1)).scope, "record")

    def test_it_proves_nobody_of_ours(self):
        partner = ReplyTarget("crm.lead", 1, is_partner=True)
        for sender in (self.COLLEAGUE, "payments@domain.com"):
            case, noted = self.found(AuthorCheck.UNVERIFIED, partner, sender=sender)
            line = f"Unproven: {sender} is one of yours, and nothing proves who wrote this"
            self.assertEqual(
                (case.author_check.value, noted), ("unverified", [("author", line, False)])
            )
            self.assertTrue(case.unproven)
            self.assertIsNone(case.proofs.of(sender, ("crm.lead", 1)))

    def test_what_proves_from_proves_no_other_address(self):
        sender = "no-reply@shop.test"
        proof = Proof(Scope.DOMAIN, "shop.test", frozenset({sender}), "dkim=pass")
        options = {"sender": sender, "proofs": (proof,)}
        case, noted = self.found(AuthorCheck.VERIFIED, **options)
        self.assertEqual((case.author.address, case.author_check.value), (sender, "verified"))
        case, noted = self.found(AuthorCheck.VERIFIED, **options, reply_to=self.CUSTOMER)
        line = f"Not verified: the author is {self.CUSTOMER}"
        self.assertEqual(
            (case.author_check.value, noted), ("unverified", [("author", line, False)])
        )
        self.assertEqual(case.author.address, self.CUSTOMER)


class TestForms(PureCase):
    """A rule may say that a sender is a form; it says who the customer is, and proves nothing."""

    def found(self, *rules, check=AuthorCheck.UNVERIFIED):
        class Ruled(Company):
            def rules(self):
                return rules

        source = b"From: info@x.test\nReply-To: Lena <lena@y.test>\n\n"
        log = Log()
        case = replace(
            CASE, mail=ReceivedMail.from_bytes(source), directory=Ruled(), author_check=check
        )
        return find_author(case, log), log

    def test_the_rule_names_the_customer(self):
        case, log = self.found()
        self.assertEqual(case.author.address, "info@x.test")
        self.assertEqual(log.facts, {"reply_to": "lena@y.test"})
        test = text_test(Aspect.SENDER, Operator.EQUALS, "info@x.test")
        other = text_test(Aspect.SENDER, Operator.EQUALS, "info@z.test")
        for conditions, address in (
            ((Condition(Aspect.SENDER, test),), "lena@y.test"),
            ((Condition(Aspect.SENDER, other),), "info@x.test"),
        ):
            rule = Rule(1, "Form", Action.FORM, conditions)
            case, log = self.found(rule, check=AuthorCheck.VERIFIED)
            self.assertEqual(case.author.address, address)
            if address == "lena@y.test":
                self.assertIs(case.author_check, AuthorCheck.UNVERIFIED)
                self.assertIn(rule.text, lines(log)[0][1])
                self.assertEqual(log.facts, {})


class TestJudge(PureCase):
    def test_the_first_that_decides_ends_it_and_notes_do_not(self):
        log = Log()
        silent = Says("silent", Effect.IGNORE, evidence=None)
        note = Says("note", Effect.NOTE, is_machine=True, evidence=Evidence("n", {"a": 1}))
        nameless = Says("nameless", Effect.QUARANTINE, None, answerable=True)
        first = Says("first", Effect.QUARANTINE, answerable=True, overridable=True)
        case, kind = judge(CASE, (silent, note, nameless, first, Says("x", Effect.IGNORE)), log)
        self.assertEqual(kind, Kind(Spam.reason, Effect.QUARANTINE, overridable=True))
        self.assertEqual(case.verdicts, ("note", "nameless", "first"))
        self.assertEqual((case.is_machine, case.answerable), (True, False))
        self.assertEqual(log.facts, {"a": 1})
        self.assertEqual(
            lines(log),
            [("note", "n", False), ("nameless", "nameless holds", True),
             ("first", "first holds", True)],
        )  # fmt: skip

    def test_what_nobody_says_changes_nothing(self):
        self.assertEqual(judge(CASE, (), Log()), (CASE, None))
        case, _kind = judge(CASE, [Says("a", Effect.IGNORE, answerable=True)], Log())
        self.assertEqual((case.is_machine, case.answerable), (False, True))

    def test_what_is_not_proved_waits_and_a_rule_may_overrule_it(self):
        for effect, proved, expected in (
            (Effect.IGNORE, True, Kind(Spam.reason, Effect.IGNORE, False, True)),
            (Effect.IGNORE, False, Kind(Spam.reason, Effect.QUARANTINE, True, False)),
            (Effect.THREAD_ONLY, True, Kind(Spam.reason, Effect.THREAD_ONLY, False, True)),
            (Effect.THREAD_ONLY, False, Kind(Spam.reason, Effect.THREAD_ONLY, True, False)),
            (Effect.QUARANTINE, False, Kind(Spam.reason, Effect.QUARANTINE, False, False)),
        ):
            with self.subTest(effect=effect, proved=proved):
                verdict = Says("says", effect, evidence=Evidence("why", proved=proved))
                self.assertEqual(judge(CASE, [verdict], Log())[1], expected)

    def test_evidence_may_soften_its_verdict(self):
        soft = Says("soft", Effect.QUARANTINE, evidence=Evidence("s", effect=Effect.NOTE))
        log = Log()
        self.assertIsNone(judge(CASE, [soft], log)[1])
        self.assertEqual(lines(log), [("soft", "s", False)])


class TestOverride(PureCase):
    def test_only_a_judgement_and_only_by_a_rule_that_accepts(self):
        accept, other = hit(Action.ACCEPT, 2), hit(Action.QUARANTINE)
        text = f"classification “Spam” overridden by {accept.rule.text}"
        fact = replace(HELD, overridable=False)
        for kind, hits, expected, noted in (
            (HELD, (other, accept), None, [("rules", text, False)]),
            (HELD, (other,), HELD, []),
            (HELD, (), HELD, []),
            (fact, (accept,), fact, []),
            (None, (accept,), None, []),
        ):
            with self.subTest(kind=kind, hits=len(hits)):
                log = Log()
                self.assertEqual(override(replace(CASE, hits=hits), kind, log), expected)
                self.assertEqual(lines(log), noted)

    def test_rules_are_not_read_for_what_is_dismissed(self):
        class Ruled(Company):
            def rules(self):
                return (hit(Action.ACCEPT).rule,)

        case = replace(CASE, directory=Ruled())
        overruled = replace(IGNORED, overridable=True)
        for kind, count in ((None, 1), (HELD, 1), (JOINS, 1), (IGNORED, 0), (overruled, 1)):
            self.assertEqual(len(find_hits(case, kind).hits), count)


class TestPlace(PureCase):
    def placed(self, *steps, kind=None):
        log = Log()
        rows = [step if isinstance(step, Row) else Row(step, When.UNLESS_HELD) for step in steps]
        outcome = place(CASE, kind, rows, log)
        found = [(line.step, line.decided) for line in log.lines]
        return outcome.state.value, outcome.reason, outcome.routes, found

    def test_what_is_found_where(self):
        alias, user = Finds("alias", HERE), Finds("user", THERE, HERE, reason=Reason.USER)
        nothing, held = Finds("nothing"), Finds("held", held=Reason.NEAR_MISS)
        ends = Finds("ends", state=State.IGNORED, reason=Reason.RULE)
        last = Row(Finds("last", THERE, reason=Reason.FALLBACK), When.LAST)
        always = Row(Finds("always", HERE, reason=Reason.RULE), When.ALWAYS)
        thread = Finds("thread", HERE, reason=Reason.REPLY, joins_thread=True)
        for name, steps, kind, expected in (
            ("nothing", [nothing], None, ("quarantined", "unmatched", (), [("nothing", False)])),
            ("the first gives the reason, all give places", [nothing, alias, user], None,
             ("routed", "alias", (HERE, THERE),
              [("nothing", False), ("alias", True), ("user", True)])),
            ("a last resort is asked last", [alias, last], None,
             ("routed", "alias", (HERE,), [("alias", True)])),
            ("and if nobody else knows", [nothing, last], None,
             ("routed", "fallback", (THERE,), [("nothing", False), ("last", True)])),
            ("but not for what waits", [held, last], None,
             ("quarantined", "near_miss", (), [("held", True)])),
            ("another place frees what waits", [held, alias], None,
             ("routed", "alias", (HERE,), [("held", True), ("alias", True)])),
            ("an end", [alias, ends, user], None,
             ("ignored", "rule", (), [("alias", True), ("ends", True)])),
            ("dismissed", [always], IGNORED, ("ignored", "bounce", (), [])),
            ("held", [alias, last], HELD, ("quarantined", "spam", (), [])),
            ("held, but a rule has a place", [always, alias], HELD,
             ("routed", "spam", (HERE,), [("always", True)])),
            ("an automatic reply opens nothing", [alias], JOINS,
             ("ignored", "auto_reply", (), [])),
            ("what may be one waits", [alias], replace(JOINS, proved=False),
             ("quarantined", "auto_reply", (), [])),
            ("an automatic reply joins", [alias, thread], JOINS,
             ("routed", "auto_reply", (HERE,), [("thread", True)])),
        ):  # fmt: skip
            with self.subTest(name):
                self.assertEqual(self.placed(*steps, kind=kind), expected)

    def test_on_a_fixed_record_a_stranger_leaves_a_note(self):
        """Of an alias or a rule; a step that joins a thread has asked for itself."""
        proof = Proof(Scope.DOMAIN, "evil.test", frozenset({"x@evil.test"}), "")
        record, new = Route("crm.lead", 42), Route("crm.lead")
        note = replace(record, internal=True, stranger=True)
        for sender, values, expected in (
            ("customer@example.org", {}, record),
            ("customer@example.org", {"author_check": AuthorCheck.FAILED}, note),
            ("x@evil.test", {}, note),
            ("x@evil.test", {"proofs": Proofs((proof,))}, record),
        ):
            mail = ReceivedMail.from_bytes(f"From: {sender}\n\n".encode())
            case = replace(CASE, mail=mail, author=mail.sender, **values)
            for step, route, wanted in (
                (Finds("alias", record), record, expected),
                (Finds("thread", record, joins_thread=True), record, record),
                (Finds("alias", new), new, new),
            ):
                with self.subTest(sender, step=step.name, route=route):
                    outcome = place(case, None, [Row(step, When.UNLESS_HELD)], Log())
                    self.assertEqual(outcome.routes, (wanted,))

    def test_each_step_sees_what_those_before_it_left(self):
        first = Finds("first", remaining=(), facts={"a": 1})
        second, third = Finds("second", HERE), Finds("third")
        log = Log()
        rows = [Row(step, When.UNLESS_HELD) for step in (first, second, third)]
        place(CASE, None, rows, log)
        seen = [(case.recipients, case.routed) for step in (first, second, third)
                for case in step.cases]  # fmt: skip
        self.assertEqual(seen, [((SALES,), False), ((), False), ((), True)])
        self.assertEqual(log.facts, {"a": 1})


class TestDefaults(PureCase):
    def values(self, route, *hits):
        log = Log()
        outcome = Outcome(State.ROUTED, Reason.ALIAS, (route,))
        found = set_defaults(replace(CASE, hits=hits), outcome, log)
        return found.routes[0].defaults, len(log.lines)

    def test_only_new_records_of_the_rules_model(self):
        team = hit(Action.DEFAULTS, model="crm.lead", defaults=(("team_id", 5),))
        tag = hit(Action.DEFAULTS, 2, model="crm.lead", defaults=(("tag", 1), ("x", 2)))
        new = Route("crm.lead", alias=Alias(1, "a@b.test", "crm.lead"))
        for name, route, hits, expected in (
            ("new", new, (team,), ((("team_id", 5),), 1)),
            ("two rules", new, (team, tag), ((("team_id", 5), ("tag", 1), ("x", 2)), 2)),
            ("another action between", new, (hit(Action.ACCEPT), tag), ((("tag", 1), ("x", 2)), 1)),
            ("old record", Route("crm.lead", 7), (team,), ((), 0)),
            ("an inbox", Route("crm.lead", user_id=7), (team,), ((), 0)),
            ("another model", Route("hr.applicant"), (team,), ((), 0)),
            ("no rule", new, (), ((), 0)),
        ):
            with self.subTest(name):
                self.assertEqual(self.values(route, *hits), expected)


class TestCopies(PureCase):
    def test_each_place_once(self):
        routed = Outcome(State.ROUTED, Reason.ALIAS, (HERE, THERE))
        duplicate = Outcome(State.IGNORED, Reason.DUPLICATE)
        elsewhere = [("duplicate", "an earlier copy was routed elsewhere", False)]
        known = [("duplicate", "an earlier copy of this message was received", True)]
        loop = Outcome(State.QUARANTINED, Loop.reason)
        ignored = Outcome(State.IGNORED, Bulk.reason)
        for name, earlier, outcome, expected, noted in (
            ("first", None, routed, routed, []),
            ("second", {HERE.target}, routed, replace(routed, routes=(THERE,)), elsewhere),
            ("went nowhere", set(), routed, routed, elsewhere),
            ("all", {HERE.target, THERE.target}, routed, duplicate, known),
            ("what we sent", set(), loop, loop, []),
            ("dismissed", set(), ignored, ignored, []),
        ):

            class Knows(Company):
                def delivered(self, mail, answer=earlier):
                    return answer

            with self.subTest(name):
                log = Log()
                case = replace(CASE, directory=Knows())
                self.assertEqual(drop_copies(case, outcome, log), expected)
                self.assertEqual(lines(log), noted)
