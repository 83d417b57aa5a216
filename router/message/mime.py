"""MIME parts (RFC 2046) of messages that nobody promised to be well-formed.

The standard library's parser takes seconds for 25 MB, compares each line with every open boundary
and recurses into nested messages. This one walks once over the lines that begin with two hyphens,
keeps offsets instead of copies, and stops at limits that no honest message reaches.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from . import headers
from .encoded_words import decode_words, one_line
from .fields import Field, end_of_fields, parse_fields
from .parameters import UNREADABLE, parse_parameters
from .raw_text import decode_raw
from .transfer import ENCODED, decode, encoding_of

MAX_PARTS = 5_000
MAX_DEPTH = 100
MAX_HYPHEN_LINES = 50_000
MAX_PART_HEADER_BYTES = 2_000_000  # of all parts together
_MAX_BOUNDARY = 2_000  # RFC 2046 §5.1.1 allows 70

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
# What stands where a type should, and what is meant.
_HALF_TYPES = {
    **dict.fromkeys(("text", "plain", "txt", "text/", "text/*"), "text/plain"),
    **dict.fromkeys(("html", "htm"), "text/html"),
    **dict.fromkeys(("multipart", "multipart/", "multipart/*", "mixed"), "multipart/mixed"),
    "alternative": "multipart/alternative",
    "related": "multipart/related",
    "calendar": "text/calendar",
    "pdf": "application/pdf",
    **dict.fromkeys(("plain/text", "text/text", "text/txt", "text/ascii"), "text/plain"),
    **dict.fromkeys(("html/text", "text/htm", "text/xhtml"), "text/html"),
}
_FILE = "application/octet-stream"
_NESTED = frozenset({"message/rfc822", "message/global", "message/news"})
_HEADER_LINE = re.compile(rb"\s{0,10}(?:From |[!-9;-~]{1,100}:)")
_BOUNDARY_LINE = re.compile(
    rb"(?i:[\r\n]--([^\r\n]{1,200}?)[ \t]{0,10}\r{0,2}\n(?=content-[a-z-]{1,40}:))"
)
_BLANKS_BEFORE_HEADER = re.compile(rb"[\r\n]{1,10}(?=[A-Za-z][!-9;-~]{0,100}:)")


@dataclass(eq=False)
class Part:
    """One part: its header, and where its body lies in ``source``.

    The methods named ``get_…`` and ``is_multipart`` answer as those of ``email.message.Message``.
    """

    source: bytes
    fields: tuple[Field, ...]
    start: int
    end: int
    depth: int = 0
    default_type: str = "text/plain"
    children: list["Part"] = field(default_factory=list)
    fallback: str = ""  # the charset of what claims none

    def get(self, name: str) -> str:
        """Value of the first field of that name, or ``""``."""
        found = self._field(name)
        return found.value if found else ""

    def _field(self, name: str) -> Field | None:
        name = name.lower()
        return next((item for item in self.fields if item.name == name), None)

    @cached_property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        return parse_parameters(self.get(headers.CONTENT_TYPE))

    def get_content_type(self) -> str:
        """``type/subtype`` in lower case; what says nothing is text/plain (RFC 2045 §5.2).

        ``pdf; name=x.pdf`` and ``application`` say enough: such a part is a file, and bytes.
        """
        found, parameters = self._content_type
        if _TYPE.fullmatch(found):
            return _HALF_TYPES.get(found, found)
        if not found:
            return "multipart/mixed" if parameters.get("boundary") else self.default_type
        return _HALF_TYPES.get(found) or (_FILE if self._is_file(found) else self.default_type)

    def _is_file(self, found: str) -> bool:
        # A word that nobody knows is the type of a file when it has a name.
        kinds = ("application", "image", "audio", "video", "*", "file", "binary", "octet-stream")
        return found.partition("/")[0] in kinds or bool(self.get_filename())

    def get_content_maintype(self) -> str:
        """What stands before the slash."""
        return self.get_content_type().partition("/")[0]

    def get_content_charset(self) -> str:
        """The charset as claimed, ``""`` when nothing is."""
        return self._content_type[1].get("charset", "")

    def get_param(self, name: str) -> str:
        """A parameter of Content-Type, ``""`` when it is missing."""
        return self._content_type[1].get(name.lower(), "")

    def get_filename(self) -> str:
        """The decoded file name, one line, ``""`` when there is none.

        It stands in two places, and programs write better into one of them (RFC 2183 §2.3).
        """
        found = (self._name("content-disposition", "filename"), self._name("content-type", "name"))
        names = [name for name in found if name]
        return next((name for name in names if not _is_garbled(name)), "".join(names[:1]))

    def _name(self, field_name: str, parameter: str) -> str:
        found = self._field(field_name)
        value = parse_parameters(found.value)[1].get(parameter, "") if found else ""
        if found and found.is_raw:
            value = decode_raw(value, self.fallback)
        return one_line(decode_words(value))

    def is_multipart(self) -> bool:
        """Whether other parts lie inside: of a multipart, or the message in message/rfc822."""
        return bool(self.children)

    @property
    def raw(self) -> bytes:
        """The body as transferred."""
        return self.source[self.start : self.end]

    def decoded(self, limit: int = 0) -> bytes:
        """The body without its transfer encoding (RFC 2045 §6); ``limit`` counts raw bytes."""
        raw = self.source[self.start : min(self.end, self.start + limit) if limit else self.end]
        return decode(raw, self._transfer_encoding)

    @cached_property
    def _transfer_encoding(self) -> str:
        return encoding_of(self.get("content-transfer-encoding"))

    @property
    def is_encoded(self) -> bool:
        """Whether the lines of a nested message are not in sight.

        RFC 2046 §5.2.1 forbids it for a forwarded message; what does it all the same is a leaf.
        Where base64 is only claimed, a header's first line tells.
        """
        if self._transfer_encoding == "base64":
            return not _HEADER_LINE.match(self.source, self.start, self.end)
        return self._transfer_encoding in ENCODED


def _is_garbled(name: str) -> bool:
    return UNREADABLE in name or "?" in name


def parse_parts(source: bytes, fields: tuple[Field, ...], start: int, end: int) -> list[Part]:
    """All parts of a message, depth first; the first is the message itself."""
    return _Walk(source, fields, start, end).parts


class _Walk:
    """One walk over a message: ``_open`` are the parts that have not ended, outermost first."""

    def __init__(self, source: bytes, fields: tuple[Field, ...], start: int, end: int) -> None:
        self._source = source
        self._end = end
        self._open: list[Part] = []
        self._boundaries: dict[bytes, Part] = {}  # of the open multiparts, innermost last
        self._header_bytes = MAX_PART_HEADER_BYTES
        self._newline = b"\n" if source.find(b"\n", start, end) >= 0 else b"\r"
        self.parts: list[Part] = []
        self._add(Part(source, fields, start, end), None)
        if self._boundaries:
            self._walk(start)

    def _walk(self, start: int) -> None:
        for at, after, line in self._hyphen_lines(start):
            closing = line not in self._boundaries
            boundary = line[:-2] if closing and line.endswith(b"--") else line
            owner = self._boundaries.get(boundary)
            if owner is None:
                continue
            self._close_below(owner, at)
            if closing:
                del self._boundaries[boundary]
                if not self._boundaries:
                    return
            elif len(self.parts) >= MAX_PARTS:
                return
            else:
                part = self._child(after, owner.depth + 1)
                if owner.get_content_type() == "multipart/digest":
                    part.default_type = "message/rfc822"  # RFC 2046 §5.1.5
                self._add(part, owner)

    def _hyphen_lines(self, start: int) -> Iterator[tuple[int, int, bytes]]:
        """Lines that begin with two hyphens: offset, offset of what follows, what they say."""
        source, end = self._source, self._end
        newline = self._newline
        at = source.find(newline + b"--", max(start - 1, 0), end)
        for _line in range(MAX_HYPHEN_LINES):
            if at < 0:
                return
            stop = source.find(newline, at + 1, end)
            stop = end if stop < 0 else stop
            if stop - at < _MAX_BOUNDARY:
                # The line break before a delimiter belongs to it (RFC 2046 §5.1.1).
                before = at - 1 if source[at - 1 : at + 1] == b"\r\n" else at
                yield before, min(stop + 1, end), source[at + 3 : stop].rstrip(b" \t\r")
            at = source.find(newline + b"--", stop, end)

    def _close_below(self, owner: Part, at: int) -> None:
        while self._open[-1] is not owner:
            part = self._open.pop()
            part.end = max(part.start, at)
            innermost = next(reversed(self._boundaries))
            if self._boundaries[innermost] is part:
                del self._boundaries[innermost]

    def _child(self, start: int, depth: int) -> Part:
        """The part whose header begins here; a delimiter ends a header that has no body."""
        limit = min(self._end, start + self._header_bytes)
        limit = self._delimiter(start, limit)
        fields, body = parse_fields(self._source, start, limit)
        if body == limit:  # perhaps nothing stands between header and text
            body = end_of_fields(self._source, start, limit)
        self._header_bytes -= min(body - start, self._header_bytes)
        return Part(self._source, fields, body, self._end, depth)

    def _delimiter(self, start: int, limit: int) -> int:
        """Offset of the first delimiter line before ``limit``, else ``limit``."""
        delimiter = self._newline + b"--"
        at = self._source.find(delimiter, max(start - 1, 0), limit)
        while at >= 0:
            stop = self._source.find(self._newline, at + 1, at + _MAX_BOUNDARY)
            line = self._source[at + 3 : stop if stop >= 0 else self._end].rstrip(b" \t\r")
            if line in self._boundaries or line[:-2] in self._boundaries:
                return max(at + 1, start)
            at = self._source.find(delimiter, at + 1, limit)
        return limit

    def _has_line(self, boundary: bytes, start: int) -> bool:
        line = re.compile(rb"[\r\n]--" + re.escape(boundary) + rb"(?:--)?[ \t]{0,10}[\r\n]")
        return bool(line.search(self._source, max(start - 1, 0), self._end))

    def _seen_boundary(self, start: int) -> bytes:
        """The first line that separates parts, where the boundary is not what the header says."""
        found = _BOUNDARY_LINE.search(self._source, max(start - 1, 0), self._end)
        return found[1] if found else b""

    def _add(self, part: Part, parent: Part | None) -> None:
        if parent is not None:
            parent.children.append(part)
        self.parts.append(part)
        self._open.append(part)
        if part.depth >= MAX_DEPTH or len(self.parts) >= MAX_PARTS:
            return
        kind = part.get_content_type()
        if kind.startswith("multipart/"):
            boundary = part.get_param("boundary").rstrip().encode("utf-8", "surrogateescape")
            if part.depth == 0 and not (boundary and self._has_line(boundary, part.start)):
                boundary = self._seen_boundary(part.start) or boundary
            if boundary and len(boundary) < _MAX_BOUNDARY - 10:
                self._boundaries.pop(boundary, None)  # an inner one of the same name hides it
                self._boundaries[boundary] = part
        elif kind in _NESTED and not part.is_encoded:
            # An empty line too many does not make a header into text.
            header = _BLANKS_BEFORE_HEADER.match(self._source, part.start, self._end)
            start = header.end() if header else part.start
            self._add(self._child(start, part.depth + 1), part)
