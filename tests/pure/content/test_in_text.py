"""Files that old programs write into the text, and those of old Macs."""

import binascii

from ....content.opened.in_text import MAX_FILES, taken_out
from ....content.reader import read
from ....router.message.mail import ReceivedMail
from ...kit.effort import assert_in_proportion
from ...kit.pure import PureCase

OCTETS = bytes(range(256)) * 3


def uuencoded(name, data, end="`\nend"):
    pieces = (binascii.b2a_uu(data[at : at + 45]).decode() for at in range(0, len(data), 45))
    return f"begin 644 {name}\n{''.join(pieces)}{end}\n"


def yencoded(name, data, size=None):
    coded = b"".join(
        bytes((61, (octet + 106) % 256))
        if (octet + 42) % 256 in (0, 10, 13, 61)
        else bytes(((octet + 42) % 256,))
        for octet in data
    )
    lines = b"\r\n".join(coded[at : at + 128] for at in range(0, len(coded), 128))
    size = len(data) if size is None else size
    head = f"=ybegin line=128 size={size} name={name}\r\n".encode()
    return head + lines + f"\r\n=yend size={size} crc32=0\r\n".encode()


def content(text, *header):
    if isinstance(text, str):
        text = text.encode()
    return read(
        ReceivedMail.from_bytes("\n".join(["From: a@b.test", *header, "", ""]).encode() + text)
    )


class TestInText(PureCase):
    def test_uuencoded(self):
        for end in ("`\nend", " \nend", "\nend", "end", "`\nend  "):
            for line_end in ("\n", "\r\n"):
                text = f"before\n{uuencoded('a b.pdf', OCTETS, end)}after\n".replace("\n", line_end)
                with self.subTest(end=end, line_end=line_end):
                    found = content(text)
                    (file,) = found.files
                    self.assertEqual((file.name, file.data), ("a b.pdf", OCTETS))
                    self.assertIn("before", found.html)
                    self.assertIn("after", found.html)
                    self.assertNotIn("begin", found.html)

    def test_lines_that_lost_their_blanks_or_have_a_checksum(self):
        data = bytes(100)
        lines = uuencoded("a", data).replace("`", " ").split("\n")
        for changed in (
            [line.rstrip() for line in lines],
            [*(f"{x}!" if x[:1] == "M" else x for x in lines)],
        ):
            found = taken_out("\n".join(changed).encode())
            self.assertEqual([file.data for file in found.files], [data])

    def test_two_files_and_base64(self):
        coded = binascii.b2a_base64(OCTETS).decode()
        found = content(
            f"{uuencoded('1', b'one')}{uuencoded('2', b'')}begin-base64 644 3\n{coded}====\n"
        )
        self.assertEqual(
            [(x.name, x.data) for x in found.files], [("1", b"one"), ("2", b""), ("3", OCTETS)]
        )

    def test_a_name_is_in_the_charset_of_the_text(self):
        text = uuencoded("Größe.txt", b"x").encode("latin-1")
        found = content(text, "Content-Type: text/plain; charset=iso-8859-1")
        self.assertEqual([file.name for file in found.files], ["Größe.txt"])

    def test_a_text_that_speaks_of_it_stays_a_text(self):
        whole = uuencoded("a", OCTETS)
        for text in (
            "begin 644 files are old\nthe end\nend\n",
            "begin 644 a\n\nend of story\nend\n",
            "begin 644 a\nonce upon a time there was more\nend\n",
            whole.replace("end\n", ""),
            whole.replace("begin 644 ", "begin "),
            "begin\nend\n",
        ):
            with self.subTest(text[:40]):
                found = content(text)
                self.assertEqual(found.files, ())
                self.assertIn("begin", found.html)
                self.assertIs(taken_out(text.encode()).files, ())

    def test_in_a_file_it_stays(self):
        text = uuencoded("a", OCTETS)
        found = content(text, "Content-Disposition: attachment; filename=a.txt")
        self.assertEqual([(x.name, x.data) for x in found.files], [("a.txt", text.encode())])

    def test_yenc(self):
        found = content(b"before\r\n" + yencoded("a b.bin", OCTETS) + b"after\r\n")
        self.assertEqual([(x.name, x.data) for x in found.files], [("a b.bin", OCTETS)])
        self.assertNotIn("=y", found.html)

    def test_yenc_that_is_not_whole(self):
        whole = yencoded("a", OCTETS)
        for broken in (
            yencoded("a", OCTETS, size=5),
            whole.replace(b"=yend", b"=yen"),
            whole.replace(b" name=", b" part=1 name=").replace(
                b"\r\n", b"\r\n=ypart begin=1 end=9\r\n", 1
            ),
        ):
            self.assertEqual(content(broken).files, ())

    def test_more_files_than_one_text_has(self):
        self.assertEqual(len(content(uuencoded("a", b"x") * MAX_FILES).files), MAX_FILES)
        self.assertEqual(content(uuencoded("a", b"x") * (MAX_FILES + 1)).files, ())

    def test_linear(self):
        for unit in (
            b"begin 644 a\n",
            b"begin 644 a\nM" + b"A" * 60 + b"\n",
            b"begin 644 a\n\n",
            b"=ybegin line=1 size=1 name=a\n",
            b"=ybegin line=1 size=1 name=a\n====\n",
            b"=" * 60,
        ):
            for tail in (b"end\n=yend\n====\n", b""):

                def make(size, unit=unit, tail=tail):
                    return b"=ybegin line=1 size=1 name=a\n" + unit * (size // len(unit)) + tail

                assert_in_proportion(self, make, taken_out, 100_000)


class TestAppleSingle(PureCase):
    HEAD = b"\x00\x05\x16\x00\x00\x02\x00\x00" + bytes(16) + b"\x00\x02"

    def single(self, *entries):
        start = len(self.HEAD) + 24
        table, body = b"", b""
        for key, data in entries:
            table += b"".join(n.to_bytes(4, "big") for n in (key, start + len(body), len(data)))
            body += data
        return self.HEAD + table + body

    def test_its_data_is_the_file(self):
        data = self.single((3, "Grüße".encode("mac-roman")), (1, OCTETS))
        for header, name in (("", "Grüße"), ("; name=a.pdf", "a.pdf")):
            found = content(data, f"Content-Type: application/applefile{header}")
            self.assertIn((name, OCTETS), [(file.name, file.data) for file in found.files])

    def test_what_is_none_stays_as_it_is(self):
        single = self.single((3, b"a"), (1, OCTETS))
        for data in (single[:-1], self.single((3, b"a"), (2, b"b")), b"x"):
            found = content(data, "Content-Type: application/applefile; name=a")
            self.assertEqual([file.data for file in found.files], [data])
