"""A message as a person reads it: which text, which pictures, which names."""

import base64

from .....router.message.mail import ReceivedMail
from .....router.message.readable import PICTURES, readable_body
from ....kit.pure import PureCase


def part(content_type, body=b"x", *lines):
    head = "\n".join([f"Content-Type: {content_type}", *lines])
    return b"--b\n" + head.encode() + b"\n\n" + body + b"\n"


def picture(name="p@x", size=3, content_type="image/png"):
    return part(content_type, b"p" * size, f"Content-ID: <{name}>")


def read(*parts):
    head = b"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n"
    return readable_body(ReceivedMail.from_bytes(head + b"".join(parts) + b"--b--\n"))


class TestBody(PureCase):
    def test_the_first_text_of_each_kind_is_shown(self):
        found = read(
            part("text/plain", b"one\0"),
            part("text/html", b"<p>one\0"),
            part("text/plain", b"two"),
            part("text/html", b"<p>two"),
        )
        self.assertEqual((found.text, found.html), ("one", "<p>one"))
        self.assertEqual(found.attachments, ())

    def test_what_is_attached_is_no_text(self):
        found = read(
            part("text/plain", b"a", "Content-Disposition: ATTACHMENT"),
            part("text/plain", b"b", "Content-Disposition: inline; filename=b.txt"),
            part("text/html; name=c.html", b"c"),
            part("text/html", b"d", "Content-Disposition: attachment"),
            part("text/calendar", b"e"),
            part("application/pdf", b"f", "Content-Disposition: attachment; filename=f.pdf"),
            part("text/plain", b"text", "Content-Disposition: inline"),
        )
        self.assertEqual((found.text, found.html), ("text", ""))
        self.assertEqual(
            found.attachments,
            ("text/plain", "b.txt", "c.html", "text/html", "text/calendar", "f.pdf"),
        )

    def test_header_lines_are_shown_as_they_stand(self):
        mail = ReceivedMail.from_bytes(b"FROM: a@x\nX-Spam-flag: yes\n\nbody")
        self.assertEqual(readable_body(mail).header, "From: a@x\nX-Spam-Flag: yes")

    def test_limits(self):
        named = "Content-Disposition: attachment; filename={}.txt"
        for count, shown in ((100, 100), (101, 100)):
            many = [part("text/plain", b"", named.format(number)) for number in range(count)]
            self.assertEqual(len(read(*many).attachments), shown)
        long = ReceivedMail.from_bytes(b"A: " + b"x" * 300_000 + b"\n\n" + b"y" * 300_000)
        found = readable_body(long)
        self.assertEqual((len(found.header), len(found.text)), (200_000, 200_000))
        self.assertEqual(len(read(part("text/html", b"z" * 300_000)).html), 200_000)


class TestPictures(PureCase):
    html = part("text/html", b'<img src="CID:p@X"><img src="cid:q@x">')

    def names(self, *parts):
        return sorted(read(self.html, *parts).pictures)

    def test_as_data_that_the_page_can_show(self):
        for kind in ("image/png", "image/jpeg", "image/gif", "image/webp"):
            self.assertIn(kind, PICTURES)
            found = read(self.html, picture(content_type=kind)).pictures
            data = base64.b64encode(b"ppp").decode()
            self.assertEqual(found, {"p@x": f"data:{kind};base64,{data}"})
        self.assertEqual(len(PICTURES), 4)

    def test_only_those_that_the_text_shows(self):
        for shown, parts in (
            (["p@x", "q@x"], [picture(), picture("q@x")]),
            (["p@x"], [picture(), picture("other@x")]),
            (["p@x"], [picture("other@x"), picture()]),
            ([], [picture(content_type="image/svg+xml")]),
            ([], [part("image/png")]),
            ([], [part("image/png", b"x", "Content-ID: <>")]),
            (["p@x"], [part("image/png", b"x", "Content-ID:  P@x ")]),
        ):
            with self.subTest(shown):
                self.assertEqual(self.names(*parts), shown)
        twice = read(self.html, picture(size=3), picture(size=4)).pictures
        self.assertTrue(twice["p@x"].endswith(base64.b64encode(b"ppp").decode()))

    def test_2000000_bytes_of_pictures_are_shown(self):
        for size, shown in ((1_999_997, ["p@x", "q@x"]), (1_999_998, ["p@x"])):
            self.assertEqual(self.names(picture(), picture("q@x", size)), shown)
        self.assertEqual(self.names(picture(size=2_000_001), picture("q@x")), [])
