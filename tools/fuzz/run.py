"""./dev fuzz: mutated messages without end; each gets a decision and a record, at once.

A number is a count of messages, a number with `s` is a time. An offending message is kept in
.run/fuzz. `./dev fuzz mailbox 500` fetches from mailboxes with random faults instead.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..console import Failure, say, step
from ..paths import CACHE, CHECKOUT, RUN
from ..python_env import need_venv
from ..system import run

USAGE = "usage: ./dev fuzz [mailbox] [--atheris] [--jobs N] [messages | seconds with an s: 60s]"
MESSAGES = 100_000
FETCHES = 500  # of mailboxes
FETCH_SECONDS = 10  # that one may take, on a machine that has much else to do
ATHERIS_SECONDS = 60
FOUND = RUN / "fuzz"


def main(arguments: Sequence[str]) -> int:
    """Fuzz, print one line of figures and the offending messages; 1 if there are any."""
    options = list(arguments)
    if options[:1] == ["mailbox"]:
        return _mailbox(options[1:])
    with_atheris = "--atheris" in options
    if with_atheris:
        options.remove("--atheris")
    jobs = 1
    if "--jobs" in options:
        at = options.index("--jobs")
        jobs = _number(options[at + 1] if at + 1 < len(options) else "")
        del options[at : at + 2]
    if len(options) > 1 or (with_atheris and jobs > 1):
        raise Failure(USAGE)
    count, seconds = _amount(options[0]) if options else (0 if with_atheris else MESSAGES, 0)
    if with_atheris:
        return _atheris(count, seconds)
    return _mutate(count, seconds, jobs)


def _mailbox(options: Sequence[str]) -> int:
    """Fetch from mailboxes with random faults: a test in Odoo with more of them."""
    from ..testing import run_tests

    fetches = _number(options[0]) if options else FETCHES
    os.environ["MAIL_ROUTER_FAULTS"] = str(fetches)
    limit = f"--timeout={60 + FETCH_SECONDS * fetches}"
    return run_tests(["odoo", "test_mailbox_faults.py", limit])


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise Failure(USAGE)
    return int(text)


def _amount(text: str) -> tuple[int, int]:
    """Return (messages, seconds), one of them 0."""
    return (0, _number(text[:-1])) if text.endswith("s") else (_number(text), 0)


def _mutate(count: int, seconds: int, jobs: int) -> int:
    python = need_venv()
    started = time.monotonic()
    share = -(-count // jobs)
    workers = [
        subprocess.Popen(
            [python, "-m", "tools.fuzz.worker", str(seed), str(share), str(seconds)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        )
        for seed in range(jobs)
    ]
    try:
        results = [_result(worker) for worker in workers]
    finally:
        for worker in workers:
            if worker.poll() is None:
                worker.terminate()
    return _report(results, time.monotonic() - started)


def _result(worker: subprocess.Popen[str]) -> dict[str, Any]:
    output, _errors = worker.communicate()
    if worker.returncode:
        raise Failure("A fuzzing process ended early; what it printed stands above.")
    return dict(json.loads(output.splitlines()[-1]))


def _report(results: Sequence[dict[str, Any]], seconds: float) -> int:
    failures = [failure for result in results for failure in result["failures"]]
    messages = sum(result["messages"] for result in results)
    say(
        f"{messages:,} mutated messages in {seconds:.0f} s, {len(failures)} failures;"
        f" CPU time median {1000 * max(r['median'] for r in results):.1f} ms,"
        f" slowest {1000 * max(r['slowest'] for r in results):.0f} ms;"
        f" peak memory {max(r['peak_mb'] for r in results):.0f} MB"
    )
    for path, problem in failures:
        say(f"  {path} {problem}")
    return 1 if failures else 0


def _atheris(count: int, seconds: int) -> int:
    """Let libFuzzer look for new paths through the router's code, beginning with our messages."""
    python = need_venv()
    folder = _need_atheris(python)
    corpus = FOUND / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for path in sorted((CHECKOUT / "tests" / "mails").glob("*.eml")):
        if path.stat().st_size <= 20_000:
            (corpus / path.name).write_bytes(path.read_bytes())
    limit = f"-runs={count}" if count else f"-max_total_time={seconds or ATHERIS_SECONDS}"
    command = [python, "-m", "tools.fuzz.run_atheris", corpus, limit]
    command += ["-max_len=50000", "-timeout=5", "-rss_limit_mb=1000", "-print_final_stats=1"]
    command += [f"-artifact_prefix={FOUND}/"]
    env = {**os.environ, "PYTHONPATH": f"{CHECKOUT}{os.pathsep}{folder}"}
    return subprocess.run(
        [str(part) for part in command], cwd=CHECKOUT, env=env, check=False
    ).returncode


def _need_atheris(python: Path) -> Path:
    """Install atheris beside the virtual environment: nothing else needs it."""
    folder = CACHE / "atheris"
    if not (folder / "atheris").is_dir():
        with step("atheris"):
            run(
                [python, "-m", "pip", "install", "--quiet", "--target", folder, "atheris"],
                env={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"},
                error="atheris could not be installed; ./dev fuzz without it needs nothing.",
            )
    return folder


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
