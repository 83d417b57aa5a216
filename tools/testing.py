"""./dev test: the parts, one by one or all of them, and the count at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from . import lint
from .console import Failure, say, table
from .environment import setup
from .installation.databases import config_file, drop_stale, fresh
from .mail_servers.dns_domain import PACKAGES as DNS_PACKAGES
from .mail_servers.mail_domain import PACKAGES as MAIL_PACKAGES
from .mail_servers.opendkim import PACKAGES as DKIM_PACKAGES
from .paths import ADDON_LINK, CHECKOUT, LOGS, RUN, link_addon
from .processes import Daemon, wait_until
from .python_env import need_venv
from .requirement_ends import ENDS, files_of_tests, need_end
from .results import Result, from_junit, load
from .system import need_packages

# Beside the base modules, what tests of other applications' traps need.
TEST_MODULES = (
    "account_edi_ubl_cii",
    "google_gmail",
    "hr_expense",
    "mail_group",
    "mass_mailing",
    "microsoft_outlook",
)
AT_ONCE = 2
PART_TIMEOUT = 3600
TAIL = 60


def unit(options: Sequence[str]) -> Result:
    """The tests of the pure packages: no database, no Odoo."""
    python = need_venv()
    link_addon()
    files = unit_files()
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    return _pytest(
        "unit", python, env, ["-p", "tools.pytest_pure", "-p", "no:odoo"], files, options
    )


def unit_files() -> list[Path]:
    """Return the files of the pure tests."""
    return sorted((ADDON_LINK / "tests" / "pure").rglob("test_*.py"))


def requirements(options: Sequence[str]) -> Result:
    """The pure tests of what our libraries do, with the lowest and newest versions of them."""
    link_addon()
    names = files_of_tests()
    files = [path for path in unit_files() if path.name in names]
    env = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    found = Result("requirements")
    for end in ENDS:
        plugin = ["-p", "tools.pytest_pure"]
        result = _pytest(f"requirements-{end}", need_end(end), env, plugin, files, options)
        found.passed += result.passed
        found.failed += result.failed
        found.skipped += result.skipped
        found.note = found.note or result.note
    return found


def odoo(options: Sequence[str]) -> Result:
    """The tests that need a database with the addon installed."""
    env = setup()
    drop_stale()
    link_addon()
    files = sorted((ADDON_LINK / "tests" / "models").rglob("test_*.py"))
    database = fresh("test", extra_modules=TEST_MODULES)
    conf = config_file("test", database, max_cron_threads=0)
    plugin = [f"--odoo-config={conf}", f"--odoo-database={database}", "--odoo-http"]
    return _pytest("odoo", env.python, env.env(), plugin, files, options)


def e2e(options: Sequence[str]) -> Result:
    """A running Odoo against real Postfix and Dovecot."""
    return _plain("e2e", options)


def browser(options: Sequence[str]) -> Result:
    """A running Odoo in headless Chromium, with screenshots."""
    from .installation.chromium import need_chromium

    need_chromium()
    return _plain("browser", options)


def odoo_own(options: Sequence[str]) -> Result:
    """Odoo's own mail tests, with the addon and without."""
    from .installation.odoo_own import run_odoo_own

    return run_odoo_own(options)


def neighbours(options: Sequence[str]) -> Result:
    """OCA's addons and Odoo's own beside ours: their tests, ours, and the rows of the demo.

    With options, or the name of a file, ours alone; with --baseline theirs, without the addon.
    """
    from .demo.run import check_beside
    from .installation import neighbours as installed

    addons = installed.need_neighbours()
    drop_stale()
    link_addon()
    found = Result("neighbours")
    if not options or "--baseline" in options:
        found.add(installed.their_tests(options))
    if "--baseline" in options:
        return found
    database, conf = installed.database_with(addons, "neighbours", ours=True)
    files = installed.our_files(ADDON_LINK / "tests")
    env = installed.neighbours_env(setup(), addons)
    plugin = [f"--odoo-config={conf}", f"--odoo-database={database}", "--odoo-http"]
    plugin += installed.without_differences()
    found.add(_pytest("neighbours", setup().python, env, plugin, files, options))
    if not options:
        found.add(check_beside(addons))
    return found


PARTS: dict[str, Callable[[Sequence[str]], Result]] = {
    "lint": lint.run_lint,
    "unit": unit,
    "requirements": requirements,
    "odoo": odoo,
    "odoo-own": odoo_own,
    "e2e": e2e,
    "browser": browser,
    "neighbours": neighbours,
}
# Asked for by name: other people's tests, and a database of its own that takes minutes to make.
BY_NAME = ("neighbours",)


def run_tests(arguments: Sequence[str]) -> int:
    """Run one part with pytest's options after it, or all parts; return the exit code."""
    if arguments and arguments[0] in PARTS:
        result = run_part(arguments[0], arguments[1:])
        saved = os.environ.get("MAIL_ROUTER_RESULT")
        if saved:
            result.save(Path(saved))
        return _close([result])
    if arguments:
        raise Failure(f"There is no test part {arguments[0]!r}; the parts are: {', '.join(PARTS)}.")
    return _close(_all_parts())


