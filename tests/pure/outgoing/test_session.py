"""A session against a server that misbehaves: every message once, nothing lost, nothing twice."""

import smtplib
from dataclasses import replace
from email import policy
from email.message import EmailMessage

from ....outgoing.dispatch import Dispatch, attach, dispatch_of
from ....outgoing.identity import Author, Identity, OutgoingAccount, ReplyTo, write_identity
from ....outgoing.refusals import Answer, DeliveryError
from ....outgoing.session import NO_UTF8, AccountSession, Records
from ....router.message.addresses import Mailbox
from ...kit.pure import PureCase
from ...kit.servers.smtp_script import CLOSE, ScriptedServer

ACCOUNT = OutgoingAccount(
    "catchall@domain.com", frozenset({"domain.com"}), "Company", from_policy="auto"
)
NOT_OWNED = "553 5.7.1 <user_a@domain.com>: Sender address rejected: not owned by user catchall"


class Noted(Records):
    """Keeps what a session tells, in the lists of a test."""

    def __init__(self, test):
        self.test = test

    def settled(self, mail_id, taken, silent):
        if taken:
            self.test.noted.append((mail_id, taken))

    def refusal(self, refused, answer):
        self.test.refusals.append((refused, answer))


class SessionCase(PureCase):
    def run_session(self, answer, *mails, account=ACCOUNT, extensions=()):
        """Send messages (recipients each) in one session; return it and the server."""
        self.noted, self.refusals, self.errors, self.kept = [], [], [], []
        with ScriptedServer(answer, extensions=extensions) as server:

            def connect():
                return smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=10)

            session = AccountSession(
                connect(),
                connect,
                account,
                records=Noted(self),
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
                    self.assertIn("not owned", str(self.refusals[0][1]))
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
        self.assertEqual(self.errors, [], "the other recipients of the email are not left out")
        self.assertEqual(session.outcomes[1].silent, ["a@c.test"])

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


class Connection:
    """An SMTP connection that does with each message what a test says; ``log`` is what it did.

    A step is what ``send_message`` returns or raises; in a list with one step, after the text.
    """

    def __init__(self, *steps, utf8=False):
        self.steps, self.utf8, self.log = list(steps), utf8, []

    def data(self, text):
        self.log.append("data")

    def send_message(self, message, from_addr, recipients):
        self.log.append((from_addr, recipients))
        step = self.steps.pop(0)
        if isinstance(step, list):
            self.data(message.as_bytes())
            [step] = step
        if isinstance(step, Exception):
            raise step
        return step

    def has_extn(self, name):
        return self.utf8 and name == "smtputf8"

    def __getattr__(self, name):
        if name not in ("close", "quit", "ehlo_or_helo_if_needed"):
            raise AttributeError(name)
        return lambda: self.log.append(name)

    def sent(self):
        return [entry for entry in self.log if isinstance(entry, tuple)]


def recipients_refused(*replies):
    """What smtplib raises where nobody was taken."""
    addresses = ("a@c.test", "b@c.test", "d@c.test")
    return smtplib.SMTPRecipientsRefused(dict(zip(addresses, replies, strict=False)))


class TestSteps(PureCase):
    """One message at a time, with a connection in memory."""

    TO = ("a@c.test", "b@c.test")

    def setUp(self):
        super().setUp()
        self.noted, self.refusals, self.kept, self.ended = [], [], [], []

    def session(self, *connections, **options):
        self.connections = list(connections)
        first, waiting = self.connections[0], self.connections[1:]

        def connect():
            following = waiting.pop(0)
            if isinstance(following, Exception):
                raise following
            return following

        return AccountSession(
            first,
            connect,
            options.pop("account", ACCOUNT),
            records=Noted(self),
            ended=lambda: self.ended.append(1),
            copies=self,
        )

    def keep(self, message, source):
        self.kept.append(source)

    def message(self, mail_id=1, fallbacks=()):
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = "user_a@domain.com"
        message.set_content("Hello")
        attach(message, Dispatch(mail_id=mail_id, fallbacks=fallbacks))
        return message

    def send(self, session, to=TO, **known):
        return session.send_message(self.message(**known), "bounce-1@domain.com", iter(to))

    def failure(self, session, to=TO, **known):
        with self.assertRaises(DeliveryError) as caught:
            self.send(session, to, **known)
        return caught.exception.answer

    def test_what_core_asks_for_is_not_said(self):
        session = self.session(Connection())
        self.assertFalse(session.from_filter)
        self.assertFalse(session.smtp_from)

    def test_who_got_it_in_another_session(self):
        session = self.session(Connection())
        session.resume({1: {"a@c.test"}})
        self.assertEqual(session.served_earlier(self.message(1)), {"a@c.test"})
        self.assertEqual(session.served_earlier(self.message(2)), set())
        session.outcomes[1].accepted.add("b@c.test")
        session.resume({1: {"d@c.test"}})
        self.assertEqual(session.outcomes[1].accepted, {"b@c.test"})

    def test_all_is_noted(self):
        session = self.session(Connection([{"b@c.test": (550, b"5.1.1 unkn\xffwn")}]))
        refused = {"b@c.test": Answer(550, "5.1.1 unkn\ufffdwn")}
        self.assertEqual(self.send(session), refused)
        outcome = session.outcomes[1]
        self.assertEqual((outcome.accepted, outcome.refused), ({"a@c.test"}, refused))
        self.assertEqual(self.noted, [(1, ["a@c.test"])])
        self.assertEqual(len(self.kept), 1)
        self.assertEqual((self.refusals, session.account), ([], ACCOUNT))

    def test_a_message_of_no_record_says_itself_that_nobody_got_it(self):
        replies = (550, b"unknown"), (451, b"later")
        session = self.session(Connection(recipients_refused(*replies), [{}], [None]))
        self.assertEqual(self.failure(session, mail_id=0), Answer(550, "unknown"))
        self.assertEqual(self.send(session, mail_id=0), {})
        self.assertEqual(self.send(session, mail_id=0), {})
        self.assertEqual((self.noted, session.outcomes), ([], {}))

    def test_no_recipients_at_all(self):
        session = self.session(Connection())
        self.assertEqual(self.send(session, ()), {})
        self.assertEqual((self.noted, self.kept), ([], []))

    def test_why_nobody_got_it_is_kept(self):
        session = self.session(Connection([smtplib.SMTPDataError(554, b"5.7.1 spam")]))
        answer = self.failure(session)
        self.assertEqual(answer, Answer(554, "5.7.1 spam"))
        self.assertEqual(session.outcomes[1].failure, answer)
        self.assertEqual(self.kept, [])

    def test_a_text_is_kept_for_its_own_message(self):
        session = self.session(Connection([{}], {}, [{}]))
        for _number in range(3):
            self.send(session)
        self.assertEqual(len(self.kept), 2, "the second has sent none")

    def test_what_a_failed_message_has_left_is_nobodys(self):
        session = self.session(Connection([smtplib.SMTPDataError(554, b"spam")], {}))
        self.failure(session)
        self.send(session)
        self.assertEqual(self.kept, [])

    def test_a_connection_without_a_text(self):
        class Mute(Connection):
            data = None

        connection = Mute({})
        session = self.session(connection)
        self.assertEqual(self.send(session), {})
        self.assertEqual(self.kept, [])

    # --- identities

    def fallbacks(self):
        envelope = Identity(Mailbox("", "user_a@domain.com"), "catchall@domain.com")
        author = Identity(Mailbox("", "catchall@domain.com"), "catchall@domain.com")
        return ("envelope", envelope), ("author", author)

    def test_one_after_another_until_one_is_taken(self):
        refusal = smtplib.SMTPDataError(553, NOT_OWNED[4:].encode())
        account = replace(ACCOUNT, bounce_domains=frozenset({"domain.com"}))
        for refused, envelopes, learned in (
            (0, ["bounce-1@domain.com"], []),
            (1, ["bounce-1@domain.com", "catchall@domain.com"], ["envelope"]),
            (2, ["bounce-1@domain.com", *["catchall@domain.com"] * 2], ["author"]),
        ):
            with self.subTest(refused=refused):
                self.refusals.clear()
                connection = Connection(*[refusal] * refused, {})
                session = self.session(connection, account=account)
                self.assertEqual(self.send(session, fallbacks=self.fallbacks()), {})
                self.assertEqual([sent[0] for sent in connection.sent()], envelopes)
                self.assertEqual([part for part, _answer in self.refusals], learned)
                self.assertEqual(session.account.refuses_authors, learned == ["author"])
                kept = frozenset() if learned == ["envelope"] else account.bounce_domains
                self.assertEqual(session.account.bounce_domains, kept)
        connection = Connection(*[refusal] * 3)
        session = self.session(connection, account=account)
        self.refusals.clear()
        self.assertEqual(self.failure(session, fallbacks=self.fallbacks()).code, 553)
        self.assertEqual((len(connection.sent()), self.refusals), (3, []))

    def test_when_every_recipient_is_refused_for_the_sender(self):
        sender, unknown = (553, b"not owned by user"), (550, b"unknown")
        other = (550, b"not allowed to send as")
        for replies, tries in (
            ((sender, other), 2),
            ((sender, unknown), 1),
            ((unknown, sender), 1),
        ):
            with self.subTest(replies=replies):
                self.refusals.clear()
                connection = Connection(recipients_refused(*replies), {})
                session = self.session(connection)
                self.send(session, fallbacks=self.fallbacks()[1:])
                self.assertEqual(len(connection.sent()), tries)
                learned = [("author", Answer(553, "not owned by user"))] if tries == 2 else []
                self.assertEqual(self.refusals, learned)
        connection = Connection({"a@c.test": sender})
        self.send(self.session(connection), fallbacks=self.fallbacks()[1:])
        self.assertEqual(len(connection.sent()), 1, "somebody got it")

    def test_nothing_is_learned_where_nobody_was_taken_after_all(self):
        sender, unknown = (553, b"not owned by user"), (550, b"unknown")
        for last, learned in (
            (recipients_refused(unknown, unknown), 0),
            ({"a@c.test": unknown}, 1),
        ):
            with self.subTest(learned=learned):
                self.refusals.clear()
                connection = Connection(recipients_refused(sender, sender), last)
                self.send(self.session(connection), fallbacks=self.fallbacks()[1:])
                self.assertEqual(len(self.refusals), learned)

    # --- connections

    def test_goodbye_is_said_with_one_code(self):
        for code, again in ((420, False), (421, True), (422, False)):
            with self.subTest(code=code):
                first = Connection(recipients_refused((250, b"ok"), (code, b"bye")))
                second = Connection({})
                session = self.session(first, second)
                refused = self.send(session, ("a@c.test", "b@c.test", "d@c.test"))
                self.assertEqual(len(second.sent()), int(again))
                if not again:
                    bye = Answer(code, "bye")
                    expected = {"a@c.test": Answer(250, "ok"), "b@c.test": bye, "d@c.test": bye}
                    self.assertEqual(refused, expected)
                error = smtplib.SMTPSenderRefused(code, b"bye", "x@y.z")
                second = Connection({})
                session = self.session(Connection(error), second)
                if again:
                    self.assertEqual(self.send(session), {})
                else:
                    self.assertEqual(self.failure(session), Answer(code, "bye"))
                self.assertEqual(len(second.sent()), int(again))

    def test_goodbye_after_the_text_is_an_answer(self):
        second = Connection({})
        session = self.session(Connection([smtplib.SMTPDataError(421, b"bye")]), second)
        self.assertEqual(self.failure(session), Answer(421, "bye"))
        self.assertEqual(second.sent(), [])

    def test_each_message_is_tried_in_two_connections(self):
        bye = smtplib.SMTPSenderRefused(421, b"bye", "x@y.z")
        for error, answer in (
            (bye, Answer(421, "bye")),
            (smtplib.SMTPServerDisconnected("gone"), Answer(0, "gone")),
            (OSError("reset"), Answer(0, "reset")),
        ):
            with self.subTest(error=error):
                session = self.session(Connection(error), Connection(error), Connection({}))
                self.assertEqual(self.failure(session), answer)
                self.assertIn("close", self.connections[0].log)
                self.assertEqual(self.connections[2].log, [])

    def test_a_connection_that_is_lost_after_the_text_is_closed(self):
        connection = Connection([OSError("reset")])
        session = self.session(connection)
        self.assertEqual(self.failure(session, mail_id=0), Answer(0, "reset"))
        self.assertEqual(connection.log[-1], "close")

    def test_why_there_is_no_other_connection(self):
        for code, expected in ((399, 0), (400, 400), (450, 450), (499, 499), (500, 0), (535, 0)):
            with self.subTest(code=code):
                error = smtplib.SMTPConnectError(code, "busy")
                session = self.session(Connection(OSError("reset")), error)
                answer = Answer(expected, str(error))
                self.assertEqual(self.failure(session), answer)
                self.assertEqual(self.failure(session), answer, "told for each that waits")
                self.assertEqual(self.connections[0].log.count("close"), 1)
        error = RuntimeError("no server")
        session = self.session(Connection(OSError("reset")), error)
        self.assertEqual(self.failure(session), Answer(0, "no server"))

    def test_the_end_is_told_and_said(self):
        connection = Connection()
        self.session(connection).quit()
        self.assertEqual((self.ended, connection.log), ([1], ["quit"]))

    # --- letters beyond ASCII

    def test_the_server_is_asked_only_where_it_matters(self):
        connection = Connection({})
        self.send(self.session(connection))
        self.assertNotIn("ehlo_or_helo_if_needed", connection.log)
        connection = Connection({"a@c.test": (550, b"unknown")})
        refused = self.send(self.session(connection), ("a@c.test", "jörg@c.test"))
        self.assertEqual(connection.log[0], "ehlo_or_helo_if_needed")
        expected = {"a@c.test": Answer(550, "unknown"), "jörg@c.test": NO_UTF8}
        self.assertEqual(refused, expected)
        self.assertEqual(NO_UTF8.code, 553)

    def test_all_refused_beside_one_that_cannot_be_told(self):
        connection = Connection(recipients_refused((550, b"unknown")))
        refused = self.send(self.session(connection), ("a@c.test", "jörg@c.test"))
        self.assertEqual(refused["jörg@c.test"], NO_UTF8)
        self.assertEqual(refused["a@c.test"], Answer(550, "unknown"))

    def test_a_server_that_can(self):
        connection = Connection({}, utf8=True)
        self.assertEqual(self.send(self.session(connection), ("jörg@c.test",)), {})
        self.assertEqual(connection.sent()[0][1], ["jörg@c.test"])
