"""What it costs to read a message: to decide about it, and to make of it what a record shows.

The same work in this checkout and in another one of this repository, in turn, process by process:
`./dev bench reading ../before`. Ratios are of neighbours, so that a machine whose speed drifts
does not matter. Both read the ledger of one database, which this checkout has made.
"""

from __future__ import annotations

import json
import statistics
import subprocess
from pathlib import Path
from typing import Any

from ..console import Failure, say, step, table
from ..environment import setup
from ..installation.databases import config_file, fresh
from ..paths import ADDON, ADDONS, CHECKOUT, RUN

WORKER = Path(__file__).with_name("reading_worker.py")
MAX_RATIO, MAX_MB = 1.2, 300.0
LABELS = {
    "decide_ms": "decide, 10 kB (ms)",
    "parse_ms": "what Odoo's engine gets of it, 10 kB (ms)",
    "both_ms": "both, 10 kB (ms)",
    "large_mb": "memory of a record of 25 MB (MB)",
}


def measure_reading(other: str, rounds: int) -> dict[str, Any]:
    """Measure in turn; `other` is a checkout as it was before, or empty."""
    before = Path(other).resolve() if other else None
    if before and not (before / "__manifest__.py").is_file():
        raise Failure(f"{before} is no checkout of this repository.")
    database = fresh("bench_reading")
    sides = {"now": _addons(CHECKOUT), **({"before": _addons(before)} if before else {})}
    figures: dict[str, list[dict[str, float]]] = {side: [] for side in sides}
    for number in range(rounds):
        with step(f"round {number + 1} of {rounds}"):
            for side, addons in sides.items():
                figures[side].append(_run(database, side, addons))
    result = {
        side: {key: round(statistics.median(one[key] for one in rows), 2) for key in rows[0]}
        for side, rows in figures.items()
    }
    if before:
        pairs = list(zip(figures["now"], figures["before"], strict=True))
        result["ratio"] = {
            key: round(statistics.median(now[key] / old[key] for now, old in pairs), 2)
            for key in LABELS
        }
    return result


def print_reading(result: dict[str, Any]) -> None:
    """Print a table, and whether the limits are kept."""
    sides = list(result)
    rows = [[label, *(result[side][key] for side in sides)] for key, label in LABELS.items()]
    say(table(rows, ["", *sides]))
    say(f"Limits: {MAX_RATIO} times what was before, {MAX_MB:.0f} MB for a message of 25 MB")


def _addons(checkout: Path) -> Path:
    """A folder in which that checkout has the addon's name."""
    folder = RUN / "bench_reading" / checkout.name
    folder.mkdir(parents=True, exist_ok=True)
    link = folder / ADDON
    link.unlink(missing_ok=True)
    link.symlink_to(checkout, target_is_directory=True)
    return folder


def _run(database: str, side: str, addons: Path) -> dict[str, float]:
    env = setup()
    paths = str(env.odoo.addons_path()).replace(str(ADDONS), str(addons))
    conf = config_file(f"bench_reading_{side}", database, max_cron_threads=0, addons_path=paths)
    done = subprocess.run(
        [env.python, WORKER, conf, database, addons],
        env=env.env(),
        cwd=RUN,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise Failure(f"The run did not end: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))
