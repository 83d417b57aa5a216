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
