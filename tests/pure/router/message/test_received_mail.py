"""Bytes to a message: what servers and strangers do to headers and parts, within bounds of time."""

import base64

from .....router.message import mime
from .....router.message.fields import MAX_HEADER_FIELDS
from .....router.message.mail import ReceivedMail
from ....kit.effort import assert_in_proportion, assert_no_hang
from ....kit.memory_directory import MAILS
from ....kit.pure import PureCase


def mail(source):
    return ReceivedMail.from_bytes(source)


class TestHeader(PureCase):
    def test_line_breaks(self):
        lines = b"From: a@x.test\nSubject: one\n\ttwo\n\nbody\n\nmore"
        for name, source in (
            ("LF", lines),
            ("CRLF", lines.replace(b"\n", b"\r\n")),
            ("CR", lines.replace(b"\n", b"\r")),
            ("CRCRLF", lines.replace(b"\n", b"\r\r\n")),
        ):
            with self.subTest(breaks=name):
                found = mail(source)
                self.assertEqual([item.name for item in found.fields], ["from", "subject"])
                self.assertEqual(found.subject, "one two")
                self.assertTrue(source[found.body_offset :].startswith(b"body"))

    def test_odd_headers(self):
        for name, source, expected in (
            ("mbox", b"From a@x Mon\nSubject: s\n\n", ["subject"]),
            ("quoted mbox", b">From a@x Mon\nSubject: s\n\n", ["subject"]),
            ("a mark", b"\xef\xbb\xbfTo: a\nSubject: s\n\n", ["to", "subject"]),
            ("a mark and mbox", b"\xef\xbb\xbfFrom a@x Mon\nTo: a\nDate: b\n\n", ["to", "date"]),
            ("empty lines", b"\r\n \n\nTo: a\r\nSubject: s\n\n", ["to", "subject"]),
            ("below a server's", b"Received: r\n\xef\xbb\xbfTo: a\n\n", ["received", "to"]),
            (
                "empty lines below a server's",
                b"Received: r\r\nX-Id: 1\r\n\r\n\r\nFrom: a@b.c\r\nSubject: s\n\n",
                ["received", "x-id", "from", "subject"],
            ),
            ("no header", b"\n\nNote: bring a pen\n\nFrom: Anna\n", []),
            ("a text that begins so", b"From: a@b.c\n\nFrom: Berlin\n\n", ["from"]),
            ("mbox inside", b"To: a\nFrom a@x Mon 5 09:12:41\nSubject: s\n\n", ["to", "subject"]),
            ("junk and what is folded under it", b"To: a\njunk\n folded\nSubject: s\n\n",
             ["to", "subject"]),
            ("folding first", b" folded\nSubject: s\n\n", ["subject"]),
            ("blanks before the colon", b"To \t: a\n\n", ["to"]),
            ("no name", b": x\nTo: a\n\n", ["to"]),
            ("no value", b"To:\n\n", ["to"]),
            ("blank folding", b"To: a\n \nSubject: s\n\n", ["to", "subject"]),
            ("no end", b"To: a", ["to"]),
            ("no header", b"\r\nTo: a\r\n\r\n", []),
            ("empty", b"", []),
            ("NUL", b"T\0o: a\nSubject: a\0b\n\n", ["subject"]),
        ):  # fmt: skip
            with self.subTest(case=name):
                self.assertEqual([item.name for item in mail(source).fields], expected)

    def test_one_bad_byte_spoils_one_field(self):
        found = mail("To: żółw@x.test\nSubject: ".encode() + b"f\xfcr\n\n")
        self.assertEqual(found.first("to"), "żółw@x.test")
        self.assertEqual(found.subject, "für")

    def test_message_ids(self):
        for value, expected in (
            ("<a@b>", ("<a@b>",)),
            ("<a@\n b>", ("<a@b>",)),
            ("a@b", ("<a@b>",)),
            ("<a@b><c@d>", ("<a@b>", "<c@d>")),
            ('"x" of Monday <a@b>', ("<a@b>",)),
            ("<>", ()),
            ("", ()),
        ):
            with self.subTest(value=value):
                self.assertEqual(mail(f"In-Reply-To: {value}\n\n".encode()).in_reply_to, expected)

    def test_references_end_with_what_was_answered(self):
        found = mail(b"References: <1@x> <2@x>\nIn-Reply-To: <0@x> <2@x>\n\n")
        self.assertEqual(found.references, ("<1@x>", "<0@x>", "<2@x>"))

    def test_return_path(self):
        for value, expected in (
            ("<>", ""), ("", ""), ("<A@X.test>", "a@x.test"), ("<root>", "root"), ("x", "x"),
        ):  # fmt: skip
            with self.subTest(value=value):
                self.assertEqual(mail(f"Return-Path: {value}\n\n".encode()).return_path, expected)
        self.assertIsNone(mail(b"To: a\n\n").return_path)

    def test_arrival_is_utc_whatever_the_zone_of_the_machine(self):
        for line, hour in (
            ("Received: x; Mon, 05 Oct 2026 09:12:41 +0200", 7),
            ("Received: x; Mon, 05 Oct 2026 09:12:41 -0000", 9),
            ("Date: Mon, 05 Oct 2026 09:12:41 GMT", 9),
            ("Received: x; never\nDate: Mon, 05 Oct 2026 09:12:41 GMT", 9),
        ):
            with self.subTest(line=line):
                self.assertEqual(mail(f"{line}\n\n".encode()).arrived.hour, hour)
        for line in ("Date: x", "Date: Mon, 99 Foo 0 99:99:99 +9999", "To: a"):
            self.assertIsNone(mail(f"{line}\n\n".encode()).arrived)

    def test_limits(self):
        many = mail(b"A: b\n" * (MAX_HEADER_FIELDS + 10) + b"\n")
        self.assertEqual(len(many.fields), MAX_HEADER_FIELDS)
        for piece in (b"a:\n", b"a\n", b"\r", b" \n", b"\0", b"a: b\n "):
            with self.subTest(piece=piece):
                assert_in_proportion(
                    self,
                    lambda size, piece=piece: b"Subject: s\n" + piece * (size // len(piece)),
                    mail,
                    3_000_000,
                )


class TestParts(PureCase):
    def types(self, source):
        return [(part.get_content_type(), part.depth) for part in mail(source).parts()]

    def test_tree(self):
        source = (
            b"Content-Type: multipart/mixed; boundary=o\r\n\r\npreamble\r\n--o\r\n"
            b'Content-Type: multipart/alternative; boundary="i--"\r\n\r\n--i--\r\n\r\nplain\r\n'
            b"--i--\r\nContent-Type: text/html\r\n\r\n<p>\r\n--i----\r\nepilogue\r\n--o  \r\n"
            b"Content-Type: message/rfc822\r\n\r\nSubject: inner\r\n\r\ninner text\r\n--o--\r\nend"
        )
        self.assertEqual(
            self.types(source),
            [("multipart/mixed", 0), ("multipart/alternative", 1), ("text/plain", 2),
             ("text/html", 2), ("message/rfc822", 1), ("text/plain", 2)],
        )  # fmt: skip
        found = mail(source)
        self.assertEqual([found.parts()[at].decoded() for at in (2, 3, 5)],
                         [b"plain", b"<p>", b"inner text"])  # fmt: skip
        self.assertEqual(found.text, "plain\n<p>\ninner text")

    def test_parts_of_a_digest_are_mails(self):
        source = (
            b"Content-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\ntext\n--b--\n"
        )
        expected = [("multipart/digest", 0), ("message/rfc822", 1), ("text/plain", 2)]
        self.assertEqual(self.types(source), expected)
        self.assertEqual(mail(source).parts()[2].get("subject"), "one")

    def test_broken_trees(self):
        head = b"Content-Type: multipart/mixed; boundary=b\n\n"
        for name, source, count in (
            ("never opened", head + b"text", 1),
            ("never closed", head + b"--b\n\nx", 2),
            ("empty part", head + b"--b\n--b\n\nx\n--b--", 3),
            ("header without body", head + b"--b\nContent-Type: text/html\n--b\n\nx\n--b--", 3),
            ("boundary at once", b"Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx", 2),
            ("no parameter", b"Content-Type: multipart/mixed\n\n--b\n\nx", 1),
            ("hyphens in text", head + b"--b\n\n--bb\n-- b\n---b\n--b--x\n--b--", 2),
            ("CR only", (head + b"--b\n\nx\n--b\n\ny\n--b--").replace(b"\n", b"\r"), 3),
        ):
            with self.subTest(case=name):
                self.assertEqual(len(mail(source).parts()), count)

    def test_parameters(self):
        for value, expected in (
            ('text/plain; charset="utf-8"', {"charset": "utf-8"}),
            ("TEXT/PLAIN;charset=utf-8;x", {"charset": "utf-8"}),
            ('a/b; name="x;y\\"z"', {"name": 'x;y"z'}),
            ("a/b; name*=utf-8''%C3%BC.pdf", {"name": "ü.pdf"}),
            ("a/b; name*1*=%BC.pdf; name*0*=utf-8''%C3", {"name": "ü.pdf"}),
            ("a/b; name*0=a; name*1=b", {"name": "ab"}),
            ("", {}),
            (";;;=", {}),
        ):
            with self.subTest(value=value):
                self.assertEqual(mime.parse_parameters(value)[1], expected)

    def test_file_names(self):
        for header, expected in (
            ("Content-Disposition: attachment; filename=\"=?utf-8?q?=C3=BC.pdf?=\"", "ü.pdf"),
            ("Content-Type: a/b; name=x.pdf", "x.pdf"),
            ("Content-Disposition: attachment; filename*=utf-8''a%0D%0Ab", "a b"),
            ("Content-Disposition: attachment", ""),
        ):  # fmt: skip
            with self.subTest(header=header):
                self.assertEqual(mail(f"{header}\n\n".encode()).parts()[0].get_filename(), expected)

    def test_hostile_trees_take_little_time(self):
        head = b"Content-Type: multipart/mixed; boundary=b\n\n"
        nested = b"".join(
            b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (at, at)
            for at in range(5_000)
        )
        for name, source in (
            ("hyphens", head + b"\n--" * 1_000_000),
            ("delimiters", head + b"\n--b" * 1_000_000),
            ("forwards", head + b"\n--b\nContent-Type: message/rfc822\n\nA: b\n" * 20_000),
            ("nested", nested),
            ("nested forwards", b"Content-Type: message/rfc822\n\n" * 20_000),
            ("junk headers", head + (b"\n--b\n" + b"x\n" * 500) * 5_000),
        ):
            with self.subTest(case=name):
                parts = assert_no_hang(self, lambda raw: mail(raw).parts(), source)
                self.assertLessEqual(len(parts), mime.MAX_PARTS)
                self.assertLessEqual(max(part.depth for part in parts), mime.MAX_DEPTH)

    def test_every_part_of_every_mail_can_be_read(self):
        for path in sorted(MAILS.glob("*.eml")):
            with self.subTest(mail=path.name):
                found = mail(path.read_bytes())
                for part in found.parts():
                    part.decoded()
                    part.get_filename()
                self.assertEqual(len(found.fingerprint), 64)
                found.text.encode("utf-8", "surrogatepass")


class TestIdentity(PureCase):
    text = "Grüße aus Köln, und danke für das Angebot."

    def variant(self, boundary, encoding, message_id="<1@x.test>", received=b"", text=None):
        body = (text or self.text).encode()
        if encoding == b"base64":
            body = base64.encodebytes(body)
        return mail(
            received + b"From: a@x.test\nDate: Mon, 5 Oct 2026\nSubject: s\nMessage-ID: "
            + message_id.encode() + b"\nContent-Type: multipart/mixed; boundary=" + boundary
            + b"\n\n--" + boundary + b"\nContent-Type: text/plain; charset=utf-8\n"
            + b"Content-Transfer-Encoding: " + encoding + b"\n\n" + body
            + b"\n--" + boundary + b"--\n"
        ).fingerprint  # fmt: skip

    def test_what_tells_two_events_apart(self):
        words = b"From: alarm@x.test\nSubject: zone 3\n\nopen\n"
        hops = [b"Received: from panel by mx.x.test; Mon, 5 Oct 2026 09:0%d:00 +0200\n" % minute
                for minute in (1, 2)]  # fmt: skip
        for date in (b"", b"Date: Thu, 01 Jan 1970 00:00:07 +0000\n", b"Date: soon\n"):
            with self.subTest(date):
                one, two = (mail(hop + date + words) for hop in hops)
                self.assertNotEqual(one.fingerprint, two.fingerprint)
                self.assertEqual(one.fingerprint, mail(hops[0] + date + words).fingerprint)
                self.assertEqual(one.identity("1"), one.fingerprint)
                self.assertNotEqual(mail(date + words).identity("1"), mail(words).identity("2"))
                self.assertEqual(mail(date + words).identity("1"), mail(date + words).identity("1"))
        for known in (b"Message-ID: <1@x.test>\n", b"Date: Mon, 5 Oct 2026 09:00:00 +0200\n"):
            with self.subTest(known):
                one, two = (mail(hop + known + words) for hop in hops)
                self.assertEqual(one.fingerprint, two.fingerprint)
                self.assertEqual(one.identity("1"), two.identity("2"))

    def test_copies_are_equal_whatever_servers_rewrote(self):
        first = self.variant(b"one", b"8bit")
        self.assertEqual(first, self.variant(b"two", b"8bit"))
        self.assertEqual(first, self.variant(b"one", b"base64"))
        self.assertEqual(first, self.variant(b"one", b"8bit", received=b"Received: x\nX-A: b\n"))
        wrapped = self.text.replace(", ", ",\n")
        self.assertEqual(first, self.variant(b"one", b"8bit", text=wrapped))

    def test_other_content_or_id_is_another_mail(self):
        first = self.variant(b"one", b"8bit")
        self.assertNotEqual(first, self.variant(b"one", b"8bit", text="other"))
        self.assertNotEqual(first, self.variant(b"one", b"8bit", message_id="<2@x.test>"))
