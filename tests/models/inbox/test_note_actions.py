"""Who makes an ordinary message of an email that stays internal, and what becomes of it then."""

from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...kit.common import mail
from ...kit.note_case import NoteCase

BOSS = "Boss <boss@example.com>"
ATTACHED = (
    "--b\r\nContent-Type: text/plain\r\n\r\nSee the file\r\n"
    "--b\r\nContent-Type: text/plain\r\n"
    "Content-Disposition: attachment; filename=a.txt\r\n\r\nattached\r\n--b--\r\n"
)


@tagged("post_install", "-at_install")
class TestRelease(NoteCase):
    def note(self, sender=BOSS, **headers):
        return self.message(self.reply(sender, **headers))

    def release(self, note, user):
        return self.act(lambda: note.with_user(user).catchall_release())

    def test_the_colleague_releases_it_under_their_own_name(self):
        note = self.note()
        before = self.env["mail.message"].search_count([("model", "=", "crm.lead")])
        self.release(note, self.boss)
        self.assertEqual(note.author_id, self.boss.partner_id)
        self.assertEqual(note.subtype_id, self.env.ref("mail.mt_comment"))
        self.assertFalse(note.is_internal or note.sudo().catchall_note)
        self.assertNotIn("Not proved", note.body)
        self.assertIn("bank account", note.body)
        self.assertIn(self.customer, note.notified_partner_ids)
        (left,) = [item for item in self.left if "carla@customer.test" in item.to]
        self.assertEqual(left.sender, "boss@example.com")
        self.assertNotIn("Not proved", left.text)
        told = note.notification_ids.mapped("res_partner_id.email")
        self.assertEqual(len(told), len(set(told)), "each is told once")
        after = self.env["mail.message"].search_count([("model", "=", "crm.lead")])
        self.assertEqual(after - before, 1, "and the record says who did it")
        self.assertIn("Released", self.lead.message_ids[0].body)
        self.assertEqual(self.lead.message_ids[0].author_id, self.boss.partner_id)

    def test_it_is_kept_with_the_received_email(self):
        row = self.reply(BOSS)
        self.release(self.message(row), self.boss)
        route = row.route_ids
        self.assertEqual(
            (route.note, route.note_action, route.note_user_id),
            ("unproven", "released", self.boss),
        )
        self.assertTrue(route.note_date)

    def test_not_twice(self):
        note = self.note()
        self.release(note, self.boss)
        with self.assertRaises(UserError):
            self.release(note, self.boss)

    def test_nobody_else_releases_it(self):
        portal = new_test_user(self.env, "portal_note", "base.group_portal")
        for sender, users in (
            (BOSS, (self.colleague, self.remote, self.env.ref("base.user_admin"), portal)),
            ("remote@gmail.test", (self.boss,)),
            ("leaver@gmail.test", (self.boss, self.leaver)),
            ("ceo@example.com", (self.boss,)),
        ):
            note = self.note(sender)
            for user in users:
                with self.subTest(sender, user=user.login), self.assertRaises(AccessError):
                    self.release(note, user)
            self.assertEqual(note.sudo().catchall_note, "unproven")

    def test_not_by_whoever_may_no_longer_write_on_the_record(self):
        note = self.note()
        self.boss.group_ids = [(6, 0, self.env.ref("base.group_user").ids)]
        with self.assertRaises(AccessError):
            self.release(note, self.boss)

    def test_nobody_claims_it_by_rpc(self):
        note = self.note()
        values = {"catchall_claimed_id": self.colleague.id}
        with self.assertRaises(AccessError):
            note.with_user(self.colleague).write(values)
        with self.assertRaises(AccessError):
            note.with_user(self.env.ref("base.user_admin")).write({"catchall_note": False})
        with self.assertRaises(ValueError):
            self.lead.with_user(self.colleague).message_post(
                body="x", catchall_note="unproven", **values
            )

    def test_a_user_who_takes_the_address_later_is_not_who_it_claims(self):
        note = self.note()
        self.boss.email = "elsewhere@example.com"
        self.colleague.email = "boss@example.com"
        with self.assertRaises(AccessError):
            self.release(note, self.colleague)

    def test_a_new_record(self):
        row = self.play(mail("From my phone", sender=BOSS))
        note = self.message(row)
        self.release(note, self.boss)
        self.assertEqual(note.author_id, self.boss.partner_id)
        self.assertFalse(note.is_internal)

    def test_it_waits_in_the_inbox_of_the_colleague(self):
        self.boss.notification_type = "inbox"
        self.lead.message_unsubscribe(self.boss.partner_id.ids)
        note = self.note()
        self.assertTrue(note.with_user(self.boss).needaction)
        shown = Store().add(note.with_user(self.boss)).get_result()["mail.message"][0]
        self.assertEqual(shown["catchall_note"], "unproven")
        self.assertEqual(shown["catchall_claimed_id"], self.boss.id)
        now = self.release(note, self.boss)["mail.message"][0]
        self.assertFalse(now["catchall_note"] or now["catchall_claimed_id"])
        self.assertEqual(self.lead.message_ids[1], note)

    def test_others_send_it_on_under_their_own_name(self):
        row = self.reply(BOSS, ATTACHED, Content_Type='multipart/mixed; boundary="b"')
        note = self.message(row)
        self.act(lambda: note.with_user(self.colleague).catchall_send_on())
        sent = self.lead.message_ids[1]
        self.assertEqual(sent.author_id, self.colleague.partner_id)
        self.assertIn("<blockquote", sent.body)
        self.assertIn("See the file", sent.body)
        self.assertNotIn("Not proved", sent.body)
        self.assertEqual(sent.attachment_ids.mapped("name"), ["a.txt"])
        (left,) = [item for item in self.left if "carla@customer.test" in item.to]
        self.assertEqual(left.sender, "colleague@example.com")
        self.assertEqual(note.sudo().catchall_note, "unproven", "the note stays one")
        self.assertFalse(note.author_id)
        self.assertEqual(row.route_ids.note_action, "sent_on")
        self.assertEqual(row.route_ids.note_user_id, self.colleague)


