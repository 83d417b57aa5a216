"""A message that logs somebody in came back: whoever sorts or reads it becomes no such user."""

import base64

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools.misc import hash_sign

from ....models.credentials.login_mail import _is_own_token
from ...kit.common import mail
from ...kit.security_case import MANAGER, SecurityCase


@tagged("post_install", "-at_install")
class TestLoginMail(SecurityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.token = hash_sign(cls.env, "signup", [cls.plain.partner_id.id, [], None, "reset"])
        cls.link = f"http://odoo.test/web/reset_password?db=x&token={cls.token}&y=1"

    def message_of(self, row):
        return row.route_ids.mail_message_id

    def test_who_sorts_does_not_see_it(self):
        row = self.route(mail(self.link, to="nobody-at-all@example.com")).with_user(self.sorter)
        self.assertIn("reset_password", row.body)
        self.assertNotIn(self.token, str(row.read()))

    def test_the_record_that_it_is_routed_to_does_not_show_it(self):
        for to in ("nobody-at-all@example.com", "sales@example.com"):
            with self.subTest(to=to):
                row = self.route(mail(self.link, to=to))
                if row.state == "quarantined":
                    partner = self.env["res.partner"].create({"name": "Somebody"})
                    row.action_route(model="res.partner", res_id=partner.id)
                self.assertEqual(row.state, "routed")
                body = self.message_of(row).body
                self.assertIn("reset_password", body)
                self.assertNotIn(self.token, body)

    def test_nor_does_what_is_attached(self):
        source = mail(
            "--b\r\nContent-Type: text/plain\r\n\r\nsee below\r\n--b\r\n"
            'Content-Type: text/html; name="a.html"\r\n'
            'Content-Disposition: attachment; filename="a.html"\r\n\r\n'
            f"<a href='{self.link}'>x</a>\r\n--b--",
            Content_Type='multipart/mixed; boundary="b"',
        )
        attachments = self.message_of(self.route(source)).attachment_ids
        self.assertEqual(attachments.mapped("name"), ["a.html"])
        self.assertIn(b"reset_password", attachments.raw)
        self.assertNotIn(self.token.encode(), attachments.raw)

    def test_the_exact_bytes_are_for_those_who_may_set_passwords(self):
        source = mail(self.link, to="nobody-at-all@example.com")
        row = self.route(source)
        with self.assertRaisesRegex(AccessError, "log in as somebody else"):
            row.with_user(self.manager).action_download()
        self.assertFalse(row.with_user(self.manager).source)
        both = new_test_user(self.env, "both", f"base.group_erp_manager,{MANAGER}")
        self.assertEqual(base64.b64decode(row.with_user(both).source), source)
        self.assertTrue(row.with_user(both).action_download())

    def test_links_of_others_are_their_own_business(self):
        """A vendor's Odoo invites a colleague of ours: that must work."""
        for token in ("S3cretToken.abc", "x", "%FF", self.token[:-3] + "AAA"):
            with self.subTest(token=token):
                row = self.route(mail(f"http://vendor.test/web/signup?token={token}&y=1"))
                self.assertIn(token, self.message_of(row).body)
                self.assertTrue(row.with_user(self.manager).source)
        self.assertTrue(_is_own_token(self.env, self.token + "==="), "as the page takes it")
