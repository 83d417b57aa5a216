"""Where things are kept: big parts in a cache that checkouts share, state in .run/.

Folders that other system users must reach (the `postgres` user when root runs ./dev,
Postfix's and Dovecot's users) move to /var/lib when a parent, such as root's home, is closed.
"""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path

ADDON = "mail_catchall_router"
CHECKOUT = Path(__file__).resolve().parent.parent
CHECKOUT_KEY = hashlib.sha256(str(CHECKOUT).encode()).hexdigest()[:8]


def _cache() -> Path:
    chosen = os.environ.get("MAIL_ROUTER_CACHE")
    if chosen:
        return Path(chosen).resolve()
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / ADDON


CACHE = _cache()
RUN = CHECKOUT / ".run"
LOGS = RUN / "logs"
ADDONS = RUN / "addons"
ADDON_LINK = ADDONS / ADDON
SCREENSHOTS = RUN / "screenshots"
VENV = CACHE / "venv"
DATA_DIR = CACHE / "data"


def is_root() -> bool:
    """Whether system users other than ours must be used for PostgreSQL and Dovecot."""
    return os.geteuid() == 0


def open_to_all(path: Path) -> bool:
    """Whether every existing parent lets any user pass through."""
    return all(
        parent.stat().st_mode & stat.S_IXOTH for parent in [path, *path.parents] if parent.exists()
    )


def service_folder(name: str) -> Path:
    """Return a folder that other system users can reach, private to this cache.

    Unix socket paths are limited to 107 bytes, so the fallbacks are short.
    """
    folder = CACHE / name
    if open_to_all(CACHE) and len(str(folder)) < 60:
        return folder
    key = hashlib.sha256(str(CACHE).encode()).hexdigest()[:8]
    if is_root():
        return Path("/var/lib") / ADDON / key / name
    return Path("/var/tmp") / f"{ADDON}-{os.getuid()}-{key}" / name


def link_addon() -> Path:
    """Link the checkout under its technical name and return the addons folder.

    Odoo takes a module's technical name from its directory, a checkout may be called
    anything.
    """
    ADDONS.mkdir(parents=True, exist_ok=True)
    if not ADDON_LINK.is_symlink() or ADDON_LINK.resolve() != CHECKOUT:
        ADDON_LINK.unlink(missing_ok=True)
        ADDON_LINK.symlink_to(CHECKOUT, target_is_directory=True)
    return ADDONS


def pure_packages() -> list[str]:
    """Names of the addon's packages that know no Odoo: all below the root but these."""
    others = {"models", "tests", "tools", "migrations", "controllers", "cli"}
    found = (path.parent.name for path in CHECKOUT.glob("*/__init__.py"))
    return sorted(name for name in found if name not in others and not name.startswith("."))
