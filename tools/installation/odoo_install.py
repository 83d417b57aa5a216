"""Find or fetch Odoo 19: ODOO_PATH, else Debian's package, else Odoo's public repository.

Debian's `odoo-19` cannot be installed on an older release (it wants a newer Python), but
it can be unpacked: it is architecture independent Python.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from ..console import Failure, say, step
from ..paths import CACHE, link_addon
from ..system import need_packages, run

REPOSITORY = "https://github.com/odoo/odoo.git"
BRANCH = "19.0"
PACKAGE = "odoo-19"
# odoo-19 links to files of these by relative paths; without them asset bundles crash.
BESIDE = (
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
    "fonts-font-awesome",
    "fonts-roboto-unhinted",
    "fonts-montserrat",
    "fonts-inconsolata",
    "fonts-ocr-b",
)
# Debian strips this file; its absence makes the backend's bundle log an error.
STRIPPED = "mail/static/lib/selfie_segmentation/selfie_segmentation.js"


@dataclass(frozen=True)
class Odoo:
    """An Odoo 19 that can be started with `python -m odoo`."""

    python_path: Path
    addons: tuple[Path, ...]
    version: str

    def addons_path(self) -> str:
        """Return the value of --addons-path, our addon's folder first."""
        return ",".join(str(folder) for folder in (link_addon(), *self.addons))


def find_odoo() -> Odoo:
    """Return the Odoo to use, fetching it on the first call on a machine."""
    chosen = os.environ.get("ODOO_PATH")
    if chosen:
        return _checkout(Path(chosen).expanduser().resolve(), "ODOO_PATH")
    unpacked = CACHE / "odoo-debian"
    cloned = CACHE / "odoo-git"
    if (unpacked / "VERSION").exists():
        return _unpacked(unpacked)
    if (cloned / "odoo-bin").exists():
        return _checkout(cloned, "the clone in the cache")
    for fetch, target in ((_fetch_debian, unpacked), (_fetch_git, cloned)):
        try:
            fetch(target)
        except Failure as problem:
            say(f"  {problem}")
            continue
        return _unpacked(target) if target == unpacked else _checkout(target, "the clone")
    raise Failure(
        "Odoo 19 could be fetched neither as Debian's odoo-19 nor from its public repository;"
        " check the network, or set ODOO_PATH to the folder of an Odoo 19.0 (with odoo-bin)."
    )


def _checkout(root: Path, name: str) -> Odoo:
    if not (root / "odoo-bin").is_file() or not (root / "addons").is_dir():
        raise Failure(
            f"{name} is {root}, but there is no odoo-bin and addons folder in it; name the folder"
            " of an Odoo 19.0 checkout, or unset ODOO_PATH to let ./dev fetch one."
        )
    series = _series(root / "odoo" / "release.py")
    if series != "19.0":
        raise Failure(f"{name} is {root}, which is Odoo {series}; this addon needs Odoo 19.0.")
    return Odoo(root, (root / "addons", root / "odoo" / "addons"), f"{series}-{_revision(root)}")


def _series(release: Path) -> str:
    """Read the series from release.py without importing Odoo."""
    found = re.search(
        r"^version_info = \(['\"]?([\w~]+)['\"]?, (\d+)", release.read_text("utf-8"), re.MULTILINE
    )
    return ".".join(found.groups()) if found else "of an unknown release"


