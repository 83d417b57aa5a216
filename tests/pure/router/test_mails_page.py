"""docs/mails.md shows what is in tests/mails, as expected.json has it; ./dev score writes it."""

from ...kit.memory_directory import EXPECTED, MAILS
from ...kit.pure import PureCase
from ...scoring.scoring import WORDS, expected_cell

PAGE = MAILS.parent.parent / "docs" / "mails.md"


def rows():
    """The rows of the page's last table."""
    text = PAGE.read_text(encoding="utf-8").partition("## Each message")[2]
    lines = [line for line in text.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


class TestMailsPage(PureCase):
    def test_the_page_shows_what_is_expected_and_that_ours_is_right(self):
        shown = [row[:4] for row in rows()]
        wanted = [
            [f"`{name}`", item["phenomenon"], expected_cell(item), "right"]
            for name, item in EXPECTED.items()
        ]
        self.assertEqual(shown, wanted, "run ./dev score")

    def test_every_word_on_the_page_is_defined(self):
        words = {row[4].partition(":")[0] for row in rows()}
        self.assertLessEqual(words, set(WORDS))
        text = PAGE.read_text(encoding="utf-8")
        for word in words:
            self.assertIn(f"| {word} | {WORDS[word]} |", text)
