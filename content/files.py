"""What a part is on the record beside the text: a file, another version of the text, or nothing."""

import json
import re
from html import escape

from ..router.message.encoded_words import decode_words, one_line
from ..router.message.mail import Part, ReceivedMail
from .content import File
from .file_names import file_name

# The same text for programs that show this kind; everybody else has it as text or HTML beside it.
_OTHER_VERSIONS = frozenset({"text/x-amp-html", "text/watch-html", "text/x-watch-html"})
_REACTION = "text/vnd.google.email-reaction+json"
ENRICHED = frozenset({"text/enriched", "text/richtext"})
_TEXTS = (
    frozenset(
        {"text/plain", "text/html", "application/xhtml+xml", "text/markdown", "text/x-markdown"}
    )
    | ENRICHED
)
_APPLE_FORK = "application/applefile"
# What no text begins with, whatever type a part claims.
_FILE_BEGINS = (b"%PDF-1", b"\x89PNG\r\n", b"\xff\xd8\xff", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1")
_IN_BRACKETS = re.compile(r"<([^<>]{1,998})>")
_MAX_EMOJI = 30  # characters; a family of four takes eleven
_ADDRESS = re.compile(r"https?://[^\s\"'<>]{1,2000}", re.I)


def is_attached(part: Part) -> bool:
    """Whether the sender says that a part is a file: by its disposition, or by a name."""
    disposition = part.get("content-disposition").strip().lower()
    return disposition.startswith("attachment") or bool(part.get_filename())


def is_text(part: Part) -> bool:
    """Whether a part is text of the message, and no file."""
    is_whole = part.depth == 0 and not part.get_filename()  # then "attachment" means nothing
    if part.get_content_type() not in _TEXTS or (is_attached(part) and not is_whole):
        return False
    return not part.decoded(limit=60).startswith(_FILE_BEGINS)


def is_left_out(part: Part) -> bool:
    """Whether a part is nothing that anybody misses: what programs say to each other.

    The text for watches and AMP, and the fork of a Macintosh file that holds its icon (RFC 1740).
    """
    if part.depth == 0:
        return False
    kind = part.get_content_type()
    return kind == _APPLE_FORK or (kind in _OTHER_VERSIONS and not is_attached(part))


def as_file(part: Part) -> File:
    """A part as the record attaches it, byte for byte."""
    data = part.raw if part.is_multipart() else part.decoded()
    return File(
        name=file_name(part, data),
        data=data,
        content_type=part.get_content_type(),
        content_id=_content_id(part),
        location=part.get("content-location").strip(),
        charset=part.get_content_charset(),
    )


def _content_id(part: Part) -> str:
    """What stands between the brackets of a Content-ID, whatever is around them; Gmail has it in
    a field of its own too, which some gateways leave alone.
    """
    value = one_line(decode_words(part.get("content-id") or part.get("x-attachment-id")))
    found = _IN_BRACKETS.search(value[:1_000])
    return found[1].strip() if found else value.strip("<>\"' ")


def reaction_of(part: Part) -> str | None:
    """The emoji of a Gmail reaction, None for other parts.

    https://developers.google.com/workspace/gmail/reactions/format
    """
    if part.get_content_type() != _REACTION:
        return None
    try:
        found = json.loads(part.decoded(limit=2_000))
    except (ValueError, RecursionError):
        return ""
    emoji = found.get("emoji") if isinstance(found, dict) else None
    if not isinstance(emoji, str) or len(emoji) > _MAX_EMOJI or emoji.isascii():
        return ""
    return one_line(emoji)


def reaction_in(mail: ReceivedMail) -> str:
    """The emoji of a message that is a reaction, ``""`` for all others."""
    return next((emoji for emoji in map(reaction_of, mail.parts()) if emoji), "")


def link_of(part: Part) -> str | None:
    """The page for a file that stands elsewhere (RFC 2017), None for other parts."""
    if part.get_content_type() != "message/external-body":
        return None
    place = "".join(part.get_param("url").split())
    if part.get_param("access-type").lower() != "url" or not _ADDRESS.fullmatch(place):
        return None
    shown = part.get_filename() or place
    return f'<p><a href="{escape(place)}">{escape(shown)}</a></p>'


def heading_of(part: Part) -> str:
    """The page above a message of a digest (RFC 2046 §5.1.5): its subject and who wrote it."""
    lines = [one_line(decode_words(part.get(name)))[:500] for name in ("subject", "from")]
    shown = [f"<b>{escape(line)}</b>" for line in lines[:1] if line]
    shown += [escape(line) for line in lines[1:] if line]
    return f"<p>{'<br>'.join(shown)}</p>" if shown else ""
