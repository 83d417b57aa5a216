"""docs/mails.md shows what is in tests/mails, as expected.json has it; ./dev score writes it."""

import json

from ...kit.memory_directory import EXPECTED, MAILS
from ...kit.pure import PureCase
from ...scoring import content_scoring
from ...scoring.scoring import WORDS, expected_cell

PAGE = MAILS.parent.parent / "docs" / "mails.md"


WANTED = json.loads((MAILS / "content.json").read_text(encoding="utf-8"))


def rows(heading="## Each message"):
    """The rows of the table below a heading."""
    text = PAGE.read_text(encoding="utf-8").partition(f"{heading}\n")[2].partition("\n## ")[0]
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

    def test_the_page_shows_what_stands_on_each_record(self):
        shown = [row[:4] for row in rows("## What stands on the record")]
        wanted = [
            [f"`{name}`", EXPECTED[name]["phenomenon"], content_scoring.content_cell(item), "right"]
            for name, item in WANTED.items()
        ]
        self.assertEqual(shown, wanted, "run ./dev score")
