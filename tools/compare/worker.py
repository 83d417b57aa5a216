"""Reads every message with both parsers and writes the page; runs where our packages import.

Arguments: the folder of the node modules, the version of mailparser, the file to write.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ..console import say
from .classes import Pair
from .page import page, unexplained
from .readings import ours, theirs
from .sets import messages


def main() -> None:
    """Exit with 1 where a difference is not explained."""
    modules, version, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
    found = list(messages())
    others = theirs([source for _group, _name, source in found], modules)
    pairs = [
        Pair(group, name, source, ours(source), other)
        for (group, name, source), other in zip(found, others, strict=True)
    ]
    target.write_text(page(pairs, version), "utf-8")
    faults = unexplained(pairs)
    different = sum(bool(pair.differences()) for pair in pairs)
    say(f"{len(pairs)} messages, {different} read differently, {len(faults)} not explained")
    say(f"Written to {target.name} in docs/")
    for pair in faults:
        say(f"  {pair.group}/{pair.name}: {', '.join(pair.differences())}")
        for side, reading in (("ours", pair.ours), ("mailparser", pair.theirs)):
            say(f"    {side}: {reading.words[:80]!r}, {reading.files[:4]}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
