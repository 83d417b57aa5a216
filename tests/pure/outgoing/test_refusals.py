"""Only words say that the sender is meant; a wrong guess would hide every author for 90 days."""

from ....outgoing.refusals import RETRY_MINUTES, Answer, retry_minutes
from ...kit.pure import PureCase


class TestRefusals(PureCase):
    def test_the_sender_is_meant(self):
        for text in (
            "553 5.7.1 <a@domain.com>: Sender address rejected: not owned by user c@domain.com",
            "553 5.7.1 Sender address rejected: not owned by auth user.",
            "554 5.2.252 SendAsDenied; catchall@domain.com not allowed to send as a@domain.com",
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            "551 5.7.1 Not authorised to send from this header address",
            "550 5.7.0 From address is not one of your addresses.",
            "550 The from address does not match a verified Sender Identity. Mail cannot be sent",
            "554 Message rejected: Email address is not verified. The following identities failed",
            "553 Sender is not allowed to relay emails",
            "550 Sender address is not allowed.",
            "500 Envelope from address is not authorised",
            "550 5.7.60",
        ):
            with self.subTest(text=text):
                code, _space, words = text.partition(" ")
                self.assertTrue(Answer(int(code), words).names_sender)

    def test_something_else_is_meant(self):
        for text in (
            "550 5.7.1 Message rejected as spam",
            "554 5.7.1 Relay access denied",
            "553 5.1.8 Sender's domain does not exist",
            "550 5.1.8 <c@domain.com>: Sender address rejected: Domain not found",
            "450 4.7.1 <a@domain.com>: Sender address rejected: not owned by user",
            "550 5.1.0 10.0.0.1 is not allowed to send from domain.com per its SPF Record",
            "550 5.7.23 SPF validation failed: sender address rejected",
            "554 5.7.1 Sender address rejected: rate limit exceeded",
            "550 5.1.1 <x@y.z>: Recipient address rejected: User unknown",
            "554 Transaction failed",
            "550 15.7.60 units",
            "552 5.2.2522 quota",
            "0 Connection unexpectedly closed: not owned by user",
        ):
            with self.subTest(text=text):
                code, _space, words = text.partition(" ")
                self.assertFalse(Answer(int(code), words).names_sender)

    def test_what_may_be_tried_again(self):
        for code, again in (
            (0, True),
            (421, True),
            (450, True),
            (499, True),
            (500, False),
            (554, False),
        ):
            with self.subTest(code=code):
                self.assertEqual(Answer(code, "").is_temporary, again)

    def test_delays_grow_and_end(self):
        minutes = [retry_minutes(attempt) for attempt in range(1, len(RETRY_MINUTES) + 1)]
        self.assertEqual(minutes, sorted(minutes))
        self.assertGreater(sum(minutes), 2 * 24 * 60, "a weekend's outage loses mail")
        self.assertEqual(retry_minutes(len(RETRY_MINUTES) + 1), 0)