def _revision(root: Path) -> str:
    done = subprocess.run(
        ["git", "-C", str(root), "rev-parse", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()[:12] or str(int((root / "odoo" / "release.py").stat().st_mtime))


def _unpacked(root: Path) -> Odoo:
    packages = root / "usr" / "lib" / "python3" / "dist-packages"
    version = (root / "VERSION").read_text("utf-8").strip()
    return Odoo(packages, (packages / "odoo" / "addons",), version)


def _fetch_git(target: Path) -> None:
    if not shutil.which("git"):
        need_packages("git", "ca-certificates")
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    with step("Odoo 19 from its public repository"):
        run(
            ["git", "clone", "--quiet", "--depth", "1", "--branch", BRANCH, REPOSITORY, part],
            error="Odoo's repository could not be cloned.",
        )
    part.rename(target)


def debian_sources() -> list[tuple[str, str]]:
    """Return (URI, options) of the binary package sources this machine is set up with.

    Options are what stands in brackets in a one-line entry, such as `signed-by=...`.
    """
    found: list[tuple[str, str]] = []
    folder = Path("/etc/apt")
    for path in [folder / "sources.list", *sorted(folder.glob("sources.list.d/*"))]:
        if path.suffix == ".sources":
            found += _deb822(path.read_text("utf-8", "replace"))
        elif path.suffix == ".list" and path.is_file():
            found += _one_line(path.read_text("utf-8", "replace"))
    return list(dict.fromkeys(found))


def _deb822(text: str) -> list[tuple[str, str]]:
    found = []
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        fields = dict(re.findall(r"^([\w-]+):\s*(.*)$", "\n".join(lines), re.MULTILINE))
        fields = {name.lower(): value.strip() for name, value in fields.items()}
        if fields.get("enabled", "yes").lower() == "no" or "deb" not in fields.get("types", ""):
            continue
        signed = fields.get("signed-by", "")
        options = f"signed-by={signed}" if signed.startswith("/") else ""
        found += [(uri, options) for uri in fields.get("uris", "").split()]
    return found


def _one_line(text: str) -> list[tuple[str, str]]:
    pattern = r"^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+\S+"
    return [
        (uri, " ".join(part for part in options.split() if part.startswith("signed-by")))
        for options, uri in re.findall(pattern, text, re.MULTILINE)
    ]


def _mirrors() -> list[tuple[str, str]]:
    """Keep what looks like a Debian archive: security and vendor archives have no sid."""
    return [
        (uri, options)
        for uri, options in debian_sources()
        if re.search(r"/debian/?$", uri) or uri.startswith("mirror+file")
    ]


def _fetch_debian(target: Path) -> None:
    """Download and unpack odoo-19 with an apt state of our own; needs no root."""
    mirrors = _mirrors()
    if not shutil.which("apt-get") or not shutil.which("dpkg") or not mirrors:
        raise Failure("No Debian archive is set up on this machine: Odoo comes from git instead.")
    CACHE.mkdir(parents=True, exist_ok=True)
    with (
        step("Odoo 19 from the Debian archive"),
        tempfile.TemporaryDirectory(dir=CACHE, prefix="odoo-") as temporary,
    ):
        work = Path(temporary)
        root = work / "root"
        options = _private_apt(work, mirrors)
        run(["apt-get", *options, "-q", "update"], error="The Debian archive cannot be read.")
        _download(work, options, root, PACKAGE, *BESIDE)
        _repair(root)
        version = run(
            ["dpkg-deb", "-f", next(work.glob(f"{PACKAGE}_*.deb")), "Version"],
            error="The downloaded odoo-19 package cannot be read.",
        )
        series = _series(root / "usr/lib/python3/dist-packages/odoo/release.py")
        if series != "19.0":
            raise Failure(f"The Debian archive's {PACKAGE} is Odoo {series}.")
        (root / "VERSION").write_text(version, "utf-8")
        root.rename(target)


def _private_apt(work: Path, mirrors: list[tuple[str, str]]) -> list[str]:
    lines = [f"deb {f'[{options}] ' if options else ''}{uri} sid main" for uri, options in mirrors]
    (work / "sources.list").write_text("\n".join(lines) + "\n", "utf-8")
    for folder in ("lists/partial", "cache/archives/partial", "root"):
        (work / folder).mkdir(parents=True)
    settings = {
        "Dir::Etc::SourceList": work / "sources.list",
        "Dir::Etc::SourceParts": "/dev/null",
        "Dir::Etc::Preferences": "/dev/null",
        "Dir::Etc::PreferencesParts": "/dev/null",
        "Dir::State::Lists": work / "lists",
        "Dir::Cache": work / "cache",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        # A mirror may be a snapshot; its signature is checked all the same.
        "Acquire::Check-Valid-Until": "false",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _download(work: Path, options: list[str], root: Path, *packages: str) -> None:
    known = set(work.glob("*.deb"))
    run(
        ["apt-get", *options, "-q", "download", *packages],
        cwd=work,
        error="The Debian archive has no odoo-19, or it could not be downloaded.",
    )
    for deb in sorted(set(work.glob("*.deb")) - known):
        run(["dpkg", "-x", deb, root], error=f"{deb.name} could not be unpacked.")


def _repair(root: Path) -> None:
    """Put an empty file where Debian stripped one."""
    stripped = root / "usr/lib/python3/dist-packages/odoo/addons" / STRIPPED
    stripped.parent.mkdir(parents=True, exist_ok=True)
    if not stripped.exists():
        stripped.unlink(missing_ok=True)
        stripped.touch()
