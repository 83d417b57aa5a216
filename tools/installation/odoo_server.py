"""A running Odoo on loopback, and a client for it, both with the standard library only."""

from __future__ import annotations

import json
import subprocess
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from ..console import Failure, step
from ..environment import setup
from ..paths import LOGS
from ..processes import Daemon, free_port, wait_until
from .databases import config_file

START_TIMEOUT = 120


class RpcError(Exception):
    """Odoo answered with an error; `name` is the exception's class there."""

    def __init__(self, error: Mapping[str, Any]) -> None:
        data = error.get("data") or {}
        self.name = str(data.get("name", ""))
        self.debug = str(data.get("debug", ""))
        super().__init__(f"{self.name}: {data.get('message') or error.get('message')}")


class Rpc:
    """Calls model methods over JSON-RPC as one user."""

    def __init__(self, url: str, database: str, login: str, password: str) -> None:
        self.url, self.database, self.password = url, database, password
        self.uid = self._call("common", "authenticate", database, login, password, {})
        if not self.uid:
            raise Failure(f"Odoo refused the login {login} on {database}.")

    def __call__(self, model: str, method: str, *args: Any, **kwargs: Any) -> Any:
        """Call `model.method(*args, **kwargs)`; for record methods args[0] is a list of ids."""
        return self._call(
            "object",
            "execute_kw",
            self.database,
            self.uid,
            self.password,
            model,
            method,
            list(args),
            kwargs,
        )

    def create(self, model: str, **values: Any) -> int:
        """Create one record and return its id."""
        return int(self(model, "create", [values])[0])

    def read(
        self, model: str, domain: Sequence[Any] | int = (), *fields: str, **kwargs: Any
    ) -> list[Any]:
        """Search and read; `domain` may be an id."""
        if isinstance(domain, int):
            domain = [("id", "=", domain)]
        return list(self(model, "search_read", list(domain), list(fields), **kwargs))

    def ref(self, xmlid: str) -> int:
        """Return the database id of an external id."""
        module, _dot, name = xmlid.partition(".")
        rows = self.read("ir.model.data", [("module", "=", module), ("name", "=", name)], "res_id")
        if not rows:
            raise Failure(f"There is no record {xmlid} in {self.database}.")
        return int(rows[0]["res_id"])

    def _call(self, service: str, method: str, *args: Any) -> Any:
        params = {"service": service, "method": method, "args": args}
        payload = {"jsonrpc": "2.0", "method": "call", "params": params, "id": 1}
        request = urllib.request.Request(
            f"{self.url}/jsonrpc",
            json.dumps(payload).encode(),
            {"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=300) as response:
            answer = json.load(response)
        if answer.get("error"):
            raise RpcError(answer["error"])
        return answer.get("result")


def run_in_shell(
    database: str,
    code: str,
    *,
    name: str = "",
    env: Mapping[str, str] | None = None,
    timeout: float = 300,
    **options: object,
) -> str:
    """Run a snippet in `odoo shell` (`env` is there); return what it printed.

    The snippet must commit itself. An error in it is raised as Failure. Extra keyword arguments
    become odoo.conf entries.
    """
    environment = setup()
    conf = config_file(f"{name or database}_shell", database, max_cron_threads=0, **options)
    done = subprocess.run(
        [
            environment.python,
            "-m",
            "odoo",
            "shell",
            "-c",
            conf,
            "--no-http",
            "--shell-interface=python",
            "--log-level=error",
        ],
        env={**environment.env(), **(env or {})},
        input=code,
        text=True,
        capture_output=True,
        timeout=timeout,
        check=False,
    )
    if done.returncode or "Traceback (most recent call last)" in done.stderr:
        raise Failure(f"odoo shell failed:\n{done.stderr[-4000:]}")
    return done.stdout


class OdooServer:
    """One Odoo server process group on one database.

    `workers=0` is Odoo's threaded mode; with workers a second port serves the websocket.
    Extra keyword arguments become odoo.conf entries. Usable as a context manager.
    """

    def __init__(
        self,
        database: str,
        port: int = 0,
        *,
        workers: int = 0,
        max_cron_threads: int = 2,
        log: Path | None = None,
        env: Mapping[str, str] | None = None,
        name: str = "",
        **options: object,
    ) -> None:
        self.database = database
        self.port = free_port(port)
        self.workers = workers
        self.name = name or database
        self.log = log or LOGS / f"{self.name}.log"
        self.extra_env = dict(env or {})
        # Without workers Odoo takes a connection that a browser keeps idle for a request without an
        # end, and restarts itself for it, which it cannot when it was started as a module.
        endless = {} if workers else {"limit_time_real": 0, "limit_time_real_cron": 0}
        self.options: dict[str, object] = {
            **endless,
            "http_port": self.port,
            "gevent_port": free_port(),
            "workers": workers,
            "max_cron_threads": max_cron_threads,
            # Each call of Rpc would be a line that says that this way of calling goes one day.
            "log_handler": ":INFO,odoo.addons.rpc.controllers.jsonrpc:ERROR",
            **options,
        }
        self._daemon: Daemon | None = None

    @property
    def url(self) -> str:
        """The address of this server."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the process is alive."""
        return self._daemon is not None and self._daemon.running

    def start(self) -> OdooServer:
        """Start and wait until the database answers."""
        environment = setup()
        conf = config_file(self.name, self.database, **self.options)
        daemon = Daemon(
            f"odoo {self.name}", [environment.python, "-m", "odoo", "-c", conf], self.log
        )
        with step(f"Odoo on {self.url}", quiet=True):
            daemon.start({**environment.env(), **self.extra_env})
            self._daemon = daemon
            wait_until(
                self._answers,
                START_TIMEOUT,
                f"Odoo did not answer on {self.url} within {START_TIMEOUT} s; see {self.log}",
                every=0.1,
            )
        return self

    def stop(self) -> None:
        """End it as Ctrl-C would."""
        if self._daemon:
            self._daemon.stop()

    def kill(self) -> None:
        """End every process of it at once with SIGKILL, as a power cut would."""
        if self._daemon:
            self._daemon.kill()

    def __enter__(self) -> OdooServer:
        return self if self.running else self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def rpc(self, login: str = "admin", password: str = "admin") -> Rpc:
        """Return a client that is logged in."""
        return Rpc(self.url, self.database, login, password)

    def shell(self, code: str, timeout: float = 300) -> str:
        """Run a snippet in `odoo shell` (`env` is there); return what it printed.

        The snippet must commit itself. An error in it is raised as Failure.
        """
        return run_in_shell(
            self.database, code, name=self.name, env=self.extra_env, timeout=timeout
        )

    def _answers(self) -> bool:
        if not self.running:
            raise Failure(f"Odoo ended while it started; see {self.log}")
        try:
            with urllib.request.urlopen(f"{self.url}/web/login", timeout=60) as response:
                return bool(response.status == 200)
        except urllib.error.HTTPError as problem:
            if problem.code >= 500:
                raise Failure(
                    f"Odoo answers with error {problem.code}; see {self.log}"
                ) from problem
            return False
        except OSError:
            return False
