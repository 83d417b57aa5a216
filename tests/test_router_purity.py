"""The law that keeps router/ testable and explainable: it knows no Odoo and no network."""

import ast
import importlib
import pkgutil
import sys
from pathlib import Path

from .. import router
from .pure import PureCase

FORBIDDEN = {"odoo", "psycopg2", "requests", "smtplib", "imaplib", "poplib", "socket", "urllib3"}
FOLDER = Path(router.__file__).parent


def imported(path):
    """Yield (line, top-level module) of every absolute import of a file."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name.split(".")[0]) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.lineno, node.module.split(".")[0]


class TestRouterPurity(PureCase):
    def test_no_module_imports_odoo_or_the_network(self):
        files = sorted(FOLDER.rglob("*.py"))
        self.assertTrue(files, "router/ is empty")
        for path in files:
            with self.subTest(file=path.relative_to(FOLDER)):
                bad = [(line, name) for line, name in imported(path) if name in FORBIDDEN]
                self.assertFalse(bad)

    def test_nothing_above_router_is_imported(self):
        for path in sorted(FOLDER.rglob("*.py")):
            depth = len(path.relative_to(FOLDER).parts)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom):
                    with self.subTest(file=path.relative_to(FOLDER), line=node.lineno):
                        self.assertLessEqual(node.level, depth, "router/ looks back")

    def test_every_module_can_be_imported(self):
        for module in pkgutil.walk_packages([str(FOLDER)], f"{router.__name__}."):
            with self.subTest(module=module.name):
                importlib.import_module(module.name)
                self.assertIn(module.name, sys.modules)
