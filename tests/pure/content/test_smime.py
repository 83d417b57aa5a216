"""Signed messages are shown, encrypted ones say so, and what broke stays a file."""

from ....content.opened.ber import Cursor, Malformed
from ....content.opened.smime import Kind, read_cms
from ....content.reader import read
from ....router.message.mail import ReceivedMail
from ...kit.containers import OIDS, compressed, encrypted, endless, in_base64, signed, tlv
from ...kit.effort import assert_in_proportion, assert_no_hang
from ...kit.pure import PureCase

ENTITY = (
    b'Content-Type: multipart/mixed; boundary="z"\r\n\r\n--z\r\nContent-Type: text/plain\r\n\r\n'
    b"signedwords\r\n--z\r\nContent-Type: application/pdf; name=plan.pdf\r\n\r\n%PDF-1\r\n--z--\r\n"
)
P7M = 'Content-Type: application/pkcs7-mime; name="smime.p7m"'


def content(source):
    if isinstance(source, str):
        source = source.encode()
    return read(ReceivedMail.from_bytes(b"From: a@b.test\n" + source))


def names(found):
    return [item.name for item in found.files]


class TestSigned(PureCase):
    def test_text_and_files_are_shown_and_the_bytes_stay(self):
        for header in (
            (P7M,),
            ("Content-Type: application/x-pkcs7-mime; smime-type=signed-data",),
            ("Content-Type: application/pkcs7-mime",),
            ('Content-Type: application/octet-stream; name="smime.p7m"',),
            ('Content-Type: application/pkcs7-mime; name="message.p7m"',),
        ):
            for form in (tlv, endless):
                data = signed(ENTITY, form=form)
                with self.subTest(header, form=form.__name__):
                    found = content(in_base64(data, *header))
                    self.assertIn("signedwords", found.html)
                    self.assertEqual(names(found)[0], "plan.pdf")
                    self.assertEqual(found.files[1].data, data)
                    self.assertIn("not checked", " ".join(found.notes))

    def test_signed_within_signed(self):
        twice = in_base64(signed(ENTITY), P7M).encode()
        found = content(in_base64(signed(twice), P7M))
        self.assertIn("signedwords", found.html)
        self.assertEqual(names(found), ["plan.pdf", "smime.p7m", "smime.p7m"])
        directly = signed(signed(ENTITY), inner=OIDS["signed"])
        self.assertEqual(read_cms(directly).entity, ENTITY)

    def test_below_a_footer_of_a_mailing_list(self):
        part = in_base64(signed(ENTITY), P7M)
        body = f"--b\n{part}\n--b\nContent-Type: text/plain\n\nfooter\n--b--\n"
        found = content(f"Content-Type: multipart/mixed; boundary=b\n\n{body}")
        self.assertIn("signedwords", found.html)
        self.assertIn("footer", found.html)

    def test_a_program_that_forgets_the_header(self):
        self.assertIn("justwords", content(in_base64(signed(b"justwords\r\n"), P7M)).html)

    def test_a_header_that_was_signed_too(self):
        wrapped = b"Content-Type: message/rfc822\r\n\r\nSubject: x\r\n" + ENTITY
        found = content(in_base64(signed(wrapped), P7M))
        self.assertIn("signedwords", found.html)
        self.assertEqual(names(found), ["plan.pdf", "smime.p7m"])

    def test_compressed(self):
        for form in (tlv, endless):
            found = content(in_base64(compressed(ENTITY, form=form), P7M))
            self.assertIn("signedwords", found.html)
            self.assertEqual(found.notes, ())

    def test_a_file_that_was_signed_is_a_file(self):
        invoice = signed(b'<?xml version="1.0"?><Fattura/>')
        named = 'Content-Type: application/pkcs7-mime; name="IT01_1.xml.p7m"'
        part = in_base64(invoice, named, "Content-Disposition: attachment")
        text = "--b\nContent-Type: text/plain\n\nwords\n"
        for source in (
            f"Content-Type: multipart/mixed; boundary=b\n\n{text}--b\n{part}\n--b--\n",
            in_base64(invoice, named),
            in_base64(signed(ENTITY), named),
        ):
            found = content(source)
            self.assertEqual(names(found), ["IT01_1.xml.p7m"])
            self.assertEqual(found.notes, ())
        self.assertEqual(len(content(in_base64(invoice, P7M)).files), 1)

    def test_what_is_no_signed_text_stays_a_file(self):
        data = signed(ENTITY)
        apart = tlv(0x30, OIDS["signed"], tlv(0xA0, tlv(0x30, tlv(2, b"\1"), tlv(0x31), tlv(0x30))))
        for broken in (b"", b"0", data[:100], data[:-400], apart, b"\x30\x80" * 1000, b"hello"):
            found = content(in_base64(broken, P7M))
            self.assertEqual((names(found), found.html, found.notes), (["smime.p7m"], "", ()))
            self.assertEqual(found.files[0].data, broken)


