"""What docs/how-it-works.md says about codes and orders is what the code does."""

import importlib.util
import itertools
import re
from pathlib import Path

from tools.docs_tables import written

from ...router.codes import Reason, State
from ...trial.comparison import Did, Verdict
from ..kit.pure import PureCase

TESTS = Path(__file__).parents[1]
PAGE = TESTS.parent / "docs" / "how-it-works.md"


def table(name, page=PAGE):
    """The rows of the table below `<!-- name -->`, without its head."""
    text = page.read_text(encoding="utf-8").partition(f"<!-- {name} -->\n")[2]
    lines = re.match(r"(?:\|.*\n)*", text)[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


class TestRouterDocs(PureCase):
    def test_states_and_reasons_are_all_named_with_their_labels(self):
        for name, codes in (("states", State), ("reasons", Reason)):
            with self.subTest(table=name):
                rows = [(code, label) for code, label, _meaning in table(name)]
                self.assertEqual(rows, [(str(code), code.label) for code in codes])

    def test_the_codes_of_a_trial_run_are_all_named(self):
        page = PAGE.with_name("trial.md")
        for name, codes in (("verdicts of a trial", Verdict), ("what Odoo did", Did)):
            with self.subTest(table=name):
                rows = [(code, label) for code, label, _meaning in table(name, page)]
                self.assertEqual(rows, [(str(code), code.label) for code in codes])

    def test_what_is_copied_from_the_code_is_the_code(self):
        """./dev docs writes them."""
        found = ""
        for page in sorted(PAGE.parent.glob("*.md")):
            text = page.read_text(encoding="utf-8")
            found += text
            with self.subTest(page=page.name):
                self.assertEqual(written(text), text)
        for name in ("verdicts", "steps", "states", "reasons"):
            self.assertEqual(found.count(f"<!-- {name} -->\n| "), 1, name)

    def test_every_link_to_a_file_leads_somewhere(self):
        root = PAGE.parent.parent
        for page in (root / "README.md", *PAGE.parent.glob("*.md")):
            for link in re.findall(r"\]\(([^):#]+)\)", page.read_text(encoding="utf-8")):
                with self.subTest(page=page.name, link=link):
                    self.assertTrue((page.parent / link).exists())

    def test_every_provider_and_author_has_a_row(self):
        """The e2e test compares what the rows say; here none may be missing or left over."""
        spec = importlib.util.spec_from_file_location("providers", TESTS / "e2e" / "providers.py")
        known = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(known)
        for choice in known.CHOICES:
            rows = table(f"delivered: {choice}", PAGE.with_name("outgoing.md"))
            self.assertEqual(
                [tuple(row[:2]) for row in rows],
                list(itertools.product(known.PROVIDERS, known.AUTHORS)),
            )
