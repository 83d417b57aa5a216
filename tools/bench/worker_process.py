"""One Odoo process that measures for ./dev bench."""

from __future__ import annotations

import json
import subprocess

from ..console import Failure
from ..environment import setup
from ..installation.databases import config_file
from ..paths import CHECKOUT


class Worker:
    """One Odoo process that measures; see worker.py."""

    def __init__(self, database: str) -> None:
        env = setup()
        conf = config_file("bench", database, max_cron_threads=0)
        self.process = subprocess.Popen(
            [str(env.python), "-m", "tools.bench.worker", str(conf), database],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd=CHECKOUT,
            env={**env.env(), "PYTHONPATH": f"{env.env()['PYTHONPATH']}:{CHECKOUT}"},
        )
        self.answer()

    def tell(self, command: str, number: int = 0) -> None:
        """Start a piece of work."""
        assert self.process.stdin
        self.process.stdin.write(f"{command} {number}\n")
        self.process.stdin.flush()

    def answer(self) -> dict[str, float]:
        """Wait for the work to end."""
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise Failure("A benchmark process ended early; run ./dev test odoo first.")
        return dict(json.loads(line))

    def do(self, command: str, number: int = 0) -> dict[str, float]:
        """Do a piece of work and wait for it."""
        self.tell(command, number)
        return self.answer()

    def stop(self) -> None:
        """End the process."""
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait(60)
