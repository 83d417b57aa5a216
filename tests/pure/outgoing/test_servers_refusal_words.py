"""What servers answer, in their own words: who is meant, and whether it passes by itself."""

import smtplib
import time
from dataclasses import replace
from datetime import timedelta
from email import policy
from email.message import EmailMessage

from ....outgoing.dispatch import Dispatch, attach, dispatch_of
from ....outgoing.identity import Author, OutgoingAccount, ReplyTo, write_identity
from ....outgoing.refusals import DeliveryError, Outcome
from ....outgoing.session import AccountSession, Records
from ...kit.pure import PureCase
from ...kit.server_answers import AnswersCase, answer
from ...kit.servers.smtp_script import CLOSE, ScriptedServer

ACCOUNT = OutgoingAccount(
    "catchall@domain.com",
    frozenset({"domain.com"}),
    "Company",
    from_policy="auto",
    bounce_domains=frozenset({"domain.com"}),
)


class TestServersLimits(AnswersCase):
    def test_servers_daily_limit(self):
        """Gmail: 550 5.4.5 when the day's limit is reached → waits (gophish/gophish#1604)."""
        self.check_limits("550 5.4.5 Daily user sending quota exceeded. o65 - gsmtp")

    def test_servers_limits_of_other_providers(self):
        """Plesk: 554 5.7.0 for its limit of outgoing messages → waits (zotonic/zotonic#3508)."""
        self.check_limits(
            "554 5.7.0 Your message could not be sent. The limit on the number of allowed outgoing "
            "messages was exceeded. Try again later.",
            "554 5.2.0 STOREDRV.Submission.Exception:SubmissionQuotaExceededException",
            "550 Domain shop.example has exceeded the max emails per hour (500/500 (100%)) allowed."
            " Message discarded.",
            "550 Domain b.example has exceeded the max defers and failures per hour (5/5) allowed",
            "550 5.4.6 Unusual sending activity detected.",
            "550 5.7.1 Sender address rejected: rate limit exceeded",
            "550 sorry, too many emails (#5.7.1)",
            "554 5.7.1 Reached address outgoing limits for x@shop.example",
            "550 5.7.1 <DATA>: Data command rejected: only 10 messages per day",
            "554 5.7.1 <DATA>: Data command rejected: limit of 400 rcpts per 24 hours for client",
            "550 User me@site.example has exceeded its 24-hour sending limit. Messages to 25 "
            "recipients out of 25",
            "550 send spam mail rejected: exceeded hour limit",
            "454 Throttling failure: Daily message quota exceeded.",
            "451 4.7.1 Hourly limit exceeded",
            "550 User has exceeded outgoing email quota",
            "550 5.1.90 Your message can't be sent because you've reached your daily limit for "
            "message recipients",
            "554 Votre limite d'envoi est atteinte",
            "550 Ihr Tageslimit ist erreicht",
            "550 You have reached the maximum number of messages",
        )

    def test_servers_limit_at_rcpt(self):
        """Hostinger: the sender's quota as a refused recipient → waits (go-gomail/gomail#174)."""
        self.check_limits("554 5.7.1 Recipient address rejected: Email Sending Quota Exceeded")

    def test_servers_limit_of_a_recipient(self):
        """Gmail: 450 4.2.1 for one busy recipient → it alone waits (zone-eu/zmta-webadmin#9)."""
        for line in (
            "450 4.2.1 The user you are trying to contact is receiving mail at a rate that "
            "prevents additional messages from being delivered.",
            "452 4.2.2 The email account that you tried to reach is over quota.",
            "552 5.2.2 Mailbox full",
            "452 Mailbox is full / over quota",
        ):
            with self.subTest(line=line):
                said = answer(line, "rcpt")
                self.assertFalse(said.is_limit)
                self.assertTrue(said.is_temporary)

    def test_servers_what_is_no_limit(self):
        """Microsoft: 5.2.252 SendAsDenied → another From, no wait (jstedfast/MailKit#1176)."""
        said = answer("554 5.2.252 SendAsDenied; c@d.example not allowed to send as a@d.example")
        self.assertTrue(said.names_sender)
        for line in (
            "554 5.2.252 SendAsDenied; daily limit of nothing",
            "552 5.3.4 Message size exceeds fixed limit",
            "552 5.2.3 Your message exceeded Google's message size limits",
            "554 5.4.6 Hop count exceeded - possible mail loop",
            "421 4.7.0 Too many connections from your host",
            "550 5.5.3 Exceeded the maximum number of recipients per message",
            "550 5.1.1 User unknown",
            "554 5.7.1 Spam",
        ):
            with self.subTest(line=line):
                self.assertFalse(answer(line, "data").is_limit)

    def test_servers_login_comes_first(self):
        """Microsoft: 530 5.7.57 at MAIL → waits, nothing is learned (odoo/odoo#8021)."""
        for line in (
            "530 5.7.57 SMTP; Client was not authenticated to send anonymous mail during MAIL FROM",
            "530 5.7.0 Must issue a STARTTLS command first",
            "553 5.7.1 <a@d.example>: Sender address rejected: not logged in",
            "550 5.7.1 Authentication required",
            "530 5.5.1 Who are you?",
        ):
            with self.subTest(line=line):
                said = answer(line, "mail")
                self.assertTrue(said.is_login)
                self.assertTrue(said.is_temporary)
                self.assertFalse(said.is_limit or said.names_sender or said.refuses_envelope)


