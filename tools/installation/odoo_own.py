"""./dev test odoo-own: Odoo's own mail tests must pass with the addon as without it.

`test_mail` runs its tests while it is installed, so each run needs a fresh database with
the addon in it already. The tests of `mail` run afterwards, by pytest-odoo, with every
module loaded. What plain Odoo gives is counted once per Odoo version and kept.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from ..console import Failure, say, step, table
from ..environment import Environment, setup
from ..paths import CACHE, CHECKOUT, LOGS
from ..processes import free_port
from ..results import Result, outcomes
from .databases import config_file, drop_stale, fresh

TEST_MAIL = (
    "test_mail_alias",
    "test_mail_gateway",
    "test_mail_mail",
    "test_mail_message",
    "test_message_post",
)
MAIL = ("test_fetchmail", "test_ir_mail_server")

Outcome = dict[str, bool]  # "Class.test" -> passed


def run_odoo_own(options: Sequence[str]) -> Result:
    """Run with the addon, compare with plain Odoo; `--baseline` counts plain Odoo anew."""
    env = setup()
    drop_stale()
    plain = _baseline(env, anew="--baseline" in options)
    with step("Odoo's own tests with the addon"):
        own = _run(env, addon=True)
    result = Result("odoo-own")
    result.passed = sum(own.values())
    worse = sorted(test for test, passed in plain.items() if passed and not own.get(test))
    result.failed = len(worse)
    say(_summary(plain, own))
    for test in worse:
        say(f"  passes without the addon, {'fails' if test in own else 'did not run'} with: {test}")
    if sum(plain.values()) != result.passed and not worse:
        result.note = f"plain Odoo passes {sum(plain.values())}"
    if worse:
        say(f"  logs: {LOGS}/odoo-own-*.log")
    return result


def _summary(plain: Outcome, own: Outcome) -> str:
    def count(outcome: Outcome, name: str) -> str:
        results = [passed for test, passed in outcome.items() if test.split(".")[0] == name]
        return f"{sum(results)} of {len(results)}"

    names = sorted({test.split(".")[0] for test in (*plain, *own)})
    rows = [(name, count(plain, name), count(own, name)) for name in names]
    return table(rows, ("class", "without", "with"))


def _baseline(env: Environment, anew: bool) -> Outcome:
    names = (*TEST_MAIL, *MAIL)
    key = hashlib.sha256(f"{env.odoo.version} {env.odoo.python_path} {names}".encode())
    path = CACHE / f"odoo-own-{key.hexdigest()[:10]}.json"
    if path.exists() and not anew:
        return {str(test): bool(ok) for test, ok in json.loads(path.read_text("utf-8")).items()}
    with step("Odoo's own tests without the addon (once)"):
        outcome = _run(env, addon=False)
    if not any(outcome.values()):
        raise Failure(f"None of Odoo's own tests passed without the addon; see {LOGS}")
    path.write_text(json.dumps(outcome, indent=1), "utf-8")
    return outcome


def _run(env: Environment, addon: bool) -> Outcome:
    name = "with" if addon else "without"
    database = fresh(f"own_{name}", addon)
    port = free_port()
    conf = config_file(
        f"own_{name}", database, http_port=port, gevent_port=port, max_cron_threads=0
    )
    outcome = _at_install(env, conf, LOGS / f"odoo-own-{name}.log")
    return outcome | _by_pytest(env, conf, database, f"odoo-own-{name}")


def _at_install(env: Environment, conf: Path, log: Path) -> Outcome:
    tags = ",".join(f"/test_mail/tests/{name}.py" for name in TEST_MAIL)
    options = ["-i", "test_mail", f"--test-tags={tags}", "--stop-after-init", "--log-level=test"]
    with log.open("w", encoding="utf-8") as stream:
        child = subprocess.Popen(
            [env.python, "-m", "odoo", "-c", conf, *options],
            env=env.env(),
            stdout=stream,
            stderr=subprocess.STDOUT,
        )
        try:
            child.wait()
        finally:
            if child.poll() is None:
                child.terminate()
                child.wait(30)
    return parse_log(log.read_text("utf-8", "replace"))


def parse_log(text: str) -> Outcome:
    """Read which tests were started and which of them failed from Odoo's log."""
    started = re.findall(r": Starting (\w+\.\w+) \.\.\.", text)
    failed = set(re.findall(r": (?:FAIL|ERROR): (?:Subtest )?(\w+\.\w+)", text))
    return {test: test not in failed for test in started}


def _by_pytest(env: Environment, conf: Path, database: str, name: str) -> Outcome:
    module = next(folder / "mail" for folder in env.odoo.addons if (folder / "mail").is_dir())
    files = [module / "tests" / f"{test}.py" for test in MAIL]
    junit, log = LOGS / f"{name}.xml", LOGS / f"{name}-mail.log"
    junit.unlink(missing_ok=True)
    command: list[str | Path] = [env.python, "-m", "pytest", "-c", CHECKOUT / "pyproject.toml"]
    command += [f"--rootdir={module}", f"--confcutdir={module / 'tests'}", f"--junitxml={junit}"]
    command += ["-p", "no:cacheprovider", f"--odoo-config={conf}", f"--odoo-database={database}"]
    with log.open("w", encoding="utf-8") as stream:
        subprocess.run(
            [*command, *files],
            env=env.env(),
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if not junit.exists():
        raise Failure(f"The tests of Odoo's mail module could not be run; see {log}")
    return outcomes(junit)
