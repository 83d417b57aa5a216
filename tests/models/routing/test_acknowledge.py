"""What a record sends by itself to the sender: to whom it leaves, and what becomes of the rest."""

from datetime import timedelta
from email.header import decode_header, make_header

from odoo import fields
from odoo.addons.mail.tests.common import MockEmail
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import new_test_user, tagged

from ....models.routing.delivery import Delivery
from ....models.routing.held_back import AutomaticReplies
from ....models.routing.routing_context import Batch
from ...kit.common import CatchallCase, deliver, mail

RESULTS = "Authentication-Results: mail.example.com; "
SPAM = "BUY http://evil.test/ NOW"


class AcknowledgeCase(CatchallCase, MockEmail):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        job = cls.env["hr.job"].create({"name": "Cook"})
        cls.jobs = cls.alias("jobs", "hr.applicant", defaults=repr({"job_id": job.id}))
        cls.template = cls.env["mail.template"].create(
            {
                "name": "Received",
                "model_id": cls.env["ir.model"]._get_id("hr.applicant"),
                "subject": "Re: {{ object.partner_name }}",
                "body_html": "<p>Dear <t t-out='object.partner_name'/>, <a href='http://our.test'>"
                "thank you</a>.</p>",
                "use_default_to": True,
                "auto_delete": True,
            }
        )
        cls.stages = cls.env["hr.recruitment.stage"].search([])
        cls.stages.template_id = cls.template

    def apply(self, sender="anna@bank.test", results=None, to="jobs@example.com", **headers):
        """Route an application; return its record."""
        source = mail(to=to, sender=sender, **headers)
        if results:
            source = f"{RESULTS}{results}\r\n".encode() + source
        self.row = self.route(source)
        self.assertEqual(self.row.state, "routed", self.row.explanation)
        return self.record(self.row)

    def proved(self, sender="anna@bank.test", **headers):
        address = sender.rpartition("<")[2].strip(">")
        domain = address.rpartition("@")[2]
        return self.apply(sender, f"dkim=pass header.d={domain}", **headers)

    def mails_of(self, record):
        mails = self.env["mail.mail"].search([("res_id", "=", record.id)], order="id")
        return mails.filtered(lambda item: item.model == record._name)

    def leaving(self, record):
        return self.mails_of(record).filtered(lambda item: item.state == "outgoing")

    def assert_thanked(self, record):
        self.assertEqual(len(self.leaving(record)), 1, self.row.trace)
        self.assertFalse(self.notes(record))

    def age(self, **time):
        for item in self.env["mail.catchall.acknowledged"].search([]):
            item.sent_date -= timedelta(**time)

    def notes(self, record):
        held = self.env.ref("mail_catchall_router.mt_held_back")
        return record.message_ids.filtered(lambda item: item.subtype_id == held)

    def assert_held(self, record, reason):
        self.assertFalse(self.leaving(record), reason)
        held = self.mails_of(record).filtered("catchall_held")
        self.assertEqual(set(held.mapped("state")), {"cancel"})
        self.assertEqual(set(held.mapped("catchall_held")), {reason})
        self.assertEqual(held.catchall_held_note_id, self.notes(record))
        self.assertIn("held back", self.notes(record)[:1].body)
        return held


