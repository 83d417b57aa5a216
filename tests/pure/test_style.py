"""What no linter of ours asks: long functions and every ``sudo()`` say beside them why."""

import ast
import re

from ..kit.pure import PureCase
from ..kit.sources import ROOT

LIMIT = 40  # lines from `def` to the end, the docstring among them
REASON = re.compile(r"\s*# long: \S")
WHY_SUDO = re.compile(r"#\s*sudo\b[^:]*:\s*\w")


def long_without_reason(source):
    """Names of functions over the limit that have no comment "long:" where it is looked for.

    That is the line above `def`, or one of the first three of the body.
    """
    lines = source.splitlines()
    return [
        node.name
        for node in ast.walk(ast.parse(source))
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
        and node.end_lineno - node.lineno >= LIMIT
        and not any(map(REASON.match, _beside(node, lines)))
    ]


def _beside(node, lines):
    above = lines[max(node.lineno - 2, 0) : node.lineno - 1]
    first = node.body[0].lineno - 1
    # Comments above the first statement belong to the body as well, but are not in the tree.
    while first > node.lineno and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return above + lines[first : first + 3]


def sudo_without_reason(source):
    """Numbers of lines that call ``sudo()`` and do not say why.

    The comment, "sudo: …", stands in the lines of the statement, or directly above it; one comment
    serves a run of lines that all call it.
    """
    lines, tree = source.splitlines(), ast.parse(source)
    statements = [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]
    found = []
    for call in filter(_is_sudo, ast.walk(tree)):
        around = [item for item in statements if item.lineno <= call.lineno <= item.end_lineno]
        first = max(item.lineno for item in around)
        above = _above(lines, first)
        run = first - 1
        while run and ".sudo(" in lines[run - 1] and not lines[run - 1].lstrip().startswith("#"):
            run -= 1
        said = [above, _above(lines, run + 1), _above(lines, call.func.end_lineno)]
        if not any(map(WHY_SUDO.search, [*said, *lines[first - 1 : call.end_lineno]])):
            found.append(call.lineno)
    return sorted(found)


def _is_sudo(node):
    if not (isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "sudo"):
        return False
    return not (node.args and getattr(node.args[0], "value", None) is False)


def _above(lines, number):
    """The comment that ends above a line."""
    end = start = number - 1
    while start and lines[start - 1].lstrip().startswith("#"):
        start -= 1
    return " ".join(line.strip() for line in lines[start:end])


class TestStyle(PureCase):
    def test_every_sudo_says_why(self):
        for path in sorted((ROOT / "models").rglob("*.py")):
            with self.subTest(file=path.relative_to(ROOT)):
                self.assertEqual(sudo_without_reason(path.read_text(encoding="utf-8")), [])

    def test_where_the_reason_of_a_sudo_stands(self):
        call, why = "x = a.sudo()", "# sudo: names alone"
        for name, lines, found in (
            ("none", [call], [1]),
            ("behind it", [f"{call}  {why}"], []),
            ("above", [why, call], []),
            ("above, in two lines", ["# sudo and root: as the gateway", "# posts", call], []),
            ("above another line", [why, "y = 1", call], [3]),
            ("above a line of its kind", [why, call, call], []),
            ("of no kind", ["# as above", call], [2]),
            ("empty", ["# sudo:", call], [2]),
            ("within a call", ["f(", "    1,", f"    {why}", "    a.sudo(),", ")"], []),
            ("in the line of a loop", ["for i in a.sudo():", f"    b()  {why}"], [1]),
            ("with a value", ["x = a.sudo(True)"], [1]),
            ("taken away", ["x = a.sudo(False)"], []),
            ("in a chain of lines", ["x = (", "    a.sudo()", "    .b()", ")"], [2]),
        ):
            with self.subTest(name):
                self.assertEqual(sudo_without_reason("\n".join(lines)), found)

    def test_a_long_function_says_why_it_is(self):
        files = [
            path
            for path in sorted(ROOT.rglob("*.py"))
            if not any(part.startswith(".") for part in path.relative_to(ROOT).parts)
        ]
        self.assertIn(ROOT / "tools" / "__main__.py", files)
        for path in files:
            with self.subTest(file=path.relative_to(ROOT)):
                self.assertEqual(long_without_reason(path.read_text(encoding="utf-8")), [])

    def test_which_functions_are_long(self):
        reason, nested = "    # long: a table", ["        1"] * 40
        for name, lines, found in (
            ("as long as it may be", ["def f():", *["    1"] * 39], []),
            ("a line more", ["def f():", *["    1"] * 40], ["f"]),
            ("asynchronous", ["async def f():", *["    1"] * 40], ["f"]),
            ("inside another", ["def g():", reason, "    1", "    def f():", *nested], ["f"]),
        ):
            with self.subTest(name):
                self.assertEqual(long_without_reason("\n".join(lines)), found)

    def test_where_the_reason_stands(self):
        reason, rest = "    # long: a table", ["    1"] * 40
        for name, lines, found in (
            ("above", ["# long: a table", "def f():", *rest], []),
            ("first of all", ["def f():", reason, *rest], []),
            ("after the arguments", ["def f(", "    a,", "    b,", "):", reason, *rest], []),
            ("after a docstring", ["def f():", '    """Why."""', reason, *rest], []),
            ("in the third line", ["def f():", "    1", "    1", reason, *rest], []),
            ("in the fourth line", ["def f():", "    1", "    1", "    1", reason, *rest], ["f"]),
            ("of the function above", ["def g():", reason, "    1", "def f():", *rest], ["f"]),
            ("empty", ["def f():", "    # long:", *rest], ["f"]),
            ("behind code", ["def f():  # long: a table", *rest], ["f"]),
        ):
            with self.subTest(name):
                self.assertEqual(long_without_reason("\n".join(lines)), found)
