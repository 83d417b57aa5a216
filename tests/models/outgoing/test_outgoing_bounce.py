"""A bounce to a signed address marks exactly the right recipient of the right message."""

import smtplib
from email.message import EmailMessage
from pathlib import Path

from odoo.tests import tagged

from ....outgoing.dispatch import Dispatch, attach
from ....outgoing.identity import Author, OutgoingAccount, ReplyTo, identify
from ....outgoing.session import AccountSession, Records
from ...kit.common import CatchallCase, mail
from ...kit.outgoing_case import OutgoingCase
from ...kit.servers.smtp_script import ScriptedServer

FOLDER = Path(__file__).parents[2] / "mails"
FILES = ("exchange", "exim", "german", "gmail", "postfix", "qmail", "signed-address")
# Layouts without a report for machines: who writes, the subject, the text.
TEXTS = (
    ("Mailer-Daemon@mx.test", "Returned mail: User unknown", "550 <{0}>... User unknown"),
    ("MAILER-DAEMON@mx.test", "failure notice", "<{0}>:\nSorry, no mailbox here by that name."),
    ("postmaster@mx.test", "Undeliverable: Offer", "Your message did not reach:\n{0}\n550 5.1.1"),
    ("Mailer-Daemon@mx.test", "Mail delivery failed", "{0}\n    Unrouteable address"),
    ("mailer-daemon@mx.test", "Delivery Status Notification (Failure)", "Failed:\n{0}"),
    ("MAILER-DAEMON@mx.test", "Delivery failure", "<{0}>: mailbox is full (5.2.2)"),
    ("postmaster@mx.test", "Delivery Notification: Delivery has failed", "To: {0}\nunknown user"),
    ("MAILER-DAEMON@mx.test", "Undelivered Mail Returned to Sender", "<{0}>: host said: 550 no"),
    ("daemon@mx.test", "Mail System Error - Returned Mail", "{0}\nuser unknown"),
    ("MAILER-DAEMON@mx.test", "DELIVERY FAILURE: User not listed", "Your message\nto {0}\nfailed"),
    ("Mailer-Daemon@mx.test", "Unzustellbar: Angebot", "An {0}: Empfänger unbekannt. 550 5.1.1"),
    ("MAILER-DAEMON@mx.test", "Undeliverable mail", "Could not deliver to the mailbox of {0}"),
    ("Mail-Daemon@mx.test", "Returned mail", "The following address had errors: <{0}>"),
)
# One for machines (RFC 3464).
REPORT = """\
--b
Content-Type: text/plain

Not delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.test

Final-Recipient: rfc822; customer@shop.example
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b--
"""


