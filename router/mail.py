"""Bytes to :class:`ReceivedMail`: what the rest of the router reads, never the bytes themselves.

Only the header is parsed at once; parts and text are parsed when a verdict asks for them, so
that a mail of 25 MB costs what its header costs. Nothing here raises on bad input.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_to_datetime
from functools import cached_property

from . import addresses, headers
from .addresses import Address

MAX_HEADER_BYTES = 1_000_000
MAX_HEADER_FIELDS = 2_000
MAX_PARTS = 5_000
MAX_DEPTH = 40
MAX_TEXT_CHARS = 200_000
# How much of a mail may be parsed into MIME parts: the text of a report or a body, not a film.
MAX_PARSED_BYTES = 40_000_000

_END_OF_HEADER = re.compile(rb"\r?\n[ \t]*\r?\n|\r\r")
_FIELD = re.compile(r"^([!-9;-~]+)[ \t]*:(.*)$", re.DOTALL)
_FOLD = re.compile(r"\r?\n(?=[ \t])|\r(?=[ \t])")
_LINE = re.compile(r"\r\n|\n|\r")
_MESSAGE_ID = re.compile(r"<[^<>\s]+>")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: ``name`` lower case, ``value`` unfolded, ``index`` from the top."""

    name: str
    value: str
    index: int


