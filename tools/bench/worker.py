"""Runs inside Odoo, once a process: does one side's work when told to, and says what it cost.

Commands come as lines `<name> <number>` on standard input, answers go as JSON lines to standard
output. A process of its own for each side, so that its peak memory is that side's alone.
"""

from __future__ import annotations

import contextlib
import json
import resource
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any


@contextlib.contextmanager
def environment(database: str) -> Iterator[Any]:
    """Yield a superuser environment, as a cron job has it."""
    from odoo import SUPERUSER_ID, api
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        yield api.Environment(cr, SUPERUSER_ID, {})


def measured(env: Any, work: Callable[[], int]) -> dict[str, float]:
    """Run `work`, which returns how many messages it handled; return counts and costs."""
    thread: Any = threading.current_thread()
    thread.query_count, thread.query_time = 0, 0.0
    start_mb = resident_mb()
    started, cpu = time.perf_counter(), time.process_time()
    messages = work()
    seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return {
        "messages": messages,
        "seconds": seconds,
        "cpu": cpu,
        "queries": thread.query_count,
        "start_mb": start_mb,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def resident_mb() -> float:
    """Memory of this process now."""
    with open("/proc/self/statm", encoding="ascii") as status:
        return int(status.read().split()[1]) * resource.getpagesize() / 1024 / 1024


def fetch(env: Any, server_id: int) -> int:
    """Fetch an account: plain Odoo makes records meanwhile, a catch-all fills the ledger."""
    server = env["fetchmail.server"].browse(server_id)
    model = "mail.catchall.message" if server.is_catchall else "mail.message"
    before = env[model].search_count([])
    error = server._fetch_mail(batch_limit=100_000)
    if error is not None:
        raise error
    env.cr.commit()
    return int(env[model].search_count([])) - int(before)


def route(env: Any, _server_id: int) -> int:
    """Be a lane until nothing is left to claim."""
    from odoo.addons.mail_catchall_router.models.routing.lane import Lane

    lane, handled = Lane(env), set()
    while ids := lane.claims.take(40):
        lane.route(ids)
        handled |= set(ids)  # a batch that takes too long lets go of the rest, which comes again
    return len(handled)


def receive(env: Any, bombs: int) -> int:
    """Put 200 ordinary messages into the ledger, and so many bombs evenly among them."""
    from odoo.addons.mail_catchall_router.models.incoming.ledger import Ledger

    from .bombs import sources

    server = env["fetchmail.server"].search([("is_catchall", "=", True)], limit=1)
    ledger = Ledger(server, env)
    stamp = time.time_ns()
    count = 0
    for count, source in enumerate(sources(stamp, bombs), 1):
        ledger.insert(f"bench:{stamp}:{count}", source)
    env.cr.commit()
    return count


def queue(env: Any, count: int) -> int:
    """Let a colleague write to so many customers, each on their own record; nothing leaves."""
    user = env["res.users"].search([("login", "=", "bench")]) or env["res.users"].create(
        {"name": "Benja Bench", "login": "bench", "email": "bench@example.com"}
    )
    env["mail.mail"].search([]).unlink()
    start = env["res.partner"].search_count([])
    partners = env["res.partner"].create(
        [
            {"name": f"Customer {start + n}", "email": f"c{start + n}@customer.test"}
            for n in range(count)
        ]
    )
    for partner in partners:
        partner.message_post(
            body="An offer as agreed.",
            subject="Offer",
            author_id=user.partner_id.id,
            email_from=user.email_formatted,
            partner_ids=partner.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
            force_send=False,
        )
    env.cr.commit()
    return count


def send(env: Any, _number: int) -> int:
    """Send the queue, as the job of the mail queue does."""
    waiting = env["mail.mail"].search([("state", "=", "outgoing")])
    waiting.send(auto_commit=True)
    env.cr.commit()
    # What was sent is deleted: it is kept in the chatter.
    return len(waiting) - int(env["mail.mail"].search_count([("state", "!=", "sent")]))


COMMANDS = {"fetch": fetch, "receive": receive, "route": route, "queue": queue, "send": send}


def main() -> None:
    """Serve commands until end of input."""
    from odoo.tools import config

    conf, database = sys.argv[1:3]
    config.parse_config(["-c", conf, "--log-handler", ":CRITICAL"])
    with environment(database) as env:
        env["fetchmail.server"].search([])
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        name, number = line.split()
        with environment(database) as env:
            answer = measured(env, lambda n=name, e=env, x=number: COMMANDS[n](e, int(x)))  # type: ignore[misc]
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
