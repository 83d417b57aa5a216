"""A message as a person reads it: header, text, pictures in the text, names of attachments."""

import base64
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from .encoded_words import decode_words, one_line
from .mail import MAX_TEXT_CHARS, Part, ReceivedMail, part_text

MAX_SHOWN_ATTACHMENTS = 100
MAX_PICTURE_BYTES = 2_000_000  # of all pictures of one message: they travel with the form
PICTURES = ("image/png", "image/jpeg", "image/gif", "image/webp")  # no SVG: it is a page


@dataclass(frozen=True, slots=True)
class Readable:
    """``html`` is a stranger's: sanitise it before it is shown.

    ``pictures`` are those that the HTML shows by their Content-ID, as ``data:`` addresses.
    """

    header: str
    text: str
    html: str
    attachments: tuple[str, ...]
    pictures: Mapping[str, str] = field(default_factory=dict)


def readable_body(mail: ReceivedMail) -> Readable:
    """Take the first HTML and the first plain text of a message, and what is attached to it."""
    text, html = "", ""
    others: list[Part] = []
    for part in mail.parts():
        if part.is_multipart():
            continue
        content_type = part.get_content_type()
        disposition = part.get("content-disposition").lower()
        attached = disposition.startswith("attachment") or bool(_filename(part))
        if not attached and content_type == "text/html":
            html = html or part_text(part, MAX_TEXT_CHARS)
        elif not attached and content_type == "text/plain":
            text = text or part_text(part, MAX_TEXT_CHARS)
        else:
            others.append(part)
    pictures = _pictures(others, html)
    names = [_filename(part) or part.get_content_type() for part in others]
    return Readable(
        header=_header(mail),
        text=text.replace("\0", ""),
        html=html.replace("\0", ""),
        attachments=tuple(names[:MAX_SHOWN_ATTACHMENTS]),
        pictures=pictures,
    )


def decoded_parts(mail: ReceivedMail) -> Iterator[bytes | str]:
    """Yield what each part holds, without its transfer encoding, and texts by their charset too."""
    for part in mail.parts():
        if part.is_multipart():
            continue
        yield part.decoded()
        if part.get_content_maintype() == "text":
            yield part_text(part, MAX_TEXT_CHARS)


def _pictures(parts: list[Part], html: str) -> dict[str, str]:
    """Return the attached pictures that the HTML shows, by Content-ID, as ``data:`` addresses."""
    found: dict[str, str] = {}
    shown, left = html.lower(), MAX_PICTURE_BYTES
    for part in parts:
        name = part.get("content-id").strip().strip("<>").lower()
        content_type = part.get_content_type()
        if not name or name in found or content_type not in PICTURES or f"cid:{name}" not in shown:
            continue
        content = part.decoded()
        left -= len(content)
        if left < 0:
            break
        found[name] = f"data:{content_type};base64,{base64.b64encode(content).decode()}"
    return found


def _header(mail: ReceivedMail) -> str:
    return "\n".join(f"{item.name.title()}: {item.value}" for item in mail.fields)[:MAX_TEXT_CHARS]


def _filename(part: Part) -> str:
    return one_line(decode_words(part.get_filename()))
