"""Rules in detail: codes and labels, values that are compared, limits, and the words of a trace."""

import os
from dataclasses import replace
from tempfile import TemporaryFile

from .....router.case import Case
from .....router.codes import AuthorCheck, selection
from .....router.places import Alias, Recipient, Route, User
from .....router.rules.patterns import (
    MAX_PATTERN_BYTES,
    MAX_PATTERN_CHARS,
    MAX_TEXT_CHARS,
    MAX_VALUES,
    Operator,
    PatternError,
    TextTest,
)
from .....router.rules.rules import (
    Action,
    Aspect,
    Condition,
    Hit,
    Rule,
    SizeTest,
    read_rules,
    text_test,
)
from .....router.trust.proofs import NO_PROOFS, Proof, Proofs, Scope
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, Company, mail

SALES = Recipient("sales@domain.com", "to")
OTHER = Recipient("info@other.com", "to")
ALIAS = Alias(1, "sales@domain.com", "crm.lead", force_thread_id=8)


def case(
    *lines,
    recipients=(SALES, OTHER),
    policy=POLICY,
    verdicts=(),
    check=AuthorCheck.UNVERIFIED,
    proofs=NO_PROOFS,
    **options,
):
    return Case(
        mail=mail(*lines, **options),
        directory=Company(),
        policy=policy,
        boundary=None,
        recipients=recipients,
        author_check=check,
        proofs=proofs,
        verdicts=verdicts,
    )


def condition(aspect, *values, operator=Operator.EQUALS, **options):
    are_addresses = aspect in (Aspect.SENDER, Aspect.RECIPIENT)
    return Condition(
        aspect, TextTest.make(operator, values, are_addresses=are_addresses), **options
    )


def rule(*conditions, action=Action.RECORD, **options):
    return Rule(1, "A", action, conditions, **options)


class TestCodes(PureCase):
    def test_what_is_stored_and_what_people_read(self):
        self.assertEqual(
            selection(Operator),
            [
                ("equals", "is"),
                ("contains", "contains"),
                ("wildcard", "matches the pattern (* and ?)"),
                ("regex", "matches the regular expression"),
            ],
        )
        self.assertEqual(
            selection(Aspect),
            [
                ("recipient", "Recipient"),
                ("sender", "Sender"),
                ("subject", "Subject"),
                ("verdict", "Classification"),
                ("size", "Size"),
                ("header", "Header"),
                ("attachment_name", "Attachment name"),
                ("attachment_type", "Attachment type"),
            ],
        )
        self.assertEqual(
            selection(Action),
            [
                ("alias", "Route to an alias"),
                ("record", "Add to a record"),
                ("user", "Deliver to a user's inbox"),
                ("defaults", "Set values on new records"),
                ("accept", "Override classification"),
                ("form", "Treat the sender as a web form"),
                ("quarantine", "Send to To Sort"),
                ("ignore", "Dismiss"),
            ],
        )

    def test_which_actions_place_and_which_block(self):
        for action in Action:
            with self.subTest(action):
                hit = Hit(rule(action=action))
                self.assertIs(hit.places, str(action) in ("alias", "record", "user"))
                self.assertIs(hit.blocks, str(action) in ("quarantine", "ignore"))
                self.assertEqual(hit.recipients, ())


