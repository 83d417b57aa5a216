"""What messages that are made to stall cost a lane: 200 ordinary ones, without and with 20 bombs.

The bombs are of ten kinds, two of each (tests/kit/bombs.py). They may not make the lane take more
than three times as long, nor more than 400 MB above what it had at its start.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from typing import Any

from ..console import Failure, say, step, table
from ..installation.databases import fresh
from ..installation.odoo_server import OdooServer
from ..paths import CHECKOUT
from .mails import mails
from .worker_process import Worker

ORDINARY, BOMBS = 200, 20
MAX_RATIO, MAX_MB = 3.0, 400.0
TO = "sales@example.com"


def sources(seed: int, bombs: int) -> Iterator[bytes]:
    """Yield the ordinary messages, and a bomb behind every so many."""
    kit = _kit()
    made = iter(kit.twenty(seed)) if bombs else iter(())
    every = ORDINARY // bombs if bombs else ORDINARY + 1
    for number, source in enumerate(mails(ORDINARY, seed, TO), 1):
        yield source
        if number % every == 0:
            yield from _next(made)


def measure_bombs() -> dict[str, Any]:
    """Route both, and return seconds, their ratio, and memory above the start in MB."""
    database = fresh("bench_bombs")
    _account(database)
    worker = Worker(database)
    answers = {}
    try:
        for name, bombs in (("warm", 0), ("alone", 0), ("with_bombs", BOMBS)):
            with step(f"lane, {name.replace('_', ' ')}"):
                count = worker.do("receive", bombs)["messages"]
                answers[name] = worker.do("route")
                if answers[name]["messages"] != count:
                    raise Failure(f"{answers[name]['messages']} of {count} messages were routed.")
    finally:
        worker.stop()
    alone, both = answers["alone"], answers["with_bombs"]
    return {
        "ordinary": ORDINARY,
        "bombs": BOMBS,
        "seconds_alone": round(alone["seconds"], 2),
        "seconds_with_bombs": round(both["seconds"], 2),
        "ratio": round(both["seconds"] / alone["seconds"], 2),
        "cpu_ratio": round(both["cpu"] / alone["cpu"], 2),
        "mb_above_start": round(both["peak_mb"] - both["start_mb"]),
    }


def print_bombs(result: dict[str, Any]) -> None:
    """Print the table; fail where a promise is not kept."""
    say(table([[str(value) for value in result.values()]], list(result)))
    if result["ratio"] > MAX_RATIO or result["mb_above_start"] > MAX_MB:
        raise Failure(f"More than {MAX_RATIO} times the time, or than {MAX_MB} MB above the start.")


def _account(database: str) -> None:
    with OdooServer(database, max_cron_threads=0) as odoo:
        rpc = odoo.rpc()
        domain = rpc.create("mail.alias.domain", name="example.com")
        rpc("res.company", "write", [1], {"alias_domain_id": domain})
        model = rpc.read("ir.model", [("model", "=", "crm.lead")], "id")[0]["id"]
        known = rpc.read("mail.alias", [("alias_name", "=", "sales")], "id")
        values = {"alias_model_id": model, "alias_domain_id": domain, "alias_name": "sales"}
        if known:
            rpc("mail.alias", "write", [known[0]["id"]], values)
        else:
            rpc.create("mail.alias", **values)
        rpc.create(
            "fetchmail.server",
            name="Bombs",
            server="mail.example.com",
            user="catchall@example.com",
            is_catchall=True,
            trusted_authserv_ids="mail.example.com",
        )


def _kit() -> Any:
    path = CHECKOUT / "tests" / "kit" / "bombs.py"
    spec = importlib.util.spec_from_file_location("bombs", path)
    assert spec and spec.loader
    kit = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(kit)
    return kit


def _next(made: Iterator[bytes]) -> Iterator[bytes]:
    source = next(made, None)
    if source is not None:
        yield source
