"""What is stored and handed over by name: codes, the defaults of a decision, keys of places."""

from ....ledger.codes import REASONS, STATES
from ....router.case import Case
from ....router.chain import Chain
from ....router.codes import AuthorCheck, Reason, State, selection
from ....router.decision import Decision, TraceLine
from ....router.message.mail import ReceivedMail
from ....router.places import Alias, Recipient, ReplyTarget, Route
from ....router.policy import Policy
from ....router.tokens.probe_mark import Kind
from ....router.trust.received import Boundary, Hop
from ...kit.pure import PureCase

# A database holds these: a code that changes its name orphans every row that has it.
STORED_STATES = [
    ("received", "Queued"),
    ("routed", "Routed"),
    ("quarantined", "To Sort"),
    ("ignored", "Dismissed"),
    ("failed", "Failed"),
]
STORED_REASONS = [
    ("reply", "Reply to a record"),
    ("rule", "Routing rule"),
    ("alias", "Alias"),
    ("near_miss", "Mistyped alias"),
    ("user", "User address"),
    ("fallback", "Fallback of the account"),
    ("unmatched", "No recipient found"),
    ("stranger", "Reply by a stranger"),
    ("duplicate", "Duplicate"),
    ("probe", "Mailbox test"),
    ("loop", "Mail loop"),
    ("bounce", "Bounce"),
    ("receipt", "Read receipt"),
    ("complaint", "Spam complaint"),
    ("report", "Report of a server"),
    ("calendar_reply", "Reply to an invitation"),
    ("auto_reply", "Automatic reply"),
    ("spam", "Spam"),
    ("forged", "Forged sender"),
    ("bulk", "Newsletter or mailing list"),
    ("rate", "Too many from one sender"),
    ("oversize", "Too large"),
    ("error", "Error"),
]
CHECKS = [("verified", "Verified"), ("unverified", "Not verified"), ("failed", "Forged?")]
# Their order numbers the tokens of messages that are on their way.
PROBES = ["random", "sub_address", "bcc", "first", "second", "near", "author", "outside", "forged"]


class TestCodes(PureCase):
    def test_selections_are_what_the_database_holds_and_people_read(self):
        for codes, pairs in (
            (STATES, STORED_STATES),
            (REASONS, STORED_REASONS),
            (AuthorCheck, CHECKS),
        ):
            self.assertEqual(selection(codes), pairs)

    def test_a_member_is_its_code(self):
        for member, (code, label) in zip(REASONS, STORED_REASONS, strict=True):
            with self.subTest(code):
                self.assertEqual((member, str(member), member.label), (code, code, label))
        self.assertIs(Reason("alias"), Reason.ALIAS)

    def test_probes_are_numbered_from_zero_in_a_fixed_order(self):
        self.assertEqual([kind.value for kind in Kind], PROBES)
        self.assertEqual([str(kind) for kind in Kind], PROBES)
        self.assertEqual([kind.part for kind in Kind], list(range(9)))

    def test_lines_that_are_neither_a_verdicts_nor_a_steps_have_labels(self):
        for name, label in (
            ("recipients", "Recipients"),
            ("author", "Sender"),
            ("duplicate", "Duplicates"),
        ):
            self.assertEqual(str(Chain().label(name)), label)


class TestDefaults(PureCase):
    """Who gives no value gets the cautious one."""

    def test_decision(self):
        found = Decision(State.ROUTED, Reason.ALIAS)
        self.assertIs(found.answerable, True)
        self.assertIs(found.author_check, AuthorCheck.UNVERIFIED)
        self.assertEqual((found.routes, found.contact, found.facts), ((), "", {}))

    def test_case(self):
        mail = ReceivedMail.from_bytes(b"")
        found = Case(mail, None, None, Boundary(0, (), known=False), ())
        self.assertIs(found.author_check, AuthorCheck.UNVERIFIED)
        for name, value in (
            ("is_machine", False),
            ("answerable", True),
            ("routed", False),
            ("only_threads", False),
        ):
            self.assertIs(getattr(found, name), value, name)

    def test_trace_line(self):
        line = TraceLine("alias", "sales@")
        self.assertEqual(line.as_json(), {"step": "alias", "text": "sales@", "decided": False})

    def test_recipient(self):
        self.assertEqual(
            Recipient("a@b.test", "to").as_json(),
            {"address": "a@b.test", "header": "to", "occurrence": 0, "hop": None,
             "envelope": False},
        )  # fmt: skip

    def test_alias(self):
        alias = Alias(3, "a@b.test", "crm.lead")
        self.assertEqual(alias.force_thread_id, 0)
        self.assertEqual(
            (alias.public, alias.accepts_bulk, alias.accepts_machine), (True, False, True)
        )

    def test_reply_target(self):
        target = ReplyTarget("crm.lead", 1)
        self.assertEqual(target.parent_id, 0)
        self.assertEqual((target.familiar, target.is_partner, target.closed), (False,) * 3)

    def test_route(self):
        route = Route("crm.lead")
        self.assertEqual((route.res_id, route.parent_id, route.user_id, route.continues), (0,) * 4)
        self.assertIs(route.internal, False)

    def test_policy(self):
        policy = Policy(frozenset(), frozenset())
        self.assertEqual((policy.near_miss, policy.account), ("alias", 0))
        self.assertIs(policy.accept_any_domain, False)

    def test_hop(self):
        self.assertIs(Hop(0, 0).has_from, False)


class TestTarget(PureCase):
    def test_what_makes_two_routes_one_place(self):
        alias = Alias(3, "a@b.test", "crm.lead")
        for route, key in (
            (Route("crm.lead", 42), "record:crm.lead:42"),
            (Route("crm.lead"), "record:crm.lead:0"),
            (Route("crm.lead", alias=alias), "alias:3"),
            (Route("crm.lead", 42, alias=alias), "record:crm.lead:42"),
            (Route("crm.lead", continues=7), "continues:crm.lead:7"),
            (Route("crm.lead", alias=alias, continues=7), "continues:crm.lead:7"),
            (Route("mail.thread", user_id=5), "user:5"),
            (Route("mail.thread", user_id=5, continues=7, alias=alias), "user:5"),
        ):
            with self.subTest(key):
                self.assertEqual(route.target, key)