class TestServersSender(PureCase):
    def test_servers_from_in_any_words(self):
        """Any server: 550 Incorrect sender header → own From (roundcube/roundcubemail#6572)."""
        for line in (
            "550 Incorrect sender header (LOCAL)",
            "550 From: header must match the authenticated user",
            "550 The authenticated user must match the address in From",
            "550-5.7.1 Message refused.\n550-5.7.1 Its header names somebody\n550 5.7.1 else",
            "554 Die Absenderadresse gehört nicht zu Ihrem Konto",
            "550 L'expéditeur n'est pas autorisé",
            "550 El remitente no está permitido",
            "553 发件人地址与认证用户不一致",
            "501 mail from address must be same as authorization user",
            "553 Mail from must equal authorized user",
            "530 From/Sender name is not valid",
            "553 Relaying disallowed as a@domain.com",
        ):
            with self.subTest(line=line):
                self.assertTrue(answer(line, "data").names_sender)

    def test_servers_recipient_or_content(self):
        """Any server: refuses a recipient or the content → the author stays."""
        for line, stage in (
            ("550 Recipient rejected: sender may not write to this list", "rcpt"),
            ("554 Message rejected as spam, see header", "data"),
            ("554 5.7.1 The content of the message from you was refused", "data"),
            ("550 5.7.1 Unauthorized sender - check your domain's MX and/or SPF", "data"),
            ("552 Message header size exceeds limit", "data"),
            ("550 From: header must match the authenticated user", "rcpt"),
            ("450 From header refused", "data"),
        ):
            with self.subTest(line=line):
                self.assertFalse(answer(line, stage).names_sender)


class Noted(Records):
    def __init__(self):
        self.told, self.learned, self.limits = [], [], []

    def begun(self, mail_id, recipients, text):
        self.told.append(("begun", mail_id, list(recipients)))

    def settled(self, mail_id, taken, silent):
        self.told.append(("settled", mail_id, taken, silent))

    def refusal(self, refused, answer):
        self.learned.append(refused)

    def limit(self, answer):
        self.limits.append(answer)


