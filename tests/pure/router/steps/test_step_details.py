"""Each step alone: what it finds, whom it leaves to the next, and what it writes into the trace."""

from dataclasses import replace
from datetime import date

from .....router.case import Case
from .....router.codes import AuthorCheck, Reason, State, StrangerReplies
from .....router.message.mail import MAX_REFERENCES
from .....router.places import Alias, Recipient, ReplyTarget, Route, ThreadMessage, User
from .....router.rules.rules import Action, Hit, Rule
from .....router.steps import STEPS, Step
from .....router.steps.admin_rules import AdminRules
from .....router.steps.alias import AliasStep
from .....router.steps.base import Found, When
from .....router.steps.block_rules import BlockRules
from .....router.steps.fallback import Fallback
from .....router.steps.near_miss import MAX_SUGGESTIONS, MIN_LETTERS, NearMiss
from .....router.steps.quarantine import Quarantine
from .....router.steps.reply_token import MAX_AGE_DAYS, ReplyTokenStep
from .....router.steps.sub_address import SubAddress
from .....router.steps.thread import Thread
from .....router.steps.user import UserStep, find_user
from .....router.tokens.reading import ReadToken
from .....router.tokens.tokens import ReplyToken, ThreadToken, TokenKey, make_thread_token
from .....router.verdicts.bulk import Bulk
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, SECRET, Company, mail

SALES = Alias(1, "sales@domain.com", "crm.lead")
JOBS = Alias(2, "jobs@domain.com", "hr.applicant")
BOB = User(7, "robert@domain.com")


class World(Company):
    """A company whose answers are given by name."""

    def __init__(self, *aliases, users=(BOB,), archived=(), target=None, parent=None):
        self.found = {}
        for alias in aliases or (SALES, JOBS):
            self.found.setdefault(alias.address, []).append(alias)
        self.users = {user.address: user for user in users}
        self.archived, self.target, self.parent = archived, target, parent

    def aliases(self, address):
        return tuple(self.found.get(address, ()))

    def user(self, address):
        return self.users.get(address)

    def thread(self, message_ids):
        return self.parent

    def reply_target(self, token, sender):
        return self.target

    def known_addresses(self, domain):
        known = (*self.found, *self.users, *self.archived)
        return tuple(item for item in known if item.endswith(f"@{domain}"))


def to(*addresses, **values):
    return tuple(Recipient(item, "to", **values) for item in addresses)


def case(*addresses, lines=(), directory=None, policy=POLICY, recipients=None, **values):
    message = mail(*lines)
    values.setdefault("author", message.sender)
    return Case(
        mail=message,
        directory=directory or World(),
        policy=policy,
        boundary=None,
        recipients=to(*addresses) if recipients is None else recipients,
        **values,
    )


class TestClasses(PureCase):
    def test_the_order_and_what_each_step_promises(self):
        table = (
            ("block", "Blocking rules", "rule", True, When.ALWAYS),
            ("reply_token", "Reply address", "reply", True, When.UNLESS_HELD),
            ("thread", "Earlier messages", "reply", True, When.UNLESS_HELD),
            ("event", "Calendar events", "reply", True, When.UNLESS_HELD),
            ("rules", "Routing rules", "rule", False, When.UNLESS_HELD),
            ("alias", "Aliases", "alias", False, When.UNLESS_HELD),
            ("sub_address", "Sub-addresses", "alias", False, When.UNLESS_HELD),
            ("user", "Users", "user", False, When.UNLESS_HELD),
            ("near_miss", "Mistyped addresses", "near_miss", False, When.LAST),
            ("fallback", "Fallback", "fallback", False, When.LAST),
            ("quarantine", "No recipient found", "unmatched", False, When.LAST),
        )
        for (step, when), row in zip(STEPS, table, strict=True):
            with self.subTest(step.name):
                reason = str(step.reason)
                found = (step.name, str(step.label), reason, step.joins_thread, when)
                self.assertEqual(found, row)
        self.assertIs(Step.joins_thread, False)
        self.assertEqual([item.value for item in When], ["always", "unless_held", "last"])
        self.assertEqual(Found("x"), Found("x", (), None, {}, None, None))


