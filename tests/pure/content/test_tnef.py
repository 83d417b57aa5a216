"""winmail.dat: its files are the record's, its text where there is no other."""

from ....content.opened import rtf, tnef
from ....content.reader import read
from ....router.message.mail import ReceivedMail
from ...kit import containers
from ...kit.containers import attached, attribute, in_base64, packed_rtf, properties
from ...kit.corpora import MISSING, corpus
from ...kit.effort import assert_in_proportion, assert_no_hang
from ...kit.pure import PureCase

HTML = (0x1013, 0x102, b"<p>inner <b>words</b></p>")
PDF = attached("Gr\xf6\xdfe 1.pdf", b"%PDF-1")
MS = "Content-Type: application/ms-tnef; name=winmail.dat"
OCTETS = "Content-Type: application/octet-stream; name=winmail.dat"


def message(stream, text="outer words", header=MS):
    part = in_base64(stream, header)
    first = f"--b\nContent-Type: text/plain\n\n{text}\n" if text is not None else ""
    return (
        f"From: a@b.test\nContent-Type: multipart/mixed; boundary=b\n\n{first}--b\n{part}\n--b--\n"
    )


def content(source):
    return read(ReceivedMail.from_bytes(source.encode()))


def names(found):
    return [item.name for item in found.files]


class TestWinmail(PureCase):
    def test_files_come_out_with_names_and_pictures_ids(self):
        logo = attached("logo.png", b"PNG", (0x3712, 0x1F, "a@b"), (0x370E, 0x1E, "image/png"))
        for header in (MS, OCTETS, "Content-Type: application/vnd.ms-tnef"):
            found = content(message(containers.tnef(PDF, logo, body=[HTML]), header=header))
            self.assertEqual(found.html, "<p>outer words</p>")
            self.assertEqual(names(found), ["Größe 1.pdf", "logo.png"])
            self.assertEqual(found.files[0].data, b"%PDF-1")
            picture = found.files[1]
            self.assertEqual((picture.content_type, picture.content_id), ("image/png", "a@b"))

    def test_the_whole_message(self):
        stream = containers.tnef(PDF, body=[HTML])
        found = content("From: a@b.test\n" + in_base64(stream, MS))
        self.assertEqual((found.html, names(found)), (HTML[2].decode(), ["Größe 1.pdf"]))

    def test_text_inside_where_there_is_none_outside(self):
        page = (
            rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\*\htmltag84 <p>}Gr\'fc\'dfe{\*\htmltag92 </p>}}"
        )
        for text in ("", " \n", None):
            for body, shown in (
                (HTML, HTML[2].decode()),
                ((0x1000, 0x1F, "inner wörds"), "<p>inner wörds</p>"),
                ((0x1000, 0x1E, "inner wörds"), "<p>inner wörds</p>"),
                ((0x1009, 0x102, packed_rtf(page)), "<p>Grüße</p>"),
                ((0x1009, 0x102, packed_rtf(rb"{\rtf1 one\par two}")), "<p>one<br>two</p>"),
            ):
                with self.subTest(text=text, body=body):
                    found = content(message(containers.tnef(body=[body]), text))
                    self.assertEqual(found.html.replace("<br/>", "<br>"), shown)
                    self.assertEqual(found.files, ())

    def test_a_message_attached_to_it_is_a_file(self):
        inner = containers.tnef(PDF, body=[(0x0037, 0x1F, "Plan"), HTML])
        method = (0x3705, 0x0003, 5)
        stream = containers.tnef(attached("Plan", None, method, (0x3701, 0x0D, bytes(16) + inner)))
        (file,) = content(message(stream)).files
        self.assertEqual((file.name, file.content_type), ("Plan.eml", "message/rfc822"))
        reread = read(ReceivedMail.from_bytes(file.data))
        self.assertIn("<b>words</b>", reread.html)
        self.assertEqual(names(reread), ["Größe 1.pdf"])

    def test_an_appointment_stays_a_file_beside_its_files(self):
        stream = containers.tnef(PDF, message_class="IPM.Schedule.Meeting.Request")
        self.assertEqual(names(content(message(stream))), ["Größe 1.pdf", "winmail.dat"])

    def test_what_broke_stays_a_file(self):
        stream = containers.tnef(PDF, body=[HTML])
        for broken in (
            b"",
            stream[:3],
            stream[:-30],
            stream[:120],
            b"x" + stream,
            containers.tnef(),
        ):
            found = content(message(broken))
            self.assertEqual(names(found), ["winmail.dat"])
            self.assertEqual(found.files[0].data, broken)

    def test_what_stands_behind_the_end_is_nothing(self):
        stream = containers.tnef(PDF) + b"\0\0footer of a gateway"
        self.assertEqual(names(content(message(stream))), ["Größe 1.pdf"])

    def test_a_name_in_properties_that_have_names_themselves(self):
        named = (0x8001).to_bytes(2, "little")
        guid, text = bytes(16), "Keywords\0".encode("utf-16-le")
        value = properties((0x0037, 0x1F, "Subject"))[4:]
        for name in (guid + bytes(4) + b"\7\0\0\0", guid + b"\1\0\0\0\x12\0\0\0" + text + bytes(2)):
            listed = b"\2\0\0\0\3\0" + named + name + b"\1\0\0\0" + value
            stream = containers.tnef(PDF) + attribute(1, 0x9003, listed)
            self.assertEqual(tnef.read(stream).subject, "Subject")


