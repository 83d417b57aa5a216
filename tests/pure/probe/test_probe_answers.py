"""A refusal proves what it says, and no more: who has no address, who may not send, or neither."""

from datetime import datetime, timedelta

from ....findings import Level
from ....probe import Course, Sent, conclude
from ....probe.answers import is_answer, read_returned, says_nobody
from ....router.message.mail import ReceivedMail
from ....router.tokens.probe_mark import Kind
from ...kit.pure import PureCase

NOW = datetime(2026, 11, 2, 10, 0)
TO = "probe-abc@domain.com"


def course(**answers):
    """A course in which servers answered thus, at RCPT where the text begins with ``>``."""
    sent = tuple(
        Sent(Kind(kind), TO, text.lstrip(">"), at_recipient=text.startswith(">"))
        for kind, text in answers.items()
    )
    return Course("domain.com", NOW, NOW + timedelta(minutes=1), False, sent)


def codes(found):
    return {finding.code: finding.level for finding in found.findings}


class TestAnswers(PureCase):
    def test_the_last_word_about_the_address_alone_says_that_nobody_has_it(self):
        nobody = (
            f"550 5.1.1 <{TO}>: Recipient address rejected: User unknown in virtual mailbox table",
            "550 no such user",
            "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP address lookup",
            "550 5.4.1 Recipient address rejected: Access denied. AS(201806281)",
            "550-5.1.1 The email account that you tried to reach does not exist.",
            "553 sorry, that address is not in my list",
            "550 Unrouteable address",
            "550 5.7.1 No such user",
            '5.1.1 unknown user: "nobody"',
        )
        others = (
            "450 4.2.0 Greylisted, please try again",
            "451 4.3.0 Temporary lookup failure",
            "421 4.7.0 Too many connections",
            f"553 5.7.1 <{TO}>: Sender address rejected: not owned by user catchall@domain.com",
            "554 5.7.1 Relay access denied",
            "554 5.7.1 Service unavailable; Client host blocked using zen.spamhaus.org",
            "550 5.7.60 SMTP; Client does not have permissions to send as this sender",
            "550 5.4.5 Daily user sending limit exceeded",
            "552 5.2.2 Mailbox full",
            "554 5.6.0 Message content rejected",
            "550 5.1.8 Sender address has no MX",
        )
        for expected, texts in ((True, nobody), (False, others)):
            for text in texts:
                with self.subTest(text=text):
                    self.assertIs(says_nobody(text, at_recipient=True), expected)

    def test_a_bare_code_after_the_mail_itself_proves_nothing(self):
        self.assertFalse(says_nobody("550 rejected", at_recipient=False))
        self.assertTrue(says_nobody("550 5.1.1 user unknown", at_recipient=False))

    def test_what_proves_nothing_leaves_the_catch_all_open(self):
        for text, code in (
            (">450 4.2.0 Greylisted", "sending_later"),
            (">554 5.7.1 Relay access denied", "sending_refused"),
            ("554 5.6.0 Message content rejected", "sending_refused"),
        ):
            found = conclude(course(random=text))
            with self.subTest(text=text):
                self.assertIsNone(found.catch_all)
                self.assertEqual(codes(found), {code: Level.WARNING})
                self.assertIn(text.lstrip(">"), found.findings[0].values["answer"])

    def test_an_address_that_nobody_has_is_no_refusal_of_its_author(self):
        text = ">550 5.1.1 User unknown"
        found = conclude(course(random=text, author=text))
        self.assertIs(found.catch_all, False)
        self.assertIsNone(found.author_kept)
        self.assertNotIn("author_refused", codes(found))

    def test_an_author_is_refused_in_words_or_where_all_else_was_taken(self):
        for answers, kept in (
            ({"random": "", "author": ">553 5.7.1 Sender address rejected: not owned"}, False),
            ({"random": "", "bcc": "", "author": "554 5.7.1 not for you"}, False),
            ({"random": "", "author": ">554 5.7.1 not for you"}, None),
            ({"random": "", "author": "451 later"}, None),
            ({"random": "", "author": "554 5.6.0 spam", "bcc": "554 5.6.0 spam"}, None),
            ({"author": "554 5.6.0 spam"}, None),
        ):
            with self.subTest(answers=answers):
                self.assertIs(conclude(course(**answers)).author_kept, kept)


REPORT = """\
Return-Path: <>
From: MAILER-DAEMON@domain.com
Subject: Undeliverable: Catch-all probe: abc
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It did not arrive.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.domain.com

Final-Recipient: rfc822; {to}
Action: {action}
Status: {status}
Diagnostic-Code: smtp; {said}
--b--
"""


class TestReturned(PureCase):
    def report(self, action="failed", status="5.1.1", said="550 5.1.1 user unknown"):
        text = REPORT.format(to=TO, action=action, status=status, said=said)
        return ReceivedMail.from_bytes(text.replace("\n", "\r\n").encode())

    def test_a_report_says_whom_and_why(self):
        (found,) = read_returned(self.report())
        self.assertEqual(
            (found.address, found.answer, found.permanent), (TO, "550 5.1.1 user unknown", True)
        )
        (bare,) = read_returned(self.report(said="unknown user"))
        self.assertEqual(bare.answer, "5.1.1 unknown user")

    def test_a_server_that_still_tries_has_not_given_up(self):
        (found,) = read_returned(self.report("delayed", "4.4.1", "451 4.4.1 no answer"))
        self.assertFalse(found.permanent)
        self.assertEqual(read_returned(self.report("delivered", "2.0.0", "250 ok")), ())

    def test_reports_and_machines_that_quote_a_mark_are_told_from_mails(self):
        subject = "Subject: Undeliverable: Catch-all probe: abc"
        for lines, expected in (
            (f"Return-Path: <>\r\n{subject}", True),
            (f"X-Failed-Recipients: {TO}\r\n{subject}", True),
            (f"Auto-Submitted: auto-replied (vacation)\r\n{subject}", True),
            (f"Precedence: auto_reply\r\n{subject}", True),
            ("Auto-Submitted: auto-generated\r\nReturn-Path: <catchall@domain.com>", False),
            ("Subject: From my phone\r\nReturn-Path: <me@home.test>", False),
        ):
            with self.subTest(lines=lines):
                mail = ReceivedMail.from_bytes(f"{lines}\r\n\r\nText".encode())
                self.assertIs(is_answer(mail), expected)
        self.assertTrue(is_answer(self.report()))
