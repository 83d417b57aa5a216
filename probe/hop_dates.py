"""What the hops of a message wrote down: when they took it, and whom they took it from."""

import contextlib
import ipaddress
import re
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime

from ..router.message import headers
from ..router.message.mail import ReceivedMail

_MAX_HOPS = 30
_CLIENT_IP = re.compile(r"\bclient-ip=\"?([0-9A-Fa-f.:]{3,45})")


def received_at(mail: ReceivedMail) -> datetime | None:
    """When the last server says that it took the message (naive, in UTC), or None."""
    return _stamp(mail.first(headers.RECEIVED))


def received_dates(mail: ReceivedMail) -> list[datetime]:
    """When each server says that it took the message, the last one first."""
    found = (_stamp(item.value) for item in mail.all(headers.RECEIVED)[:_MAX_HOPS])
    return [stamp for stamp in found if stamp]


def _stamp(received: str) -> datetime | None:
    try:
        stamp = parsedate_to_datetime(received[-200:].rpartition(";")[2].strip())
        return stamp.astimezone(timezone.utc).replace(tzinfo=None) if stamp.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None


def seen_from(mail: ReceivedMail) -> str:
    """The public address in ``Received-SPF`` (RFC 7208 §9.1), whose right to send was checked.

    Not from ``Received``: where a mailbox gets its own mail, those are the provider's own hops.
    """
    for found in _CLIENT_IP.finditer(mail.first("received-spf")[:2_000]):
        with contextlib.suppress(ValueError):
            address = ipaddress.ip_address(found[1])
            if address.is_global:
                return str(address)
    return ""