@tagged("post_install", "-at_install")
class TestAcknowledge(AcknowledgeCase):
    def test_a_proved_applicant_is_thanked_once(self):
        self.assert_thanked(self.proved())
        self.assert_held(self.proved(), "today")
        self.age(hours=25)
        self.assert_thanked(self.proved())

    def test_forged_senders(self):
        """11a, 11c: results that say nothing of this sender, or nothing at all."""
        for number, results in enumerate(
            (
                None,
                "spf=pass smtp.mailfrom=evil.test; dkim=pass header.d=evil.test",
                "spf=softfail smtp.mailfrom=bank.test; dkim=none",
                "dkim=fail header.d=bank.test",
                "spf=pass smtp.helo=bank.test",
                "spf=pass smtp.mailfrom=bank.test.evil.test",
            )
        ):
            with self.subTest(results):
                record = self.apply(f"victim{number}@bank.test", results)
                self.assert_held(record, "unproven")

    def test_forged_senders_of_many_domains(self):
        for number in range(5):
            self.assert_held(self.apply(f"victim@bank{number}.test"), "unproven")

    def test_never_at_failed(self):
        results = "dmarc=fail (p=none) header.from=bank.test; spf=pass smtp.mailfrom=bank.test"
        self.assert_held(self.apply(results=results), "failed")

    def test_spf_of_the_senders_own_domain(self):
        record = self.apply("anna@bank.test", "spf=pass smtp.mailfrom=bank.test")
        self.assert_thanked(record)
        # A subdomain may be a customer's of the domain's owner.
        record = self.apply("anna2@bank.test", "spf=pass smtp.mailfrom=bounces.bank.test")
        self.assert_held(record, "unproven")

    def test_reply_to_of_a_verified_stranger(self):
        """11e: whoever owns a domain puts the victim into Reply-To."""
        for number, (sender, results) in enumerate(
            (
                ("no-reply@evil.test", "dkim=pass header.d=evil.test"),
                ("no-reply@bank.test", "spf=pass smtp.mailfrom=bank.test"),
                ("notifications@evil.test", "dmarc=pass header.from=evil.test"),
                ("alert@evil.test", "spf=pass smtp.mailfrom=evil.test"),
                ("mailer@bank.test", "dkim=pass header.d=bank.test"),
            )
        ):
            with self.subTest(sender=sender):
                victim = f"victim{number}@bank.test"
                record = self.apply(sender, results, Reply_To=victim)
                self.assertEqual(self.row.contact, victim)
                self.assert_held(record, "form")

    def test_a_proved_person_is_thanked_at_from(self):
        record = self.proved("info@evil.test", Reply_To="victim@bank.test")
        self.assertEqual(self.leaving(record)._catchall_addresses(), ["info@evil.test"])

    def test_sub_addresses_are_one_mailbox(self):
        """11g, with the case of letters and Gmail's dots."""
        for senders in (
            [f"writer+{number}@bank.test" for number in range(3)],
            ["writer@shop.test", "Writer+x@shop.test", "WRITER@SHOP.TEST"],
            ["jo.hn@gmail.com", "john@gmail.com", "j.ohn+a@googlemail.com"],
        ):
            with self.subTest(senders[0]):
                self.assert_thanked(self.proved(senders[0]))
                for sender in senders[1:]:
                    self.assert_held(self.proved(sender), "today")

    def test_once_a_day_whatever_the_alias(self):
        self.alias("careers", "hr.applicant", defaults=self.jobs.alias_defaults)
        self.assert_thanked(self.proved())
        self.assert_held(self.proved(to="careers@example.com"), "today")

    def test_who_asks_for_no_reply(self):
        for number, headers in enumerate(
            (
                {"Auto_Submitted": "auto-generated"},
                {"Precedence": "bulk"},
                {"X_Auto_Response_Suppress": "OOF, AutoReply"},
                {"X_Auto_Response_Suppress": "All"},
                {"Return_Path": "<>"},
            )
        ):
            with self.subTest(headers):
                record = self.proved(f"anna{number}@bank.test", **headers)
                self.assert_held(record, "automatic")
        self.assert_thanked(self.proved("oof@bank.test", X_Auto_Response_Suppress="OOF"))

    def test_an_absence_notice_makes_and_answers_nothing(self):
        """Nk."""
        for headers in (
            {"Auto_Submitted": "auto-replied"},
            {"Precedence": "auto_reply"},
            {"X_Autoreply": "yes"},
            {"X_Autorespond": "Out of office"},
            {"X_Autoresponse": "vacation"},
        ):
            with self.subTest(headers):
                row = self.route(mail(to="jobs@example.com", sender="away@private.test", **headers))
                self.assertFalse(row.route_ids)
                self.assertFalse(self.env["mail.mail"].search([("email_to", "ilike", "away@")]))

    def test_never(self):
        self.server.acknowledge = "never"
        self.assert_held(self.proved(), "never")

    def test_known(self):
        self.server.acknowledge = "known"
        self.assert_held(self.apply(), "unproven")
        self.proved("Anna <anna@bank.test>")
        self.env["mail.catchall.acknowledged"].search([]).unlink()
        self.assert_thanked(self.apply())
        self.assert_held(self.apply("victim@bank.test", Reply_To="anna@bank.test"), "unproven")

    def test_known_by_what_a_colleague_wrote(self):
        self.server.acknowledge = "known"
        partner = self.env["res.partner"].create({"name": "Paul", "email": "paul@bank.test"})
        lead = self.env["crm.lead"].create({"name": "Offer"})
        with self.mock_mail_gateway():
            lead.message_post(body="Our offer", partner_ids=partner.ids, message_type="comment")
        self.assert_thanked(self.apply("paul@bank.test"))

    def test_limits(self):
        self.server.acknowledge_limit = 20
        for number in range(2):
            self.assert_thanked(self.proved(f"a{number}@sub{number}.flood.test"))
        self.assert_held(self.proved("a3@flood.test"), "domain")
        self.assert_thanked(self.proved("anna@quiet.test"))
        for number in range(10):
            self.assert_thanked(self.proved(f"free{number}@gmail.com"))
        self.assert_held(self.proved("free10@gmail.com"), "domain")
        self.assert_thanked(self.proved("anna@honest.test"))
        with self.assertRaises(ValidationError):
            self.server.acknowledge_limit = 0

    def test_limit_of_the_account(self):
        self.server.acknowledge_limit = 3
        for number in range(3):
            self.assert_thanked(self.proved(f"anna@domain{number}.test"))
        self.assert_held(self.proved("anna@domain3.test"), "account")
        self.age(hours=2)
        self.assert_thanked(self.proved("anna@domain3.test"))

    def test_a_form_that_the_alias_lists(self):
        form, visitor = "wordpress@web.test", {"Reply_To": "visitor@private.test"}
        proof = "dkim=pass header.d=web.test"
        self.assert_held(self.apply(form, proof, **visitor), "form")
        for listed in ("wordpress@web.test", "other.test, @Web.Test"):
            with self.subTest(listed):
                self.jobs.catchall_answered_forms = listed
                self.assert_held(self.apply(form, **visitor), "form_unproven")
                self.env["mail.catchall.acknowledged"].search([]).unlink()
                generated = {**visitor, "Auto_Submitted": "auto-generated"}
                self.assert_thanked(self.apply(form, proof, **generated))
                self.assert_held(self.apply(form, proof, **visitor), "today")
        failed = "dmarc=fail (p=none) header.from=web.test"
        self.assert_held(self.apply(form, failed, **visitor), "failed")
        self.jobs.catchall_answered_forms = "other@web.test"
        self.assert_held(self.apply(form, proof, **visitor), "form")

    def test_whom_the_message_only_names(self):
        self.template.write(
            {"use_default_to": False, "email_to": "victim@bank.test, hr@agency.test"}
        )
        record = self.proved("anna@shop.test", Cc="Victim <victim@bank.test>")
        self.assertEqual(self.leaving(record)._catchall_addresses(), ["hr@agency.test"])
        held = self.mails_of(record) - self.leaving(record)
        self.assertEqual(held._catchall_addresses(), ["victim@bank.test"])
        self.assertEqual(held.catchall_held, "named")
        self.assertEqual(len(self.notes(record)), 1)

    def test_who_follows_already_is_told(self):
        lead = self.env["crm.lead"].create({"name": "Offer", "email_from": "anna@bank.test"})
        follower = self.env["res.partner"].create({"name": "Fred", "email": "fred@partner.test"})
        lead.message_subscribe(follower.ids)
        asked = lead.message_post(
            body="Which?", message_type="comment", subtype_xmlid="mail.mt_comment"
        )
        paul = self.env["res.partner"].create({"name": "Paul", "email": "paul@bank.test"})
        lead.partner_id = paul
        known, names = (
            ["fred@partner.test", "paul@bank.test"],
            "Fred+x@partner.test, paul@bank.test",
        )
        row = self.receive(
            mail(
                sender="anna@bank.test",
                to="catchall@example.com",
                In_Reply_To=asked.message_id,
                Cc=f"{names}, other@victim.test, boss@example.com",
            )
        )
        delivery = Delivery(row, Batch(self.env))
        decision = delivery.decide()
        replies = AutomaticReplies(delivery, decision, decision.routes[0])
        for address, concerned in (
            ("anna@bank.test", True),
            ("other@victim.test", True),
            ("boss@example.com", False),
            ("unnamed@agency.test", False),
            *((address, False) for address in known),
        ):
            with self.subTest(address):
                self.assertIs(replies._is_concerned(address), concerned)
        deliver(row)
        told = [a for item in self.leaving(lead) for a in item._catchall_addresses()]
        self.assertNotIn("other@victim.test", told)

    def test_colleagues_are_told_as_ever(self):
        boss = new_test_user(
            self.env,
            "the_boss",
            "hr_recruitment.group_hr_recruitment_user",
            email="boss@example.com",
            notification_type="email",
        )
        for job in self.env["hr.job"].search([]):
            job.message_subscribe(
                boss.partner_id.ids, self.env["mail.message.subtype"].search([]).ids
            )
        record = self.apply("victim@bank.test")
        told = [a for item in self.leaving(record) for a in item._catchall_addresses()]
        self.assertEqual(set(told), {"boss@example.com"})
        self.assertEqual(len(self.notes(record)), 1)

    def test_one_email_for_the_sender_and_others_is_divided(self):
        agency = self.env["res.partner"].create({"name": "Agency", "email": "hr@agency.test"})
        partner = self.env["res.partner"].create({"name": "V", "email": "victim@bank.test"})
        self.template.write({"use_default_to": False, "partner_to": f"{agency.id},{partner.id}"})
        record = self.apply("victim@bank.test")
        left = self.leaving(record)
        self.assertEqual(left.recipient_ids, agency)
        held = self.assert_held_beside(record, left)
        self.assertEqual(held.recipient_ids, partner)
        self.assertEqual(held.mail_message_id, left.mail_message_id)
        states = {
            item.res_partner_id: (item.mail_mail_id, item.notification_status)
            for item in left.mail_message_id.notification_ids
        }
        self.assertEqual(states[agency], (left, "ready"))
        self.assertEqual(states[partner], (held, "canceled"))

    def assert_held_beside(self, record, left):
        held = self.mails_of(record) - left
        self.assertEqual((held.state, held.catchall_held), ("cancel", "unproven"))
        return held

    def test_a_delayed_template(self):
        self.template.scheduled_date = "{{ datetime.datetime.now() + datetime.timedelta(hours=1) }}"
        record = self.apply("victim@bank.test")
        self.assert_held(record, "unproven")
        message = record.message_ids.ids
        self.assertFalse(
            self.env["mail.message.schedule"].search([("mail_message_id", "in", message)])
        )
        record = self.proved("anna@shop.test")
        self.assert_thanked(record)
        self.assertGreater(self.leaving(record).scheduled_date, fields.Datetime.now())

    def test_a_message_that_a_person_places(self):
        row = self.route(mail(to="nobody-at-all@example.com", sender="victim@bank.test"))
        row.action_route(alias_id=self.jobs.id)
        self.row = row
        self.assert_held(self.record(row), "unproven")


