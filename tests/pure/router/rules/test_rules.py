"""The administrator's rules: which messages they hold for, and what the chain makes of them."""

from .....router.chain import Chain
from .....router.codes import State
from .....router.places import Alias, User
from .....router.rules.patterns import MAX_VALUES, Operator, PatternError, TextTest
from .....router.rules.rules import Action, Aspect, Condition, Rule, SizeTest
from ....kit.effort import FLOOR, assert_in_proportion, cpu_seconds
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, Company, mail

SALES = Alias(1, "sales@domain.com", "crm.lead")
JOBS = Alias(2, "jobs@domain.com", "hr.applicant")
NEWS = ("List-Id: <news.shop.test>", "List-Unsubscribe: <https://shop.test>")


def condition(part, operator, *values, header="", negate=False):
    are_addresses = part in (Aspect.SENDER, Aspect.RECIPIENT)
    test = TextTest.make(Operator(operator), values, are_addresses=are_addresses)
    return Condition(part, test, header, negate)


def rule(action, *conditions, number=1, **values):
    return Rule(number, f"Rule {number}", action, conditions, **values)


class Ruled(Company):
    """The small company, with rules."""

    def __init__(self, *rules, **alias):
        super().__init__(**alias)
        self._rules = rules

    def rules(self):
        return self._rules


def decided(*rules, lines=(), policy=POLICY, directory=None, **options):
    return Chain().decide(mail(*lines, **options), directory or Ruled(*rules), policy)


def places(decision):
    return [route.target for route in decision.routes]


class TestConditions(PureCase):
    """One condition, one message: does the rule hold?"""

    PDF = {
        "lines": ("MIME-Version: 1.0", 'Content-Type: multipart/mixed; boundary="b"'),
        "body": "--b\nContent-Type: text/plain\n\nHi\n--b\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="Invoice 7.PDF"\n\nx\n--b--\n',
    }
    # part of the message, operator, values, the message (and which header), whether it holds
    CONDITIONS = (
        (Aspect.SENDER, "equals", ["Customer@Example.org"], {}, True),
        (Aspect.SENDER, "equals", ["@example.org"], {}, True),
        (Aspect.SENDER, "equals", ["@ample.org"], {}, False),
        (Aspect.SENDER, "equals", ["other@example.org", "customer@example.org"], {}, True),
        (Aspect.SENDER, "contains", ["@example"], {}, True),
        (Aspect.SENDER, "wildcard", ["*@example.org"], {}, True),
        (Aspect.SENDER, "wildcard", ["c?stomer@*"], {}, True),
        (Aspect.SENDER, "wildcard", ["customer"], {}, False),
        (Aspect.SENDER, "wildcard", ["customer@example?org.*"], {}, False),
        (Aspect.SENDER, "regex", [r"^cus.*@example\.(org|net)$"], {}, True),
        (Aspect.RECIPIENT, "equals", ["SALES@domain.com"], {}, True),
        (Aspect.RECIPIENT, "equals", ["@domain.com"], {}, True),
        (Aspect.RECIPIENT, "equals", ["jobs@domain.com"], {}, False),
        (Aspect.SUBJECT, "contains", ["your OFFER"], {}, True),
        (
            Aspect.SUBJECT,
            "contains",
            ["ÜBER"],
            {"lines": ["Subject: =?utf-8?q?=C3=BCber?="]},
            True,
        ),
        (Aspect.SUBJECT, "equals", ["question"], {}, False),
        (Aspect.SUBJECT, "regex", [r"\bQUESTION\b"], {}, True),
        (
            Aspect.HEADER,
            "contains",
            ["gold"],
            {"lines": ["X-Level: Gold"], "header": "x-level"},
            True,
        ),
        (Aspect.HEADER, "wildcard", ["*"], {"header": "x-level"}, False),
        (
            Aspect.HEADER,
            "wildcard",
            ["*"],
            {"lines": ["X-Level: 1"], "header": "x-level"},
            True,
        ),
        (
            Aspect.VERDICT,
            "equals",
            ["machine"],
            {"lines": ["Auto-Submitted: auto-generated"]},
            True,
        ),
        (Aspect.VERDICT, "equals", ["machine"], {}, False),
        (Aspect.VERDICT, "equals", ["unverified"], {}, True),
        (Aspect.ATTACHMENT_NAME, "wildcard", ["*.pdf"], PDF, True),
        (Aspect.ATTACHMENT_NAME, "wildcard", ["*.exe"], PDF, False),
        (Aspect.ATTACHMENT_TYPE, "equals", ["application/pdf"], PDF, True),
        (Aspect.ATTACHMENT_TYPE, "wildcard", ["*"], {}, False),
    )

    def test_table(self):
        for part, operator, values, options, expected in self.CONDITIONS:
            with self.subTest(part=part, operator=operator, values=values):
                message = {key: value for key, value in options.items() if key != "header"}
                header = options.get("header", "")
                for negate in (False, True):
                    test = condition(part, operator, *values, header=header, negate=negate)
                    decision = decided(rule(Action.QUARANTINE, test), **message)
                    self.assertEqual(decision.rules == (1,), expected is not negate)

    def test_size(self):
        for limit, larger, expected in (
            (100, True, True),
            (10**6, True, False),
            (10**6, False, True),
        ):
            with self.subTest(limit=limit, larger=larger):
                test = Condition(Aspect.SIZE, SizeTest(limit, larger))
                self.assertEqual(bool(decided(rule(Action.IGNORE, test)).rules), expected)

    def test_all_or_any(self):
        one = condition(Aspect.SENDER, "contains", "customer")
        other = condition(Aspect.SUBJECT, "contains", "nowhere")
        self.assertFalse(decided(rule(Action.IGNORE, one, other)).rules)
        self.assertTrue(decided(rule(Action.IGNORE, one, other, any_condition=True)).rules)

    def test_account_and_domain(self):
        for values, expected in (
            ({"accounts": frozenset({7})}, True),
            ({"accounts": frozenset({8})}, False),
            ({"domains": frozenset({"domain.com"})}, True),
            ({"domains": frozenset({"other.com"})}, False),
        ):
            with self.subTest(values):
                policy = POLICY.__class__(
                    domains=POLICY.domains, own_addresses=POLICY.own_addresses, account=7
                )
                decision = decided(rule(Action.IGNORE, **values), policy=policy)
                self.assertEqual(bool(decision.rules), expected)


