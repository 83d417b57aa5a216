"""The account's form says when settings disagree, and the one thing to change."""

from odoo.tests import Form, tagged

from .common import CatchallCase
from .test_outgoing import OutgoingCase


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestAdvice(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.domain.default_from = "notifications"
        cls.server.state = "done"
        cls.outgoing = cls.make_account(f"catchall@{cls.own}", cls.domain)

    def test_settings_that_agree(self):
        self.assertFalse(self.outgoing.catchall_advice)
        self.outgoing.write({"catchall_reply_policy": "signed", "catchall_envelope_policy": "verp"})
        self.assertFalse(self.outgoing.catchall_advice)

    def test_account_of_another_domain(self):
        self.outgoing.smtp_user = "company@gmail.com"
        self.assertIn("SPF cannot vouch", self.outgoing.catchall_advice)
        self.outgoing.catchall_from_policy = "account"
        self.assertFalse(self.outgoing.catchall_advice)

    def test_notifications_of_another_domain(self):
        self.domain.default_from = "info@elsewhere.example"
        self.assertIn("info@elsewhere.example", self.outgoing.catchall_advice)

    def test_signed_addresses_that_nobody_fetches(self):
        self.outgoing.catchall_envelope_policy = "verp"
        self.server.state = "draft"
        self.outgoing.invalidate_recordset()
        self.assertIn(self.own, self.outgoing.catchall_advice)

    def test_it_stands_on_the_form_while_it_is_filled_in(self):
        with Form(self.outgoing) as form:
            form.smtp_user = "company@gmail.com"
            self.assertIn("gmail.com", form.catchall_advice)
            form.smtp_user = f"catchall@{self.own}"
            self.assertFalse(form.catchall_advice)

    def test_plain_server_has_none(self):
        self.assertFalse(self.mail_server_default.catchall_advice)
