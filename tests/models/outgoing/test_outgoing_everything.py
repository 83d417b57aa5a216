"""Whatever sends mail leaves through the account: invitations, the portal, jobs, new users."""

from odoo import Command, fields
from odoo.addons.mail.tests.common import mail_new_test_user
from odoo.tests import tagged

from ...kit.outgoing_case import OutgoingCase, Sent


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestEverything(OutgoingCase):
    def check(self, sent, author, reply_to=None, *, automatic):
        self.assertEqual(sent.envelope, f"all@{self.own}")
        self.assertEqual(sent.address("From"), author)
        self.assertTrue((reply_to or sent.address("Reply-To")).endswith(f"@{self.own}"))
        if reply_to:
            self.assertEqual(sent.address("Reply-To"), reply_to)
        self.assertEqual(bool(sent["Auto-Submitted"]), automatic)
        self.assertEqual(sent["X-Auto-Response-Suppress"], "All" if automatic else "")
        self.assertTrue(sent["Message-Id"].endswith(f"@{self.own}>"))

    def test_calendar_invitation(self):
        with self.mock_mail_gateway():
            self.env["calendar.event"].with_user(self.user_a).create(
                {
                    "name": "Visit",
                    "start": fields.Datetime.add(fields.Datetime.now(), days=3),
                    "stop": fields.Datetime.add(fields.Datetime.now(), days=3, hours=1),
                    "partner_ids": [Command.set(self.customer.ids)],
                }
            )
            self.env["mail.mail"].process_email_queue()
        self.check(self.only(), f"user_a@{self.own}", automatic=True)

    def test_portal_user_writes_on_a_record(self):
        self.lead.message_subscribe(self.customer.ids)
        with self.mock_mail_gateway():
            self.lead.with_user(self.portal).sudo().message_post(
                body="From the portal",
                author_id=self.portal.partner_id.id,
                email_from=self.portal.email_formatted,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
            self.env["mail.mail"].process_email_queue()
        sent = self.only()
        self.check(sent, f"all@{self.own}", f"sales.test@{self.own}", automatic=False)
        self.assertIn(" via ", sent["From"])
        self.assertNotIn(self.portal.email, sent.raw)

    def test_job_that_runs_a_server_action(self):
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "email_to": "customer@shop.example",
                "use_default_to": False,
                "subject": "S",
                "body_html": "<p>B</p>",
            }
        )
        cron = self.env["ir.cron"].create(
            {
                "name": "Remind",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "code",
                "code": f"env['mail.template'].browse({template.id}).send_mail({self.lead.id})",
                "interval_number": 1,
                "interval_type": "days",
            }
        )
        with self.mock_mail_gateway():
            cron.ir_actions_server_id.with_user(self.env.ref("base.user_root")).run()
            self.env["mail.mail"].process_email_queue()
        self.check(self.only(), f"all@{self.own}", f"sales.test@{self.own}", automatic=True)

    def test_invitation_of_a_new_user(self):
        with self.mock_mail_gateway():
            user = mail_new_test_user(
                self.env, login="new_user", groups="base.group_user", email="new@shop.example"
            )
            user.with_context(create_user=True).action_reset_password()
            self.env["mail.mail"].process_email_queue()
        (sent,) = [Sent(item) for item in self.emails if "new@shop.example" in item["smtp_to_list"]]
        self.assertEqual(sent.envelope, f"all@{self.own}")
        self.assertTrue(sent.address("From").endswith(f"@{self.own}"))
        self.assertEqual(sent["Auto-Submitted"], "auto-generated")
