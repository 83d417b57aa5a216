"""Attacks of each known kind, different in their particulars: nobody gets in, nobody is spammed."""

import base64

from odoo.tests import tagged

from ...kit.attacks.play import AttackCase
from ...kit.attacks.table import each_case
from ...kit.attacks.variants import honest, hosts, letters, names, others, thanks, threads


@tagged("post_install", "-at_install")
@each_case(
    (*names.REPLY_TO, *names.SIGNERS, *names.LOGINS, *names.UNREADABLE, *names.REPLY_TO_THE_RECORD)
)
class TestNames(AttackCase):
    """Kinds 2, 3 and 19: whose name a proof is taken for."""


@tagged("post_install", "-at_install")
@each_case((*threads.COLLEAGUES, *threads.OURS, *threads.TOKENS, *threads.STRANGERS))
class TestThreads(AttackCase):
    """Kinds 4, 5, 6 and 13: who knows a Message-ID or a reply address."""


@tagged("post_install", "-at_install")
@each_case((*hosts.SHARED, *hosts.LOCAL, *hosts.BELOW))
class TestHosts(AttackCase):
    """Kinds 7, 8 and 14: what servers write, and what strangers write below."""


@tagged("post_install", "-at_install")
@each_case((*thanks.ACKNOWLEDGED, *others.OTHERS))
class TestOthers(AttackCase):
    """Kinds 11 and N: acknowledgements, look-alikes, delivery fields, bounces, markup."""


@tagged("post_install", "-at_install")
@each_case(honest.HONEST)
class TestHonest(AttackCase):
    """Kind 0: what must go on working."""


@tagged("post_install", "-at_install")
class TestHonestAccess(AttackCase):
    """0k and 0m: who may see a message of their own company still sees it."""

    SOURCES = (
        ("ordinary", letters.letter(letters.postfix(), "x@shop.test", "sales@example.com")),
        ("eight bits", letters.letter(letters.exim(), "Zoë <x@shop.test>", "sales@example.com")),
        ("a NUL", letters.letter(letters.qmail(), "x@shop.test", "sales@example.com", body="a\0b")),
        ("to nobody", letters.letter(letters.sendmail(), "x@shop.test", "who-else@example.com")),
    )

    def test_0k_a_manager_gets_the_exact_bytes(self):
        manager = self.env["res.users"].search([("login", "=", "manager@example.com")])
        for name, source in self.SOURCES:
            with self.subTest(name):
                self.play(source)
                row = self.rows.with_user(manager)
                self.assertEqual(row.action_download()["type"], "ir.actions.act_url")
                self.assertEqual(base64.b64decode(row.source), self.rows._read_source())
                self.assertIn(self.words["MARK"].encode(), self.rows._read_source())

    def test_0m_a_sorter_sees_it_in_a_line_of_a_wizard(self):
        sorter = self.env["res.users"].search([("login", "=", "sorter@example.com")])
        for name, source in self.SOURCES:
            with self.subTest(name):
                self.play(source)
                row = self.rows.with_user(sorter)
                preview = row.env["mail.catchall.preview"].create({"message_ids": row.ids})
                values = {"preview_id": preview.id, "catchall_message_id": row.id, "now": "here"}
                line = row.env["mail.catchall.preview.line"].create(values)
                self.assertIn("x@shop.test", line.email_from)
