"""Odoo's own runner runs every test module, or ``tests/__init__`` says why it does not."""

from pathlib import Path

from odoo.tests import TransactionCase, tagged
from odoo.tests.loader import get_test_modules

from ... import tests

TESTS = Path(__file__).resolve().parents[1]


@tagged("post_install", "-at_install")
class TestLoader(TransactionCase):
    def test_the_loader_returns_every_file(self):
        loaded = {
            module.__name__.rpartition(".")[2] for module in get_test_modules(self.test_module)
        }
        files = [
            path.stem
            for path in TESTS.rglob("test_*.py")
            if path.relative_to(TESTS).parts[0] not in tests.NOT_IN_ODOO
        ]
        apart = {name for name in tests.NOT_IN_ODOO if not (TESTS / name).is_dir()}
        self.assertEqual(sorted(files), sorted(loaded | apart))

    def test_no_name_hides_another(self):
        names = [path.stem for path in TESTS.rglob("test_*.py")]
        self.assertEqual(sorted(names), sorted(set(names)))