class TestEncrypted(PureCase):
    def test_it_says_so_and_the_file_is_there(self):
        for kind in ("enveloped", "authenticated"):
            found = content(in_base64(encrypted(kind), P7M))
            self.assertEqual(names(found), ["smime.p7m"])
            self.assertIn("encrypted", found.notes[0])
            self.assertIn("smime.p7m", found.notes[0])

    def test_encrypted_within_signed(self):
        inner = in_base64(encrypted(), P7M).encode()
        found = content(in_base64(signed(inner), P7M))
        self.assertEqual(len(found.notes), 2)

    def test_pgp(self):
        found = content(
            'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b\n'
            "\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n"
            "--b\nContent-Type: application/octet-stream; name=encrypted.asc\n\n-----BEGIN\n--b--\n"
        )
        self.assertEqual(names(found), ["encrypted.asc"])
        self.assertIn("encrypted.asc", found.notes[0])

    def test_signed_apart_is_shown_as_ever(self):
        for kind, name in (("pgp-signature", "signature.asc"), ("pkcs7-signature", "smime.p7s")):
            found = content(
                f'Content-Type: multipart/signed; protocol="application/{kind}"; boundary=b\n\n'
                "--b\nContent-Type: text/plain\n\nwords\n"
                f"--b\nContent-Type: application/{kind}; name={name}\n\nxyz\n--b--\n"
            )
            self.assertEqual((found.html, names(found)), ("<p>words</p>", [name]))
            self.assertEqual((found.files[0].data.strip(), found.notes), (b"xyz", ()))


class TestLimits(PureCase):
    def test_nesting_takes_linear_time(self):
        for unit in (b"\x30\x80", b"\x24\x80", b"\x30\x80\0\0", b"\x1f\x81"):

            def work(size, unit=unit):
                body = tlv(0x30, tlv(2, b"\1"), unit * size)
                self.assertIsNone(read_cms(tlv(0x30, OIDS["signed"], tlv(0xA0, body))))

            assert_in_proportion(self, int, work, 40_000)

    def test_deep_pieces_of_a_text_are_refused(self):
        with self.assertRaises(Malformed):
            Cursor(b"\x24\x80" * 200).octets(10)
        with self.assertRaises(Malformed):
            Cursor(tlv(4, b"123456")).octets(5)

    def test_a_text_in_pieces(self):
        pieces = tlv(4, b"x") * 200_000
        self.assertEqual(Cursor(endless(0x24, pieces)).octets(200_000), b"x" * 200_000)
        with self.assertRaises(Malformed):
            Cursor(endless(0x24, pieces, tlv(4, b"x"))).octets(300_000)

    def test_what_is_compressed_beyond_measure_stays_closed(self):
        bomb = compressed(bytes(25_000_000))
        found = assert_no_hang(self, content, in_base64(bomb, P7M))
        self.assertEqual(names(found), ["smime.p7m"])

    def test_only_a_whole_message_is_inflated(self):
        part = in_base64(compressed(ENTITY), P7M)
        found = content(f"Content-Type: multipart/mixed; boundary=b\n\n--b\n{part}\n--b--\n")
        self.assertEqual((found.html, names(found)), ("", ["smime.p7m"]))

    def test_wrapped_without_end(self):
        data = ENTITY
        for _wrapping in range(12):
            data = in_base64(signed(data), P7M).encode()
        found = content(data)
        self.assertEqual((found.html, len(found.files)), ("", 5))

    def test_more_parts_than_a_message_may_have(self):
        many = b"Content-Type: multipart/mixed; boundary=z\r\n\r\n" + b"--z\r\n\r\nx\r\n" * 400
        part = in_base64(signed(many), P7M)
        found = content(
            f"Content-Type: multipart/mixed; boundary=b\n\n{f'--b{chr(10)}{part}' * 5}--b--"
        )
        self.assertEqual(names(found), ["smime.p7m"] * 5)
        self.assertEqual(found.html.count("x"), 400)
        self.assertEqual(read_cms(signed(b"")).kind, Kind.SIGNED)