class BounceCase(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.server.state = "done"
        cls.outgoing = cls.make_account(
            f"catchall@{cls.own}", cls.domain, catchall_envelope_policy="verp"
        )
        cls.user_a.email = f"user_a@{cls.own}"
        cls.lead = cls.env["crm.lead"].create({"name": "Lead", "team_id": False})
        cls.other = cls.env["res.partner"].create({"name": "Other", "email": "o@shop.example"})

    def send_two(self):
        """One message to two people; return the message and the customer's envelope sender."""
        with self.mock_mail_gateway():
            message = self.lead.with_user(self.user_a).message_post(
                body="Offer",
                subject="Offer",
                partner_ids=(self.customer | self.other).ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        return message.sudo(), self.only().envelope

    def status(self, message):
        rows = message.notification_ids.filtered(lambda row: row.notification_type == "email")
        return {row.res_partner_id: row.notification_status for row in rows}

    def told(self, message):
        return self.env["mail.message"].search(
            [("subject", "=like", "Not delivered:%"), ("id", ">", message.id)]
        )


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestBounceAddress(BounceCase):
    def test_each_recipient_has_an_address_that_survives(self):
        _message, envelope = self.send_two()
        self.assertRegex(envelope, rf"^bounce-[a-z2-7]{{8,20}}@{self.own}$")
        self.assertEqual(len({item["smtp_from"] for item in self.emails}), len(self.emails))

    def test_account_address_by_default_and_where_nobody_fetches(self):
        self.server.state = "draft"
        self.assertEqual(self.send_two()[1], f"catchall@{self.own}")
        self.server.state, self.outgoing.catchall_envelope_policy = "done", "account"
        self.assertEqual(self.send_two()[1], f"catchall@{self.own}")

    def test_twenty_layouts_mark_the_right_recipient_of_the_right_mail(self):
        before, _envelope = self.send_two()
        for layout in (*FILES, *TEXTS):
            with self.subTest(layout=layout):
                message, envelope = self.send_two()
                row = self.route(self.bounce(layout, envelope))
                self.assertEqual((row.state, row.reason), ("ignored", "bounce"), row.explanation)
                status = self.status(message)
                self.assertEqual(status.pop(self.customer), "bounce")
                self.assertNotIn("bounce", status.values())
                self.assertNotIn("bounce", self.status(before).values())
                self.assertEqual(len(self.told(message)), 1)

    def bounce(self, layout, envelope):
        if isinstance(layout, str):
            source = (FOLDER / f"bounce-{layout}.eml").read_bytes()
            return f"X-Original-To: {envelope}\r\n".encode() + source
        sender, subject, text = layout
        text = text.format("customer@shop.example")
        headers = {"Return_Path": "<>", "Auto_Submitted": "auto-replied"}
        return mail(text, sender=sender, subject=subject, to=envelope, envelope=envelope, **headers)

    def test_author_is_told_once_and_why(self):
        message, envelope = self.send_two()
        for _time in range(2):
            row = self.route(
                mail(
                    REPORT,
                    sender="MAILER-DAEMON@mx.test",
                    to=envelope,
                    envelope=envelope,
                    Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
                    Return_Path="<>",
                )
            )
        self.assertEqual(row.facts["recipients"][0]["status"], "5.1.1")
        told = self.told(message)
        self.assertEqual(len(told), 1)
        self.assertEqual(told.notified_partner_ids, self.user_a.partner_id)
        self.assertEqual(told.notification_ids.notification_type, "inbox")
        self.assertIn("The address does not exist.", told.body)
        self.assertIn("no such user", told.body)
        failed = message.notification_ids.filtered(
            lambda item: item.res_partner_id == self.customer
        )
        self.assertIn("The address does not exist.", failed.failure_reason)

    def test_delay_and_forged_address_mark_nobody(self):
        message, envelope = self.send_two()
        source = (FOLDER / "bounce-delayed.eml").read_bytes()
        self.route(f"X-Original-To: {envelope}\r\n".encode() + source)
        last = "a" if envelope.partition("@")[0][-1] != "a" else "b"
        forged = envelope.replace(envelope.partition("@")[0][-1] + "@", last + "@")
        self.route(self.bounce(TEXTS[0], forged))
        self.assertNotIn("bounce", self.status(message).values())
        self.assertFalse(self.told(message))

    def test_unproved_report_about_an_address_that_got_nothing_marks_nobody(self):
        message, _envelope = self.send_two()
        for address, told in (("stranger@shop.example", 0), ("customer@shop.example", 1)):
            with self.subTest(address):
                row = self.route(
                    mail(
                        f"Not delivered.\nMessage-ID: {message.message_id}",
                        sender="MAILER-DAEMON@mx.test",
                        to=f"catchall@{self.own}",
                        X_Failed_Recipients=address,
                    )
                )
                self.assertEqual(row.reason, "bounce", row.explanation)
                self.assertEqual(list(self.status(message).values()).count("bounce"), told)
                self.assertEqual(len(self.told(message)), told)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestRefusedBounceAddress(BounceCase):
    def test_account_address_after_a_refusal(self):
        """The message goes again at once with the account's envelope, its author still visible."""

        def answer(command, item):
            if command == "RCPT" and item.mail_from.startswith("bounce-"):
                return f"553 5.7.1 <{item.mail_from}>: Sender address rejected: not owned by user"
            return None

        refused = []

        class Noted(Records):
            def refusal(self, refused_part, answer):
                refused.append(refused_part)

        with ScriptedServer(answer) as server:
            message, account = self.prepared()
            session = AccountSession(
                self.connect(server),
                lambda: self.connect(server),
                account,
                records=Noted(),
            )
            session.send_message(message, "bounce-aaaaaaaa@example.com", ["c@shop.example"])
            session.quit()
        self.assertEqual([item.mail_from for item in server.taken], ["catchall@example.com"])
        self.assertIn("user_a@example.com", server.taken[0].text)
        self.assertEqual(refused, ["envelope"])
        self.assertFalse(session.account.bounce_domains)
        self.assertFalse(session.account.refuses_authors)

    def prepared(self):
        author = Author("User A", "user_a@example.com")
        own = frozenset({"example.com"})
        account = OutgoingAccount("catchall@example.com", own, bounce_domains=own)
        message = EmailMessage()
        message["From"], message["To"] = "User A <user_a@example.com>", "c@shop.example"
        message.set_content("Hello")
        identity = identify(author, account, ReplyTo())
        attach(message, Dispatch(fallbacks=(("envelope", identity),)))
        return message, account

    def connect(self, server):
        return smtplib.SMTP("127.0.0.1", server.port, timeout=10)

    def test_what_was_learned_is_used_and_forgotten(self):
        refusals = self.env["mail.catchall.refusal"]
        refusals.create(
            {"server_id": self.outgoing.id, "answer": "553 not owned", "kind": "envelope"}
        )
        self.outgoing.invalidate_recordset()
        self.assertTrue(self.outgoing.catchall_envelope_learned)
        self.assertFalse(self.outgoing.catchall_from_learned)
        self.assertEqual(self.send_two()[1], f"catchall@{self.own}")
        self.outgoing.action_catchall_forget_from()
        self.assertRegex(self.send_two()[1], "^bounce-")
