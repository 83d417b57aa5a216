"""./dev test neighbours: OCA's addons in the database of ours, their tests and ours.

Their tests are run beside the addon. What fails without it as well is listed, with the reason;
`./dev test neighbours --baseline` runs them without it. The addons lie in a folder of the cache, so
that no other part of ./dev sees them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from ..console import Failure, say, step
from ..environment import Environment, setup
from ..paths import CACHE, CHECKOUT, LOGS
from ..processes import free_port
from ..results import Result, outcomes
from ..system import run
from .databases import config_file, fresh

REQUIREMENTS = CHECKOUT / "tools" / "requirements-neighbours.txt"
# Odoo's own addons that send or receive mail, beside those that OCA's bring along.
ODOOS_OWN = (
    "account_edi_ubl_cii",
    "calendar",
    "event",
    "google_gmail",
    "hr_expense",
    "mail_group",
    "mass_mailing",
    "microsoft_outlook",
    "sale_management",
    "survey",
    "website_crm",
)
# Tests of theirs that are left out, each with its reason.
LEFT_OUT = {
    "test_js.py": "needs a browser",
}
# Tests of theirs that fail without the addon as well (`--baseline`), each with its reason.
_NO_REQUEST = "its class runs the tests of another one without the request that these patch"
FAIL_BY_THEMSELVES = {
    "TestAccessTrackingEmail.test_db_env": _NO_REQUEST,
    "TestAccessTrackingEmail.test_mail_send": _NO_REQUEST,
    "TestAccessTrackingEmail.test_mail_tracking_open": _NO_REQUEST,
}
# Tests of ours that run beside them as well: what fetches, routes, sends, sets up, keeps secrets.
OUR_TESTS = (
    "incoming/test_servers_reading.py",
    "outgoing/test_outgoing_automatic.py",
    "outgoing/test_outgoing_everything.py",
    "outgoing/test_outgoing_replies.py",
    "outgoing/test_outgoing_signed.py",
    "routing/test_notes.py",
    "routing/test_routing.py",
    "setup/test_setup.py",
)


def need_neighbours() -> Path:
    """Fetch the addons that are pinned if they are not there; return the folder of them.

    Beside it lies ``lib``, with what they import.
    """
    digest = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()[:10]
    folder = CACHE / f"neighbours-{digest}"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "neighbours.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            _fetch(folder)
    return folder / "addons"


def _fetch(folder: Path) -> None:
    part = folder.with_suffix(".part")
    shutil.rmtree(part, ignore_errors=True)
    with step("OCA's addons for Odoo 19.0"):
        run(
            [
                *(setup().python, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"),
                *("--target", part / "lib", "-r", REQUIREMENTS),
            ],
            env={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"},
            error="OCA's addons could not be installed; check the network and pip's settings.",
        )
    # A folder `odoo` on Python's path would stand in the way of Odoo itself.
    (part / "lib" / "odoo" / "addons").rename(part / "addons")
    shutil.rmtree(part / "lib" / "odoo")
    part.rename(folder)


def names_of(addons: Path) -> list[str]:
    """Return the technical names of the addons in a folder."""
    return sorted(path.parent.name for path in addons.glob("*/__manifest__.py"))


def all_modules(addons: Path) -> tuple[str, ...]:
    """Return what is installed beside ours and the base modules."""
    return (*ODOOS_OWN, *names_of(addons))


def neighbours_env(env: Environment, addons: Path) -> dict[str, str]:
    """Return the variables for a process that imports Odoo and what the addons need."""
    found = env.env()
    return {**found, "PYTHONPATH": os.pathsep.join((found["PYTHONPATH"], f"{addons.parent}/lib"))}


def database_with(addons: Path, name: str, *, ours: bool) -> tuple[str, Path]:
    """Return a new database with all neighbours, and its odoo.conf."""
    database = fresh(name, ours, all_modules(addons), beside=addons)
    port = free_port()
    conf = config_file(
        name, database, beside=addons, http_port=port, gevent_port=port, max_cron_threads=0
    )
    return database, conf


def their_tests(options: Sequence[str]) -> Result:
    """Run their tests beside the addon; with `--baseline` without it, to see what fails then."""
    env, addons = setup(), need_neighbours()
    ours = "--baseline" not in options
    with step(f"OCA's own tests {'with' if ours else 'without'} the addon"):
        outcome = _run(env, addons, ours=ours)
    result = Result("OCA's own tests", passed=sum(outcome.values()))
    worse = sorted(
        test for test, ok in outcome.items() if not ok and test not in FAIL_BY_THEMSELVES
    )
    result.failed = len(worse)
    say(f"  OCA's own tests: {result.passed} of {len(outcome)} pass.")
    for test in worse:
        say(f"  fails: {test}")
    for test, ok in outcome.items():
        if test in FAIL_BY_THEMSELVES and ok:
            say(f"  passes, and is listed as failing by itself: {test}")
    return result


def _test_files(addons: Path) -> list[Path]:
    files = (path for path in addons.glob("*/tests/test_*.py") if path.name not in LEFT_OUT)
    return sorted(files)


def _run(env: Environment, addons: Path, *, ours: bool) -> dict[str, bool]:
    name = "neighbours_with" if ours else "neighbours_without"
    database, conf = database_with(addons, name, ours=ours)
    junit, log = LOGS / f"{name}.xml", LOGS / f"{name}.log"
    junit.unlink(missing_ok=True)
    command: list[str | Path] = [env.python, "-m", "pytest", "-c", CHECKOUT / "pyproject.toml"]
    command += [
        "-p",
        "no:cacheprovider",
        f"--rootdir={addons}",
        f"--junitxml={junit}",
        "--odoo-http",
    ]
    command += [f"--confcutdir={addons}", f"--odoo-config={conf}", f"--odoo-database={database}"]
    command += _test_files(addons)
    _logged(command, neighbours_env(env, addons), log)
    if not junit.exists():
        raise Failure(f"The tests of OCA's addons could not be run; see {log}")
    return outcomes(junit)


def _logged(command: Sequence[str | Path], env: dict[str, str], log: Path) -> None:
    with log.open("w", encoding="utf-8") as stream:
        subprocess.run(
            command,
            env=env,
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
