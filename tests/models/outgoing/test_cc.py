"""Cc: who else got a received email is offered to whoever replies, and gets nothing by itself."""

from odoo.tests import tagged
from odoo.tools.mail import email_normalize

from ...kit.common import CatchallCase, mail

CC = '"Dora" <dora@customer.test>, erik@other.test, Anna <anna@example.com>, sales@example.com'


class CcCase(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = "base.group_user,sales_team.group_sale_manager,base.group_partner_manager"
        cls.anna = cls.env["res.users"].create(
            {
                "name": "Anna",
                "login": "anna",
                "email": "anna@example.com",
                "group_ids": [(6, 0, [cls.env.ref(name).id for name in groups.split(",")])],
            }
        )
        cls.out = cls.env["ir.mail_server"].create(
            {
                "name": "All mail",
                "smtp_host": "smtp.example",
                "smtp_user": "outbox@provider.test",
                "is_catchall": True,
                "catchall_alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )
        cls.carla = cls.env["res.partner"].create({"name": "Carla", "email": "carla@customer.test"})
        cls.known = cls.env["res.partner"].create({"name": "Erik", "email": "erik@other.test"})

    def asked(self, cc=CC, **options):
        """A lead of a customer's email that others got as well."""
        row = self.route(mail("Please", Cc=cc, **options))
        self.env.invalidate_all()
        route = row.route_ids.filtered(lambda item: item.model == "crm.lead")
        return self.env["crm.lead"].browse(route.res_id)

    def suggested(self, lead, **options):
        found = lead.with_user(self.anna)._message_get_suggested_recipients(
            **{"reply_discussion": True, **options}
        )
        return sorted(item["email"] for item in found)

    def offered(self, lead):
        return [item.address for item in lead.with_user(self.anna)._catchall_cc_offered()]

    def reply(self, lead, *cc, subtype="mail.mt_comment", user=None, **values):
        """What a reply queues: the addresses of its emails, sorted."""
        before = self.env["mail.mail"].search([])
        message = lead.with_user(user or self.anna).with_context(mail_notify_force_send=False)
        message = message.message_post(
            body="Yes", message_type="comment", subtype_xmlid=subtype, catchall_cc=list(cc),
            **{"partner_ids": self.carla.ids, **values},
        )  # fmt: skip
        mails = self.env["mail.mail"].search([]) - before
        to = [mails.filtered("email_to").mapped("email_to"), mails.recipient_ids.mapped("email")]
        return message, sorted(email_normalize(item) for some in to for each in some
                               for item in each.split(","))  # fmt: skip


@tagged("post_install", "-at_install")
class TestCcOffered(CcCase):
    def test_who_else_got_it_is_shown(self):
        lead = self.asked(to='sales@example.com, "Finn" <finn@third.test>')
        message = lead.message_ids.filtered(lambda item: item.message_type == "email")
        self.assertEqual(
            message.catchall_others,
            [["Finn", "finn@third.test"], ["Dora", "dora@customer.test"], ["", "erik@other.test"]],
        )
        self.assertFalse(self.asked(cc="sales@example.com").message_ids.filtered("catchall_others"))

    def test_who_is_offered(self):
        lead = self.asked()
        self.assertEqual(self.offered(lead), ["dora@customer.test", "erik@other.test"])
        lead.message_subscribe(self.known.ids)
        self.assertEqual(self.offered(lead), ["dora@customer.test"])

    def test_none_of_ours(self):
        user = "old@example.com, outbox@provider.test, catchall@example.com, bounce@example.com"
        lead = self.asked(
            cc=f"{user}, sales+x@example.com, nobody@example.com, carla@customer.test"
        )
        self.assertEqual(self.offered(lead), [])

    def test_nobody_gets_anything_by_itself(self):
        lead = self.asked()
        self.assertEqual(self.suggested(lead), ["carla@customer.test"])
        _message, to = self.reply(lead)
        self.assertEqual(to, ["carla@customer.test"])
        self.assertEqual(self.offered(lead), ["dora@customer.test", "erik@other.test"])
        self.assertEqual(self.suggested(lead), ["carla@customer.test"])
        self.assertFalse(self.env["res.partner"].search([("email", "=", "dora@customer.test")]))

    def test_reply_all_makes_no_contacts(self):
        lead = self.asked(sender="New <new@customer.test>")
        message = lead.message_ids.filtered(lambda item: item.message_type == "email")
        found = lead.with_user(self.anna)._message_get_suggested_recipients(
            reply_message=message, no_create=False
        )
        self.assertEqual([item["email"] for item in found], ["new@customer.test"])
        self.assertTrue(found[0]["partner_id"])
        self.assertFalse(self.env["res.partner"].search([("email", "=", "dora@customer.test")]))

    def test_whom_somebody_of_ours_has_chosen_stays(self):
        lead = self.asked()
        self.reply(lead, partner_ids=(self.carla | self.known).ids)
        self.assertEqual(self.suggested(lead), ["carla@customer.test", "erik@other.test"])

    def test_a_note_offers_nobody(self):
        lead = self.asked(cc="sales@example.com")
        asked = lead.message_post(body="x", message_type="comment")
        row = self.route(
            mail(
                "I know",
                sender="mallory@evil.test",
                to="catchall@example.com",
                In_Reply_To=asked.message_id,
                Cc="victim@other.test",
            )
        )
        self.assertEqual(self.record(row), lead)
        row.route_ids.mail_message_id.sudo().incoming_email_cc = "victim@other.test"
        self.assertEqual(self.offered(lead), [])
        _message, to = self.reply(lead, "victim@other.test")
        self.assertEqual(to, ["carla@customer.test"])

    def test_what_odoo_received_itself_is_as_ever(self):
        lead = self.env["crm.lead"].create({"name": "Plain", "partner_id": self.carla.id})
        lead.message_post(
            body="Hello", message_type="email", subtype_xmlid="mail.mt_comment",
            author_id=self.carla.id, incoming_email_cc="dora@customer.test",
        )  # fmt: skip
        self.assertEqual(self.suggested(lead), ["carla@customer.test", "dora@customer.test"])
        self.assertEqual(self.offered(lead), [])


@tagged("post_install", "-at_install")
class TestCcChosen(CcCase):
    def test_who_is_chosen_gets_it_once(self):
        lead = self.asked()
        message, to = self.reply(lead, "Dora@customer.test", "dora@customer.test")
        self.assertEqual(to, ["carla@customer.test", "dora@customer.test"])
        self.assertEqual(message.outgoing_email_to, '"Dora" <dora@customer.test>')
        notified = message.notification_ids.filtered("mail_email_address")
        self.assertEqual(notified.mapped("mail_email_address"), ["dora@customer.test"])
        self.assertFalse(self.env["res.partner"].search([("email", "=", "dora@customer.test")]))
        self.assertNotIn(self.known, lead.message_partner_ids)

    def test_a_contact_in_to_gets_it_once(self):
        lead = self.asked()
        people = (self.carla | self.known).ids
        _message, to = self.reply(lead, "erik@other.test", partner_ids=people)
        self.assertEqual(to, ["carla@customer.test", "erik@other.test"])

    def test_only_those_who_were_named(self):
        lead = self.asked()
        for wrong in ("x@evil.test", "anna@example.com", "sales@example.com", "", 7, None):
            with self.subTest(wrong):
                self.assertEqual(self.reply(lead, wrong)[1], ["carla@customer.test"])

    def test_a_note_goes_to_nobody(self):
        lead = self.asked()
        message, to = self.reply(lead, "dora@customer.test", subtype="mail.mt_note", partner_ids=[])
        self.assertEqual((to, message.outgoing_email_to), ([], False))
        _message, to = self.reply(lead, "dora@customer.test", subtype=None, partner_ids=[])
        self.assertEqual(to, [])

    def test_a_portal_user_chooses_nobody(self):
        lead = self.asked()
        portal = self.env["res.users"].create(
            {"name": "P", "login": "p@portal.test", "email": "p@portal.test",
             "group_ids": [(6, 0, [self.env.ref("base.group_portal").id])]}
        )  # fmt: skip
        values = {"subtype_xmlid": "mail.mt_comment"}
        self.assertFalse(lead.with_user(portal).sudo()._catchall_may_cc(values))
        self.assertTrue(lead.with_user(self.anna).sudo()._catchall_may_cc(values))

    def test_their_reply_comes_back(self):
        lead = self.asked()
        message, _to = self.reply(lead, "dora@customer.test")
        row = self.route(
            mail(
                "Thanks",
                sender="dora@customer.test",
                to="catchall@example.com",
                In_Reply_To=message.message_id,
            )
        )
        self.assertEqual((row.state, self.record(row)), ("routed", lead))
        posted = row.route_ids.mail_message_id
        self.assertEqual(posted.subtype_id, self.env.ref("mail.mt_comment"), "no note")

    def test_the_composer(self):
        lead = self.asked()
        values = {"model": "crm.lead", "res_ids": lead.ids, "partner_ids": self.carla.ids}
        Composer = self.env["mail.compose.message"].with_user(self.anna)
        composer = Composer.create({**values, "subject": "S", "body": "<p>Yes</p>"})
        self.assertEqual(
            composer.catchall_cc,
            [{"name": "Dora", "email": "dora@customer.test", "chosen": False},
             {"name": "", "email": "erik@other.test", "chosen": False}],
        )  # fmt: skip
        sent = composer._action_send_mail()[1]
        self.assertFalse(sent.outgoing_email_to)
        picked = Composer.with_context(catchall_cc_chosen=["dora@customer.test"]).create(
            {**values, "subject": "S", "body": "<p>Yes</p>"}
        )
        self.assertEqual([item["chosen"] for item in picked.catchall_cc], [True, False])
        sent = picked._action_send_mail()[1]
        self.assertEqual(sent.outgoing_email_to, '"Dora" <dora@customer.test>')
        note = Composer.create({**values, "subtype_id": self.env.ref("mail.mt_note").id})
        self.assertFalse(note.catchall_cc)
        many = Composer.create({**values, "res_ids": (lead | self.asked()).ids})
        self.assertFalse(many.catchall_cc)

    def test_a_scheduled_message(self):
        lead = self.asked()
        composer = self.env["mail.compose.message"].with_user(self.anna).create(
            {
                "model": "crm.lead", "res_ids": lead.ids, "subject": "S", "body": "<p>Later</p>",
                "partner_ids": self.carla.ids, "scheduled_date": "2030-01-01 00:00:00",
                "catchall_cc": [{"name": "", "email": "dora@customer.test", "chosen": True}],
            }
        )  # fmt: skip
        scheduled = composer._action_schedule_message()
        scheduled._post_message()
        message = lead.message_ids.filtered("outgoing_email_to")
        self.assertEqual(message.outgoing_email_to, '"Dora" <dora@customer.test>')
