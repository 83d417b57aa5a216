"""Secrets are taken out of texts and exceptions in every form in which they travel."""

import base64
import smtplib
import traceback
from imaplib import IMAP4

from ....credentials.redact import HIDDEN, Redactor, forms
from ...kit.pure import PureCase

SECRET = 'Tr0ub4dor"&\\3ä'


def b64(text):
    return base64.b64encode(text.encode()).decode()


class TestRedact(PureCase):
    def setUp(self):
        self.redactor = Redactor([SECRET], "all@example.com")

    def test_every_form_is_hidden(self):
        quoted = SECRET.replace("\\", "\\\\").replace('"', '\\"')
        for text in (
            SECRET,
            quoted,
            b64(SECRET),
            b64(f"\0all@example.com\0{SECRET}"),
            b64(f"user=all@example.com\1auth=Bearer {SECRET}\1\1"),
            "Tr0ub4dor%22%26%5C3%C3%A4",
        ):
            with self.subTest(text):
                self.assertEqual(self.redactor.text(f"a {text} b"), f"a {HIDDEN} b")
                self.assertIn(text, forms(SECRET, "all@example.com"))

    def test_the_forms_of_a_secret(self):
        secret = 'a"b\\c d'
        plain = {
            secret,
            'a\\"b\\\\c d',  # IMAP
            "a%22b%5Cc%20d",
            "a%22b%5Cc+d",
            'a"b\\\\c d',  # Python's own
        }
        logins = {
            b64(secret),
            b64(f"\0me\0{secret}"),
            b64(f"me\0me\0{secret}"),
            b64(f"user=me\1auth=Bearer {secret}\1\1"),
        }
        found = forms(secret, "me")
        self.assertEqual(set(found), plain | logins)
        self.assertEqual(list(map(len, found)), sorted(map(len, found), reverse=True))
        self.assertIn("secret", forms(" secret "), "some servers take the blanks away")
        self.assertNotIn("", forms("   "), "nothing is everywhere")
        self.assertEqual(forms(""), ())

    def test_a_short_secret_is_hidden_where_it_stands_alone(self):
        for secret, text, shown in (
            ("abc", "abcd abc", f"abcd {HIDDEN}"),
            ("abcd", "abcde abcd", f"{HIDDEN}e {HIDDEN}"),
        ):
            with self.subTest(secret=secret):
                self.assertEqual(Redactor([secret]).text(text), shown)

    def test_what_hides_a_secret_is_three_stars(self):
        self.assertEqual(Redactor(["abcd"]).text("abcd"), "***")

    def test_the_longest_of_several_goes_first(self):
        self.assertEqual(Redactor(["abcd", "abcdefgh"]).text("abcdefgh"), HIDDEN)

    def test_values_of_every_kind(self):
        class Text(list):
            """Not a plain list: whoever made it knows how to make another one."""

        error = ValueError(SECRET)
        for value, expected in (
            (SECRET, HIDDEN),
            (SECRET.encode() + b"\xff", b"***\xff"),
            ([SECRET, 1], [HIDDEN, 1]),
            ((SECRET, [SECRET]), (HIDDEN, [HIDDEN])),
            ({"a": SECRET, "b": None}, {"a": HIDDEN, "b": None}),
            (Text([SECRET]), Text([SECRET])),
            (5, 5),
            (None, None),
            (error, error),
        ):
            with self.subTest(type(value).__name__):
                found = self.redactor.value(value)
                self.assertEqual(found, expected)
                self.assertIs(type(found), type(expected))
        self.assertEqual(str(error), HIDDEN)

    def test_what_an_exception_carries_besides_its_arguments(self):
        inner = ValueError(SECRET)
        error = RuntimeError("failed", inner, 7)
        error.command, error.origin, error.number = SECRET, inner, 7
        error.itself = error
        self.redactor.exception(error)
        self.assertEqual(error.args, ("failed", inner, 7))
        self.assertEqual(str(inner), HIDDEN)
        self.assertEqual((error.command, error.number), (HIDDEN, 7))
        self.assertIs(error.origin, inner)
        self.redactor.exception(None)

    def test_errors_of_the_system_keep_their_number(self):
        for error, expected in (
            (OSError(5, SECRET), (5, HIDDEN)),
            (OSError(SECRET), (None, None)),
        ):
            self.redactor.exception(error)
            self.assertEqual((error.errno, error.strerror), expected)

    def test_errors_about_letters_say_neither_the_text_nor_the_letter(self):
        encoding = UnicodeEncodeError("ascii", SECRET, 15, 16, f"no {SECRET}")
        self.redactor.exception(encoding)
        self.assertEqual(encoding.object, "*" * len(SECRET))
        self.assertEqual(encoding.args, ("ascii", HIDDEN, 15, 16, f"no {HIDDEN}"))
        raw = SECRET.encode()
        decoding = UnicodeDecodeError("ascii", raw, 15, 16, "no")
        self.redactor.exception(decoding)
        self.assertEqual(decoding.object, b"*" * len(raw))
        self.assertEqual(decoding.args, ("ascii", HIDDEN, 15, 16, "no"))
        for plain in (UnicodeError("label too long"), ValueError("label", "too long")):
            arguments = plain.args
            self.redactor.exception(plain)
            self.assertEqual(plain.args, arguments, "of others nothing is known to be secret")
        self.redactor.exception(UnicodeError())
        two = UnicodeError("label", "too long")
        self.redactor.exception(two)
        self.assertEqual(two.args, ("label", HIDDEN))

    def test_other_words_stay(self):
        self.assertEqual(self.redactor.text("no such user"), "no such user")
        self.assertEqual(Redactor([]).text("anything"), "anything")
        # a password that is part of ordinary words does not spoil them
        self.assertEqual(Redactor(["no"]).text("no, not now"), f"{HIDDEN}, not now")

    def test_an_exception_stays_what_it_is_and_says_nothing(self):
        raw = SECRET.encode()
        errors = (
            IMAP4.error(b"NO LOGIN " + raw),
            smtplib.SMTPAuthenticationError(535, b"bad " + raw),
            smtplib.SMTPRecipientsRefused({"a@b.c": (550, raw)}),
            OSError(5, f"connect {SECRET}"),
            ValueError([SECRET, (raw,)]),
        )
        for error in errors:
            with self.subTest(type(error).__name__):
                self.redactor.exception(error)
                shown = f"{error!s} {error!r} {vars(error)}"
                self.assertNotIn("Tr0ub4dor", shown)
                self.assertIn(HIDDEN, shown)

    def test_causes_and_contexts_are_cleaned(self):
        try:
            try:
                try:
                    raise KeyError(SECRET)
                except KeyError as error:
                    raise RuntimeError(SECRET) from error
            except RuntimeError:
                raise OSError(SECRET)  # noqa: B904
        except OSError as error:
            self.redactor.exception(error)
            text = "".join(traceback.format_exception(error))
        self.assertNotIn("Tr0ub4dor", text)
        self.assertEqual(text.count(HIDDEN), 3)

    def test_a_password_that_is_no_ascii_is_not_in_the_error_about_it(self):
        try:
            SECRET.encode("ascii")
        except UnicodeEncodeError as error:
            self.redactor.exception(error)
            shown = f"{error} {error!r} {error.args} {error.object}"
        self.assertNotIn("Tr0ub4dor", shown)
        self.assertNotIn("ä", shown)
        self.assertNotIn("xe4", shown)

    def test_an_exception_that_is_its_own_context_ends(self):
        error = ValueError(SECRET)
        other = ValueError(SECRET)
        error.__cause__, other.__cause__ = other, error
        self.redactor.exception(error)
        self.assertEqual((str(error), str(other)), (HIDDEN, HIDDEN))


