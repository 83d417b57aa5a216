"""One call that gives everything a command needs: Odoo, Python, PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .installation.odoo_install import Odoo, find_odoo
from .installation.postgres import Postgres
from .python_env import need_venv, odoo_env


@dataclass(frozen=True)
class Environment:
    """What is set up on this machine for this checkout."""

    odoo: Odoo
    python: Path
    postgres: Postgres

    def env(self) -> dict[str, str]:
        """Return the variables for a process that imports Odoo or talks to PostgreSQL."""
        return {**odoo_env(self.odoo), **self.postgres.env()}


@cache
def setup() -> Environment:
    """Set up whatever is missing; quick when nothing is. PostgreSQL runs afterwards."""
    odoo = find_odoo()
    python = need_venv()
    postgres = Postgres()
    postgres.start()
    return Environment(odoo, python, postgres)
