from ...translatable import _lt, listed, said
from ..case import Case
from ..message import addresses, headers
from ..reports.report import (
    FEEDBACK,
    about_message_ids,
    originals,
    report_blocks,
    report_parts,
    report_type,
)
from ..reports.ses import ses_notice
from .base import Effect, Evidence, Verdict


class Complaint(Verdict):
    """A recipient called a message of ours spam, and the provider reports it (ARF, RFC 5965)."""

    name = "complaint"
    label = _lt("Spam complaint")
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """A feedback report (ARF, RFC 5965); **likely** by a notification of Amazon SES. Who
        complained stands in the report, or in the To of the enclosed message.
        """
        told = ses_notice(case.mail)
        if told and told.kind == "complaint":
            return Evidence(said(_lt("a notification of Amazon SES")))
        if report_type(case.mail) != FEEDBACK:
            return None
        parts = report_parts(case.mail)
        block = next(iter(report_blocks(parts, FEEDBACK)), None)
        kind = block.first("feedback-type").strip().lower()[:100] if block else ""
        named = addresses.parse(block.first("original-rcpt-to")) if block else ()
        # many providers redact Original-Rcpt-To, some the enclosed To as well
        to = (original.addresses(headers.TO)[:1] for original in originals(parts))
        enclosed = (box for boxes in to for box in boxes)
        who = [box.address for box in (*named, *enclosed)][:1]
        about = about_message_ids(case.mail, parts)[:1]
        details = listed((kind or said(_lt("unknown type")), *who, *about), ", ")
        report = f"Content-Type: multipart/report; {FEEDBACK}"
        text = said("%(report)s (%(details)s)", report=report, details=details)
        return Evidence(text, proved=bool(block))
