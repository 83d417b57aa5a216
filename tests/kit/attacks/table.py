"""A test for each case, and a table of them all.

MAIL_ROUTER_ATTACKS names a file that gets a line for each case that is played: its name, whether
it held or what went wrong, and what the shared description saw before, where that differs::

    MAIL_ROUTER_ATTACKS=/tmp/attacks.txt ./dev test odoo test_attacks.py
"""

import os
import re
from pathlib import Path

from .must import wrong


def each_case(cases):
    """A class decorator: a test method for each case, named after it, so that -k finds it."""

    def decorate(cls):
        for case in cases:
            words = re.sub(r"\W+", "_", f"{case.name}_{case.text}").strip("_")[:70]
            if hasattr(cls, f"test_{words}"):
                raise ValueError(f"two cases are called {words}")
            setattr(cls, f"test_{words}", _test(case))
        return cls

    return decorate


def _test(case):
    def test(self):
        found = wrong(self, case)
        note(case.name, found, case.today)
        self.assertEqual(found, [], f"{case.name}: {case.text}")

    test.__doc__ = f"{case.name}: {case.text}"
    return test


def note(name, found, before="", more=""):
    """Write a line into the table, if one is asked for; ``more`` is said behind it."""
    if path := os.environ.get("MAIL_ROUTER_ATTACKS"):
        said = "; ".join(found) or "held"
        changed = "" if before in ("", said) else f"    (before: {before})"
        with Path(path).open("a", encoding="utf-8") as table:
            table.write(f"{name:12} {said}{changed}{more}\n")
