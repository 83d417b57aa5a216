"""Mailbox lists as strangers write them: read in full, in linear time, and never raised at."""

import idna

from .....router.message import addresses
from .....router.message.addresses import (
    normalise,
    normalise_domain,
    parse,
    split_sub_address,
    unquoted_name,
)
from .....router.message.encoded_words import decode_base64, decode_bytes, decode_words, one_line
from ....kit.effort import assert_in_proportion
from ....kit.pure import PureCase

LISTS = (
    ("sales@example.com", ["sales@example.com"]),
    ('"Sales, Team" <Sales@Example.com>, bob@x.test', ["sales@example.com", "bob@x.test"]),
    ("Sales (the (old) team) <sales@example.com>", ["sales@example.com"]),
    ("undisclosed-recipients:;", []),
    ("Undisclosed recipients: ;", []),
    ('Team: a@x.test, "B" <b@x.test>; c@x.test', ["a@x.test", "b@x.test", "c@x.test"]),
    ("<@relay.test,@mx.test:sales@example.com>", ["sales@example.com"]),
    ("sales@example.com bob@x.test", ["sales@example.com", "bob@x.test"]),
    ("sales @ example . com", ["sales@example.com"]),
    ('"john smith"@example.com', ['"john smith"@example.com']),
    ('"sales"@example.com', ["sales@example.com"]),
    ("'sales@example.com'", ["sales@example.com"]),
    ('"unclosed <a@b.test>, c@d.test', ["a@b.test", "c@d.test"]),
    ("(unclosed <a@b.test>, c@d.test", ["a@b.test", "c@d.test"]),
    ("<unclosed@b.test, c@d.test", ["unclosed@b.test", "c@d.test"]),
    ('"jobs@example.com" <sales@example.com>', ["sales@example.com"]),
    ("jobs@example.com <sales@example.com>", ["sales@example.com"]),
    ("sales@example.com (jobs@example.com)", ["sales@example.com"]),
    ("=?utf-8?B?U2FsZXMgPHNhbGVzQGV4YW1wbGUuY29tPg==?=", ["sales@example.com"]),
    ("<mailto:sales@example.com>", ["sales@example.com"]),
    ("Name [mailto:sales@example.com]", ["sales@example.com"]),
    ("sales@[192.0.2.1]", ["sales@[192.0.2.1]"]),
    ("sales@example.com.", ["sales@example.com"]),
    ("sales\u200b@example.com", ["sales@example.com"]),
    (",,;; a@b.test ,", ["a@b.test"]),
    ("a@b@c.test", []),
    ("<>", []),
    ("Nobody <> postmaster@x.test", []),
    ("Lena <Fischer> <lena@x.test>", ["lena@x.test"]),
    ("Mr. <x> lena@x.test", ["lena@x.test"]),
    ("Lena <lena@x.test> <Fischer>", ["lena@x.test"]),
    ("Lena <a@x.test> <b@x.test>", ["a@x.test"]),
    ("Anna <<anna@x.test>>", ["anna@x.test"]),
    ("", []),
    ("Müller <müller@bücher.example>", ["müller@xn--bcher-kva.example"]),
    ("a@ｅｘａｍｐｌｅ．com", ["a@example.com"]),
)


