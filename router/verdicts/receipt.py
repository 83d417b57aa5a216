"""Receipts: our mail was delivered, or read, or deleted unread."""

from typing import Any

from ..case import Case
from ..codes import Reason
from ..message import addresses
from ..reports.dsn import delivery_recipients
from ..reports.report import (
    DELIVERY,
    DISPOSITION,
    about_message_ids,
    report_blocks,
    report_parts,
    report_type,
)
from .base import Effect, Evidence, Verdict


class Receipt(Verdict):
    """A disposition notification (RFC 8098), or a delivery report that reports success."""

    name = "receipt"
    reason = Reason.RECEIPT
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """By the report's type; what failed was taken by the bounce verdict before."""
        kind = report_type(case.mail)
        if kind not in (DISPOSITION, DELIVERY):
            return None
        parts = report_parts(case.mail)
        facts: dict[str, Any] = {"about_message_ids": about_message_ids(case.mail, parts)}
        if kind == DELIVERY:
            recipients = delivery_recipients(parts)
            facts["receipt_address"] = recipients[0].address if recipients else ""
            facts["disposition"] = "delivered"
        for block in report_blocks(parts, DISPOSITION):
            disposition = block.first("disposition")
            final = addresses.parse(block.first("final-recipient").rpartition(";")[2])
            facts["receipt_address"] = final[0].address if final else case.mail.sender.address
            facts["disposition"] = disposition.rpartition(";")[2].strip().lower()[:100]
        return Evidence(f"Content-Type: multipart/report; {kind}", facts)
