"""From a ledger row to records, by Odoo's own engine."""

from datetime import date

from odoo.tests import tagged

from ....models.routing.routing_context import Batch
from ....router.message.repair import ORIGINAL
from ....router.tokens.tokens import ReplyToken, TokenKey, make_reply_token
from ...kit.common import CatchallCase, mail

REPORT = """\
--b
Content-Type: text/plain

Not delivered ({number}).
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.customer.test

Final-Recipient: rfc822; carla@customer.test
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 no such user
--b
Content-Type: message/rfc822

Message-ID: {message_id}
Subject: Offer

Offer
--b--
"""


@tagged("post_install", "-at_install")
class TestRouting(CatchallCase):
    def test_alias_makes_a_lead_with_the_customer(self):
        row = self.route(mail(to="sales@example.com", subject="Offer?"))
        self.assertEqual((row.state, row.reason), ("routed", "alias"), row.explanation)
        lead = self.record(row)
        self.assertEqual(lead._name, "crm.lead")
        self.assertEqual(lead.name, "Offer?")
        self.assertEqual(lead.email_from, '"Carla Customer" <carla@customer.test>')
        message = row.route_ids.mail_message_id
        self.assertIn("Hello", message.body)
        self.assertEqual(message.message_type, "email")

    def test_bcc_is_found_by_envelope(self):
        row = self.route(mail(to="friends@elsewhere.test", envelope="sales@example.com"))
        self.assertEqual((row.state, row.reason), ("routed", "alias"))
        self.assertEqual(row.recipients[0]["header"], "x-original-to")

    def test_what_plain_odoo_has_received_is_not_made_again(self):
        """Who goes live with everything in a mailbox has the leads of years already."""
        source = mail(to="sales@example.com", subject="Of last year")
        self.env["mail.thread"].message_process(None, source)
        row = self.route(source)
        self.assertEqual((row.state, row.reason), ("ignored", "duplicate"), row.explanation)
        leads = self.env["crm.lead"].search_count([("name", "=", "Of last year")])
        self.assertEqual(leads, 1)
        forged = self.route(source.replace(b"carla@customer.test", b"mallory@else.test"))
        self.assertEqual((forged.state, forged.reason), ("routed", "alias"), "another's mail")
        # whoever knows better routes it by hand
        row.action_route(alias_id=self.sales.id)
        self.assertEqual(row.state, "routed")

    def test_several_aliases_make_several_records(self):
        self.alias("jobs", "hr.applicant")
        row = self.route(mail(to="sales@example.com, jobs@example.com"))
        self.assertEqual(sorted(row.route_ids.mapped("model")), ["crm.lead", "hr.applicant"])

    def test_task_by_project_alias(self):
        project = self.env["project.project"].create(
            {"name": "Website", "alias_name": "website", "alias_domain_id": self.domain.id}
        )
        row = self.route(mail(to="website@example.com", subject="Broken link"))
        task = self.record(row)
        self.assertEqual((task._name, task.project_id), ("project.task", project))
        self.assertEqual(task.partner_id.email_normalized, "carla@customer.test")

    def test_task_of_a_project_whose_alias_has_no_name(self):
        project = self.env["project.project"].create({"name": "Nameless", "alias_name": False})
        self.alias("tasks", "project.task", defaults=repr({"project_id": project.id}))
        row = self.route(mail(to="tasks@example.com"))
        self.assertEqual(row.state, "routed", row.error)
        self.assertEqual(self.record(row).project_id, project)

    def test_the_mailbox_is_nobody_in_the_conversation(self):
        project = self.env["project.project"].create(
            {"name": "Website", "alias_name": "website", "alias_domain_id": self.domain.id}
        )
        source = mail(to="website@example.com, other@customer.test")
        row = self.route(b"Delivered-To: catchall@example.com\r\n" + source)
        task = self.record(row)
        self.assertEqual(task.project_id, project)
        self.assertNotIn("catchall@", task.email_cc or "")
        self.assertIn("other@customer.test", task.email_cc)

    def test_answer_lands_on_the_record(self):
        lead = self.record(self.route(mail()))
        asked = lead.message_post(body="Which colour?", message_type="comment")
        row = self.route(mail("Blue", to="catchall@example.com", In_Reply_To=asked.message_id))
        self.assertEqual((row.state, row.reason), ("routed", "reply"))
        self.assertEqual(self.record(row), lead)
        self.assertEqual(row.route_ids.mail_message_id.parent_id, asked)

    def test_unknown_address_waits_and_nothing_is_sent(self):
        before = self.env["mail.mail"].search_count([])
        row = self.route(mail(to="nobody-at-all@example.com"))
        self.assertEqual((row.state, row.reason), ("quarantined", "unmatched"))
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_second_copy_is_a_duplicate(self):
        source = mail(message_id="<twice@customer.test>")
        first, second = self.route(source), self.route(source)
        self.assertEqual((second.state, second.reason), ("ignored", "duplicate"))
        self.assertTrue(first.route_ids)
        self.assertFalse(second.route_ids)

    def test_copies_for_two_aliases_make_each_record_once(self):
        self.alias("jobs", "hr.applicant")
        one = mail(to="list@elsewhere.test", message_id="<copy@customer.test>")
        rows = [
            self.route(f"X-Original-To: {name}@example.com\r\n".encode() + one)
            for name in ("sales", "jobs", "sales")
        ]
        self.assertEqual([row.state for row in rows], ["routed", "routed", "ignored"])
        self.assertEqual(rows[1].route_ids.model, "hr.applicant")

    def test_same_message_id_with_other_content_is_another_mail(self):
        first = self.route(mail("One", message_id="<again@customer.test>"))
        second = self.route(mail("Two", message_id="<again@customer.test>"))
        self.assertEqual((first.state, second.state), ("routed", "routed"))
        self.assertNotEqual(first.route_ids.res_id, second.route_ids.res_id)

    def test_unverified_colleague_is_not_the_author(self):
        user = self.env["res.users"].create(
            {"name": "Anna", "login": "anna@example.com", "email": "anna@example.com"}
        )
        self.alias("tasks", "project.task")
        for alias in ("sales", "tasks"):
            with self.subTest(alias):
                row = self.route(mail(to=f"{alias}@example.com", sender="anna@example.com"))
                self.assertEqual(row.state, "routed")
                message = row.route_ids.mail_message_id
                self.assertFalse(message.author_id)
                self.assertIn("anna@example.com", message.email_from)
                self.assertNotEqual(message.create_uid, user)

    def test_alias_for_followers_refuses_an_unverified_colleague(self):
        self.env["res.users"].create(
            {"name": "Anna", "login": "anna@example.com", "email": "anna@example.com"}
        )
        self.sales.alias_contact = "partners"
        row = self.route(mail(sender="anna@example.com"))
        self.assertEqual((row.state, row.reason), ("quarantined", "alias"))
        self.assertFalse(row.route_ids)

    def test_refused_sender_waits_and_gets_no_bounce(self):
        self.sales.alias_contact = "followers"
        before = self.env["mail.mail"].search_count([])
        row = self.route(mail())
        self.assertEqual(row.state, "quarantined")
        self.assertIn("sales@example.com", row.explanation)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_fallback_model_takes_the_rest(self):
        self.server.object_id = self.env["ir.model"]._get("crm.lead")
        row = self.route(mail(to="whoever-it-was@example.com"))
        self.assertEqual((row.state, row.reason), ("routed", "fallback"))

    def test_too_many_records_from_one_sender_wait(self):
        self.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 2)
        rows = [self.route(mail(f"Number {number}")) for number in range(3)]
        self.assertEqual([row.reason for row in rows], ["alias", "alias", "rate"])
        self.assertEqual(rows[2].state, "quarantined")

    def _returned(self, sent, number):
        return self.route(
            mail(
                REPORT.format(message_id=sent.message_id, number=number),
                sender="MAILER-DAEMON@mx.customer.test",
                to="catchall@example.com",
                Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
                Return_Path="<>",
            )
        )

    def test_bounce_turns_the_notification_to_failed(self):
        lead = self.record(self.route(mail()))
        partner = self.env["res.partner"].create({"name": "Carla", "email": "carla@customer.test"})
        seller = self.env["res.users"].create(
            {"name": "Seller", "login": "seller", "email": "seller@elsewhere.test"}
        )
        sent = lead.message_post(
            body="Offer",
            author_id=seller.partner_id.id,
            partner_ids=partner.ids,
            subtype_xmlid="mail.mt_comment",
        )
        row = self._returned(sent, 1)
        self.assertEqual((row.state, row.reason), ("ignored", "bounce"))
        self.assertFalse(row.route_ids)
        notification = sent.notification_ids.filtered(lambda n: n.res_partner_id == partner)
        self.assertEqual(notification.notification_status, "bounce")
        self.assertIn("carla@customer.test", notification.failure_reason)
        self.assertIn("no such user", notification.failure_reason)
        # The author is told once, in Odoo; anybody could write such a report, so it is not counted.
        told = [("partner_ids", "in", seller.partner_id.ids), ("subject", "like", "Not delivered")]
        self._returned(sent, 2)
        self.assertEqual(self.env["mail.message"].search_count(told), 1)
        if "message_bounce" in partner._fields:
            self.assertEqual(partner.message_bounce, 0)


