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
    "content",
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
# What any room may ask, wherever it stands: the ledger's own model, whose work is done in several
# rooms, and the chain that other addons extend. "accounts" lists what it calls on others.
FOR_ALL = {"mail.catchall.message", "mail.catchall.chain"}
HOOKS = "accounts"


def rooms():
    """The rooms of models/, each after those that it extends."""
    imports = tree(ROOT / "models" / "__init__.py").body
    return [alias.name for node in imports for alias in node.names]


def defined(room):
    """Yield the names of a room's methods and of the models that it brings."""
    for path in files(f"models/{room}"):
        for node in (item for item in tree(path).body if isinstance(item, ast.ClassDef)):
            for item in node.body:
                if isinstance(item, ast.FunctionDef):
                    yield item.name
                elif isinstance(item, ast.Assign) and item.targets[0].id == "_name":
                    yield item.value.value


def called_on_models(path):
    """Yield (line, name) of each model and each method of ours that a file asks the registry for.

    Of the methods those with "catchall" in their names: others may be Odoo's.
    """
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and "_catchall_" in node.attr:
            yield node.lineno, node.attr
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            yield node.lineno, node.slice.value


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

    def test_no_room_calls_what_only_rooms_above_it_bring(self):
        """Over the registry it could. A hook stands in the lower room, and the upper extends it."""
        brought = {room: set(defined(room)) for room in rooms()}
        for number, room in enumerate(brought):
            paths = files(f"models/{room}")
            imported = {
                part
                for path in paths
                for _line, parts in relative_imports(path)
                for part in parts[1:2]
            }
            below = {*rooms()[: number + 1], *imported, HOOKS}
            here = FOR_ALL.union(*(brought[name] for name in brought if name in below))
            above = set().union(*(brought[name] for name in brought if name not in below)) - here
            for path in paths:
                for line, name in called_on_models(path):
                    with self.subTest(file=path.relative_to(ROOT), line=line):
                        self.assertFalse(name in above, name)

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
