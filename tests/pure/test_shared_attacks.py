"""Every attack that is described beside the checkout has a test.

Those with messages are played as they are (tests/models/routing/test_attacks.py). What is made
too large for a file, or done by hand in Odoo, is tested where it hits; the table says where.
"""

import re
from unittest import skipUnless

from ..kit.attacks.shared import FOLDER, MISSING, shared_cases
from ..kit.bombs import DESCRIBED
from ..kit.pure import PureCase
from ..kit.sources import ROOT

README = FOLDER / "README.md"
BOMBS = "tests/models/routing/test_bombs.py", "test_bombs_among_ordinary_mail"
LOGIN = "tests/models/credentials/test_login_mail.py"
RULES = "tests/models/rules/test_rules_of_companies.py"
LOST = "tests/models/rules/test_lost_conditions.py"
LINES = "tests/models/companies/test_linked_rows.py"
HEALTH = "tests/models/companies/test_company_rules.py", "test_another_companys_rows_are_not_there"
PAGES = "tests/models/inbox/test_download.py"
ACCESS = "tests/models/inbox/test_security.py"
CONTROLS = "tests/models/routing/test_attack_variants.py"
TESTED = {
    **dict.fromkeys(DESCRIBED, BOMBS),
    "9a": (LOGIN, "test_however_it_is_wrapped"),
    "9c": (LOGIN, "test_however_it_is_wrapped"),
    "9e": (LOGIN, "test_in_headers"),
    "9f": (LOGIN, "test_however_it_is_wrapped"),
    "9j": (LOGIN, "test_however_it_is_wrapped"),
    "12a": (RULES, "test_they_are_not_read"),
    "12c": (RULES, "test_they_are_not_changed"),
    "12f": (RULES, "test_they_are_not_found"),
    "12h": (LOST, "test_one_by_one"),
    "12j": (LOST, "test_at_once"),
    "15a": (LINES, "test_none_is_made"),
    "15c": (LINES, "test_a_line_that_was_there_tells_nothing"),
    **dict.fromkeys(("16a", "16c"), HEALTH),
    "17a": (PAGES, "test_whatever_the_bytes_are"),
    "17c": (PAGES, "test_whatever_is_asked_for"),
    "Nq": ("tests/models/routing/test_likely.py", "test_it_is_noted_on_the_event_it_replies_to"),
    "Nt": ("tests/kit/attacks/variants/others.py", "USED_BEFORE"),
    "Nv": (ACCESS, "test_those_without_the_right_see_nothing"),
    "0k": (CONTROLS, "test_0k_"),
    "0m": (CONTROLS, "test_0m_"),
}


class TestSharedAttacks(PureCase):
    @skipUnless(README.is_file(), MISSING)
    def test_each_has_a_test(self):
        text = README.read_text(encoding="utf-8")
        names = set(re.findall(r"^- \*\*(\w+)\*\*", text, re.MULTILINE))
        played = {case.name for case in shared_cases()}
        self.assertEqual(names - played, set(TESTED))

    def test_each_of_those_tests_is_there(self):
        for name, (path, test) in TESTED.items():
            with self.subTest(name):
                self.assertIn(test, (ROOT / path).read_text(encoding="utf-8"))
