"""docs/content_comparison.md: ./dev compare wrote it, and every difference has its reason."""

import re

from ...kit.memory_directory import EXPECTED, MAILS
from ...kit.pure import PureCase

PAGE = MAILS.parent.parent / "docs" / "content_comparison.md"
SETS = {"mails", "content", "malformed", "bounces", "quotes", "tnef"}


class TestContentComparison(PureCase):
    def setUp(self):
        super().setUp()
        self.page = PAGE.read_text(encoding="utf-8")

    def test_all_sets_were_read_and_every_difference_is_explained(self):
        rows = re.findall(
            r"^\| (\w+) \| .* \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|$", self.page, re.M
        )
        self.assertEqual({row[0] for row in rows}, SETS)
        for name, number, same, explained, faults in rows:
            with self.subTest(name):
                self.assertEqual(faults, "0")
                self.assertEqual(int(number), int(same) + int(explained))
        self.assertNotIn("**not explained**", self.page)

    def test_our_own_messages_are_those_of_today(self):
        number = re.search(r"^\| mails \| .*? \| (\d+) \|", self.page, re.M)[1]
        self.assertEqual(int(number), len(EXPECTED), "run ./dev compare")
