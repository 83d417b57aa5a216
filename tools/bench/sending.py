"""What sending costs: the same queue of messages through the same server, by plain Odoo and by us.

Three databases: without the addon, with a catch-all account as it is set up at first, and with
addresses of their own for replies and returned mail. In a round each sends its queue once, each
time in another order, so that what the machine does meanwhile hits all alike.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import Any

from ..console import Failure, say, step, table
from ..installation.databases import fresh
from ..installation.odoo_server import OdooServer
from ..mail_servers.mail_domain import OUTSIDE, MailDomain
from .worker_process import Worker

MESSAGES = 200
LABELS = {
    "plain": "plain Odoo",
    "router": "a catch-all account",
    "signed": "with addresses of their own",
}
VALUES: dict[str, dict[str, Any]] = {
    "plain": {},
    "router": {"is_catchall": True, "catchall_reply_policy": "record"},
    "signed": {
        "is_catchall": True,
        "catchall_reply_policy": "signed",
        "catchall_envelope_policy": "verp",
    },
}
Rounds = dict[str, list[dict[str, float]]]


def measure_sending(rounds: int, count: int = MESSAGES) -> dict[str, Any]:
    """Return medians of each side, and ratios to plain Odoo round by round."""
    # What is delivered is thrown away: how long a mailbox takes is nobody's concern here.
    with MailDomain(main={"transport_maps": f"inline:{{{{{OUTSIDE} = discard:}}}}"}) as domain:
        sides = {name: _side(name, domain) for name in VALUES}
        answers: Rounds = {name: [] for name in sides}
        try:
            for worker in sides.values():
                worker.do("queue", 20)  # the first messages fill caches
                worker.do("send")
            for number in range(rounds):
                with step(f"sending, round {number + 1} of {rounds}"):
                    _round(sides, answers, number, count, domain)
        finally:
            for worker in sides.values():
                worker.stop()
    return {"messages": count, "rounds": rounds, "sides": _figures(answers)}


def _side(name: str, domain: MailDomain) -> Worker:
    database = fresh(f"bench_{name}", addon=name != "plain")
    with OdooServer(database, max_cron_threads=0) as odoo:
        rpc = odoo.rpc()
        alias_domain = rpc.create("mail.alias.domain", name=domain.domain)
        rpc("res.company", "write", [1], {"alias_domain_id": alias_domain})
        rpc.create(
            "ir.mail_server",
            name="Bench",
            smtp_host="localhost",
            smtp_port=domain.submission_port,
            smtp_encryption="starttls",
            smtp_user=domain.account,
            smtp_pass=domain.passwords[domain.account],
            **({"from_filter": domain.domain} if name == "plain" else {}),
            **VALUES[name],
        )
        if name != "plain":
            # signed addresses are used where somebody fetches what comes back
            rpc.create(
                "fetchmail.server",
                name="Mailbox",
                server="localhost",
                user=domain.account,
                is_catchall=True,
                state="done",
            )
    return Worker(database)


def _round(
    sides: dict[str, Worker], answers: Rounds, number: int, count: int, domain: MailDomain
) -> None:
    names = list(sides)
    for name in names[number % len(names) :] + names[: number % len(names)]:
        sides[name].do("queue", count)
        domain.wait_delivered()
        answer = sides[name].do("send")
        if answer["messages"] != count:
            raise Failure(f"{LABELS[name]} sent {answer['messages']:.0f} messages, not {count}.")
        answers[name].append(answer)


def _figures(answers: Rounds) -> dict[str, Any]:
    def ratios(name: str, key: str) -> list[float]:
        pairs = zip(answers[name], answers["plain"], strict=True)
        return [one[key] / other[key] for one, other in pairs]

    return {
        name: {
            "messages_per_second": round(
                statistics.median(item["messages"] / item["seconds"] for item in items), 1
            ),
            "seconds_to_plain": round(statistics.median(ratios(name, "seconds")), 3),
            "cpu_to_plain": round(statistics.median(ratios(name, "cpu")), 3),
            "queries_per_message": round(
                statistics.median(item["queries"] / item["messages"] for item in items), 1
            ),
        }
        for name, items in answers.items()
    }


def print_sending(result: dict[str, Any]) -> None:
    """Print the table."""
    rows: list[Sequence[str]] = [
        [
            LABELS[name],
            f"{side['messages_per_second']:.1f}",
            f"{side['seconds_to_plain']:.3f}",
            f"{side['cpu_to_plain']:.3f}",
            f"{side['queries_per_message']:.1f}",
        ]
        for name, side in result["sides"].items()
    ]
    head = ("messages/s", "x seconds", "x CPU", "queries/message")
    say(table(rows, [f"sending {result['messages']} messages", *head]))
