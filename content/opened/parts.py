"""Parts (router/message/mime.py) of what was opened, so that they are read as any others are."""

from ...router.message.fields import Field
from ...router.message.limits import PARTS
from ...router.message.mail import Part, ReceivedMail
from ..files import is_text


def entity(data: bytes) -> Part | None:
    """A MIME entity, header and body, or None where it has more parts than one message may have."""
    parts = ReceivedMail.from_bytes(data).parts()
    return parts[0] if len(parts) <= PARTS.most else None


def made_part(data: bytes, content_type: str, **fields: str) -> Part:
    """A part with this content and these header fields (``content_id="…"``); empty ones are left
    out.
    """
    values = {"content_type": content_type, **fields}
    named = [(name.replace("_", "-"), value) for name, value in values.items() if value]
    header = tuple(Field(name, value, index) for index, (name, value) in enumerate(named))
    return Part(data, header, 0, len(data), depth=1)


def file_part(name: str, data: bytes, content_type: str = "", **fields: str) -> Part:
    """A part that is an attachment of this name."""
    quoted = name.replace("\\", "\\\\").replace('"', '\\"')
    return made_part(
        data,
        content_type or "application/octet-stream",
        content_disposition=f'attachment; filename="{quoted}"',
        **fields,
    )


def is_written(part: Part) -> bool:
    """Whether a part is plain text that the sender wrote, and no file."""
    return part.get_content_type() == "text/plain" and is_text(part)
