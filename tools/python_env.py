"""The virtual environment that Odoo, the addon and the tests run in."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import sys
from pathlib import Path

from .console import step
from .installation.odoo_install import Odoo
from .paths import CACHE, CHECKOUT, VENV
from .system import need_library, run

REQUIREMENTS = (
    CHECKOUT / "tools" / "requirements-odoo.txt",
    CHECKOUT / "tools" / "requirements-dev.txt",
    CHECKOUT / "requirements.txt",
)
PYTHON = VENV / "bin" / "python"


def need_venv() -> Path:
    """Create or update the environment when a requirements file changed; return its python."""
    digest = hashlib.sha256(sys.version.encode())
    for path in REQUIREMENTS:
        digest.update(path.read_bytes())
    stamp = VENV / "requirements.sha256"
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if PYTHON.exists() and stamp.exists() and stamp.read_text() == digest.hexdigest():
            return PYTHON
        if not PYTHON.exists() or _version() != sys.version:
            shutil.rmtree(VENV, ignore_errors=True)
            with step("virtual environment"):
                run(
                    [sys.executable, "-m", "venv", VENV],
                    error="The virtual environment could not be made; install python3-venv.",
                )
        need_library("libmagic.so.1", "libmagic1")
        with step("Python packages"):
            _install()
        (VENV / "version.txt").write_text(sys.version)
        stamp.write_text(digest.hexdigest())
    return PYTHON


def _version() -> str:
    version = VENV / "version.txt"
    return version.read_text() if version.exists() else ""


def _install() -> None:
    command: list[str | Path] = [PYTHON, "-m", "pip", "install", "--quiet", "--use-pep517"]
    for path in REQUIREMENTS:
        command += ["-r", path]
    run(
        command,
        env={"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1"},
        error="The Python packages could not be installed; check the network and pip's settings.",
    )


def odoo_env(odoo: Odoo) -> dict[str, str]:
    """Return the environment in which `import odoo` and the addon's own imports work."""
    env = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    env["PYTHONPATH"] = f"{odoo.python_path}{os.pathsep}{CHECKOUT}"
    env["PATH"] = f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', '')}"
    env["PYTHONDONTWRITEBYTECODE"] = "1"
    return env
