"""What a record shows is what our parser reads, and other addons' hooks on Odoo's go on working."""

from unittest.mock import patch

from odoo.addons.mail.models.mail_thread import MailThread
from odoo.tests import tagged

from ...kit.common import CatchallCase, mail

PAYLOAD = "_message_parse_extract_payload"
MIXED = """\
--b
Content-Type: text/html; charset=utf-8

<p>See <img src="cid:logo"></p>
--b
Content-Type: text/csv; charset=utf-8
Content-Disposition: attachment; filename=list.csv

a;\xe9
--b
Content-Type: image/png
Content-ID: <logo>
Content-Disposition: inline; filename=logo.png
Content-Transfer-Encoding: base64

iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==
--b--
"""


@tagged("post_install", "-at_install")
class TestContentHooks(CatchallCase):
    def shown(self, source):
        record = self.record(self.route(source))
        return record.message_ids.filtered(lambda item: item.message_type == "email")

    def rich(self, **headers):
        return mail(MIXED, Content_Type='multipart/mixed; boundary="b"', **headers)

    def test_text_files_and_pictures(self):
        message = self.shown(self.rich())
        self.assertIn("/web/image/", message.body)
        files = {item.name: item.raw for item in message.attachment_ids}
        self.assertEqual(files["list.csv"], "a;é".encode())
        self.assertEqual(set(files), {"list.csv", "logo.png"})

    def test_hooks_of_other_addons(self):
        """On either side of ours: of one that is loaded before us, and of one loaded after."""
        for Model in (MailThread, type(self.env["mail.thread"])):
            for name in (PAYLOAD, f"{PAYLOAD}_postprocess"):
                native = getattr(Model, name)
                seen = []

                def hooked(self, message, values, *args, native=native, seen=seen, **kwargs):
                    found = native(self, message, values, *args, **kwargs)
                    seen.append(message["Subject"])
                    files = [*found["attachments"], self._Attachment("hook.txt", b"h", {})]
                    return {"body": found["body"] + "<p>hooked</p>", "attachments": files}

                with self.subTest(name, model=Model), patch.object(Model, name, hooked):
                    message = self.shown(self.rich(subject="Hooked"))
                    self.assertEqual(seen, ["Hooked"])
                    self.assertIn("hooked", message.body)
                    self.assertIn("/web/image/", message.body)
                    names = set(message.attachment_ids.mapped("name"))
                    self.assertEqual(names, {"list.csv", "logo.png", "hook.txt"})

    def test_a_hook_on_message_parse_sees_the_whole_message(self):
        Model = type(self.env["mail.thread"])
        native = Model.message_parse

        def hooked(self, message, save_original=False):
            values = native(self, message, save_original=save_original)
            types = [part.get_content_type() for part in message.walk()]
            return values | {"subject": f"{values['subject']} {len(types)}"}

        with patch.object(Model, "message_parse", hooked):
            self.assertEqual(self.shown(self.rich(subject="Parts")).subject, "Parts 4")

    def test_the_original_is_attached_byte_for_byte(self):
        self.server.original = True
        source = self.rich().replace(b"See", "Grüße".encode("latin-1"))
        files = {item.name: item.raw for item in self.shown(source).attachment_ids}
        self.assertEqual(files["original_email.eml"], source)

    def test_without_the_ledger_nothing_changes(self):
        thread = self.env["mail.thread"]
        thread.message_process("crm.lead", mail("Native", message_id="<native@x.test>").decode())
        message = self.env["mail.message"].search([("message_id", "=", "<native@x.test>")])
        self.assertIn("<pre>", message.body)
