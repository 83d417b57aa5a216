"""What is known of a message finds the message that core builds, and no other one."""

from email.message import EmailMessage

from ....outgoing.dispatch import AwaitedDispatches, Dispatch, attach, dispatch_of
from ....outgoing.identity import Author, OutgoingAccount, ReplyTo
from ...kit.pure import PureCase

ID = "<1@domain.com>"


def dispatches(*recipients):
    return [
        Dispatch(mail_id=7, message_id=ID, recipients=tuple(to), bounce_token=f"token{number}")
        for number, to in enumerate(recipients)
    ]


class TestAwaited(PureCase):
    def setUp(self):
        super().setUp()
        self.awaited = AwaitedDispatches()

    def test_each_recipient_has_its_own(self):
        known = dispatches(["a@c.test"], ["b@c.test"], [])
        self.awaited.expect(known)
        for number, recipients in ((1, ["b@c.test"]), (0, ["a@c.test"]), (2, None)):
            self.assertIs(self.awaited.take(ID, recipients), known[number])
            self.assertIsNone(self.awaited.take("<other@domain.com>", recipients))

    def test_contacts_with_the_same_address(self):
        known = dispatches(["a@c.test"], ["a@c.test"])
        self.awaited.expect(known)
        taken = [self.awaited.take(ID, ["a@c.test"]) for _each in known]
        self.assertEqual([each.bounce_token for each in taken], ["token0", "token1"])
        self.assertIsNone(self.awaited.take(ID, ["a@c.test"]), "nothing is expected any more")

    def test_another_addon_changes_a_recipient(self):
        self.awaited.expect(dispatches(["a@c.test"], ["b@c.test"]))
        changed = self.awaited.take(ID, ["test@c.test"])
        self.assertEqual((changed.mail_id, changed.bounce_token), (7, ""))
        self.assertEqual(self.awaited.take(ID, ["b@c.test"]).bounce_token, "token1")

    def test_the_first_that_is_still_expected_stands_for_the_mail(self):
        first, second = dispatches(["a@c.test"], ["b@c.test"])
        first.copy_rank, second.copy_rank = 1, 2
        self.awaited.expect([first, second])
        changed = self.awaited.take(ID, ["test@c.test"])
        self.assertEqual((changed.copy_rank, first.bounce_token), (1, "token0"))
        self.awaited.expect([first])
        self.assertEqual(self.awaited.take(ID, ["test@c.test"]).copy_rank, 1)

    def test_the_next_mail_begins_anew(self):
        self.awaited.expect(dispatches(["a@c.test"]))
        self.awaited.expect([])
        self.assertIsNone(self.awaited.take(ID, ["a@c.test"]))


class TestDispatch(PureCase):
    def test_it_stays_with_its_message(self):
        message, dispatch = EmailMessage(), Dispatch(mail_id=7)
        attach(message, dispatch)
        self.assertIs(dispatch_of(message), dispatch)
        other = EmailMessage()
        self.assertEqual(dispatch_of(other), Dispatch())
        self.assertIs(dispatch_of(other), dispatch_of(other), "what is found out is kept")

    def test_fallbacks_go_from_the_bounce_address_to_the_account(self):
        own = frozenset({"domain.com"})
        author, dispatch = Author("User A", "user_a@domain.com"), Dispatch(bounce_token="abc")
        for domains, envelope, expected in (
            (own, "bounce-abc@domain.com", ["envelope", "author"]),
            (frozenset({"elsewhere.com"}), "catchall@domain.com", ["author"]),
        ):
            account = OutgoingAccount(
                "catchall@domain.com", own, from_policy="auto", bounce_domains=domains
            )
            identity = dispatch.identify(author, account, ReplyTo())
            self.assertEqual(identity.envelope, envelope)
            self.assertEqual([part for part, _identity in dispatch.fallbacks], expected)
            self.assertEqual(identity.author.address, "user_a@domain.com")
            for _part, fallback in dispatch.fallbacks:
                self.assertEqual(fallback.envelope, "catchall@domain.com")

    def test_what_no_mail_mail_sends(self):
        dispatch = Dispatch()
        self.assertEqual((dispatch.mail_id, dispatch.company_id, dispatch.copy_rank), (0, 0, 0))
        self.assertEqual((dispatch.message_id, dispatch.bounce_token), ("", ""))

    def test_under_one_name(self):
        """Other addons copy messages: what is known goes along under the name it has."""
        message, dispatch = EmailMessage(), Dispatch(mail_id=7)
        attach(message, dispatch)
        self.assertIs(vars(message)["catchall_dispatch"], dispatch)

    def test_only_where_it_is_chosen_may_the_author_be_given_up(self):
        own = frozenset({"domain.com"})
        for policy, fallbacks in (("auto", ["author"]), ("keep", []), ("account", [])):
            with self.subTest(policy=policy):
                account = OutgoingAccount("catchall@domain.com", own, from_policy=policy)
                author, dispatch = Author("User A", "user_a@domain.com"), Dispatch()
                identity = dispatch.identify(author, account, ReplyTo())
                self.assertEqual([part for part, _identity in dispatch.fallbacks], fallbacks)
                self.assertEqual(dispatch.author, author)
                self.assertEqual(identity.envelope, "catchall@domain.com")

    def test_the_bounce_address_is_of_the_domain_of_from_if_possible(self):
        own = frozenset({"domain.com", "other.com"})
        author = Author("User A", "user_a@other.com")
        for token, domains, envelope in (
            ("abc", {"domain.com", "other.com"}, "bounce-abc@other.com"),
            ("abc", {"domain.com"}, "bounce-abc@domain.com"),
            ("abc", {"elsewhere.com"}, "catchall@domain.com"),
            ("abc", set(), "catchall@domain.com"),
            ("", {"domain.com", "other.com"}, "catchall@domain.com"),
        ):
            with self.subTest(token=token, domains=domains):
                account = OutgoingAccount(
                    "catchall@domain.com", own, bounce_domains=frozenset(domains)
                )
                dispatch = Dispatch(bounce_token=token)
                identity = dispatch.identify(author, account, ReplyTo())
                self.assertEqual(identity.envelope, envelope)
                fell = [identity.envelope for _part, identity in dispatch.fallbacks]
                bounces = envelope != "catchall@domain.com"
                self.assertEqual(fell, ["catchall@domain.com"] * bounces)
