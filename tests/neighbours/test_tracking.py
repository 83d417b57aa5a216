"""``mail_tracking`` beside us: no email is lost for it, and it says what became of each."""

from odoo.tests import tagged

from ..kit.common import mail
from ..kit.neighbour_case import need
from ..kit.retry_case import RetryCase
from ..models.outgoing.test_outgoing_bounce import REPORT, BounceCase


@tagged("post_install", "-at_install")
class TestTrackingOfSending(RetryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "mail_tracking")

    def states(self, mail):
        """What it says of each recipient, one line for each record of it."""
        trackings = (
            self.env["mail.tracking.email"]
            .sudo()
            .search([("mail_message_id", "=", mail.mail_message_id.id)])
        )
        return sorted((item.recipient_address, item.state) for item in trackings)

    def test_a_recipient_who_is_refused_for_now(self):
        """mail_tracking: the server takes an email for one of two now, for the other later → both
        get it once, and it says “sent” of each when it was, once.
        """
        replies = {"other@shop.example": "451 4.2.1 try again later"}
        item = self.posted()
        with self.server(self.refuse(replies)) as server:
            item.send()
            self.assertEqual(self.states(item), [("customer@shop.example", "sent")])
            replies.clear()
            item.scheduled_date = False
            item.send()
        self.assertEqual(len(server.taken), 2)
        self.assertEqual(
            self.states(item), [("customer@shop.example", "sent"), ("other@shop.example", "sent")]
        )

    def test_an_email_that_waits_is_not_sent(self):
        """mail_tracking: the account has reached its provider's limit → the email waits, and it
        does not say “sent”.
        """
        item = self.posted()
        limit = "550 5.4.5 Daily user sending limit exceeded. o65 - gsmtp"
        with self.server(lambda command, _mail: limit if command == "MAIL" else None) as server:
            item.send()
        self.assertFalse(server.taken)
        self.assertEqual(item.state, "outgoing")
        self.assertNotIn("sent", [state for _address, state in self.states(item)])

    def test_each_recipient_has_the_own_pixel(self):
        item = self.posted()
        with self.server() as server:
            item.send()
        self.assertEqual(len(server.taken), 2)
        numbers = [text.text.partition("X-Odoo-MailTracking-ID: ")[2][:12] for text in server.taken]
        self.assertEqual(len(set(numbers)), 2)


@tagged("post_install", "-at_install")
class TestTrackingOfBounces(BounceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "mail_tracking")

    def bounced(self, message):
        trackings = message.mail_tracking_ids
        return {
            item.recipient_address
            for item in trackings
            if "bounce" in " ".join(item.tracking_event_ids.mapped("event_type"))
        }

    def report(self, to, **headers):
        return mail(
            REPORT,
            sender="MAILER-DAEMON@mx.test",
            to=to,
            envelope=to,
            Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
            Return_Path="<>",
            **headers,
        )

    def test_a_bounce(self):
        """mail_tracking: one of two recipients bounces → it says so of that one alone."""
        message, envelope = self.send_two()
        self.route(self.report(envelope))
        self.assertEqual(self.bounced(message), {"customer@shop.example"})
        self.assertEqual(self.status(message)[self.customer], "bounce")

    def test_a_bounce_that_nothing_proves(self):
        """mail_tracking: somebody sends a bounce that names a message of ours → nobody's address
        is counted as bounced.
        """
        message, _envelope = self.send_two()
        self.route(self.report(f"catchall@{self.own}", References=message.message_id))
        self.assertFalse(self.bounced(message))
        self.assertFalse(self.customer.email_bounced)

    def test_an_email_that_arrives(self):
        """mail_tracking: an email to an alias, with a copy → its record, with both headers kept."""
        row = self.route(mail(to="sales@example.com", Cc="friend@customer.test"))
        message = row.route_ids.mail_message_id
        self.assertEqual(self.record(row)._name, "crm.lead")
        self.assertIn("sales@example.com", message.email_to)
        self.assertIn("friend@customer.test", message.email_cc)
