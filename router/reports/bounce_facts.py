"""What a bounce says: whom it is about, why, whether for good, and which message of ours.

The report for machines is asked first (RFC 3464), then a header, then the layouts that
flufl.bounce knows, at last the addresses that the text names.
"""

from typing import Any

from ..message import headers
from ..message.mail import ReceivedMail
from ..message.mime import Part
from ..policy import Policy
from .bounce_text import diagnostic_beside, diagnostic_of, is_delay, known_layout, named_addresses
from .certified import is_certified_warning
from .dsn import MAX_RECIPIENTS, Recipient, delivery_recipients, is_delivered, told_status
from .report import about_message_ids, notice
from .status import explain

MAX_NAMED = 5


def read_bounce(
    mail: ReceivedMail, policy: Policy, parts: tuple[Part, ...]
) -> dict[str, Any] | None:
    """The facts, ready for JSON; None where the report says that all went well.

    ``permanent`` says that delivery was given up.
    ``bounced_message_ids`` begins with the surest. ``recipients`` has one entry for each address
    that was not reached; the other keys are those of the first that failed for good.
    """
    told = notice(parts)
    reported = delivery_recipients(parts)
    missed = tuple(recipient for recipient in reported if not is_delivered(recipient))
    if reported and not missed:
        return None
    if not any(recipient.address for recipient in missed):
        missed = _told_recipients(mail, policy, told, missed)
    chosen = next((recipient for recipient in missed if recipient.permanent), missed[0])
    return {
        "bounced_address": chosen.address,
        "permanent": chosen.permanent,
        "diagnostic": chosen.diagnostic,
        "explanation": explain(chosen.status),
        "bounced_message_ids": about_message_ids(mail, parts),
        "recipients": [recipient.as_json() for recipient in missed if recipient.address],
    }


def _told_recipients(
    mail: ReceivedMail, policy: Policy, told: str, reported: tuple[Recipient, ...]
) -> tuple[Recipient, ...]:
    """Never empty: a bounce that names nobody still has a cause."""
    late = is_delay(f"{mail.subject}\n{told}") or is_certified_warning(mail)
    delayed, failed = known_layout(mail)
    if not (delayed or failed):
        named = _named(mail, policy, told)
        delayed, failed = (named, ()) if late else ((), named)
    found = [(address, True) for address in failed] + [(address, False) for address in delayed]
    if not found:
        found = [("", reported[0].permanent if reported else not late)]
    said = next((item.diagnostic for item in reported if item.diagnostic), "")
    said = said or diagnostic_of(told)
    status = next((item.status for item in reported), "")
    return tuple(
        _told_recipient(address, permanent, status, said or diagnostic_beside(told, address))
        for address, permanent in found[:MAX_RECIPIENTS]
    )


def _named(mail: ReceivedMail, policy: Policy, told: str) -> tuple[str, ...]:
    declared = tuple(item.address for item in mail.addresses(headers.X_FAILED_RECIPIENTS))
    if declared:
        return declared
    # who reports, and who is told, also stand in the text
    others = {mail.sender.address, mail.return_path, *policy.own_addresses}
    return tuple(item for item in named_addresses(told) if item not in others)[:MAX_NAMED]


def _told_recipient(address: str, permanent: bool, status: str, said: str) -> Recipient:
    return Recipient(
        address=address,
        permanent=permanent,
        action="failed" if permanent else "delayed",
        status=told_status(status, said, permanent=permanent),
        diagnostic=said,
    )
