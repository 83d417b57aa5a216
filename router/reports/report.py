"""The parts of a report (RFC 6522): what a machine tells us about a message of ours.

Only the first ``MAX_REPORT_BYTES`` are looked at: a report begins with its notice and its
machine-readable part, and the message it is about may be a film.
"""

import re
from collections.abc import Iterator
from html import unescape
from itertools import islice

from ..message.mail import ReceivedMail, part_text
from ..message.mime import Part, parse_parts
from .certified import ABOUT

MAX_REPORT_BYTES = 192_000
MAX_PARTS = 60
MAX_BLOCKS = 500
MAX_NOTICE_CHARS = 12_000

DELIVERY = "delivery-status"
DISPOSITION = "disposition-notification"
FEEDBACK = "feedback-report"

_MACHINE_PART = re.compile(
    rb"(?im)^content-type:[ \t]*message/(?:global-)?"
    rb"(delivery-status|disposition-notification|feedback-report)"
)
_ORIGINALS = frozenset(
    """
    message/rfc822 message/global message/rfc822-headers message/global-headers
    text/rfc822-headers message/partial
    """.split()
)
_MESSAGE_ID = re.compile(
    r"^[ \t>|*]{0,20}(?:x-)?(?:original-)?message[- ]?id[*]?:\s{0,20}(<[^<>\s]{1,500}>)",
    re.IGNORECASE | re.MULTILINE,
)
# Fields that servers alone write: where they stand in a text, a message is enclosed in it.
TRACE_FIELD = re.compile(
    r"^[> \t|]{0,8}(?:return-path|received): ?\S", re.IGNORECASE | re.MULTILINE
)
_EMPTY_LINES = re.compile(rb"(?:\r?\n[ \t]*){2,}|(?:\r[ \t]*){2,}")
_TAG = re.compile(r"<(?:br|/p|/div|/tr|/li|/h\d)\b[^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(
    r"<(?:style|script)\b[^<]*</(?:style|script)>|<[a-zA-Z/!][^<>@]*>", re.IGNORECASE
)


def report_type(mail: ReceivedMail) -> str:
    """What a ``multipart/report`` reports, or what the message itself is; ``""`` if no report."""
    kind, parameters = mail.content_type
    if kind.startswith("message/"):
        subtype = kind.removeprefix("message/").removeprefix("global-")
        return subtype if subtype in (DELIVERY, DISPOSITION, FEEDBACK) else ""
    if kind != "multipart/report":
        return ""
    named = parameters.get("report-type", "").strip().lower().removeprefix("global-")
    return named or machine_part(mail)


def machine_part(mail: ReceivedMail) -> str:
    """The kind of the first machine-readable part anywhere in the message; ``""`` without one."""
    end = mail.body_offset + MAX_REPORT_BYTES
    found = _MACHINE_PART.search(mail.source, mail.body_offset, end)
    return found[1].decode("ascii").lower() if found else ""


def report_parts(mail: ReceivedMail) -> tuple[Part, ...]:
    """The leaves of the message in order; an enclosed message is one leaf, and not opened."""
    end = min(mail.size, mail.body_offset + MAX_REPORT_BYTES)
    whole = parse_parts(mail.source, mail.fields, mail.body_offset, end)[0]
    return tuple(islice(_leaves(whole), MAX_PARTS))


def holds(parts: tuple[Part, ...], kind: str) -> bool:
    """Whether one of the parts is machine-readable and of this kind."""
    return any(_machine_kind(part) == kind for part in parts)


def _machine_kind(part: Part) -> str:
    return part.get_content_type().removeprefix("message/").removeprefix("global-")


def notice(parts: tuple[Part, ...]) -> str:
    """What the report says to people: its texts up to the machine's part or the original."""
    texts: list[str] = []
    for part in parts:
        kind = part.get_content_type()
        if kind.startswith("message/") or kind in _ORIGINALS:
            break
        if kind == "text/html":
            texts.append(_without_tags(part_text(part, 4 * MAX_NOTICE_CHARS)))
        elif kind.startswith(("text/", "multipart/")):  # a multipart whose boundary never comes
            texts.append(part_text(part, MAX_NOTICE_CHARS))
    return "\n".join(texts)[:MAX_NOTICE_CHARS]


def originals(parts: tuple[Part, ...]) -> Iterator[ReceivedMail]:
    """The messages (or their headers) that the report encloses."""
    for part in parts:
        if part.get_content_type() in _ORIGINALS:
            yield ReceivedMail.from_bytes(part.decoded().lstrip())


def report_blocks(parts: tuple[Part, ...], *kinds: str) -> Iterator[ReceivedMail]:
    """The groups of fields of the machine-readable parts of these kinds, each like a header."""
    for part in parts:
        if _machine_kind(part) in kinds:
            # RFC 3464 §2.1: groups of fields with empty lines between them
            for block in _EMPTY_LINES.split(part.decoded().strip())[:MAX_BLOCKS]:
                yield ReceivedMail.from_bytes(block + b"\n\n")


def about_message_ids(mail: ReceivedMail, parts: tuple[Part, ...]) -> list[str]:
    """Message-IDs of what the report may be about, the surest first, at most ten.

    In public corpora nine reports of ten have it in their body, the tenth in its header.
    """
    found = [original.message_id for original in originals(parts)]
    blocks = report_blocks(parts, DELIVERY, DISPOSITION, FEEDBACK)
    found += [block.first("original-message-id") for block in blocks]
    for part in parts:
        found += _MESSAGE_ID.findall(part_text(part, MAX_REPORT_BYTES))
    found += [mail.first(name).strip() for name in ("x-original-message-id", ABOUT)]
    found += mail.in_reply_to[-1:] + mail.references[-1:]
    own = mail.message_id
    ids = (item for item in found if item.startswith("<") and "@" in item and item != own)
    return list(dict.fromkeys(ids))[:10]


def enclosed_message_ids(parts: tuple[Part, ...]) -> list[str]:
    """Message-IDs of the messages that are enclosed as such, or whose header stands in the text."""
    found = [original.message_id for original in originals(parts)]
    for part in parts:
        text = part_text(part, MAX_REPORT_BYTES)
        if TRACE_FIELD.search(text):
            found += _MESSAGE_ID.findall(text)
    return list(dict.fromkeys(item for item in found if item))[:10]


def _leaves(whole: Part) -> Iterator[Part]:
    waiting = [whole]
    while waiting:
        part = waiting.pop()
        if part.get_content_type().startswith("multipart/") and part.children:
            waiting.extend(reversed(part.children))
        else:
            yield part


def _without_tags(html: str) -> str:
    return unescape(_ANY_TAG.sub(" ", _TAG.sub("\n", html)))
