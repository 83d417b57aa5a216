"""What Odoo's engine gets of a message that would stall it, and that it gets all of any other."""

import email
import email.policy
import json

from .....content.plain import MAX_TAGS
from .....content.reader import read
from .....router.message import bounded as bounds
from .....router.message import markup_limits
from .....router.message.bounded import text_only
from .....router.message.limits import LIMITS
from .....router.message.mail import ReceivedMail
from ....kit.bombs import KINDS, bomb
from ....kit.effort import assert_in_proportion, assert_no_hang
from ....kit.mutations import PLAIN
from ....kit.pure import PureCase
from ....kit.sources import ROOT

MAILS = ROOT / "tests" / "mails"


def parsed(source):
    return email.message_from_bytes(source, policy=email.policy.SMTP)


def bounded(source):
    return bounds.bounded(ReceivedMail.from_bytes(source))


def shown(source):
    return read(ReceivedMail.from_bytes(source))


def excess(source):
    """The codes of every limit that a message is over."""
    copy = bounded(source)
    return {limit.code for limit in (*copy.over, *shown(copy.source).over)}


class TestBounded(PureCase):
    def test_no_honest_message_is_over_a_limit(self):
        rows = json.loads((MAILS / "expected.json").read_text("utf-8"))
        over = {}
        for path in sorted(MAILS.rglob("*.eml")):
            source = path.read_bytes()
            if path.name.startswith("broken-"):
                continue  # what they show is a message that nobody writes
            copy = bounded(source)
            self.assertIs(copy.source, source, path.name)
            if found := excess(source):
                over[path.name] = found
        self.assertEqual(over, {})
        self.assertGreater(len(rows), 200)

    def test_ordinary_odd_headers_stay_as_they_are(self):
        for field in (
            'To: "Last, First (Sales)" <a@b.test>, undisclosed recipients:;',
            "To: (comment) a@b.test (Name), <@relay.test:c@d.test>",
            "Content-Type: text/plain (text); charset=utf-8",
            "Cc: " + ", ".join(f"Guest {number} <g{number}@x.test>" for number in range(2_000)),
            "Subject: " + "=?utf-8?q?=C3=BC?= " * 60,
        ):
            with self.subTest(field[:40]):
                source = bomb(field)
                self.assertIs(bounded(source).source, source)

    def test_address_fields_are_written_from_our_own_reading(self):
        source = bomb('Cc: "a" <a@b.test>, c@d.test, ' + '"' * 2_000)
        copy = bounded(source)
        self.assertEqual({limit.code for limit in copy.over}, {"odd"})
        self.assertEqual(parsed(copy.source)["Cc"], "a <a@b.test>, c@d.test")
        self.assertEqual(parsed(copy.source).get_payload(), "Hello\r\n")

    def test_what_a_record_needs_is_kept_of_too_many_fields(self):
        source = bomb(*["X-A: b"] * 5_000, "Reply-To: a@b.test", "References: <1@b.test>")
        message = parsed(bounded(source).source)
        self.assertEqual(message["Reply-To"], "a@b.test")
        self.assertEqual(message["References"], "<1@b.test>")
        self.assertLessEqual(len(message.keys()), 1_000)

    def test_bombs_are_over_a_limit_or_harmless(self):
        for name, make in KINDS.items():
            with self.subTest(name):
                source = make()
                copy = assert_no_hang(self, bounded, source)
                message = parsed(copy.source)
                content = assert_no_hang(self, shown, copy.source)
                if content.over:
                    message = parsed(text_only(copy.source))
                    self.assertLessEqual(content.html.count("<"), MAX_TAGS)
                else:
                    self.assertIsNone(markup_limits.html_excess([content.html]))
                assert_no_hang(self, message.as_bytes)
                self.assertTrue(message["From"] or name.startswith("from"))

    def test_every_limit_is_reached_by_some_message(self):
        self.assertEqual(bounded(PLAIN).over, ())
        reached = {code for make in KINDS.values() for code in excess(make())}
        seen = {limit.code for limit in LIMITS}
        self.assertLessEqual(reached, seen)
        self.assertGreater(len(reached), len(seen) - 6)


class TestMarkup(PureCase):
    def test_a_page_is_looked_at_in_linear_time(self):
        for bait in ("<", "<a ", '<a b="', "<a b=' ", ">", '">', "='>", "\n>a\nb", "&gt;", "<!--"):
            with self.subTest(bait):
                assert_in_proportion(
                    self,
                    lambda size, bait=bait: [bait * (size // len(bait))],
                    markup_limits.html_excess,
                    200_000,
                )

    def test_attributes_are_counted_whatever_quotes_hide(self):
        names = " ".join(f"a{number}" for number in range(3_000))
        hidden = '">" '.join(f"a{number}=" for number in range(3_000))
        for page in (f"<p {names}>x", f"<p {hidden}>x", f"<p a = '{'>' * 9}' {names}>x"):
            self.assertEqual(markup_limits.html_excess([page]).code, "attributes")
        data = f'<img src="data:image/png;base64,{"A/b=" * 200_000}" alt="a > b">'
        self.assertIsNone(markup_limits.html_excess([data]))
        self.assertIsNone(markup_limits.html_excess(["<p>" + "some words " * 20_000 + "</p>"]))

    def test_the_text_of_a_page(self):
        self.assertEqual(markup_limits.without_tags("<p>Hello</p>\n<br>you"), "Hello\nyou")
