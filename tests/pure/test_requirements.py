"""Of every library both ends are known and tested, by ``./dev test requirements``."""

import ast

from ...tools.console import Failure
from ...tools.requirement_ends import REQUIREMENTS, TESTS, bounds, files_of_tests, packages_of
from ..kit.pure import PureCase
from ..kit.sources import ROOT


class TestRequirements(PureCase):
    def test_every_library_has_both_bounds_and_tests(self):
        found = bounds(REQUIREMENTS.read_text("utf-8"))
        self.assertEqual(set(found), set(TESTS))
        for name, (low, high) in found.items():
            with self.subTest(name):
                self.assertLess(*(tuple(map(int, end.split("."))) for end in (low, high)))

    def test_they_are_those_of_the_manifest(self):
        manifest = ast.literal_eval((ROOT / "__manifest__.py").read_text("utf-8"))
        named = manifest["external_dependencies"]["python"]
        self.assertEqual({name.lower() for name in TESTS}, set(named))

    def test_the_tests_are_there(self):
        known = {path.name for path in (ROOT / "tests" / "pure").rglob("test_*.py")}
        self.assertLessEqual(set(files_of_tests()), known)

    def test_what_pip_is_asked_for(self):
        text = "dkimpy>=1.1,<2  # why\n\n# a comment\nrapidfuzz >= 3.9, < 4\n"
        self.assertEqual(packages_of("lowest", text), ["dkimpy==1.1", "rapidfuzz==3.9"])
        self.assertEqual(packages_of("newest", text), ["dkimpy>=1.1,<2", "rapidfuzz>=3.9,<4"])

    def test_a_bound_that_is_missing(self):
        for line in ("dkimpy", "dkimpy>=1.1", "dkimpy<2", "dkimpy==1.1", "other>=1,<2"):
            with self.subTest(line), self.assertRaises(Failure):
                bounds(line)
