"""“We could not deliver”: whom it is told, and above all whom it is not."""

import ast
from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from ...kit.common import CatchallCase, deliver, mail

PROVED = "mx.example.com; dkim=pass header.d=customer.test; dmarc=pass header.from=customer.test"


@tagged("post_install", "-at_install")
class TestNotices(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.trusted_authserv_ids = "mx.example.com"
        cls.template = cls.env.ref("mail_catchall_router.mail_template_catchall_notice")
        cls.server.catchall_notice_template_id = cls.template

    def unmatched(self, body="Hello", proved=True, to="nobody-at-all@example.com", **options):
        source = mail(body, to=to, **options)
        if proved:
            source = f"Authentication-Results: {PROVED}\r\n".encode() + source
        return self.receive_fresh(source)

    def receive_fresh(self, source):
        row = self.receive(source)
        row.received_date = fields.Datetime.now()
        deliver(row)
        return row

    def notices(self):
        return self.env["mail.mail"].search([("email_to", "=", "carla@customer.test")])

    def test_off_by_default(self):
        self.server.catchall_notice_template_id = False
        row = self.unmatched()
        self.assertEqual((row.reason, row.author_check), ("unmatched", "verified"))
        self.assertFalse(self.notices())
        self.assertFalse(self.env["fetchmail.server"].new({}).catchall_notice_template_id)

    def test_a_proved_person_is_told_once_a_day(self):
        row = self.unmatched()
        notice = self.notices()
        self.assertEqual(len(notice), 1, row.trace)
        self.assertEqual(notice.state, "outgoing")
        self.assertIn("A question", notice.subject)
        self.assertIn("nobody-at-all@example.com", notice.body_html)
        headers = ast.literal_eval(notice.headers)
        self.assertEqual(headers["Auto-Submitted"], "auto-replied")
        self.assertEqual(headers["In-Reply-To"], row.message_id)
        self.assertTrue(row.notice_date)
        self.assertFalse(notice.res_id)
        self.unmatched("Second")
        self.assertEqual(self.notices(), notice)
        row.notice_date -= timedelta(days=2)
        self.unmatched("Third")
        self.assertEqual(len(self.notices()), 2)

    def test_a_replayed_mail_is_told_once(self):
        row = self.unmatched()
        row.notice_date -= timedelta(days=2)
        row.action_replay()
        self.env.flush_all()
        deliver(row)
        self.assertEqual(row.reason, "unmatched")
        self.assertEqual(len(self.notices()), 1)

    def test_who_is_never_told(self):
        for what, options in (
            ("unproved", {"proved": False}),
            ("null return path", {"Return_Path": "<>"}),
            ("a program", {"Auto_Submitted": "auto-generated"}),
            ("an automatic answer", {"Auto_Submitted": "auto-replied"}),
            ("a newsletter", {"List_Id": "<news.customer.test>"}),
            ("bulk", {"Precedence": "bulk"}),
            ("who asks not to be answered", {"X_Auto_Response_Suppress": "All"}),
            ("no reply", {"sender": "no-reply@customer.test"}),
            ("delivered", {"to": "sales@example.com"}),
            ("nobody", {"sender": None}),
        ):
            with self.subTest(what):
                before = self.env["mail.mail"].search_count([])
                self.unmatched(f"Never: {what}", **options)
                self.assertEqual(self.env["mail.mail"].search_count([]), before)

    def test_forged_is_never_told(self):
        source = mail(to="nobody-at-all@example.com")
        failed = "mx.example.com; dmarc=fail (p=reject) header.from=customer.test"
        self.receive_fresh(f"Authentication-Results: {failed}\r\n".encode() + source)
        self.assertFalse(self.notices())

    def test_old_mail_is_not_told(self):
        row = self.receive(
            f"Authentication-Results: {PROVED}\r\n".encode() + mail(to="nobody@example.com")
        )
        row.received_date = fields.Datetime.now() - timedelta(days=3)
        deliver(row)
        self.assertEqual(row.reason, "unmatched")
        self.assertFalse(self.notices())

    def test_a_broken_template_keeps_the_mail(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_template SET subject = %s WHERE id = %s",
            ['{"en_US": "{{ object.no_such_field }}"}', self.template.id],
        )
        self.template.invalidate_recordset()
        row = self.unmatched()
        self.assertEqual((row.state, row.reason), ("quarantined", "unmatched"))
        self.assertIn("could not be notified", row.error)

    def test_sub_addresses_are_one_sender(self):
        self.unmatched()
        self.unmatched("Second", sender="CARLA+shop@customer.test")
        found = self.env["mail.mail"].search([("email_to", "ilike", "@customer.test")])
        self.assertEqual(found.mapped("email_to"), ["carla@customer.test"])

    def test_another_address_of_a_login_is_not_told(self):
        """Whoever logged in is proved, not the address that they wrote into From."""
        hop = (
            "Received: from [192.0.2.9] (unknown [192.0.2.9])"
            " (Authenticated sender: a@customer.test) by mail.example.com (Postfix) with ESMTPSA"
            " id 1; Mon, 02 Nov 2026 10:00:00 +0000"
        )
        source = mail(to="nobody-at-all@example.com")
        row = self.receive_fresh(f"Authentication-Results: {PROVED}\r\n{hop}\r\n".encode() + source)
        self.assertEqual(row.reason, "unmatched")
        self.assertFalse(self.notices())

    def test_a_strangers_words_are_short_and_without_links(self):
        self.unmatched(
            subject="Win http://evil.test/ and www.evil.test " + "and read on " * 20,
        )
        notice = self.notices()
        self.assertLess(len(notice.subject), 80)
        self.assertIn("Win and and read on", notice.subject)
        self.assertIn("Win and and read on", notice.body_html)
        self.assertNotIn("evil", notice.subject + notice.body_html)
