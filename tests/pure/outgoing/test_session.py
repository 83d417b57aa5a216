"""A session against a server that misbehaves: every mail once, nothing lost, nothing twice."""

import smtplib
from dataclasses import replace
from email import policy
from email.message import EmailMessage

from ....outgoing.dispatch import Dispatch, attach, dispatch_of
from ....outgoing.identity import Author, OutgoingAccount, ReplyTo, write_identity
from ....outgoing.refusals import DeliveryError
from ....outgoing.session import AccountSession
from ...kit.pure import PureCase
from ...kit.smtp_script import CLOSE, ScriptedServer

ACCOUNT = OutgoingAccount(
    "catchall@domain.com", frozenset({"domain.com"}), "Company", from_policy="auto"
)
NOT_OWNED = "553 5.7.1 <user_a@domain.com>: Sender address rejected: not owned by user catchall"


class SessionCase(PureCase):
    def run_session(self, answer, *mails, account=ACCOUNT, extensions=()):
        """Send mails (recipients each) in one session; return it and the server."""
        self.noted, self.refusals, self.errors, self.kept = [], [], [], []
        with ScriptedServer(answer, extensions=extensions) as server:

            def connect():
                return smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=10)

            session = AccountSession(
                connect(),
                connect,
                account,
                record_accepted=lambda key, recipients: self.noted.append((key, recipients)),
                record_refusal=lambda _refused, answer: self.refusals.append(answer),
                copies=self,
            )
            for key, recipients in enumerate(mails, 1):
                message = self.message(key, session.account)
                try:
                    session.send_message(message, "catchall@domain.com", recipients)
                except DeliveryError as error:
                    self.errors.append(error.answer)
            session.quit()
        return session, server

    def message(self, key, account):
        author = Author("User A", "user_a@domain.com")
        message = EmailMessage(policy=policy.SMTP)
        message["Message-Id"] = f"<{key}@domain.com>"
        message["From"] = '"User A" <user_a@domain.com>'
        message.set_content("Hello")
        attach(message, Dispatch(mail_id=key))
        write_identity(message, dispatch_of(message).identify(author, account, ReplyTo()))
        return message

    def keep(self, message, source):
        self.kept.append((message["Message-Id"], source))

    def seen(self, server):
        """Return [(From's address, recipients)] of what the server took."""
        return [
            (mail.text.partition("From: ")[2].partition("<")[2].partition(">")[0], mail.recipients)
            for mail in server.taken
        ]


class TestSenderRefused(SessionCase):
    def test_the_same_mail_goes_at_once_as_the_account(self):
        def at(phase, closing=False):
            def answer(command, mail):
                if command == phase:
                    kept = command != "END" or "<user_a@" in mail.text
                    first = not server_state.get("refused")
                    if (command == "END" and kept) or (command != "END" and first):
                        server_state["refused"] = True
                        return NOT_OWNED
                if closing and server_state.get("refused") and not server_state.get("closed"):
                    server_state["closed"] = True
                    return CLOSE
                return None

            return answer

        for phase in ("MAIL", "RCPT", "DATA", "END"):
            for closing in (False, True):
                with self.subTest(phase=phase, closing=closing):
                    server_state = {}
                    session, server = self.run_session(
                        at(phase, closing), ["x@c.test"], ["y@c.test"]
                    )
                    self.assertEqual(
                        self.seen(server),
                        [
                            ("catchall@domain.com", ["x@c.test"]),
                            ("catchall@domain.com", ["y@c.test"]),
                        ],
                    )
                    self.assertEqual(self.errors, [])
                    self.assertEqual(len(self.refusals), 1, "learned once a session")
                    self.assertIn("not owned", str(self.refusals[0]))
                    self.assertTrue(session.account.refuses_authors)
                    self.assertIn("<1@domain.com>", server.taken[0].text)

    def test_nothing_is_learned_when_it_did_not_help(self):
        session, server = self.run_session(
            lambda command, mail: NOT_OWNED if command == "END" else None, ["x@c.test"]
        )
        self.assertEqual(self.refusals, [])
        self.assertFalse(session.account.refuses_authors)
        self.assertEqual(server.taken, [])
        self.assertEqual([answer.code for answer in self.errors], [553])

    def test_other_refusals_keep_the_author(self):
        for reply in ("554 5.7.1 Spam", "553 5.7.1 Relay access denied", "450 4.7.1 greylisted"):
            with self.subTest(reply=reply):
                _session, server = self.run_session(
                    lambda command, mail, reply=reply: reply if command == "END" else None,
                    ["x@c.test"],
                )
                self.assertEqual(server.commands.count("END"), 1)
                self.assertEqual(self.refusals, [])

    def test_policies_that_were_chosen_are_not_overruled(self):
        keep = replace(ACCOUNT, from_policy="keep")
        _session, server = self.run_session(
            lambda command, mail: NOT_OWNED if "<user_a@" in mail.text else None,
            ["x@c.test"],
            account=replace(keep, address="user_a@domain.com"),
        )
        self.assertEqual(server.taken, [])


