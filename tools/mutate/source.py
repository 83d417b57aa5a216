"""Which mutants there are, and which of them a seed chooses."""

from __future__ import annotations

import ast
import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from .operators import FUNCTIONS, Change, Parents, changes, scope_of

# Folders at the root that are no product, or are Odoo's by their name.
NOT_PURE = {"controllers", "migrations", "models", "tests", "tools", "wizards"}
SHOWN = 90
# What must be put in parentheses where it becomes a part of something else.
COMPOUND = (ast.BoolOp, ast.Compare, ast.BinOp, ast.UnaryOp, ast.IfExp)


@dataclass(frozen=True)
class Mutant:
    """One change of one file; `function` is the first line of the function it stands in, or 0."""

    path: str
    line: int
    operator: str
    before: str
    after: str
    start: int
    end: int
    text: str
    function: int
    key: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.operator}: {self.before} -> {self.after}"

    @property
    def package(self) -> str:
        """The folder at the root that the file lies in."""
        return self.path.partition("/")[0]

    def source(self, original: bytes) -> bytes:
        """Return the file with the change."""
        return original[: self.start] + self.text.encode() + original[self.end :]


def packages(root: Path) -> list[str]:
    """Return the pure packages: folders at the root with Python in which nothing imports Odoo."""
    return sorted(
        folder.name
        for folder in root.iterdir()
        if folder.is_dir() and folder.name not in NOT_PURE and folder.name[0] not in "._"
        if _is_pure(sorted(folder.rglob("*.py")))
    )


def _is_pure(files: Sequence[Path]) -> bool:
    return bool(files) and not any(_imports_odoo(path) for path in files)


def _imports_odoo(path: Path) -> bool:
    names: list[str] = []
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.append(node.module or "")
    return any(name.partition(".")[0] == "odoo" for name in names)


def mutants(root: Path, package: str) -> Iterator[Mutant]:
    """Yield every mutant of a package; what the sentences say is no business of the tests."""
    for path in sorted((root / package).rglob("*.py")):
        if "sentences" not in path.name:
            yield from _of_file(path.relative_to(root).as_posix(), path.read_bytes())


def _of_file(path: str, source: bytes) -> Iterator[Mutant]:
    twins: Counter[tuple[str, ...]] = Counter()
    begins = [0]
    for part in source.splitlines(keepends=True):
        begins.append(begins[-1] + len(part))
    for change, parents in changes(ast.parse(source)):
        node = change.node
        start = begins[node.lineno - 1] + node.col_offset
        end = begins[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        before, after = change.shown or (source[start:end].decode(), change.text)
        line = source[begins[node.lineno - 1] : begins[node.lineno]].decode()
        scope = scope_of(node, parents)
        names = (_qualified(node, parents), line.strip(), change.operator, before)
        twins[names] += 1
        yield Mutant(
            path=path,
            line=node.lineno,
            operator=change.operator,
            before=_short(before),
            after=_short(after),
            start=start,
            end=end,
            text=_embedded(change, parents),
            function=min(part.lineno for part in (scope, *scope.decorator_list)) if scope else 0,
            key=_key(*names, str(twins[names])),
        )


def _embedded(change: Change, parents: Parents) -> str:
    """Return the new text as it goes into the source."""
    inner = isinstance(change.node, COMPOUND) and not isinstance(parents[change.node], ast.stmt)
    return f"({change.text})" if inner or change.operator == "condition" else change.text


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}..."


def _qualified(node: ast.AST, parents: Parents) -> str:
    names = []
    while node in parents:
        node = parents[node]
        if isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            names.append(node.name)
    return ".".join(reversed(names))


def _key(*parts: str) -> str:
    """Name a mutant by its function, line and operator, wherever in the file these stand."""
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:8]


def sample(found: Sequence[Mutant], count: int, seed: int) -> list[Mutant]:
    """Choose mutants spread evenly over the lines that can be mutated, one a line.

    A long file counts by its lines, and neither a long regular expression nor a line of many
    comparisons counts more than another line: first the line is drawn, then the operator.
    """
    rng = random.Random(seed)
    by_line: dict[tuple[str, int], list[Mutant]] = defaultdict(list)
    for mutant in found:
        by_line[mutant.path, mutant.line].append(mutant)
    chosen: list[Mutant] = []
    while by_line and len(chosen) < count:
        lines = sorted(by_line)
        strata = min(count - len(chosen), len(lines))
        for at in range(strata):
            first, last = at * len(lines) // strata, (at + 1) * len(lines) // strata
            line = lines[rng.randrange(first, last)]
            chosen.append(_draw(by_line[line], rng))
            if not by_line[line]:
                del by_line[line]
    return chosen


def _draw(of_line: list[Mutant], rng: random.Random) -> Mutant:
    """Take one mutant of a line out, each operator being as likely as another."""
    operator = rng.choice(sorted({mutant.operator for mutant in of_line}))
    mutant = rng.choice([mutant for mutant in of_line if mutant.operator == operator])
    of_line.remove(mutant)
    return mutant
