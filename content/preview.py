"""A message as the form of a received email shows it: what its record shows, and its header."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..router.message.mail import MAX_TEXT_CHARS, ReceivedMail
from .content import Content
from .reader import read

MAX_SHOWN_ATTACHMENTS = 100
MAX_PICTURE_BYTES = 2_000_000  # of all pictures of one message: they travel with the form
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")  # no SVG: it is a page


@dataclass(frozen=True, slots=True)
class Preview:
    """``html`` is a stranger's: sanitise it before it is shown.

    ``notes`` are sentences about it (``said(...)``), ``pictures`` those that it shows by their
    Content-ID, as ``data:`` addresses.
    """

    header: str
    html: str
    attachments: tuple[str, ...]
    notes: tuple[str, ...] = ()
    pictures: Mapping[str, str] = field(default_factory=dict)


def preview(mail: ReceivedMail) -> Preview:
    """Read a message as its record does, within the limits of its text.

    A record has less of one with too many parts, for Odoo's sake; here their names are listed.
    """
    content = read(mail)
    names = tuple(item.name for item in content.files)
    return Preview(
        header=header_text(mail),
        html=content.html,
        attachments=names[:MAX_SHOWN_ATTACHMENTS],
        notes=content.notes,
        pictures=_pictures(content),
    )


def header_text(mail: ReceivedMail) -> str:
    """The header as it came, a line for each field."""
    return "\n".join(f"{item.name.title()}: {item.value}" for item in mail.fields)[:MAX_TEXT_CHARS]


def _pictures(content: Content) -> dict[str, str]:
    found: dict[str, str] = {}
    left = MAX_PICTURE_BYTES
    for item in content.files:
        if item.content_id not in content.pictures or item.content_type not in PICTURES:
            continue
        left -= len(item.data)
        if left < 0:
            break
        data = base64.b64encode(item.data).decode()
        found[item.content_id] = f"data:{item.content_type};base64,{data}"
    return found