class TestRules(PureCase):
    def hit(self, name, action, recipients=(), **values):
        return Hit(Rule(1, name, action, **values), recipients)

    def test_places(self):
        sales, jobs = to("sales@domain.com", "jobs@domain.com")
        record = {"action": Action.RECORD, "model": "m"}
        a = self.hit("a", **record, res_id=1, recipients=(sales,))
        b = self.hit("b", **record, res_id=2, recipients=(sales, jobs))
        again = self.hit("c", **record, res_id=1, recipients=(jobs,))
        goes_on = self.hit("d", **record, res_id=4, recipients=(sales,), stop=False)
        nobody = self.hit("e", **record, res_id=5)
        defaults = self.hit("f", Action.DEFAULTS, (sales,))
        both, text = (sales, jobs), "rule “{}” (every message)".format
        for hits, places, left, lines in (
            ((), (), both, "no rule routes it"),
            ((defaults,), (), both, "no rule routes it"),
            ((a,), (1,), (jobs,), text("a")),
            ((a, b), (1, 2), (), f"{text('a')}; {text('b')}"),
            ((b, a), (2,), (), text("b")),
            ((a, again), (1,), (), f"{text('a')}; {text('c')}"),
            ((goes_on,), (4,), both, text("d")),
            ((nobody,), (5,), both, text("e")),
        ):
            with self.subTest(lines):
                found = AdminRules().find(case(recipients=both, hits=hits))
                self.assertEqual([route.res_id for route in found.routes], list(places))
                self.assertEqual((found.remaining, found.text), (left, lines))
        first = AdminRules().find(case(recipients=both, hits=(b,))).routes[0]
        self.assertEqual(first.address, "sales@domain.com")
        first = AdminRules().find(case(recipients=(jobs,), hits=(b,))).routes[0]
        self.assertEqual(first.address, "jobs@domain.com")

    def test_a_reply_stays_with_its_record(self):
        hits = (self.hit("a", Action.RECORD, model="m"),)
        found = AdminRules().find(case(routed=True, hits=hits))
        self.assertEqual(found, Found("the message already has its place"))
        for values in ({"routed": False}, {"routed": True, "recipients": to("sales@domain.com")}):
            self.assertTrue(AdminRules().find(case(hits=hits, **values)).routes)

    def test_blocks(self):
        for action, text, state in (
            (Action.QUARANTINE, "sent to To Sort by rule “a” (every message)", State.QUARANTINED),
            (Action.IGNORE, "dismissed by rule “a” (every message)", State.IGNORED),
            (Action.RECORD, "no rule blocks it", None),
        ):
            with self.subTest(action):
                found = BlockRules().find(case(hits=(self.hit("a", action),)))
                self.assertEqual(found, Found(text, state=state))


