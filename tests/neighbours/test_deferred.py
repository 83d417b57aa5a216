"""``mail_post_defer`` beside us: emails are made later, by a job that knows nothing of the post."""

from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ..kit.common import mail
from ..kit.neighbour_case import need
from ..models.outgoing.test_outgoing_bounce import REPORT, BounceCase


@tagged("post_install", "-at_install")
class TestDeferred(BounceCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "mail_post_defer")
        # In tests it defers nothing unless it is asked to.
        cls.env = cls.env(context={**cls.env.context, "test_mail_post_defer": True})
        cls.lead = cls.lead.with_env(cls.env)
        cls.outgoing.catchall_reply_policy = "signed"

    def later(self):
        """What the jobs do after half a minute."""
        schedules = self.env["mail.message.schedule"].search([])
        schedules.scheduled_datetime = fields.Datetime.now() - timedelta(minutes=1)
        plain = self.env(context={})
        with self.mock_mail_gateway():
            plain["mail.message.schedule"]._send_notifications_cron()
            waiting = plain["mail.mail"].search([("state", "=", "outgoing")])
            waiting.scheduled_date = False
            plain["mail.mail"].process_email_queue()

    def post(self):
        with self.mock_mail_gateway():
            message = self.lead.with_user(self.user_a).message_post(
                body="Offer",
                subject="Offer",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.assertFalse(self.emails, "it was to be deferred")
        self.later()
        return message.sudo(), self.only()

    def test_an_email_that_is_deferred(self):
        """mail_post_defer: a user's post leaves half a minute later → once, as the user, to be
        replied to at the record, and not as automatic.
        """
        message, sent = self.post()
        self.assertEqual(sent.address("From"), f"user_a@{self.own}")
        self.assertRegex(sent.address("Reply-To"), rf"^reply-[a-z0-9-]+@{self.own}$")
        self.assertFalse(sent["Auto-Submitted"])
        self.assertRegex(sent.envelope, rf"^bounce-[a-z2-7]+@{self.own}$")
        self.assertEqual(sent["Message-Id"], message.message_id)
        self.later()
        self.assertFalse(self.emails, "it left a second time")

    def test_a_reply_to_it(self):
        """mail_post_defer: the customer replies to it → the reply stands on the record, once."""
        _message, sent = self.post()
        row = self.route(
            mail(
                "Yes", sender="customer@shop.example", to=sent.address("Reply-To"), subject="Re: O"
            )
        )
        self.assertEqual(self.record(row), self.lead)
        self.assertEqual(row.reason, "reply", row.explanation)

    def test_a_bounce_of_it(self):
        """mail_post_defer: it bounces → its notification has failed, and its author is told."""
        message, sent = self.post()
        self.route(
            mail(
                REPORT,
                sender="MAILER-DAEMON@mx.test",
                to=sent.envelope,
                envelope=sent.envelope,
                Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
                Return_Path="<>",
            )
        )
        self.assertEqual(self.status(message)[self.customer], "bounce")
        self.assertEqual(len(self.told(message)), 1)

    def test_what_a_received_email_causes_is_made_at_once(self):
        """mail_post_defer: an email nobody is proved to have sent reaches a record that the
        customer follows → what it causes is decided while it is routed, and tells nobody outside.
        """
        self.lead.message_subscribe(self.customer.ids)
        self.env["mail.message.schedule"].search([]).unlink()
        row = self.receive(
            mail(
                "Pay here",
                sender=f"User A <user_a@{self.own}>",
                to=f"catchall@{self.own}",
                References=self.post()[0].message_id,
            )
        )
        self.deliver(row)
        self.assertFalse(self.env["mail.message.schedule"].search([]))
        self.later()
        self.assertNotIn(
            "customer@shop.example", [to for item in self.emails for to in item["smtp_to_list"]]
        )

    def deliver(self, row):
        from ..kit.common import deliver

        deliver(row.with_env(self.env))
