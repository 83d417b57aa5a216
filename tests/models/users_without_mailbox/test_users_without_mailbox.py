"""Users whose address is on the catch-all: what comes back, who is told, and the way round."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...kit.common import DOMAIN, mail
from ...kit.domain_check_case import CheckupCase

PASSWORD_MAIL = (
    "Set your password:"
    " http://odoo.test/web/reset_password?db=x&token={}&signup_email=anna%40example.com"
)


class MailboxCase(CheckupCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls.user("anna", "Anna@example.com")

    @classmethod
    def user(cls, login, email, **values):
        created = new_test_user(cls.env, login, "base.group_user", email=email)
        created.write({"notification_type": "email", **values})
        return created


@tagged("post_install", "-at_install")
class TestUsersWithoutMailbox(MailboxCase):
    def test_who_reads_the_own_mail(self):
        portal = new_test_user(self.env, "pia", "base.group_portal", email="pia@example.com")
        for user, expected in (
            (self.anna, True),
            (self.user("max", "max@example.com", catchall_has_mailbox=True), False),
            (self.user("olga", "olga@elsewhere.test"), False),
            (self.user("robot", "catchall@example.com"), False),
            (self.user("nobody", False), False),
            (portal, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(user.catchall_no_mailbox, expected)
        self.env["fetchmail.server"].search([]).write({"is_catchall": False})
        self.anna.invalidate_recordset()
        self.assertFalse(self.anna.catchall_no_mailbox)

    def test_what_comes_back(self):
        self.assertEqual(
            self.anna.catchall_comes_back, "notifications, invitation, password emails"
        )
        self.anna.action_catchall_use_inbox()
        self.assertEqual(self.anna.catchall_comes_back, "invitation, password emails")
        self.env["res.users.log"].with_user(self.anna).sudo().create({})
        self.anna.invalidate_recordset()
        self.assertEqual(self.anna.catchall_comes_back, "password emails")
        self.anna.action_catchall_has_mailbox()
        self.assertFalse(self.anna.catchall_comes_back)

    def test_the_form_says_so_before_anything_is_lost(self):
        form = Form(self.env["res.users"].with_user(self.system).with_context(no_reset_password=1))
        form.name, form.login = "Nora New", "nora@example.com"
        nora = form.save()
        self.assertTrue(nora.catchall_no_mailbox)
        view = (
            self.env["res.users"]
            .with_user(self.system)
            .get_view(self.env.ref("base.view_users_form").id, "form")
        )
        self.assertIn("action_catchall_invitation", view["arch"])

    def test_a_new_user_is_told_once(self):
        inbox = [
            ("res_partner_id", "=", self.system.partner_id.id),
            ("mail_message_id.subject", "=", f"The mail domain {DOMAIN} needs attention"),
        ]
        Notification = self.env["mail.notification"]
        self.check()
        self.assertFalse(Notification.search(inbox), "who was there from the start is on screen")
        self.user("ben", "ben@example.com")
        self.user("mia", "mia@example.com", catchall_has_mailbox=True)
        self.check()
        message = Notification.search(inbox).mail_message_id
        self.assertIn("ben@example.com", message.body)
        self.assertNotIn("anna@example.com", message.body.lower())
        self.assertNotIn("mia@example.com", message.body)
        self.check()
        self.assertEqual(Notification.search(inbox).mail_message_id, message)

    def test_rows_of_before_say_nothing_of_users(self):
        before, after = self.Checkup.new({}), self.Checkup.new({"known_users": {"ids": [1]}})
        self.assertFalse(after._users_since(before))


@tagged("post_install", "-at_install")
class TestLoginLink(MailboxCase):
    def link(self, user, who):
        action = user.with_user(who).action_catchall_invitation()
        return self.env[action["res_model"]].with_user(who).browse(action["res_id"])

    def test_the_link_lets_the_user_set_a_password(self):
        shown = self.link(self.anna, self.system)
        self.assertIn("/web/signup?", shown.url)
        self.assertEqual(shown.hours, 144)
        token = shown.url.partition("token=")[2].partition("&")[0]
        partner = self.env["res.partner"]._signup_retrieve_partner(token, check_validity=True)
        self.assertEqual(partner, self.anna.partner_id)
        self.env["res.users.log"].with_user(self.anna).sudo().create({})
        self.anna.invalidate_recordset()
        again = self.link(self.anna, self.system)
        self.assertIn("/web/reset_password?", again.url)
        self.assertEqual(again.hours, 4)

    def test_the_link_is_stored_nowhere(self):
        fields = self.env["mail.catchall.invitation"]._fields
        self.assertFalse(fields["url"].store)

    def test_only_who_administers_users_sees_links(self):
        group = "mail_catchall_router.group_catchall_manager"
        manager = new_test_user(self.env, "manager", f"base.group_user,{group}")
        with self.assertRaises(AccessError):
            self.anna.with_user(manager).action_catchall_invitation()
        with self.assertRaises(AccessError):
            self.anna.with_user(self.anna).action_catchall_invitation()
        shown = self.link(self.anna, self.system)
        second = new_test_user(self.env, "second", "base.group_erp_manager")
        for other in (manager, second):
            with self.subTest(user=other.login), self.assertRaises(AccessError):
                shown.with_user(other).read(["url"])
        with self.assertRaises(AccessError):
            self.anna.with_user(manager).read(["catchall_no_mailbox"])

    def test_an_archived_user_gets_none(self):
        self.anna.active = False
        with self.assertRaises(UserError):
            self.link(self.anna, self.system)

    @mute_logger("odoo.addons.auth_signup.models.res_users")
    def test_the_button_that_mails_a_link_says_that_nobody_reads_it(self):
        for user, warned in ((self.anna, True), (self.user("otto", "otto@else.test"), False)):
            with self.subTest(user=user.login):
                params = user.with_user(self.system).action_reset_password()["params"]
                self.assertEqual(params.get("type") == "warning", warned)
                self.assertEqual(user.name in params["message"], warned)

    @mute_logger("odoo.addons.auth_signup.models.res_users")
    def test_a_forgotten_password_is_told_to_who_can_help_once_a_day(self):
        inbox = [
            ("res_partner_id", "=", self.system.partner_id.id),
            ("mail_message_id.subject", "=", "anna needs a new password"),
        ]
        self.anna.name = "anna"
        # as the login page does (auth_signup, controllers/main.py)
        public = self.env.ref("base.public_user")
        users = self.env["res.users"].with_user(public).sudo()
        users.reset_password("anna")
        users.reset_password("anna")
        told = self.env["mail.notification"].search(inbox)
        self.assertEqual(len(told), 1)
        self.assertIn("anna@example.com", told.mail_message_id.body)
        self.assertNotIn("token", told.mail_message_id.body)
        self.anna.catchall_link_asked = "2020-01-01"
        users.reset_password("anna")
        self.assertEqual(len(self.env["mail.notification"].search(inbox)), 2)
        self.user("otto", "otto@else.test")
        users.reset_password("otto")
        told = [inbox[0], ("mail_message_id.subject", "ilike", "otto")]
        self.assertFalse(self.env["mail.notification"].search(told))

    def test_whoever_sorts_the_mail_does_not_see_the_link(self):
        """A password message that comes back must not make its reader somebody else."""
        token = self.anna.partner_id._generate_signup_token()
        password_mail = PASSWORD_MAIL.format(token)
        for body, headers in (
            (password_mail, {}),
            (
                f'<p><a href="{password_mail.partition(": ")[2].replace("&", "&amp;")}">Set</a>',
                {"Content_Type": "text/html; charset=utf-8"},
            ),
        ):
            with self.subTest(headers=headers):
                row = self.route(self.mail_to_anna(body, headers))
                group = "mail_catchall_router.group_catchall_user"
                clerk = new_test_user(self.env, f"clerk{row.id}", f"base.group_user,{group}")
                shown = row.with_user(clerk).body
                self.assertIn("/web/reset_password", shown)
                self.assertNotIn(token, shown)
                with self.assertRaises(AccessError):
                    row.with_user(clerk).read(["source"])
                self.assertIn(token.encode(), row._read_source())

    def mail_to_anna(self, body, headers):
        return mail(body, to="anna@example.com", envelope="anna@example.com", **headers)