class TestValues(PureCase):
    def error(self, operator, *values):
        with self.assertRaises(PatternError) as caught:
            TextTest.make(operator, values)
        return str(caught.exception)

    def test_what_is_refused_and_why(self):
        self.assertEqual(self.error(Operator.EQUALS, " "), "there is no value to compare with")
        self.assertEqual(
            self.error(Operator.EQUALS, *map(str, range(10_001))),
            "there are more than 10000 values",
        )
        self.assertEqual(
            self.error(Operator.REGEX, "a" * 1_001),
            f"“{'a' * 40}…” is longer than 1000 characters",
        )
        said = self.error(Operator.REGEX, "(" + "a" * 100)
        self.assertTrue(said.startswith(f"“({'a' * 79}” is not a valid regular expression: "), said)
        self.assertIn(": missing ): (aaa", said)

    def test_what_is_just_allowed(self):
        self.assertEqual((MAX_VALUES, MAX_PATTERN_CHARS), (10_000, 1_000))
        self.assertEqual((MAX_PATTERN_BYTES, MAX_TEXT_CHARS), (4_000_000, 20_000))
        self.assertTrue(TextTest.make(Operator.EQUALS, map(str, range(10_000))).hits("9999"))
        self.assertTrue(TextTest.make(Operator.REGEX, ["a" * 1_000]).hits("a" * 1_000))
        for operator in (Operator.EQUALS, Operator.CONTAINS):
            self.assertTrue(TextTest.make(operator, ["a" * 1_001]).hits("a" * 1_001))

    def test_an_expression_that_needs_too_much_memory_is_refused(self):
        # with the eight megabytes that RE2 allows by itself, it would pass
        said = self.error(Operator.REGEX, r"\pL{300}")
        self.assertTrue(said.endswith(": pattern too large - compile failed"), said)

    def test_an_expression_that_is_no_text_is_refused(self):
        self.assertIn("is not a valid regular expression", self.error(Operator.REGEX, "\udcff"))

    def test_what_re2_refuses_is_not_logged_beside_the_message(self):
        with TemporaryFile() as written:
            stderr = os.dup(2)
            os.dup2(written.fileno(), 2)
            try:
                self.error(Operator.REGEX, "(never compiled before")
            finally:
                os.dup2(stderr, 2)
                os.close(stderr)
            written.seek(0)
            self.assertNotIn(b"never compiled before", written.read())

    def test_a_text_is_compared_up_to_a_length(self):
        for size, found in ((19_999, "b"), (20_000, "")):
            for operator in (Operator.CONTAINS, Operator.REGEX):
                with self.subTest(size=size, operator=operator):
                    self.assertEqual(TextTest.make(operator, ["b"]).hits("a" * size + "b"), found)

    def test_the_value_that_agrees(self):
        cases = (
            (Operator.EQUALS, ["a", "B"], {"b": "b", "A": "a", "ab": "", "": ""}),
            (Operator.CONTAINS, ["lo", "EL"], {"Hello": "lo", "help": "el", "x": ""}),
            (Operator.WILDCARD, ["H?llo*", "*x"], {"hello you": "H?llo*", "ax": "*x", "hllo": ""}),
            (Operator.WILDCARD, ["a*b"], {"a\nb": "a*b", "xab": "", "abx": ""}),
            (Operator.REGEX, ["^a.b$", "C+"], {"a\nb": "^a.b$", "xcc": "C+", "b": ""}),
            (Operator.REGEX, ["ü"], {"Ü": "ü", "u": ""}),
        )
        for operator, values, texts in cases:
            for text, value in texts.items():
                with self.subTest(operator=operator, values=values, text=text):
                    self.assertEqual(TextTest.make(operator, values).hits(text), value)

    def test_addresses_and_domains(self):
        values = ["Bob@Example.org", "<carla@example.org>", "@test.example", "@BÜCHER.example"]
        addresses = TextTest.make(Operator.EQUALS, values, are_addresses=True)
        for text, value in {
            "bob@example.org": "bob@example.org",
            "carla@example.org": "carla@example.org",
            "x@test.example": "@test.example",
            "x@y@test.example": "@test.example",
            "x@xn--bcher-kva.example": "@xn--bcher-kva.example",
            "x@sub.test.example": "",
            "x@est.example": "",
            "x@example.org": "",
            "": "",
        }.items():
            with self.subTest(text):
                self.assertEqual(addresses.hits(text), value)
        plain = TextTest.make(Operator.EQUALS, values)
        self.assertEqual(plain.hits("x@test.example"), "")
        self.assertEqual(plain.hits("@test.example"), "@test.example")

    def test_values_as_a_person_reads_them(self):
        for values, shown in (
            (["a"], "“a”"),
            ([" a ", "a", ""], "“a”"),
            (["a", "b"], "“a” (and 1 more)"),
            (["a", "b", "c"], "“a” (and 2 more)"),
            (["a" * 81], f"“{'a' * 80}”"),
        ):
            with self.subTest(values):
                self.assertEqual(TextTest.make(Operator.EQUALS, values).shown, shown)

    def test_values_of_a_field_one_a_line(self):
        for aspect in Aspect:
            with self.subTest(aspect):
                found = text_test(aspect, Operator.EQUALS, "x\n@example.org").hits("a@example.org")
                self.assertIs(bool(found), aspect in (Aspect.SENDER, Aspect.RECIPIENT))


