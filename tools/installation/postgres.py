"""A private PostgreSQL cluster: reached by a socket only its owner may enter.

The machine's own clusters are left alone, running or not. Several ./dev may use the
cluster at once; the last one to leave stops it.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..console import Failure, step
from ..paths import CACHE, is_root, service_folder
from ..processes import start_time
from ..system import need_packages, run

ROLE = "odoo"  # Odoo refuses to work as `postgres`
MAX_FOLDER = 80  # a socket's path may have 107 bytes
SETTINGS = """
listen_addresses = ''
max_connections = 200
shared_buffers = 256MB
max_wal_size = 2GB
timezone = 'UTC'
log_timezone = 'UTC'
lc_messages = 'C'
"""


class Postgres:
    """The cluster in the cache. `durable=False` trades crash safety for speed (tests)."""

    def __init__(self) -> None:
        own = CACHE / "pg"
        private = not is_root() and len(str(own)) < MAX_FOLDER
        self.folder = own if private else service_folder("pg")
        self.data = self.folder / "data"
        self.socket = self.folder / "s"
        self.log = self.folder / "postgres.log"
        self.port = 5432  # only names the socket's file

    def start(self, durable: bool = False) -> None:
        """Make and start the cluster if needed, and count this process as its user."""
        self._need_binaries()
        with self._lock():
            if not (self.data / "PG_VERSION").exists():
                self._create()
            if not self._running():
                with step("PostgreSQL", quiet=True):
                    self._start()
            atexit.register(self.stop)
            self._set_durable(durable)

    def set_durable(self, durable: bool) -> None:
        """Switch fsync while running: benchmarks need it on, and then all users have it on."""
        with self._lock():
            self._set_durable(durable)

    def _set_durable(self, durable: bool) -> None:
        own = self.folder / "users" / str(os.getpid())
        own.write_text(f"{start_time(os.getpid())} {'durable' if durable else 'fast'}")
        anyone = any("durable" in path.read_text() for path in self._users())
        value = "on" if anyone else "off"
        if self.query("postgres", "SHOW fsync") != value:
            for name in ("fsync", "synchronous_commit", "full_page_writes"):
                self.query("postgres", f"ALTER SYSTEM SET {name} = {value}")
            self.query("postgres", "SELECT pg_reload_conf()")

    def stop(self, force: bool = False) -> bool:
        """Leave the cluster; stop it when no other ./dev uses it. Return whether it stopped."""
        atexit.unregister(self.stop)
        if not self.folder.exists():
            return False
        with self._lock():
            (self.folder / "users" / str(os.getpid())).unlink(missing_ok=True)
            if (self._users() and not force) or not self._running():
                return False
            with contextlib.suppress(Failure):
                self._pg_ctl("stop", "-m", "fast")
            return True

    def query(self, database: str, statement: str, *, separator: str = "|") -> str:
        """Run one SQL statement through psql; return its rows as text."""
        command: list[str | Path] = [
            self._binary("psql"),
            *"-XAtq -v ON_ERROR_STOP=1 -F".split(),
            separator,
        ]
        login: list[str | Path] = ["-h", self.socket, "-U", ROLE, "-d", database]
        done = subprocess.run(
            [*command, *login, "-c", statement],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise Failure(f"PostgreSQL refused: {done.stderr.strip()} (log: {self.log})")
        return done.stdout.strip()

    def databases(self) -> list[str]:
        """Return the names of all databases, oldest first."""
        return self.query("postgres", "SELECT datname FROM pg_database ORDER BY oid").splitlines()

    def env(self) -> dict[str, str]:
        """Return libpq's variables, for psql and for pytest-odoo's database copies."""
        return {"PGHOST": str(self.socket), "PGUSER": ROLE, "PGPORT": str(self.port)}

    def odoo_options(self) -> dict[str, str]:
        """Return the odoo.conf entries that lead to this cluster."""
        return {
            "db_host": str(self.socket),
            "db_port": str(self.port),
            "db_user": ROLE,
            "db_sslmode": "disable",
        }

    @contextmanager
    def _lock(self) -> Iterator[None]:
        (self.folder / "users").mkdir(parents=True, exist_ok=True)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _users(self) -> list[Path]:
        alive = []
        for path in (self.folder / "users").iterdir():
            started = path.read_text().partition(" ")[0]
            if started and start_time(int(path.name)) == started:
                alive.append(path)
            else:
                path.unlink(missing_ok=True)
        return alive

    def _need_binaries(self) -> None:
        if self._bin_folder() is None:
            need_packages("postgresql")
        if self._bin_folder() is None:
            raise Failure("PostgreSQL 13 or newer is missing; install the package postgresql.")

    def _bin_folder(self) -> Path | None:
        wanted = None
        version = self.data / "PG_VERSION"
        with contextlib.suppress(OSError):
            wanted = int(version.read_text())
        folders = [
            Path(found).resolve().parent
            for name in ("postgres", "initdb")
            if (found := shutil.which(name))
        ]
        folders += sorted(
            Path("/usr/lib/postgresql").glob("*/bin"),
            key=lambda folder: int(re.sub(r"\D.*", "", folder.parent.name) or 0),
            reverse=True,
        )
        for folder in folders:
            if not all(
                (folder / name).exists() for name in ("postgres", "initdb", "pg_ctl", "psql")
            ):
                continue
            if wanted is None or folder.parent.name == str(wanted):
                return folder
        return folders[0] if folders and wanted is None else None

    def _binary(self, name: str) -> Path:
        folder = self._bin_folder()
        if folder is None:
            raise Failure(
                f"The cluster in {self.data} was made by a PostgreSQL that is gone;"
                " delete that folder and run ./dev again."
            )
        return folder / name

    def _as_owner(self, *command: str | Path) -> list[str]:
        """Root cannot run PostgreSQL: its package's user does."""
        user = ["runuser", "-u", "postgres", "--"] if is_root() else []
        return [*user, *map(str, command)]

    def _create(self) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        self.socket.mkdir(parents=True, exist_ok=True)
        self.folder.chmod(0o755)
        self.data.mkdir()
        self.log.touch()
        for path in (self.data, self.socket):
            path.chmod(0o700)
        if is_root():
            for path in (self.data, self.socket, self.log):
                shutil.chown(path, "postgres", "postgres")
        with step("PostgreSQL cluster"):
            run(
                self._as_owner(
                    self._binary("initdb"),
                    *("-D", self.data, "-U", ROLE),
                    *"--encoding=UTF8 --locale=C.UTF-8 --no-sync".split(),
                    *"--auth-local=trust --auth-host=reject".split(),
                ),
                cwd=Path("/"),
                error="The private PostgreSQL cluster could not be made.",
            )
            with (self.data / "postgresql.conf").open("a", encoding="utf-8") as conf:
                conf.write(f"{SETTINGS}unix_socket_directories = '{self.socket}'\n")

    def _running(self) -> bool:
        done = subprocess.run(
            self._as_owner(self._binary("pg_ctl"), "-D", self.data, "status"),
            cwd="/",
            capture_output=True,
            check=False,
        )
        return done.returncode == 0

    def _start(self) -> None:
        try:
            self._pg_ctl("start", "-l", self.log)
        except Failure as problem:
            raise Failure(
                f"The private PostgreSQL did not start; its log is {self.log}."
                f" If it cannot be repaired, delete {self.data} and run ./dev again."
            ) from problem

    def _pg_ctl(self, action: str, *options: str | Path) -> None:
        run(
            self._as_owner(
                self._binary("pg_ctl"), "-D", self.data, "-w", "-t", "60", *options, action
            ),
            cwd=Path("/"),
            error=f"pg_ctl {action} failed.",
        )
