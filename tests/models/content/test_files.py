"""Files and pictures on a record: as they were sent, shown where they belong, and listed once."""

import base64
import io
import struct
import zlib

from odoo.tests import tagged
from PIL import Image

from ...kit.common import CatchallCase, mail

SIGNED = (
    "<p>Hello, words {}</p><p>Kind regards</p>"
    '<div class="gmail_signature">Carla<br><img src="cid:logo@x"></div>'
)


def picture(width=40, height=30, kind="PNG", color="red"):
    stream = io.BytesIO()
    Image.new("RGB", (width, height), color).save(stream, kind)
    return stream.getvalue()


def bomb():
    """A PNG of some hundred bytes that says it is 100,000 by 100,000 pixels."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(head) - 4) + head + struct.pack(">I", zlib.crc32(head))
    return b"\x89PNG\r\n\x1a\n" + chunk + picture()[33:]


def part(content_type, data, *fields):
    lines = (f"Content-Type: {content_type}", "Content-Transfer-Encoding: base64", *fields)
    return "\n".join((*lines, "", base64.encodebytes(data).decode()))


def inline(data, content_id="<logo@x>", name="; name=logo.png"):
    return part(f"image/png{name}", data, f"Content-ID: {content_id}")


@tagged("post_install", "-at_install")
class TestFiles(CatchallCase):
    def shown(self, *parts, kind="mixed", **headers):
        return self.email(self.route(self.message(*parts, kind=kind, **headers)))

    def message(self, *parts, kind="mixed", **headers):
        body = "".join(f"--b\n{one}\n" for one in parts)
        content_type = f'multipart/{kind}; boundary="b"'
        return mail(f"{body}--b--\n", Content_Type=content_type, **headers)

    def email(self, row):
        row.ensure_one()
        self.assertEqual(row.state, "routed", row.error)
        return row.route_ids.mail_message_id

    def page(self, html):
        return f"Content-Type: text/html; charset=utf-8\n\n{html}"

    def on_record(self, message):
        found = self.env["ir.attachment"].search(
            [("res_model", "=", message.model), ("res_id", "=", message.res_id)]
        )
        return sorted(found.mapped("name"))

    def pictures(self, message):
        """The attachments that the pictures of a text are shown from."""
        found = self.env["ir.attachment"]
        for source in self.sources(message.body):
            number, _, token = source.removeprefix("/web/image/").partition("?access_token=")
            attachment = found.browse(int(number))
            self.assertEqual(attachment.access_token, token)
            found += attachment
        return found

    def sources(self, body):
        return [piece.partition('"')[0] for piece in body.split('src="')[1:]]


@tagged("post_install", "-at_install")
class TestBytes(TestFiles):
    def test_files_are_bytes(self):
        files = {
            "liste.csv": ("text/csv; charset=utf-8", "Tür;3\r\n".encode("utf-16")),
            "r.xml": ("text/xml; charset=utf-8", "<a>Müller</a>\n".encode("latin-1")),
            "unix.txt": ("text/plain", b"a\nb\n"),
            "x.pdf": ("text/plain; charset=us-ascii", b"%PDF-1.4\n\xe2\xe3"),
            "p.html": ("text/html", "<p>é</p>".encode("cp1252")),
        }
        named = "Content-Disposition: attachment; filename={}"
        message = self.shown(
            *(part(kind, data, named.format(name)) for name, (kind, data) in files.items())
        )
        self.assertEqual(
            {item.name: item.raw for item in message.attachment_ids},
            {name: data for name, (_kind, data) in files.items()},
        )

    def test_a_scan_keeps_its_resolution(self):
        scan = picture(2500, 3500, "JPEG")
        message = self.shown(part("image/jpeg; name=scan.jpg", scan))
        self.assertEqual(message.attachment_ids.raw, scan)

    def test_no_picture_stops_a_message(self):
        pictures = {
            "cut.png": picture(2500, 2500)[:-40],
            "bomb.png": bomb(),
            "broken.png": picture().replace(b"IDAT", b"\xd0DAT"),
            "page.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script>x()</script></svg>',
            "both.gif": b"GIF89a/*\n" + b"<html><script>x()</script>",
            "none.jpg": b"",
            "short.bmp": b"BM",
            "cut.tiff": b"II*\0\x08\0\0\0",
        }
        for name, data in pictures.items():
            with self.subTest(name):
                kind = f"image/{name.rpartition('.')[2]}; name={name}"
                fields = ("Content-ID: <logo@x>",)
                html = self.page('<p>words</p><img src="cid:logo@x">')
                message = self.shown(html, part(kind, data, *fields), subject=name)
                self.assertIn("words", message.body)
                self.assertEqual(message.attachment_ids.mapped("name"), [name])
                self.assertEqual(message.attachment_ids.raw or b"", data)

    def test_a_message_that_is_one_file(self):
        data = b"%PDF-1.4\n%%EOF\n"
        for content_type, name in (("application/pdf; name=s.pdf", "s.pdf"),
                                   ("application/pdf", "attachment.pdf"),
                                   ("text/calendar", "calendar.ics")):  # fmt: skip
            headers = {"Content_Type": content_type, "Content_Transfer_Encoding": "base64"}
            source = mail(base64.b64encode(data).decode(), subject=name, **headers)
            message = self.email(self.route(source))
            self.assertEqual(message.attachment_ids.mapped("name"), [name])
            self.assertEqual(message.attachment_ids.raw, data)

    def test_an_attached_message_is_one_file(self):
        inner = "Subject: Plan 5/6\n\nwords\n"
        message = self.shown(
            "Content-Type: text/plain\n\nouter", f"Content-Type: message/rfc822\n\n{inner}"
        )
        self.assertEqual(message.attachment_ids.mapped("name"), ["Plan 5-6.eml"])
        self.assertEqual(message.attachment_ids.raw, inner.replace("\n", "\r\n").encode())
        self.assertNotIn("words", message.body)


@tagged("post_install", "-at_install")
class TestPicturesOfText(TestFiles):
    def test_pictures_are_shown_however_they_are_named(self):
        for source, content_id, name in (
            ("cid:logo@x", "<logo@x>", ""),
            ("CID:logo%2B1@x", "<logo+1@x>", "; name=l.png"),
            ("cid:Logo@X", " logo@x ", "; name=l.png"),
            ("cid:a b@x", "<a b@x>", ""),
        ):
            with self.subTest(source):
                message = self.shown(
                    self.page(f'<p>words</p><img src="{source}">'),
                    inline(picture(), content_id, name),
                    kind="related",
                )
                self.assertEqual(self.pictures(message), message.attachment_ids)

    def test_by_location(self):
        place = "Content-Location: http://x.test/a.png"
        message = self.shown(
            self.page('<p>words</p><img src="http://x.test/a.png">'),
            part("image/png", picture(), place),
            kind="related",
        )
        self.assertEqual(self.pictures(message).mapped("name"), ["a.png"])

    def test_the_same_name_twice(self):
        message = self.shown(
            self.page('<img src="cid:a@x"><p>words</p><img src="cid:b@x">'),
            inline(picture(color="red"), "<a@x>"),
            inline(picture(color="blue"), "<b@x>"),
        )
        self.assertEqual(len(self.pictures(message)), 2)
        self.assertEqual(self.pictures(message), message.attachment_ids.sorted())

    def test_the_description_of_a_task_shows_them(self):
        project = self.env["project.project"].create(
            {"name": "P", "alias_name": "website", "alias_domain_id": self.domain.id}
        )
        message = self.shown(
            self.page('<p>words</p><img src="CID:logo@x">'), inline(picture()),
            to=f"{project.alias_name}@example.com",
        )  # fmt: skip
        task = self.env[message.model].browse(message.res_id)
        for body in (task.description, message.body):
            self.assertIn(f"/web/image/{message.attachment_ids.id}", body)


@tagged("post_install", "-at_install")
class TestLogos(TestFiles):
    def setUp(self):
        super().setUp()
        self.logo = picture(120, 40, color="green")

    def test_a_logo_is_shown_and_no_attachment(self):
        message = self.shown(self.page(SIGNED.format(1)), inline(self.logo), kind="related")
        self.assertFalse(message.attachment_ids)
        self.assertEqual(self.on_record(message), [])
        kept = self.pictures(message)
        self.assertEqual((kept.raw, kept.res_id, kept.public), (self.logo, 0, False))
        source = self.row_of(message)._read_source()  # the received email has all of it
        self.assertIn(base64.encodebytes(self.logo).splitlines()[0], source)

    def row_of(self, message):
        routes = self.env["mail.catchall.route"].search([("mail_message_id", "=", message.id)])
        return routes.catchall_message_id

    def test_it_is_kept_once_for_all_messages(self):
        first, second = (
            self.shown(self.page(SIGNED.format(number)), inline(self.logo), kind="related")
            for number in (1, 2)
        )
        self.assertNotEqual(first.res_id, second.res_id)
        self.assertEqual(self.pictures(first), self.pictures(second))
        other = self.shown(self.page(SIGNED.format(3)), inline(picture()), kind="related")
        self.assertNotEqual(self.pictures(first), self.pictures(other))

    def test_files_beside_it_keep_their_order(self):
        message = self.shown(
            self.page(SIGNED.format(1)),
            part("text/csv; name=a.csv", b"a"),
            inline(self.logo),
            part("text/csv; name=b.csv", b"b"),
        )
        self.assertEqual(message.attachment_ids.sorted("id").mapped("name"), ["a.csv", "b.csv"])
        self.assertEqual(message.attachment_ids.sorted("id").mapped("raw"), [b"a", b"b"])

    def test_a_photo_is_an_attachment(self):
        message = self.shown(
            self.page('<p>See</p><img src="cid:logo@x">' + SIGNED.split("<div", maxsplit=1)[0]),
            inline(picture(900, 700)),
        )
        self.assertEqual(self.on_record(message), ["logo.png"])
        self.assertEqual(self.pictures(message), message.attachment_ids)

    def test_a_picture_that_comes_again_is_listed_once(self):
        """With each reply, in what it quotes or in a signature that nothing marks."""
        html = self.page('<p>words</p><img src="cid:logo@x">')
        first = self.shown(html, inline(self.logo), kind="related")
        self.assertEqual(self.on_record(first), ["logo.png"])
        ours = self.env[first.model].browse(first.res_id).message_post(body="Thanks")
        again = self.shown(html, inline(self.logo, name="; name=image001.png"), kind="related",
                           In_Reply_To=ours.message_id)  # fmt: skip
        self.assertEqual(again.res_id, first.res_id)
        self.assertEqual(self.on_record(first), ["logo.png"])
        self.assertFalse(again.attachment_ids)
        self.assertEqual(self.pictures(again).raw, self.logo)
        new = self.shown(html, inline(picture(color="pink")), kind="related",
                         In_Reply_To=ours.message_id)  # fmt: skip
        self.assertEqual(self.on_record(new), ["logo.png", "logo.png"])

    def test_a_logo_that_a_reply_quotes(self):
        first = self.shown(self.page(SIGNED.format(1)), inline(self.logo), kind="related")
        ours = self.env[first.model].browse(first.res_id).message_post(body="Thanks")
        quoted = f"<p>words</p><blockquote>{SIGNED.format(1)}</blockquote>"
        again = self.shown(self.page(quoted), inline(self.logo), kind="related",
                           In_Reply_To=ours.message_id)  # fmt: skip
        self.assertEqual(self.on_record(again), [])
        self.assertEqual(self.pictures(again), self.pictures(first))


@tagged("post_install", "-at_install")
class TestReactions(TestFiles):
    EMOJI = "\N{THUMBS UP SIGN}"

    def setUp(self):
        super().setUp()
        self.customer = self.env["res.partner"].create(
            {"name": "Carla", "email": "carla@customer.test"}
        )
        self.lead = self.env["crm.lead"].create({"name": "A", "partner_id": self.customer.id})
        self.ours = self.lead.message_post(body="Is this all right?")

    def react(self, **headers):
        kind = "Content-Type: text/vnd.google.email-reaction+json\nContent-Transfer-Encoding: 8bit"
        parts = (
            f"Content-Type: text/plain; charset=utf-8\n\n{self.EMOJI} Carla reacted",
            f'{kind}\n\n{{"version": 1, "emoji": "{self.EMOJI}"}}',
            self.page(f"<p>{self.EMOJI} Carla reacted</p>"),
        )
        headers = {"In_Reply_To": self.ours.message_id} | headers
        return self.route(self.message(*parts, kind="alternative", **headers))

    def test_a_reaction_is_one_on_the_message(self):
        known = self.lead.message_ids
        row = self.react()
        self.assertEqual((row.state, row.reason), ("routed", "reply"), row.error)
        self.assertEqual((row.route_ids.model, row.route_ids.res_id), ("crm.lead", self.lead.id))
        reaction = self.ours.reaction_ids
        self.assertEqual((reaction.content, reaction.partner_id), (self.EMOJI, self.customer))
        self.assertEqual(self.lead.message_ids, known)
        self.react()
        self.assertEqual(self.ours.reaction_ids, reaction)

    def test_of_somebody_unknown_it_is_a_line_of_text(self):
        message = self.email(self.react(sender="dora@elsewhere.test"))
        self.assertFalse(self.ours.reaction_ids)
        self.assertIn(self.EMOJI, message.body)
        self.assertFalse(message.attachment_ids)
        first = self.email(self.react(In_Reply_To="<unknown@x.test>", subject="New"))
        self.assertNotEqual(first.res_id, self.lead.id)
        self.assertIn(self.EMOJI, first.body)
