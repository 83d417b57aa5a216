"""./dev docs: writes what docs/ copies from the code; the work is in docs_tables.py."""

from __future__ import annotations

import os
from collections.abc import Sequence

from .console import accept_only
from .paths import CHECKOUT
from .python_env import need_venv
from .system import run


def main(arguments: Sequence[str]) -> int:
    """Run it in the environment where the addon's own imports work."""
    accept_only(arguments, usage="./dev docs")
    run(
        [need_venv(), "-m", "tools.docs_tables"],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
        error="The tables could not be made.",
    )
    return 0
