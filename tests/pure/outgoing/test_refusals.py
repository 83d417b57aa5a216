"""Only words say that the sender is meant; a wrong guess would hide every author for 90 days."""

from ....outgoing.refusals import (
    RETRY_MINUTES,
    Answer,
    DeliveryError,
    Outcome,
    retry_minutes,
)
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

    def test_every_phrase_of_a_provider(self):
        for words in (
            "Sender address rejected: not owned by user a@domain.com",
            "<a@domain.com>: Sender address rejected: you are c@domain.com",
            "Requested action not taken: Sender address is not allowed",
            "Sender address not allowed",
            "Sender is not allowed to relay emails",
            "SendAsDenied; c@domain.com",
            "c@domain.com not allowed to send as a@domain.com",
            "Client does not have permissions to send as this sender",
            "You are not permitted to send as a@domain.com",
            "Not authorized to send as a@domain.com",
            "Not authorised to send as a@domain.com",
            "Not authorised to send from this header address",
            "From address is not one of your addresses",
            "The from address does not match a verified Sender Identity",
            "Email address is not verified",
            "You are not allowed to use this sender",
            "You are not allowed to use the sender a@domain.com",
            "Envelope from address is not authorised",
            "not local sender over smtp",
            "Sender address must match the login",
            "From address must match the login",
            "From header must match the login",
            "From address is not allowed",
            "You are not allowed to send as this from",
            "5.7.60",
            "5.2.252",
        ):
            with self.subTest(words=words):
                self.assertTrue(Answer(550, words).names_sender)
                self.assertTrue(Answer(550, words.upper().replace(" ", " \n ")).names_sender)

    def test_the_same_words_about_somebody_else(self):
        for words in ("SPF", "Rate limit", "Too many emails", "Domain not found", "Quota"):
            with self.subTest(words=words):
                self.assertFalse(Answer(550, f"Not permitted to send as x: {words}").names_sender)

    def test_only_final_answers_name_the_sender(self):
        for code, names in ((499, False), (500, True), (599, True), (600, False)):
            with self.subTest(code=code):
                self.assertEqual(Answer(code, "not owned by user").names_sender, names)

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
            (399, False),
            (400, True),
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

    def test_when_it_is_tried_again(self):
        hours = (1, 2, 4, 8, 12, 24, 24)
        expected = (2, 5, 15, 30, *(60 * each for each in hours))
        self.assertEqual([retry_minutes(attempt) for attempt in range(1, 12)], list(expected))
        self.assertEqual((retry_minutes(0), retry_minutes(-1)), (0, 0))


class TestOutcome(PureCase):
    unknown, later = Answer(550, "unknown"), Answer(451, "later")

    def test_how_an_answer_is_read(self):
        self.assertEqual(str(self.unknown), "550 unknown")
        self.assertEqual(str(Answer(0, "no connection")), "no connection")
        error = DeliveryError(self.later)
        self.assertEqual((error.answer, str(error)), (self.later, "451 later"))

    def test_of_several_recipients(self):
        for outcome, again, reason in (
            (Outcome(), False, ""),
            (Outcome(refused={"a@b.c": self.unknown}), False, "a@b.c: 550 unknown"),
            (
                Outcome(refused={"a@b.c": self.unknown, "d@b.c": self.later}),
                True,
                "a@b.c: 550 unknown\nd@b.c: 451 later",
            ),
            (Outcome(failure=self.later), True, "451 later"),
            (
                Outcome(refused={"a@b.c": self.later}, failure=self.unknown),
                True,
                "a@b.c: 451 later\n550 unknown",
            ),
        ):
            with self.subTest(reason=reason):
                self.assertEqual((outcome.try_again, outcome.reason), (again, reason))
