"""Processes that ./dev starts: recorded by pid and start time, ended by nothing else.

A pid alone may have been given to somebody else's process since; the kernel's start time
beside it makes the pair unique.
"""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import FrameType

from .console import Failure
from .paths import RUN

PIDS = RUN / "pids"
_given: set[int] = set()


def start_time(pid: int) -> str:
    """Return the kernel's start time of a process, or "" when it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return ""
    return "" if fields[0] == "Z" else fields[19]


def free_port(preferred: int = 0) -> int:
    """Return a loopback port that is free now, `preferred` if it is; none is given out twice.

    Not one of those that the kernel gives to outgoing connections, from 32768 on: between being
    chosen here and being bound by a server, it would be taken by somebody else at times.
    """
    others = (port for port in random.sample(range(20_000, 32_000), 500) if port not in _given)
    for port in (*([preferred] if preferred else []), *others):
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            _given.add(port)
            return port
    raise Failure("No free port on 127.0.0.1; is the loopback interface up?")


def wait_until(ready: Callable[[], bool], timeout: float, error: str, every: float = 0.05) -> None:
    """Poll a condition; fail with `error` after `timeout` seconds."""
    deadline = time.monotonic() + timeout
    while not ready():
        if time.monotonic() > deadline:
            raise Failure(error)
        time.sleep(every)


def accepts(port: int) -> bool:
    """Whether something listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


class Daemon:
    """One process group of ours, ended with this program at the latest."""

    def __init__(self, name: str, command: Sequence[str | Path], log: Path) -> None:
        self.name = name
        self.command = [str(part) for part in command]
        self.log = log
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, env: Mapping[str, str] | None = None, cwd: Path | None = None) -> None:
        """Start in a session of its own, so that a Ctrl-C reaches us first."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as stream:
            self.process = subprocess.Popen(
                self.command,
                env=None if env is None else dict(env),
                cwd=cwd,
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        record(self.name, self.process.pid)
        atexit.register(self.stop)

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self.process is not None and self.process.poll() is None

    def stop(self, timeout: float = 20) -> None:
        """Ask the group to end, and insist after `timeout` seconds."""
        atexit.unregister(self.stop)
        if self.process is None:
            return
        if self.running:
            self._signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(timeout)
        self.kill()

    def kill(self) -> None:
        """End the whole group at once, as a power cut would."""
        atexit.unregister(self.stop)
        if self.process is not None:
            self._signal(signal.SIGKILL)
            self.process.wait()
            forget(self.process.pid)
            self.process = None

    def _signal(self, number: int) -> None:
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)


def record(name: str, pid: int, stop: Sequence[str] = ()) -> None:
    """Remember a process of ours for `./dev stop`; `stop` ends one that signals cannot."""
    PIDS.mkdir(parents=True, exist_ok=True)
    entry = {"name": name, "pid": pid, "started": start_time(pid), "stop": list(stop)}
    (PIDS / f"{pid}.json").write_text(json.dumps(entry), "utf-8")


def forget(pid: int) -> None:
    """Drop the record of a process that ended."""
    (PIDS / f"{pid}.json").unlink(missing_ok=True)


def stop_recorded() -> list[str]:
    """End what an earlier ./dev of this checkout left behind; return the names."""
    stopped = []
    for path in sorted(PIDS.glob("*.json")):
        entry = json.loads(path.read_text("utf-8"))
        if entry["started"] and start_time(entry["pid"]) == entry["started"]:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if entry["stop"]:
                    subprocess.run(entry["stop"], check=False, capture_output=True)
                else:
                    os.killpg(entry["pid"], signal.SIGTERM)
                stopped.append(str(entry["name"]))
        path.unlink(missing_ok=True)
    return stopped


def exit_on_signals() -> None:
    """Turn SIGTERM and SIGHUP into a normal exit, so that everything we started is ended."""

    def leave(number: int, _frame: FrameType | None) -> None:
        sys.exit(128 + number)

    signal.signal(signal.SIGTERM, leave)
    signal.signal(signal.SIGHUP, leave)
