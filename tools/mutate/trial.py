"""Trying mutants: copies of the tree, what each test reaches, and a worker in each copy."""

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
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ..console import Failure, say, step
from ..paths import ADDON_LINK, CHECKOUT, LOGS, RUN, link_addon
from ..processes import forget, record
from ..python_env import need_venv
from ..testing import unit_files
from .reach import Reach, Round, imported_files, reach
from .source import Mutant, packages

SURVIVED, KILLED_LATE, UNREACHED = "survived", "timeout", "unreached"
AT_ONCE = 2
PROGRESS = 50
# One in so many mutants is also tried without its mutation: what fails then, proves nothing.
CONTROLS = 50
LEFT_OUT = "hypothesis"
NOT_COPIED = shutil.ignore_patterns(".git", ".run", "__pycache__", ".hypothesis", "*_cache")
LOG = LOGS / "mutate.log"


def tried(chosen: Sequence[Mutant]) -> tuple[dict[Mutant, str], str]:
    """Return the outcome of each mutant, and for which files tests fail without one."""
    python = need_venv()
    link_addon()
    files = [path.relative_to(ADDON_LINK / "tests").as_posix() for path in _steady(unit_files())]
    with _copies(_processes()) as copies:
        recorded = _recorded(python, copies[0], files)
        for copy in copies[1:]:
            shutil.copytree(copies[0], copy, symlinks=True, ignore=shutil.ignore_patterns(".run"))
        trial = _Trial(chosen, reach(recorded, CHECKOUT, packages(CHECKOUT)))
        trial.run([_Worker(python, copy, recorded["modules"]) for copy in copies])
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
            [python, "-m", "tools.mutate.worker", "map", made, *files],
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
    """Name the state of everything that decides which test enters which function."""
    digest = hashlib.sha256("\n".join(files).encode())
    sources = [copy / "tools" / "mutate" / "worker.py"]
    for folder in (*packages(copy), "tests"):
        sources += sorted((copy / folder).rglob("*.py"))
    for path in sources:
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

    def run(self, workers: Sequence[_Worker]) -> None:
        """Let the workers take from the queue until it is empty."""
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
                rounds = self.tests.rounds(mutant)
                outcome, noticed = worker.outcome(mutant, rounds, mutated)
                if mutated:
                    self._note(mutant, outcome, noticed)
                elif outcome not in (SURVIVED, UNREACHED):
                    self.doubtful.append(f"{noticed or outcome} for {mutant.path}")

    def _note(self, mutant: Mutant, outcome: str, noticed: str) -> None:
        """Keep an outcome; the log also has the test behind it."""
        self.outcomes[mutant] = outcome
        with LOG.open("a", encoding="utf-8") as log:
            log.write(f"{mutant}  [{mutant.key}] {outcome} {noticed}".rstrip() + "\n")
        if len(self.outcomes) % PROGRESS == 0:
            alive = sum(outcome in (SURVIVED, UNREACHED) for outcome in self.outcomes.values())
            say(f"  {len(self.outcomes)} of {self.total} tried, {alive} survived")


class _Worker:
    """A process in one copy of the tree; it takes a job a line, and answers with a line."""

    def __init__(self, python: Path, copy: Path, modules: Sequence[str]) -> None:
        LOG.parent.mkdir(parents=True, exist_ok=True)
        with LOG.open("ab") as log:
            self.process = subprocess.Popen(
                [python, "-m", "tools.mutate.worker", "serve"],
                cwd=copy,
                env=_environment(copy),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,
            )
        record("mutate", self.process.pid)
        self._send({"modules": modules})

    def _send(self, what: Mapping[str, Any]) -> None:
        assert self.process.stdin
        self.process.stdin.write(json.dumps(what) + "\n")
        self.process.stdin.flush()

    def outcome(self, mutant: Mutant, rounds: Sequence[Round], mutated: bool) -> tuple[str, str]:
        """Return whether a mutant was killed, survived, or ran out of time, and by which test."""
        if not rounds:
            return UNREACHED, ""
        original = (CHECKOUT / mutant.path).read_bytes()
        source = mutant.source(original) if mutated else original
        assert self.process.stdout
        with suppress(BrokenPipeError):
            self._send({"path": mutant.path, "source": source.decode(), "rounds": rounds})
        line = self.process.stdout.readline()
        if not line:
            raise Failure(f"A worker ended at {mutant}; {LOG} says why.")
        answer = json.loads(line)
        if answer["outcome"] == "broken":
            raise Failure(f"No Python ({answer['detail']}): {mutant}")
        return str(answer["outcome"]), str(answer["detail"])

    def stop(self) -> None:
        """End the process and the tests that it runs."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        forget(self.process.pid)
