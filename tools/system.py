"""Commands, system packages and sudo, with errors that a person can act on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from .console import Failure, step
from .paths import LOGS, is_root

LOG = LOGS / "dev.log"

# Installing a server must neither start it nor leave it enabled: our own copies run with
# our own configuration, and the machine's mail and databases are none of our business.
INSTALL_SCRIPT = r"""
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
    printf '#!/bin/sh\nexit 101\n' > $policy
    chmod 755 $policy
    trap 'rm -f $policy' EXIT
fi
units=
for unit in postfix dovecot postgresql opendkim; do
    systemctl cat $unit.service >/dev/null 2>&1 || units="$units $unit"
done
export DEBIAN_FRONTEND=noninteractive
echo 'postfix postfix/main_mailer_type select No configuration' | debconf-set-selections || true
apt-get -q update || true
apt-get -q -y -o Dpkg::Options::=--force-confold -o DPkg::Lock::Timeout=300 \
    install --no-install-recommends "$@"
for unit in $units; do
    systemctl disable --now $unit.service >/dev/null 2>&1 || true
done
"""


def run(
    command: Sequence[str | Path],
    *,
    error: str,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    input: str | None = None,
    log: Path = LOG,
) -> str:
    """Run a command, keep its output in the log, and fail with `error` and the log's path."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a", encoding="utf-8") as stream:
        stream.write(f"\n[{time.strftime('%F %T')}] $ {' '.join(map(str, command))}\n")
        try:
            done = subprocess.run(
                [str(part) for part in command],
                env={**os.environ, **(env or {})},
                cwd=cwd,
                input=input,
                stdin=subprocess.DEVNULL if input is None else None,
                text=True,
                capture_output=True,
                errors="replace",
                check=False,
            )
        except OSError as problem:
            stream.write(f"{problem}\n")
            raise Failure(f"{error} ({problem})") from problem
        stream.write(done.stdout + done.stderr)
    if done.returncode:
        raise Failure(f"{error} Details: {log}")
    return done.stdout


def as_root(command: Sequence[str | Path]) -> list[str]:
    """Return the command with sudo in front where needed."""
    parts = [str(part) for part in command]
    if is_root():
        return parts
    if not shutil.which("sudo"):
        raise Failure(
            "This step needs root and there is no sudo; run ./dev as root, or let an"
            f" administrator run: {' '.join(parts[:6])}"
        )
    ask = ["sudo"] if sys.stdin.isatty() else ["sudo", "-n"]
    return [*ask, *parts]


def need_root(what: str) -> None:
    """Fail now, not after minutes of setup, when `what` cannot get root; ask sudo's password."""
    if is_root():
        return
    if not shutil.which("sudo"):
        raise Failure(f"{what} need root and there is no sudo; run ./dev as root.")
    ask = ["sudo", "-v"] if sys.stdin.isatty() else ["sudo", "-n", "true"]
    if subprocess.run(ask, check=False).returncode:
        raise Failure(
            f"{what} need root, and sudo refused; run ./dev in a terminal, as a user who may use"
            " sudo, or as root."
        )


def installed(package: str) -> bool:
    """Whether dpkg has the package configured."""
    done = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status}", package],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout.strip() == "installed"


def need_packages(*packages: str) -> None:
    """Install the Debian or Ubuntu packages that are missing."""
    if not shutil.which("dpkg-query") or not shutil.which("apt-get"):
        raise Failure(f"./dev needs Debian or Ubuntu; install yourself: {' '.join(packages)}")
    missing = [package for package in packages if not installed(package)]
    if not missing:
        return
    names = " ".join(missing)
    if not is_root() and not shutil.which("sudo"):
        raise Failure(f"{names}: missing, and there is no sudo; as root: apt-get install {names}")
    with step(f"system packages: {names}"[:58]):
        run(
            as_root(["sh", "-c", INSTALL_SCRIPT, "sh", *missing]),
            error=(
                f"The system packages {names} could not be installed; check the network and"
                f" apt's package sources, or run as root: apt-get install {names}."
            ),
        )


def need_library(name: str, package: str) -> None:
    """Install the package of a shared library; its package's name differs by release."""
    for ldconfig in ("/sbin/ldconfig", "/usr/sbin/ldconfig"):
        if Path(ldconfig).exists():
            known = subprocess.run([ldconfig, "-p"], capture_output=True, text=True, check=False)
            if f"\t{name} " in known.stdout:
                return
            break
    need_packages(package)