class TestAddresses(PureCase):
    def test_aliases(self):
        found = AliasStep().find(
            case("jobs@domain.com", "x@domain.com", "sales@domain.com", "sales@domain.com")
        )
        self.assertEqual([route.alias for route in found.routes], [JOBS, SALES])
        self.assertEqual(found.remaining, to("x@domain.com"))
        self.assertEqual(found.text, "alias jobs@domain.com, sales@domain.com")
        self.assertIsNone(found.held)
        found = AliasStep().find(case("x@domain.com"))
        self.assertEqual((found.text, found.routes), ("no recipient is an alias", ()))
        fixed = replace(SALES, force_thread_id=8)
        (route,) = AliasStep().find(case(SALES.address, directory=World(fixed))).routes
        self.assertEqual(route, Route("crm.lead", 8, alias=fixed, address=SALES.address))

    def test_an_alias_that_accepts_no_mail_of_programs(self):
        directory = World(replace(SALES, accepts_machine=False), JOBS)
        addresses = ("sales@domain.com", "sales@domain.com", "jobs@domain.com")
        found = AliasStep().find(case(*addresses, directory=directory, is_machine=True))
        self.assertEqual([route.alias for route in found.routes], [JOBS])
        said = "sales@domain.com does not accept mail written by programs"
        self.assertEqual(found.text, f"alias jobs@domain.com; {said}")
        self.assertEqual((found.held, found.remaining), (Bulk.reason, ()))
        found = AliasStep().find(case(*addresses, directory=directory))
        self.assertEqual((len(found.routes), found.held), (2, None))

    def test_sub_addresses(self):
        found = SubAddress().find(
            case("sales+web@domain.com", "sales+x@domain.com", "jobs@domain.com", "x+y@domain.com")
        )
        self.assertEqual([route.alias for route in found.routes], [SALES])
        self.assertEqual(found.routes[0].address, "sales+web@domain.com")
        self.assertEqual(found.remaining, to("jobs@domain.com", "x+y@domain.com"))
        self.assertEqual(found.text, "sub-address sales+web@domain.com")
        self.assertEqual(SubAddress().find(case("x@y")), Found("no sub-address of an alias"))
        found = SubAddress().find(case("sales+web@domain.com", "jobs+a@domain.com"))
        self.assertEqual(found.text, "sub-address jobs+a@domain.com, sales+web@domain.com")

    def test_users(self):
        directory = World(users=(BOB, User(8, "anna@domain.com")))
        addresses = ("robert+x@domain.com", "anna@domain.com", "robert@domain.com", "x@domain.com")
        found = UserStep().find(case(*addresses, directory=directory))
        self.assertEqual(
            found.routes,
            (
                Route("res.users", user_id=7, address="robert+x@domain.com"),
                Route("res.users", user_id=8, address="anna@domain.com"),
            ),
        )
        self.assertEqual(found.remaining, to("x@domain.com"))
        self.assertEqual(found.text, "Odoo inbox of anna@domain.com, robert+x@domain.com")
        self.assertEqual(UserStep().find(case("x@y")), Found("no recipient is a user"))
        self.assertEqual(find_user(case(), "robert+x@domain.com"), BOB)
        self.assertIsNone(find_user(case(), "x@domain.com"))

    def test_last_resorts(self):
        self.assertEqual(Fallback().find(case()), Found("the account has no fallback model"))
        found = Fallback().find(case("x@y", policy=replace(POLICY, fallback_model="crm.lead")))
        self.assertEqual(found, Found("fallback model crm.lead", (Route("crm.lead"),), ()))
        self.assertEqual(Quarantine().find(case()), Found("no recipient at our domains"))
        for count in (4, 5, 6):
            names = [f"a{number}@domain.com" for number in range(count)]
            said = f"nobody receives mail for {', '.join(names[:5])}"
            self.assertEqual(Quarantine().find(case(*names)), Found(said))


