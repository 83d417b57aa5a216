"""What we sent came back: how it is known, and what may still be made of it."""

from dataclasses import replace

from ....router.chain import Chain
from ....router.codes import State
from ....router.own_copy import own_copy, sent_before_installing
from ....router.rules.rules import Action, Rule
from ....router.sent import OwnCopy, SentMessage
from ....router.stages import Log, find_own
from ....router.tokens.tokens import ThreadToken, TokenKey, make_thread_token, thread_suffix
from ...kit.pure import PureCase
from ...kit.verdict_kit import POLICY, Company, mail, why
from .test_stages import CASE

MINE = "From: User A <user_a@domain.com>"
SENT = (MINE, "To: customer@example.org", "Message-ID: <sent-2@domain.com>",
        "References: <sent-1@domain.com>")  # fmt: skip
ODOOS = "Message-ID: <861878175823148.1577183525.736005783081055-openerp-7-sale.order@odoo1>"


class Sender(Company):
    """A company that has sent one message, from user A."""

    def __init__(self, *lines, sender="user_a@domain.com", rules=(), **options):
        super().__init__()
        self.key, self.sender, self.asked = mail(*lines, **options).text_digest, sender, []
        self.my_rules = rules

    def sent(self, mail, content):
        self.asked.append(content)
        if content == self.key:
            return SentMessage(frozenset({self.sender}))
        return SentMessage() if mail.message_id == "<sent-2@domain.com>" else None

    def rules(self):
        return self.my_rules


def decide(*lines, directory=None, policy=POLICY, **options):
    received = mail(*lines, **options)
    return Chain().decide(received, directory or Sender(*SENT), policy)


def outcome(decision):
    return decision.state.value, str(decision.reason), [item.target for item in decision.routes]


class TestOwnCopy(PureCase):
    def kind(self, *lines, directory=None, policy=POLICY, **options):
        case = replace(CASE, mail=mail(*lines, **options), policy=policy)
        return own_copy(replace(case, directory=directory or Sender(*SENT)))

    def test_what_makes_a_copy(self):
        other = tuple(line for line in SENT if not line.startswith(("From", "Message-ID")))
        for expected, name, lines in (
            (OwnCopy.PROVED, "all the same", SENT),
            (OwnCopy.PROVED, "another Message-ID", (*SENT[:2], "Message-ID: <x@y>")),
            (OwnCopy.PROVED, "a name beside From", ("From: A <user_a@domain.com>", *SENT[1:])),
            (OwnCopy.PROVED, "the account in From", ("From: catchall@domain.com", *SENT[1:])),
            (OwnCopy.CLAIMED, "a colleague in From", ("From: user_b@domain.com", *SENT[1:])),
            (OwnCopy.CLAIMED, "a stranger in From", ("From: a@evil.test", *SENT[1:])),
            (OwnCopy.CLAIMED, "another subject", (*SENT, "Subject: Pay")),
            (OwnCopy.CLAIMED, "another date", (*SENT, "Date: Mon, 3 Nov 2025 10:00:01 +0100")),
            (OwnCopy.NO, "nothing of it", ("Subject: x", *other)),
            (OwnCopy.NO, "nobody in From", ("From: nobody", "Subject: x", *other)),
        ):
            with self.subTest(name):
                self.assertIs(self.kind(*lines), expected)
        self.assertIs(self.kind(*SENT, body="Hello,\n\nsend me money.\n"), OwnCopy.CLAIMED)
        # providers wrap lines anew
        body = "Hello,\n\nplease send me\n an offer.\n"
        self.assertIs(self.kind(*SENT, body=body), OwnCopy.PROVED)

    def test_the_content_is_read_of_what_we_may_have_sent(self):
        directory = Sender(*SENT)
        self.kind(directory=directory)
        self.kind(*SENT, directory=directory)
        account = replace(POLICY, own_addresses=frozenset({"all@provider.test"}))
        self.kind("From: all@provider.test", directory=directory, policy=account)
        self.assertEqual([bool(content) for content in directory.asked], [False, True, True])

    def test_from_is_no_part_of_the_key(self):
        keys = {mail(line).text_digest for line in (MINE, "From: x@y.test", "From: ")}
        self.assertEqual(len(keys), 1)
        self.assertNotEqual(keys, {mail(MINE, "Subject: x").text_digest})
        self.assertEqual(len(keys.pop()), 64)

    def test_a_token_in_the_message_id(self):
        key = TokenKey(POLICY.secret, POLICY.database)
        text = make_thread_token(key, ThreadToken(1, 42))
        signed = f"Message-ID: <1.2-openerp-42-crm.lead{thread_suffix(text)}@domain.com>"
        forged = signed.replace(text[-6:], "aaaaaa")
        self.assertIs(self.kind(signed), OwnCopy.CLAIMED)
        self.assertIs(self.kind(forged), OwnCopy.NO)
        self.assertIs(self.kind(signed, policy=replace(POLICY, secret=b"")), OwnCopy.NO)

    def test_what_the_trace_says(self):
        for lines, expected in (
            (SENT, ["a copy of an email that was sent from here"]),
            ((*SENT, "Subject: x"),
             ["the Message-ID of an email that was sent from here; whether the text is the same "
              "is not known"]),
            ((), []),
        ):  # fmt: skip
            log = Log()
            case = replace(CASE, mail=mail(*lines), directory=Sender(*SENT))
            found = find_own(case, log)
            self.assertIs(found.own, own_copy(case))
            noted = [("duplicate", text, False) for text in expected]
            self.assertEqual([(item.step, item.text, item.decided) for item in log.lines], noted)


