"""The first texts of a message, for copies of broken ones."""

from .....router.message.mail import ReceivedMail
from .....router.message.readable import first_texts
from ....kit.pure import PureCase


def part(content_type, body, *lines):
    head = "\n".join([f"Content-Type: {content_type}", *lines])
    return b"--b\n" + head.encode() + b"\n\n" + body + b"\n"


def texts(*parts):
    head = b"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n"
    return first_texts(ReceivedMail.from_bytes(head + b"".join(parts) + b"--b--\n"))


class TestFirstTextsOfParts(PureCase):
    def test_the_first_text_of_each_kind(self):
        found = texts(
            part("text/plain", b"one\0"),
            part("text/html", b"<p>one\0"),
            part("text/plain", b"two"),
            part("text/html", b"<p>two"),
        )
        self.assertEqual(found, ("one", "<p>one"))

    def test_what_is_attached_is_no_text(self):
        found = texts(
            part("text/plain", b"a", "Content-Disposition: ATTACHMENT"),
            part("text/plain", b"b", "Content-Disposition: inline; filename=b.txt"),
            part("text/html; name=c.html", b"c"),
            part("text/html", b"d", "Content-Disposition: attachment"),
            part("text/calendar", b"e"),
            part("text/plain", b"text", "Content-Disposition: inline"),
        )
        self.assertEqual(found, ("text", ""))

    def test_limits(self):
        self.assertEqual(len(texts(part("text/html", b"z" * 300_000))[1]), 200_000)
