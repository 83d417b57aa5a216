"""What lies in signed messages, winmail.dat and certified mail stands on the record."""

from odoo.tests import tagged

from ...kit.common import CatchallCase
from ...kit.containers import BEHALF, attached, encrypted, envelope, in_base64, signed, tnef

ENTITY = (
    b'Content-Type: multipart/mixed; boundary="z"\r\n\r\n--z\r\nContent-Type: text/plain\r\n\r\n'
    b"signedwords\r\n--z\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF-1\r\n--z--\r\n"
)
P7M = 'Content-Type: application/pkcs7-mime; name="smime.p7m"'
INNER = f"""\
From: Lena Fischer <{BEHALF}>
To: sales@example.com
Subject: Richiesta
%s
Content-Type: text/html

<p>innerwords</p><script>alert()</script>
"""


@tagged("post_install", "-at_install")
class TestOpened(CatchallCase):
    def source(self, text):
        head = (
            "Received: from a.test (a.test [192.0.2.9]) by mx.example.com with ESMTP id 1"
            " for <sales@example.com>; Tue, 24 Nov 2026 10:11:12 +0000\n"
            "Delivered-To: sales@example.com\nDate: Tue, 24 Nov 2026 11:11:10 +0100\n"
        )
        if "From:" not in text.partition("\n\n")[0]:
            head += "From: Lena <lena@customer.test>\nTo: sales@example.com\nSubject: Opened\n"
        return (head + "MIME-Version: 1.0\n" + text).replace("\n", "\r\n").encode()

    def message_of(self, row):
        found = self.record(row).message_ids.filtered(lambda item: item.message_type == "email")
        return found.sorted("id")[-1:]

    def shown(self, text):
        return self.message_of(self.route(self.source(text)))

    def names(self, message):
        return set(message.attachment_ids.mapped("name"))

    def test_signed(self):
        data = signed(ENTITY)
        message = self.shown(in_base64(data, P7M))
        self.assertIn("signedwords", message.body)
        self.assertIn("not checked", message.body)
        files = {item.name: item.raw for item in message.attachment_ids}
        self.assertEqual(files, {"plan.pdf": b"%PDF-1", "smime.p7m": data})

    def test_encrypted(self):
        message = self.shown(in_base64(encrypted(), P7M))
        self.assertIn("This email is encrypted", message.body)
        self.assertEqual(self.names(message), {"smime.p7m"})

    def test_winmail(self):
        stream = tnef(attached("Größe.pdf", b"%PDF-1"), body=[(0x1013, 0x102, b"<p>words</p>")])
        header = "Content-Type: application/ms-tnef; name=winmail.dat"
        message = self.shown(in_base64(stream, header))
        self.assertIn("words", message.body)
        self.assertEqual(self.names(message), {"Größe.pdf"})

    def test_certified(self):
        row = self.route(self.source(envelope(INNER % "X-Some: thing")))
        lead, message = self.record(row), self.message_of(row)
        self.assertIn("innerwords", message.body)
        self.assertNotIn("script", message.body)
        self.assertNotIn("Messaggio di posta", message.body)
        self.assertEqual(lead.name, "Richiesta")
        self.assertIn(BEHALF, lead.email_from)
        self.assertIn("Lena Fischer", message.email_from)
        self.assertEqual(self.names(message), {"postacert.eml", "daticert.xml", "smime.p7s"})

    def test_a_certified_reply_joins_its_thread(self):
        lead = self.env["crm.lead"].create({"name": "Offer", "email_from": BEHALF})
        asked = lead.message_post(body="Our offer", message_type="comment")
        row = self.route(self.source(envelope(INNER % f"In-Reply-To: {asked.message_id}")))
        self.assertEqual(self.record(row), lead)
        self.assertEqual(row.reason, "reply")

    def test_nobody_becomes_a_colleague_by_an_envelope(self):
        user = self.env.user
        user.partner_id.email = "boss@example.com"
        inner = (INNER % "X-Some: thing").replace(BEHALF, "boss@example.com")
        message = self.shown(envelope(inner, behalf="boss@example.com"))
        self.assertNotEqual(message.author_id, user.partner_id)
        self.assertFalse(message.author_id.user_ids)
        self.assertIn("innerwords", message.body)
