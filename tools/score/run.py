"""./dev score: every message of tests/mails through plain Odoo and this addon; docs/mails.md.

Both sides are real: plain Odoo runs its own `message_process` as its fetchmail does, in a
database without the addon; ours routes a row of the ledger as a lane does.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..console import Failure, accept_only, say, step, table
from ..environment import setup
from ..installation.databases import config_file, drop_stale, fresh
from ..paths import CHECKOUT, LOGS
from ..testing import TEST_MODULES
from .content_page import ContentRow, content_part, content_rows
from .kept import kept
from .page import Row, page, scores

PAGE = CHECKOUT / "docs" / "mails.md"
MAILS = CHECKOUT / "tests" / "mails"


def main(arguments: Sequence[str]) -> int:
    """Score both sides, write the page; the exit code says whether ours is right everywhere.

    With names of messages only those are measured, and the page keeps the other rows.
    """
    expected = json.loads((MAILS / "expected.json").read_text("utf-8"))
    names = [Path(name).name for name in arguments]
    accept_only(names, *expected, usage="./dev score [message.eml …]")
    drop_stale()
    chosen = {name: item for name, item in expected.items() if name in names or not names}
    sides = {side: _run(side, list(chosen)) for side in ("plain", "ours")}
    rows = scores(chosen, sides["ours"], sides["plain"])
    content = content_rows(chosen, sides["ours"], sides["plain"])
    _say_places(rows, sides["ours"])
    _say_content(content)
    if names:
        rows, content = kept(PAGE.read_text("utf-8"), expected, rows, content)
    PAGE.write_text(page(rows, content_part(content), setup().odoo.version), "utf-8")
    say(f"{len(chosen)} messages; written to {PAGE.relative_to(CHECKOUT)}")
    ours = {*(row.ours for row in rows), *(row.ours for row in content)}
    return 0 if ours == {"right"} else 1


def _say_places(rows: Sequence[Row], outcomes: Mapping[str, Any]) -> None:
    ours, plain = Counter(row.ours for row in rows), Counter(row.plain for row in rows)
    counts = [(word, ours[word], plain[word]) for word in dict.fromkeys([*ours, *plain])]
    say(table(counts, ("", "ours", "plain Odoo")))
    for row in rows:
        if row.ours != "right":
            say(f"{row.mail}: {row.ours}: {outcomes[row.mail]}")


def _say_content(rows: Sequence[ContentRow]) -> None:
    right = [sum(getattr(row, side) == "right" for row in rows) for side in ("ours", "plain")]
    say(f"On the record of {len(rows)}: {right[0]} right, in plain Odoo {right[1]}")
    for row in rows:
        if row.ours != "right":
            say(f"{row.mail}: on the record: {row.ours}")


def _run(side: str, names: Sequence[str]) -> dict[str, Any]:
    env = setup()
    database = fresh(f"score_{side}", addon=side == "ours", extra_modules=TEST_MODULES)
    conf = config_file(f"score_{side}", database, max_cron_threads=0)
    result = LOGS / f"score-{side}.json"
    result.parent.mkdir(parents=True, exist_ok=True)
    result.unlink(missing_ok=True)
    with step(f"messages through {'this addon' if side == 'ours' else 'plain Odoo'}"):
        done = subprocess.run(
            [env.python, "-m", "tools.score.worker", conf, database, side, result, *names],
            env=env.env(),
            cwd=CHECKOUT,
            capture_output=True,
            text=True,
            check=False,
        )
    if not result.exists():
        (LOGS / f"score-{side}.log").write_text(done.stdout + done.stderr, "utf-8")
        raise Failure(f"The run did not end; see {LOGS / f'score-{side}.log'}.")
    return dict(json.loads(result.read_text("utf-8")))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
