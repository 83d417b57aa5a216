"""What the form of a received email shows: the record's text, its pictures, the header."""

import base64

from ....content.preview import MAX_SHOWN_ATTACHMENTS, PICTURES, preview
from ....content.reader import read as read_content
from ....router.message.mail import ReceivedMail
from ...kit.memory_directory import MAILS
from ...kit.pure import PureCase


def part(content_type, body=b"x", *lines):
    head = "\n".join([f"Content-Type: {content_type}", *lines])
    return b"--b\n" + head.encode() + b"\n\n" + body + b"\n"


def picture(name="p@x", size=3, content_type="image/png"):
    return part(content_type, b"p" * size, f"Content-ID: <{name}>")


def read(*parts):
    head = b"Subject: s\nContent-Type: multipart/mixed; boundary=b\n\n"
    return preview(ReceivedMail.from_bytes(head + b"".join(parts) + b"--b--\n"))


class TestPreview(PureCase):
    def test_the_form_shows_what_the_record_shows(self):
        for path in sorted(MAILS.glob("*.eml")):
            mail = ReceivedMail.from_bytes(path.read_bytes())
            shown, content = preview(mail), read_content(mail)
            with self.subTest(path.name):
                self.assertEqual((shown.html, shown.notes), (content.html, content.notes))
                names = tuple(item.name for item in content.files)
                self.assertEqual(shown.attachments, names[:MAX_SHOWN_ATTACHMENTS])

    def test_header_lines_are_shown_as_they_stand(self):
        mail = ReceivedMail.from_bytes(b"FROM: a@x\nX-Spam-flag: yes\n\nbody")
        self.assertEqual(preview(mail).header, "From: a@x\nX-Spam-Flag: yes")

    def test_limits(self):
        named = "Content-Disposition: attachment; filename={}.txt"
        for count, shown in ((100, 100), (101, 100)):
            many = [part("text/plain", b"", named.format(number)) for number in range(count)]
            self.assertEqual(len(read(*many).attachments), shown)
        long = ReceivedMail.from_bytes(b"A: " + b"x" * 300_000 + b"\n\n" + b"y" * 300_000)
        self.assertEqual(len(preview(long).header), 200_000)


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
            ([], [picture(content_type="image/svg+xml")]),
            ([], [part("image/png")]),
        ):
            with self.subTest(shown):
                self.assertEqual(self.names(*parts), shown)

    def test_2000000_bytes_of_pictures_are_shown(self):
        for size, shown in ((1_999_997, ["p@x", "q@x"]), (1_999_998, ["p@x"])):
            self.assertEqual(self.names(picture(), picture("q@x", size)), shown)
        self.assertEqual(self.names(picture(size=2_000_001), picture("q@x")), [])
