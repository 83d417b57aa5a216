"""Which tests can notice a mutant, and in which order to ask them.

A mutant in a function is shown to the tests that enter the function, then to the others that
enter its module (a cached property is entered by the first one only). What is evaluated when the
module is imported may show anywhere: those tests come first that use the module itself, then those
that use what imports it, and so on. Slow tests are asked only about what they are closest to.
"""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .source import Mutant

SLOW_SECONDS = 1.0
# A first round of few files costs less than importing every test file of the others.
FIRST_FILES = 3
FIRST_SECONDS = 3.0
# Beyond what the tests took when they were recorded, which is more than without recording.
SPARE_SECONDS = 8
Round = tuple[list[str], int]


@dataclass
class Reach:
    """What was recorded of every test, and who imports whom."""

    seconds: dict[str, float]
    entered: dict[str, set[str]]
    imports: set[str]
    importers: dict[str, set[str]]
    files: dict[str, set[str]] = field(init=False)

    def __post_init__(self) -> None:
        self.files = {
            name: {place.partition(":")[0] for place in places} | {_test_file(name)}
            for name, places in self.entered.items()
        }

    def rounds(self, mutant: Mutant) -> list[Round]:
        """Return the tests for a mutant: first a few close ones, then all others."""
        ranks = self._ranks(mutant)
        first = self._first(ranks)
        rest = sorted(ranks.keys() - set(first), key=lambda name: self._order(ranks, name))
        return [(names, self._limit(names)) for names in (first, rest) if names]

    def _ranks(self, mutant: Mutant) -> dict[str, int]:
        """Return the tests that can notice a mutant, with how far they are from it."""
        function = f"{mutant.path}:{mutant.function}"
        ranks = {
            name: 0 if function in self.entered[name] else 1
            for name, files in self.files.items()
            if mutant.path in files
        }
        if not mutant.function or function in self.imports:
            for path, distance in self._distances(mutant.path).items():
                for name, files in self.files.items():
                    if path in files:
                        ranks[name] = min(ranks.get(name, distance), distance)
        closest = min(ranks.values(), default=0)
        return {
            name: rank for name, rank in ranks.items() if rank == closest or not self._slow(name)
        }

    def _distances(self, path: str) -> dict[str, int]:
        """Return every file that imports `path`, directly (1) or through others."""
        distances, layer = {path: 1}, {path}
        while layer:
            layer = {one for other in layer for one in self.importers.get(other, ())}
            layer -= distances.keys()
            distances.update(dict.fromkeys(layer, max(distances.values()) + 1))
        return distances

    def _first(self, ranks: Mapping[str, int]) -> list[str]:
        """Choose the closest tests of few files, within a few seconds."""
        chosen: list[str] = []
        files: set[str] = set()
        seconds = 0.0
        for name in sorted(ranks, key=lambda name: self._order(ranks, name)):
            file = _test_file(name)
            if file not in files and len(files) == FIRST_FILES:
                continue
            seconds += self.seconds[name]
            if ranks[name] > min(ranks.values()) or seconds > FIRST_SECONDS:
                break
            files.add(file)
            chosen.append(name)
        return chosen

    def _order(self, ranks: Mapping[str, int], name: str) -> tuple[bool, int, float, str]:
        """Close before far, quick before slow, and what enters little before what enters all."""
        effort = self.seconds[name] * len(self.files[name])
        return (self._slow(name), ranks[name], effort, name)

    def _slow(self, name: str) -> bool:
        return self.seconds[name] > SLOW_SECONDS

    def _limit(self, names: Iterable[str]) -> int:
        return SPARE_SECONDS + int(2 * sum(self.seconds[name] for name in names))


def reach(recorded: Mapping[str, Any], root: Path, packages: Sequence[str]) -> Reach:
    """Put together what was recorded and what the source imports; timed tests are left out."""
    tests = {name: test for name, test in recorded["tests"].items() if not test["timed"]}
    return Reach(
        seconds={name: float(test["seconds"]) for name, test in tests.items()},
        entered={name: set(test["entered"]) for name, test in tests.items()},
        imports=set(recorded["imports"]),
        importers=_importers(root, [*packages, "tests"]),
    )


def _test_file(nodeid: str) -> str:
    return f"tests/{nodeid.partition('::')[0]}"


def _importers(root: Path, folders: Sequence[str]) -> dict[str, set[str]]:
    importers: dict[str, set[str]] = defaultdict(set)
    for folder in folders:
        for path in sorted((root / folder).rglob("*.py")):
            for imported in imported_files(path, root):
                importers[imported].add(path.relative_to(root).as_posix())
    return importers


def imported_files(path: Path, root: Path) -> set[str]:
    """Return the files of the addon that a file imports relatively, as all of them do."""
    found = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.ImportFrom) and node.level:
            package = path.parents[node.level - 1].joinpath(*(node.module or "").split("."))
            places = [package, *(package / alias.name for alias in node.names)]
            for place in places:
                for file in (place.with_suffix(".py"), place / "__init__.py"):
                    if file.is_file() and file.is_relative_to(root):
                        found.add(file.relative_to(root).as_posix())
    return found