class TestConditionsInDetail(PureCase):
    def test_sizes(self):
        for size, above, below in ((999, False, True), (1_000, False, False), (1_001, True, False)):
            with self.subTest(size):
                self.assertIs(SizeTest(1_000).holds(size), above)
                self.assertIs(SizeTest(1_000, larger=False).holds(size), below)
        self.assertEqual(SizeTest(5_999).shown, "above 5 kB")
        self.assertEqual(SizeTest(5_000, larger=False).shown, "below 5 kB")

    def test_a_condition_in_words(self):
        for found, text in (
            (condition(Aspect.SENDER, "a"), "Sender is “a”"),
            (condition(Aspect.SENDER, "a", negate=True), "not: Sender is “a”"),
            (
                condition(Aspect.HEADER, "a", operator=Operator.CONTAINS, header="x-level"),
                "X-Level contains “a”",
            ),
            (condition(Aspect.ATTACHMENT_NAME, "a"), "Attachment name is “a”"),
            (Condition(Aspect.SIZE, SizeTest(2_000)), "Size above 2 kB"),
        ):
            with self.subTest(text):
                self.assertEqual(found.text, text)

    def test_a_rule_in_words(self):
        one, two = condition(Aspect.SENDER, "a"), condition(Aspect.SUBJECT, "b")
        self.assertEqual(rule().text, "rule “A” (every message)")
        self.assertEqual(rule(one, two).text, "rule “A” (Sender is “a” and Subject is “b”)")
        found = rule(one, two, any_condition=True).text
        self.assertEqual(found, "rule “A” (Sender is “a” or Subject is “b”)")
        for count in (4, 5, 6):
            self.assertEqual(rule(*[one] * count).text.count("Sender"), min(count, 5))

    def test_which_recipients_a_condition_names(self):
        for negate in (False, True):
            found = condition(Aspect.RECIPIENT, "sales@domain.com", negate=negate)
            self.assertIs(found.names(SALES), not negate)
            self.assertIs(found.names(OTHER), negate)
            size = Condition(Aspect.SIZE, SizeTest(1), negate=negate)
            self.assertIs(size.names(SALES), negate)

    def test_only_the_first_fields_of_a_name_are_looked_at(self):
        for count, holds in ((49, True), (50, False)):
            with self.subTest(count):
                fields = [*["X-Level: a"] * count, "X-Level: b"]
                found = condition(Aspect.HEADER, "b", header="x-level")
                self.assertIs(found.holds(case(*fields)), holds)
                names = ", ".join([*(f"a{n}@x.org" for n in range(count)), "b@x.org"])
                found = condition(Aspect.SENDER, "b@x.org")
                self.assertIs(found.holds(case(f"From: {names}")), holds)

    def test_verdicts_and_the_check_of_the_author(self):
        for value, holds in (("bulk", True), ("unverified", True), ("spam", False)):
            found = condition(Aspect.VERDICT, value)
            self.assertIs(found.holds(case(verdicts=("machine", "bulk"))), holds)

    def test_a_sender_is_verified_by_a_proof_of_from_alone(self):
        sender = case().mail.sender.address

        def proofs(address, place=None):
            return Proofs((Proof(Scope.DOMAIN, "x", frozenset({address}), "", place),))

        verified, failed = AuthorCheck.VERIFIED, AuthorCheck.FAILED
        for check, proved, shown in (
            (verified, proofs(sender), "verified"),
            (AuthorCheck.UNVERIFIED, proofs(sender), "verified"),  # Reply-To is the author
            (verified, proofs("other@shop.test"), "unverified"),
            (verified, proofs(sender, ("crm.lead", 1)), "unverified"),
            (failed, NO_PROOFS, "failed"),
        ):
            with self.subTest(check, proved=proved):
                found = case(check=check, proofs=proved)
                holding = [
                    str(item)
                    for item in AuthorCheck
                    if condition(Aspect.VERDICT, str(item)).holds(found)
                ]
                self.assertEqual(holding, [shown])

    def test_what_is_an_attachment(self):
        parts = (
            # type, disposition, name of the attachment or None
            ("text/plain", "", None),
            ("text/plain", "inline", None),
            ("text/plain", "ATTACHMENT", ""),
            ("text/plain", 'inline; filename="a.txt"', "a.txt"),
            ('text/plain; name="b.txt"', "", "b.txt"),
            ("image/png", "", ""),
            ("application/pdf", 'attachment; filename="=?utf-8?q?=C3=BC.pdf?="', "ü.pdf"),
        )
        for kind, disposition, name in parts:
            with self.subTest(kind=kind, disposition=disposition):
                second = f"Content-Disposition: {disposition}\n" if disposition else ""
                body = f"--b\n\nHello\n--b\nContent-Type: {kind}\n{second}\nx\n--b--\n"
                found = case("Content-Type: multipart/mixed; boundary=b", body=body)
                plain = kind.partition(";")[0]
                by_type = condition(Aspect.ATTACHMENT_TYPE, plain)
                self.assertIs(by_type.holds(found), name is not None)
                if name:
                    self.assertTrue(condition(Aspect.ATTACHMENT_NAME, name).holds(found))

    def test_at_most_five_hundred_parts_are_looked_at(self):
        for texts, holds in ((498, True), (499, False)):  # the whole message is the first part
            body = "--b\n\nx\n" * texts + "--b\nContent-Type: image/png\n\nx\n--b--\n"
            found = case("Content-Type: multipart/mixed; boundary=b", body=body)
            seen = condition(Aspect.ATTACHMENT_TYPE, "image/png").holds(found)
            self.assertIs(seen, holds, len(found.mail.parts()))


