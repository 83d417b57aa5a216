"""What users typed becomes one line, one mailbox, one name: at every limit."""

from email import policy
from email.message import EmailMessage
from unittest.mock import patch

from ....outgoing import header_text
from ....outgoing.header_text import (
    ascii_address,
    clean_name,
    clean_text,
    clean_value,
    format_address,
    mailboxes,
    needs_no_quotes,
    parsed_header,
)
from ....router.message.addresses import Mailbox
from ...kit.pure import PureCase


class TestNames(PureCase):
    def test_up_to_ninety_six_letters(self):
        for name, expected in (
            ("a" * 96, "a" * 96),
            ("a" * 97, "a" * 96),
            ("a" * 90 + " bcdefg", "a" * 90),
            ("aaa bbb " + "c" * 90, "aaa bbb"),
            ("a" * 95 + " b", "a" * 95),
        ):
            with self.subTest(name=name):
                self.assertEqual(clean_name(name), expected)

    def test_no_more_is_read_than_could_be_shown(self):
        far = "\x01" * 956  # controls become one blank
        self.assertEqual(clean_name(far + "abcdefgh"), "abcd")
        with patch.object(header_text, "decode_words", side_effect=str) as decode:
            clean_name("never seen before " + "b" * 5_000)
        self.assertEqual(len(decode.call_args[0][0]), 960)

    def test_encoded_words_in_encoded_words(self):
        with patch.object(header_text, "decode_words", side_effect=lambda name: name[1:]) as decode:
            self.assertEqual(clean_name("123 three times"), "three times")
        self.assertEqual(decode.call_count, 3)

    def test_what_is_left_of_an_encoded_word(self):
        self.assertEqual(clean_name("a =?b"), "a b")

    def test_empty_brackets_and_edges(self):
        for name, expected in (
            ("Ann ( )", "Ann"),
            ("Ann [ ] Lee", "Ann Lee"),
            ("Ann < > Lee", "Ann Lee"),
            ("Ann - ", "Ann"),
            ("| Ann /", "Ann"),
            (", ; : Ann", "Ann"),
            ("'Ann'", "Ann"),
            ("xAnnx", "xAnnx"),
        ):
            with self.subTest(name=name):
                self.assertEqual(clean_name(name), expected)

    def test_an_at_that_stands_alone(self):
        for at in "@＠﹫":
            self.assertEqual(clean_name(f"a {at} b"), "a b")
            self.assertEqual(clean_name(f"Eve mail{at}x.test"), "Eve")
            self.assertEqual(clean_name(f"x mail{at}extra.test x"), "x x")
            self.assertEqual(clean_name(f"max{at}box.test"), "")


class TestTexts(PureCase):
    def test_one_line(self):
        for mark in "\x00\x1f\x7f\x85\x9f\u2028\u2029\u202a\u202e\u2066\u2069\ufeff\ud800\udfff":
            with self.subTest(mark=mark.encode("unicode_escape")):
                self.assertEqual(clean_text(f" a{mark}{mark}b{mark}"), "a b")
        for kept in " ~\xa0\u202f\u2065\u206a":
            self.assertEqual(clean_text(f"a{kept}b"), f"a{kept}b")

    def test_values_of_headers(self):
        for value, expected in (
            ("a\r\nb", "a b"),
            ("=?utf-8?q?=0A?=", "= ?utf-8?q?=0A?="),
            (["a\nb", ("c\nd",)], ["a b", ["c d"]]),
            (5, 5),
            (None, None),
        ):
            with self.subTest(value=value):
                self.assertEqual(clean_value(value), expected)

    def test_addresses(self):
        for address, expected in (
            ("Ann@Example.COM", "Ann@Example.COM".lower()),
            ("ann@bücher.example", "ann@xn--bcher-kva.example"),
            ("änn@example.com", ""),
            ("ann", ""),
            ("a\r\nnn@example.com", ""),
            (" ann@example.com\x00", "ann@example.com"),
        ):
            with self.subTest(address=address):
                self.assertEqual(ascii_address(address), expected)

    def test_mailboxes(self):
        found = mailboxes('"Ann (ann@a.test)" <ann@a.test>, ünn@b.test, bob@b.test')
        self.assertEqual(found, (Mailbox("Ann", "ann@a.test"), Mailbox("", "bob@b.test")))
        self.assertEqual((mailboxes(None), mailboxes("")), ((), ()))


class TestFormat(PureCase):
    ADDRESS = "ann@a.test"

    def test_quoted_where_it_arrives_like_that(self):
        for name, expected in (
            ("", "ann@a.test"),
            ("Ann Lee", '"Ann Lee" <ann@a.test>'),
            ("Änn", '"Änn" <ann@a.test>'),
            ("Lee, Ann", '"Lee, Ann" <ann@a.test>'),
            ('a"b\\c', '"a\\"b\\\\c" <ann@a.test>'),
        ):
            with self.subTest(name=name):
                self.assertEqual(format_address(Mailbox(name, self.ADDRESS)), expected)

    def test_special_characters_go_where_folding_would_lose_the_quotes(self):
        with patch.object(header_text, "_survives_folding", return_value=False):
            for name, expected in (
                ("Leé, Ann", '"Leé Ann" <ann@a.test>'),
                ("Lee; Ann", '"Lee Ann" <ann@a.test>'),
                (",;", "ann@a.test"),
                ("Leo Ann", '"Leo Ann" <ann@a.test>'),
            ):
                with self.subTest(name=name):
                    self.assertEqual(format_address(Mailbox(name, "ann@a.test")), expected)
                    format_address.cache_clear()
        format_address.cache_clear()

    def test_folded_is_what_the_longest_header_folds(self):
        """A name survives in a short header alone where it would not in a long one."""
        found = []

        class Message(EmailMessage):
            def __setitem__(self, name, value):
                found.append(name)
                super().__setitem__(name, value)

        with patch.object(header_text, "EmailMessage", Message):
            format_address.cache_clear()
            format_address(Mailbox("Lee, Ann", "ann@a.test"))
        self.assertEqual(found, ["Reply-To"])

    def test_needs_no_quotes(self):
        for name, expected in (("Ann Lee", True), ("Änn", False), ("a,b", False), ("ä,b", False)):
            self.assertEqual(needs_no_quotes(name), expected)

    def test_a_header_is_parsed_once(self):
        value = parsed_header("From", "Ann <ann@a.test>")
        self.assertEqual(value.addresses[0].addr_spec, "ann@a.test")
        message = EmailMessage(policy=policy.SMTP)
        message["From"] = value
        self.assertEqual(message["From"].addresses, value.addresses)
        with self.assertRaises(ValueError):
            parsed_header("From", "a\r\nb")
