"""What no linter of ours asks: a function is short, or says beside it why it is not."""

import ast
import re

from ..kit.pure import PureCase
from ..kit.sources import ROOT

LIMIT = 40  # lines from `def` to the end, the docstring among them
REASON = re.compile(r"\s*# long: \S")


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


class TestStyle(PureCase):
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