@tagged("post_install", "-at_install")
class TestBrokenMail(CatchallCase):
    """What strangers' programs write: each message that names an alias creates its record."""

    def _routed(self, source):
        row = self.route(source)
        self.assertEqual(row.state, "routed", row.explanation)
        return row

    def test_missing_headers(self):
        for name in ("subject", "sender", "message_id"):
            with self.subTest(missing=name):
                value = "" if name == "message_id" else None
                self._routed(mail(f"Without {name}", **{name: value}))

    def test_without_date(self):
        source = mail("Without date").replace(b"Date: Mon, 02 Nov 2026 09:59:58 +0000\r\n", b"")
        self._routed(source)

    def test_unknown_charset(self):
        row = self._routed(mail("Grüße", Content_Type="text/plain; charset=x-unknown-9"))
        self.assertIn("Grüße", row.route_ids.mail_message_id.body)

    def test_unknown_charset_of_latin_text(self):
        source = mail("Gr\xfc\xdfe", Content_Type="text/plain; charset=x-unknown-9")
        row = self._routed(source.replace("Grüße".encode(), b"Gr\xfc\xdfe"))
        self.assertIn("Grüße", row.route_ids.mail_message_id.body)

    def test_nul_bytes(self):
        row = self._routed(mail("One\0two", subject="A\0B"))
        self.assertEqual(self.record(row).name, "AB")

    def test_raw_eight_bit_header(self):
        row = self._routed(
            mail(subject="Preisanfrage für Möbel", sender='"Jörg" <jo@customer.test>')
        )
        self.assertEqual(self.record(row).name, "Preisanfrage für Möbel")

    def test_nested_parts(self):
        head = "".join(
            f'--p{level}\r\nContent-Type: multipart/mixed; boundary="p{level + 1}"\r\n\r\n'
            for level in range(120)
        )
        body = f"{head}--p120\r\nContent-Type: text/plain\r\n\r\nDeep\r\n"
        self._routed(mail(body, Content_Type='multipart/mixed; boundary="p0"'))

    def test_many_attachments(self):
        part = (
            "--b\r\nContent-Type: application/octet-stream\r\n"
            "Content-Disposition: attachment; filename=a\r\n\r\nx\r\n"
        )
        row = self._routed(mail(part * 3000, Content_Type='multipart/mixed; boundary="b"'))
        # more than its limit of parts: the message as it came is attached, and has them all
        self.assertEqual(row.route_ids.mail_message_id.attachment_ids.mapped("name"), [ORIGINAL])

    def test_broken_forward_inside(self):
        body = """\
        --b
        Content-Type: text/plain

        See below
        --b
        Content-Type: message/rfc822

        From: =?x-none?b?AAAA?= <
        To: \udcff\udcfe
        Content-Type: text/plain; charset=nope
        Content-Transfer-Encoding: base64

        %%%%
        --b--
        """.replace("\udcff\udcfe", "?")
        source = mail(body, Content_Type='multipart/mixed; boundary="b"').replace(
            b"To: ?", b"To: \xff\xfe"
        )
        self._routed(source)


