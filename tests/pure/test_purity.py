"""The law that keeps the pure packages testable and explainable: no Odoo, and no way back up."""

import ast
import importlib
import pkgutil
import sys
from graphlib import CycleError, TopologicalSorter

from ... import router
from ..kit.pure import PureCase
from ..kit.sources import (
    PURE,
    ROOT,
    absolute_imports,
    files,
    import_graph,
    relative_imports,
    tree,
)

DATABASE = {"odoo", "psycopg2"}
NETWORK = {"requests", "smtplib", "imaplib", "poplib", "socket", "ssl", "urllib3"}
# What talks to servers, or reads what they answered.
MAY_CONNECT = {"connections", "dns_lookup", "incoming", "outgoing", "sent_copies"}
# A package may import those that stand before it: the house has no way back up.
STOREYS = (
    "findings",
    "router",
    "ledger",
    "dns_lookup",
    "providers",
    "signatures",
    "connections",
    "credentials",
    "incoming",
    "outgoing",
    "sent_copies",
    "domain_check",
    "health",
    "probe",
    "trial",
)


class TestPurity(PureCase):
    def test_every_pure_package_has_a_storey(self):
        self.assertEqual(sorted(STOREYS), PURE)

    def test_no_module_imports_odoo_or_the_network(self):
        for package in PURE:
            forbidden = DATABASE if package in MAY_CONNECT else DATABASE | NETWORK
            for path in files(package):
                with self.subTest(file=path.relative_to(ROOT)):
                    bad = [item for item in absolute_imports(path) if item[1] in forbidden]
                    self.assertFalse(bad)

    def test_nothing_imports_what_stands_above_it(self):
        for path in files(*PURE):
            package = path.relative_to(ROOT).parts[0]
            allowed = ("translatable", *STOREYS[: STOREYS.index(package) + 1])
            for line, target in relative_imports(path):
                with self.subTest(file=path.relative_to(ROOT), line=line):
                    self.assertIn(target[0], allowed)

    def test_no_modules_import_each_other_in_a_circle(self):
        """Not even where the import stands in a function, or only for the types' sake."""
        sorter = TopologicalSorter(import_graph(*PURE, "models"))
        try:
            sorter.prepare()
        except CycleError as error:
            self.fail(" -> ".join(reversed(error.args[1])))

    def test_no_import_is_for_types_alone(self):
        for path in files(*PURE, "models"):
            names = {item.id for item in ast.walk(tree(path)) if isinstance(item, ast.Name)}
            with self.subTest(file=path.relative_to(ROOT)):
                self.assertNotIn("TYPE_CHECKING", names)

    def test_every_module_can_be_imported(self):
        root = router.__name__.rpartition(".")[0]
        for package in PURE:
            importlib.import_module(f"{root}.{package}")
            for module in pkgutil.walk_packages([str(ROOT / package)], f"{root}.{package}."):
                with self.subTest(module=module.name):
                    importlib.import_module(module.name)
                    self.assertIn(module.name, sys.modules)