class TestNotes(PureCase):
    """Notes of an exception (PEP 678), which Python prints below it."""

    def noted(self, error, *notes):
        error.__notes__ = list(notes)  # what add_note does, from Python 3.11 on
        return error

    def test_a_note(self):
        error = self.noted(OSError("no"), f"sent {SECRET}", "harmless")
        Redactor([SECRET]).exception(error)
        self.assertEqual(error.__notes__, [f"sent {HIDDEN}", "harmless"])
        self.assertNotIn(SECRET, "".join(traceback.format_exception(error)))

    def test_notes_of_causes_and_of_what_was_handled(self):
        cause = self.noted(ValueError("x"), b64(SECRET))
        try:
            try:
                raise cause
            except ValueError as inner:
                raise self.noted(IMAP4.error("y"), SECRET) from inner
        except IMAP4.error as error:
            Redactor([SECRET]).exception(error)
            self.assertEqual((error.__notes__, cause.__notes__), ([HIDDEN], [HIDDEN]))

    def test_a_note_of_an_error_within_an_argument(self):
        inner = self.noted(ValueError("x"), SECRET)
        Redactor([SECRET]).exception(RuntimeError("y", [inner]))
        self.assertEqual(inner.__notes__, [HIDDEN])

    def test_notes_that_are_none(self):
        for notes in (None, "text", ["ok", 7, None]):
            with self.subTest(notes=notes):
                error = OSError("no")
                error.__notes__ = notes
                Redactor([SECRET]).exception(error)
                self.assertEqual(error.__notes__, notes)

    def test_notes_in_a_tuple(self):
        error = OSError("no")
        error.__notes__ = (SECRET,)
        Redactor([SECRET]).exception(error)
        self.assertEqual(list(error.__notes__), [HIDDEN])

    def test_notes_that_are_a_secret_alone(self):
        error = OSError("no")
        error.__notes__ = SECRET
        Redactor([SECRET]).exception(error)
        self.assertEqual(error.__notes__, HIDDEN)
