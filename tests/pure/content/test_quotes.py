"""What is folded of a message's lines, and above all what is not."""

from ....content.lines import Line
from ....content.quotes import answers, folded
from ....router.message.mail import ReceivedMail
from ...kit import corpora
from ...kit.effort import assert_in_proportion
from ...kit.pure import PureCase
from .replies import ANSWERS, FIRST_MESSAGES, NOT_FOLDED


def lines(text):
    return [Line(line.strip()) for line in text.splitlines()]


def seen(text, *, is_reply=True):
    """The lines of a text that are not folded, blank ones left out."""
    found = lines(text)
    flags = folded(found, is_reply=is_reply)
    return [line.text for line, flag in zip(found, flags, strict=True) if not flag and line.text]


class TestQuotes(PureCase):
    def test_what_programs_quote_is_folded_and_nothing_else(self):
        for name, marked in ANSWERS.items():
            with self.subTest(name):
                expected = marked.strip("\n").split("\n")
                text = "\n".join(line.removeprefix("~") for line in expected)
                flags = folded(lines(text), is_reply=True)
                shown = [
                    "~" * flag + line for flag, line in zip(flags, text.split("\n"), strict=True)
                ]
                self.assertEqual(shown, expected)

    def test_what_may_be_new_stays(self):
        for name, text in NOT_FOLDED.items():
            with self.subTest(name):
                self.assertNotIn(True, folded(lines(text), is_reply=True))

    def test_what_a_first_message_shows_us_stays(self):
        for name, text in FIRST_MESSAGES.items():
            with self.subTest(name):
                self.assertNotIn(True, folded(lines(text), is_reply=False))

    def test_a_first_message_folds_what_it_says_somebody_wrote(self):
        text = "Here again.\n\nOn 5 Oct 2026, at 09:12, Sales <s@example.com> wrote:\n> Hello"
        self.assertEqual(seen(text, is_reply=False), ["Here again."])

    def test_a_subject_or_a_reference_says_that_a_message_answers(self):
        cases = {
            b"In-Reply-To: <1@a.example>\nSubject: Chairs": True,
            b"References: <1@a.example>\nSubject: Chairs": True,
            b"Subject: Re: Chairs": True,
            b"Subject: AW: Chairs": True,
            b"Subject: [Sales] Antwort: Chairs": True,
            b"Subject: Chairs": False,
            b"Subject: Recently: chairs": False,
            b"In-Reply-To: <1@a.example>\nSubject: WG: Chairs": False,
            b"References: <1@a.example>\nSubject: Fwd: Re: Chairs": False,
            b"Subject: Re: Fwd: Chairs": True,
        }
        for header, expected in cases.items():
            with self.subTest(header):
                mail = ReceivedMail.from_bytes(header + b"\n\nText")
                self.assertIs(answers(mail), expected)

    def test_a_long_message_takes_linear_time(self):
        units = (
            *("> \n", ">\n\n", "On 5 Oct 2026 at 09:12 a@b.example wrote:\n", "From: a\n", "--\n"),
            *("wrote:\n", "a\n", "From: a\nTo: b\n\n", "2026-10-05 a@b\n", "On 2026\n", "\n"),
            *("Sent from my iPhone\n", "-----\n", "a" * 10_000, "wrote:", "< wrote: "),
        )

        def make(size):
            return [lines("x\n" + unit * (size // len(unit) + 1)) for unit in units]

        def work(texts):
            for text in texts:
                folded(text, is_reply=True)

        assert_in_proportion(self, make, work, 40_000)


class TestQuotesCorpus(PureCase):
    """Replies that another project collected, and what is new in each of them."""

    def replies(self):
        found = [path for path in corpora.corpus("quotes") if path.parent.name == "emails"]
        if not found:
            self.skipTest(corpora.MISSING)
        for path in found:
            trimmed = path.parent.parent / "trimmed" / path.name
            yield path.name, *(item.read_text(encoding="utf-8") for item in (path, trimmed))

    def test_new_text_is_kept_whole(self):
        whole, total = 0, 0
        for name, text, new in self.replies():
            shown = set(seen(text))
            missing = [line for line in new.splitlines() if line.strip() not in {*shown, ""}]
            with self.subTest(name):
                self.assertEqual(missing, [])
            whole, total = whole + (not missing), total + 1
        self.assertGreaterEqual(whole, 0.95 * total)

    def test_most_of_what_is_not_new_is_folded(self):
        old = left = 0
        for _name, text, new in self.replies():
            count = sum(1 for line in text.splitlines() if line.strip())
            kept = sum(1 for line in new.splitlines() if line.strip())
            old += count - kept
            left += max(0, len(seen(text)) - kept)
        self.assertLess(left, 0.2 * old)
