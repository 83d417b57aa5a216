"""A mail as a person reads it: header, text and names of attachments, nothing executed."""

from dataclasses import dataclass

from . import addresses
from .mail import MAX_TEXT_CHARS, ReceivedMail, part_text

MAX_SHOWN_ATTACHMENTS = 100


@dataclass(frozen=True, slots=True)
class Readable:
    """``html`` is a stranger's: sanitise it before it is shown."""

    header: str
    text: str
    html: str
    attachments: tuple[str, ...]


def readable_body(mail: ReceivedMail) -> Readable:
    """Take the last HTML and the first plain text of a mail, and the names of what is attached."""
    text, html = "", ""
    names: list[str] = []
    for part in mail.parts():
        if part.is_multipart():
            continue
        content_type = part.get_content_type()
        name = _filename(part)
        attached = str(part.get("content-disposition", "")).lower().startswith("attachment")
        if not attached and not name and content_type == "text/html":
            html = html or part_text(part)[:MAX_TEXT_CHARS]
        elif not attached and not name and content_type == "text/plain":
            text = text or part_text(part)[:MAX_TEXT_CHARS]
        elif len(names) < MAX_SHOWN_ATTACHMENTS:
            names.append(name or content_type)
    return Readable(_header(mail), text.replace("\0", ""), html.replace("\0", ""), tuple(names))


def _header(mail: ReceivedMail) -> str:
    return "\n".join(f"{item.name.title()}: {item.value}" for item in mail.fields)[:MAX_TEXT_CHARS]


def _filename(part) -> str:  # type: ignore[no-untyped-def]
    try:
        name = part.get_filename() or ""
    except (ValueError, LookupError, TypeError):
        return "?"
    return " ".join(addresses.decode_words(str(name)).replace("\0", "").split())
