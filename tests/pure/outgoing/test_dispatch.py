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
