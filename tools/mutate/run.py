"""./dev mutate: would the pure tests notice? Small changes of the pure packages, one at a time.

A seed chooses the mutants, so that two people speak of the same ones. Each is tried in a temporary
copy of the tree with the tests that can reach it.

Left out are tests whose verdict another run may not repeat: those that draw their cases at random
(hypothesis), and those that compare CPU times, which fail now and then on a busy machine and would
be counted as having noticed. Both are slow as well.
"""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ..console import Failure, say, table
from ..paths import CHECKOUT
from .source import Mutant, mutants, packages, sample
from .trial import KILLED_LATE, SURVIVED, UNREACHED, tried

USAGE = "usage: ./dev mutate [COUNT] [--seed N] [--package NAME ...] [--list]"
COUNT = 300
SEED = 9
ACCEPTED = CHECKOUT / "tools" / "mutate" / "accepted.txt"
Accepted = dict[tuple[str, str, str], str]


@dataclass
class Options:
    """What was asked for."""

    count: int = COUNT
    seed: int = SEED
    packages: list[str] = field(default_factory=list)
    only_list: bool = False


def main(arguments: Sequence[str]) -> int:
    """Try a sample of mutants and say which survived; the outcome is no failure of ours."""
    options = parse(arguments)
    found = [mutant for name in _chosen(options) for mutant in mutants(CHECKOUT, name)]
    chosen = sample(found, options.count, options.seed)
    accepted = read_accepted()
    if options.only_list:
        for mutant in chosen:
            say(f"{mutant}  [{mutant.key}]")
        return 0
    started = time.monotonic()
    outcomes, doubtful = tried(chosen)
    report(chosen, outcomes, accepted)
    _name_stale(found, accepted, options)
    say(f"seed {options.seed}, {time.monotonic() - started:.0f} s")
    if doubtful:
        raise Failure(f"Not to be trusted: tests fail without a mutation too, {doubtful}.")
    return 0


def parse(arguments: Sequence[str]) -> Options:
    """Read the command line; names of packages follow `--package`."""
    options, waiting, known = Options(), list(arguments), packages(CHECKOUT)
    while waiting:
        argument = waiting.pop(0)
        if argument == "--list":
            options.only_list = True
        elif argument == "--seed":
            options.seed = _number(waiting.pop(0) if waiting else "")
        elif argument == "--package":
            before = len(options.packages)
            while waiting and waiting[0] in known:
                options.packages.append(waiting.pop(0))
            if len(options.packages) == before:
                raise Failure(f"{USAGE}\nThe pure packages are: {', '.join(known)}.")
        else:
            options.count = _number(argument)
    return options


def _number(text: str) -> int:
    if not re.fullmatch(r"\d{1,9}", text):
        raise Failure(USAGE)
    return int(text)


def _chosen(options: Options) -> list[str]:
    return sorted(set(options.packages)) or packages(CHECKOUT)


def read_accepted() -> Accepted:
    """Read the survivors that were judged: file, operator, key, and the reason why."""
    accepted: Accepted = {}
    lines = ACCEPTED.read_text("utf-8").splitlines() if ACCEPTED.exists() else []
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            parts = line.split(maxsplit=3)
            if len(parts) < 4:
                raise Failure(f"{ACCEPTED}:{number}: a file, an operator, a key and a reason.")
            accepted[parts[0], parts[1], parts[2]] = parts[3]
    return accepted


def report(chosen: Sequence[Mutant], outcomes: Mapping[Mutant, str], accepted: Accepted) -> None:
    """Print the survivors, those that were accepted apart, and the share killed by package."""
    survivors = [mutant for mutant in chosen if outcomes[mutant] in (SURVIVED, UNREACHED)]
    known = [mutant for mutant in survivors if _place(mutant) in accepted]
    if survivors:
        say("\nSurvived:")
    for mutant in survivors:
        if mutant not in known:
            note = ", no test reaches it" if outcomes[mutant] == UNREACHED else ""
            say(f"{mutant}  [{mutant.key}{note}]")
    if known:
        say("\nSurvived, and accepted:")
    for mutant in known:
        say(f"{mutant}\n    {accepted[_place(mutant)]}")
    names = [*sorted({mutant.package for mutant in chosen}), "all"]
    rows = [_row(name, chosen, outcomes, known) for name in names]
    header = ("package", "tried", "killed", "by time limit", "accepted", "survived", "share")
    say(f"\n{table(rows, header)}\n")


def _place(mutant: Mutant) -> tuple[str, str, str]:
    return mutant.path, mutant.operator, mutant.key


def _row(
    name: str, chosen: Sequence[Mutant], outcomes: Mapping[Mutant, str], known: Sequence[Mutant]
) -> tuple[object, ...]:
    """Return the figures of a package; an accepted mutant cannot be killed, nor counts."""
    part = [mutant for mutant in chosen if name in ("all", mutant.package)]
    survived = sum(outcomes[mutant] in (SURVIVED, UNREACHED) for mutant in part)
    late = sum(outcomes[mutant] == KILLED_LATE for mutant in part)
    fine = sum(mutant in known for mutant in part)
    killed = len(part) - survived
    share = f"{100 * killed / (len(part) - fine):.1f} %" if len(part) > fine else ""
    return (name, len(part), killed, late, fine, survived - fine, share)


def _name_stale(found: Sequence[Mutant], accepted: Accepted, options: Options) -> None:
    """Say which accepted mutants no longer exist, so that the list stays as long as needed."""
    places, names = {_place(mutant) for mutant in found}, _chosen(options)
    for place in accepted.keys() - places:
        if place[0].partition("/")[0] in names:
            say(f"{ACCEPTED.name}: there is no mutant {' '.join(place)} any more")
