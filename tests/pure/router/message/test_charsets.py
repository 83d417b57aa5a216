"""Charsets as mail clients name them, encoded words, transfer encodings: what comes out."""

from .....router.message.charsets import (
    charset_of_language,
    decode_bytes,
    known_charset,
    named_in_page,
)
from .....router.message.encoded_words import decode_base64, decode_words, one_line
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
    ("utf-8", b"a\xfc", "aü"),
    (" UTF-8 ", b"Gr\xfc\xdfe, K\xf6ln", "Grüße, Köln"),
    ("utf8", "Küche ü".encode()[:-1], "Küche \ufffd"),
    ("utf8", "Küche ü".encode()[2:], "\ufffdche ü"),
    ("", "Küche ü".encode()[:-1], "Küche \ufffd"),
    ("", "voilà".encode("cp1252"), "voilà"),
    ("", "schöne Grüße, größte €".encode("cp1252"), "schöne Grüße, größte €"),
    ("utf-8", "Straße ".encode() * 9 + b"\xff", "Straße " * 9 + "\ufffd"),
    ("utf8mb4", "ü".encode(), "ü"),
    ("1252", b"\x80", "€"),
    ("cp-1252", b"\x80", "€"),
    ("x-cp1252", b"\x80", "€"),
    ("windows1252", b"\x80", "€"),
    ("x-ansi", b"\x80", "€"),
    ("win-1251", "почта".encode("cp1251"), "почта"),
    ("65001", "ü".encode(), "ü"),
    ("iso-8859-1", "Grüße".encode(), "Grüße"),
    ("iso-8859-15", b"\xa4", "€"),
    ("iso-8859-15", "Grüße".encode(), "Grüße"),
    ("big5", "裏碁".encode("cp950"), "裏碁"),
    ("gb2312", "ü".encode("gb18030") + b"\xff", "ü\ufffd"),
    ("iso-2022-jp", b"\x1b$B-!\x1b(B \x1b$B4]?t;z%F%9%H\x1b(B", "① 丸数字テスト"),
    ("ISO-2022-JP", b"\x1b$B-j\x1b(B", "㈱"),
    ("iso-2022-jp", b"\x1b(I12\x1b(B-\x1b$B-!\x1b(B", "ｱｲ-①"),
    ("iso-2022-jp", "日本語".encode("iso-2022-jp"), "日本語"),
    ("", "日本語".encode("iso-2022-jp"), "日本語"),
    ("us-ascii", "日本語".encode("iso-2022-jp"), "日本語"),
    ("", b"\x1b[31mred\x1b[0m", "\x1b[31mred\x1b[0m"),
    ("hz-gb-2312", "中文".encode("hz"), "中文"),
    ("utf-7", b"Gr+APwA3w-e", "Grüße"),
    ("utf-16", "ab".encode("utf-16"), "ab"),
    ("", "ab ü".encode("utf-16"), "ab ü"),
    ("utf-16le", "ab".encode("utf-16-le"), "ab"),
    ("utf-8", b"\xef\xbb\xbfa", "a"),
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

    def test_what_is_not_claimed_is_in_the_language_of_the_rest(self):
        russian, greek = "Добрый день", "Καλημέρα"
        for payload, fallback, text in (
            (russian.encode("koi8-r"), "koi8-r", russian),
            (greek.encode("cp1253"), "cp1253", greek),
            (russian.encode(), "koi8-r", russian),
            (b"K\xf6ln", "cp932", "Köln"),
            (b"K\xf6ln", "", "Köln"),
        ):
            for claimed in ("", "us-ascii", "utf-8", "x-unknown"):
                with self.subTest(text, claimed=claimed):
                    self.assertEqual(decode_bytes(payload, claimed, fallback), text)

    def test_the_charset_of_a_language_that_reads_best(self):
        for language, text, charsets in (
            ("ru", "Здравствуйте, пришлите предложение", "cp1251 koi8-r iso-8859-5"),
            ("pl", "Proszę o świecę, gęślą jaźń", "cp1250 iso-8859-2"),
            ("ja", "お世話になっております", "cp932 euc-jp"),
        ):
            for charset in charsets.split():
                with self.subTest(charset):
                    payload = text.encode(charset)
                    self.assertEqual(decode_bytes(payload, "", charset_of_language(language)), text)

    def test_false_claims(self):
        for text, written, claimed in (
            ("Привет, мир", "utf-8", "koi8-r"),
            ("Zażółć gęślą", "utf-8", "iso-8859-2"),
            ("Hello there", "ascii", "utf-16"),
            ("見積", "iso-2022-jp", "utf-8"),
            ("見積①", "euc_jis_2004", "euc-jp"),
            ("嘅", "big5hkscs", "big5"),
        ):
            with self.subTest(claimed, text=text):
                self.assertEqual(decode_bytes(text.encode(written), claimed), text)

    def test_names_of_charsets(self):
        for name, meant in (
            ("x-euc-jp", "euc-jp"), ("x-big5", "cp950"), ("iso-88592", "iso-8859-2"),
            ("28592", "iso-8859-2"), ("8859-1", "cp1252"), ("20866", "koi8-r"), ("utf-8;", "utf-8"),
            ("iso-8859-2 (Polish)", "iso-8859-2"), ("charset=utf-8", "utf-8"), ("x-none", ""),
        ):  # fmt: skip
            self.assertEqual(known_charset(name), meant, name)

    def test_languages(self):
        for named, charset in (
            ("ru-RU, en;q=0.5", "cp1251 koi8-r iso-8859-5"), ("el", "cp1253"), ("zh-TW", "cp950"),
            ("zh", "gb18030"), ("de-DE", ""), ("", ""), ("pl_PL", "cp1250 iso-8859-2"),
            ("x" * 1_000, ""),
        ):  # fmt: skip
            self.assertEqual(charset_of_language(named), charset, named)

    def test_what_a_page_names(self):
        for head, charset in (
            (b'<html><head><meta charset="windows-1251">', "cp1251"),
            (b"<META http-equiv=Content-Type content='text/html; charset=koi8-r'>", "koi8-r"),
            (b'<?xml version="1.0" encoding="iso-8859-2"?><html>', "iso-8859-2"),
            (b"<p>charset=koi8-r</p>", ""),
            (b"<meta charset=x-none>", ""),
            (b" " * 5_000 + b"<meta charset=koi8-r>", ""),
        ):
            self.assertEqual(named_in_page(head), charset, head)

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
            (b"QUJD\n-- \nThis mail was scanned.\n", b"ABC"),
            (b"QUJD\nQUJD\r\n\r\n_____\nlist\n", b"ABCABC"),
            (b"QUI=\n\nScanned by us!\n", b"AB"),
            (b"QQ", b"A"),
        ):
            with self.subTest(text):
                self.assertEqual(decode_base64(text), octets)

    def test_one_line_has_neither_controls_nor_double_blanks(self):
        for char in "\0\x01\t\n\x0b\x0c\r\x1b\x1f\x7f\ud800\udfff":
            with self.subTest(repr(char)):
                self.assertEqual(one_line(f" a{char}{char} b "), "a b")
        self.assertEqual(one_line("a~\x80é"), "a~\x80é")
