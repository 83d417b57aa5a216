"""Which parts of a message its record shows as text, and which as files."""

from ....content.pages import MAX_ELEMENT_DEPTH, flattened, has_words
from ....content.reader import read
from ....router.message.mail import ReceivedMail
from ...kit.effort import assert_in_proportion
from ...kit.pure import PureCase


def part(content_type, text, *fields):
    return "\n".join([f"Content-Type: {content_type}", *fields, "", text])


def group(kind, *parts, boundary="b"):
    body = "".join(f"--{boundary}\n{one}\n" for one in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n{body}--{boundary}--\n'


def content(source):
    if isinstance(source, str):
        source = source.encode()
    return read(ReceivedMail.from_bytes(b"From: a@b.test\n" + source))


PLAIN = part("text/plain; charset=utf-8", "plainwords")
PAGE = part("text/html; charset=utf-8", "<p>htmlwords</p>")
PICTURE = part(
    "image/png",
    "AAAA",
    "Content-Transfer-Encoding: base64",
    "Content-ID: <logo>",
    "Content-Disposition: inline; filename=logo.png",
)


class TestText(PureCase):
    def test_the_page_of_a_choice_is_shown(self):
        for parts in ((PLAIN, PAGE), (PAGE, PLAIN), (PAGE,), ("", PAGE)):
            found = content(group("alternative", *parts))
            self.assertEqual((found.html, found.files), ("<p>htmlwords</p>", ()))

    def test_a_page_without_words_gives_way_to_the_text(self):
        for page in (
            "",
            "<html><body></body></html>",
            "<p>&nbsp;<br></p>",
            '<img src="cid:logo">',
            "<style>p {color: red}</style><title>Mail</title><!-- words --><p></p>",
        ):
            with self.subTest(page):
                html = group("related", part("text/html", page), PICTURE, boundary="r")
                found = content(group("alternative", PLAIN, html))
                self.assertEqual(found.html, "<p>plainwords</p>")
                self.assertEqual([item.name for item in found.files], ["logo.png"])

    def test_a_picture_alone_is_shown_where_no_text_has_words(self):
        page = '<img src="cid:logo">'
        for text in ("", " \n "):
            found = content(group("alternative", part("text/plain", text), part("text/html", page)))
            self.assertEqual(found.html, page)

    def test_text_behind_a_choice_and_a_file_is_shown(self):
        choice = group("alternative", PLAIN, PAGE, boundary="a")
        last = part("text/plain", "lastwords")
        found = content(group("mixed", choice, PICTURE, last))
        self.assertIn("htmlwords", found.html)
        self.assertIn("<p>lastwords</p>", found.html)
        self.assertNotIn("plainwords", found.html)

    def test_what_few_programs_show_is_neither_text_nor_file(self):
        for kind in ("text/x-amp-html", "text/enriched", "text/vnd.google.email-reaction+json"):
            with self.subTest(kind):
                found = content(group("alternative", PLAIN, part(kind, "{1}"), PAGE))
                self.assertEqual((found.html, found.files), ("<p>htmlwords</p>", ()))

    def test_enriched_text_is_shown_where_there_is_no_other(self):
        text = "<bold>Now</bold> is\nthe <<time>.\n\nBye <param>x</param>"
        for source in (
            part("text/enriched", text),
            group("alternative", part("text/enriched", text)),
        ):
            self.assertIn("<p>Now is the &lt;time&gt;.<br>Bye", content(source).html)

    def test_a_calendar_of_a_choice_is_a_file(self):
        calendar = part("text/calendar", "BEGIN:VCALENDAR")
        found = content(group("alternative", PLAIN, PAGE, calendar))
        self.assertEqual([item.data for item in found.files], [b"BEGIN:VCALENDAR"])

    def test_the_messages_of_a_digest_are_its_text(self):
        messages = [f"Content-Type: message/rfc822\n\nSubject: S{n}\n\nwords{n}" for n in (1, 2)]
        found = content(group("digest", *messages))
        for word in ("<b>S1</b>", "<p>words1</p>", "<b>S2</b>", "<p>words2</p>"):
            self.assertIn(word, found.html)
        self.assertFalse(found.files)

    def test_charsets_of_text(self):
        koi8, latin = "Привет, мир".encode("koi8-r"), "Grüße aus Köln €".encode("cp1252")
        subject = b"Subject: =?koi8-r?B?8NLJ18XU?=\n"
        for head, body, words in (
            (b"Content-Type: text/plain\n", latin, "Grüße aus Köln €"),
            (b"", latin, "Grüße aus Köln €"),
            (b"Content-Type: text/plain; charset=utf-8\n", latin, "Grüße aus Köln €"),
            (subject, koi8, "Привет, мир"),
            (subject + b"Content-Type: text/plain; charset=us-ascii\n", koi8, "Привет, мир"),
            (b"Content-Language: ru\n", "Привет".encode("cp1251"), "Привет"),
            (b"Accept-Language: el-GR, en\n", "Καλημέρα".encode("cp1253"), "Καλημέρα"),
            (b"Content-Type: text/html\n", b"<meta charset=koi8-r>" + koi8, "Привет, мир"),
            (b"Content-Type: text; charset=koi8-r\n", koi8, "Привет, мир"),
        ):
            with self.subTest(head):
                self.assertIn(words, content(head + b"\n" + body + b"\n").html)

    def test_a_part_without_a_charset_is_in_that_of_the_others(self):
        head = b"Content-Type: multipart/mixed; boundary=b\n\n"
        one = b"--b\nContent-Type: text/plain; charset=iso-8859-2\n\n" + "Żółć".encode("iso-8859-2")
        two = b"\n--b\nContent-Type: text/plain\n\n" + "gęś".encode("iso-8859-2")
        self.assertEqual(content(head + one + two + b"\n--b--\n").html, "<p>Żółć</p>\n<p>gęś</p>")

    def test_an_attached_message_is_one_file(self):
        inner = f"Subject: Inner\n{group('mixed', PAGE, PICTURE, boundary='i')}"
        found = content(group("mixed", PLAIN, part("message/rfc822", inner)))
        self.assertEqual(found.html, "<p>plainwords</p>")
        self.assertEqual([item.data.decode() for item in found.files], [inner])

    def test_files_of_text_are_bytes(self):
        data = "Größe;1\r\n".encode("latin-1")
        head = b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/csv\n"
        named = b"Content-Disposition: attachment; filename=a.csv\n\n"
        (file,) = content(head + named + data + b"\n--b--").files
        self.assertEqual((file.name, file.data), ("a.csv", data))

    def test_an_xml_declaration_is_left_out(self):
        page = '\ufeff<?xml version="1.0" encoding="UTF-8"?>\n<html><p>words</p></html>'
        found = content(part("text/html; charset=utf-8", page))
        self.assertEqual(found.html.strip(), "<html><p>words</p></html>")

    def test_a_message_over_a_limit_shows_its_words_and_keeps_its_files(self):
        found = content(group("mixed", part("text/html", "<b>x</b>" * 20_000), PICTURE))
        self.assertEqual([limit.code for limit in found.over], ["tags"])
        self.assertLess(found.html.count("<"), 9_000)
        self.assertEqual(len(found.files), 1)


class TestPages(PureCase):
    def test_what_is_too_deep_is_flattened(self):
        for depth in (100, 270, 600, 5_000):
            page = "<div>" * depth + "deepwords" + "</div>" * depth + "<p>after</p>"
            found = flattened(page)
            self.assertEqual(found.count("<div>"), min(depth, MAX_ELEMENT_DEPTH))
            self.assertEqual(found.count("</div>"), found.count("<div>"))
            self.assertTrue(found.endswith("<p>after</p>"))
            self.assertIn("deepwords", found)

    def test_what_is_long_and_not_deep_stays(self):
        for page in (
            "<p>one" * 400,
            "<br>" * 400,
            "<li>a</li>" * 400,
            "<img><p/>" * 400,
            "<tr><td>a<td>b" * 10,
            "<b>x</b>" * 400,
        ):
            self.assertEqual(flattened(page), page)

    def test_words(self):
        for page in ("a", "<p>a</p>", "<style>p</style>b", "&nbsp;&euro;", "<!-- c -->\xa0d"):
            self.assertTrue(has_words(page), page)
        for page in (
            "",
            "<style>p",
            "<STYLE>p</Style>",
            "&nbsp;",
            "&#8203;&#xA0;&zwnj;",
            "<title>x</title>",
            "<!-- c",
        ):
            self.assertFalse(has_words(page), page)

    def test_in_linear_time(self):
        for bait in ("<", "<a", "<div>", "</p>", "<p>", "<!--", "<style>", "<div><p>", "</a"):
            for work in (flattened, has_words):
                with self.subTest(bait, work=work.__name__):
                    assert_in_proportion(
                        self, lambda size, bait=bait: bait * (size // len(bait)), work, 100_000
                    )
