"""Replies to invitations (RFC 5546 §3.2.3): METHOD:REPLY in the calendar part of a message."""

import re
from dataclasses import dataclass

from .mail import ReceivedMail, part_text
from .mime import Part

_CALENDAR = "text/calendar"
_MAX_CHARS = 100_000
_MAX_BYTES = 192_000  # of the body: a calendar comes before what is attached
_FOLD = re.compile(r"\r?\n[ \t]")
_METHOD = re.compile(
    r"^METHOD(?:;[^:\r\n]{0,200})?:\s{0,3}(\w{1,40})", re.IGNORECASE | re.MULTILINE
)
_UID = re.compile(r"^UID(?:;[^:\r\n]{0,200})?:([^\r\n]{1,1000})", re.IGNORECASE | re.MULTILINE)
_PARTSTAT = re.compile(r"^ATTENDEE[^\r\n]{0,1000}?PARTSTAT=\"?([\w-]{1,40})", re.I | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class CalendarReply:
    """Which event is replied to (``uid``), and how: ``accepted``, ``declined`` …, or ``""``."""

    uid: str
    status: str = ""


def calendar_reply(mail: ReceivedMail) -> CalendarReply | None:
    """The reply that the message is: alone, or as one of its alternatives.

    A calendar file that somebody attaches is an attachment.
    """
    if b"text/calendar" not in mail.source[: mail.body_offset + _MAX_BYTES].lower():
        return None
    for part in mail.parts()[:1] + tuple(_alternatives(mail.parts())):
        if part.get_content_type() == _CALENDAR and not part.is_multipart():
            text = _FOLD.sub("", part_text(part, _MAX_CHARS))
            method = _METHOD.search(text)
            if (method[1] if method else part.get_param("method")).upper() != "REPLY":
                continue
            uid, status = _UID.search(text), _PARTSTAT.search(text)
            return CalendarReply(uid[1].strip() if uid else "", status[1].lower() if status else "")
    return None


def _alternatives(parts: tuple[Part, ...]) -> list[Part]:
    """What stands in an alternative of the message itself, not of one that it encloses."""
    found: list[Part] = []
    waiting = list(parts[:1])
    while waiting:
        part = waiting.pop(0)
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            found += part.children
        if kind.startswith("multipart/"):
            waiting += part.children
    return found
