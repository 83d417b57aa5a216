"""Times `decide()` alone: no Odoo, no database, no network."""

from __future__ import annotations

import json
import statistics
import sys
import time

from router.chain import decide
from router.decision import Alias, Policy
from router.mail import ReceivedMail

from .bench_mails import mails

ALIAS = "sales@example.com"


class OneAlias:
    """A directory that knows one alias and nothing else."""

    def __getattr__(self, _question: str) -> object:
        """Answer whatever the router asks besides with nothing."""
        return lambda *_arguments: ()

    def aliases(self, address: str) -> tuple[Alias, ...]:
        """The alias by its address."""
        return (Alias(1, ALIAS, "crm.lead"),) if address == ALIAS else ()

    def user(self, _address: str) -> None:
        """Nobody."""

    def thread(self, _message_ids: object) -> None:
        """No conversation."""

    def delivered(self, _mail: ReceivedMail) -> None:
        """No earlier copy."""


def main() -> None:
    """Print medians in milliseconds as JSON."""
    count = int(sys.argv[1])
    policy = Policy(
        domains=frozenset({"example.com"}), own_addresses=frozenset({"catchall@example.com"})
    )
    directory = OneAlias()
    small = [_sized(raw, 10_000) for raw in mails(count, 1, ALIAS)]
    large = [_sized(next(iter(mails(1, 2, ALIAS))), 25_000_000)] * 5
    print(
        json.dumps(
            {
                "10 kB": _median(small, directory, policy),
                "25 MB": _median(large, directory, policy),
            }
        )
    )


def _sized(raw: bytes, size: int) -> bytes:
    line = b"VGhpcyBpcyBhIGxpbmUgb2YgYmFzZTY0IHRleHQgdGhhdCBmaWxscyBhIG1haWwgdXA=\r\n"
    missing = size - len(raw)
    return raw + line * (missing // len(line)) if missing > 0 else raw[:size]


def _median(sources: list[bytes], directory: object, policy: Policy) -> float:
    times = []
    for source in sources:
        started = time.perf_counter()
        decide(ReceivedMail.from_bytes(source), directory, policy)  # type: ignore[arg-type]
        times.append(time.perf_counter() - started)
    return round(statistics.median(times) * 1000, 3)


if __name__ == "__main__":
    main()