class TestKeep(SessionCase):
    """What is kept for the Sent folder: the bytes that a server took, and nothing else."""

    def test_the_bytes_that_left_of_what_somebody_got(self):
        def answer(command, mail):
            if command == "RCPT" and "no@c.test" in mail.recipients[-1]:
                return "550 5.1.1 unknown"
            return NOT_OWNED if command == "END" and "<user_a@" in mail.text else None

        _session, server = self.run_session(
            answer, ["x@c.test", "no@c.test"], ["no@c.test"], ["y@c.test"]
        )
        self.assertEqual([name for name, _text in self.kept], ["<1@domain.com>", "<3@domain.com>"])
        self.assertEqual(
            [text.decode() for _name, text in self.kept], [mail.text for mail in server.taken]
        )

    def test_nothing_of_what_nobody_got(self):
        for reply in ("550 spam", "451 later", CLOSE):
            with self.subTest(reply=reply):
                self.run_session(
                    lambda command, mail, reply=reply: reply if command == "END" else None,
                    ["x@c.test"],
                )
                self.assertEqual(self.kept, [])


class TestRecipientsRefused(SessionCase):
    @staticmethod
    def refuse(replies):
        def answer(command, mail):
            if command == "RCPT":
                return replies.get(mail.recipients[-1])
            return None

        return answer

    def test_only_the_refused_one_is_refused(self):
        replies = {"b@c.test": "550 5.1.1 unknown"}
        session, server = self.run_session(
            self.refuse(replies), ["a@c.test", "b@c.test", "c@c.test"]
        )
        self.assertEqual(self.seen(server), [("user_a@domain.com", ["a@c.test", "c@c.test"])])
        self.assertEqual(self.noted, [(1, ["a@c.test", "c@c.test"])])
        self.assertEqual(list(session.outcomes[1].refused), ["b@c.test"])
        self.assertFalse(session.outcomes[1].try_again)
        self.assertEqual(self.errors, [])

    def test_letters_beyond_ascii_cost_no_other_recipient_the_mail(self):
        mails = ["a@c.test", "jörg@c.test"], ["jörg@c.test"], ["b@c.test"]
        session, server = self.run_session(lambda command, mail: None, *mails)
        self.assertEqual([mail.recipients for mail in server.taken], [["a@c.test"], ["b@c.test"]])
        self.assertEqual((self.errors, server.sessions), ([], 1))
        for key in (1, 2):
            outcome = session.outcomes[key]
            self.assertFalse(outcome.try_again, "the server will not learn it")
            self.assertIn("jörg@c.test: 553 5.6.7", outcome.reason)
            self.assertIn("another address", outcome.reason)
        self.assertEqual(self.refusals, [], "it says nothing of the author")
        session, server = self.run_session(
            lambda command, mail: None, *mails, extensions=("SMTPUTF8", "8BITMIME")
        )
        self.assertEqual([mail.recipients for mail in server.taken], [list(r) for r in mails])
        self.assertIn("SMTPUTF8", server.parameters)
        self.assertEqual(session.outcomes[1].refused, {})

    def test_all_refused_does_not_stop_the_next_mail(self):
        replies = {"a@c.test": "550 5.1.1 unknown"}
        session, server = self.run_session(self.refuse(replies), ["a@c.test"], ["b@c.test"])
        self.assertEqual(self.seen(server), [("user_a@domain.com", ["b@c.test"])])
        self.assertEqual(session.outcomes[1].accepted, set())
        self.assertIn("a@c.test: 550 5.1.1 unknown", session.outcomes[1].reason)

    def test_greylisted_recipient_may_be_tried_again(self):
        replies = {"b@c.test": "450 4.2.0 greylisted"}
        session, _server = self.run_session(self.refuse(replies), ["a@c.test", "b@c.test"])
        self.assertTrue(session.outcomes[1].try_again)
        self.assertEqual(session.outcomes[1].accepted, {"a@c.test"})

    def test_goodbye_between_recipients_takes_nobody(self):
        state = {"left": 1}

        def answer(command, mail):
            if command == "RCPT" and mail.recipients[-1] == "b@c.test" and state["left"]:
                state["left"] -= 1
                return "421 4.7.0 too many"
            return None

        _session, server = self.run_session(answer, ["a@c.test", "b@c.test", "c@c.test"])
        self.assertEqual(
            self.seen(server), [("user_a@domain.com", ["a@c.test", "b@c.test", "c@c.test"])]
        )
        self.assertEqual(server.sessions, 2)

        state["left"] = 99
        session, server = self.run_session(answer, ["a@c.test", "b@c.test", "c@c.test"])
        self.assertEqual(server.taken, [])
        self.assertEqual(session.outcomes[1].accepted, set())
        self.assertTrue(session.outcomes[1].try_again)


