"""Where would this go? The answer is the router's own, and asking changes nothing."""

import base64

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ...kit.common import CatchallCase, mail

ASKER = "base.group_user,mail_catchall_router.group_catchall_user"


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestWhere(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.asker = new_test_user(cls.env, "where_u", ASKER)
        cls.colleague = new_test_user(cls.env, "where_c", email="dana@example.com")

    def ask(self, **values):
        return self.Message.with_user(self.asker).where_would_this_go(**values)

    def test_an_address(self):
        for address, expected in (
            ("sales@example.com", ("routed", "alias")),
            ("Sales <SALES@Example.com>", ("routed", "alias")),
            ("sales+web@example.com", ("routed", "alias")),
            ("saels@example.com", ("routed", "near_miss")),
            ("dana@example.com", ("routed", "user")),
            ("nobody.at.all@example.com", ("quarantined", "unmatched")),
            ("sales@elsewhere.example", ("quarantined", "unmatched")),
        ):
            with self.subTest(address=address):
                found = self.ask(address=address)
                self.assertEqual((found["state"], found["reason"]), expected)
                self.assertTrue(found["trace"])

    def test_a_mail_goes_where_it_then_really_goes(self):
        sources = (
            mail(envelope="sales@example.com"),
            mail(to="x@elsewhere.example", envelope="saels@example.com"),
            mail(Auto_Submitted="auto-replied"),
            mail(X_Spam_Flag="YES"),
        )
        for source in sources:
            found = self.ask(source=source)
            row = self.route(source)
            with self.subTest(explanation=row.explanation):
                self.assertEqual((found["state"], found["reason"]), (row.state, row.reason))
                self.assertEqual(found["recipients"], row.recipients)

    def test_what_people_paste(self):
        source = mail(envelope="sales@example.com").decode()
        quoted = "\n".join(f"> {line}" for line in source.splitlines())
        for text in (source, f"\n\n  {source}", f"\ufeff{source}", quoted):
            self.assertEqual(self.ask(source=text)["reason"], "alias")

    def test_what_is_no_mail(self):
        for source, sentence in (
            ("just some words\nand more", "not a complete message source"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "an Outlook file"),
        ):
            with self.assertRaisesRegex(UserError, sentence):
                self.ask(source=source)
        with self.assertRaisesRegex(UserError, "Enter an address"):
            self.ask(address="nonsense")

    def test_nothing_is_changed(self):
        self.env.flush_all()
        # Written is written by the database's own count: no row of any table, no sequence.
        count = "SELECT pg_current_xact_id_if_assigned()::text, (SELECT sum(n_tup_ins + n_tup_upd"
        count += " + n_tup_del) FROM pg_stat_xact_user_tables)"
        self.env.cr.execute(count)
        before = self.env.cr.fetchone()
        self.ask(address="sales@example.com")
        self.ask(source=mail(envelope="saels@example.com"))
        self.env.flush_all()
        self.env.cr.execute(count)
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_the_screen(self):
        Wizard = self.env["mail.catchall.where"].with_user(self.asker)
        source = mail(envelope="sales@example.com")
        for values in (
            {"about": "address", "address": "sales@example.com"},
            {"about": "text", "text": source.decode()},
            {"about": "file", "file": base64.b64encode(source), "file_name": "mail.eml"},
        ):
            wizard = Wizard.create(values)
            action = wizard.action_ask()
            with self.subTest(about=values["about"]):
                self.assertEqual(action["res_id"], wizard.id)
                self.assertIn("Alias", wizard.outcome)
                self.assertIn("sales@example.com", wizard.recipients_html)
                self.assertIn("o_catchall_decided", wizard.trace_html)
        with self.assertRaises(UserError):
            Wizard.create({"about": "file"}).action_ask()

    def test_rights(self):
        nobody = new_test_user(self.env, "where_n", "base.group_user")
        with self.assertRaises(AccessError):
            self.Message.with_user(nobody).where_would_this_go(address="sales@example.com")
        with self.assertRaises(AccessError):
            self.env["mail.catchall.where"].with_user(nobody).create({"about": "address"})