class TestParse(PureCase):
    def test_lists(self):
        for value, expected in LISTS:
            with self.subTest(value=value):
                self.assertEqual([item.address for item in parse(value)], expected)

    def test_names_are_decoded_to_one_line_without_controls(self):
        for value, name in (
            ("=?utf-8?q?J=C3=BCrgen_M?= =?utf-8?q?=C3=BCller?= <j@x.test>", "Jürgen Müller"),
            ('"=?utf-8?q?J=C3=BCrgen?=" <j@x.test>', "Jürgen"),
            ("=?utf-8?q?a=0D=0ABcc=3A_b=00?= <j@x.test>", "a Bcc: b"),
            ('"a \\"b\\" c" <j@x.test>', 'a "b" c'),
            ("j@x.test (Jürgen (privat))", "Jürgen (privat)"),
            ("Anna <<anna@x.test>>", "Anna"),
            ("Lena <Fischer> <lena@x.test>", "Lena"),
        ):
            with self.subTest(value=value):
                self.assertEqual(parse(value)[0].name, name)

    def test_a_comma_that_no_quotes_enclose(self):
        for value, name in (
            ("Berg, Anna <a@x.test>", "Berg, Anna"),
            ("=?utf-8?q?B=C3=A4r?=, Anna, PhD <a@x.test>", "Bär, Anna, PhD"),
            ("Anna Berg <a@x.test>", ""),
            ("b@x.test, Anna <a@x.test>", ""),
            ('"Berg, Anna" <a@x.test>', ""),
            ("Team: Berg, Anna <a@x.test>;", ""),
            ("Berg, Anna", ""),
            ("<a@x.test>, Berg", ""),
        ):
            with self.subTest(value=value):
                self.assertEqual(unquoted_name(value), name)

    def test_ten_thousand_recipients_take_linear_time(self):
        for form in (
            '"User {0}" <user{0}@x{0}.test>',
            "user{0}@x{0}.test",
            "user{0}@x.test (User {0})",
            "=?utf-8?q?M=C3=BCller_{0}?= <user{0}@x.test>",
            "<user{0}@bücher{0}.example>",
            "<user{0}@почта{0}.рф>",
            "<user{0}@ü.ü.ü.ü.ü.ü.ü.ü.ü.ü{0}.test>",
        ):
            with self.subTest(form=form):

                def make(size, form=form):
                    return ", ".join(form.format(number) for number in range(size))

                self.assertEqual(len(parse(make(10_000))), 10_000)
                assert_in_proportion(self, make, parse, 10_000)

    def test_hostile_values_take_linear_time(self):
        for piece in ('"\\', "(", "(\\", "<", ",", "a,", "<>,", ":", "@:", "a@", "()", '"',
                      "a@b:", "=?a?q?", "\\", "a@ ", '"a@b"<', "[", " "):  # fmt: skip
            with self.subTest(piece=piece):
                assert_in_proportion(
                    self,
                    lambda size, piece=piece: "x@y.test " + piece * (size // len(piece)),
                    parse,
                    500_000,
                )

    def test_several_fields_share_one_limit(self):
        values = [", ".join(["a@b.test"] * 10_000)] * 5
        found = addresses.parse_all(values)
        self.assertEqual(sum(map(len, found)), addresses.MAX_ENTRIES)
        self.assertEqual(len(found), 5)

    def test_beyond_so_many_strange_domains_spellings_still_compare(self):
        count = addresses.MAX_A_LABELS
        value = ", ".join(f"a@ü{number}.test" for number in range(count)) + ", a@BÜCHER.test"
        found = parse(value)
        self.assertEqual(found[count - 1].domain, normalise_domain(f"ü{count - 1}.test"))
        self.assertEqual(found[count].domain, "bücher.test")
        for domain in ("xn--bcher-kva.test", "XN--BCHER-KVA.TEST", "Bücher.test", "bücher。test"):
            with self.subTest(domain=domain):
                self.assertEqual(addresses.same_spelling(domain), "bücher.test")


class TestNormalise(PureCase):
    def test_domains_compare_as_idna_says(self):
        for domain in ("bücher.example", "BÜCHER.example", "straße.test", "почта.рф", "例え.テスト",
                       "ελλάδα.test", "한국.test", "bücher。example", "Ｅxample.com"):  # fmt: skip
            with self.subTest(domain=domain):
                expected = idna.encode(domain, uts46=True).decode()
                self.assertEqual(normalise_domain(domain), expected)
                self.assertEqual(normalise_domain(expected.upper()), expected)

    def test_no_address_is_an_empty_string(self):
        for value in ("", "x", "@", "a@", "@b", "a b@c.test", "a@b c", "a" * 2_000 + "@b.test"):
            with self.subTest(value=value[:20]):
                self.assertEqual(normalise(value), "")

    def test_sub_address(self):
        for address, base in (
            ("sales+web@example.com", "sales@example.com"),
            ("sales+a+b@example.com", "sales@example.com"),
            ("+web@example.com", ""),
            ("sales@example.com", ""),
        ):
            self.assertEqual(split_sub_address(address), base)


class TestWords(PureCase):
    def test_encoded_words(self):
        for value, text in (
            ("=?utf-8?b?w7w=?= =?utf-8?b?w7w=?=", "üü"),
            ("=?utf-8?b?w?= =?utf-8?b?w7w=?=", "ü"),
            ("=?utf-8?q?a=C3?= =?utf-8?q?=BC?=", "aü"),
            ("=?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
            ("=?UTF-8*en?Q?a_b?=", "a b"),
            ("=?x-unknown?q?=FC?=", "ü"),
            ("=?zlib?q?a?=", "a"),
            ("=?utf-8?q?open", "=?utf-8?q?open"),
            ("=?utf-8?b??=", "=?utf-8?b??="),
            ("plain", "plain"),
        ):
            with self.subTest(value=value):
                self.assertEqual(decode_words(value), text)

    def test_charsets_that_lie(self):
        for payload, charset, text in (
            (b"\xfc", "us-ascii", "ü"),
            (b"\xc3\xbc", "us-ascii", "ü"),
            (b"\x80", "iso-8859-1", "€"),
            (b"abc", "punycode", "abc"),
            (b"abc", "\0", "abc"),
            (b"abc", "x" * 1000, "abc"),
            (b"\\ud800", "unicode_escape", "\\ud800"),
        ):
            with self.subTest(charset=charset[:20]):
                self.assertEqual(decode_bytes(payload, charset), text)

    def test_base64_that_was_cut_or_dirtied(self):
        for payload, expected in (
            (b"SGVsbG8=", b"Hello"),
            (b"SGVs\r\nbG8", b"Hello"),
            (b"SGVs!!bG8=", b"Hello"),
            (b"S", b""),
            (b"", b""),
        ):
            self.assertEqual(decode_base64(payload), expected)

    def test_one_line(self):
        self.assertEqual(one_line(" a\r\n\tb\0c\ud800 "), "a b c")
