from ...translatable import _lt, said
from ..case import Case
from ..message import addresses
from ..message.mail import ReceivedMail
from ..message.mime import Part
from ..reports.certified import ABOUT, certified_receipt
from ..reports.dsn import delivery_recipients
from ..reports.report import (
    DELIVERY,
    DISPOSITION,
    about_message_ids,
    holds,
    report_blocks,
    report_parts,
    report_type,
)
from ..reports.ses import ses_notice
from .base import Effect, Evidence, Verdict


class Receipt(Verdict):
    """A message of ours was read (RFC 8098), or delivered (RFC 3464)."""

    name = "receipt"
    label = _lt("Read receipt")
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """A disposition notification (RFC 8098), a delivery report of success, or the receipt
        of a certified mail system (PEC: ``X-Ricevuta``). What failed is a bounce.
        """
        certified = certified_receipt(case.mail)
        if certified:
            named = case.mail.first(ABOUT).strip()[:500]
            return Evidence(f"X-Ricevuta: {certified} {named}".rstrip(), proved=True)
        notice = ses_notice(case.mail)
        if notice and notice.kind == "delivery":
            return Evidence(said(_lt("a notification of Amazon SES")))
        kind = report_type(case.mail)
        if kind not in (DISPOSITION, DELIVERY):
            return None
        parts = report_parts(case.mail)
        told = _delivered(parts) if kind == DELIVERY else _disposition(case.mail, parts)
        about = about_message_ids(case.mail, parts)
        details = ", ".join(filter(None, (*told, *about[:1]))) or said(_lt("no details"))
        report = f"Content-Type: multipart/report; {kind}"
        text = said("%(report)s (%(details)s)", report=report, details=details)
        return Evidence(text, proved=holds(parts, kind))


def _delivered(parts: tuple[Part, ...]) -> tuple[str, str]:
    recipients = delivery_recipients(parts)
    return "delivered", recipients[0].address if recipients else ""


def _disposition(mail: ReceivedMail, parts: tuple[Part, ...]) -> tuple[str, str]:
    """What became of the message ("displayed", RFC 8098 §3.2.6), and who says so."""
    for block in report_blocks(parts, DISPOSITION):
        final = addresses.parse(block.first("final-recipient").rpartition(";")[2])
        what = block.first("disposition").rpartition(";")[2].strip().lower()[:100]
        return what, final[0].address if final else mail.sender.address
    return "", ""
