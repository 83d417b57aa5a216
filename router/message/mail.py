"""Bytes to :class:`ReceivedMail`: what the rest of the router reads, never the bytes themselves.

Only the header is parsed at once; parts and text are parsed when a verdict asks for them, so
that a message of 25 MB costs what its header costs. Nothing here raises on bad input.
"""

import hashlib
import re
from dataclasses import dataclass, field
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import cached_property
from html import unescape

from . import addresses, headers
from .addresses import Mailbox
from .charsets import charset_of_language, decode_bytes, likely_charset, named_in_page
from .encoded_words import charsets_of_words, decode_words, one_line
from .fields import Field, may_be_cut, parse_header
from .mime import Part, parse_parts
from .parameters import parse_parameters

__all__ = ["MAX_REFERENCES", "MAX_TEXT_CHARS", "Field", "Part", "ReceivedMail", "part_text"]

MAX_TEXT_CHARS = 200_000
# Of a text part beyond this size only the bytes are compared, not the decoded characters.
_MAX_COMPARED_TEXT = 2_000_000
# A character takes up to twelve bytes in transfer: four of UTF-8, three of quoted-printable each.
_BYTES_PER_CHAR = 12
# Of References. As in Odoo (mail_thread.py, message_route): newer ids are appended
# (RFC 5322 §3.6.4), and more than this many slow a search down without ever being needed.
MAX_REFERENCES = 32
_MAX_ANSWERED = 32  # of In-Reply-To
_FIRST_YEAR = 2010  # no clock that is right shows an earlier one
_BLANKS = b" \t\r\n"
_MESSAGE_ID = re.compile(r"<[^<>]{1,2000}>")
_BETWEEN_BARE_IDS = re.compile(r"[\s<>,;\"()]+")


