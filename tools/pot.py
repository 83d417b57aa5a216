"""./dev pot: renew the template of translations by Odoo's own export."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path

from .console import say, step
from .environment import setup
from .installation.databases import config_file, drop, fresh
from .paths import ADDON, ADDONS, CHECKOUT
from .system import run

POT = CHECKOUT / "i18n" / f"{ADDON}.pot"
# Odoo reads every file below the addon, through links too: .run/ links back to the addon.
LEFT_OUT = shutil.ignore_patterns(".*", "tests", "tools", "docs", "__pycache__")


def main(_arguments: Sequence[str]) -> int:
    """Write i18n/mail_catchall_router.pot."""
    env = setup()
    database = fresh("pot")
    POT.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, step("translations"):
        shutil.copytree(CHECKOUT, Path(folder) / ADDON, ignore=LEFT_OUT)
        addons_path = env.odoo.addons_path().replace(str(ADDONS), folder)
        conf = config_file("pot", database, addons_path=addons_path)
        options: list[str | Path] = ["export", "-c", conf, "-d", database, "-o", POT, ADDON]
        run(
            [env.python, "-m", "odoo", "i18n", *options],
            env=env.env(),
            error="Odoo could not export the translations.",
        )
    drop(database)
    lines = POT.read_text("utf-8").splitlines(keepends=True)
    # No dates: a file that nobody changed is the same file.
    POT.write_text("".join(line for line in lines if "-Date: " not in line), "utf-8")
    say(
        f"{POT.relative_to(CHECKOUT)}: {sum(line.startswith('msgid ') for line in lines) - 1} terms"
    )
    return 0
