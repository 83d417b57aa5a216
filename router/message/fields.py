"""Header fields (RFC 5322 §2.2), of a message or of one of its parts, as strangers write them.

Tolerant of lone LF and CR, of doubled CR, of 8-bit values, of lines that belong to no field and
of a header that never ends. Every search is linear and bounded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

MAX_HEADER_BYTES = 1_500_000
MAX_HEADER_FIELDS = 10_000
MAX_HEADER_LINES = 100_000

# A line that holds blanks only is folding, not the end (RFC 5322 §4.2, and Python's own parser,
# which reads the message after us: two readers must not see two headers).
_END_OF_HEADER = re.compile(rb"\r{0,3}\n\r{0,3}\n|\r\r(?!\r?\n)")
_LINE_BREAK = re.compile(rb"\r{0,3}\n|\r")
_NAME = re.compile(rb"([!-9;-~]{1,500})[ \t]*:")


@dataclass(frozen=True, slots=True)
class Field:
    """One header field: ``name`` lower case, ``value`` unfolded, ``index`` from the top.

    ``is_raw``: it has bytes that are no UTF-8, or are ISO-2022-JP without saying so; each of them
    is the character of that number.
    """

    name: str
    value: str
    index: int
    is_raw: bool = False


def parse_fields(source: bytes, start: int = 0, limit: int = 0) -> tuple[tuple[Field, ...], int]:
    """Return the fields of the header at ``start``, and the offset of the body behind it.

    :param limit: offset that the header must not reach past (default: its greatest size)
    """
    limit = min(limit or len(source), start + MAX_HEADER_BYTES, len(source))
    empty = _LINE_BREAK.match(source, start, limit)
    if empty:  # no header at all: the body starts with the first line
        return (), empty.end()
    end = _END_OF_HEADER.search(source, start, limit)
    head_end = end.start() if end else limit
    return tuple(_fields(source[start:head_end])), end.end() if end else head_end


def end_of_fields(source: bytes, start: int, limit: int) -> int:
    """Offset of the first line that belongs to no field, as text does that has no empty line
    above it; ``limit`` where there is none.
    """
    limit = min(limit, start + MAX_HEADER_BYTES)
    at, in_field = start, False
    while at < limit:
        goes_on = in_field and source[at : at + 1] in (b" ", b"\t")
        if not goes_on and not _NAME.match(source, at, limit):
            return at
        in_field = True
        found = _LINE_BREAK.search(source, at, limit)
        at = found.end() if found else limit
    return limit


def may_be_cut(source: bytes, fields: tuple[Field, ...], body_offset: int) -> bool:
    """Whether the header of a message may have more fields than were read, for its size."""
    return (
        len(fields) >= MAX_HEADER_FIELDS
        or body_offset >= MAX_HEADER_BYTES
        or len(_lines(source[:body_offset])) > MAX_HEADER_LINES
    )


def _fields(head: bytes) -> Iterator[Field]:
    name, index = "", 0
    lines: list[bytes] = []
    for line in _lines(head)[:MAX_HEADER_LINES]:
        if line[:1] in (b" ", b"\t"):
            if name:
                lines.append(line)
            continue
        if name:
            yield Field(name, *_value(lines, index))
            index += 1
        if index >= MAX_HEADER_FIELDS:
            return
        match = _NAME.match(line)
        # A line without a name, "From " of a mailbox file for instance, belongs to nobody, and
        # neither does what is folded under it.
        name = match[1].decode("ascii").lower() if match else ""
        lines = [line[match.end() :]] if match else []
    if name:
        yield Field(name, *_value(lines, index))


def _lines(head: bytes) -> list[bytes]:
    return _LINE_BREAK.split(head) if b"\r" in head.replace(b"\r\n", b"") else head.splitlines()


def _value(lines: list[bytes], index: int) -> tuple[str, int, bool]:
    raw = lines[0] if len(lines) == 1 else b"".join(lines)
    raw = raw.strip()
    if b"\0" in raw:
        raw = raw.replace(b"\0", b"")
    try:
        # RFC 6532; field by field, so that one bad byte spoils one
        return raw.decode("utf-8"), index, b"\x1b$" in raw
    except UnicodeDecodeError:
        return raw.decode("latin-1"), index, True
