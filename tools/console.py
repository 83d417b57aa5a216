"""Plain progress lines, and the one kind of error that a person gets to read."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

STEP_NOISE = 0.3  # a step that took less than this many seconds is not worth a line


class Failure(Exception):
    """One sentence that says what is wrong and what to do; shown without a traceback."""


def accept_only(arguments: Sequence[str], *options: str, usage: str) -> None:
    """Refuse what a command does not know, instead of doing something else silently."""
    for argument in arguments:
        if argument not in options:
            raise Failure(f"There is no option {argument!r}; usage: {usage}")


def say(text: str = "") -> None:
    """Print one line at once, also when the output is a pipe."""
    print(text, flush=True)


@contextmanager
def step(what: str, quiet: bool = False) -> Iterator[None]:
    """Say what is being done and how long it took; quick steps stay silent when `quiet`."""
    started = time.monotonic()
    interactive = sys.stdout.isatty() and not quiet and not os.environ.get("CI")
    if interactive:
        print(f"  {what} ...", end="\r", flush=True)
    yield
    seconds = time.monotonic() - started
    if not quiet or seconds >= STEP_NOISE:
        say(f"  {what:<58} {seconds:7.1f} s")


def table(rows: Sequence[Sequence[object]], header: Sequence[str]) -> str:
    """Lay out rows in columns as wide as their longest cell."""
    lines = [list(header), *([str(cell) for cell in row] for row in rows)]
    widths = [max(len(line[index]) for line in lines) for index in range(len(header))]
    out = [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    ]
    out.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(out)