class TestAbout(PureCase):
    """Which recipients a rule is about."""

    BOTH = (SALES, OTHER)

    def test_accounts_and_domains(self):
        account = replace(POLICY, account=7)
        for options, expected in (
            ({}, self.BOTH),
            ({"accounts": frozenset({7})}, self.BOTH),
            ({"accounts": frozenset({8})}, None),
            ({"domains": frozenset({"domain.com"})}, (SALES,)),
            ({"domains": frozenset({"other.com", "domain.com"})}, self.BOTH),
            ({"domains": frozenset({"else.com"})}, None),
        ):
            with self.subTest(options):
                found = rule(**options).about(case(policy=account), self.BOTH)
                self.assertEqual(found, expected)

    def test_all_conditions(self):
        yes, no = condition(Aspect.SENDER, "@example.org"), condition(Aspect.SENDER, "@x.org")
        sales = condition(Aspect.RECIPIENT, "sales@domain.com")
        other = condition(Aspect.RECIPIENT, "info@other.com")
        not_sales = condition(Aspect.RECIPIENT, "sales@domain.com", negate=True)
        for conditions, left, expected in (
            ((yes,), self.BOTH, self.BOTH),
            ((no,), self.BOTH, None),
            ((yes, no), self.BOTH, None),
            ((sales,), self.BOTH, (SALES,)),
            ((sales, yes), self.BOTH, (SALES,)),
            ((sales, no), self.BOTH, None),
            ((sales, other), self.BOTH, None),
            ((not_sales,), self.BOTH, (OTHER,)),
            ((not_sales,), (SALES,), None),
            ((sales,), (), None),
            ((not_sales,), (), ()),
            ((yes,), (), ()),
        ):
            with self.subTest(conditions=[item.text for item in conditions], left=left):
                self.assertEqual(rule(*conditions).about(case(), left), expected)

    def test_any_condition(self):
        yes, no = condition(Aspect.SENDER, "@example.org"), condition(Aspect.SENDER, "@x.org")
        sales = condition(Aspect.RECIPIENT, "sales@domain.com")
        other = condition(Aspect.RECIPIENT, "info@other.com")
        for conditions, left, expected in (
            ((no, yes), self.BOTH, self.BOTH),
            ((no,), self.BOTH, None),
            ((sales, no), self.BOTH, (SALES,)),
            ((sales, yes), self.BOTH, self.BOTH),
            ((other, sales), self.BOTH, (OTHER, SALES)),
            ((sales,), (), None),
            ((yes,), (), ()),
        ):
            with self.subTest(conditions=[item.text for item in conditions], left=left):
                found = rule(*conditions, any_condition=True)
                self.assertEqual(found.about(case(), left), expected)

    def test_costly_conditions_are_asked_last(self):
        asked = []

        def noting(aspect):
            def find(_text):
                asked.append(aspect)
                return "x"

            return Condition(aspect, TextTest(Operator.EQUALS, find, ""), header="subject")

        wanted = [Aspect.SENDER, Aspect.SUBJECT, Aspect.VERDICT, Aspect.HEADER]
        for options in ({}, {"any_condition": True}):
            asked.clear()
            rule(*map(noting, reversed(wanted)), **options).about(case(verdicts=("bulk",)), ())
            self.assertEqual(asked, wanted[:1] if options else wanted)

    def test_defaults_of_a_rule(self):
        found = Rule(1, "A", Action.RECORD)
        self.assertEqual((found.any_condition, found.stop, found.res_id), (False, True, 0))
        self.assertEqual((found.model, found.alias, found.user), ("", None, None))


