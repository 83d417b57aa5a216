"""Fresh Odoo databases in seconds: copies of templates, with their filestores.

Installing the base modules takes more than a minute, so it is done once per Odoo version.
A second template per state of the addon's source has the addon installed as well.
"""

from __future__ import annotations

import atexit
import contextlib
import fcntl
import hashlib
import os
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from ..console import Failure, step
from ..environment import Environment, setup
from ..paths import ADDON, CACHE, CHECKOUT, CHECKOUT_KEY, DATA_DIR, LOGS
from ..processes import start_time
from ..system import run

BASE_MODULES = ("mail", "crm", "project", "hr_recruitment")
TEMPLATE_LOG = LOGS / "templates.log"
# Changes below these do not change what is installed.
NOT_SOURCE = {"tests", "tools", "docs", "README.md", "LICENSE", "dev", "pyproject.toml"}
KEPT_TEMPLATES = 16


def config_file(name: str, database: str = "", *, beside: object = None, **options: object) -> Path:
    """Write an odoo.conf for this cluster, cache and checkout; return its path.

    :param beside: a folder with addons of others
    """
    env = setup()
    addons_path = env.odoo.addons_path() + (f",{beside}" if beside else "")
    values: dict[str, object] = {
        **env.postgres.odoo_options(),
        "addons_path": addons_path,
        "data_dir": DATA_DIR,
        "http_interface": "127.0.0.1",
        "proxy_mode": "False",
        "list_db": "False",
        "db_maxconn": 24,
        **options,
    }
    if database:
        values |= {"db_name": database, "dbfilter": f"^{re.escape(database)}$"}
    folder = LOGS.parent / "conf"
    folder.mkdir(parents=True, exist_ok=True)
    DATA_DIR.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.conf"
    lines = [f"{key} = {value}" for key, value in values.items()]
    path.write_text("[options]\n" + "\n".join(lines) + "\n", "utf-8")
    return path


def fresh(
    name: str,
    addon: bool = True,
    extra_modules: Iterable[str] = (),
    *,
    keep: bool = False,
    beside: Path | None = None,
) -> str:
    """Return the name of a new database with the base modules, the addon and extra modules.

    It is dropped when this process ends, unless `keep`. The administrator is admin/admin,
    there is no demo data. Some of the extra modules may be addons of others, in the folder
    `beside`.
    """
    env = setup()
    modules = tuple(sorted({*BASE_MODULES, *extra_modules}))
    template = _template(env, modules, addon, beside)
    database = f"mcr_{CHECKOUT_KEY}_{name}" + ("" if keep else f"_{os.getpid()}")
    drop(database)
    with step(f"database {name}", quiet=True):
        _copy(env, template, database)
    if not keep:
        atexit.register(drop, database)
    return database


