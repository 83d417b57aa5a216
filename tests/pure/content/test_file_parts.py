"""What parts are on the record: files byte for byte, versions of the text, attached emails."""

import base64

from ....content.reader import read
from ....router.message.mail import ReceivedMail
from ...kit.pure import PureCase

PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x20\0\0\0\x20" + b"\0" * 9


def part(content_type, body, *fields):
    body = body if isinstance(body, bytes) else body.encode()
    head = "\r\n".join([f"Content-Type: {content_type}", *fields, "", ""])
    return (head if content_type else head.split("\r\n", 1)[1]).encode() + body


def group(kind, *parts, boundary="b"):
    body = b"".join(f"--{boundary}\r\n".encode() + one + b"\r\n" for one in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\r\n\r\n'
    return head.encode() + body + f"--{boundary}--\r\n".encode()


def content(source):
    return read(ReceivedMail.from_bytes(b"From: a@b.test\r\n" + source))


def encoded(data):
    return base64.encodebytes(data).replace(b"\n", b"\r\n")


PLAIN = part("text/plain; charset=utf-8", "plainwords")
PAGE = part("text/html; charset=utf-8", "<p>htmlwords</p>")
BASE64 = "Content-Transfer-Encoding: base64"
NAMED = "Content-Disposition: attachment; filename=a.dat"


class TestBytes(PureCase):
    def test_files_arrive_byte_for_byte(self):
        everything = bytes(range(256))
        for content_type, fields, body, data in (
            ("text/csv; charset=utf-8", (BASE64,), encoded("ü;1\n".encode("utf-16")),
             "ü;1\n".encode("utf-16")),
            ("text/xml; charset=utf-8", ("Content-Transfer-Encoding: 8bit",),
             "<a>é</a>\n\n".encode("latin-1"), "<a>é</a>\n\n".encode("latin-1")),
            ("application/octet-stream", ("Content-Transfer-Encoding: binary",), everything,
             everything),
            ("text/plain", (BASE64,), encoded(everything), everything),
            ("text/html; charset=x-none", (BASE64,), encoded(everything), everything),
            ("text/plain; charset=us-ascii", ("Content-Transfer-Encoding: quoted-printable",),
             b"a =3D =E9=\r\nb=00\r\n", b"a = \xe9b\0\r\n"),
            ("a/b", ("Content-Transfer-Encoding: x-uuencode",),
             b"begin 644 a\n#:&5Y\n`\nend\n", b"hey"),
            ("message/delivery-status", (BASE64,), encoded(b"a\n"), b"a\n"),
        ):  # fmt: skip
            with self.subTest(content_type, fields=fields):
                found = content(group("mixed", PLAIN, part(content_type, body, NAMED, *fields)))
                self.assertEqual([item.data for item in found.files], [data])
                self.assertEqual(found.html, "<p>plainwords</p>")

    def test_a_file_that_claims_to_be_text(self):
        for begins in (b"%PDF-1.4\n\xe2\xe3", PNG, b"PK\x03\x04\0"):
            file = part("text/plain", encoded(begins), BASE64)
            found = content(group("mixed", PLAIN, file))
            self.assertEqual((found.html, len(found.files)), ("<p>plainwords</p>", 1))
            self.assertEqual(found.files[0].data, begins)

    def test_a_message_that_is_one_file(self):
        for content_type, name in (
            ("application/pdf", "attachment.pdf"),
            ("application/pdf; name=scan.pdf", "scan.pdf"),
            ("text/calendar; charset=utf-8", "calendar.ics"),
            ("text/plain; name=notes.txt", "notes.txt"),
            ("text/csv", "attachment.csv"),
            ("image/png", "picture.png"),
            ("application/zip", "attachment.zip"),
            ("pdf; name=x.pdf", "x.pdf"),
            ("message/partial; id=x; number=1", "message.eml"),
        ):
            with self.subTest(content_type):
                found = content(part(content_type, b"data"))
                self.assertEqual(found.html, "")
                self.assertEqual(
                    [(item.name, item.data) for item in found.files], [(name, b"data")]
                )

    def test_a_text_that_is_the_whole_message_is_its_text(self):
        found = content(part("text/plain", "words", "Content-Disposition: attachment"))
        self.assertEqual((found.html, found.files), ("<p>words</p>", ()))

    def test_a_group_without_its_boundaries_shows_what_there_is(self):
        found = content(b'Content-Type: multipart/mixed; boundary="x"\r\n\r\nwords')
        self.assertEqual((found.html, found.files), ("<p>words</p>", ()))
        self.assertEqual(content(b"Content-Type: multipart/mixed\r\n\r\n").html, "")


class TestVersions(PureCase):
    def test_other_versions_of_the_text_are_no_files(self):
        for kind in ("text/x-amp-html", "text/watch-html", "text/x-watch-html"):
            found = content(group("alternative", PLAIN, part(kind, "<p>other</p>"), PAGE))
            self.assertEqual((found.html, found.files), ("<p>htmlwords</p>", ()))
            attached = part(kind, "x", NAMED)
            self.assertEqual(len(content(group("mixed", PLAIN, attached)).files), 1)
            self.assertEqual(len(content(part(kind, "x")).files), 1)

    def test_enriched_text(self):
        text = "<bold>Now</bold> <<b>\r\nis\r\n\r\n<color><param>red</param>the</color> time"
        enriched = part("text/enriched", text)
        self.assertEqual(content(enriched).html, "<p>Now &lt;b&gt; is<br>the time</p>")
        found = content(group("alternative", PLAIN, part("text/enriched", "<b>plainwords</b>")))
        self.assertEqual((found.html, found.files), ("<p>plainwords</p>", ()))
        self.assertEqual(content(group("alternative", PAGE, enriched)).html, "<p>htmlwords</p>")

    def test_reactions(self):
        kind = "text/vnd.google.email-reaction+json"
        body = '{"version": 1, "emoji": "\N{THUMBS UP SIGN}"}'
        found = content(group("alternative", PLAIN, part(kind, body), PAGE))
        self.assertEqual((found.reaction, found.files), ("\N{THUMBS UP SIGN}", ()))
        self.assertEqual(found.html, "<p>htmlwords</p>")
        self.assertEqual(content(part(kind, body)).html, "<p>\N{THUMBS UP SIGN}</p>")
        for other in ("", "[]", '{"emoji": 1}', '{"emoji": "<b>"}', "[" * 1_999, "\xff",
                      '{"emoji": "' + "\N{THUMBS UP SIGN}" * 50 + '"}'):  # fmt: skip
            self.assertEqual(content(group("mixed", PLAIN, part(kind, other))).reaction, "", other)

    def test_the_fork_of_a_macintosh_file_is_no_file(self):
        fork = part("application/applefile; name=plan.pdf", b"\0", NAMED)
        file = part("application/pdf; name=plan.pdf", b"%PDF", NAMED.replace("a.dat", "plan.pdf"))
        inner = group("appledouble", fork, file, boundary="i")
        found = content(group("mixed", PLAIN, inner))
        self.assertEqual([item.name for item in found.files], ["plan.pdf"])
        self.assertEqual(len(content(fork).files), 1)

    def test_a_file_that_stands_elsewhere_is_a_link(self):
        kind = 'message/external-body; access-type=URL; url="https://x.test/\r\n a?b&c"'
        found = content(group("mixed", PLAIN, part(kind, "Content-Type: a/b\r\n")))
        self.assertIn('<a href="https://x.test/a?b&amp;c">', found.html)
        self.assertEqual(found.files, ())
        for other in ("access-type=anon-ftp; site=x", 'access-type=url; url="javascript:x"'):
            kind = f"message/external-body; {other}"
            self.assertEqual(len(content(group("mixed", PLAIN, part(kind, "x"))).files), 1)


class TestAttachedMessages(PureCase):
    inner = (
        b"From: o@x.test\r\nSubject: Zaun\r\n"
        + group("mixed", part("text/plain", "innerwords"), part("a/b", b"x", NAMED), boundary="i")
        + b"after\r\n\r\n"
    )

    def test_one_file_with_the_exact_bytes(self):
        for kind, fields, body in (
            ("message/rfc822", (), self.inner),
            ("message/rfc822", (BASE64,), self.inner),
            ("message/rfc822", (BASE64,), encoded(self.inner)),
            ("message/global", (), self.inner),
        ):
            found = content(group("mixed", PLAIN, part(kind, body, *fields), PAGE))
            self.assertEqual([item.data for item in found.files], [self.inner])
            self.assertEqual(found.files[0].name, "Zaun.eml")
            self.assertNotIn("innerwords", found.html)
        kind = "application/octet-stream; name=a.eml"
        found = content(group("mixed", PLAIN, part(kind, encoded(self.inner), BASE64)))
        self.assertEqual([(item.name, item.data) for item in found.files], [("a.eml", self.inner)])

    def test_a_digest_is_read(self):
        digest = group(
            "digest",
            b"\r\n" + b"From: a@x.test\r\nSubject: <One>\r\n\r\nfirstwords",
            b"Content-Type: message/rfc822\r\n\r\n" + self.inner,
            part("text/plain", "contents"),
        )
        found = content(digest)
        for words in ("<b>&lt;One&gt;</b><br>a@x.test", "firstwords", "innerwords", "contents"):
            self.assertIn(words, found.html)
        self.assertEqual([item.name for item in found.files], ["a.dat"])


class TestPicturesOfContent(PureCase):
    def related(self, page, *fields):
        picture = part("image/png", PNG, "Content-Transfer-Encoding: binary", *fields)
        return content(group("related", part("text/html", page), picture))

    def test_what_is_shown(self):
        found = self.related('<p>x</p><img src="CID:A%2B1@x">', "Content-ID:  a+1@x ")
        self.assertEqual((found.html, found.pictures), ('<p>x</p><img src="cid:a+1@x">', {"a+1@x"}))
        self.assertEqual((found.files[0].name, found.logos), ("picture.png", frozenset()))
        found = self.related("<p>x</p>", "Content-ID: <a@x>")
        self.assertEqual((len(found.files), found.pictures), (1, frozenset()))

    def test_locations_are_read_from_the_base_of_the_page(self):
        page = b"Content-Base: http://x.test/a/\r\n" + part("text/html", '<img src="b.png">')
        picture = part("image/png", PNG, "Content-Location: http://x.test/a/b.png")
        found = content(group("related", page, picture))
        self.assertEqual(found.html, '<img src="cid:picture-1@content">')
        self.assertEqual(found.files[0].content_id, "picture-1@content")

    def test_logos(self):
        page = '<p>x</p><div class="gmail_signature"><img src="cid:a@x"></div>'
        self.assertEqual(self.related(page, "Content-ID: <a@x>").logos, {"a@x"})