@tagged("post_install", "-at_install")
class TestHeldBack(AcknowledgeCase):
    def setUp(self):
        super().setUp()
        self.recruiter = new_test_user(
            self.env, "recruiter", "hr_recruitment.group_hr_recruitment_user"
        )
        self.applicant = self.apply("Anna <anna@bank.test>")
        self.held = self.assert_held(self.applicant, "unproven")
        self.note = self.notes(self.applicant)

    def shown(self, note, user):
        store = Store().add(note.with_user(user)).get_result()
        return next(item for item in store["mail.message"] if item["id"] == note.id)

    def test_a_click_sends_it(self):
        self.assertIn("anna@bank.test", self.note.body)
        self.assertIn("nothing proves that this sender", self.note.body)
        self.assertTrue(self.shown(self.note, self.recruiter)["catchall_held"])
        self.note.with_user(self.recruiter).action_catchall_send_held()
        self.assertEqual(self.held.state, "outgoing")
        notifications = self.held.mail_message_id.notification_ids
        self.assertEqual(set(notifications.mapped("notification_status")), {"ready"})
        log = self.applicant.message_ids[0]
        self.assertIn("anna@bank.test", log.body)
        self.assertEqual(log.author_id, self.recruiter.partner_id)
        self.assertFalse(self.shown(self.note, self.recruiter)["catchall_held"])
        with self.assertRaises(UserError):
            self.note.with_user(self.recruiter).action_catchall_send_held()

    def test_what_was_held_back_leaves_unchanged(self):
        self.note.with_user(self.recruiter).action_catchall_send_held()
        with self.mock_mail_gateway(mail_unlink_sent=True):
            self.held.send()
        self.assertEqual([item["smtp_to_list"] for item in self.emails], [["anna@bank.test"]])
        self.assertFalse(self.held.exists(), "what the template deletes is deleted once it left")

    def test_who_may_not_change_the_record_sends_nothing(self):
        plain = new_test_user(self.env, "plain_one", "base.group_user")
        portal = new_test_user(self.env, "portal_one", "base.group_portal")
        reader = new_test_user(
            self.env, "interviewer", "hr_recruitment.group_hr_recruitment_interviewer"
        )
        for user in (plain, portal, reader):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.note.with_user(user).action_catchall_send_held()
        self.assertEqual(self.held.state, "cancel")

    def test_other_messages_hold_nothing(self):
        other = self.applicant.message_ids - self.note
        self.assertNotIn("catchall_held", self.shown(other[0], self.recruiter))
        with self.assertRaises(UserError):
            other[0].with_user(self.recruiter).action_catchall_send_held()

    def test_the_queue_leaves_it_alone(self):
        self.env["mail.mail"].process_email_queue()
        self.assertEqual(self.held.state, "cancel")

    def test_nobody_reads_or_writes_the_counter(self):
        counter = self.env["mail.catchall.acknowledged"].with_user(self.recruiter)
        with self.assertRaises(AccessError):
            counter.search([])
        with self.assertRaises(AccessError):
            counter.create({"mailbox": "a@b.c", "domain": "b.c", "sent_date": "2026-01-01"})

    def test_old_counts_go(self):
        self.proved("anna@shop.test")
        counter = self.env["mail.catchall.acknowledged"]
        counter._gc_acknowledged()
        self.assertTrue(counter.search([]))
        self.age(days=2)
        counter._gc_acknowledged()
        self.assertFalse(counter.search([]))


