"""The order of the models' imports is a part of what they do, and nobody sees that in it.

Odoo lets a class that is defined later come first when a method is called, and refuses one that
extends what is not there yet. So ``models/__init__.py`` and the rooms' own list what is extended
before what extends it, and sorting them is not harmless. Here the imports are followed without
Odoo, as Python follows them.
"""

import ast
from typing import NamedTuple

from ..kit.pure import PureCase
from ..kit.sources import ROOT

MODELS = ROOT / "models"
# For an account there is one of each, whatever the order: see models/accounts.
ACCOUNT = (
    *("fetchmail.server", "ir.mail_server", "mail.catchall.account", "mail.catchall.secrets"),
    *("mail.catchall.health.account", "mail.catchall.setup.account"),
)
KINDS = ("fetchmail.server", "ir.mail_server")
SINGLE = ("create", "write", "web_save", "unlink", "copy_data", "_connect__")


class Definition(NamedTuple):
    """A class of a model: what it extends, and its methods, each with whether it calls super."""

    where: str
    model: str
    parents: tuple[str, ...]
    methods: dict[str, bool]


def definitions(sort=()):
    """All classes of models in the order in which Python defines them.

    :param sort: packages whose imports are sorted first
    """
    found, started = [], set()

    def load(path):
        package = path / "__init__.py" if path.is_dir() else None
        file = package or path.with_suffix(".py")
        if file in started or not file.exists():
            return
        started.add(file)
        tree = ast.parse(file.read_text())
        targets = [target for node in tree.body for target in _targets(node, file)]
        for target in sorted(targets) if package and path in sort else targets:
            for part in reversed([target, *target.parents]):
                if part.is_relative_to(MODELS) and part != MODELS:
                    load(part)
        found.extend(_classes(tree, file))

    load(MODELS)
    return found


def _targets(node, file):
    """Modules and packages of the models that a statement imports."""
    if not isinstance(node, ast.ImportFrom) or not node.level:
        return []
    base = file.parents[node.level - 1].joinpath(*(node.module or "").split("."))
    return [base / name.name for name in node.names] if not node.module else [base]


def _classes(tree, file):
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        values = {
            item.targets[0].id: ast.literal_eval(item.value)
            for item in node.body
            if isinstance(item, ast.Assign) and item.targets[0].id in ("_name", "_inherit")
        }
        parents = values.get("_inherit", ())
        parents = (parents,) if isinstance(parents, str) else tuple(parents)
        if model := values.get("_name") or next(iter(parents), None):
            where = f"{file.relative_to(MODELS)}:{node.lineno}"
            yield Definition(where, model, parents, _methods(node))


def _methods(node):
    return {
        item.name: any(isinstance(n, ast.Name) and n.id == "super" for n in ast.walk(item))
        for item in node.body
        if isinstance(item, ast.FunctionDef)
    }


def problems(found):
    """What is wrong with this order of definitions, as lines."""
    ours = {item.model for item in found if item.model not in item.parents}
    known, chains = set(), {}
    for item in found:
        for parent in item.parents:
            if parent in ours and parent not in known:
                yield f"{item.where} extends {parent}, which is not there yet"
        known.add(item.model)
        for name, calls_super in item.methods.items():
            if (before := chains.get((item.model, name))) and not calls_super:
                yield f"{item.where} cuts off {before.where}: {name} does not call super"
            chains[item.model, name] = item


class TestImportOrder(PureCase):
    def test_what_is_extended_is_imported_before(self):
        self.assertEqual(list(problems(definitions())), [])

    def test_all_classes_are_seen(self):
        classes = [
            node
            for path in MODELS.rglob("*.py")
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.ClassDef)
            and any(
                getattr(base, "value", None) and base.attr.endswith("Model") for base in node.bases
            )
        ]
        self.assertEqual(len(definitions()), len(classes))

    def test_sorting_the_rooms_is_noticed(self):
        self.assertTrue(list(problems(definitions(sort=[MODELS]))))

    def test_an_account_is_created_written_and_connected_to_in_one_place(self):
        found = definitions()
        for kind in KINDS:
            models = {*ACCOUNT} - {*KINDS} | {kind}
            for name in SINGLE:
                places = [d.where for d in found if d.model in models and name in d.methods]
                with self.subTest(kind=kind, method=name):
                    self.assertLessEqual(len(places), 1, places)
