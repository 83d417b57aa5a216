"""MIME parts (RFC 2046) of messages that nobody promised to be well-formed.

The standard library's parser takes seconds for 25 MB, compares each line with every open boundary
and recurses into nested messages. This one walks once over the lines that begin with two hyphens,
keeps offsets instead of copies, and stops at limits that no honest message reaches.
"""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import unquote_to_bytes

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
_BEYOND_ASCII = re.compile(r"%[89A-F][0-9A-F]", re.I)
_NESTED = frozenset({"message/rfc822", "message/global", "message/news"})
_HEADER_LINE = re.compile(rb"\s{0,10}(?:From |[!-9;-~]{1,100}:)")
_BOUNDARY_LINE = re.compile(
    rb"(?i:[\r\n]--([^\r\n]{1,200}?)[ \t]{0,10}\r{0,2}\n(?=content-[a-z-]{1,40}:))"
)
_BLANKS_BEFORE_HEADER = re.compile(rb"(?:\xef\xbb\xbf)?[\r\n]{0,10}(?=[A-Za-z][!-9;-~]{0,100}:)")


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
        return self._first.get(name.lower())

    @cached_property
    def _first(self) -> dict[str, Field]:
        return {item.name: item for item in reversed(self.fields)}

    @cached_property
    def _content_type(self) -> tuple[str, dict[str, str]]:
        return parse_parameters(self.get(headers.CONTENT_TYPE))

    def get_content_type(self) -> str:
        """``type/subtype`` in lower case; what says nothing is text/plain (RFC 2045 §5.2).

        ``pdf; name=x.pdf`` and ``application`` say enough: such a part is a file, and bytes.
        """
        return self._claimed_type or self.default_type

    @cached_property
    def _claimed_type(self) -> str:
        """The type that the header claims or means, ``""`` where it says nothing."""
        found, parameters = self._content_type
        if _TYPE.fullmatch(found):
            return _HALF_TYPES.get(found, found)
        if not found:
            return "multipart/mixed" if parameters.get("boundary") else ""
        return _HALF_TYPES.get(found) or (_FILE if self._is_file(found) else "")

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
        return _meant(one_line(decode_words(value)))

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


def _is_no_way(choice: Part, part: Part) -> bool:
    """Whether a part is no way to say the same (RFC 2046 §5.1.4): a file, a second text."""
    if choice.get_content_type() != "multipart/alternative":
        return False
    kinds = {child.get_content_type() for child in choice.children}
    return bool(part.get_filename()) or part.get_content_type() in kinds


def _meant(name: str) -> str:
    """A name without quotes of another language's strings, and as it was before a program encoded
    it for the web (RFC 3986 §2.1): only where that makes letters beyond ASCII.
    """
    if _BEYOND_ASCII.search(name):
        with contextlib.suppress(UnicodeDecodeError):
            name = one_line(unquote_to_bytes(name).decode("utf-8"))
    is_quoted = len(name) > 2 and name[0] == name[-1] and name[0] in "'\"`"
    return name[1:-1].strip() if is_quoted else name


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
        # Of the open multiparts: several may share one boundary, the innermost of them last.
        self._boundaries: dict[bytes, list[Part]] = {}
        self._boundary_of: dict[Part, bytes] = {}
        self._closings: dict[bytes, int] = {}  # still to come, of a boundary that was shared
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
            if boundary not in self._boundaries:
                continue
            owner = self._boundaries[boundary][-1]
            self._close_below(owner, at)
            if closing:
                self._forget(owner)
                if boundary in self._closings:
                    self._closings[boundary] -= 1
                if not self._boundaries:
                    return
            elif len(self.parts) >= MAX_PARTS:
                return
            else:
                self._begin(owner, after)

    def _begin(self, owner: Part, start: int) -> None:
        part = self._child(start, owner.depth + 1)
        shared = self._boundaries[self._boundary_of[owner]]
        if len(shared) > 1 and _is_no_way(owner, part):
            self._close_below(shared[-2], start)
            owner, part.depth = shared[-1], shared[-1].depth + 1
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
            self._forget(part)

    def _forget(self, part: Part) -> None:
        """No delimiter belongs to this multipart any more; an outer one of its name goes on."""
        boundary = self._boundary_of.pop(part, None)
        if boundary is not None:
            self._boundaries[boundary].remove(part)
            if not self._boundaries[boundary]:
                del self._boundaries[boundary]

    def _share(self, boundary: bytes, part: Part) -> bool:
        """Whether a multipart has delimiters of its own, and not only those of the outer ones.

        RFC 2046 §5.1.2 forbids one boundary for two. Programs that attach a message to another
        write it all the same: then each multipart has its own end. Where there are too few of
        them the delimiters are the outer's, as the RFC wants them read.
        """
        outer = self._boundaries.get(boundary)
        if not outer:
            return True
        if boundary not in self._closings:
            closing = self._newline + b"--" + boundary + b"--"
            self._closings[boundary] = self._source.count(closing, part.start, self._end)
        if self._closings[boundary] > len(outer):
            return True
        return self._open[-2] is outer[-1]

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
            if boundary and len(boundary) < _MAX_BOUNDARY - 10 and self._share(boundary, part):
                self._boundaries.setdefault(boundary, []).append(part)
                self._boundary_of[part] = boundary
        elif kind in _NESTED and not part.is_encoded:
            # An empty line too many does not make a header into text.
            header = _BLANKS_BEFORE_HEADER.match(self._source, part.start, self._end)
            start = header.end() if header else part.start
            self._add(self._child(start, part.depth + 1), part)
