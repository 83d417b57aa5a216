"""What a part of the test run counted, read from pytest's JUnit files."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ElementTree
from dataclasses import asdict, dataclass
from pathlib import Path

# Public corpora lie beside the checkout on the project's machines only; their absence is
# the one reason for which a test may be skipped in CI.
MAY_SKIP = "shared/corpora"


@dataclass
class Result:
    """The counts of one part; a part that executed no test has failed."""

    part: str
    passed: int = 0
    failed: int = 0
    skipped: int = 0
    seconds: float = 0.0
    note: str = ""

    @property
    def ok(self) -> bool:
        """Whether the part may be called green."""
        return self.failed == 0 and self.passed > 0

    def add(self, other: Result) -> None:
        """Count another run as a piece of this part; one that executed no test has failed."""
        self.passed += other.passed
        self.failed += other.failed or not other.passed
        self.skipped += other.skipped
        if other.failed or not other.passed:
            self.note = self.note or f"{other.part}: {other.note or 'failed'}"

    def save(self, path: Path) -> None:
        """Write for the ./dev that started this part."""
        path.write_text(json.dumps(asdict(self)), "utf-8")


def load(path: Path, part: str) -> Result:
    """Read what a part saved; a part that saved nothing has failed."""
    try:
        return Result(**json.loads(path.read_text("utf-8")))
    except (OSError, ValueError):
        return Result(part, failed=1, note="ended before it had a result")


def from_junit(part: str, path: Path, exit_code: int) -> Result:
    """Count a pytest run; in CI a skipped test is a failed one."""
    result = Result(part)
    try:
        cases = list(ElementTree.parse(path).iter("testcase"))
    except (OSError, ElementTree.ParseError):
        return Result(part, failed=1, note="pytest wrote no result")
    for case in cases:
        skip = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            result.failed += 1
        elif skip is None:
            result.passed += 1
        elif os.environ.get("CI") and MAY_SKIP not in f"{skip.get('message')} {skip.text}":
            result.failed += 1
            result.note = f"skipped in CI: {case.get('name')}"
        else:
            result.skipped += 1
    if not result.passed and not result.failed:
        result.failed, result.note = 1, "executed no test"
    elif exit_code and not result.failed:
        result.failed, result.note = 1, f"pytest ended with code {exit_code}"
    return result


def outcomes(path: Path) -> dict[str, bool]:
    """Read which tests of a pytest run passed: "Class.test" -> whether it did."""
    found = {}
    for case in ElementTree.parse(path).iter("testcase"):
        bad = any(case.find(tag) is not None for tag in ("failure", "error", "skipped"))
        group = str(case.get("classname")).rpartition(".")[2]
        found[f"{group}.{case.get('name')}"] = not bad
    return found
