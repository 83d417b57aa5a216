"""What docs/how-it-works.md says about codes and orders is what the code does."""

import importlib.util
import itertools
import re
from pathlib import Path

from ... import router
from ...router.case import Case
from ...router.codes import Reason, State
from ...router.message.mail import ReceivedMail
from ...router.places import Recipient
from ...router.recipients import find_recipients
from ...router.steps import STEPS
from ...router.verdicts import VERDICTS
from ...trial.comparison import Comparison, Did
from ..kit.memory_directory import world_directory
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
        for name, codes in (("verdicts of a trial", Comparison), ("what Odoo did", Did)):
            with self.subTest(table=name):
                rows = [(code, label) for code, label, _meaning in table(name, page)]
                self.assertEqual(rows, [(str(code), code.label) for code in codes])

    def test_verdicts_and_steps_stand_in_their_order(self):
        for name, classes in (("verdicts", VERDICTS), ("steps", STEPS)):
            with self.subTest(table=name):
                self.assertEqual([row[0] for row in table(name)], [item.name for item in classes])

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


class TestExamples(PureCase):
    """The code of docs/extending.md does what the page says."""

    def example(self, kind, name):
        text = (PAGE.parent / "extending.md").read_text(encoding="utf-8")
        code = re.search(rf"```python {kind}\n(.*?)```", text, re.DOTALL)[1]
        package = f"{router.__name__}.{kind}"
        namespace = {"__package__": package, "__name__": f"{package}.example"}
        exec(compile(code, "docs/extending.md", "exec"), namespace)
        return namespace[name]()

    def case(self, source, *recipients):
        directory = world_directory()
        mail = ReceivedMail.from_bytes(source)
        policy = directory.policy("default")
        found = tuple(Recipient(address, "to") for address in recipients)
        boundary = find_recipients(mail, directory, policy).boundary
        return Case(mail, directory, policy, boundary, found)

    def test_the_verdict_knows_an_invitation(self):
        verdict = self.example("verdicts", "Invitation")
        self.assertTrue(verdict.check(self.case(b"Content-Type: Text/Calendar; x=y\r\n\r\n")))
        self.assertIsNone(verdict.check(self.case(b"Content-Type: text/plain\r\n\r\n")))

    def test_the_step_places_a_plural_and_leaves_the_rest(self):
        step = self.example("steps", "Plural")
        found = step.find(self.case(b"\r\n", "supports@example.com", "nobody@example.com"))
        self.assertEqual([route.alias.address for route in found.routes], ["support@example.com"])
        self.assertEqual([item.address for item in found.remaining], ["nobody@example.com"])
