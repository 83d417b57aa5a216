"""Messages as strangers spell them: what a mail program shows of them, the record shows."""

import base64

from ....content.reader import read
from ....content.tags import attributes, tags
from ....router.message.mail import ReceivedMail
from ...kit.effort import assert_in_proportion
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

    def test_a_message_inside_with_the_boundary_of_the_outer_one_hides_nothing_behind_it(self):
        ways = group("alternative", PLAIN, part("text/html", "<p>pagewords</p>"), boundary="b")
        inner = (
            f"Subject: Inner\n{group('mixed', part('text/plain', 'inside'), FILE, boundary='b')}"
        )
        unended = inner.replace("--b--\n", "")
        attached, behind = part("message/rfc822", inner), part("text/plain", "behindwords")
        for inside, words, files in (
            (attached, ["plainwords", "behindwords"], ["Inner.eml", "a.pdf"]),
            (part("message/rfc822", attached), ["plainwords", "behindwords"], [None, "a.pdf"]),
            # the RFC's reading: each delimiter is the outer one's
            (part("message/rfc822", unended), ["inside", "behindwords"], [None, "a.pdf", "a.pdf"]),
            (ways, ["pagewords", "behindwords"], ["a.pdf"]),
            (ways.replace("--b--\n", ""), ["pagewords", "behindwords"], ["a.pdf"]),
        ):
            with self.subTest(inside):
                found = content(group("mixed", PLAIN, inside, FILE, behind, boundary="b"))
                for word in words:
                    self.assertEqual(found.html.count(word), 1, found.html)
                names = [item.name for item in found.files]
                self.assertEqual(len(names), len(files), names)
                self.assertTrue({name for name in files if name} <= {*names}, names)

    def test_many_multiparts_of_one_boundary_cost_no_more(self):
        one = "--b\nContent-Type: multipart/mixed; boundary=b\n\n"

        def source(count):
            text = f"Content-Type: multipart/mixed; boundary=b\n\n{one * count}{'--b--' * count}"
            return ReceivedMail.from_bytes(text.encode())

        assert_in_proportion(self, source, lambda mail: len(mail.parts()), 4_000)

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

    def test_one_sign_that_strayed_into_base64_is_passed_over(self):
        data = base64.b64encode(b"%PDF-1.4 " + b"x" * 40).decode().rstrip("=")
        found = content(part("application/pdf", f"{data}==?=", "Content-Transfer-Encoding: base64"))
        self.assertEqual(found.files[0].data[:9], b"%PDF-1.4 ")

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


class TestTags(PureCase):
    def test_a_sign_in_an_attribute_ends_no_tag(self):
        deep = '<div title="a<b">' * 400 + "innermost" + "</div>" * 400
        found = content(part("text/html", deep))
        self.assertLess(found.html.count("<div"), 256)
        self.assertIn("innermost", found.html)
        many = "".join(f'<div title="a<b>c">w{at} </div>' for at in range(400))
        self.assertEqual(content(part("text/html", many)).html, many)

    def test_words_of_an_attribute_are_none_of_the_text(self):
        page = part("text/html", '<p><img alt="a > b" src="cid:logo"></p>')
        found = content(group("alternative", PLAIN, page))
        self.assertEqual(found.html, "<p>plainwords</p>")

    def test_a_long_attribute_is_no_limit(self):
        page = f'<p>Hi <b title="{"two words " * 1_500}">there</b></p>'
        self.assertEqual(content(part("text/html", page)).html, page)
        many = "<p" + " a='b'" * 1_500 + ">there</p>"
        self.assertEqual(len(content(part("text/html", many)).over), 1)

    def test_tags_cost_no_more(self):
        units = ("<", "<!--", '<a b="', "<a b='x", "<a =", '<p title="a<b">', "<img src=x", "a=\"'")
        for unit in units:
            assert_in_proportion(
                self,
                lambda size, unit=unit: f"<img {unit * (size // len(unit))}",
                lambda page: sum(len(list(attributes(page, tag))) for tag in tags(page)),
                100_000,
            )