class TestWhereItGoes(PureCase):
    def test_nobody_else_is_addressed(self):
        self.assertEqual(outcome(decide(*SENT)), ("ignored", "duplicate", []))
        altered = decide(*SENT, body="Our account has changed")
        self.assertEqual(outcome(altered), ("quarantined", "duplicate", []))
        self.assertIn("is not known", why(altered, "duplicate"))
        self.assertNotIn("reply to", why(altered, "thread"))
        # without our Message-ID it is a message like any other
        other = decide(*SENT[:2], "Message-ID: <x@y>", SENT[3], body="Our account has changed")
        self.assertEqual(outcome(other), ("routed", "reply", ["record:crm.lead:42"]))
        self.assertTrue(other.unproven)

    def test_the_fallback_makes_nothing_of_it(self):
        policy = replace(POLICY, fallback_model="crm.lead")
        self.assertEqual(outcome(decide(*SENT, policy=policy)), ("ignored", "duplicate", []))
        altered = decide(*SENT, policy=policy, body="Pay")
        self.assertEqual(outcome(altered), ("quarantined", "duplicate", []))

    def test_others_of_ours_are_addressed(self):
        for to, reason, target in (
            ("sales@domain.com", "alias", "alias:1"),
            ("sales+web@domain.com", "alias", "alias:1"),
            ("user_a@domain.com", "user", "user:7"),
        ):
            for body in ({}, {"body": "Altered"}):
                with self.subTest(to, **body):
                    found = decide(*SENT, above=(f"X-Original-To: {to}",), **body)
                    self.assertEqual(outcome(found), ("routed", reason, [target]))
        found = decide("Cc: sales@domain.com", *SENT, above=("X-Original-To: jobs@domain.com",))
        self.assertEqual(found.state, State.ROUTED)
        self.assertEqual(sorted(item.target for item in found.routes), ["alias:1", "alias:2"])

    def test_what_is_held_and_addressed_waits(self):
        junk = {"folder_is_junk": True}
        self.assertEqual(outcome(decide(*SENT, **junk)), ("ignored", "duplicate", []))
        for to in ("sales@domain.com", "sales+web@domain.com", "user_a@domain.com"):
            with self.subTest(to):
                held = decide(*SENT, **junk, above=(f"X-Original-To: {to}",))
                self.assertEqual(outcome(held), ("quarantined", "spam", []))
        nobody = decide(*SENT, **junk, above=("X-Original-To: nobody@domain.com",))
        self.assertEqual(outcome(nobody), ("ignored", "duplicate", []))

    def test_rules_count_for_whom_it_is_addressed_to(self):
        rule = Rule(1, "all to task 3", Action.RECORD, (), model="project.task", res_id=3)
        directory = Sender(*SENT, rules=(rule,))
        for to, expected in (
            ("support@domain.com", ("routed", "rule", ["record:project.task:3"])),
            ("catchall@domain.com", ("ignored", "duplicate", [])),
            ("customer@example.org", ("ignored", "duplicate", [])),
        ):
            with self.subTest(to):
                found = decide(*SENT, above=(f"X-Original-To: {to}",), directory=directory)
                self.assertEqual(outcome(found), expected)
        hold = Rule(1, "hold all", Action.QUARANTINE, ())
        found = decide(*SENT, directory=Sender(*SENT, rules=(hold,)))
        self.assertEqual(outcome(found), ("quarantined", "rule", []))


class TestBeforeInstalling(PureCase):
    SIGNS = ("Auto-Submitted: auto-generated", "Precedence: list", "X-Auto-Response-Suppress: OOF")
    ACCOUNT = "From: Company <catchall@domain.com>"

    def test_never_a_record(self):
        for sign in self.SIGNS:
            for to in ("customer@example.org", "sales@domain.com"):
                with self.subTest(sign, to=to):
                    found = decide(self.ACCOUNT, ODOOS, sign, f"To: {to}", directory=Company())
                    self.assertEqual(outcome(found), ("quarantined", "loop", []))
                    self.assertIn("before this addon was installed", why(found, "loop"))
                    self.assertIn(sign, why(found, "loop"))

    def test_what_it_takes(self):
        lines = [self.ACCOUNT, ODOOS, self.SIGNS[0]]
        for name, number, line in (
            ("another address", 0, MINE),
            ("a stranger", 0, "From: a@evil.test"),
            ("another form", 1, "Message-ID: <7.sale.order@odoo1>"),
            ("a word alone", 1, "Message-ID: <x-openerp-7@odoo1>"),
            ("a person's", 2, "X-Mailer: x"),
            ("a person's, said so", 2, "Auto-Submitted: no"),
        ):
            with self.subTest(name):
                changed = [*lines[:number], line, *lines[number + 1 :]]
                case = replace(CASE, mail=mail(*changed))
                self.assertEqual(sent_before_installing(case), "")
        self.assertTrue(sent_before_installing(replace(CASE, mail=mail(*lines))))

    def test_a_mark_that_was_taken_out(self):
        lines = (self.ACCOUNT, ODOOS, self.SIGNS[0])
        directory = Sender(*lines, "To: customer@example.org", sender="catchall@domain.com")
        found = decide(*lines, "To: customer@example.org", directory=directory)
        self.assertEqual(outcome(found), ("ignored", "loop", []))
        named = decide(
            *lines,
            "To: customer@example.org",
            above=("X-Original-To: sales@domain.com",),
            directory=directory,
        )
        self.assertEqual(outcome(named), ("quarantined", "loop", []))