@tagged("post_install", "-at_install")
class TestCompanies(CatchallCase):
    def test_the_domain_says_whose_mail_it_is(self):
        other = self.env["res.company"].create({"name": "Other"})
        domain = self.env["mail.alias.domain"].create({"name": "other.example"})
        other.alias_domain_id = domain
        self.server.alias_domain_ids |= domain
        self.env["mail.alias"].create(
            {
                "alias_name": "sales",
                "alias_domain_id": domain.id,
                "alias_model_id": self.env["ir.model"]._get_id("crm.lead"),
            }
        )
        self.assertEqual(self.route(mail(to="sales@other.example")).company_id, other)
        self.assertEqual(self.route(mail(to="sales@example.com")).company_id, self.env.company)


@tagged("post_install", "-at_install")
class TestUsersAndTokens(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.env["res.users"].create(
            {"name": "Anna", "login": "anna@example.com", "email": "anna@example.com"}
        )
        cls.carla = cls.env["res.partner"].create({"name": "Carla", "email": "carla@customer.test"})

    def _token(self, record, parent=None, partner=None, issued=None):
        directory = Batch(self.env).directory
        policy = directory.policy(self.server)
        token = ReplyToken(
            model_id=self.env["ir.model"]._get_id(record._name),
            res_id=record.id,
            parent_id=parent.id if parent else 0,
            partner_id=partner.id if partner else 0,
            issued=issued or date(2026, 11, 1),
        )
        key = TokenKey(policy.secret, policy.database)
        return f"reply-{make_reply_token(key, token)}@example.com"

    def test_mail_to_a_user_lands_in_the_inbox_and_is_not_mailed_back(self):
        before = self.env["mail.mail"].search_count([])
        part = (
            "--b\r\nContent-Type: text/plain\r\n\r\nFor you\r\n"
            "--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt"
            "\r\n\r\nattached\r\n--b--\r\n"
        )
        row = self.route(
            mail(part, to="anna@example.com", Content_Type='multipart/mixed; boundary="b"')
        )
        self.assertEqual((row.state, row.reason), ("routed", "user"), row.explanation)
        message = row.route_ids.mail_message_id
        self.assertEqual(message.notification_ids.res_partner_id, self.anna.partner_id)
        self.assertEqual(message.notification_ids.notification_type, "inbox")
        self.assertIn("For you", message.body)
        self.assertEqual(message.attachment_ids.mapped("name"), ["a.txt"])
        self.assertEqual(message.author_id, self.carla)
        self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_signed_address_finds_the_record_without_references(self):
        lead = self.env["crm.lead"].create({"name": "Offer", "partner_id": self.carla.id})
        asked = lead.message_post(body="Colour?", message_type="comment")
        row = self.route(mail("Blue", to=self._token(lead, asked, self.carla)))
        self.assertEqual((row.state, row.reason), ("routed", "reply"), row.explanation)
        self.assertEqual(self.record(row), lead)
        self.assertEqual(row.route_ids.mail_message_id.parent_id, asked)

    def test_stranger_with_a_signed_address_leaves_an_internal_note(self):
        lead = self.env["crm.lead"].create({"name": "Offer", "partner_id": self.carla.id})
        asked = lead.message_post(body="Colour?", message_type="comment")
        lead.message_subscribe(self.carla.ids)
        row = self.route(
            mail("Hi", to=self._token(lead, asked, self.carla), sender="mallory@evil.test")
        )
        message = row.route_ids.mail_message_id
        self.assertEqual(self.record(row), lead)
        self.assertEqual(message.subtype_id, self.env.ref("mail.mt_note"))
        self.assertNotIn(self.carla, message.notification_ids.res_partner_id)

    def test_forged_token_waits(self):
        lead = self.env["crm.lead"].create({"name": "Offer", "partner_id": self.carla.id})
        address = self._token(lead, partner=self.carla)
        forged = address.replace(address[12:14], "zz" if address[12:14] != "zz" else "yy", 1)
        row = self.route(mail(to=forged))
        self.assertEqual(row.state, "quarantined")

    def test_answer_to_a_closed_record_opens_a_new_one_linked(self):
        lead = self.env["crm.lead"].create(
            {"name": "Lost", "partner_id": self.carla.id, "active": False}
        )
        row = self.route(mail("Again", to=self._token(lead, partner=self.carla)))
        self.assertEqual(row.state, "routed", row.explanation)
        new = self.record(row)
        self.assertNotEqual(new, lead)
        self.assertIn("Lost", " ".join(new.message_ids.mapped("body")))

    def test_mistyped_alias_is_delivered(self):
        row = self.route(mail(to="slaes@example.com"))
        self.assertEqual((row.state, row.reason), ("routed", "near_miss"), row.explanation)
        self.assertEqual(row.route_ids.alias_id, self.sales)

    def test_mistyped_user_is_suggested_only(self):
        self.env["res.users"].create(
            {"name": "Miriam", "login": "miriam@example.com", "email": "miriam@example.com"}
        )
        row = self.route(mail(to="mirian@example.com"))
        self.assertEqual((row.state, row.reason), ("quarantined", "unmatched"))
        self.assertIn("miriam@example.com", str(row.facts))
