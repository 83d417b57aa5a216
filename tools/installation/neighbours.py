"""./dev test neighbours: OCA's addons in the database of ours, their tests and ours.

Their tests are run beside the addon; `./dev test neighbours --baseline` runs them without it. What
is left out is listed, with the reason. The addons lie in a folder of the cache, so that no other
part of ./dev sees them.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from fnmatch import fnmatch
from pathlib import Path

from ..console import Failure, say, step, table
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
    "*/test_js.py": "needs a browser",
    "queue_job/*": "runs jobs; no email is sent or received by it",
    "server_environment/*": "reads files; the tests of mail_environment use it",
    "auditlog/test_http_*.py": "logs requests, which no email is",
}
_AGAIN = "runs the tests of TestMailTracking once more"
# Classes of theirs that are left out: `pytest -k`.
LEFT_OUT_CLASSES = {
    "TestAccessTrackingEmail": f"{_AGAIN}, without the request that three of them patch",
    "AuditLogRuleTestForUserFields": "logs users and groups",
    "AuditLogRuleTestForUserModel": "logs users and groups",
    "TestFieldRemoval": "removes fields from models of its own",
}
# Tests of ours that run beside them as well: what fetches, routes, sends, sets up, keeps secrets.
OUR_TESTS = (
    "credentials/test_secrets.py",
    "incoming/test_fetch_session.py",
    "incoming/test_servers_reading.py",
    "outgoing/test_outgoing.py",
    "outgoing/test_outgoing_automatic.py",
    "outgoing/test_outgoing_everything.py",
    "outgoing/test_outgoing_replies.py",
    "outgoing/test_outgoing_signed.py",
    "outgoing/test_servers_identity.py",
    "routing/test_routing.py",
    "setup/test_setup.py",
)
# Tests of ours that come out otherwise beside them, each with its reason: what a neighbour is for.
_NO_COLUMN = "mail_environment keeps no password in a column: to search, group or sort by it raises"
_WRITE_ONLY = "credentials/test_secrets.py::TestWriteOnly"
KNOWN_DIFFERENCES = {
    f"{_WRITE_ONLY}::test_no_order_finds_it_out": _NO_COLUMN,
    f"{_WRITE_ONLY}::test_no_question_by_way_of_another_model_finds_it_out": _NO_COLUMN,
    f"{_WRITE_ONLY}::test_no_question_finds_it_out": _NO_COLUMN,
    f"{_WRITE_ONLY}::test_no_group_shows_it": _NO_COLUMN,
    f"{_WRITE_ONLY}::test_other_accounts_are_found_and_copied_as_ever": (
        f"{_NO_COLUMN}; none is copied"
    ),
}


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
    worse = sorted(test for test, ok in outcome.items() if not ok)
    result.failed = len(worse)
    say(f"  OCA's own tests: {result.passed} of {len(outcome)} pass.")
    for test in worse:
        say(f"  fails: {test}")
    say(table(sorted((LEFT_OUT | LEFT_OUT_CLASSES).items()), ("of theirs left out", "because")))
    return result


def our_files(tests: Path) -> list[Path]:
    """Return the files of ours that run beside them, of a folder of our tests."""
    beside = sorted((tests / "neighbours").rglob("test_*.py"))
    return [*beside, *(tests / "models" / name for name in OUR_TESTS)]


def without_differences() -> list[str]:
    """Say which tests of ours come out otherwise beside them; return pytest's options for that."""
    rows = [(test.replace("::", " "), why) for test, why in KNOWN_DIFFERENCES.items()]
    say(table(rows, ("of ours left out", "because")))
    return [f"--deselect=models/{test}" for test in KNOWN_DIFFERENCES]


def _test_files(addons: Path) -> list[Path]:
    """Return their files with tests; a name in LEFT_OUT is that of the addon and of the file."""
    return sorted(
        path
        for path in addons.glob("*/tests/test_*.py")
        if not any(
            fnmatch(f"{path.parent.parent.name}/{path.name}", pattern) for pattern in LEFT_OUT
        )
    )


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
    command += ["-k", " and ".join(f"not {name}" for name in LEFT_OUT_CLASSES)]
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
