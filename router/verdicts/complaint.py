"""Complaints: a recipient pressed "this is spam" on a message of ours."""

from typing import Any

from ..case import Case
from ..codes import Reason
from ..message import addresses
from ..reports.report import (
    FEEDBACK,
    about_message_ids,
    originals,
    report_blocks,
    report_parts,
    report_type,
)
from .base import Effect, Evidence, Verdict


class Complaint(Verdict):
    """A provider's feedback report (ARF, RFC 5965)."""

    name = "complaint"
    reason = Reason.COMPLAINT
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """By the report's type; who complained stands in the report, or in the enclosed To."""
        if report_type(case.mail) != FEEDBACK:
            return None
        parts = report_parts(case.mail)
        facts: dict[str, Any] = {
            "about_message_ids": about_message_ids(case.mail, parts),
            "complaint_type": "",
            "complaint_address": "",
        }
        for block in report_blocks(parts, FEEDBACK):
            facts["complaint_type"] = block.first("feedback-type").strip().lower()[:100]
            named = addresses.parse(block.first("original-rcpt-to"))
            facts["complaint_address"] = named[0].address if named else ""
            break
        for original in originals(parts):
            # many providers redact Original-Rcpt-To, some the enclosed To as well
            recipient = next(iter(original.addresses("to")), None)
            if recipient and not facts["complaint_address"]:
                facts["complaint_address"] = recipient.address
        kind = facts["complaint_type"] or "unknown type"
        return Evidence(f"Content-Type: multipart/report; {FEEDBACK} ({kind})", facts)
