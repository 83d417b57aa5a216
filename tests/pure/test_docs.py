"""What the documents say about codes, orders, rooms, files and functions is what the code does."""

import ast
import importlib.util
import itertools
import re

from tools import docs_servers
from tools.docs_tables import written

from ...ledger.codes import REASONS, STATES
from ...router.codes import selection
from ...trial.comparison import Comparison, Did
from ..kit.pure import PureCase
from ..kit.sources import PURE, ROOT, files, relative_imports, tree

TESTS = ROOT / "tests"
DOCS = ROOT / "docs"
PAGES = (*sorted(ROOT.glob("*.md")), *sorted(DOCS.glob("*.md")), TESTS / "mails" / "README.md")
# A file or folder of the repository in backticks, with a function of the file or without.
_NAMED = re.compile(r"`(\.?[\w-]+(?:/[\w.*-]*)+|[\w.-]+\.(?:py|md))(?:: ([\w.]+))?`")
_TOP = {path.name for path in ROOT.iterdir()}  # what the name of a file of ours begins with
_ARROW = re.compile(r"^ *(\w+) --> (\w+(?: & \w+)*)$", re.MULTILINE)


def text_of(page):
    return (DOCS / page).read_text(encoding="utf-8")


def table(name, page):
    """The rows of the table below `<!-- name -->`, without its head."""
    text = text_of(page).partition(f"<!-- {name} -->\n")[2]
    lines = re.match(r"(?:\|.*\n)*", text)[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines]


class TestCodes(PureCase):
    def test_states_and_reasons_are_all_named_with_their_labels(self):
        for name, codes in (("states", STATES), ("reasons", REASONS)):
            with self.subTest(table=name):
                rows = table(name, "inbox.md")
                self.assertEqual([(code, label) for code, label, _means in rows], selection(codes))
                self.assertTrue(all(means for _code, _label, means in rows))

    def test_the_codes_of_a_trial_run_are_all_named(self):
        for name, codes in (("verdicts of a trial", Comparison), ("what Odoo did", Did)):
            with self.subTest(table=name):
                rows = [(code, label) for code, label, _meaning in table(name, "trial.md")]
                self.assertEqual(rows, selection(codes))

    def test_what_is_copied_from_the_code_is_the_code(self):
        """./dev docs writes them."""
        found = ""
        for page in sorted(DOCS.glob("*.md")):
            text = page.read_text(encoding="utf-8")
            found += text
            with self.subTest(page=page.name):
                self.assertEqual(written(text), text)
        servers = ("servers: reading", "servers: sending")
        for name in ("verdicts", "evidence", "steps", "states", "reasons", "limits", *servers):
            self.assertEqual(found.count(f"<!-- {name} -->\n| "), 1, name)

    def test_every_behaviour_of_a_server_is_on_the_page(self):
        """What a test of servers says of one, with the words it should say it in."""
        rows = list(docs_servers.rows())
        self.assertEqual({row.section for row in rows}, {"reading", "sending"})
        self.assertGreater(len(rows), 100)
        for path in sorted(TESTS.rglob("test_servers_*.py")):
            named = {row.test for row in rows if row.path == path.relative_to(ROOT)}
            with self.subTest(file=path.name):
                for test, docstring in docs_servers._documented(tree(path)):
                    self.assertEqual("→" in docstring, test in named, test)

    def test_every_provider_and_author_has_a_row(self):
        """The e2e test compares what the rows say; here none may be missing or left over."""
        spec = importlib.util.spec_from_file_location(
            "providers", TESTS / "e2e" / "outgoing" / "providers.py"
        )
        known = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(known)
        for choice in known.CHOICES:
            rows = table(f"delivered: {choice}", "outgoing.md")
            self.assertEqual(
                [tuple(row[:2]) for row in rows],
                list(itertools.product(known.PROVIDERS, known.AUTHORS)),
            )


