"""./dev lint: ruff, pylint-odoo, and mypy for the pure part."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .console import Failure, say
from .paths import ADDON, ADDONS, CHECKOUT, RUN, VENV, link_addon, pure_packages
from .python_env import need_venv
from .results import Result

# In the order of their speed; .pre-commit-config.yaml has a hook for each.
NAMES = ("ruff-check", "ruff-format", "mypy", "mypy-tools", "pylint-odoo")
# README.md stands in place of OCA's README.rst, and this is no OCA addon.
NOT_OCA = "--disable=missing-readme,manifest-required-author"


def checks() -> dict[str, list[str | Path]]:
    """Return the commands by name."""
    tool, settings = VENV / "bin", CHECKOUT / "pyproject.toml"
    mypy: list[str | Path] = [tool / "mypy", f"--config-file={settings}"]
    commands: tuple[list[str | Path], ...] = (
        [tool / "ruff", "check", "."],
        [tool / "ruff", "format", "--check", "."],
        [*mypy, *(f"--package={ADDON}.{name}" for name in pure_packages())],
        [*mypy, "tools"],
        [tool / "pylint", f"--rcfile={settings}", NOT_OCA, ADDON],
    )
    return dict(zip(NAMES, commands, strict=True))


def run_lint(options: Sequence[str]) -> Result:
    """Run all checks, or those that are named, and count the clean ones.

    `--fix` lets ruff repair first.
    """
    wanted = [option for option in options if option != "--fix"] or NAMES
    if unknown := set(wanted) - set(NAMES):
        raise Failure(f"There is no check {unknown.pop()!r}; there are {', '.join(NAMES)}")
    need_venv()
    link_addon()
    env = {**os.environ, "MYPY_CACHE_DIR": str(RUN / "mypy"), "RUFF_CACHE_DIR": str(RUN / "ruff")}
    env["PYTHONPATH"] = str(ADDONS)
    if "--fix" in options:
        for action in (["check", "--fix", "."], ["format", "."]):
            subprocess.run([VENV / "bin" / "ruff", *action], cwd=CHECKOUT, env=env, check=False)
    result = Result("lint")
    commands = checks()
    for name in wanted:
        done = subprocess.run(
            [str(part) for part in commands[name]],
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
