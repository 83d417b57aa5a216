"""What ./dev mutate runs in a temporary copy of the tree: `map`, then mutants from its input.

pytest and the libraries are imported once. Every mutant is a fork of that, so that a run costs
the import of the addon and of a few test files, and no mutant spoils the next one.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

from tools.paths import ADDON, ADDON_LINK, CHECKOUT, link_addon

TESTS = ADDON_LINK / "tests"
MEMORY = 4 << 30  # a mutant that collects without end must not take the machine with it
# Waiting costs no CPU time, and the machine may be busy with something else.
WALL_PER_CPU = 6
# What tests call that compare the CPU times of a small and of a large message (tests' effort.py).
TIMER = "cpu_seconds"


def main(arguments: Sequence[str]) -> int:
    """Write the map of what each test reaches, or try mutants until the input ends."""
    link_addon()
    if arguments[0] == "map":
        return write_map(Path(arguments[1]), arguments[2:])
    serve()
    return 0


def run_pytest(files: Sequence[str], *options: str, plugin: object) -> int:
    """Run test files as `./dev test unit` does, without what a single mutant has no use for."""
    return int(
        pytest.main(
            [
                *("-c", str(CHECKOUT / "pyproject.toml"), "-p", "tools.pytest_pure", "-q"),
                *(f"--rootdir={TESTS}", f"--confcutdir={TESTS}", "-p", "no:cacheprovider"),
                # The files' own compiled code is then good for every run.
                "--assert=plain",
                *options,
                *(str(TESTS / name) for name in files),
            ],
            [plugin],
        )
    )


class Recorder:
    """A pytest plugin that notes which functions of the addon each test enters."""

    def __init__(self) -> None:
        self.codes: dict[int, CodeType] = {}
        self.imports: set[str] = set()
        self.shared: dict[str, set[str]] = defaultdict(set)
        self.tests: dict[str, dict[str, Any]] = {}
        self.failed: list[str] = []

    def note(self, frame: FrameType, event: str, argument: object) -> None:
        """Note a function that is called; its lines are of no interest."""
        code = frame.f_code
        self.codes[id(code)] = code

    def take(self) -> set[str]:
        """Return what was entered since the last time."""
        codes, self.codes = list(self.codes.values()), {}
        root = f"{ADDON_LINK}/"
        return {
            f"{code.co_filename[len(root) :]}:{code.co_firstlineno}"
            for code in codes
            if code.co_filename.startswith(root)
        }

    def pytest_collection_finish(self) -> None:
        """What ran until here, ran while modules were imported."""
        self.imports = self.take()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Iterator[None]:
        """What prepares a class or a module counts for all of the file's tests."""
        _forget_results()
        yield
        self.shared[_file(item.nodeid)] |= self.take()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Iterator[None]:
        """Note one test, also when it fails."""
        started = time.process_time()
        try:
            yield
        finally:
            seconds = time.process_time() - started
            codes = list(self.codes.values())  # asking is a call too, and would be noted
            timed = any(code.co_name == TIMER for code in codes)
            entered = sorted(self.take())
            self.tests[item.nodeid] = {"seconds": seconds, "timed": timed, "entered": entered}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Without a mutation, no test may fail."""
        if report.failed:
            self.failed.append(report.nodeid)


def write_map(path: Path, files: Sequence[str]) -> int:
    """Run all tests once, and write what each of them entered."""
    recorder = Recorder()
    threading.settrace(recorder.note)
    sys.settrace(recorder.note)
    code = run_pytest(files, plugin=recorder)
    sys.settrace(None)
    for name, test in recorder.tests.items():
        test["entered"] = sorted({*test["entered"], *recorder.shared[_file(name)]})
    libraries = [name for name in sys.modules if name.partition(".")[0] not in (ADDON, "tools")]
    found = {"tests": recorder.tests, "imports": sorted(recorder.imports), "modules": libraries}
    path.write_text(json.dumps({**found, "failed": recorder.failed, "code": code}), "utf-8")
    return 0


def _file(nodeid: str) -> str:
    return nodeid.partition("::")[0]


def _forget_results() -> None:
    """Empty every lru_cache of the addon: or only the first test of many would enter it."""
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{ADDON}.") and module is not None:
            for value in list(vars(module).values()):
                for cached in (value, *(vars(value).values() if isinstance(value, type) else ())):
                    clear = getattr(getattr(cached, "__func__", cached), "cache_clear", None)
                    if clear is not None:
                        clear()


class Only:
    """A pytest plugin that runs some tests in a given order, and ends at the first failure."""

    def __init__(self, names: Sequence[str], tell: int) -> None:
        self.names = names
        self.tell = tell

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Choose the tests; one that is missing shows a module that no longer imports well."""
        known = {item.nodeid: item for item in items}
        if not known.keys() >= set(self.names):
            self.end("the collection of tests")
        items[:] = [known[name] for name in self.names]

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """A test file that cannot be imported has noticed the mutation."""
        if report.failed:
            self.end(report.nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """One failure is enough, that of a subtest too."""
        if report.failed:
            self.end(report.nodeid)

    def end(self, name: str) -> None:
        """Say which test noticed, and leave."""
        os.write(self.tell, name.encode()[:1_000])
        os._exit(1)


def serve() -> None:
    """Read one job a line, answer each with a line."""
    first = json.loads(sys.stdin.readline())
    for name in first["modules"]:
        with suppress(Exception):  # a module that does not like it is imported by the tests
            import_module(name)
    sys.dont_write_bytecode = True  # the compiled code of a mutant would outlive it
    answers = os.fdopen(os.dup(1), "w")
    for number, line in enumerate(sys.stdin):
        print(json.dumps(_try(json.loads(line), number)), file=answers, flush=True)


def _try(job: dict[str, Any], number: int) -> dict[str, str]:
    """Put one mutant in place, run the tests in their rounds, and put the original back."""
    path = CHECKOUT / job["path"]
    original, times = path.read_bytes(), path.stat()
    try:
        compile(job["source"], path, "exec")
    except SyntaxError as problem:
        return {"outcome": "broken", "detail": str(problem)}
    try:
        path.write_bytes(job["source"].encode())
        # Python takes compiled code for up to date by size and time.
        os.utime(path, (times.st_atime, times.st_mtime + 60 + number))
        outcome, detail = "survived", ""
        for names, seconds in job["rounds"]:
            if outcome == "survived":
                outcome, detail = _run(names, seconds)
    finally:
        path.write_bytes(original)
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return {"outcome": outcome, "detail": detail}


def _run(names: Sequence[str], seconds: int) -> tuple[str, str]:
    """Return what became of the mutant, and the test that noticed it."""
    told, tell = os.pipe()
    pid = os.fork()
    if not pid:
        _child(names, seconds, tell)
    os.close(tell)
    with os.fdopen(told, "rb") as stream:
        outcome = _outcome(pid, seconds)
        return outcome, stream.read().decode()


def _outcome(pid: int, seconds: int) -> str:
    """Wait for the tests, as long as they may take."""
    deadline = time.monotonic() + seconds * WALL_PER_CPU
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            break
        if time.monotonic() > deadline:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            return "timeout"
        time.sleep(0.01)
    if os.WIFSIGNALED(status):
        return "timeout" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else "killed"
    return "killed" if os.WEXITSTATUS(status) else "survived"


def _child(names: Sequence[str], seconds: int, tell: int) -> None:
    """Run the tests in this process, and leave without a word."""
    code = 1
    try:
        silence = os.open(os.devnull, os.O_RDWR)
        for stream in range(3):
            os.dup2(silence, stream)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 2))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        files = dict.fromkeys(_file(name) for name in names)
        code = run_pytest(list(files), plugin=Only(names, tell))
    finally:
        os._exit(code)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
