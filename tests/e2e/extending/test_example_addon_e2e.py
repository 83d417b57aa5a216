"""Another addon brings a verdict and a step: tests/example_addon, beside ours in one process."""

import json
import subprocess
from pathlib import Path

import pytest

from tools.environment import setup
from tools.installation.databases import config_file, fresh

HERE = Path(__file__).parent
EXAMPLES = HERE.parents[1] / "example_addon"


@pytest.fixture(scope="module")
def found():
    """What one process saw: with the example, beside it, and after it was uninstalled."""
    env = setup()
    database, other = fresh("example"), fresh("plain")
    paths = f"{env.odoo.addons_path()},{EXAMPLES}"
    conf = config_file("example", addons_path=paths, max_cron_threads=0)
    done = subprocess.run(
        [str(env.python), str(HERE / "example_addon_process.py"), str(conf), database, other],
        env=env.env(),
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    return json.loads(done.stdout.splitlines()[-1])


NOTHING = {
    "verdict": False,
    "step": False,
    "filters": [],
    "kind": None,
    "reasons": [None, None],
    "labels": ["Invitation", "Plural"],  # the names, made readable
}


def test_verdict_and_step_decide_and_are_seen(found):
    seen = found["with"]
    assert seen["invitation"] == ["quarantined", "invitation", ["invitation"]]
    assert seen["plural"] == ["routed", "plural", ["plural"]]
    assert seen["seen"] == {
        "verdict": True,
        "step": True,
        "filters": ["invitation", "plural"],
        "kind": "Meeting request",
        "reasons": ["Meeting request", "Alias in the plural"],
        "labels": ["Meeting request", "Plurals"],
    }
    invitation, plural = seen["stories"]
    assert "Meeting request" in invitation and "Plurals" in plural


def test_a_rule_asks_for_the_verdict_and_overrides_it(found):
    assert found["with"]["dismissed"] == ["ignored", "rule", ["invitation", "block"]]
    assert found["with"]["accepted"] == ["routed", "alias", ["invitation", "alias"]]
    assert not found["with"]["problem"]


def test_another_database_of_the_process_has_a_chain_without_it(found):
    assert found["beside"] == {"seen": NOTHING, "invitation": "alias"}


def test_uninstalled_its_messages_stay_and_its_rules_say_that_they_do_nothing(found):
    after = found["after"]
    assert after["seen"] == NOTHING
    assert after["rows"] == [["quarantined", "unmatched", True], ["routed", "alias", True]]
    assert after["invitation"] == "alias"
    assert "classification" in after["problem"]