class TestServersSession(PureCase):
    def run_session(self, script, *mails, account=ACCOUNT, extensions=(), resume=None, size=1):
        self.noted, self.errors = Noted(), []
        with ScriptedServer(script, extensions=extensions) as server:

            def connect():
                return smtplib.SMTP("127.0.0.1", server.port, "localhost", timeout=0.4)

            session = AccountSession(
                connect(), connect, account, records=self.noted, patience=lambda: 1.5
            )
            session.resume({}, resume)
            for key, recipients in enumerate(mails, 1):
                message = EmailMessage(policy=policy.SMTP)
                message["Message-Id"] = f"<{key}@domain.com>"
                message["From"] = '"User A" <user_a@domain.com>'
                message.set_content("Hello\n" * size)
                attach(message, Dispatch(mail_id=key, bounce_token="token"))
                author = Author("User A", "user_a@domain.com")
                identity = dispatch_of(message).identify(author, session.account, ReplyTo())
                write_identity(message, identity)
                try:
                    session.send_message(message, identity.envelope, recipients)
                except DeliveryError as error:
                    self.errors.append(error.answer)
            session.quit()
        return session, server

    def test_servers_bounce_address_refused_in_any_words(self):
        """QQ: 501 at MAIL for a bounce address → own one, learned (gophish/gophish#1627)."""
        for line in (
            "501 mail from address must be same as authorization user.",
            "553 Mail from must equal authorized user",
            "550 Request failed; Mailbox unavailable",
            "550 Nein",
        ):
            with self.subTest(line=line):
                _session, server = self.run_session(
                    lambda command, mail, line=line: (
                        line if command == "MAIL" and mail.mail_from.startswith("bounce-") else None
                    ),
                    ["x@c.test"],
                    ["y@c.test"],
                )
                self.assertEqual(
                    [mail.mail_from for mail in server.taken], ["catchall@domain.com"] * 2
                )
                self.assertEqual(server.commands.count("MAIL"), 3, "learned at once")
                self.assertEqual(self.noted.learned, ["envelope"])
                self.assertIn("<user_a@domain.com>", server.taken[0].text)

    def test_servers_bounce_address_refused_for_another_reason(self):
        """Any server: refuses MAIL whoever sends → nothing learned (odoo/odoo#6005)."""
        _session, server = self.run_session(
            lambda command, mail: "550 no" if command == "MAIL" else None, ["x@c.test"]
        )
        self.assertEqual((server.commands.count("MAIL"), self.noted.learned), (2, []))
        _session, server = self.run_session(
            lambda command, mail: "550 5.4.5 Daily limit exceeded" if command == "MAIL" else None,
            ["x@c.test"],
        )
        self.assertEqual(server.commands.count("MAIL"), 1, "a limit is no matter of the envelope")

    def test_servers_from_refused_after_the_text(self):
        """Postal: 530 From/Sender name is not valid → own From (postalserver/postal#2088)."""
        _session, server = self.run_session(
            lambda command, mail: (
                "530 From/Sender name is not valid"
                if command == "END" and "<user_a@" in mail.text
                else None
            ),
            ["x@c.test"],
        )
        self.assertEqual(len(server.taken), 1)
        self.assertEqual(self.noted.learned, ["author"])

    def test_servers_limit_in_the_middle(self):
        """Gmail: limit in the middle of a queue → the rest waits (gen-smtp/gen_smtp#140)."""

        def script(command, _mail):
            sent = [told for told in self.noted.told if told[0] == "settled"]
            return "550 5.4.5 Daily limit" if command == "END" and sent else None

        session, server = self.run_session(script, *[["x@c.test"]] * 4)
        self.assertEqual((len(server.taken), server.commands.count("END")), (1, 2))
        self.assertEqual([str(error) for error in self.errors], ["550 5.4.5 Daily limit"] * 3)
        self.assertEqual(len(self.noted.limits), 1)
        self.assertTrue(session.hold)

    def test_servers_session_is_over(self):
        """Stalwart: 452 too many in a session → a new one at once (stalwartlabs/stalwart#1384)."""
        state = {"left": 1}

        def script(command, _mail):
            if command == "DATA" and state["left"]:
                state["left"] -= 1
                return "452 4.4.5 Maximum number of messages per session exceeded."
            return None

        _session, server = self.run_session(script, ["x@c.test"])
        self.assertEqual((len(server.taken), server.sessions, self.errors), (1, 2, []))

    def test_servers_late_250(self):
        """Microsoft: 250 after the time-out → waited for (freescout-help-desk/freescout#5457)."""

        def script(command, _mail):
            return time.sleep(0.8) if command == "END" else None

        _session, server = self.run_session(script, ["x@c.test"], ["y@c.test"])
        self.assertEqual(len(server.taken), 2)
        self.assertEqual(self.errors, [])
        self.assertEqual(
            [told[0] for told in self.noted.told], ["begun", "settled", "begun", "settled"]
        )

    def test_servers_no_answer_after_the_dot(self):
        """Any server: silent after the dot → at most two copies (pimalaya/core#46)."""

        def script(command, _mail):
            return CLOSE if command == "END" else None

        session, _server = self.run_session(script, ["x@c.test", "y@c.test"])
        outcome = session.outcomes[1]
        self.assertEqual(outcome.silent, ["x@c.test", "y@c.test"])
        self.assertTrue(outcome.try_again)
        self.assertEqual(self.noted.told[-1], ("settled", 1, [], ["x@c.test", "y@c.test"]))
        session, _server = self.run_session(script, ["x@c.test"], resume={1: {"x@c.test": 30}})
        self.assertEqual(session.outcomes[1].earlier, {"x@c.test"}, "not before its time")
        session, _server = self.run_session(script, ["x@c.test"], resume={1: {"x@c.test": 0}})
        self.assertFalse(session.outcomes[1].try_again, "two copies at most")

    def test_servers_lost_within_the_text(self):
        """Any server: lost before the dot → nobody has it, at once again
        (deltachat/deltachat-android#386).
        """
        state = {"left": 1}

        def script(command, _mail):
            if command == "DATA" and state["left"]:
                state["left"] -= 1
                return CLOSE
            return None

        _session, server = self.run_session(script, ["x@c.test"])
        self.assertEqual((len(server.taken), self.errors), (1, []))

    def test_servers_size(self):
        """Any server: SIZE below the message → not sent (deltachat/deltachat-android#102)."""
        session, server = self.run_session(
            lambda command, _mail: None,
            ["x@c.test"],
            ["x@c.test"],
            account=replace(ACCOUNT, bounce_domains=frozenset()),
            extensions=("SIZE 2000",),
            size=1000,
        )
        self.assertEqual((server.commands.count("MAIL"), server.taken), (0, []))
        self.assertFalse(session.outcomes[1].try_again)
        self.assertIn("5.3.4", session.outcomes[1].reason)
        self.assertIn("2,000", session.outcomes[1].reason)


class TestServersOutcome(PureCase):
    def test_servers_how_long_a_limit_is_waited_for(self):
        """Zoho: a limit → asked again for five days (stopstalk/stopstalk-deployment#132)."""
        day = Outcome(failure=answer("550 5.4.5 Daily limit"))
        hour = Outcome(failure=answer("550 max emails per hour"))
        self.assertEqual(day.next_minutes(1, timedelta()), 60)
        self.assertEqual(day.next_minutes(99, timedelta(days=4)), 60)
        self.assertEqual(day.next_minutes(1, timedelta(days=5)), 0)
        self.assertEqual(hour.next_minutes(1, timedelta()), 15)
        self.assertTrue(day.waits_for_limit)