class TestTnefLimits(PureCase):
    def test_more_files_than_it_may_have(self):
        stream = containers.tnef(*[attached("a", b"x")] * 501)
        self.assertEqual(names(content(message(stream))), ["winmail.dat"])

    def test_messages_within_messages(self):
        stream = containers.tnef(PDF)
        for _level in range(8):
            inner = (0x3701, 0x0D, bytes(16) + stream)
            stream = containers.tnef(attached("m", None, (0x3705, 0x0003, 5), inner))
        self.assertEqual(names(content(message(stream))), ["winmail.dat"])

    def test_hostile_properties_take_linear_time(self):
        head = b"\xff\xff\xff\xff"
        for unit in (
            b"\x1f\x10\x37\x00\xff\xff\xff\xff",
            b"\x03\x10\x37\x00\xff\xff\xff\x7f",
            bytes(8),
        ):

            def work(size, unit=unit):
                tnef.read(containers.tnef() + attribute(1, 0x9003, head + unit * size))

            assert_in_proportion(self, int, work, 20_000)
        many = head + b"\x1f\x10\x37\x00\xff\xff\xff\xff" + bytes(4_000_000)
        self.assertIsNone(
            assert_no_hang(self, tnef.read, containers.tnef() + attribute(1, 0x9003, many))
        )

    def test_other_peoples_files(self):
        paths = corpus("tnef")
        if not paths:
            self.skipTest(MISSING)
        for path in paths:
            with self.subTest(path.name):
                self.assertIsNotNone(tnef.read(path.read_bytes()))


class TestRtf(PureCase):
    def test_packed(self):
        for size in (0, 1, 7, 8, 9, 5_000):
            text = bytes(32 + number % 90 for number in range(size))
            self.assertEqual(rtf.unpacked(packed_rtf(text)), text)
        # The example of [MS-OXRTFCP] §3.1.1, and one that reaches into what it writes (§3.2).
        one = "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c09002062770"
        one += "5b06c647d0a800fa0"
        self.assertEqual(
            rtf.unpacked(bytes.fromhex(one)), b"{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n"
        )
        two = "1a0000001c0000004c5a4675e2d44b51410004205758595a0d6e7d010eb0"
        self.assertEqual(rtf.unpacked(bytes.fromhex(two)), b"{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}")

    def test_not_packed(self):
        self.assertEqual(rtf.unpacked(b"\0\0\0\0\3\0\0\0MELA\0\0\0\0abcdef"), b"abc")
        for data in (b"", b"abc", b"\0" * 20, b"\0\0\0\0\xff\xff\xff\xffLZFu\0\0\0\0abc"):
            self.assertEqual(rtf.unpacked(data), b"")

    def test_words(self):
        head = rb"{\rtf1\ansi\ansicpg1252\deff0"
        fonts = rb"{\fonttbl{\f0 Arial;}{\f1\fcharset204 Arial;}{\f2\fcharset128 Gothic;}}"
        for text, shown in (
            (rb"one\par two\tab three", "one\ntwo\tthree"),
            (rb"Gr\'fc\'dfe \u8364?20", "Grüße €20"),
            (rb"\uc2\u8364\'80\'80 x\uc0\u8364 y", "€ x€y"),
            (rb"\u-10179?\u-8704?", "\U0001f600"),
            (fonts + rb"{\f1 \'cf\'f0\'e8}\f2\'82\'a0 \f0 a", "Приあ a"),
            (rb"{\*\unknown x}{\pict 0a0b}{\info{\author z}}a\{b\}\\c", "a{b}\\c"),
            (rb'{\field{\*\fldinst HYPERLINK "x"}{\fldrslt link}}', "link"),
            (rb"a\bin5 \'ff{{b", "ab"),
            (rb"a\~b\_c\-d", "a\xa0b\u2011cd"),
            (b"one\r\ntwo", "onetwo"),
        ):
            with self.subTest(text):
                self.assertEqual(rtf.words(head + text + b"}").text, shown)
        self.assertEqual(rtf.words(b"no rtf"), rtf.Words())

    def test_html_in_disguise(self):
        source = (
            rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0 Arial;}}{\colortbl;}"
            rb"{\*\htmltag64 <p>}\htmlrtf{\f0\htmlrtf0 Hello {\*\mhtmltag84 <a href=x>}"
            rb"{\*\htmltag84 <a href=y>}\htmlrtf {\htmlrtf0 there\htmlrtf }\htmlrtf0"
            rb"{\*\htmltag92 </a>}{\*\htmltag241 <!-- \'e4 -->}\htmlrtf\par}\htmlrtf0"
            rb"{\*\htmltag72 </p>}}"
        )
        found = rtf.words(source).html
        self.assertEqual(found, "<p>Hello <a href=y>there</a><!-- ä --></p>")

    def test_linear(self):
        for unit in (
            b"{",
            b"}",
            b"\\u1 ",
            b"\\f1",
            b"{\\f0",
            b"\\",
            b"{\\*\\x",
            b"\\bin9 ",
            b"\\bin-9 ",
        ):

            def make(size, unit=unit):
                return (b"{\\rtf1" + unit * (size // len(unit)))[:size]

            assert_in_proportion(self, make, rtf.words, 40_000)
