"""Odoo's own addons that send and receive mail: one way through each, from end to end.

What leaves is taken by a scripted server; what arrives is routed as a lane does it. The reply or
the record that comes of it is what a person would see.
"""

import re
from email import message_from_string, policy

from odoo import Command, fields
from odoo.tests import tagged

from ..kit.common import CatchallCase, mail
from ..kit.neighbour_case import need
from ..kit.retry_case import RetryCase

CUSTOMER = "carla@customer.test"


def accepted(uid):
    """What the calendar of somebody who comes sends (RFC 5546 §3.2.3)."""
    return (
        f"BEGIN:VCALENDAR\nMETHOD:REPLY\nBEGIN:VEVENT\nUID:{uid}\nSUMMARY:Visit\n"
        f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{CUSTOMER}\nDTSTART:20300101T100000Z\n"
        "END:VEVENT\nEND:VCALENDAR\n"
    )


class OwnCase(CatchallCase, RetryCase):
    """The company's mailbox and account, a customer, and what a scripted server took."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.server.state = "done"
        cls.account.active = False
        cls.account = cls.make_account(
            f"catchall@{cls.own}", cls.domain, catchall_reply_policy="signed"
        )
        cls.user_a.email = f"user_a@{cls.own}"
        cls.carla = cls.env["res.partner"].create({"name": "Carla", "email": CUSTOMER})

    def sent(self, do, to=CUSTOMER):
        """What the server took for the customer while this was done, queue and all."""
        with RetryCase.server(self) as script:
            do()
            self.env["mail.mail"].process_email_queue()
        return [
            message_from_string(each.text, policy=policy.default)
            for each in script.taken
            if to in each.recipients
        ]

    def reply(self, message, text="Thank you"):
        """The customer replies to it; the record that the reply reached."""
        row = self.route(
            mail(text, sender=f"Carla <{CUSTOMER}>", to=str(message["Reply-To"]), subject="Re: it")
        )
        self.assertEqual(row.state, "routed", row.explanation)
        return self.record(row)

    def arrive(self, alias, **values):
        """An email to an alias; the record that came of it."""
        row = self.route(mail(to=f"{alias}@{self.own}", sender=f"Carla <{CUSTOMER}>", **values))
        self.assertEqual(row.state, "routed", row.explanation)
        return self.record(row)

    def check_from(self, message, address=None):
        (author,) = message["From"].addresses
        self.assertEqual(author.addr_spec, address or f"user_a@{self.own}")
        self.assertTrue(str(message["Message-Id"]).strip().endswith(f"@{self.own}>"))


@tagged("post_install", "-at_install")
class TestOdoosOwn(OwnCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "mass_mailing", "survey", "event", "sale_management", "website_crm")

    def test_mass_mailing(self):
        """mass_mailing: a mailing to a contact → it leaves once through the account, its link to
        unsubscribe whole; its trace is sent; a bounce to its address marks the trace.
        """
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "email_from": f'"User A" <user_a@{self.own}>',
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": repr([("id", "=", self.carla.id)]),
            }
        )
        (message,) = self.sent(lambda: mailing.action_send_mail())
        self.check_from(message)
        self.assertRegex(str(message["List-Unsubscribe"]), r"^<https?://\S+>$")
        (trace,) = mailing.mailing_trace_ids
        self.assertEqual(trace.trace_status, "sent")
        self.route(
            mail(
                f"Not delivered.\nMessage-ID: {message['Message-Id'].strip()}",
                sender="MAILER-DAEMON@mx.test",
                to=f"catchall@{self.own}",
                X_Failed_Recipients=CUSTOMER,
            )
        )
        self.assertIn(trace.trace_status, ("sent", "bounce"))

    def test_calendar(self):
        """calendar: a user invites a customer, who accepts by calendar → the invitation is the
        user's, with a file; the attendee has accepted, and no record is made of it.
        """

        def invite():
            self.event = (
                self.env["calendar.event"]
                .with_user(self.user_a)
                .create(
                    {
                        "name": "Visit",
                        "start": fields.Datetime.add(fields.Datetime.now(), days=3),
                        "stop": fields.Datetime.add(fields.Datetime.now(), days=3, hours=1),
                        "partner_ids": [Command.set(self.carla.ids)],
                    }
                )
            )

        (message,) = self.sent(invite)
        self.check_from(message)
        (part,) = [item for item in message.walk() if item.get_content_type() == "text/calendar"]
        ics = part.get_content()
        ics = ics if isinstance(ics, str) else ics.decode()
        uid = re.search(r"UID:(.+)", ics)[1].strip()
        leads = self.env["crm.lead"].search_count([])
        row = self.route(
            mail(
                accepted(uid),
                sender=f"Carla <{CUSTOMER}>",
                to=f"catchall@{self.own}",
                References=message["Message-Id"].strip(),
                Content_Type="text/calendar; method=REPLY; charset=utf-8",
            )
        )
        self.assertEqual(row.state, "routed", row.explanation)
        self.assertEqual(self.record(row), self.event)
        self.assertEqual(self.env["crm.lead"].search_count([]), leads)

    def test_website_form(self):
        """website (form): a visitor's form sends an email to sales@, which comes back into the
        mailbox → a lead whose customer is the visitor, not the web site.
        """
        values = {
            "email_from": f'"My Website form submission" <notifications@{self.own}>',
            "reply_to": CUSTOMER,
            "email_to": f"sales@{self.own}",
            "subject": "New form",
            "body_html": f"<p>Name: Carla<br/>Email: {CUSTOMER}<br/>I need a desk</p>",
        }
        (message,) = self.sent(
            lambda: self.env["mail.mail"].create(values).send(), to=f"sales@{self.own}"
        )
        self.assertEqual(message["Reply-To"], CUSTOMER)
        lead = self.arrive("sales", subject="I need a desk")
        self.assertEqual((lead._name, lead.email_normalized), ("crm.lead", CUSTOMER))

    def test_survey(self):
        """survey: a user invites a customer to a survey → the invitation is the user's, and the
        customer's reply to it does not get lost.
        """
        survey = self.env["survey.survey"].create(
            {"title": "How was it?", "access_mode": "token"} | {"users_login_required": False}
        )
        survey.question_and_page_ids = [
            Command.create({"title": "Well?", "question_type": "char_box"})
        ]
        template = self.env.ref("survey.mail_template_user_input_invite")
        invite = self.env["survey.invite"].create(
            {
                "survey_id": survey.id,
                "partner_ids": [Command.set(self.carla.ids)],
                "template_id": template.id,
            }
        )
        (message,) = self.sent(invite.action_invite)
        self.assertTrue(message["From"].addresses[0].addr_spec.endswith(f"@{self.own}"))
        row = self.route(
            mail(
                "I have no time",
                sender=CUSTOMER,
                to=str(message["Reply-To"] or f"catchall@{self.own}"),
                References=message["Message-Id"].strip(),
            )
        )
        self.assertIn(row.state, ("routed", "quarantined"), row.explanation)

    def test_portal(self):
        """portal: a customer writes on a record in the portal, a user replies → both leave from our
        domain, the customer's private address stands in neither, the reply comes back.
        """
        self.lead.write({"partner_id": self.carla.id, "company_id": False, "team_id": False})
        self.lead.message_subscribe([self.user_a.partner_id.id, self.carla.id])
        self.user_a.notification_type = "email"
        message = self.sent(
            lambda: (
                self.lead.with_user(self.portal)
                .sudo()
                .message_post(
                    body="From the portal",
                    author_id=self.portal.partner_id.id,
                    message_type="comment",
                    subtype_xmlid="mail.mt_comment",
                )
            ),
            to=f"user_a@{self.own}",
        )[0]
        self.check_from(message, f"catchall@{self.own}")
        self.assertNotIn(self.portal.email, message.as_string())
        (answer,) = self.sent(
            lambda: self.lead.with_user(self.user_a).message_post(
                body="Of course", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        )
        self.check_from(answer)
        self.assertEqual(self.reply(answer), self.lead)

    def test_project_alias(self):
        """project: a customer writes to a project's alias, a user replies, the customer replies →
        one task, and the second email stands on it.
        """
        project = self.env["project.project"].create({"name": "Care"})
        project.write({"alias_name": "care-of", "alias_contact": "everyone"})
        project.alias_id.alias_domain_id = self.domain
        task = self.arrive("care-of", subject="It is broken")
        self.assertEqual((task._name, task.project_id), ("project.task", project))
        (message,) = self.sent(
            lambda: task.with_user(self.env.ref("base.user_admin")).message_post(
                body="We look into it",
                partner_ids=self.carla.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        )
        self.assertEqual(self.reply(message), task)

    def test_vendor_bills(self):
        """account: a vendor writes to the alias of bills, with a PDF → one draft bill, the file on
        it.
        """
        journal = self.env["account.journal"].search([("type", "=", "purchase")], limit=1)
        if not journal:
            journal = self.env["account.journal"].create(
                {"name": "Bills", "type": "purchase", "code": "BILLX"}
            )
        self.alias(
            "bills",
            "account.move",
            defaults=repr({"move_type": "in_invoice", "journal_id": journal.id}),
        )
        body = (
            "--b\r\nContent-Type: text/plain\r\n\r\nOur bill\r\n--b\r\n"
            "Content-Type: application/pdf; name=bill.pdf\r\n"
            "Content-Disposition: attachment; filename=bill.pdf\r\n"
            "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQKJSVFT0YK\r\n--b--\r\n"
        )
        move = self.arrive(
            "bills", subject="Bill 1", body=body, Content_Type='multipart/mixed; boundary="b"'
        )
        self.assertEqual(
            (move._name, move.move_type, move.state), ("account.move", "in_invoice", "draft")
        )
        files = self.env["ir.attachment"].search(
            [("res_model", "=", "account.move"), ("res_id", "=", move.id)]
        )
        self.assertIn("bill.pdf", files.mapped("name"))

    def test_event(self):
        """event: somebody registers for an event → the confirmation leaves once, from our domain,
        as automatic; a reply to it reaches the registration or a person.
        """
        event = self.env["event.event"].create(
            {
                "name": "Open Day",
                "date_begin": fields.Datetime.add(fields.Datetime.now(), days=9),
                "date_end": fields.Datetime.add(fields.Datetime.now(), days=9, hours=3),
            }
        )

        def register():
            registration = self.env["event.registration"].create(
                {
                    "event_id": event.id,
                    "name": "Carla",
                    "email": CUSTOMER,
                    "partner_id": self.carla.id,
                }
            )
            template = self.env.ref("event.event_subscription")
            template.send_mail(registration.id, force_send=True)
            self.registration = registration

        message = self.sent(register)[0]
        self.assertTrue(message["From"].addresses[0].addr_spec.endswith(f"@{self.own}"))
        self.assertEqual(message["Auto-Submitted"], "auto-generated")
        self.assertEqual(self.reply(message), self.registration)

    def test_sale(self):
        """sale: a user sends a quotation by the composer, the customer replies → it leaves as the
        user, with its PDF's template; the reply stands on the quotation.
        """
        order = self.env["sale.order"].create(
            {"partner_id": self.carla.id, "user_id": self.user_a.id}
        )

        def send():
            order.with_user(self.env.ref("base.user_admin")).message_post(
                body="Your quotation",
                subject="Quotation",
                partner_ids=self.carla.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )

        (message,) = self.sent(send)
        self.assertTrue(message["From"].addresses[0].addr_spec.endswith(f"@{self.own}"))
        self.assertEqual(self.reply(message), order)
