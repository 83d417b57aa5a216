"""What Odoo's chatter folds of a stored message is what our detector found, and nothing else."""

from odoo.tests import tagged
from odoo.tools.mail import html_sanitize

from ....content.folding import fold
from ....content.plain import to_html
from ...kit import corpora
from ...kit.common import CatchallCase, mail
from ...kit.folds import text
from ...pure.content.pages import SEEN

REPLY = "Agreed.\n\nOn 5 Oct 2026, at 09:12, Sales <sales@example.com> wrote:\n> one\n> two\n"


def stored(page):
    """A page as Odoo stores it: sanitised when it is read, and again by the field."""
    page = html_sanitize(page, sanitize_tags=False, strip_classes=True)
    return html_sanitize(page, sanitize_attributes=True, sanitize_style=True)


@tagged("post_install", "-at_install")
class TestFolds(CatchallCase):
    def body(self, *args, **headers):
        record = self.record(self.route(mail(*args, **headers)))
        return record.message_ids.filtered(lambda item: item.message_type == "email").body

    def test_plain_text_is_folded_on_the_record(self):
        body = self.body(REPLY, subject="Re: Chairs")
        self.assertEqual(text(body, folded=False), ["Agreed."])
        self.assertEqual(text(body)[-2:], ["one two"] if "one two" in body else ["one", "two"])

    def test_html_is_folded_on_the_record(self):
        page, expected = SEEN["Gmail"]
        body = self.body(page, subject="Re: Chairs", Content_Type="text/html; charset=utf-8")
        self.assertEqual(text(body, folded=False), expected)
        self.assertEqual(text(body), text(page))

    def test_what_is_sent_on_is_seen_on_the_record(self):
        page, expected = SEEN["Gmail, sent on without a word"]
        body = self.body(page, subject="Fwd: Chairs", Content_Type="text/html; charset=utf-8")
        self.assertEqual(text(body, folded=False), expected)

    def test_odoo_adds_no_folds_of_its_own(self):
        for name, (page, expected, *first) in SEEN.items():
            with self.subTest(name):
                found = stored(fold(page, is_reply=first != [False]))
                self.assertEqual(text(found, folded=False), expected)
                self.assertEqual(text(found), text(page))

    def test_new_text_of_the_corpus_is_seen(self):
        replies = [path for path in corpora.corpus("quotes") if path.parent.name == "emails"]
        if not replies:
            self.skipTest(corpora.MISSING)
        for path in replies:
            trimmed = path.parent.parent / "trimmed" / path.name
            new = trimmed.read_text(encoding="utf-8")
            page = stored(fold(to_html(path.read_text(encoding="utf-8")), is_reply=True))
            shown = letters(" ".join(text(page, folded=False)))
            with self.subTest(path.name):
                missing = [line for line in new.splitlines() if letters(line) not in shown]
                self.assertEqual(missing, [])


def letters(line):
    return "".join(char for char in line if char.isalnum())
