"""What the ledger says about the demo's messages, and whether it is what was expected."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from ..console import Failure
from ..installation.odoo_server import Rpc, RpcError
from .mails import DemoMail, Expected

FIELDS = (
    "message_id",
    "state",
    "reason",
    "author_check",
    "recipient_names",
    "attempts",
    "route_ids",
)
WIDTHS = (41, 16, 11, 10, 31)  # with two spaces between: under 120 columns
HEADER = ("email", "recipient", "state", "reason", "record")
ROUTING_TIMEOUT = 120


@dataclass
class Row:
    """One line of the table."""

    title: str
    meant_for: str
    outcome: str
    reason: str
    record: str
    problem: str = ""

    def cells(self) -> tuple[str, ...]:
        """The line, cut to the widths of the table."""
        values = (self.title, self.meant_for, self.outcome, self.reason, self.record)
        return tuple(_cut(value, width) for value, width in zip(values, WIDTHS, strict=True))


class Ledger:
    """Reads the ledger over RPC."""

    def __init__(self, rpc: Rpc, account_id: int) -> None:
        self.rpc = rpc
        self.account_id = account_id

    def fetch(self) -> None:
        """Press Fetch Now on the account, and wait until the lanes have routed all mail."""
        try:
            self.rpc("fetchmail.server", "fetch_mail", [self.account_id])
        except RpcError as problem:
            raise Failure(f"Odoo could not fetch the emails: {problem}") from problem
        deadline = time.monotonic() + ROUTING_TIMEOUT
        waiting = [("state", "=", "received"), ("next_try_date", "=", False)]
        while left := self.rpc("mail.catchall.message", "search_count", waiting):
            if time.monotonic() > deadline:
                raise Failure(
                    f"{left} emails are not routed after {ROUTING_TIMEOUT} s; do Odoo's scheduled"
                    " jobs run (max_cron_threads)?"
                )
            time.sleep(0.1)

    def rows(self, *domain: Any) -> list[dict[str, Any]]:
        """Return ledger rows in the order of their arrival, each with its records."""
        rows = self.rpc.read("mail.catchall.message", domain, *FIELDS, order="id")
        route_ids = [route_id for row in rows for route_id in row["route_ids"]]
        fields = ("model", "res_id", "model_name", "record_name", "mail_message_id")
        routes = {
            route["id"]: route
            for route in self.rpc.read("mail.catchall.route", [("id", "in", route_ids)], *fields)
        }
        for row in rows:
            row["records"] = [routes[route_id] for route_id in row["route_ids"]]
        return rows

    def of(self, mail: DemoMail) -> list[dict[str, Any]]:
        """Return the rows of one message and of its copies, the one that counts first."""
        if mail.expected.reason == "oversize":  # what was not read has no Message-ID
            return self.rows(("reason", "=", "oversize"))
        rows = self.rows(("message_id", "=", mail.message_id))
        return sorted(rows, key=lambda row: row["reason"] == "duplicate")


def table_rows(ledger: Ledger, mails: Iterable[DemoMail]) -> list[Row]:
    """Compare what became of each message with what was expected."""
    found: list[Row] = []
    for mail in mails:
        rows = ledger.of(mail)
        if not rows:
            found.append(Row(mail.title, mail.meant_for, "-", "-", "", "it never arrived"))
            continue
        found.append(_row(mail.title, mail.meant_for, rows[0], mail.expected))
        copies = [row for row in rows[1:] if row["reason"] == "duplicate"]
        found += [_row("  its second copy", mail.meant_for, copy) for copy in copies]
        if len(copies) != mail.expected.copies or len(copies) != len(rows) - 1:
            wanted = mail.expected.copies
            found[-1].problem = f"{len(rows) - 1} further rows instead of {wanted} duplicates"
    return found


def _row(title: str, meant_for: str, row: dict[str, Any], expected: Expected | None = None) -> Row:
    line = Row(title, meant_for, row["state"], row["reason"] or "", describe(row["records"]))
    if expected:
        models = sorted(record["model"] for record in row["records"])
        wanted = expected.state, expected.reason, sorted(expected.models)
        if (row["state"], row["reason"], models) != wanted:
            made = f" creating {', '.join(expected.models)}" if expected.models else ""
            line.problem = f"expected {expected.state}/{expected.reason}{made}"
        elif expected.author and row["author_check"] != expected.author:
            line.problem = f"expected its author to be {expected.author}, not {row['author_check']}"
    return line


def describe(records: Sequence[dict[str, Any]]) -> str:
    """Name records in few words: one by its name, several by their kinds."""
    if not records:
        return "-"
    if len(records) == 1:
        record = records[0]
        if record["model"] == "res.users":
            return f"Inbox of {record['record_name']}"
        return f"{record['model_name']} {record['res_id']}: {record['record_name']}"
    return ", ".join(f"{record['model_name']} {record['res_id']}" for record in records)


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."
