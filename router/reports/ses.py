"""What Amazon SES tells by Amazon SNS of a message of ours: JSON in the text of a message.

https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html. Anybody could write it.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from ..message import addresses
from ..message.lists import is_under
from ..message.mail import ReceivedMail
from .dsn import MAX_DIAGNOSTIC_CHARS, MAX_RECIPIENTS, Recipient, told_status
from .status import explain, parse_status

_AMAZON = frozenset({"amazonaws.com", "amazonses.com"})
_MAX_CHARS = 100_000
_KINDS = frozenset({"bounce", "complaint", "delivery"})


@dataclass(frozen=True, slots=True)
class SesNotice:
    """``kind`` is ``bounce``, ``complaint`` or ``delivery``; ``recipients`` those not reached."""

    kind: str
    recipients: tuple[Recipient, ...] = ()
    message_ids: list[str] = field(default_factory=list)

    def facts(self) -> dict[str, Any]:
        """As those of :func:`.bounce_facts.read_bounce`."""
        chosen = next((item for item in self.recipients if item.permanent), None)
        chosen = chosen or next(iter(self.recipients), Recipient("", permanent=False))
        return {
            "bounced_address": chosen.address,
            "permanent": chosen.permanent,
            "diagnostic": chosen.diagnostic,
            "explanation": explain(chosen.status),
            "bounced_message_ids": self.message_ids,
            "recipients": [item.as_json() for item in self.recipients if item.address],
        }


def ses_notice(mail: ReceivedMail) -> SesNotice | None:
    """The notification that a message of Amazon's holds, or None."""
    if not is_under(mail.sender.domain, _AMAZON):
        return None
    text = mail.text[:_MAX_CHARS]
    try:
        told = json.JSONDecoder().raw_decode(text, max(text.find("{"), 0))[0]
    except (ValueError, RecursionError):
        return None
    told = _dict(told)
    kind = str(told.get("notificationType") or told.get("eventType") or "").lower()
    if kind not in _KINDS:
        return None
    about = str(_dict(_dict(told.get("mail")).get("commonHeaders")).get("messageId") or "")[:998]
    ids = [about] if about.startswith("<") else []
    return SesNotice(kind, tuple(_recipients(_dict(told.get("bounce")))), ids)


def _recipients(bounce: dict[str, Any]) -> list[Recipient]:
    permanent = str(bounce.get("bounceType")) == "Permanent"
    found = bounce.get("bouncedRecipients")
    items = map(_dict, found[:MAX_RECIPIENTS] if isinstance(found, list) else ())
    return [_recipient(item, permanent) for item in items]


def _recipient(item: dict[str, Any], permanent: bool) -> Recipient:
    said = " ".join(str(item.get("diagnosticCode") or "")[:MAX_DIAGNOSTIC_CHARS].split())
    status = parse_status(str(item.get("status") or ""))
    return Recipient(
        address=addresses.normalise(str(item.get("emailAddress") or "")[:1_000]),
        permanent=permanent,
        action="failed" if permanent else "delayed",
        status=told_status(status, said, permanent=permanent),
        diagnostic=said.partition(";")[2].strip() or said,
    )


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