class TestPlacesAndReading(PureCase):
    def test_the_place_that_a_rule_stands_for(self):
        values = {"alias": ALIAS, "user": User(9, "u@domain.com"), "model": "m", "res_id": 3}
        defaults = (("priority", "2"),)
        for action, recipient, route in (
            (
                Action.ALIAS,
                SALES,
                Route("crm.lead", 8, alias=ALIAS, address=SALES.address, defaults=defaults),
            ),
            (Action.ALIAS, None, Route("crm.lead", 8, alias=ALIAS, defaults=defaults)),
            (Action.USER, SALES, Route("res.users", user_id=9, address=SALES.address)),
            (Action.USER, None, Route("res.users", user_id=9)),
            (Action.RECORD, SALES, Route("m", 3, address=SALES.address)),
            (Action.RECORD, None, Route("m", 3)),
        ):
            with self.subTest(action=action, recipient=recipient):
                found = rule(action=action, defaults=defaults, **values)
                self.assertEqual(found.route(recipient), route)
        for action in (Action.ALIAS, Action.USER):  # their place is gone
            self.assertEqual(rule(action=action).route(None), Route(""))

    def test_how_far_rules_are_read(self):
        sales = condition(Aspect.RECIPIENT, "sales@domain.com")
        other = condition(Aspect.RECIPIENT, "info@other.com")
        never = condition(Aspect.SENDER, "@x.org")
        place, block = Action.RECORD, Action.IGNORE
        both = (SALES, OTHER)
        for rules, expected in (
            ([], []),
            ([rule(never), rule()], [both]),
            ([rule(), rule()], [both]),
            ([rule(stop=False), rule()], [both, both]),
            ([rule(action=block, stop=False), rule()], [both]),
            ([rule(action=Action.ACCEPT), rule()], [both]),
            ([rule(action=Action.ACCEPT, stop=False), rule()], [both, both]),
            ([rule(sales), rule()], [(SALES,), (OTHER,)]),
            ([rule(sales), rule(other), rule()], [(SALES,), (OTHER,)]),
            ([rule(sales, action=place, stop=False), rule()], [(SALES,), both]),
            ([rule(sales), rule(sales), rule(other)], [(SALES,), (OTHER,)]),
        ):
            with self.subTest([item.text for item in rules]):
                found = read_rules(case(), rules)
                self.assertEqual([hit.recipients for hit in found], expected)
