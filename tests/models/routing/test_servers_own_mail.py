"""Mailboxes in which what we sent stands as well: it is known by what it says, and by that alone.

The first line of each docstring is a row of a table: ``Server: what it does → what we do
(owner/repository#number).``
"""

import re
from contextlib import contextmanager
from email import message_from_bytes, policy
from unittest.mock import patch

from odoo.tests import tagged

from ...kit.common import CatchallCase, deliver
from ...kit.servers.scripted_mailbox import ScriptedImap
from ...kit.servers.smtp_script import ScriptedServer

QUIET = "odoo.addons.base.models.ir_mail_server"


@tagged("post_install", "-at_install")
class TestServersOwnMail(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.out = cls.env["ir.mail_server"].create(
            {
                "name": "All mail",
                "smtp_host": "127.0.0.1",
                "is_catchall": True,
                "catchall_address": "catchall@example.com",
                "catchall_alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )
        cls.anna = cls.env["res.users"].create(
            {"name": "Anna", "login": "anna", "email": "anna@example.com",
             "notification_type": "email"}
        )  # fmt: skip
        cls.seller = cls.env["res.users"].create(
            {"name": "Sam", "login": "sam", "email": "sam@elsewhere.test",
             "notification_type": "email"}
        )  # fmt: skip
        cls.carla = cls.env["res.partner"].create({"name": "Carla", "email": "carla@customer.test"})
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Offer", "partner_id": cls.carla.id, "user_id": cls.seller.id}
        )

    @contextmanager
    def smtp(self):
        Server = type(self.env["ir.mail_server"])
        with ScriptedServer() as smtp, patch.object(Server, "_disable_send", lambda _self: False):
            self.out.smtp_port = smtp.port
            yield smtp

    def sent(self, *partners, **values):
        """Bytes of what Anna wrote on the lead, as it left to the first of these."""
        partners = self.env["res.partner"].concat(*(partners or (self.carla,)))
        with self.smtp() as smtp:
            self.lead.with_user(self.anna).sudo().message_post(
                body="Our offer stands", message_type="comment", author_id=self.anna.partner_id.id,
                subtype_xmlid="mail.mt_comment", partner_ids=partners.ids, **values,
            )  # fmt: skip
        first = partners[0].email
        texts = [mail.text for mail in smtp.taken if first in mail.recipients]
        self.assertEqual(len(texts), 1, [mail.recipients for mail in smtp.taken])
        return texts[0].encode()

    def came_back(self, source, state, reason):
        """Route it: nothing is posted, and nobody is written to."""
        messages, mails = len(self.lead.message_ids), self.env["mail.mail"].search_count([])
        row = self.route(source)
        self.env.flush_all()
        self.assertEqual((row.state, row.reason), (state, reason), row.explanation)
        self.assertFalse(row.route_ids)
        self.lead.invalidate_recordset()
        self.assertEqual(len(self.lead.message_ids), messages)
        self.assertEqual(self.env["mail.mail"].search_count([]), mails)
        return row

    def changed(self, source, pattern, text):
        """The message with one part of it replaced."""
        changed, count = re.subn(pattern, text, source.decode(), count=1, flags=re.M)
        self.assertTrue(count, pattern)
        return changed.encode()

    def rewritten(self, source, change):
        """The message with its texts changed, encoded in another way."""
        message = message_from_bytes(source, policy=policy.SMTP)
        for part in message.walk():
            if not part.is_multipart():
                text, kind = change(part.get_content()), part.get_content_subtype()
                part.set_content(text, subtype=kind, cte="quoted-printable")
        message.set_boundary("another-boundary")
        return bytes(message)

    def test_all_mail_in_one_folder(self):
        """Server: shows what we sent in the folder that is fetched → dismissed as a copy, nothing
        posted, nobody notified (freescout-help-desk/freescout#2977).
        """
        source = self.sent()
        with self.lane() as env, ScriptedImap([source]) as script:
            server = self.server.with_env(env)
            server.write(
                {"server": "127.0.0.1", "port": script.port, "is_ssl": False, "state": "done"}
            )
            server._catchall_fetch()
            row = env["mail.catchall.message"].search([("fetchmail_server_id", "=", server.id)])
            deliver(row)
            self.assertEqual((row.state, row.reason), ("ignored", "duplicate"), row.explanation)
            self.assertFalse(row.route_ids)
        self.came_back(source.replace(b"Subject:", b"X-GM-Labels: Sent\r\nSubject:"),
                       "ignored", "duplicate")  # fmt: skip

    def test_a_message_id_of_the_providers(self):
        """Server: writes its own Message-ID into what it sends → known by From, date and text."""
        source = self.changed(self.sent(), r"^Message-Id: [^\r]+", "Message-ID: <x@provider.test>")
        self.came_back(source, "ignored", "duplicate")

    def test_a_from_of_the_providers(self):
        """Server: writes the account's address into From → known by date and text."""
        source = self.changed(self.sent(), r"^From: [^\r]+", "From: catchall@example.com")
        self.came_back(source, "ignored", "duplicate")

    def test_other_transfer_encodings(self):
        """Server: encodes the text of what it keeps anew → known by what the text says."""
        source = self.sent()
        self.assertIn(b"Transfer-Encoding: base64", source)
        other = self.rewritten(source, lambda text: text)
        self.assertIn(b"Transfer-Encoding: quoted-printable", other)
        self.came_back(other, "ignored", "duplicate")

    def test_a_text_that_is_altered(self):
        """Server: hands in our Message-ID with another text → no copy: To Sort, not believed."""
        source = self.sent()
        for name, altered in (
            ("text", self.rewritten(source, lambda text: text.replace("offer", "account"))),
            ("more", self.rewritten(source, lambda text: f"{text} Pay here")),
            ("Subject", self.changed(source, r"^Subject: [^\r]+", "Subject: Urgent")),
            (
                "Date",
                self.changed(source, r"^Date: [^\r]+", "Date: Mon, 02 Nov 2026 09:59:58 +0000"),
            ),
            ("From", self.changed(source, r"^From: [^\r]+", "From: Mallory <mallory@evil.test>")),
        ):
            with self.subTest(name):
                row = self.came_back(altered, "quarantined", "duplicate")
                self.assertIn("not known", " ".join(line["text"] for line in row.trace))

    def test_an_alias_besides(self):
        """Server: hands in what we sent to an alias of ours too → there once, not on its record."""
        source = self.sent()
        to_alias = b"X-Original-To: sales@example.com\r\n" + source
        messages = len(self.lead.message_ids)
        row = self.route(to_alias)
        self.assertEqual(row.state, "routed", row.explanation)
        self.assertEqual(row.route_ids.alias_id, self.sales)
        self.assertNotEqual(self.record(row), self.lead)
        self.lead.invalidate_recordset()
        self.assertEqual(len(self.lead.message_ids), messages)
        for again in (source, to_alias):
            self.came_back(again, "ignored", "duplicate")

    def test_a_user_besides(self):
        """Server: hands in what we sent to a user of ours too → their Odoo inbox, once."""
        source = b"X-Original-To: anna@example.com\r\n" + self.sent()
        row = self.route(source)
        self.assertEqual((row.state, row.reason), ("routed", "user"), row.explanation)
        self.came_back(source, "ignored", "duplicate")

    def test_a_template_whose_email_is_gone(self):
        """Server: keeps a template's email that Odoo has deleted → known by its text, and by the
        token in its Message-ID.
        """
        mail = self.env["mail.mail"].create(
            {
                "subject": "Welcome", "body_html": "<p>Hello</p>", "auto_delete": True,
                "email_from": "catchall@example.com", "email_to": "carla@customer.test",
                "model": "crm.lead", "res_id": self.lead.id, "message_type": "comment",
                "author_id": self.anna.partner_id.id,
            }
        )  # fmt: skip
        with self.smtp() as smtp:
            mail.send()
        self.assertFalse(mail.exists())
        source = smtp.taken[0].text.encode()
        self.came_back(source, "ignored", "duplicate")
        self.env["mail.catchall.delivery"].search([]).unlink()
        again = source.replace(b"Subject: Welcome", b"Subject: Hello")
        self.came_back(again, "quarantined", "duplicate")

    def test_what_odoo_sent_before(self):
        """Server: keeps what Odoo sent before the addon was there → To Sort, never a record."""
        head = (
            "From: catchall@example.com", "To: {to}", "Subject: Reminder",
            "Message-ID: <861878175823148.1577183525.736005783081055-openerp-7-sale.order@odoo1>",
            "Date: Mon, 02 Nov 2026 09:59:58 +0000", "MIME-Version: 1.0",
        )  # fmt: skip
        for to in ("carla@customer.test", "sales@example.com"):
            for sign in ("Auto-Submitted: auto-generated", "Precedence: list",
                         "X-Auto-Response-Suppress: OOF"):  # fmt: skip
                with self.subTest(sign, to=to):
                    text = "\r\n".join([*head, sign, "", f"Please pay {to} {sign}", ""])
                    row = self.came_back(text.format(to=to).encode(), "quarantined", "loop")
                    said = " ".join(line["text"] for line in row.trace if line["decided"])
                    self.assertIn("before this addon was installed", said)

    def test_a_known_message_id_without_a_place(self):
        """Server: hands in a Message-ID of ours, to nobody of ours → To Sort, not dismissed."""
        known = self.lead.message_post(body="Hello", message_type="comment").message_id
        source = (
            f"From: Mallory <mallory@evil.test>\r\nTo: nobody@example.com\r\nSubject: x\r\n"
            f"Message-ID: {known}\r\nDate: Mon, 02 Nov 2026 09:59:58 +0000\r\n\r\nPay here\r\n"
        )
        self.came_back(source.encode(), "quarantined", "duplicate")
