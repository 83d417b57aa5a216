"""Both ends of requirements.txt: the lowest versions it allows, and the newest.

Each end has an environment of its own, in which the pure tests of what the libraries do are run. It
is made once, and made anew when requirements.txt changes: later runs need no network.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import shutil
import sys
from pathlib import Path

from .console import Failure, step
from .paths import CACHE, CHECKOUT
from .system import run

REQUIREMENTS = CHECKOUT / "requirements.txt"
ENDS = ("lowest", "newest")
# What the tests themselves need, and cryptography as Odoo has it.
TESTS_NEED = ("pytest", "pytest-timeout", "hypothesis", "cryptography<45")
# The tests that use each library; a requirement without any is an error.
TESTS = {
    "dkimpy": ("test_dkim.py", "test_dkim_limits.py"),
    "dnspython": ("test_dns_client.py", "test_resolver.py"),
    "flufl.bounce": ("test_bounces.py", "test_report_parts.py"),
    "google-re2": ("test_rules.py", "test_rule_texts.py"),
    "IMAPClient": ("test_folders.py", "test_mailboxes.py"),
    "rapidfuzz": ("test_steps.py", "test_step_details.py"),
}
_BOUNDED = re.compile(r"([\w.-]+)>=([\w.]+),<([\w.]+)")


def bounds(text: str) -> dict[str, tuple[str, str]]:
    """Return (lowest version, first that is not allowed) by package, of a requirements file.

    :raises Failure: when a line lacks one of its two bounds, or its tests
    """
    found = {}
    for line in filter(None, (line.partition("#")[0].strip() for line in text.splitlines())):
        match = _BOUNDED.fullmatch(line.replace(" ", ""))
        if not match:
            raise Failure(f"requirements.txt: “{line}” needs a lower and an upper bound.")
        if match[1] not in TESTS:
            raise Failure(f"tools/requirement_ends.py names no tests of {match[1]}.")
        found[match[1]] = (match[2], match[3])
    return found


def packages_of(end: str, text: str) -> list[str]:
    """Return what pip is asked for: pinned at the lower end, else the newest below the upper."""
    if end == "lowest":
        return [f"{name}=={low}" for name, (low, _high) in bounds(text).items()]
    return [f"{name}>={low},<{high}" for name, (low, high) in bounds(text).items()]


def files_of_tests() -> list[str]:
    """Return the names of the test files, each once."""
    return sorted({name for names in TESTS.values() for name in names})


def need_end(end: str) -> Path:
    """Make the environment of an end if it is not there as requirements.txt asks; its python."""
    text = REQUIREMENTS.read_text("utf-8")
    wanted = "\n".join([sys.version, *packages_of(end, text), *TESTS_NEED])
    digest = hashlib.sha256(wanted.encode()).hexdigest()
    folder = CACHE / f"requirements-{end}-{digest[:10]}"
    python, stamp = folder / "bin" / "python", folder / "complete"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "requirements.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if stamp.exists():
            return python
        shutil.rmtree(folder, ignore_errors=True)
        with step(f"the {end} versions that requirements.txt allows"):
            run(
                [sys.executable, "-m", "venv", folder],
                error="The virtual environment could not be made; install python3-venv.",
            )
            run(
                [python, "-m", "pip", "install", "--quiet", *packages_of(end, text), *TESTS_NEED],
                env={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"},
                error=f"The {end} versions could not be installed; check the network and pip.",
            )
        stamp.touch()
    return python
