"""Files that old programs write into the text itself: uuencode (POSIX) and yEnc (yenc.org).

A block counts only where it is whole, from its first line to its last: a text that speaks of
``begin 644`` stays a text. One walk over the lines.
"""

import binascii
import re
from dataclasses import dataclass

from ...router.message.charsets import decode_bytes
from ...router.message.encoded_words import one_line
from ...router.message.mime import Part
from ..content import Opened
from .parts import file_part, is_written, made_part

MAX_FILES = 100  # of one text; of more none is taken out
_UU_BEGIN = re.compile(rb"begin(?:-base64)? [0-7]{3,4} ([^\r\n]{1,255})")
_YENC_BEGIN = re.compile(rb"=ybegin (?:[a-z]{1,10}=[0-9]{1,12} ){1,5}name=([^\r\n]{1,255})")
_SIZE = re.compile(rb" size=([0-9]{1,12}) ")
# yEnc: octets are 42 more than they were; one that could hurt has an equals sign before it and is
# 64 more still.
_BACK = bytes((octet - 42) % 256 for octet in range(256))
_LEAST_BETWEEN_ESCAPES = 10  # on average: of 256 octets, four are escaped
_YENC_ESCAPED = re.compile(rb"=([\x00-\xff])")


@dataclass(frozen=True, slots=True)
class FoundFile:
    """``name`` is in the charset of the text around it."""

    name: bytes
    data: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """The text without its files, and these."""

    text: bytes
    files: tuple[FoundFile, ...]


def open_text(part: Part) -> Opened | None:
    """The text of a part without the files in it, and these; None where there are none."""
    if not is_written(part):
        return None
    found = taken_out(part.decoded())
    if not found.files:
        return None
    charset = part.get_content_charset()
    files = [
        file_part(one_line(decode_bytes(item.name, charset)), item.data) for item in found.files
    ]
    text = made_part(found.text, part.get("content-type") or "text/plain")
    text.fallback = part.fallback
    return Opened(parts=(text, *files))


def taken_out(text: bytes) -> Found:
    """Take the files out of a text that is in the octets it came with; the rest is not changed."""
    if b"begin" not in text:
        return Found(text, ())
    lines = text.splitlines(keepends=True)
    kept: list[bytes] = []
    files: list[FoundFile] = []
    last = _last_ends(lines)
    at = 0
    while at < len(lines):
        found = _uuencoded(lines, at, last) or _yencoded(lines, at, last)
        if found is None:
            kept.append(lines[at])
            at += 1
        else:
            data, at = found
            files.append(data)
    if len(files) > MAX_FILES:
        return Found(text, ())
    return Found(b"".join(kept), tuple(files))


def _last_ends(lines: list[bytes]) -> int:
    """Number of the last line that could end a block: behind it none begins."""
    ends = (b"end", b"====", b"=yend")
    return next((n for n in range(len(lines) - 1, -1, -1) if lines[n].startswith(ends)), -1)


def _uuencoded(lines: list[bytes], at: int, last: int) -> tuple[FoundFile, int] | None:
    """The file whose block begins at a line, and the number of the line behind it."""
    begin = _UU_BEGIN.match(lines[at])
    if not begin or at >= last:
        return None
    is_base64 = lines[at].startswith(b"begin-base64")
    pieces: list[bytes] = []
    ended = False
    for number in range(at + 1, last + 1):
        line = lines[number].rstrip(b"\r\n")
        if line.rstrip() == (b"====" if is_base64 else b"end"):
            return FoundFile(begin[1].strip(), b"".join(pieces)), number + 1
        if ended:
            return None  # behind a line of no octets stands the end alone
        try:
            pieces.append(binascii.a2b_base64(line) if is_base64 else _uu_line(line))
        except binascii.Error:
            return None
        ended = not pieces[-1]
    return None


def _uu_line(line: bytes) -> bytes:
    """Octets of a line: how many there are stands first. Blanks at the end may have been lost.

    :raises binascii.Error: where it is none
    """
    if not line.strip(b" `"):
        return b""
    length = line[0] - 32 & 63
    needed = (length + 2) // 3 * 4
    if len(line) - 1 > needed + 2:  # some programs write a checksum behind it
        raise binascii.Error("longer than it says")
    return binascii.a2b_uu(line[: needed + 1].ljust(needed + 1))


def _yencoded(lines: list[bytes], at: int, last: int) -> tuple[FoundFile, int] | None:
    begin = _YENC_BEGIN.match(lines[at])
    if not begin or at >= last:
        return None
    size = _SIZE.search(begin[0])
    pieces: list[bytes] = []
    for number in range(at + 1, last + 1):
        line = lines[number]
        if line.startswith((b"=ypart", b"=ybegin")):
            return None  # one of several messages: no file by itself
        if line.startswith(b"=yend"):
            data = b"".join(pieces)
            if data.count(b"=") > len(data) // _LEAST_BETWEEN_ESCAPES + 100:
                return None
            data = _yenc_decoded(data)
            whole = size is not None and len(data) == int(size[1])
            return (FoundFile(begin[1].strip(), data), number + 1) if whole else None
        pieces.append(line.rstrip(b"\r\n"))
    return None


def _yenc_decoded(data: bytes) -> bytes:
    data = _YENC_ESCAPED.sub(lambda found: bytes(((found[1][0] - 64) % 256,)), data)
    return data.translate(_BACK)
