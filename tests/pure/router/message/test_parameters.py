"""Parameters, boundaries, names and transfer encodings as programs write them against the RFCs."""

import base64

from .....router.message import mime
from .....router.message.mail import ReceivedMail
from .....router.message.raw_text import decode_raw
from ....kit.pure import PureCase


def parts(*lines, body=b""):
    head = b"\r\n".join(line if isinstance(line, bytes) else line.encode() for line in lines)
    return ReceivedMail.from_bytes(head + b"\r\n\r\n" + body).parts()


def name_of(*lines):
    return parts(*lines)[0].get_filename()


class TestOddParameters(PureCase):
    def test_parameters_against_the_rules(self):
        for value, kind, expected in (
            ("text/plain charset=utf-8", "text/plain", {"charset": "utf-8"}),
            ("text/plain charset=utf-8 name=a b.txt", "text/plain",
             {"charset": "utf-8", "name": "a b.txt"}),
            ('attachment filename="a size=3.pdf" size=4', "attachment",
             {"filename": "a size=3.pdf", "size": "4"}),
            ('name="a.pdf"', "", {"name": "a.pdf"}),
            ("text/plain; charset=us-ascii (Plain text)", "text/plain", {"charset": "us-ascii"}),
            ("a/b; name=Plan (1)", "a/b", {"name": "Plan (1)"}),
            ('a/b; name="a"b".pdf"; c=d', "a/b", {"name": 'a"b".pdf', "c": "d"}),
            ('a/b; name="a; c=d', "a/b", {"name": '"a', "c": "d"}),
            ('a/b; name="a;b.pdf"; c=d', "a/b", {"name": "a;b.pdf", "c": "d"}),
            ('a/b; name="C:\\x\\y.pdf"', "a/b", {"name": "C:\\x\\y.pdf"}),
            ('a/b; boundary="a  b"', "a/b", {"boundary": "a  b"}),
            ('"text/html"; a=b', "text/html", {"a": "b"}),
            ("a/b;; ;a=b;", "a/b", {"a": "b"}),
        ):  # fmt: skip
            with self.subTest(value):
                self.assertEqual(mime.parse_parameters(value), (kind, expected))

    def test_the_better_form_of_a_parameter(self):
        for value, expected in (
            ("a; n=Gr__e; n*=utf-8''Gr%C3%B6%C3%9Fe", "Größe"),
            ("a; n=Größe; n*=utf-8''Gr%F6%DFe", "Größe"),
            ("a; n=x; n*0*=utf-8''%C3; n*1*=%BC", "ü"),
            ("a; n=a; n*1=b; n*2=c", "abc"),
            ("a; n*0=utf-8''%C3%BC; n*1*=%C3%BC", "üü"),
            ("a; n=utf-8''%C3%BC", "ü"),
            ("a; n=it''s", "it''s"),
            ("a; n*1=b; n*0=a", "ab"),
        ):
            with self.subTest(value):
                self.assertEqual(mime.parse_parameters(value)[1]["n"], expected)

    def test_a_field_of_quotes_costs_no_time(self):
        hostile = 'a/b; n="' + '\\"' * 20_000
        for _number in range(500):
            mime.parse_parameters(hostile)


class TestFileNames(PureCase):
    def test_names_in_any_charset(self):
        for line, expected in (
            ("Content-Disposition: attachment; filename=Größe.pdf", "Größe.pdf"),
            ("Content-Disposition: attachment; filename=Größe.pdf".encode("latin-1"), "Größe.pdf"),
            ("Content-Disposition: x; filename=„5 €“.pdf".encode("cp1252"), "„5 €“.pdf"),
            ('Content-Type: a/b; name="請求書.pdf"'.encode("cp932"), "請求書.pdf"),
            ('Content-Type: a/b; name="テスト.pdf"'.encode("cp932"), "テスト.pdf"),
            ('Content-Type: a/b; name="=?utf-8?B?R3LDtg==?=\r\n =?utf-8?B?w59l?=.pdf"',
             "Größe.pdf"),
            ("Content-Type: a/b; name==?utf-8?Q?Gr=C3=B6=C3=9Fe.pdf?=", "Größe.pdf"),
            ('Content-Type: a/b; name*0="=?utf-8?Q?Gr=C3=B6"; name*1="=C3=9Fe.pdf?="',
             "Größe.pdf"),
            ("Content-Disposition: attachment; filename=Angebot Mai.pdf", "Angebot Mai.pdf"),
        ):  # fmt: skip
            with self.subTest(line):
                self.assertEqual(name_of(line), expected)

    def test_the_better_of_two_places(self):
        worse = 'Content-Disposition: attachment; filename="Gr??e.pdf"'
        self.assertEqual(name_of("Content-Type: a/b; name=Größe.pdf", worse), "Größe.pdf")
        self.assertEqual(name_of(worse), "Gr??e.pdf")
        both = ("Content-Type: a/b; name=a.pdf", "Content-Disposition: x; filename=b.pdf")
        self.assertEqual(name_of(*both), "b.pdf")

    def test_bare_bytes_are_in_what_the_rest_of_the_message_is_in(self):
        for name, charset, words in (
            ("Счет.pdf", "koi8-r", b"=?koi8-r?B?8NLJ18XU?="),
            ("报价.pdf", "gb18030", b"=?gb2312?B?sai82w==?="),
        ):
            line = f"Content-Disposition: attachment; filename={name}".encode(charset)
            self.assertEqual(name_of(b"Subject: " + words, line), name)

    def test_latin_text_is_not_taken_for_japanese(self):
        for text in ("L’an d’or – été", "Größe", "naïve ‚x‘", "5 €"):
            octets = text.encode("cp1252")
            self.assertEqual(decode_raw(octets.decode("latin-1")), text)