@tagged("post_install", "-at_install")
class TestStrangersText(AcknowledgeCase):
    def test_name_in_subject_body_and_to(self):
        record = self.proved(f'"{SPAM}" <anna@bank.test>')
        self.assertEqual(record.partner_name, SPAM)
        sent = self.leaving(record)
        self.assertEqual(sent.subject, "Re: BUY NOW")
        self.assertIn("Dear BUY NOW,", sent.body_html)
        self.assertIn('href="http://our.test"', sent.body_html)
        self.assertNotIn("evil", sent.body_html)
        found = sent._prepare_outgoing_list()
        self.assertEqual([item["email_to"] for item in found], [['"BUY NOW" <anna@bank.test>']])

    def test_a_name_beyond_ascii(self):
        name = "=?utf-8?q?B=C3=9CY_http=3A=2F=2Fevil=2Etest=2F_NOW?="
        sent = self.leaving(self.proved(f"{name} <anna@bank.test>"))
        self.assertEqual(sent.subject, "Re: BÜY NOW")
        self.assertNotIn("evil", sent.body_html)
        (found,) = sent._prepare_outgoing_list()
        (written,) = found["email_to"]
        self.assertEqual(str(make_header(decode_header(written))), '"BÜY NOW" <anna@bank.test>')

    def test_subject(self):
        subject = "Win www.evil.test " + "and come soon " * 10
        self.template.subject = "Re: {{ object.message_ids.sorted('id')[:1].subject or '' }}"
        record = self.proved(subject=subject)
        sent = self.leaving(record)
        self.assertLess(len(sent.subject), 70)
        self.assertNotIn("evil", sent.subject)

    def test_what_is_held_back_is_shortened_too(self):
        record = self.apply(f'"{SPAM}" <victim@bank.test>')
        held = self.assert_held(record, "unproven")
        self.assertEqual(held.subject, "Re: BUY NOW")
        self.assertNotIn("evil", held.body_html)
