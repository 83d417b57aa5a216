"""What docs/ copies from the code, in whatever page has its mark.

A table stands below ``<!-- verdicts -->``, ``<!-- evidence -->``, ``<!-- steps -->``,
``<!-- states -->``, ``<!-- reasons -->``, ``<!-- limits -->`` or ``<!-- servers: reading -->``.
What a verdict or a step is, its class says in the first line of its docstring; by what it is known,
its ``check``; what a mail server does, the test that shows it (``docs_servers``). What a state or
another reason means, the page itself says in the last column: that is kept.
A block of code that names a file is that of the example addon.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterable
from typing import Any

from . import (
    docs_servers,
    pytest_pure,  # makes the addon's packages, without Odoo
)
from .paths import ADDON, CHECKOUT

assert pytest_pure
codes = importlib.import_module(f"{ADDON}.ledger.codes")
verdicts = importlib.import_module(f"{ADDON}.router.verdicts")
steps = importlib.import_module(f"{ADDON}.router.steps")
limits = importlib.import_module(f"{ADDON}.router.message.limits")

_TABLE = re.compile(
    r"(<!-- (verdicts|evidence|steps|states|reasons|limits|servers: \w+) -->\n)((?:\|.*\n)*)"
)
_CODE = re.compile(r"(```python (\S+\.py)\n).*?(?=```)", re.DOTALL)
EXAMPLE = CHECKOUT / "tests" / "example_addon" / "catchall_example"
_EFFECTS = {
    "ignore": "dismissed where it is proved, else to To Sort",
    "thread_only": "joins its thread, opens nothing; without one as above",
    "quarantine": "to To Sort",
    "note": "goes on, gets no auto-reply",
}
_WHEN = {
    "always": "always",
    "unless_held": "unless a verdict holds the message",
    "last": "last, if nothing was found",
}


def written(page: str) -> str:
    """Return the text of a page with every copy of the code made anew."""
    page = _TABLE.sub(lambda match: match[1] + _table(match[2], match[3]), page)
    return _CODE.sub(lambda match: match[1] + (EXAMPLE / match[2]).read_text("utf-8"), page)


def main() -> None:
    """Write every page anew."""
    for path in sorted((CHECKOUT / "docs").glob("*.md")):
        path.write_text(written(path.read_text("utf-8")), "utf-8")


def _table(name: str, before: str) -> str:
    if name == "verdicts":
        kinds = ("verdict", "shown as", "it is", "and then", "a rule can override it")
        return _rows(kinds, map(_verdict, verdicts.VERDICTS))
    if name == "evidence":
        signs = ((f"`{item.name}`", _text(item.check.__doc__)) for item in verdicts.VERDICTS)
        return _rows(("verdict", "evidence"), signs)
    if name == "steps":
        places = ("step", "shown as", "places", "is asked")
        return _rows(places, map(_step, steps.STEPS))
    if name == "limits":
        known_limits = ((item.text, item.remedy) for item in limits.LIMITS)
        return _rows(("a message with", "is handed on with"), known_limits)
    if name.startswith("servers: "):
        return _rows(docs_servers.HEAD, docs_servers.cells(name.partition(": ")[2]))
    meanings = dict(re.findall(r"\| `(\w+)` \|.*\| (.*) \|", before))
    meanings |= {str(item.reason): _first_line(item) for item in verdicts.VERDICTS}
    known = {"states": codes.STATES, "reasons": codes.REASONS}[name]
    rows = ((f"`{code}`", code.label, meanings.get(str(code), "")) for code in known)
    return _rows((name[:-1], "shown as", "means"), rows)


def _verdict(verdict: Any) -> tuple[str, ...]:
    effect = _EFFECTS[verdict.effect.value]
    overridable = "yes" if verdict.overridable else "no"
    return (f"`{verdict.name}`", verdict.label, _first_line(verdict), effect, overridable)


def _step(row: Any) -> tuple[str, ...]:
    step, when = row
    return (f"`{step.name}`", step.label, _first_line(step), _WHEN[when.value])


def _first_line(item: Any) -> str:
    return _text(str(type(item).__doc__).partition("\n\n")[0]).rstrip(".")


def _text(docstring: str) -> str:
    return " ".join(docstring.split()).replace("``", "`")


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [f"| {' | '.join(line)} |\n" for line in (head, *rows)]
    return "".join((lines[0], "|---" * len(head) + "|\n", *lines[1:]))


if __name__ == "__main__":
    main()