@dataclass(frozen=True)
class ReceivedMail:
    """A mail as it was received, read-only.

    ``folder_is_junk`` says that the provider had put it into the Junk folder.
    """

    source: bytes
    fields: tuple[Field, ...]
    body_offset: int
    folder_is_junk: bool = False
    _by_name: dict[str, tuple[Field, ...]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_bytes(cls, source: bytes, *, folder_is_junk: bool = False) -> "ReceivedMail":
        """Parse the header of ``source`` (RFC 5322 §2.2; tolerant of lone LF, CR, 8-bit, mbox)."""
        start = _skip_mbox_line(source)
        limit = start + MAX_HEADER_BYTES
        end = _END_OF_HEADER.search(source, start, limit)
        head_end = end.start() if end else min(len(source), limit)
        body_offset = end.end() if end else head_end
        fields = tuple(_fields(source[start:head_end]))
        by_name: dict[str, list[Field]] = {}
        for item in fields:
            by_name.setdefault(item.name, []).append(item)
        return cls(
            source=source,
            fields=fields,
            body_offset=body_offset,
            folder_is_junk=folder_is_junk,
            _by_name={name: tuple(items) for name, items in by_name.items()},
        )

    @property
    def size(self) -> int:
        """Size in bytes."""
        return len(self.source)

    def all(self, name: str) -> tuple[Field, ...]:
        """Every field of that (lower-case) name, topmost first."""
        return self._by_name.get(name, ())

    def first(self, name: str) -> str:
        """Value of the topmost field of that name, or ``""``."""
        items = self._by_name.get(name)
        return items[0].value if items else ""

    def has(self, *names: str) -> bool:
        """Whether any of these fields is there."""
        return any(name in self._by_name for name in names)

    def addresses(self, name: str) -> tuple[Address, ...]:
        """All mailboxes of every field of that name."""
        return tuple(item for one in self.all(name) for item in addresses.parse(one.value))

    @cached_property
    def sender(self) -> Address:
        """The first mailbox of From, or an empty address."""
        return next(iter(self.addresses(headers.FROM)), Address(""))

    @cached_property
    def subject(self) -> str:
        """The decoded subject, one line."""
        return " ".join(addresses.decode_words(self.first(headers.SUBJECT)).split())

    @cached_property
    def message_id(self) -> str:
        """Message-ID with its angle brackets, or ``""``."""
        value = self.first(headers.MESSAGE_ID)
        match = _MESSAGE_ID.search(value)
        return match.group() if match else value.strip()

    @cached_property
    def in_reply_to(self) -> tuple[str, ...]:
        """Message-IDs of In-Reply-To."""
        return tuple(_MESSAGE_ID.findall(self.first(headers.IN_REPLY_TO)))

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Message-IDs of References, oldest first; In-Reply-To stands in where it is missing."""
        found = tuple(_MESSAGE_ID.findall(self.first(headers.REFERENCES)))
        return found or self.in_reply_to

    @cached_property
    def return_path(self) -> str | None:
        """The envelope sender: an address, ``""`` for the null path ``<>``, None when unknown."""
        if headers.RETURN_PATH not in self._by_name:
            return None
        value = self.first(headers.RETURN_PATH).strip()
        parsed = addresses.parse(value)
        return parsed[0].address if parsed else ""

    @cached_property
    def arrived(self) -> datetime | None:
        """When the mail arrived, in UTC: the date of the topmost ``Received``, else Date."""
        stamps = [item.value.rpartition(";")[2] for item in self.all(headers.RECEIVED)[:1]]
        for stamp in (*stamps, self.first(headers.DATE)):
            try:
                parsed = parsedate_to_datetime(stamp)
                return parsed.astimezone(timezone.utc).replace(tzinfo=None)
            except (TypeError, ValueError, IndexError, OverflowError):
                continue
        return None

    @cached_property
    def message(self) -> Message:
        """The whole mail, parsed into MIME parts by the standard library (defects are kept)."""
        try:
            return BytesParser(policy=compat32).parsebytes(self.source[:MAX_PARSED_BYTES])
        except (RecursionError, ValueError, LookupError, AssertionError):
            # Nested beyond what the library can follow: to us a mail without parts.
            return Message()

    def parts(self) -> Iterator[Message]:
        """Every MIME part, depth first, up to ``MAX_PARTS`` and ``MAX_DEPTH``."""
        stack: list[tuple[Message, int]] = [(self.message, 0)]
        seen = 0
        while stack and seen < MAX_PARTS:
            part, depth = stack.pop()
            seen += 1
            yield part
            payload = part.get_payload()
            if isinstance(payload, list) and depth < MAX_DEPTH:
                stack.extend((child, depth + 1) for child in reversed(payload))

    @cached_property
    def text(self) -> str:
        """The decoded text parts, joined and cut at ``MAX_TEXT_CHARS``."""
        pieces: list[str] = []
        length = 0
        for part in self.parts():
            if part.get_content_maintype() == "text" and not part.is_multipart():
                piece = part_text(part)[: MAX_TEXT_CHARS - length]
                pieces.append(piece)
                length += len(piece)
                if length >= MAX_TEXT_CHARS:
                    break
        return "\n".join(pieces)

    @cached_property
    def content_digest(self) -> str:
        """Hex digest of who wrote what when: equal for two deliveries of one mail.

        Made of From, Date, subject, decoded text and decoded attachments: providers rewrite
        MIME boundaries and transfer encodings, never what they enclose.
        """
        digest = hashlib.sha256()
        for value in (self.sender.address, self.first(headers.DATE).strip(), self.subject):
            digest.update(value.encode("utf-8", "surrogateescape") + b"\0")
        for part in self.parts():
            if part.is_multipart():
                continue
            digest.update(part.get_content_type().encode("utf-8", "surrogateescape") + b"\0")
            if part.get_content_maintype() == "text":
                digest.update(" ".join(part_text(part).split()).encode("utf-8", "surrogatepass"))
            else:
                digest.update(part_bytes(part))
            digest.update(b"\0")
        return digest.hexdigest()

    @cached_property
    def identity(self) -> str:
        """Hex key of this mail, equal for all copies of it.

        The Message-ID alone is not enough: careless programs use one twice, for two mails.
        """
        digest = hashlib.sha256(self.message_id.encode("utf-8", "surrogatepass"))
        digest.update(self.content_digest.encode())
        return digest.hexdigest()


def part_bytes(part: Message) -> bytes:
    """Decoded payload of a leaf part."""
    try:
        payload = part.get_payload(decode=True)
    except (ValueError, LookupError, AssertionError):
        return b""
    return payload if isinstance(payload, bytes) else b""


def part_text(part: Message) -> str:
    """Decoded text of a leaf part; an unknown charset is read as UTF-8 with replacements."""
    payload = part_bytes(part)
    charset = part.get_content_charset() or "utf-8"
    try:
        return payload.decode(charset, "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def _skip_mbox_line(source: bytes) -> int:
    if not source.startswith((b"From ", b">From ")):
        return 0
    newline = source.find(b"\n", 0, 2_000)
    return newline + 1 if newline >= 0 else 0


def _fields(head: bytes) -> Iterator[Field]:
    try:
        text = head.decode("utf-8")
    except UnicodeDecodeError:
        text = head.decode("latin-1")
    text = _FOLD.sub("", text)
    index = 0
    for line in _LINE.split(text):
        match = _FIELD.match(line)
        if match is None:  # a line without a name: a broken sender's, it belongs to nobody
            continue
        yield Field(match[1].lower(), match[2].strip().replace("\0", ""), index)
        index += 1
        if index >= MAX_HEADER_FIELDS:
            return
