"""./dev bench: the addon beside plain Odoo, on the same messages, mail server and database.

A round drains the mailbox with a plain account, then with a catch-all account, then routes the
ledger with one lane and with two. Medians of several rounds; ratios are of the same run.
Then messages are sent (sending.py); ./dev bench sending does that alone. ./dev bench bombs is a
lane of its own with messages that are made to stall (bombs.py); ./dev bench reading what the
reading of a message costs, beside another checkout (reading.py).
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ..console import Failure, say, step, table
from ..environment import setup
from ..installation.databases import fresh
from ..installation.odoo_server import OdooServer
from ..mail_servers.mail_domain import MailDomain
from ..paths import CHECKOUT, RUN
from .bombs import measure_bombs, print_bombs
from .mails import mails
from .reading import measure_reading, print_reading
from .sending import measure_sending, print_sending
from .worker_process import Worker

ALIAS = "sales@example.com"
ROUNDS, MESSAGES = 5, 120


@dataclass
class Figures:
    """What the rounds measured, by side."""

    rates: dict[str, list[float]] = field(default_factory=dict)
    queries: dict[str, list[float]] = field(default_factory=dict)
    peak_mb: dict[str, float] = field(default_factory=dict)

    def add(self, name: str, answer: dict[str, float], expected: int) -> None:
        """Count one piece of work; it must have handled as many messages as it was given."""
        if answer["messages"] != expected:
            raise Failure(f"{name} handled {answer['messages']:.0f} messages, not {expected}.")
        self.rates.setdefault(name, []).append(answer["messages"] / answer["seconds"])
        self.queries.setdefault(name, []).append(answer["queries"] / answer["messages"])
        self.peak_mb[name] = max(self.peak_mb.get(name, 0), answer["peak_mb"])

    def result(self) -> dict[str, Any]:
        """Return medians, and ratios to plain Odoo round by round."""
        plain = self.rates["plain"]
        return {
            name: {
                "messages_per_second": round(statistics.median(rates), 2),
                "ratio_to_plain": round(
                    statistics.median(a / b for a, b in zip(rates, plain, strict=True)), 2
                ),
                "queries_per_message": round(statistics.median(self.queries[name]), 1),
                "peak_mb": round(self.peak_mb[name]),
            }
            for name, rates in self.rates.items()
        }


LABELS = {
    "plain": "plain Odoo, mailbox to lead",
    "drain": "mailbox to ledger",
    "one_lane": "ledger to lead, one lane",
    "two_lanes": "ledger to lead, two lanes",
}


def main(arguments: Sequence[str]) -> int:
    """Measure, print the table and the JSON."""
    if list(arguments) == ["bombs"]:
        setup().postgres.set_durable(True)
        bombs = measure_bombs()
        _save({"bombs": bombs})
        print_bombs(bombs)
        return 0
    if list(arguments[:1]) == ["reading"] and len(arguments) < 3:
        reading = measure_reading(next(iter(arguments[1:]), ""), ROUNDS)
        _save({"reading": reading})
        print_reading(reading)
        return 0
    sending = list(arguments[:1]) == ["sending"]
    rounds, count = _options(arguments[sending:])
    setup().postgres.set_durable(True)
    if sending:
        _save({"sending": _sending(rounds)})
        return 0
    with MailDomain() as domain:
        database = fresh("bench")
        servers = _accounts(database, domain)
        plain, router, second = (Worker(database) for _number in range(3))
        figures = Figures()
        try:
            for number in range(rounds):
                with step(f"round {number + 1} of {rounds}"):
                    _round(figures, domain, servers, (plain, router, second), number, count)
        finally:
            for worker in (plain, router, second):
                worker.stop()
    result = {"rounds": rounds, "messages": count, "sides": figures.result(), **_decide(count)}
    _print(result)
    _save({**result, "sending": _sending(rounds)})
    return 0


def _sending(rounds: int) -> dict[str, Any]:
    result = measure_sending(rounds)
    print_sending(result)
    return result


def _options(arguments: Sequence[str]) -> tuple[int, int]:
    try:
        numbers = [int(item) for item in arguments]
        rounds, count = [*numbers, *(ROUNDS, MESSAGES)[len(numbers) :]]
    except ValueError:
        raise Failure(
            "usage: ./dev bench [bombs | reading [checkout] | [sending] [rounds] [messages]]"
        ) from None
    return rounds, count


def _accounts(database: str, domain: MailDomain) -> dict[str, int]:
    """Set up one mailbox twice: as a plain account and as a catch-all one."""
    with OdooServer(database, max_cron_threads=0) as odoo:
        rpc = odoo.rpc()
        alias_domain = rpc.create("mail.alias.domain", name=domain.domain)
        rpc("res.company", "write", [1], {"alias_domain_id": alias_domain})
        model = rpc.read("ir.model", [("model", "=", "crm.lead")], "id")[0]["id"]
        known = rpc.read("mail.alias", [("alias_name", "=", "sales")], "id")
        values = {"alias_model_id": model, "alias_domain_id": alias_domain, "alias_name": "sales"}
        if known:
            rpc("mail.alias", "write", [known[0]["id"]], values)
        else:
            rpc.create("mail.alias", **values)
        account = {
            "server_type": "imap",
            "server": domain.host,
            "port": domain.imap_port,
            "user": domain.account,
            "password": domain.passwords[domain.account],
            "state": "done",
        }
        plain = rpc.create("fetchmail.server", name="Plain", **account)
        catchall = rpc.create(
            "fetchmail.server",
            name="Catch-all",
            is_catchall=True,
            fetch_junk=False,
            **account,
        )
    return {"plain": plain, "router": catchall}


def _round(
    figures: Figures,
    domain: MailDomain,
    servers: dict[str, int],
    workers: tuple[Worker, Worker, Worker],
    number: int,
    count: int,
) -> None:
    plain, router, second = workers
    _fill(domain, number * 10 + 1, count)
    figures.add("plain", plain.do("fetch", servers["plain"]), count)
    _fill(domain, number * 10 + 2, count)
    figures.add("drain", router.do("fetch", servers["router"]), count)
    figures.add("one_lane", router.do("route"), count)
    _fill(domain, number * 10 + 3, count)
    router.do("fetch", servers["router"])
    started = time.perf_counter()
    router.tell("route")
    second.tell("route")
    answers = [router.answer(), second.answer()]
    seconds = time.perf_counter() - started
    both = {
        "messages": sum(answer["messages"] for answer in answers),
        "seconds": seconds,
        "queries": sum(answer["queries"] for answer in answers),
        "peak_mb": max(answer["peak_mb"] for answer in answers),
    }
    figures.add("two_lanes", both, count)


def _fill(domain: MailDomain, seed: int, count: int) -> None:
    domain.clear(domain.account)
    domain.append_many(domain.account, mails(count, seed, ALIAS))


def _decide(count: int) -> dict[str, Any]:
    """Time the pure core alone, without Odoo: milliseconds a decision, median."""
    done = subprocess.run(
        [setup().python, "-m", "tools.bench.decide", str(count)],
        capture_output=True,
        text=True,
        check=True,
        cwd=CHECKOUT,
    )
    return {"decide_ms": json.loads(done.stdout)}


def _print(result: dict[str, Any]) -> None:
    rows = [
        [
            LABELS[name],
            f"{side['messages_per_second']:.1f}",
            f"{side['ratio_to_plain']:.2f}",
            f"{side['queries_per_message']:.1f}",
            f"{side['peak_mb']}",
        ]
        for name, side in result["sides"].items()
    ]
    say(table(rows, ["", "messages/s", "x plain", "queries/message", "peak MB"]))
    for name, value in result["decide_ms"].items():
        say(f"decide, {name}: {value} ms")


def _save(result: dict[str, Any]) -> None:
    text = json.dumps(result, indent=2)
    (RUN / "bench.json").write_text(text + "\n", "utf-8")
    say(text)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
