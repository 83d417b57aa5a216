"""While a login is under way, neither a log line nor an error says a secret."""

import logging
import sys

from ....credentials import keeping
from ....credentials.redact import HIDDEN, Redactor
from ...kit.pure import PureCase

SECRET = "Tr0ub4dor"


class TestKeeping(PureCase):
    def setUp(self):
        super().setUp()
        factory = logging.getLogRecordFactory()
        self.addCleanup(logging.setLogRecordFactory, factory)
        self.made = []

    def redactor(self):
        self.made.append(1)
        return Redactor([SECRET])

    def line(self, *arguments, **options):
        """What a log handler gets to see of a line."""
        factory = logging.getLogRecordFactory()
        return factory("x", logging.INFO, __file__, 1, *arguments, options.get("exc_info"))

    def test_lines_are_clean_inside_and_as_they_were_outside(self):
        with keeping(self.redactor):
            record = self.line("said %s to %s", (SECRET, "you"))
            self.assertEqual((record.msg, record.args), (f"said {HIDDEN} to you", ()))
        record = self.line("said %s", (SECRET,))
        self.assertEqual(record.getMessage(), f"said {SECRET}")

    def test_the_error_of_a_line_is_clean(self):
        try:
            raise OSError(f"no {SECRET}")
        except OSError as error:
            with keeping(self.redactor):
                self.line("failed", (), exc_info=sys.exc_info())
            self.assertEqual(str(error), f"no {HIDDEN}")

    def test_an_error_leaves_clean_and_is_the_same(self):
        error = ValueError(f"no {SECRET}")
        with self.assertRaises(ValueError) as caught, keeping(self.redactor):
            raise error
        self.assertIs(caught.exception, error)
        self.assertEqual(str(error), f"no {HIDDEN}")
        self.assertIn(SECRET, self.line(SECRET, ()).getMessage(), "an error ends it as well")

    def test_whoever_knows_the_secrets_may_log_while_asked_for_them(self):
        def asked():
            self.line("looking", ())
            return self.redactor()

        with keeping(asked):
            self.assertEqual(self.line(SECRET, ()).getMessage(), HIDDEN)
            self.assertEqual(self.line(SECRET, ()).getMessage(), HIDDEN, "the next line as well")
        self.assertEqual(len(self.made), 2, "asked anew each time: tokens are fetched inside")

    def test_one_inside_another(self):
        with keeping(self.redactor):
            with keeping(lambda: Redactor(["other"])):
                self.assertEqual(self.line("other", ()).getMessage(), HIDDEN)
            self.assertEqual(self.line(SECRET, ()).getMessage(), HIDDEN)

    def test_lines_pass_one_cleaner_however_often(self):
        with keeping(self.redactor):
            factory = logging.getLogRecordFactory()
        with keeping(self.redactor):
            self.assertIs(logging.getLogRecordFactory(), factory)