class TestReplyAddresses(PureCase):
    DAY = date(2025, 11, 3)
    REPLY = ("References: <x@y>",)

    def target(self, **values):
        return ReplyTarget("crm.lead", 42, **{"familiar": True, **values})

    def token(self, target=None, parent_id=5, issued=DAY, address="reply-a@domain.com"):
        token = ReplyToken(1, 42, parent_id, 3, issued) if target else None
        return ReadToken(to(address)[0], token, target, "the signature is wrong")

    def find(self, *tokens, others=(), lines=REPLY, **values):
        recipients = (*(item.recipient for item in tokens), *to(*others))
        return ReplyTokenStep().find(
            case(recipients=recipients, tokens=tokens, lines=lines, **values)
        )

    def test_a_reply(self):
        for target, check, route, text in (
            (self.target(), "unverified", {"parent_id": 5}, "reply to crm.lead 42"),
            (self.target(parent_id=6), "verified", {"parent_id": 6}, "reply to crm.lead 42"),
            (
                self.target(familiar=False),
                "verified",
                {"parent_id": 5, "internal": True, "stranger": True},
                "internal note by a stranger on crm.lead 42",
            ),
            (
                self.target(),
                "failed",
                {"parent_id": 5, "internal": True, "stranger": True},
                "internal note by a stranger on crm.lead 42",
            ),
        ):
            with self.subTest(target=target, check=check):
                found = self.find(self.token(target), author_check=AuthorCheck(check))
                expected = Route("crm.lead", 42, address="reply-a@domain.com", **route)
                self.assertEqual(found, Found(text, (expected,), ()))

    def test_a_stranger_may_have_to_wait(self):
        policy = replace(POLICY, stranger_replies=StrangerReplies.SORT)
        stranger = self.token(self.target(familiar=False))
        known = self.token(self.target(), address="reply-b@domain.com")
        found = self.find(stranger, known, policy=policy)
        self.assertEqual(found.held, Reason.STRANGER)
        self.assertEqual((len(found.routes), found.remaining), (1, ()))
        for values in ({"unproven": True}, {"only_threads": True}, {"policy": POLICY}):
            found = self.find(stranger, **{"policy": policy, **values})
            self.assertEqual((len(found.routes), found.held), (1, None), values)

    def test_what_is_no_token_of_ours(self):
        found = self.find(self.token())
        self.assertEqual(found.text, "reply-a@domain.com: the signature is wrong")
        self.assertEqual((found.routes, found.remaining), ((), to("reply-a@domain.com")))
        self.assertEqual(self.find(), Found("no signed reply address"))
        placed = ReplyTokenStep().find(case(tokens=(self.token(self.target()),)))
        self.assertEqual(placed, Found("no signed reply address"))

    def test_several(self):
        other = ReplyTarget("crm.lead", 43, familiar=True)
        tokens = (
            self.token(self.target()),
            self.token(self.target(), address="reply-b@domain.com"),
            self.token(other, address="reply-c@domain.com"),
        )
        found = self.find(*tokens, others=["x@domain.com"])
        self.assertEqual([route.res_id for route in found.routes], [42, 43])
        self.assertEqual(found.remaining, to("x@domain.com"))
        self.assertEqual(found.text.count("; "), 2)

    def test_its_own_alias_is_the_same_conversation(self):
        twin = Alias(9, "twin@domain.com", "crm.lead")
        directory = World(SALES, JOBS, twin)
        others = ("sales@domain.com", "twin@domain.com", "jobs@domain.com", "x@domain.com")
        for alias, left in ((SALES, others[1:]), (twin, (others[0], *others[2:])),
                            (None, others[2:])):  # fmt: skip
            with self.subTest(alias=alias):
                token = self.token(self.target(alias=alias))
                found = self.find(token, others=others, directory=directory)
                self.assertEqual(found.remaining, to(*left))

    def test_what_comes_late_opens_a_new_record(self):
        self.assertEqual(MAX_AGE_DAYS, 30)
        late = Route("crm.lead", alias=SALES, address="reply-a@domain.com", continues=42)
        said = "{}: a new record, linked to crm.lead 42"
        for day, text in ((4, ""), (3, "the address is 31 days old")):
            with self.subTest(day=day):
                token = self.token(self.target(alias=SALES), issued=date(2025, 10, day))
                found = self.find(token, lines=())
                self.assertEqual(found.routes[0] == late, bool(text))
                if text:
                    self.assertEqual(found.text, said.format(text))
                self.assertEqual(self.find(token).routes[0].res_id, 42)
                self.assertEqual(self.find(token, lines=(), only_threads=True).routes[0].res_id, 42)
        closed = self.token(self.target(alias=SALES, closed=True))
        found = self.find(closed, lines=())
        self.assertEqual(found, Found(said.format("the record is closed"), (late,), ()))
        self.assertEqual(self.find(closed).routes[0].res_id, 42)