def run_part(name: str, options: Sequence[str]) -> Result:
    """Run one part in this process."""
    started = time.monotonic()
    result = PARTS[name](options)
    result.seconds = time.monotonic() - started
    return result


def _plain(part: str, options: Sequence[str]) -> Result:
    env = setup()
    drop_stale()
    folder = CHECKOUT / "tests" / part
    files = sorted(folder.rglob("test_*.py"), key=lambda path: path.name)
    return _pytest(part, env.python, env.env(), ["-p", "no:odoo"], files, options)


def _pytest(
    part: str,
    python: Path,
    env: dict[str, str],
    plugin: Sequence[str],
    files: Sequence[Path],
    options: Sequence[str],
) -> Result:
    if not files:
        return Result(part, failed=1, note="executed no test: there is no test file")
    junit = LOGS / f"{part}.xml"
    junit.parent.mkdir(parents=True, exist_ok=True)
    junit.unlink(missing_ok=True)
    chosen = [option for option in options if not option.startswith("-") and ".py" in option]
    others = [option for option in options if option not in chosen]
    names = [path for path in files if not chosen or any(path.name in name for name in chosen)]
    if not names:
        known = ", ".join(path.name for path in files)
        raise Failure(f"The part {part} has no test file {', '.join(chosen)}; it has: {known}.")
    # Above it lies the addon's own __init__, which pytest would import as a test package.
    tests = next(folder for folder in files[0].parents if folder.name == "tests")
    top = tests / part if part in ("e2e", "browser") else tests
    command: list[str | Path] = [
        python,
        "-m",
        "pytest",
        "-c",
        CHECKOUT / "pyproject.toml",
        f"--rootdir={top}",
        f"--confcutdir={top}",
        f"--junitxml={junit}",
        "-o",
        f"cache_dir={RUN / 'pytest' / part}",
        *plugin,
        *others,
        *names,
    ]
    done = _foreground(command, env)
    return from_junit(part, junit, done)


def _foreground(command: Sequence[str | Path], env: dict[str, str]) -> int:
    """Run with our own output; an interrupt ends the child first."""
    child = subprocess.Popen([str(part) for part in command], env=env, cwd=CHECKOUT)
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.terminate()
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()


def _all_parts() -> list[Result]:
    """Run every part that needs no asking in a process of its own, two at a time."""
    _prepare()
    waiting = [name for name in PARTS if name not in BY_NAME]
    running: dict[str, Daemon] = {}
    results: dict[str, Result] = {}

    def finished() -> bool:
        return any(not daemon.running for daemon in running.values())

    while waiting or running:
        while waiting and len(running) < AT_ONCE:
            name = waiting.pop(0)
            running[name] = _start_part(name)
        wait_until(
            finished, PART_TIMEOUT, f"No test part ended within {PART_TIMEOUT} s.", every=0.2
        )
        for name in [name for name, daemon in running.items() if not daemon.running]:
            running.pop(name).stop()
            results[name] = _report(name)
    return [results[name] for name in PARTS if name in results]


def _prepare() -> None:
    """Install everything first: two parts at once would fight for apt's lock."""
    from .installation.chromium import need_chromium

    need_packages(*MAIL_PACKAGES, *DNS_PACKAGES, *DKIM_PACKAGES)
    need_chromium()
    setup()


def _start_part(name: str) -> Daemon:
    log, saved = LOGS / f"test-{name}.log", LOGS / f"test-{name}.json"
    log.unlink(missing_ok=True)
    saved.unlink(missing_ok=True)
    say(f"  {name} ... (log: {log.relative_to(CHECKOUT)})")
    daemon = Daemon(f"test {name}", [sys.executable, "-m", "tools", "test", name], log)
    daemon.start({**os.environ, "MAIL_ROUTER_RESULT": str(saved)}, cwd=CHECKOUT)
    return daemon


def _report(name: str) -> Result:
    result = load(LOGS / f"test-{name}.json", name)
    say(f"  {name}: {result.passed} passed, {result.failed} failed  {result.seconds:.0f} s")
    if not result.ok:
        lines = (LOGS / f"test-{name}.log").read_text("utf-8", "replace").splitlines()
        say("\n".join(f"    | {line}" for line in lines[-TAIL:]))
    return result


def _close(results: Sequence[Result]) -> int:
    """Print the summary table and the closing line."""
    for result in results:
        if not result.ok and not result.failed:
            result.failed, result.note = 1, result.note or "executed no test"
    rows = [(r.part, r.passed, r.failed, r.skipped, f"{r.seconds:.0f} s", r.note) for r in results]
    say()
    say(table(rows, ("part", "passed", "failed", "skipped", "time", "")))
    say()
    passed, failed = sum(r.passed for r in results), sum(r.failed for r in results)
    say(f"{passed} passed, {failed} failed")
    return 0 if all(result.ok for result in results) else 1
