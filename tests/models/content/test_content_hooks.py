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


@tagged("post_install", "-at_install")
class TestShown(CatchallCase):
    """What is decided in the pure packages, as it stands on records."""

    def shown(self, source):
        record = self.record(self.route(source))
        return record.message_ids.filtered(lambda item: item.message_type == "email")

    def test_wrong_clocks(self):
        arrived = "2026-11-02 10:00:00"  # as our server says (kit/common.py)
        for written, date in (
            ("Thu, 01 Jan 1970 00:00:13 +0000", arrived),
            ("Tue, 01 Jan 1980 00:00:00 +0000", arrived),
            ("Tue, 24 Nov 3609 11:11:10 +0100", arrived),
            ("Mon, 02 Nov 2026 09:59:58 +0000", "2026-11-02 09:59:58"),
            ("Sat, 05 Mar 2005 09:59:58 +0100", "2005-03-05 08:59:58"),
            ("2026-11-02 08:00", "2026-11-02 08:00:00"),
            ("no date", arrived),
            ("Mon, 32 Nov 2026 25:61:00 +0000", arrived),
            ("Mon, 02 Nov 2026 09:59:58 +9999", arrived),
            ("", arrived),
        ):
            source = mail().replace(b"Mon, 02 Nov 2026 09:59:58 +0000", written.encode())
            with self.subTest(written):
                self.assertEqual(str(self.shown(source).date), date)

    def test_the_name_of_a_leads_contact(self):
        self.env["res.partner"].create({"name": "Known", "email": "known@customer.test"})
        for sender, name in (
            ('"Carla Customer" <carla@customer.test>', "Carla Customer"),
            ("=?utf-8?q?J=C3=B6rg?= <joerg@customer.test>", "Jörg"),
            ("carla@customer.test", False),
            ('"boss@bank.test" <carla@customer.test>', False),
            ("Someone <known@customer.test>", "Known"),
            ("Customer, Carla <carla@customer.test>", "Customer, Carla"),
            ("Carla <Customer> <carla@customer.test>", "Carla"),
            ("\"'Carla Customer'\" <carla@customer.test>", "Carla Customer"),
            ("'Carla Customer' via Info <info@group.test>", "Carla Customer"),
            ("carla@customer.test (Carla Customer)", "Carla Customer"),
            ("'carla@customer.test' <carla@customer.test>", False),
        ):
            with self.subTest(sender):
                lead = self.record(self.route(mail(sender=sender)))
                self.assertEqual(lead.contact_name, name)
                self.assertRegex(lead.email_normalized, r"^(?:carla|joerg|known|info)@\w+\.test$")

    def test_subjects(self):
        for raw, subject in (
            (b"=?utf-8?Q?Angebot f=C3=BCr K=C3=B6ln?=", "Angebot für Köln"),
            (b"=?iso-2022-jp?B?GyRCLSEbKEIgGyRCNF0/dDt6JUYlOSVIGyhC?=", "① 丸数字テスト"),
            (b"Tabs\t\there  and   blanks", "Tabs here and blanks"),
            ("Möbel für 5 €".encode("cp1252"), "Möbel für 5 €"),
            (b"=?x-unknown?Q?M=F6bel?=", "Möbel"),
            (b'=?"utf-8"?Q?M=C3=B6bel?=', "Möbel"),
        ):
            with self.subTest(subject):
                source = mail(subject="RAW").replace(b"RAW", raw)
                row = self.route(source)
                self.assertEqual(self.record(row).name, subject)

    def test_a_junk_line_in_the_header(self):
        source = mail("bodywords", subject="Junk test")
        source = source.replace(b"To: ", b"quite Delivered-To: x@x.test\r\nTo: ", 1)
        found = self.shown(source)
        self.assertEqual((found.subject, found.body), ("Junk test", "<p>bodywords</p>"))

    def test_pages_that_sanitising_would_lose(self):
        for page in (
            "<div>" * 600 + "deepwords" + "</div>" * 600,
            "<table><tr><td>" * 90 + "deepwords" + "</td></tr></table>" * 90,
            "<blockquote><div>" * 300 + "deepwords" + "</div></blockquote>" * 300,
            '<?xml version="1.0" encoding="UTF-8"?><html><p>deepwords</p></html>',
            '<p>deepwords</p><img src="data:image/png;base64,iVBORw0KG">',
            '<p>deepwords</p><img src="data:image/png;base64,%%%">',
        ):
            with self.subTest(page[:40]):
                source = mail(page, Content_Type="text/html; charset=utf-8")
                self.assertIn("deepwords", self.shown(source).body)
