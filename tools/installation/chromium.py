"""A Chromium for the browser tests: the system's, Debian's package, or Playwright's own."""

from __future__ import annotations

import shutil
from pathlib import Path

from ..console import Failure, step
from ..paths import CACHE, is_root
from ..python_env import need_venv
from ..system import as_root, need_packages, run

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Playwright's Node.js wants the first; without a font, screenshots have no text.
NEEDED = ("libatomic1", "fonts-dejavu-core")
OWN = CACHE / "playwright"


def browser_options() -> list[str]:
    """Return the command line options; Chromium's sandbox refuses root."""
    return [*OPTIONS, "--no-sandbox"] if is_root() else list(OPTIONS)


def find_chromium() -> Path | None:
    """Return a Chromium that is there, or None. Ubuntu's package is a snap and no use."""
    for name in NAMES:
        found = shutil.which(name)
        if found and "/snap/" not in str(Path(found).resolve()) and not _is_snap_stub(Path(found)):
            return Path(found)
    return next(iter(sorted(OWN.glob("chromium-*/chrome-linux*/chrome"), reverse=True)), None)


def need_chromium() -> Path:
    """Return a Chromium, installing one if there is none."""
    need_packages(*NEEDED)
    found = find_chromium()
    if found:
        return found
    if "ubuntu" in _distribution():
        _install_playwrights()
    else:
        need_packages("chromium")
    found = find_chromium()
    if not found:
        raise Failure("No Chromium could be found or installed; install the package chromium.")
    return found


def _install_playwrights() -> None:
    python = need_venv()
    error = "Playwright's Chromium could not be installed; check the network, or install Chrome."
    with step("Chromium"):
        run(
            as_root([python, "-m", "playwright", "install-deps", "chromium"]),
            error=error,
        )
        run(
            [python, "-m", "playwright", "install", "chromium"],
            env={"PLAYWRIGHT_BROWSERS_PATH": str(OWN)},
            error=error,
        )


def _is_snap_stub(path: Path) -> bool:
    """Ubuntu's chromium-browser is a small shell script that calls snap."""
    with path.open("rb") as stream:
        head = stream.read(4096)
    return head.startswith(b"#!") and b"snap" in head and b"chromium.launcher" in head


def _distribution() -> str:
    try:
        lines = Path("/etc/os-release").read_text("utf-8").splitlines()
    except OSError:
        return ""
    return " ".join(line for line in lines if line.startswith(("ID=", "ID_LIKE=")))
