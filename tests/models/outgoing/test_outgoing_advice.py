"""The account's form says when settings disagree, and the one thing to change."""

from odoo.tests import Form, tagged

from ...kit.common import CatchallCase
from ...kit.outgoing_case import OutgoingCase


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestAdvice(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.domain.default_from = "notifications"
        cls.server.state = "done"
        cls.outgoing = cls.make_account(f"catchall@{cls.own}", cls.domain)
        cls.user_a.email = f"user_a@{cls.own}"

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

    def test_signed_by_itself_waits_in_silence(self):
        """“Once the mailbox is verified” is no contradiction while it is not."""
        self.assertEqual(self.outgoing.catchall_reply_policy, "auto")
        self.server.state = "draft"
        self.outgoing.invalidate_recordset()
        self.assertFalse(self.outgoing.catchall_advice)

    def test_from_filter_of_another_domain_does_not_matter(self):
        """A catch-all account is chosen by the record's domain; nothing asks for its filter."""
        for wanted in ("elsewhere.example", "boss@elsewhere.example", "a.example,b.example"):
            with self.subTest(wanted=wanted):
                self.outgoing.from_filter = wanted
                self.assertFalse(self.outgoing.catchall_advice)
                sent = self.post(self.contact, self.user_a)
                self.assertEqual(sent.envelope, f"catchall@{self.own}")
                self.assertEqual(sent.address("From"), f"user_a@{self.own}")
                Server = self.env["ir.mail_server"]
                found, _address = Server._find_mail_server("boss@elsewhere.example")
                self.assertEqual(found, self.outgoing)

    def test_it_stands_on_the_form_while_it_is_filled_in(self):
        with Form(self.outgoing) as form:
            form.smtp_user = "company@gmail.com"
            self.assertIn("gmail.com", form.catchall_advice)
            form.smtp_user = f"catchall@{self.own}"
            self.assertFalse(form.catchall_advice)

    def test_plain_server_has_none(self):
        self.assertFalse(self.mail_server_default.catchall_advice)