class TestThreads(PureCase):
    REPLY = ("References: <x@y>",)
    PARENT = ThreadMessage(5, "crm.lead", 42)
    KEY = TokenKey(SECRET, "db")

    def find(self, *addresses, lines=REPLY, parent=PARENT, target=None, **values):
        directory = World(parent=parent, target=target)
        policy = replace(values.pop("policy", POLICY), database="db")
        return Thread().find(
            case(*addresses, lines=lines, directory=directory, policy=policy, **values)
        )

    def test_what_a_known_message_says(self):
        found = self.find("sales@domain.com", "x@domain.com")
        route = Route("crm.lead", 42, alias=SALES, parent_id=5)
        self.assertEqual(found, Found("reply to crm.lead 42", (route,), ()))
        (route,) = self.find("x@domain.com").routes
        self.assertEqual(route, Route("crm.lead", 42, parent_id=5))
        self.assertEqual(self.find(parent=None), Found("no reference is known"))
        self.assertEqual(self.find(lines=()), Found("no references"))
        signed = self.find(lines=("References: <1-reply_to@domain.com>",))
        self.assertEqual(signed, Found("no references"))
        routed = self.find(routed=True)
        self.assertEqual(routed, Found("the signed address already names the record"))

    def test_forwarded_to_an_alias_of_another_model(self):
        sales, jobs, copy, envelope = (
            *to("sales@domain.com", "jobs@domain.com"),
            Recipient("jobs@domain.com", "cc"),
            Recipient("jobs@domain.com", "x-original-to", envelope=True),
        )
        for recipients, left in (
            ((sales,), ()),
            ((copy,), ()),
            ((jobs,), (jobs,)),
            ((envelope,), (envelope,)),
            ((sales, jobs), (jobs,)),
        ):
            with self.subTest(recipients):
                found = self.find(recipients=recipients)
                self.assertEqual((found.remaining, bool(found.routes)), (left, not left))
                if left:
                    said = "forwarded to jobs@domain.com: a new record"
                    self.assertEqual(found.text, said)
                self.assertTrue(self.find(recipients=recipients, only_threads=True).routes)

    def test_a_stranger_may_have_to_wait(self):
        policy = replace(POLICY, stranger_replies=StrangerReplies.SORT)
        stranger = {"lines": (self.token(42),), "parent": None, "policy": policy}
        stranger["target"] = ReplyTarget("crm.lead", 42)
        found = self.find(**stranger)
        self.assertEqual((found.routes, found.remaining), ((), ()))
        self.assertEqual(found.held, Reason.STRANGER)
        self.assertTrue(self.find(**stranger, unproven=True).routes)

    def token(self, *numbers, key=KEY, **values):
        names = [make_thread_token(key, ThreadToken(1, number, **values)) for number in numbers]
        return "References: " + " ".join(f"<1-thread-{name}@domain.com>" for name in names)

    def test_what_a_token_says(self):
        by_token, unknown = ", by the token in a Message-ID", "no reference is known"
        familiar = ReplyTarget("crm.lead", 42, familiar=True)
        stranger = replace(familiar, familiar=False)
        for values, check, internal, text in (
            ({"target": familiar}, "verified", False, "reply to crm.lead 42"),
            ({"target": stranger}, "verified", True, "internal note by a stranger on crm.lead 42"),
            ({"target": familiar}, "failed", True, "internal note by a stranger on crm.lead 42"),
        ):
            with self.subTest(text=text, check=check):
                found = self.find(
                    lines=(self.token(42),), parent=None, author_check=AuthorCheck(check), **values
                )
                route = Route("crm.lead", 42, internal=internal, stranger=internal)
                self.assertEqual(found, Found(f"{text}{by_token}", (route,), ()))
        note = self.find(lines=(self.token(42, is_note=True),), parent=None, target=familiar)
        self.assertEqual((note.routes[0].internal, note.routes[0].stranger), (True, False))
        gone = self.find(lines=(self.token(42),), parent=None)
        said = f"{unknown}, and the record that one names no longer exists"
        self.assertEqual(gone, Found(said))
        foreign = self.token(42, key=TokenKey(b"another", "db"))
        found = self.find(lines=(foreign,), parent=None, target=familiar)
        said = f"{unknown}, and the token in one is not ours: "
        self.assertTrue(found.text.startswith(said), found.text)
        self.assertEqual(found.routes, ())
        both = f"{self.token(42)} {foreign.partition(': ')[2]}"
        self.assertTrue(self.find(lines=(both,), parent=None, target=familiar).routes)

    def test_without_a_secret_no_token_counts(self):
        directory = World(target=ReplyTarget("crm.lead", 42))
        policy = replace(POLICY, database="db", secret=b"")
        lines = (self.token(42, key=TokenKey(b"", "db")),)
        found = Thread().find(case(lines=lines, directory=directory, policy=policy))
        self.assertEqual(found, Found("no reference is known"))

    def test_only_the_last_thirty_two_count(self):
        self.assertEqual(MAX_REFERENCES, 32)
        target = ReplyTarget("crm.lead", 42, familiar=True)
        for others, seen in ((31, True), (32, False)):
            line = self.token(42) + "".join(f" <{number}@x>" for number in range(others))
            found = self.find(lines=(line,), parent=None, target=target)
            self.assertIs(bool(found.routes), seen)


