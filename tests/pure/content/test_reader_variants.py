"""Messages as strangers spell them: what a mail program shows of them, the record shows."""

import base64

from ....content.reader import read
from ....router.message.mail import ReceivedMail
from ...kit.pure import PureCase
from .test_reader import content, group, part

PDF = base64.b64encode(b"%PDF-1.4\n").decode()
FILE = part(
    "application/pdf",
    PDF,
    "Content-Transfer-Encoding: base64",
    "Content-Disposition: attachment; filename=a.pdf",
)
PLAIN = part("text/plain; charset=utf-8", "plainwords")


class TestBoundaries(PureCase):
    def test_a_boundary_that_the_header_does_not_say(self):
        for said, used in (
            ("'sq'", "sq"),
            ("a;b", "a;b"),
            ('"abc', "abc"),
            ("ab\n cd", "abcd"),
            ("abc (a comment)", "abc"),
            ('"abc"; boundary="def"', "def"),
            ("AbC", "abc"),
        ):
            with self.subTest(said):
                body = "".join(f"--{used}\n{one}\n" for one in (PLAIN, FILE))
                found = content(
                    f"Content-Type: multipart/mixed; boundary={said}\n\n{body}--{used}--"
                )
                self.assertEqual(found.html, "<p>plainwords</p>")
                self.assertEqual([item.name for item in found.files], ["a.pdf"])
        found = content(f"Content-Type: multipart/mixed\n\n--x\n{PLAIN}\n--x--\n")
        self.assertEqual(found.html, "<p>plainwords</p>")

    def test_a_text_that_looks_like_a_boundary_is_text(self):
        found = content("Content-Type: text/plain\n\nHello\n--x\nContent-Type: text/html\n\n<p>\n")
        self.assertIn("--x", found.html)

    def test_a_part_without_an_empty_line_keeps_its_text(self):
        for text in (
            "First line\nsecond line",
            "Content-Type: text/plain\nFirst line\nsecond line",
        ):
            found = content(group("mixed", text, FILE))
            self.assertEqual(found.html, "<p>First line<br>second line</p>")


class TestTypes(PureCase):
    def test_types_that_are_meant(self):
        for kind in ("Text / Html", "text/htm", "html/text", "application/xhtml+xml"):
            self.assertEqual(content(part(kind, "<p>Hi</p>")).html, "<p>Hi</p>", kind)
        for kind in ("plain/text", "text/txt", "text/markdown", "text/x-markdown"):
            found = content(group("mixed", part(kind, "Hi"), FILE))
            self.assertEqual((found.html, len(found.files)), ("<p>Hi</p>", 1), kind)
        found = content(group("mixed", PLAIN, part("text/markdown; name=a.md", "# Hi")))
        self.assertEqual([item.name for item in found.files], ["a.md"])


class TestTransfer(PureCase):
    def test_a_text_that_is_not_the_base64_it_claims(self):
        text = "Hello Lena, this is text.\nBye"
        found = content(part("text/plain", text, "Content-Transfer-Encoding: base64"))
        self.assertEqual(found.html, "<p>Hello Lena, this is text.<br>Bye</p>")

    def test_blanks_behind_a_soft_line_break(self):
        found = content(
            part("text/plain", "ab=  \ncd", "Content-Transfer-Encoding: quoted-printable")
        )
        self.assertEqual(found.html, "<p>abcd</p>")


class TestHeaderText(PureCase):
    def subject(self, raw, rest=b"\n\nx"):
        return ReceivedMail.from_bytes(b"Subject: " + raw + rest).subject

    def test_bare_bytes_are_in_the_charset_of_the_parts(self):
        for text, charset in (
            ("Привет", "koi8-r"),
            ("お世話", "shift_jis"),
            ("świeca", "iso-8859-2"),
        ):
            body = group("mixed", part(f"text/plain; charset={charset}", "x")).encode()
            with self.subTest(charset):
                self.assertEqual(self.subject(text.encode(charset), b"\n" + body), text)

    def test_japanese_without_an_encoded_word(self):
        text = "見積書"
        self.assertEqual(self.subject(text.encode("iso-2022-jp")), text)
        name = (
            b'Content-Disposition: attachment; filename="' + text.encode("iso-2022-jp") + b'.pdf"'
        )
        found = read(
            ReceivedMail.from_bytes(b"Content-Type: application/pdf\n" + name + b"\n\n%PDF")
        )
        self.assertEqual(found.files[0].name, f"{text}.pdf")

    def test_a_question_mark_in_an_encoded_word(self):
        self.assertEqual(self.subject(b"=?utf-8?Q?Was ist? K=C3=B6ln?="), "Was ist? Köln")


class TestPictures(PureCase):
    def test_spellings_of_an_id(self):
        for source, field in (
            ("cid:<a@b>", "Content-ID: <a@b>"),
            ("cid:a@b>", "Content-ID: <a@b>"),
            ("cid://a@b", "Content-ID: <a@b>"),
            ("cid:a\n@b", "Content-ID: <a@b>"),
            ("cid:a@b", 'Content-ID: "<a@b>"'),
            ("cid:a@b", "Content-ID: <a@b> (a picture)"),
            ("cid:a@b", "Content-ID: =?utf-8?Q?=3Ca=40b=3E?="),
            ("cid:ii_1", "X-Attachment-Id: ii_1"),
        ):
            for tag in ('<img src="{}">', '<img alt="x"src="{}">', '<img/src="{}">'):
                page = part("text/html", f"<p>Hi</p>{tag.format(source)}")
                with self.subTest(source, field=field, tag=tag):
                    found = content(group("related", page, part("image/png", "x", field)))
                    self.assertEqual(len(found.pictures), 1)


class TestSentOn(PureCase):
    def test_an_old_mark_of_what_is_sent_on(self):
        text = "See.\n\nFrom: A <a@b.test>\nSent: Monday\nTo: me\nSubject: x\n\nI need 5 windows."
        fields = "Subject: [Fwd: Re: Demand]\nReferences: <x@y.test>\n"
        self.assertNotIn("data-o-mail-quote", content(fields + part("text/plain", text)).html)

    def test_what_went_by_mail_is_no_word_of_a_device(self):
        text = "Yes.\n\nSent the samples by mail on Monday."
        fields = "Subject: Re: x\nIn-Reply-To: <x@y.test>\n"
        self.assertNotIn("data-o-mail-quote", content(fields + part("text/plain", text)).html)
        text = "Yes.\n\nSent from Yahoo Mail on Android"
        self.assertIn("data-o-mail-quote", content(fields + part("text/plain", text)).html)