@tagged("post_install", "-at_install")
class TestItIsTheCustomer(NoteCase):
    SENDER = "Carla at home <carla@home.test>"

    def confirm(self, note, user=None):
        return self.act(lambda: note.with_user(user or self.colleague).catchall_is_customer())

    def test_the_address_is_added_to_the_contact(self):
        partner_manager = self.env.ref("base.group_partner_manager")
        self.colleague.group_ids |= partner_manager
        row = self.reply(self.SENDER)
        note = self.message(row)
        self.confirm(note)
        contact = note.author_id
        self.assertEqual(contact.email, "carla@home.test")
        self.assertEqual(contact.parent_id, self.customer)
        self.assertFalse(note.is_internal or note.sudo().catchall_note)
        self.assertNotIn("o_catchall_why", note.body)
        self.assertNotIn(contact, note.notified_partner_ids)
        self.assertIn(self.customer, note.notified_partner_ids)
        self.assertEqual(row.route_ids.note_action, "customer")
        self.assertFalse(self.message(self.reply(self.SENDER, "Again")).is_internal)
        with self.assertRaises(UserError):
            self.confirm(note)

    def test_a_contact_that_is_known_follows(self):
        known = self.env["res.partner"].create({"name": "K", "email": "carla@home.test"})
        note = self.message(self.reply(self.SENDER))
        self.confirm(note)
        self.assertEqual(note.author_id, known)
        self.assertIn(known, self.lead.message_partner_ids)
        self.assertFalse(known.parent_id)

    def test_only_by_who_may_write_on_the_record(self):
        note = self.message(self.reply(self.SENDER))
        for groups in ("base.group_user", "base.group_portal"):
            user = new_test_user(self.env, groups.replace(".", "_"), groups)
            with self.subTest(groups), self.assertRaises(AccessError):
                self.confirm(note, user)
        unproven = self.message(self.reply(BOSS))
        with self.assertRaises(UserError):
            self.confirm(unproven)