class TestReferences(PureCase):
    """Whatever a page leads to is there."""

    def test_every_link_leads_to_a_file_and_a_heading(self):
        for page in PAGES:
            for link in re.findall(r"\]\(([^):]+)\)", page.read_text(encoding="utf-8")):
                target, _sign, anchor = link.partition("#")
                path = page.parent / target if target else page
                with self.subTest(page=page.name, link=link):
                    self.assertTrue(path.exists())
                    if anchor:
                        self.assertIn(anchor, anchors(path))

    def test_every_page_and_heading_that_the_code_names_exists(self):
        for path in files("models", "tests", "tools", *PURE):
            text = path.read_text(encoding="utf-8")
            with self.subTest(file=path.relative_to(ROOT)):
                self.assertNotIn("design".upper(), text)  # docs/design.md, without numbers
            for page, _sign, anchor in re.findall(r"docs/([\w-]+\.md)(#([\w-]+))?", text):
                with self.subTest(file=path.relative_to(ROOT), page=page, anchor=anchor):
                    self.assertTrue((DOCS / page).exists())
                    if anchor:
                        self.assertIn(anchor, anchors(DOCS / page))

    def test_every_file_and_function_that_is_named_exists(self):
        for page in PAGES:
            for path, function in _NAMED.findall(page.read_text(encoding="utf-8")):
                if page.name == "CHANGELOG.md" or path.partition("/")[0] not in _TOP:
                    continue
                with self.subTest(page=page.name, path=path, function=function):
                    self.assertTrue(list(ROOT.glob(path)))
                    if function:
                        self.assertIn(function, defined_in(ROOT / path))

    def test_a_message_can_be_followed_on_one_screen(self):
        for name in ("way of a received message", "way of an outgoing message"):
            with self.subTest(table=name):
                rows = table(name, "design.md")
                self.assertTrue(0 < len(rows) <= 15)
                for _number, _what, where in rows:
                    self.assertRegex(where, r"\w+/\w+\.py: \w+")

    def test_the_hooks_before_a_commit_are_the_checks_of_lint(self):
        hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
        (names,) = (
            ast.literal_eval(node.value)
            for node in tree(ROOT / "tools" / "lint.py").body
            if isinstance(node, ast.Assign) and node.targets[0].id == "NAMES"
        )
        self.assertEqual(re.findall(r"entry: \./dev lint (\S+)", hooks), list(names))


class TestRooms(PureCase):
    """The layout in docs/design.md is the layout of the repository."""

    def test_every_room_has_a_row_and_a_page(self):
        rooms = {path.parent.name for path in ROOT.glob("models/*/__init__.py")}
        self.assertEqual({row[0] for row in table("rooms", "design.md")}, rooms)
        # What other rooms share is described where it is used.
        shared = {"accounts", "findings", "storage"}
        pages = {page.stem for page in DOCS.glob("*.md")}
        self.assertEqual(rooms - pages, shared)

    def test_the_picture_shows_every_room_and_pure_package(self):
        picture = text_of("design.md").partition("```mermaid\n")[2].partition("```")[0]
        drawn = set(re.findall(r"^        (\w+)", picture, re.MULTILINE))
        rooms = {f"models_{path.parent.name}" for path in ROOT.glob("models/*/__init__.py")}
        self.assertEqual(drawn, rooms | set(PURE))

    def test_the_picture_has_the_arrows_of_the_imports(self):
        """An arrow for every import, except where another path of arrows leads there as well."""
        imports = imports_of_rooms()
        needed = {
            (room, target)
            for room, targets in imports.items()
            for target in targets
            if not any(target in reached(imports, other) for other in targets - {target})
        }
        drawn = {
            (room, target)
            for room, targets in _ARROW.findall(text_of("design.md"))
            for target in targets.split(" & ")
        }
        self.assertEqual(sorted(drawn - needed), [], "drawn, and no import or one too many")
        self.assertEqual(sorted(needed - drawn), [], "imported, and not drawn")

    def test_no_room_imports_itself_over_others(self):
        imports = imports_of_rooms()
        for room in imports:
            with self.subTest(room=room):
                self.assertNotIn(room, reached(imports, room))


def anchors(page):
    """The headings of a page as GitHub names them in links."""
    heads = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", head.lower()).replace(" ", "-") for head in heads}


def defined_in(path):
    """Names of the classes, their methods and the functions of a file, such as ``Lane.run``."""
    names = set()
    for node in tree(path).body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            names.add(node.name)
        if isinstance(node, ast.ClassDef):
            methods = (item for item in node.body if isinstance(item, ast.FunctionDef))
            names.update(f"{node.name}.{method.name}" for method in methods)
    return names


def room_of(parts):
    """The node of the picture that a file or module belongs to."""
    return "_".join(parts[:2]) if parts[0] == "models" else parts[0]


def imports_of_rooms():
    """For each room and pure package the other ones that it imports.

    Modules of the root and of models/ itself stand below all of them, and have no place in the
    picture.
    """
    found = {}
    for path in files("models", *PURE):
        parts = path.relative_to(ROOT).parts
        if len(parts) > 2 or parts[0] != "models":
            targets = found.setdefault(room_of(parts), set())
            targets.update(room_of(target) for _line, target in relative_imports(path))
    return {room: targets & found.keys() - {room} for room, targets in found.items()}


def reached(imports, room):
    """Everything that a room imports, directly or over others."""
    seen, open_rooms = set(), [room]
    while open_rooms:
        new = imports[open_rooms.pop()] - seen
        seen |= new
        open_rooms += new
    return seen
