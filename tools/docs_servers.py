"""What servers do and what we do, read from the docstrings of the tests that show it.

A test in a file ``test_servers_*.py`` begins with one sentence of this form, of one line or more:
``Server: what it does → what we do (owner/repository#number).`` The thread in brackets is where it
was reported; before the colon may stand the name of a server or a program.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .paths import CHECKOUT

HEAD = ("server behaviour", "what we do", "proved by", "reported in")
# The folder of a test module, in whatever layer: the section of the page.
SECTIONS = {
    **dict.fromkeys(("connections", "incoming", "routing"), "reading"),
    **dict.fromkeys(("outgoing", "replies", "sent_copies"), "sending"),
}
_SENTENCE = re.compile(r"([^:→]{2,40}): (.+?) → (.+?)(?: \(([\w.-]+/[\w.-]+)#(\d+)\))?\.(?:\s|$)")
_TEXT = str.maketrans({"|": "\\|", "*": "\\*", "<": "&lt;", ">": "&gt;"})


@dataclass(frozen=True)
class Row:
    """One behaviour; ``thread`` is ``owner/repository#number`` or ""."""

    section: str
    does: str
    we: str
    path: Path
    test: str
    thread: str


def rows() -> Iterator[Row]:
    """Every behaviour that a test shows, in the order of files and tests."""
    for path in sorted((CHECKOUT / "tests").rglob("test_servers_*.py")):
        for test, docstring in _documented(ast.parse(path.read_text("utf-8"))):
            match = _SENTENCE.match(" ".join(docstring.split()))
            if match:
                section = SECTIONS.get(path.parent.name, path.parent.name)
                who, does, we, repository, number = match.groups()
                does = does if who == "Server" else f"{who}: {does}"
                thread = f"{repository}#{number}" if repository else ""
                yield Row(section, does, we, path.relative_to(CHECKOUT), test, thread)


def cells(section: str) -> Iterator[tuple[str, str, str, str]]:
    """The rows of one section as they stand on the page."""
    for row in rows():
        if row.section == section:
            repository, _sign, number = row.thread.partition("#")
            link = f"https://github.com/{repository}/issues/{number}"
            reported = f"[{row.thread}]({link})" if row.thread else ""
            proof = f"[{row.test}](../{row.path.as_posix()})"
            yield row.does.translate(_TEXT), row.we.translate(_TEXT), proof, reported


def _documented(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Names and docstrings of the classes of a file and of their methods."""
    for item in module.body:
        if isinstance(item, ast.ClassDef):
            yield item.name, ast.get_docstring(item) or ""
            for method in item.body:
                if isinstance(method, ast.FunctionDef):
                    yield method.name, ast.get_docstring(method) or ""
