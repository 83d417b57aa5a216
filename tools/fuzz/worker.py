"""One process of ./dev fuzz: mutates messages and asks the router about each, until told to stop.

Arguments: the seed of the random numbers, how many messages (0: no end), how many seconds
(0: no end). The last line of output is JSON.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import random
import resource
import signal
import statistics
import sys
import time
import traceback
from collections.abc import Iterator
from types import FrameType
from typing import Any

from .. import pytest_pure  # makes the addon's packages, without Odoo
from ..paths import ADDON, RUN

FOUND = RUN / "fuzz"
HANG_SECONDS = 60  # of wall time; then the message is given up
MAX_FAILURES = 20
ENOUGH = 5_000  # messages after which memory must not grow any more
GROWTH_MB = 150

assert pytest_pure
mutations = importlib.import_module(f"{ADDON}.tests.kit.mutations")
world = importlib.import_module(f"{ADDON}.tests.kit.memory_directory")
chain = importlib.import_module(f"{ADDON}.router.chain").Chain()
mail = importlib.import_module(f"{ADDON}.router.message.mail")
reader = importlib.import_module(f"{ADDON}.content.reader")
plain = importlib.import_module(f"{ADDON}.content.plain")
limits = importlib.import_module(f"{ADDON}.router.message.limits")
DIRECTORY = world.world_directory()
POLICIES = [DIRECTORY.policy(account) for account in DIRECTORY.world["accounts"]]


class Hang(Exception):
    """A decision took so long that it was broken off."""


def _hang(_number: int, _frame: FrameType | None) -> None:
    raise Hang


def decide(source: bytes, policy: Any) -> float:
    """Decide about one message and return the CPU time that it took, in seconds.

    The fingerprint is taken as well: a row of the ledger has it before its message is decided on.
    What the record would show is read too, and bounded; that is not timed.
    """
    started = time.process_time()
    signal.setitimer(signal.ITIMER_REAL, HANG_SECONDS)
    try:
        received = mail.ReceivedMail.from_bytes(source)
        decision = chain.decide(received, DIRECTORY, policy)
        assert received.fingerprint
        assert decision.trace, "a decision without a trace"
        seconds = time.process_time() - started
        content = reader.read(received)
        assert content.html.count("<") <= limits.HTML_TAGS.most + plain.MAX_TAGS
        assert sum(len(item.data) for item in content.files) <= 2 * len(source)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return seconds


def problem_of(source: bytes, policy: Any) -> tuple[float, str]:
    """Return the CPU time, and what was wrong or an empty text."""
    try:
        seconds = decide(source, policy)
        if seconds > mutations.LIMIT_SECONDS:  # once more: it may have been the garbage collector
            seconds = min(seconds, decide(source, policy))
    except Hang:
        return float(HANG_SECONDS), f"no decision after {HANG_SECONDS} s"
    except Exception:
        return 0.0, traceback.format_exc()
    slow = seconds > mutations.LIMIT_SECONDS
    return seconds, f"took {seconds * 1000:.0f} ms" if slow else ""


def mutated(seed: int) -> Iterator[bytes]:
    """Yield mutated messages without end, always the same for one seed."""
    source = random.Random(seed)
    while True:
        chosen = []
        for _number in range(source.randint(1, 6)):
            kind = source.choice(list(mutations.KINDS))
            place = source.randrange(mutations.PLACES)
            chosen.append((kind, place, source.randint(*mutations.KINDS[kind])))
        yield mutations.mutate(source.choice(mutations.SEEDS), chosen)


def save(source: bytes, problem: str) -> str:
    """Keep an offending message and what was wrong with it; return the file's name."""
    FOUND.mkdir(parents=True, exist_ok=True)
    path = FOUND / f"{hashlib.sha256(source).hexdigest()[:12]}.eml"
    path.write_bytes(source)
    path.with_suffix(".txt").write_text(problem, "utf-8")
    return str(path)


def memory_mb() -> float:
    """Return the most memory that this process has had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run, and print the figures."""
    seed, count, limit = (int(value) for value in sys.argv[1:4])
    signal.signal(signal.SIGALRM, _hang)
    started, times, failures, settled = time.monotonic(), [], [], 0.0
    for number, source in enumerate(mutated(seed), 1):
        seconds, problem = problem_of(source, POLICIES[number % len(POLICIES)])
        times.append(seconds)
        if problem:
            failures.append([save(source, problem), problem.strip().splitlines()[-1]])
        if number == ENOUGH:
            settled = memory_mb()
        ended = number == count or (limit and time.monotonic() - started >= limit)
        if ended or len(failures) == MAX_FAILURES:
            break
    grown = memory_mb() - settled if settled else 0.0
    if grown > GROWTH_MB:
        failures.append(["", f"memory grew by {grown:.0f} MB after the first {ENOUGH} messages"])
    print(
        json.dumps(
            {
                "messages": len(times),
                "median": statistics.median(times),
                "slowest": max(times),
                "peak_mb": memory_mb(),
                "failures": failures,
            }
        )
    )


if __name__ == "__main__":
    main()