class TestGuesses(PureCase):
    def find(self, *addresses, mode="all", directory=None, **values):
        policy = replace(POLICY, near_miss=mode)
        return NearMiss().find(case(*addresses, directory=directory, policy=policy, **values))

    def text(self, address, *aliases, **values):
        options = {name: values.pop(name) for name in ("users", "archived") if name in values}
        found = self.find(address, directory=World(*aliases, **options), **values)
        self.assertEqual(found.routes, ())
        return found.text.partition(": ")[2].partition("; ")[0]

    def test_delivered(self):
        for address, near in (
            ("slaes@domain.com", "sales@domain.com"),
            ("sale@domain.com", "sales@domain.com"),
            ("saless@domain.com", "sales@domain.com"),
            ("salex@domain.com", "sales@domain.com"),
            ("slaes+web@domain.com", "sales@domain.com"),
        ):
            with self.subTest(address):
                found = self.find(address)
                said = f"{address}: taken as a misspelling of {near}"
                self.assertEqual((found.text, found.remaining, found.facts), (said, (), {}))
                self.assertEqual(found.routes, (Route("crm.lead", alias=SALES, address=address),))
        (route,) = self.find("rbert@domain.com").routes
        self.assertEqual(route, Route("res.users", user_id=7, address="rbert@domain.com"))

    def test_why_not(self):
        sales, address = "sales@domain.com", "slaes@domain.com"
        fixed, private = replace(SALES, force_thread_id=8), replace(SALES, public=False)
        short = Alias(1, "job1@domain.com", "m")
        closed = f"{sales} does not accept mail from strangers for new records"
        for expected, found in {
            "no address is one edit away": self.text("nobody@domain.com"),
            f"{sales} is close, but the message is classified as "
            "Newsletter or mailing list, Spam": self.text(address, verdicts=("bulk", "spam")),
            f"{sales} is close, but the account only suggests": self.text(address, mode="suggest"),
            "team2@domain.com differs in a digit": self.text(
                "team3@domain.com", Alias(1, "team2@domain.com", "m")
            ),
            f"{sales} is more than one alias": self.text(address, SALES, replace(SALES, id=3)),
            "job1@domain.com is too short for a guess": self.text("jbo1@domain.com", short),
            closed: self.text(address, fixed),
            f"{closed} ": self.text(address, private) + " ",
            "robert@domain.com is a user's address": self.text("rbert@domain.com", mode="alias"),
            "bob@domain.com is too short for a guess": self.text(
                "boob@domain.com", users=(User(7, "bob@domain.com"),)
            ),
            "oldie@domain.com is archived": self.text(
                "odlie@domain.com", archived=("oldie@domain.com",)
            ),
            "2 addresses are one edit away": self.text(
                "salex@domain.com", SALES, Alias(2, "saley@domain.com", "m")
            ),
        }.items():
            with self.subTest(expected):
                self.assertEqual(found, expected)

    def test_our_own_addresses_are_never_guessed_but_stand_in_the_way(self):
        self.assertEqual(self.find("catchall@domain.com").text, "no address to guess")
        self.assertEqual(self.find("catchal@domain.com").routes, ())
        self.assertEqual(self.text("catchal@domain.com"), "catchall@domain.com is archived")

    def test_how_many_letters_a_guess_needs(self):
        self.assertEqual(MIN_LETTERS, 5)
        for name, guessed in (("abcd", False), ("abcd-1", False), ("abcde", True)):
            address = f"{name}@domain.com"
            typed = f"x{address}"
            for options in ({"users": (User(7, address),)}, {"users": ()}):
                with self.subTest(name=name, **options):
                    aliases = () if options["users"] else (Alias(1, address, "m"),)
                    found = self.find(typed, directory=World(*aliases, **options))
                    self.assertIs(bool(found.routes), guessed)

    def test_switched_off(self):
        found = self.find("slaes@domain.com", mode="off")
        self.assertEqual(found, Found("delivery of mistyped addresses is switched off"))

    def test_a_few_recipients_only(self):
        for before, guessed in ((4, True), (5, False)):
            names = [f"nobody{'x' * number}@domain.com" for number in range(before)]
            found = self.find(*names, "slaes@domain.com")
            self.assertIs(bool(found.routes), guessed)
            self.assertEqual(found.text.count("; "), 4)

    def test_what_is_left(self):
        found = self.find("slaes@domain.com", "sale@domain.com", "nobody@domain.com")
        self.assertEqual([route.alias for route in found.routes], [SALES])
        self.assertEqual(found.remaining, to("nobody@domain.com"))
        self.assertEqual(found.text.count("; "), 2)

    def test_suggestions(self):
        self.assertEqual(MAX_SUGGESTIONS, 3)
        names = ["orders@domain.com", "order@domain.com", "border@domain.com", "ordner@domain.com"]
        aliases = [Alias(number, name, "m") for number, name in enumerate(names, 1)]
        directory = World(*aliases, archived=("orderx@domain.com",))
        found = self.find("orderz@domain.com", mode="suggest", directory=directory)
        suggestions = found.facts["suggestions"]["orderz@domain.com"]
        self.assertEqual(len(suggestions), 3)
        self.assertNotIn("orderx@domain.com", suggestions)  # nobody reads it any more
        self.assertEqual(suggestions[0], "orders@domain.com")
        self.assertIn(f"; similar to {', '.join(suggestions)}", found.text)
        self.assertEqual(found.remaining, to("orderz@domain.com"))
        user = self.find("rob@domain.com", mode="suggest", directory=World(users=(BOB,)))
        self.assertEqual(user.facts, {})
        user = self.find("rober@domain.com", mode="suggest", directory=World(users=(BOB,)))
        self.assertEqual(user.facts, {"suggestions": {"rober@domain.com": [BOB.address]}})

    def test_how_many_addresses_are_looked_at(self):
        names = [f"order{letter}@domain.com" for letter in "abcdefg"]
        aliases = [Alias(number, name, "m") for number, name in enumerate(names, 1)]
        for count, said in ((2, 2), (3, 3), (4, 3)):
            text = self.text("orderz@domain.com", *aliases[:count])
            self.assertEqual(text, f"{said} addresses are one edit away")
        for old, suggested in ((5, True), (6, False)):  # among twice as many as are suggested
            directory = World(Alias(1, "orderxyz@domain.com", "m"), archived=names[:old])
            found = self.find("orderz@domain.com", directory=directory)
            self.assertIs(bool(found.facts), suggested)

    def test_how_alike_a_suggestion_is(self):
        for typed, suggested in (("abcxyw", True), ("abcvyw", True), ("axxvyw", False)):
            # of ten letters six or more must stand in both
            name = f"{typed}@domain.com"
            directory = World(Alias(1, "abcxyz@domain.com", "m"))
            found = self.find(name, mode="suggest", directory=directory)
            self.assertIs(bool(found.facts), suggested, typed)