class TestTypes(PureCase):
    def test_half_a_type(self):
        for line, expected in (
            ("Content-Type: pdf; name=x.pdf", "application/pdf"),
            ("Content-Type: application", "application/octet-stream"),
            ("Content-Type: image", "application/octet-stream"),
            ("Content-Type: */*", "application/octet-stream"),
            ("Content-Type: application/*; name=x.pdf", "application/octet-stream"),
            ("Content-Type: file; name=x", "application/octet-stream"),
            ("Content-Type: xls; name=x.xls", "application/octet-stream"),
            ("Content-Type: text; charset=utf-8", "text/plain"),
            ("Content-Type: html", "text/html"),
            ("Content-Type: words", "text/plain"),
            ("Content-Type: multipart; boundary=b", "multipart/mixed"),
            ("Content-Type: boundary=b", "multipart/mixed"),
        ):
            with self.subTest(line):
                self.assertEqual(parts(line)[0].get_content_type(), expected)


class TestBoundaries(PureCase):
    def test_boundaries_that_mail_programs_read(self):
        for parameter, boundary in (
            ("boundary==_abc=:_def", "=_abc=:_def"),
            ('boundary="<abc>"', "<abc>"),
            ("boundary=<abc>", "<abc>"),
            ("boundary=a b", "a b"),
            ('boundary="a  b"', "a  b"),
            ('boundary="abc  "', "abc"),
            ("boundary=(abc)", "(abc)"),
            ("boundary=a:b/c?d,e", "a:b/c?d,e"),
            ('boundary="a;b"', "a;b"),
            ("charset=x boundary=abc", "abc"),
            ("boundary='abc'", "'abc'"),
            ('boundary="abc" (comment)', "abc"),
        ):
            with self.subTest(parameter):
                body = f"--{boundary}\r\n\r\none\r\n--{boundary}  \r\n\r\ntwo\r\n--{boundary}--"
                found = parts(f"Content-Type: multipart/mixed; {parameter}", body=body.encode())
                self.assertEqual([part.raw for part in found[1:]], [b"one", b"two"])


class TestTransferEncodings(PureCase):
    def test_names_of_encodings(self):
        for encoding in ('"base64"', "base-64", "Base64 (x)", "base64;", "base64 base64"):
            line = f"Content-Transfer-Encoding: {encoding}"
            self.assertEqual(parts(line, body=b"eA==")[0].decoded(), b"x", encoding)
        line = "Content-Transfer-Encoding: Quoted/Printable"
        self.assertEqual(parts(line, body=b"=41")[0].decoded(), b"A")

    def test_uuencoded(self):
        lines = (b"begin 644 a.bin", b"#:&5Y", b"`", b"end", b"footer")
        for name in ("x-uuencode", "uuencode", "X-UUE"):
            line = f"Content-Transfer-Encoding: {name}"
            self.assertEqual(parts(line, body=b"\r\n".join(lines))[0].decoded(), b"hey")
        (part,) = parts("Content-Transfer-Encoding: uue", body=b"\xff\n\x00\n")
        self.assertEqual(part.decoded(), b"")

    def test_a_nested_message_that_only_claims_to_be_encoded(self):
        lines = ("Content-Type: message/rfc822", "Content-Transfer-Encoding: base64")
        inner = b"Subject: inner\r\n\r\nx"
        self.assertEqual(len(parts(*lines, body=inner)), 2)
        (part,) = parts(*lines, body=base64.b64encode(inner))
        self.assertEqual(part.decoded(), inner)

    def test_base64_with_what_does_not_belong_to_it(self):
        data = bytes(range(256))
        lines = base64.encodebytes(data).splitlines()
        body = b"\n".join(lines)
        for expected, payload in (
            (data, body + b"\n-- \nThis mail was scanned.\n"),
            (b"x" * 57, base64.b64encode(b"x" * 57) + b"\n\n____\nlist@x.test\nabcd\n"),
            (data, b"\n".join((lines[0], b"!", *lines[1:]))),
            (data, b"\n".join((lines[0] + b"!", *lines[1:]))),
            (data + data, body + b"\n" + body),
            (b"x", b"eA"),
            (data, body.replace(b"\n", b"\r\n\r\n")),
        ):
            with self.subTest(payload):
                (part,) = parts("Content-Transfer-Encoding: base64", body=payload)
                self.assertEqual(part.decoded(), expected)

    def test_an_empty_line_before_the_header_of_an_attached_message(self):
        body = b"--b\r\n\r\n\r\nSubject: s\r\n\r\nwords\r\n--b--"
        _all, outer, inner = parts("Content-Type: multipart/digest; boundary=b", body=body)
        self.assertEqual((inner.get("subject"), inner.raw), ("s", b"words"))
        self.assertEqual(outer.raw, b"\r\nSubject: s\r\n\r\nwords")
