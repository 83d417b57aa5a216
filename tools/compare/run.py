"""./dev compare: what a record shows of a message, beside nodemailer's mailparser.

Writes docs/content_comparison.md. Needs the corpora beside the checkout, Node.js, and once the
npm registry: mailparser is kept in the cache.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..console import Failure, accept_only, step
from ..paths import CACHE, CHECKOUT
from ..python_env import need_venv
from ..system import run

VERSION = "3.14.2"  # pins its own dependencies exactly
_NPM = ("npm", "install", "--no-audit", "--no-fund", "--ignore-scripts")
FOLDER = CACHE / f"mailparser-{VERSION}"
PAGE = CHECKOUT / "docs" / "content_comparison.md"


def main(arguments: Sequence[str]) -> int:
    """Compare and write the page; the exit code says whether every difference is explained."""
    accept_only(arguments, usage="./dev compare")
    python = need_venv()
    modules = _need_mailparser()
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    _need_corpora(python, env)
    command = [python, "-m", "tools.compare.worker", modules, VERSION, PAGE]
    return subprocess.run([str(p) for p in command], cwd=CHECKOUT, env=env, check=False).returncode


def _need_mailparser() -> Path:
    """The folder of mailparser and what it needs, installed where it is missing."""
    if not shutil.which("node") or not shutil.which("npm"):
        raise Failure("./dev compare needs Node.js 20 or later and npm; install both, then again.")
    modules = FOLDER / "node_modules"
    if not (modules / "mailparser").is_dir():
        FOLDER.mkdir(parents=True, exist_ok=True)
        with step("mailparser"):
            run(
                [*_NPM, "--prefix", FOLDER, f"mailparser@{VERSION}"],
                error="mailparser could not be installed by npm: ./dev compare needs it once.",
            )
    return modules


def _need_corpora(python: Path, env: dict[str, str]) -> None:
    """Refuse to write a page of half of the sets."""
    code = (
        "from tools.compare.sets import missing, corpora; print(*missing() and [corpora.MISSING])"
    )
    if text := run([python, "-c", code], env=env, cwd=CHECKOUT, error="No sets.").strip():
        raise Failure(f"Nothing is compared: {text}.")