def drop(database: str) -> None:
    """Remove a database of ours and its filestore, if it exists."""
    if not database.startswith("mcr_"):
        raise ValueError(f"not a database of ours: {database}")
    setup().postgres.query("postgres", f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
    shutil.rmtree(_filestore(database), ignore_errors=True)


def drop_stale() -> None:
    """Remove databases whose process ended without cleaning up."""
    for database in setup().postgres.databases():
        found = re.fullmatch(rf"mcr_{CHECKOUT_KEY}_\w+?_(\d+)", database)
        if found and not start_time(int(found[1])):
            with contextlib.suppress(Failure):  # another ./dev may be dropping it just now
                drop(database)


def install(database: str, modules: Iterable[str], *options: str) -> None:
    """Install modules, if any, into a database by Odoo's command line."""
    names = ",".join(modules)
    _odoo(database, *(["-i", names] if names else []), *options)


def source_digest() -> str:
    """Hash the addon's own source files, so that a change gives a new template."""
    digest = hashlib.sha256()
    for path in sorted(CHECKOUT.rglob("*")):
        parts = path.relative_to(CHECKOUT).parts
        hidden = any(part.startswith(".") or part == "__pycache__" for part in parts)
        if hidden or parts[0] in NOT_SOURCE or path.suffix == ".pyc" or not path.is_file():
            continue
        digest.update("/".join(parts).encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _template(
    env: Environment, modules: tuple[str, ...], addon: bool, beside: Path | None = None
) -> str:
    """Return the name of a template database, building it on first use."""
    key = hashlib.sha256(f"{env.odoo.version} {env.odoo.python_path} {modules}".encode())
    key.update(str(beside or "").encode())
    plain = f"mcr_tpl_{key.hexdigest()[:10]}"
    with _lock(plain):
        if plain not in env.postgres.databases():
            base = tuple(sorted(BASE_MODULES))
            if modules == base:
                with step(f"template database: {', '.join(modules)}"[:58]):
                    _build(env, plain, None, modules)
            else:
                extra = [module for module in modules if module not in base]
                below = _template(env, base, addon=False)
                with step(f"template database: {', '.join(extra)}"[:58]):
                    _build(env, plain, below, extra, beside)
        if not addon:
            return plain
        if not (CHECKOUT / "__manifest__.py").exists():
            raise Failure(f"{CHECKOUT} has no __manifest__.py, so there is no addon to install.")
        key.update(source_digest().encode())
        full = f"mcr_tpa_{key.hexdigest()[:10]}"
        if full not in env.postgres.databases():
            with step("template database: the addon"):
                _build(env, full, plain, [ADDON], beside)
            _prune(env)
        return full


def _build(
    env: Environment,
    name: str,
    below: str | None,
    modules: Iterable[str],
    beside: Path | None = None,
) -> None:
    """Build under a temporary name: a template that exists is a template that is whole."""
    part = f"{name}_part"
    drop(part)
    if below is None:
        env.postgres.query("postgres", f'CREATE DATABASE "{part}" TEMPLATE template0')
    else:
        _copy(env, below, part)
    _odoo(part, "-i", ",".join(modules), beside=beside)
    env.postgres.query("postgres", f'ALTER DATABASE "{part}" RENAME TO "{name}"')
    shutil.rmtree(_filestore(name), ignore_errors=True)
    with contextlib.suppress(FileNotFoundError):
        _filestore(part).rename(_filestore(name))


def _odoo(database: str, *options: str, beside: Path | None = None) -> None:
    env = setup()
    conf = config_file(f"install_{database}", database, beside=beside)
    variables = env.env()
    if beside:  # what they import lies in a folder of its own
        variables["PYTHONPATH"] += f"{os.pathsep}{beside.parent / 'lib'}"
    run(
        [env.python, "-m", "odoo", "-c", conf, *options, "--stop-after-init", "--no-http"],
        env=variables,
        log=TEMPLATE_LOG,
        error="Odoo could not install the modules.",
    )
    conf.unlink()
    missing = _missing(env, database, options)
    if missing:
        raise Failure(f"Odoo did not install {', '.join(missing)}. Details: {TEMPLATE_LOG}")


def _missing(env: Environment, database: str, options: tuple[str, ...]) -> list[str]:
    """Odoo ends with success when a module is unknown, so ask the database."""
    rows = env.postgres.query(
        database, "SELECT name FROM ir_module_module WHERE state = 'installed'"
    ).splitlines()
    asked = options[options.index("-i") + 1].split(",") if "-i" in options else []
    return [module for module in asked if module not in rows]


def _copy(env: Environment, source: str, target: str) -> None:
    """Copy a database, give it an identity of its own, and hard-link its filestore.

    Files in a filestore are named by their content and never changed, so links are safe.
    """
    env.postgres.query("postgres", f'CREATE DATABASE "{target}" TEMPLATE "{source}"')
    env.postgres.query(
        target,
        "UPDATE ir_config_parameter SET value = gen_random_uuid()::text"
        " WHERE key IN ('database.uuid', 'database.secret')",
    )
    # Odoo's enrichment of leads asks a server on the internet for every sender: not from here.
    env.postgres.query(
        target,
        "INSERT INTO ir_config_parameter (key, value) VALUES"
        " ('crm.iap.lead.enrich.setting', 'manual'), ('iap.endpoint', 'http://127.0.0.1:9')"
        " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
    )
    if _filestore(source).exists():
        shutil.rmtree(_filestore(target), ignore_errors=True)
        shutil.copytree(_filestore(source), _filestore(target), copy_function=os.link)


def _filestore(database: str) -> Path:
    return DATA_DIR / "filestore" / database


@contextmanager
def _lock(name: str) -> Iterator[None]:
    """Let two ./dev at once wait for one template instead of building it twice."""
    with (CACHE / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prune(env: Environment) -> None:
    """Keep the newest templates of the addon: every change of its source makes one."""
    names = [name for name in env.postgres.databases() if re.fullmatch(r"mcr_tpa_\w{10}", name)]
    for name in names[:-KEPT_TEMPLATES]:
        with contextlib.suppress(Failure):
            drop(name)
