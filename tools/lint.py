"""./dev lint: ruff, pylint-odoo, and mypy for the pure part."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .console import say
from .paths import ADDON, ADDONS, CHECKOUT, RUN, VENV, link_addon, pure_packages
from .python_env import need_venv
from .results import Result

# README.md stands in place of OCA's README.rst, and this is no OCA addon.
NOT_OCA = "--disable=missing-readme,manifest-required-author"


def checks() -> dict[str, list[str | Path]]:
    """Return the commands by name, in the order of their speed."""
    tool = VENV / "bin"
    found: dict[str, list[str | Path]] = {
        "ruff check": [tool / "ruff", "check", "."],
        "ruff format": [tool / "ruff", "format", "--check", "."],
    }
    config = f"--config-file={CHECKOUT / 'pyproject.toml'}"
    packages = [f"--package={ADDON}.{name}" for name in pure_packages()]
    found["mypy"] = [tool / "mypy", config, *packages]
    found["mypy tools"] = [tool / "mypy", config, "tools"]
    if (CHECKOUT / "__manifest__.py").exists():
        found["pylint-odoo"] = [
            *(tool / "pylint", f"--rcfile={CHECKOUT / 'pyproject.toml'}", NOT_OCA, ADDON)
        ]
    return found


def run_lint(options: Sequence[str]) -> Result:
    """Run every check and count the clean ones; `--fix` lets ruff repair first."""
    need_venv()
    link_addon()
    env = {**os.environ, "MYPY_CACHE_DIR": str(RUN / "mypy"), "RUFF_CACHE_DIR": str(RUN / "ruff")}
    env["PYTHONPATH"] = str(ADDONS)
    if "--fix" in options:
        for action in (["check", "--fix", "."], ["format", "."]):
            subprocess.run([VENV / "bin" / "ruff", *action], cwd=CHECKOUT, env=env, check=False)
    result = Result("lint")
    for name, command in checks().items():
        done = subprocess.run(
            [str(part) for part in command],
            # The technical name is the folder's, for Odoo, pylint-odoo and our relative imports.
            cwd=ADDONS if name in ("pylint-odoo", "mypy") else CHECKOUT,
            env=env,
            check=False,
            text=True,
            capture_output=True,
            errors="replace",
        )
        if done.returncode == 0:
            result.passed += 1
            say(f"  {name}: clean")
        else:
            result.failed += 1
            say(f"  {name}:\n{done.stdout}{done.stderr}")
    return result