class TestPatterns(PureCase):
    def test_refused(self):
        for operator, values in (
            ("equals", []),
            ("equals", ["  "]),
            ("regex", ["("]),
            ("regex", [r"(?=look)"]),
            ("regex", [r"(a)\1"]),
            ("regex", ["a" * 1001]),
            ("regex", ["((a{100}){100}){100}"]),
            ("equals", [str(number) for number in range(MAX_VALUES + 1)]),
        ):
            with (
                self.subTest(operator=operator, values=values[:1]),
                self.assertRaises(PatternError),
            ):
                TextTest.make(Operator(operator), values)

    def test_no_expression_takes_long(self):
        for pattern in (r"^(a+)+$", r"^(a|aa)*b$", r"(.*a){20}c", r"^(\w+\s?)*!$", "*a*a*a*a*a*b"):
            with self.subTest(pattern):
                operator = Operator.WILDCARD if pattern[0] == "*" else Operator.REGEX
                test = TextTest.make(operator, [pattern])
                assert_in_proportion(self, lambda size: "a" * size + "!", test.hits, 1_000_000)

    def test_signs_of_expressions_are_plain_elsewhere(self):
        self.assertTrue(TextTest.make(Operator.WILDCARD, ["a.b+(c)*"]).hits("A.b+(c)!"))
        self.assertFalse(TextTest.make(Operator.WILDCARD, ["a.b"]).hits("axb"))

    def test_broken_text(self):
        self.assertTrue(TextTest.make(Operator.REGEX, ["b"]).hits("\udcffb\0"))

    def test_long_lists_are_looked_up(self):
        def ask(size):
            block = [f"spammer{number}@evil.test" for number in range(size)]
            test = TextTest.make(Operator.EQUALS, block, are_addresses=True)
            return cpu_seconds(lambda: [test.hits("carla@customer.test") for _turn in range(1000)])

        # looked up, not searched: a list a thousand times as long costs the same
        self.assertLess(ask(MAX_VALUES), 10 * max(ask(MAX_VALUES // 1000), FLOOR))


class TestChain(PureCase):
    """What the rules do to the way of a message."""

    def test_route_to_an_alias_instead(self):
        decision = decided(rule(Action.ALIAS, alias=JOBS))
        self.assertEqual((str(decision.state), str(decision.reason)), ("routed", "rule"))
        self.assertEqual(places(decision), ["alias:2"])

    def test_route_as_well(self):
        decision = decided(rule(Action.ALIAS, alias=JOBS, stop=False))
        self.assertEqual(places(decision), ["alias:2", "alias:1"])

    def test_a_rule_for_one_recipient_leaves_the_other(self):
        about = condition(Aspect.RECIPIENT, "equals", "info@domain.com")
        decision = decided(
            rule(Action.RECORD, about, model="project.task", res_id=3),
            lines=["To: info@domain.com, jobs@domain.com"],
        )
        self.assertEqual(places(decision), ["record:project.task:3", "alias:2"])

    def test_two_rules_for_two_recipients(self):
        rules = [
            rule(action, condition(Aspect.RECIPIENT, "wildcard", name), number=number, **values)
            for number, (action, name, values) in enumerate(
                (
                    (Action.USER, "info@*", {"user": User(9, "u@domain.com")}),
                    (Action.ALIAS, "job*", {"alias": SALES}),
                    (Action.QUARANTINE, "*", {}),
                )
            )
        ]
        decision = decided(*rules, lines=["To: info@domain.com, jobs@domain.com"])
        self.assertEqual(places(decision), ["user:9", "alias:1"])
        self.assertEqual(decision.rules, (0, 1))

    def test_an_answer_stays_with_its_record(self):
        decision = decided(
            rule(Action.ALIAS, alias=JOBS), lines=["In-Reply-To: <sent-1@domain.com>"]
        )
        self.assertEqual(places(decision), ["record:crm.lead:42"])

    def test_block_comes_first(self):
        for action, state in ((Action.QUARANTINE, "quarantined"), (Action.IGNORE, "ignored")):
            for lines in ((), ["In-Reply-To: <sent-1@domain.com>"], NEWS):
                with self.subTest(action=action, lines=lines):
                    decision = decided(rule(action), lines=lines)
                    outcome = (str(decision.state), str(decision.reason), decision.routes)
                    self.assertEqual(outcome, (state, "rule", ()))

    def test_the_first_rule_that_stops_ends_the_reading(self):
        decision = decided(rule(Action.ALIAS, alias=JOBS), rule(Action.QUARANTINE, number=2))
        self.assertEqual((decision.rules, places(decision)), ((1,), ["alias:2"]))

    def test_accept_in_spite_of_a_verdict(self):
        bulk = condition(Aspect.VERDICT, "equals", "bulk")
        self.assertEqual(str(decided(lines=NEWS).reason), "bulk")
        decision = decided(rule(Action.ACCEPT, bulk), lines=NEWS)
        self.assertEqual((str(decision.reason), places(decision)), ("alias", ["alias:1"]))
        self.assertIn("bulk", decision.verdicts)  # it is never answered

    def test_accept_and_route(self):
        decision = decided(
            rule(Action.ACCEPT, stop=False), rule(Action.ALIAS, alias=JOBS, number=2), lines=NEWS
        )
        self.assertEqual((str(decision.reason), places(decision)), ("rule", ["alias:2"]))

    def test_routing_alone_does_not_overrule_a_verdict(self):
        decision = decided(rule(Action.ALIAS, alias=JOBS), lines=NEWS)
        self.assertEqual((str(decision.state), str(decision.reason)), ("quarantined", "bulk"))

    def test_a_bounce_is_a_fact(self):
        lines = (
            "From: MAILER-DAEMON@mx.example.org",
            "Return-Path: <>",
            "X-Failed-Recipients: someone@example.org",
        )
        for action in (Action.ACCEPT, Action.IGNORE, Action.QUARANTINE):
            with self.subTest(action):
                decision = decided(rule(action), lines=lines)
                self.assertEqual((str(decision.reason), decision.rules), ("bounce", ()))

    def test_an_automatic_answer_opens_nothing_by_a_rule(self):
        lines = ["Auto-Submitted: auto-replied"]
        decision = decided(rule(Action.ALIAS, alias=JOBS), lines=lines)
        self.assertEqual((str(decision.state), str(decision.reason)), ("ignored", "auto_reply"))

    def test_defaults(self):
        values = (("priority", "2"),)
        for model, expected in (("crm.lead", values), ("hr.applicant", ())):
            with self.subTest(model):
                given = rule(Action.DEFAULTS, model=model, defaults=values)
                decision = decided(given)
                self.assertEqual([route.defaults for route in decision.routes], [expected])

    def test_defaults_of_a_route(self):
        decision = decided(rule(Action.ALIAS, alias=JOBS, defaults=(("priority", "2"),)))
        self.assertEqual(decision.routes[0].defaults, (("priority", "2"),))

    def test_mail_that_names_nobody(self):
        decision = decided(rule(Action.ALIAS, alias=JOBS), lines=["To: friends@elsewhere.test"])
        self.assertEqual(places(decision), ["alias:2"])

    def test_the_trace_names_the_rule_and_why(self):
        test = condition(Aspect.SUBJECT, "contains", "offer", "price")
        decision = decided(rule(Action.ALIAS, test, alias=JOBS))
        text = " ".join(item.text for item in decision.trace if item.step == "rules")
        self.assertIn("Rule 1", text)
        self.assertIn("“offer” (and 1 more)", text)


class TestMachineMail(PureCase):
    LINES = ("Auto-Submitted: auto-generated",)

    def test_taken_unless_the_alias_says_no(self):
        self.assertEqual(places(decided(lines=self.LINES)), ["alias:1"])
        decision = decided(lines=self.LINES, directory=Ruled(accepts_machine=False))
        self.assertEqual((decision.state, str(decision.reason)), (State.QUARANTINED, "bulk"))

    def test_a_person_is_not_meant(self):
        self.assertEqual(places(decided(directory=Ruled(accepts_machine=False))), ["alias:1"])

    def test_its_answer_reaches_the_record(self):
        decision = decided(
            lines=(
                *self.LINES,
                "In-Reply-To: <sent-1@domain.com>",
                "References: <sent-1@domain.com>",
            ),
            directory=Ruled(accepts_machine=False),
        )
        self.assertEqual(places(decision), ["record:crm.lead:42"])

    def test_another_alias_takes_it(self):
        decision = decided(
            lines=(*self.LINES, "To: sales@domain.com, jobs@domain.com"),
            directory=Ruled(accepts_machine=False),
        )
        self.assertEqual(places(decision), ["alias:2"])


class TestEmptyRules(PureCase):
    """A rule that has lost its conditions holds for nothing, and the trace says so."""

    def test_it_does_nothing_whatever_its_action(self):
        plain = decided()
        for action in Action:
            values = {"alias": JOBS, "model": "crm.lead", "res_id": 7, "user": User(5, "a@b.test")}
            with self.subTest(action):
                lost = rule(action, is_empty=True, defaults=(("x", 1),), **values)
                found = decided(lost)
                self.assertEqual(places(found), places(plain))
                self.assertEqual((found.state, found.rules), (plain.state, ()))

    def test_the_rules_after_it_are_read(self):
        lost = rule(Action.IGNORE, is_empty=True)
        held = decided(lost, rule(Action.QUARANTINE, number=2))
        self.assertEqual((held.state, held.rules), (State.QUARANTINED, (2,)))

    def test_the_trace_names_it(self):
        lines = [line.text for line in decided(rule(Action.IGNORE, is_empty=True)).trace]
        text = "no rule blocks it; these do nothing: rule “Rule 1” (no condition left)"
        self.assertIn(text, lines)
        many = [rule(Action.ALIAS, number=number, is_empty=True) for number in range(9)]
        (line,) = [line for line in decided(*many).trace if "these do nothing" in line.text]
        self.assertEqual(line.text.count("no condition left"), 5)
        for elsewhere in ({"accounts": frozenset({99})}, {"domains": frozenset({"other.test"})}):
            with self.subTest(elsewhere):
                found = decided(rule(Action.ALIAS, is_empty=True, **elsewhere))
                self.assertNotIn("do nothing", str([line.text for line in found.trace]))
        here = decided(rule(Action.ALIAS, is_empty=True, domains=frozenset({"domain.com"})))
        self.assertIn("do nothing", str([line.text for line in here.trace]))
        self.assertNotIn("do nothing", str([line.text for line in decided().trace]))

    def test_one_for_every_message_is_another_thing(self):
        self.assertEqual(decided(rule(Action.QUARANTINE)).state, State.QUARANTINED)
