"""Every text that findings and presets show is one literal that Odoo's export finds."""

import ast
from dataclasses import fields

from ...domain_check.sentences import WORDING as DOMAIN_CHECK
from ...health.sentences import WORDING as HEALTH
from ...probe.sentences import WORDING as PROBE
from ...providers.detect import PRESETS
from ...providers.relays import RELAYS
from ...router.steps import STEPS
from ...router.verdicts import VERDICTS
from ..kit.pure import PureCase
from ..kit.sources import PURE, files, tree

# Of a preset, everything else is a name or a value that is the same in every language.
SHOWN = {"pop_refused", "catch_all", "catch_all_refused", "envelope_note", "notes"}


def marked():
    """The literals in ``_lt(...)``; what is no literal there would never be found."""
    found = set()
    for path in files(*PURE):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "_lt":
                if not isinstance(node.args[0], ast.Constant):
                    raise AssertionError(f"{path.name}:{node.lineno}: not a literal")
                found.add(node.args[0].value)
    return found


class TestTranslatable(PureCase):
    def test_sentences_and_subjects(self):
        known = marked()
        for wording in (DOMAIN_CHECK, HEALTH, PROBE):
            for code, text in {**wording.sentences, **wording.subjects}.items():
                with self.subTest(code=code):
                    self.assertIn(text, known)

    def test_verdicts_and_steps(self):
        known = marked()
        for item in (*VERDICTS, *(row.step for row in STEPS)):
            with self.subTest(item.name):
                self.assertIn(item.label, known)

    def test_presets(self):
        known = marked()
        for preset in (*PRESETS.values(), *RELAYS):
            for name in SHOWN & {field.name for field in fields(preset)}:
                value = getattr(preset, name)
                for text in (value,) if isinstance(value, str) else value:
                    with self.subTest(preset=preset.code, field=name):
                        self.assertIn(text, {"", *known})