@dataclass(frozen=True)
class ReceivedMail:
    """A message as it was received, read-only.

    ``folder_is_junk`` says that the provider had put it into the Junk folder.
    """

    source: bytes
    fields: tuple[Field, ...]
    body_offset: int
    folder_is_junk: bool = False
    _by_name: dict[str, tuple[Field, ...]] = field(default_factory=dict, repr=False, compare=False)
    _parsed: dict[str, tuple[tuple[Mailbox, ...], ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def from_bytes(cls, source: bytes, *, folder_is_junk: bool = False) -> "ReceivedMail":
        """Parse the header of ``source`` (RFC 5322 §2.2; tolerant of lone LF, CR, 8-bit, mbox)."""
        fields, body_offset = parse_header(source)
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

    def mailboxes(self, name: str) -> tuple[tuple[Mailbox, ...], ...]:
        """The mailboxes of each field of that name, topmost first."""
        if name not in self._parsed:
            self._parsed[name] = addresses.parse_all(map(self.shown, self.all(name)))
        return self._parsed[name]

    def addresses(self, name: str) -> tuple[Mailbox, ...]:
        """All mailboxes of every field of that name."""
        return tuple(mailbox for one in self.mailboxes(name) for mailbox in one)

    @cached_property
    def is_header_cut(self) -> bool:
        """Whether fields may stand behind those that were read: what is not here may be there."""
        return may_be_cut(self.source, self.fields, self.body_offset)

    @cached_property
    def sender(self) -> Mailbox:
        """The first mailbox of From, or an empty address."""
        found = self.addresses(headers.FROM)
        if len(found) == 1:
            name = addresses.unquoted_name(self.shown(self.all(headers.FROM)[0]))
            return Mailbox(name or found[0].name, found[0].address)
        return next(iter(found), Mailbox())

    @cached_property
    def subject(self) -> str:
        """The decoded subject, one line."""
        found = self._by_name.get(headers.SUBJECT)
        return one_line(decode_words(self.shown(found[0]))) if found else ""

    def shown(self, item: Field) -> str:
        """The value of a field; raw bytes in it are in the charset of the message (RFC 5322 has
        none).
        """
        if not item.is_raw:
            return item.value
        charset = self._header_charset or self.content_type[1].get("charset", "")
        if not charset and self.content_type[0].startswith("multipart"):
            charset = likely_charset(part.get_content_charset() for part in self.parts())
        return decode_bytes(
            item.value.encode("latin-1", "replace"), charset, self._language_charset
        )

    @cached_property
    def message_id(self) -> str:
        """Message-ID with its angle brackets, or what stands there without them, or ``""``."""
        value = self.first(headers.MESSAGE_ID)
        return next(iter(_message_ids(value)), one_line(value)[:998])

    @cached_property
    def in_reply_to(self) -> tuple[str, ...]:
        """Message-IDs of In-Reply-To."""
        return _message_ids(self.first(headers.IN_REPLY_TO))[:_MAX_ANSWERED]

    @cached_property
    def references(self) -> tuple[str, ...]:
        """Message-IDs of References and In-Reply-To, oldest first (RFC 5322 §3.6.4).

        In-Reply-To comes last: it names the message replied to, also where a program left
        it out of References.
        """
        found = _message_ids(self.first(headers.REFERENCES))
        answered = self.in_reply_to
        return (*(item for item in found if item not in answered), *answered)

    @cached_property
    def return_path(self) -> str | None:
        """The envelope sender: an address, ``""`` for the null path ``<>``, None when unknown.

        What is neither (``<root>``, a local account) comes as it is: it is not the null path.
        """
        if headers.RETURN_PATH not in self._by_name:
            return None
        value = self.first(headers.RETURN_PATH).strip()
        parsed = addresses.parse(value)
        return parsed[0].address if parsed else value.strip("<> ").lower()

    @cached_property
    def content_type(self) -> tuple[str, dict[str, str]]:
        """The type of the whole message in lower case, and its parameters (RFC 2045 §5)."""
        return parse_parameters(self.first(headers.CONTENT_TYPE))

    @cached_property
    def arrived(self) -> datetime | None:
        """When the message arrived, in UTC: the date of the topmost ``Received``, else Date."""
        stamps = [item.value.rpartition(";")[2] for item in self.all(headers.RECEIVED)[:1]]
        for stamp in (*stamps, self.first(headers.DATE)):
            try:
                parsed = parsedate_to_datetime(stamp[:200])
                if parsed.tzinfo is None:  # "-0000": a time in UTC (RFC 5322 §3.3)
                    return parsed
                return parsed.astimezone(timezone.utc).replace(tzinfo=None)
            except (TypeError, ValueError, IndexError, OverflowError):
                continue
        return None

    @cached_property
    def _parts(self) -> tuple[Part, ...]:
        parts = tuple(parse_parts(self.source, self.fields, self.body_offset, self.size))
        fallback = self._fallback(parts)
        for part in parts:
            part.fallback = fallback
        return parts

    def parts(self) -> tuple[Part, ...]:
        """Every MIME part, the message itself first, depth first, within the limits of mime.py."""
        return self._parts

    def _fallback(self, parts: tuple[Part, ...]) -> str:
        """The charset of what claims none: what the rest of the message says of its language.

        The encoded words of its header (RFC 2047), the other parts, then the languages named.
        """
        return (
            self._header_charset
            or likely_charset(part.get_content_charset() for part in parts)
            or self._language_charset
        )

    @cached_property
    def _header_charset(self) -> str:
        values = (self.first(name) for name in (headers.SUBJECT, headers.FROM, headers.TO))
        return likely_charset(name for value in values for name in charsets_of_words(value))

    @cached_property
    def _language_charset(self) -> str:
        named = (self.first(name) for name in (headers.CONTENT_LANGUAGE, headers.ACCEPT_LANGUAGE))
        return next(filter(None, map(charset_of_language, named)), "")

    @cached_property
    def text(self) -> str:
        """The decoded text parts, joined and cut at ``MAX_TEXT_CHARS``."""
        pieces: list[str] = []
        left = MAX_TEXT_CHARS
        for part in self.parts():
            if part.get_content_maintype() == "text" and not part.is_multipart():
                piece = part_text(part, left)
                pieces.append(piece)
                left -= len(piece)
                if left <= 0:
                    break
        return "\n".join(pieces)

    @cached_property
    def content_digest(self) -> str:
        """Hex digest of who wrote what when: equal for two deliveries of one message.

        Made of From, Date, subject, decoded text and decoded attachments: providers rewrite
        MIME boundaries and transfer encodings, never what they enclose.
        """
        return self._digest(self.sender.address)

    @cached_property
    def text_digest(self) -> str:
        """Hex digest of what was written when, whoever From says: a provider that does not let us
        send as the author writes the account's address there.
        """
        return self._digest()

    def _digest(self, *begin: str) -> str:
        digest = hashlib.sha256()
        for value in (*begin, self.first(headers.DATE).strip(), self.subject):
            digest.update(value.encode("utf-8", "surrogatepass") + b"\0")
        for part in self.parts():
            if part.is_multipart():
                continue
            digest.update(part.get_content_type().encode("utf-8", "surrogatepass") + b"\0")
            payload = part.decoded()
            if part.get_content_maintype() == "text":
                if len(payload) <= _MAX_COMPARED_TEXT:
                    payload = _decode(part, payload).encode("utf-8", "surrogatepass")
                payload = payload.translate(None, _BLANKS)  # lines are wrapped anew on the way
            digest.update(payload + b"\0")
        return digest.hexdigest()

    @cached_property
    def fingerprint(self) -> str:
        """Hex key of this message, equal for all copies of it.

        The Message-ID alone is not enough: careless programs use one twice, for two messages.
        Without one and without a date a device says the same of two events, so the line of the
        server that received it belongs to the key: of a copy of the same delivery it is the same.
        """
        digest = hashlib.sha256(self.message_id.encode("utf-8", "surrogatepass"))
        digest.update(self.content_digest.encode())
        if not self._is_dated and self.has(headers.RECEIVED):
            digest.update(self.first(headers.RECEIVED).encode("utf-8", "surrogatepass"))
        return digest.hexdigest()

    def identity(self, place: str) -> str:
        """:attr:`fingerprint`, or for a message that says nothing of when it was sent a key of its
        own.

        :param place: where the mailbox keeps it (folder, UIDVALIDITY and UID, or UIDL): the same
            when the very same message is fetched again
        """
        if self._is_dated or self.has(headers.RECEIVED):
            return self.fingerprint
        return hashlib.sha256(f"{self.fingerprint} {place}".encode()).hexdigest()

    @cached_property
    def _is_dated(self) -> bool:
        """Whether a Message-ID or a date tells it from another with the same words.

        A device that has lost its clock begins in 1970 or when it was built, each time anew.
        """
        if self.message_id:
            return True
        try:
            return parsedate_to_datetime(self.first(headers.DATE)[:200]).year >= _FIRST_YEAR
        except (TypeError, ValueError, IndexError, OverflowError):
            return False


def part_text(part: Part, limit: int) -> str:
    """Decoded text of a leaf part, its first ``limit`` characters (charsets.py)."""
    return _decode(part, part.decoded(limit * _BYTES_PER_CHAR + 4))[:limit]


def _decode(part: Part, payload: bytes) -> str:
    charset, fallback = part.get_content_charset(), part.fallback
    if part.get_content_type() == "text/html":
        fallback = named_in_page(payload) or fallback
    return decode_bytes(payload, charset, fallback)


def _message_ids(value: str) -> tuple[str, ...]:
    # Some programs fold a line inside an id, some leave the brackets out, and Python's email
    # package, Odoo's too, writes encoded words where an id is longer than a line.
    if "=?" in value:
        value = decode_words(value)
    found = _MESSAGE_ID.findall(value)
    if not found and "&" in value:  # a web form or a ticket system has escaped the brackets
        found = _MESSAGE_ID.findall(unescape(value))
    if found:
        return tuple("".join(item.split()) for item in found)
    words = (item for item in _BETWEEN_BARE_IDS.split(value) if len(item) <= 998)
    return tuple(f"<{item}>" for item in words if "@" in item[1:-1])
