"""./dev mutate: would the pure tests notice? Small changes of the pure packages, one at a time.

A seed chooses the mutants, so that two people speak of the same ones. Each is tried in a temporary
copy of the tree with the tests that can reach it. Tests that draw their cases at random
(hypothesis) are left out: they are slow, and what they kill once they may miss the next time.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .console import Failure, say, step, table
from .mutate_reach import Reach, imported_files, reach
from .mutate_source import Mutant, mutants, packages, sample
from .paths import ADDON_LINK, CHECKOUT, LOGS, RUN, link_addon
from .processes import forget, record
from .python_env import need_venv
from .testing import unit_files

USAGE = "usage: ./dev mutate [COUNT] [--seed N] [--package NAME ...] [--list]"
COUNT = 300
SEED = 9
AT_ONCE = 2
PROGRESS = 50
# One in so many mutants is also tried without its mutation: what fails then, proves nothing.
CONTROLS = 50
ACCEPTED = CHECKOUT / "tools" / "mutants_accepted.txt"
LEFT_OUT = "hypothesis"
NOT_COPIED = shutil.ignore_patterns(".git", ".run", "__pycache__", ".hypothesis", "*_cache")
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
    outcomes, doubtful = _tried(chosen)
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


def _tried(chosen: Sequence[Mutant]) -> tuple[dict[Mutant, str], str]:
    """Return the outcome of each mutant, and for which files tests fail without one."""
    python = need_venv()
    link_addon()
    files = [path.relative_to(ADDON_LINK / "tests").as_posix() for path in _steady(unit_files())]
    with _copies(_processes()) as copies:
        tests = reach(_recorded(python, copies[0], files), CHECKOUT, packages(CHECKOUT))
        for copy in copies[1:]:
            shutil.copytree(copies[0], copy, symlinks=True, ignore=shutil.ignore_patterns(".run"))
        trial = _Trial(chosen, tests)
        trial.run(python, copies)
        return trial.outcomes, ", ".join(trial.doubtful)


def _steady(files: Sequence[Path]) -> list[Path]:
    """Return the test files that have the same cases each time."""
    root = ADDON_LINK

    def draws(path: Path, seen: set[Path]) -> bool:
        if path in seen:
            return False
        seen.add(path)
        if re.search(rf"^(?:from|import) {LEFT_OUT}\b", path.read_text("utf-8"), re.MULTILINE):
            return True
        kits = [name for name in imported_files(path, root) if name.startswith("tests/")]
        return any(draws(root / name, seen) for name in kits)

    return [path for path in files if not draws(path, set())]


def _processes() -> int:
    """Return how many mutants to try at a time: one where others use the machine."""
    cores = os.cpu_count() or 1
    return max(1, min(AT_ONCE, cores - int(os.getloadavg()[0])))


@contextmanager
def _copies(count: int) -> Iterator[list[Path]]:
    """Copy the tree as it is now, uncommitted work included; the other copies are of the first."""
    with tempfile.TemporaryDirectory(prefix="mutate-") as folder:
        copies = [Path(folder) / str(number) / "addon" for number in range(count)]
        shutil.copytree(CHECKOUT, copies[0], symlinks=True, ignore=NOT_COPIED)
        yield copies


def _recorded(python: Path, copy: Path, files: Sequence[str]) -> Mapping[str, Any]:
    """Return what each test enters; running all of them once also leaves their compiled code."""
    saved, made = RUN / "mutate.json", copy.parent / "map.json"
    digest = _digest(copy, files)
    with suppress(OSError, ValueError, KeyError):
        found: dict[str, Any] = json.loads(saved.read_text("utf-8"))
        if found["digest"] == digest:
            return found
    with step(f"which test reaches what ({len(files)} test files)"):
        done = subprocess.run(
            [python, "-m", "tools.mutate_worker", "map", made, *files],
            cwd=copy,
            env=_environment(copy),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise Failure(f"The tests could not be recorded:\n{done.stdout}{done.stderr}")
    found = json.loads(made.read_text("utf-8"))
    if found["failed"] or found["code"]:
        failed = "\n  ".join(found["failed"]) or done.stdout
        raise Failure(f"Without a mutation the tests must pass; these do not:\n  {failed}")
    saved.write_text(json.dumps({**found, "digest": digest}), "utf-8")
    return found


def _digest(copy: Path, files: Sequence[str]) -> str:
    digest = hashlib.sha256("\n".join(files).encode())
    for path in sorted(copy.rglob("*.py")):
        digest.update(path.relative_to(copy).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _environment(copy: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    # Hash seeds and plugins of the installation must not decide about a mutant.
    settings = {"PYTHONHASHSEED": "0", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return {**kept, **settings, "PYTHONPATH": str(copy)}


class _Trial:
    """The mutants that wait, and what became of the others."""

    def __init__(self, chosen: Sequence[Mutant], tests: Reach) -> None:
        self.total = len(chosen)
        self.tests = tests
        self.waiting: queue.SimpleQueue[tuple[Mutant, bool]] = queue.SimpleQueue()
        self.outcomes: dict[Mutant, str] = {}
        self.doubtful: list[str] = []
        for number, mutant in enumerate(chosen):
            if number % CONTROLS == 0:
                self.waiting.put((mutant, False))
            self.waiting.put((mutant, True))

    def run(self, python: Path, copies: Sequence[Path]) -> None:
        """Let one worker a copy take from the queue until it is empty."""
        workers = [_Worker(python, copy) for copy in copies]
        with ThreadPoolExecutor(len(workers)) as pool:
            try:
                for future in [pool.submit(self._drain, worker) for worker in workers]:
                    future.result()
            finally:
                for worker in workers:
                    worker.stop()

    def _drain(self, worker: _Worker) -> None:
        with suppress(queue.Empty):
            while True:
                mutant, mutated = self.waiting.get_nowait()
                outcome = worker.outcome(mutant, self.tests, mutated)
                if mutated:
                    self._note(mutant, outcome)
                elif outcome != "survived":
                    self.doubtful.append(f"those for {mutant.path}")

    def _note(self, mutant: Mutant, outcome: str) -> None:
        self.outcomes[mutant] = outcome
        if len(self.outcomes) % PROGRESS == 0:
            survived = sum(outcome == "survived" for outcome in self.outcomes.values())
            say(f"  {len(self.outcomes)} of {self.total} tried, {survived} survived")


class _Worker:
    """A process in one copy of the tree; it takes a job a line, and answers with a line."""

    def __init__(self, python: Path, copy: Path) -> None:
        self.copy = copy
        LOGS.mkdir(parents=True, exist_ok=True)
        with (LOGS / "mutate.log").open("ab") as log:
            self.process = subprocess.Popen(
                [python, "-m", "tools.mutate_worker", "serve"],
                cwd=copy,
                env=_environment(copy),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        record("mutate", self.process.pid)
        modules = json.loads((RUN / "mutate.json").read_text("utf-8"))["modules"]
        self._send({"modules": modules})

    def _send(self, what: Mapping[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def outcome(self, mutant: Mutant, tests: Reach, mutated: bool) -> str:
        """Return whether a mutant was killed, survived, or ran out of time."""
        original = (CHECKOUT / mutant.path).read_bytes()
        source = mutant.source(original) if mutated else original
        assert self.process.stdout
        with suppress(BrokenPipeError):
            rounds = tests.rounds(mutant)
            self._send({"path": mutant.path, "source": source.decode(), "rounds": rounds})
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"A worker ended at {mutant}; {LOGS / 'mutate.log'} says why.")
        answer = json.loads(line)
        if answer["outcome"] == "broken":
            raise Failure(f"No Python ({answer['detail']}): {mutant}")
        return str(answer["outcome"])

    def stop(self) -> None:
        """End the process and the tests that it runs."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        forget(self.process.pid)


def report(chosen: Sequence[Mutant], outcomes: Mapping[Mutant, str], accepted: Accepted) -> None:
    """Print the survivors, those that were accepted apart, and the share killed by package."""
    survivors = [mutant for mutant in chosen if outcomes[mutant] == "survived"]
    known = [mutant for mutant in survivors if _place(mutant) in accepted]
    if survivors:
        say("\nSurvived:")
    for mutant in survivors:
        if mutant not in known:
            say(f"{mutant}  [{mutant.key}]")
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
    survived = sum(outcomes[mutant] == "survived" for mutant in part)
    late = sum(outcomes[mutant] == "timeout" for mutant in part)
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
