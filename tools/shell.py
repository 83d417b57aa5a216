"""./dev shell: an Odoo shell on a database of this checkout that is kept."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

from .console import Failure, accept_only, say
from .environment import setup
from .installation.databases import config_file, fresh, install
from .paths import ADDON, CHECKOUT_KEY


def run_shell(arguments: Sequence[str]) -> int:
    """Open a shell on the named database, or on `dev`, which is made on first use.

    `--new` makes it anew, `--update` updates the addon in it first.
    """
    options = [argument for argument in arguments if argument.startswith("-")]
    accept_only(options, "--new", "--update", usage="./dev shell [--new] [--update] [database]")
    env = setup()
    names = [argument for argument in arguments if not argument.startswith("-")]
    database = names[0] if names else f"mcr_{CHECKOUT_KEY}_dev"
    if not names and ("--new" in arguments or database not in env.postgres.databases()):
        fresh("dev", keep=True)
    if database not in env.postgres.databases():
        raise Failure(
            f"There is no database {database!r} in ./dev's own PostgreSQL, which has:"
            f" {', '.join(n for n in env.postgres.databases() if n.startswith('mcr_'))}."
        )
    if "--update" in arguments:
        install(database, [], "-u", ADDON)
    say(f"  database {database}")
    conf = config_file("shell", database, max_cron_threads=0)
    return subprocess.run(
        [env.python, "-m", "odoo", "shell", "-c", conf, "--no-http", "--log-level=warn"],
        env=env.env(),
        check=False,
    ).returncode
