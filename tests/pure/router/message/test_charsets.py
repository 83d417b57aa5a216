"""Charsets as mail clients name them, encoded words, transfer encodings: what comes out."""

from .....router.message.encoded_words import decode_base64, decode_bytes, decode_words, one_line
from ....kit.pure import PureCase

# (charset as claimed, bytes, text): each of them means more, or another thing, than its codec.
CLAIMED = (
    ("", "ü".encode(), "ü"),
    ("ascii", "ü".encode(), "ü"),
    ("us-ascii", "ü".encode(), "ü"),
    ("ANSI_X3.4-1968", "ü".encode(), "ü"),
    ("gb2312", "朱镕基".encode("gb18030"), "朱镕基"),
    ("gb2312", "𠀀".encode("gb18030"), "𠀀"),
    ("gbk", "𠀀".encode("gb18030"), "𠀀"),
    ("ks_c_5601-1987", "뷁".encode("cp949"), "뷁"),
    ("euc-kr", "뷁".encode("cp949"), "뷁"),
    ("iso-8859-1", b"\x80", "€"),
    ("ISO-8859-1", b"\x80", "€"),
    ("latin1", b"\x80", "€"),
    ("iso-8859-8-i", "שלום".encode("iso-8859-8"), "שלום"),
    ("iso-8859-8-e", "שלום".encode("iso-8859-8"), "שלום"),
    ("windows-874", "ไทย".encode("cp874"), "ไทย"),
    ("x-sjis", "①髙".encode("cp932"), "①髙"),
    ("shift_jis", "①髙".encode("cp932"), "①髙"),
    ("koi8-r", "почта".encode("koi8-r"), "почта"),
    ("'koi8-r'", "почта".encode("koi8-r"), "почта"),
    (' "koi8-r" ', "почта".encode("koi8-r"), "почта"),
    ("koi8-r*ru", "почта".encode("koi8-r"), "почта"),
    ("utf-8", b"a\xfc", "a\ufffd"),
    (" UTF-8 ", b"a\xfc", "a\ufffd"),
    ("utf8", b"a\xfc", "a\ufffd"),
    ("us-ascii", b"a\xfc", "aü"),
    ("x-unknown", b"a\xfc", "aü"),
    ("x-unknown", "aü".encode(), "aü"),
)
# Codecs that Python has and nobody may ask for: bytes that they would turn into other text.
NO_CHARSETS = (
    ("punycode", b"bcher-kva"),
    ("idna", b"xn--bcher-kva"),
    ("unicode_escape", b"\\u00fc"),
    ("unicode-escape", b"\\u00fc"),
    ("raw_unicode_escape", b"\\u00fc"),
    ("Raw-Unicode-Escape", b"\\u00fc"),
    ("undefined", b"a"),
    ("base64", b"YQ=="),
    ("rot13", b"abc"),
)


class TestCharsets(PureCase):
    def test_what_is_claimed_and_what_is_meant(self):
        for charset, payload, text in CLAIMED:
            with self.subTest(charset):
                self.assertEqual(decode_bytes(payload, charset), text)

    def test_codecs_that_are_no_charsets(self):
        for charset, payload in NO_CHARSETS:
            with self.subTest(charset):
                self.assertEqual(decode_bytes(payload, charset), payload.decode())


class TestEncodedWords(PureCase):
    def test_words_and_what_stands_between_them(self):
        for value, text in (
            ("=?utf-8?q?a?==?utf-8?q?b?=", "ab"),
            ("=?utf-8?q?a?= \t =?utf-8?q?b?=", "ab"),
            ("=?utf-8?q?a?=-=?utf-8?q?b?=", "a-b"),
            (" =?utf-8?q?a?=", " a"),
            ("  =?utf-8?q?a?=  b", "  a  b"),
            ("x =?utf-8?q?a?= y", "x a y"),
            ("=?UTF-8?Q?=C3?= =?utf-8?B?vA==?=", "ü"),
            ("=?koi8-r?q?=D0?= =?utf-8?q?=C3=BC?=", "пü"),
            ("=?utf-8?q?=C3?= x =?utf-8?q?=BC?=", "\ufffd x \ufffd"),
            ("=?utf-8?q??=", ""),
            ("=?utf-8?q?a?= =?utf-8?b??= =?utf-8?q?b?=", "a =?utf-8?b??= b"),
            ("a=?", "a=?"),
            ("=?utf-8?x?a?=", "=?utf-8?x?a?="),
            ("=?utf-8?Q?a_b=5F?=", "a b_"),
        ):
            with self.subTest(value):
                self.assertEqual(decode_words(value), text)

    def test_a_charset_has_up_to_60_characters(self):
        self.assertEqual(decode_words(f"=?{'x' * 60}?q?a?="), "a")
        longer = f"=?{'x' * 61}?q?a?="
        self.assertEqual(decode_words(longer), longer)


class TestOctets(PureCase):
    def test_base64_of_any_length(self):
        for text, octets in (
            (b"QUJD", b"ABC"),
            (b"QUJDRA==", b"ABCD"),
            (b"QUJDRA", b"ABCD"),
            (b"QUJDREU", b"ABCDE"),
            (b"QUJDR", b"ABC"),
            (b"-Q.U_J*D R\nE U", b"ABCDE"),
            (b"+/+/Q", b"\xfb\xff\xbf"),
            (b"Q", b""),
            (b"QQ", b"A"),
        ):
            with self.subTest(text):
                self.assertEqual(decode_base64(text), octets)

    def test_one_line_has_neither_controls_nor_double_blanks(self):
        for char in "\0\x01\t\n\x0b\x0c\r\x1b\x1f\x7f\ud800\udfff":
            with self.subTest(repr(char)):
                self.assertEqual(one_line(f" a{char}{char} b "), "a b")
        self.assertEqual(one_line("a~\x80é"), "a~\x80é")
