"""Whatever people type into a field, no header line of theirs reaches the wire."""

import email
import smtplib
from email import policy

from odoo.tests import tagged

from ...kit.common import CatchallCase
from ...kit.outgoing_case import OutgoingCase
from ...kit.servers.smtp_script import ScriptedServer

EVIL = (
    "x\r\nBcc: evil@evil.example",
    "x\nX-Evil: 1",
    "x\rX-Evil: 1",
    "x\r\n\r\n<b>evil body</b>",
    "x\x00y\x0bX-Evil: 1\x0cz\x85X-Evil: 2\u2028X-Evil: 3",
    "=?utf-8?q?x=0D=0ABcc:_evil@evil.example?=",
    "=?utf-8?b?eA0KWC1FdmlsOiAx?=",
    "<evil@evil.example>, y",
    '"x" <evil@evil.example>\r\n\tX-Evil: 1',
)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestHeaderInjection(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.server.state = "done"
        cls.outgoing = cls.make_account(
            f"catchall@{cls.own}",
            cls.domain,
            catchall_envelope_policy="verp",
            catchall_reply_policy="signed",
            catchall_sender_header=True,
        )
        cls.user_a.email = f"user_a@{cls.own}"
        cls.lead = cls.env["crm.lead"].create({"name": "Lead", "team_id": False})

    def on_the_wire(self):
        """Send what waits as bytes of an SMTP session; return what the server took."""
        with ScriptedServer() as server:
            for recorded in self.emails:
                message = email.message_from_string(recorded["message"], policy=policy.SMTP)
                with smtplib.SMTP("127.0.0.1", server.port, timeout=10) as session:
                    session.send_message(message, recorded["smtp_from"], recorded["smtp_to_list"])
        return server.taken

    def check(self, act, shown_in_body=False):
        with self.mock_mail_gateway():
            act()
        self.assertTrue(self.emails, "nothing was sent")
        for item in self.on_the_wire():
            self.assertNotIn("evil@evil.example", [item.mail_from, *item.recipients])
            self.assertNotRegex(item.mail_from, r"[\s\x00-\x1f]")
            head = item.text.partition("\r\n\r\n")[0]
            for line in head.split("\r\n"):
                self.assertRegex(line, r"^([A-Za-z0-9-]+:|[ \t])", "a header line of its own")
                self.assertNotRegex(line, r"[\x00-\x08\x0a-\x1f\x7f]")
            parsed = email.message_from_string(item.text, policy=policy.default)
            self.assertEqual([parsed["X-Evil"], parsed["Bcc"]], [None, None])
            for name in ("From", "Sender", "Reply-To"):
                self.assertLessEqual(len(parsed.get_all(name, [])), 1, name)
                if name == "Sender" and name not in parsed:
                    continue  # From is the account itself
                addresses = parsed[name].addresses
                self.assertEqual(len(addresses), 1, name)
                self.assertEqual(addresses[0].domain, self.own, name)
            if shown_in_body:
                continue  # the text is shown there, and is text
            self.assertNotIn("<b>evil body", item.text.partition("\r\n\r\n")[2][:200])

    def say(self, subject="Subject"):
        self.lead.with_user(self.user_a).message_post(
            body="Hello",
            subject=subject,
            partner_ids=self.customer.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def check_with(self, record, field, text):
        was = record[field]
        record[field] = text.replace("\x00", "")  # PostgreSQL takes none
        try:
            self.check(self.say)
        finally:
            record[field] = was

    def test_names(self):
        fields = (
            (self.user_a.partner_id, "name"),
            (self.customer, "name"),
            (self.env.company, "name"),
            (self.company_admin, "name"),
            (self.lead, "name"),
        )
        for record, field in fields:
            for text in EVIL:
                with self.subTest(field=f"{record._name}.{field}", text=text):
                    self.check_with(record, field, text)

    def test_subject(self):
        for text in EVIL:
            with self.subTest(text=text):
                self.check(lambda text=text: self.say(text.replace("\x00", "")))

    def test_formats(self):
        for field in ("catchall_name_format", "catchall_foreign_name_format"):
            for text in EVIL:
                with self.subTest(field=field, text=text):
                    self.check_with(self.outgoing, field, "{name} " + text)

    def test_addresses_of_a_mail(self):
        """What a template renders from anybody's record: the message's own text fields."""
        for field in ("email_from", "reply_to", "references", "email_to"):
            for text in EVIL:
                value = text.replace("\x00", "")
                if field == "reply_to" and value == "<evil@evil.example>, y":
                    continue  # a plain address: where replies shall go
                if field == "email_to":
                    if "evil@evil.example" in value:
                        continue  # an address in a field of addresses is meant
                    value = f"{value} <customer@shop.example>"
                elif field == "email_from":
                    value = f"{value} <user_a@{self.own}>"
                with self.subTest(field=field, text=text):
                    values = {"email_from": f"user_a@{self.own}", field: value}
                    outgoing = self.mail(model="crm.lead", res_id=self.lead.id, **values)
                    self.check(outgoing.send)

    def test_attachments_and_signature(self):
        for text in EVIL:
            name = text.replace("\x00", "")
            with self.subTest(text=text):
                self.user_a.signature = name

                def post(name=name):
                    self.lead.with_user(self.user_a).message_post(
                        body="Hello",
                        subject="Subject",
                        partner_ids=self.customer.ids,
                        attachments=[(name, b"content")],
                        message_type="comment",
                        subtype_xmlid="mail.mt_comment",
                    )

                self.check(post)

    def test_template(self):
        for field in ("subject", "email_from", "reply_to", "email_cc"):
            for text in EVIL:
                value = text.replace("\x00", "")
                if field == "reply_to" and value == "<evil@evil.example>, y":
                    continue  # a plain address: where replies shall go
                if field == "email_cc" and "evil@evil.example" in value:
                    continue  # an address in a field of addresses is meant
                if field == "email_from":
                    value = f"{value} <user_a@{self.own}>"
                with self.subTest(field=field, text=text):
                    template = self.env["mail.template"].create(
                        {
                            "name": "T",
                            "model_id": self.env["ir.model"]._get_id("crm.lead"),
                            "email_to": "customer@shop.example",
                            "use_default_to": False,
                            "subject": "S",
                            "body_html": "<p>B</p>",
                            "email_from": f"user_a@{self.own}",
                            field: value,
                        }
                    )
                    self.check(
                        lambda template=template: template.send_mail(self.lead.id, force_send=True)
                    )

    def test_mailing(self):
        if "mailing.mailing" not in self.env:
            self.skipTest("mass_mailing is not installed")
        for text in EVIL:
            value = text.replace("\x00", "")
            with self.subTest(text=text):
                mailing = self.env["mailing.mailing"].create(
                    {
                        "subject": value,
                        "preview": value,
                        "body_html": "<p>News</p>",
                        "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                        "mailing_domain": [("id", "in", self.customer.ids)],
                        "email_from": f"user_a@{self.own}",
                        "reply_to_mode": "new",
                        # an address in a field of addresses is meant
                        "reply_to": f"user_a@{self.own}"
                        if "evil@" in value
                        else f"{value} <user_a@{self.own}>",
                    }
                )
                self.check(mailing.action_send_mail, shown_in_body=True)

    def test_invitation_and_password(self):
        for text in EVIL:
            value = text.replace("\x00", "")
            with self.subTest(text=text):
                self.check(
                    lambda value=value: (
                        self.env["calendar.event"]
                        .with_user(self.user_a)
                        .create(
                            {
                                "name": value,
                                "location": value,
                                "start": "2100-01-01 10:00:00",
                                "stop": "2100-01-01 11:00:00",
                                "partner_ids": [(6, 0, self.customer.ids)],
                            }
                        )
                    ),
                    shown_in_body=True,
                )
                self.user_a.name = value
                reset = self.user_a.with_context(create_user=False).action_reset_password
                self.check(reset, shown_in_body=True)