class TestLostConnection(SessionCase):
    def test_lost_before_the_text_goes_again_at_once(self):
        for phase in ("MAIL", "RCPT"):
            with self.subTest(phase=phase):
                state = {"left": 1}

                def answer(command, mail, phase=phase, state=state):
                    if command == phase and state["left"]:
                        state["left"] -= 1
                        return CLOSE
                    return None

                _session, server = self.run_session(answer, ["a@c.test"], ["b@c.test"])
                self.assertEqual(
                    [mail.recipients for mail in server.taken], [["a@c.test"], ["b@c.test"]]
                )
                self.assertEqual(self.errors, [])

    def test_silence_after_the_text_is_not_repeated_by_itself(self):
        state = {"left": 1}

        def answer(command, mail):
            if command == "END" and state["left"]:
                state["left"] -= 1
                return CLOSE
            return None

        session, server = self.run_session(answer, ["a@c.test"], ["b@c.test"])
        self.assertEqual([mail.recipients for mail in server.taken], [["b@c.test"]])
        self.assertEqual(server.commands.count("END"), 2)
        self.assertTrue(session.outcomes[1].try_again)
        self.assertEqual([answer.code for answer in self.errors], [0])

    def test_dead_server_is_not_asked_for_every_mail(self):
        tries = []

        def connect():
            tries.append(1)
            raise ConnectionRefusedError("refused")

        with ScriptedServer(lambda command, mail: CLOSE) as server:
            first = smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=10)
            session = AccountSession(first, connect, ACCOUNT)
            for key in (1, 2, 3):
                with self.assertRaises(DeliveryError) as caught:
                    message = self.message(key, ACCOUNT)
                    session.send_message(message, "catchall@domain.com", ["a@c.test"])
                self.assertTrue(caught.exception.answer.is_temporary)
        self.assertEqual(len(tries), 1)
        self.assertIsNone(session.quit())

    def test_the_connection_shows_through(self):
        with ScriptedServer() as server:
            first = smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=10)
            session = AccountSession(first, lambda: None, ACCOUNT)
            self.assertEqual(session.mail("a@b.c")[0], 250)
            session.close()
