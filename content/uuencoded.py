"""Files that stand in a text, uuencoded between ``begin`` and ``end`` (POSIX.1-2017, uuencode).

Programs older than MIME, and Outlook when it writes plain text, send files so.
"""

import re
from dataclasses import replace
from itertools import islice

from ..router.message.charsets import decode_bytes
from ..router.message.mail import Part
from ..router.message.transfer import decode
from .content import File
from .file_names import extension_of, safe_name

MAX_FILES = 20  # of one text
_BEGIN = re.compile(rb"(?m)^begin [0-7]{3,4} ([^\r\n]{1,250})\r?\n")
_END = re.compile(rb"(?m)^[` ]?\r?\n?end[ \t]*\r?$")
_LINE = re.compile(rb"[ -`]{1,90}")


def taken_out(part: Part) -> tuple[Part, list[File]]:
    """Return a text without the files in it, and the files."""
    data = part.decoded()
    if b"begin " not in data:
        return part, []
    pieces: list[bytes] = []
    files: list[File] = []
    end = 0
    for begin in islice(_BEGIN.finditer(data), MAX_FILES):
        if begin.start() < end:
            continue
        last = _END.search(data, begin.end())
        if last is None:
            break
        lines = data[begin.end() : last.start()]
        if not _is_encoded(lines):
            continue
        pieces.append(data[end : begin.start()])
        files.append(_file(begin[1], lines))
        end = last.end()
    if not files:
        return part, []
    text = b"".join((*pieces, data[end:]))
    fields = tuple(item for item in part.fields if item.name != "content-transfer-encoding")
    return replace(part, source=text, fields=fields, start=0, end=len(text)), files


def _is_encoded(lines: bytes) -> bool:
    """Whether each line has the length that its first character claims; blanks may be cut."""
    found = lines.splitlines()
    if not all(_LINE.fullmatch(line) and len(line) - 2 <= _size(line) for line in found):
        return False
    return len(lines) > sum((line[0] - 32) & 63 for line in found) > 0


def _size(line: bytes) -> int:
    """How many characters a line has behind its first one: four for three bytes."""
    return (((line[0] - 32) & 63) + 2) // 3 * 4


def _file(name: bytes, lines: bytes) -> File:
    data = decode(lines, "uuencode")
    shown = safe_name(decode_bytes(name, "")) or f"attachment{extension_of('', data)}"
    return File(shown, data, "application/octet-stream")
