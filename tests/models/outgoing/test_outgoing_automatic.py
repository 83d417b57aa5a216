"""Mail that nobody wrote says so, and is known when it comes back; what a person wrote passes."""

from odoo import Command
from odoo.tests import Form, tagged

from ...kit.common import CatchallCase, mail
from ...kit.outgoing_case import OutgoingCase

MARKS = ("Auto-Submitted", "X-Auto-Response-Suppress", "X-Catchall-Loop")
HOP = (
    "Received: from out.provider.example (out.provider.example [192.0.2.9]) by mail.example.com"
    " (Postfix) with ESMTP id 1; Mon, 02 Nov 2026 10:00:00 +0000\r\n"
)


class AutomaticCase(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.server.state = "done"
        cls.outgoing = cls.make_account(f"catchall@{cls.own}", cls.domain)
        cls.user_a.email = f"user_a@{cls.own}"
        cls.lead = cls.env["crm.lead"].create({"name": "Lead", "team_id": False})
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Thanks",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "subject": "Thanks",
                "body_html": "<p>We read it.</p>",
                "email_to": "customer@shop.example",
                "use_default_to": False,
            }
        )

    def marks(self, sent):
        return tuple(sent[name] for name in MARKS)

    def sent_by(self, action):
        with self.mock_mail_gateway():
            action()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        return self.only()

    def come_back(self, sent, address):
        """A provider delivers what we sent into our own mailbox."""
        source = sent.raw.replace("\r\n", "\n").replace("\n", "\r\n")
        return self.route((f"X-Original-To: {address}\r\n{HOP}{source}").encode())


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestAutomaticMail(AutomaticCase):
    def assert_automatic(self, sent, submitted="auto-generated"):
        self.assertEqual(self.marks(sent)[:2], (submitted, "All"))
        self.assertRegex(sent["X-Catchall-Loop"], r"^v1 [a-z.]+,\d+ \d+ [a-z2-7]{32}$")

    def test_template_of_an_automation(self):
        for user in (self.env.ref("base.user_root"), self.user_a):
            with self.subTest(user=user.name):
                template = self.template.with_user(user).sudo()
                self.assert_automatic(self.sent_by(lambda t=template: t.send_mail(self.lead.id)))

    def test_template_of_a_stage(self):
        def post():
            self.lead.message_post_with_source(self.template, message_type="auto_comment")

        self.lead.partner_id = self.customer
        self.template.write({"email_to": False, "use_default_to": True})
        self.assert_automatic(self.sent_by(post))

    def test_notice_and_words_of_odoobot(self):
        root = self.env.ref("base.user_root")
        partners = {"partner_ids": self.customer.ids}
        self.assert_automatic(
            self.sent_by(lambda: self.lead.message_notify(body="Assigned", **partners))
        )
        self.assert_automatic(
            self.sent_by(
                lambda: self.lead.with_user(root).message_post(
                    body="Beep", message_type="comment", subtype_xmlid="mail.mt_comment", **partners
                )
            )
        )

    def test_password_mail(self):
        user = self.make_user("new_one", "customer@shop.example")
        self.assert_automatic(self.sent_by(user.action_reset_password))

    def test_what_an_application_says_stays(self):
        values = {"headers": repr({"X-Auto-Response-Suppress": "OOF"}), "email_from": "x@y.z"}
        sent = self.sent_by(lambda: self.mail(**values))
        self.assertEqual(sent["X-Auto-Response-Suppress"], "OOF")

    def thank_applicants(self):
        job = self.env["hr.job"].create({"name": "Cook"})
        self.alias("jobs", "hr.applicant", defaults=repr({"job_id": job.id}))
        template = self.env["mail.template"].create(
            {
                "name": "Received",
                "model_id": self.env["ir.model"]._get_id("hr.applicant"),
                "subject": "We got it",
                "body_html": "<p>Thank you.</p>",
                "use_default_to": True,
            }
        )
        self.env["hr.recruitment.stage"].search([]).template_id = template

    def apply(self, **headers):
        sender = "Customer <customer@shop.example>"
        proof = b"Authentication-Results: mail.example.com; dkim=pass header.d=shop.example\r\n"
        return self.route(proof + mail(to="jobs@example.com", sender=sender, **headers))

    def test_acknowledgement_answers_a_mail(self):
        self.thank_applicants()
        sent = self.sent_by(self.apply)
        self.assertEqual(sent["Subject"], "We got it")
        self.assert_automatic(sent, "auto-replied")

    def test_machine_gets_no_acknowledgement(self):
        self.thank_applicants()
        with self.mock_mail_gateway():
            row = self.apply(Auto_Submitted="auto-generated")
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        self.assertEqual(self.record(row)._name, "hr.applicant")
        told = [address for item in self.emails for address in item["smtp_to_list"]]
        self.assertNotIn("customer@shop.example", told)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestPersonsMail(AutomaticCase):
    def test_chatter(self):
        self.assertEqual(self.marks(self.post(self.lead, self.user_a)), ("", "", ""))

    def test_composer_to_one_and_to_many(self):
        self.lead.partner_id = self.customer
        other = self.lead.copy({"partner_id": self.contact.id})
        for mode, records in (("comment", self.lead), ("mass_mail", self.lead | other)):
            with self.subTest(mode=mode):
                composer = Form(
                    self.env["mail.compose.message"]
                    .with_user(self.user_a)
                    .with_context(
                        default_model="crm.lead",
                        default_res_ids=records.ids,
                        default_composition_mode=mode,
                        default_partner_ids=[Command.set(self.customer.ids)],
                    )
                )
                composer.subject, composer.body = "Offer", "<p>Dear customer</p>"
                composer = composer.save()
                sent = self.sent_by(composer.action_send_mail)
                self.assertEqual(self.marks(sent), ("", "", ""))

    def test_plain_account_marks_nothing(self):
        self.outgoing.unlink()
        self.account.unlink()
        sent = self.sent_by(lambda: self.template.send_mail(self.lead.id))
        self.assertEqual(self.marks(sent), ("", "", ""))


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestLoop(AutomaticCase):
    def test_automatic_mail_that_comes_back_is_ignored(self):
        sent = self.sent_by(lambda: self.template.send_mail(self.lead.id))
        before = len(self.lead.message_ids)
        row = self.come_back(sent, "nobody@example.com")
        self.assertEqual((row.state, row.reason), ("ignored", "loop"), row.explanation)
        self.assertIn(f"crm.lead,{self.lead.id}", row.explanation)
        self.assertEqual(len(self.lead.message_ids), before)

    def test_automatic_mail_for_an_alias_waits_for_a_person(self):
        sent = self.sent_by(lambda: self.template.send_mail(self.lead.id))
        row = self.come_back(sent, "sales@example.com")
        self.assertEqual((row.state, row.reason), ("quarantined", "loop"), row.explanation)

    def test_persons_mail_through_an_alias_is_routed(self):
        sent = self.post(self.contact, self.user_a)
        row = self.come_back(sent, "sales@example.com")
        self.assertEqual((row.state, row.reason), ("routed", "alias"), row.explanation)

    def test_copies_for_followers_go_once_round(self):
        """Two aliases that follow each other's records."""
        self.alias("support", "project.task")
        lead = self.record(self.route(mail()))
        asked = lead.message_post(
            body="Which?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        lead.message_subscribe(self.customer.ids)

        def answer():
            self.route(mail("Blue", to="catchall@example.com", In_Reply_To=asked.message_id))

        copy = self.sent_by(answer)
        self.assertEqual(copy["Auto-Submitted"], "")
        self.assertRegex(copy["X-Catchall-Loop"], rf"^v1 crm\.lead,{lead.id} 1 ")
        second = self.come_back(copy, "support@example.com")
        self.assertEqual((second.state, second.reason), ("routed", "alias"), second.explanation)
        record = self.record(second)
        self.assertEqual(record._name, "project.task")
        mails = self.env["mail.mail"].search(
            [("res_id", "=", record.id), ("catchall_hops", ">", 0)]
        )
        self.assertEqual(set(mails.mapped("catchall_hops")) - {2}, set())
