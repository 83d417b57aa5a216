"""Runs inside Odoo, with the addon of whichever checkout it is given: costs as JSON.

Arguments: odoo.conf, database, the folder that has the addon. Imports nothing of tools: the
other checkout may not have it.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import sys
import time
from email.message import EmailMessage
from email.policy import SMTP
from importlib import import_module
from typing import Any

ADDON = "odoo.addons.mail_catchall_router"
COUNT = 60
_WORDS = "offer delivery price question order window garden project invoice meeting plan".split()


def message(number: int, size: int) -> bytes:
    """A message of about `size` bytes: text and HTML; beyond a megabyte, attachments."""
    source = random.Random(number)
    mail = EmailMessage(policy=SMTP)
    mail["Received"] = (
        "from mail.customer.test (mail.customer.test [198.51.100.23]) by mx.example.com (Postfix)"
        f" with ESMTPS id 4XMkQ21z9Fz5v{number} for <sales@example.com>;"
        " Mon, 05 Oct 2026 09:12:41 +0200"
    )
    mail["X-Original-To"] = mail["To"] = "sales@example.com"
    mail["From"] = f'"Customer {number}" <c{number}@customer.test>'
    mail["Subject"] = f"{source.choice(_WORDS).title()} {source.choice(_WORDS)} {number}"
    mail["Message-ID"] = f"<{number}.{size}.reading@customer.test>"
    mail["Date"] = "Mon, 05 Oct 2026 09:12:39 +0200"
    lines = (size - 1_700) // 140 if size <= 1_000_000 else 40
    text = "\n".join(" ".join(source.choices(_WORDS, k=10)) for _line in range(lines))
    mail.set_content(text)
    mail.add_alternative(f"<p>{text}</p>", subtype="html")
    if size > 1_000_000:
        for kind, name in (("jpeg", "a.jpg"), ("jpeg", "b.jpg"), ("pdf", "plan.pdf")):
            main = "image" if kind == "jpeg" else "application"
            data = source.randbytes(size * 57 // 78 // 3)  # base64: lines of 78 bytes for 57
            mail.add_attachment(data, main, kind, filename=name)
    return mail.as_bytes()


def main() -> None:
    """Print the figures of this process."""
    conf, database, addons = sys.argv[1:4]
    from odoo.tools import config

    config.parse_config(["-c", conf, "-d", database, "--log-handler", ":CRITICAL"])
    from odoo import SUPERUSER_ID, api
    from odoo.modules import module
    from odoo.modules.registry import Registry

    with Registry(database).cursor() as cr:
        module.current_test = True  # nothing is sent, nothing is committed
        env = api.Environment(cr, SUPERUSER_ID, {})
        assert import_module(ADDON).__path__[0].startswith(addons), import_module(ADDON).__path__
        bench = _Bench(env)
        figures = bench.small()
        figures["large_mb"] = bench.large()
        print(json.dumps(figures))
        cr.rollback()


class _Bench:
    """A company with one alias, and a ledger."""

    def __init__(self, env: Any) -> None:
        self.env = env
        domain = env["mail.alias.domain"].search([("name", "=", "example.com")]) or env[
            "mail.alias.domain"
        ].create({"name": "example.com"})
        env.company.alias_domain_id = domain
        env["mail.alias"].create(
            {
                "alias_name": "sales",
                "alias_domain_id": domain.id,
                "alias_model_id": env["ir.model"]._get_id("crm.lead"),
            }
        )
        self.server = env["fetchmail.server"].create(
            {
                "name": "Catch-all",
                "server_type": "imap",
                "server": "mail.example.com",
                "user": "catchall@example.com",
                "password": "secret",
                "is_catchall": True,
                "alias_domain_ids": [(6, 0, domain.ids)],
            }
        )

    def receive(self, key: str, source: bytes) -> Any:
        ledger = import_module(f"{ADDON}.models.incoming.ledger").Ledger(self.server, self.env)
        ledger.insert(key, source)
        return ledger.row(key)

    def small(self) -> dict[str, float]:
        """Median CPU time in milliseconds of messages of 10 kB, after some to warm up."""
        read = import_module(f"{ADDON}.router.message.mail").ReceivedMail.from_bytes
        parse = import_module(f"{ADDON}.models.routing.parsing").parse
        batch = import_module(f"{ADDON}.models.routing.routing_context").Batch(self.env)
        directory, chain = batch.directory, self.env["mail.catchall.chain"]._chain()
        policy = directory.policy(self.server)
        times = []
        for number in range(COUNT):
            row = self.receive(f"imap:INBOX:1:{number}", message(number, 10_000))
            source = row._read_source()
            started = time.process_time()
            mail = read(source)
            decision = chain.decide(mail, directory, policy)
            decided = time.process_time()
            values = parse(row, mail, decision, policy)[1]
            parsed = time.process_time()
            assert values["body"]
            times.append((decided - started, parsed - decided, parsed - started))
        names = ("decide_ms", "parse_ms", "both_ms")
        columns = zip(*times[COUNT // 6 :], strict=True)
        return {
            name: 1000 * statistics.median(column)
            for name, column in zip(names, columns, strict=True)
        }

    def large(self) -> float:
        """How far the peak of memory grows, in MB, when a message of 25 MB becomes a lead."""
        Delivery = import_module(f"{ADDON}.models.routing.delivery").Delivery
        Batch = import_module(f"{ADDON}.models.routing.routing_context").Batch
        row = self.receive("imap:INBOX:1:large", message(0, 25_000_000))
        self.env.flush_all()
        self.env.invalidate_all()
        before = _resident_mb()
        assert not Delivery(row, Batch(self.env)).route()
        self.env.flush_all()
        assert row.state == "routed", (row.state, row.error)
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before


def _resident_mb() -> float:
    with open("/proc/self/statm", encoding="ascii") as status:
        return int(status.read().split()[1]) * resource.getpagesize() / 1024 / 1024


if __name__ == "__main__":
    main()
