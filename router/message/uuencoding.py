"""Files in uuencoding (POSIX.1-2017, uuencode): older than MIME, and still sent by devices."""

import binascii
import contextlib
import re

_LINE = re.compile(rb"[ -`]{1,90}")
_BEGIN = re.compile(rb"(?m)^begin [0-7]{3,4} [^\r\n]{1,300}\r?$")


def decode_uu(payload: bytes) -> bytes:
    """The bytes of the first file; what is no line of it is left out."""
    begin = _BEGIN.search(payload)
    pieces: list[bytes] = []
    for line in payload[begin.end() if begin else 0 :].splitlines():
        if line == b"end":
            break
        if _LINE.fullmatch(line):
            pieces.append(_decode_line(line))
    return b"".join(pieces)


def _decode_line(line: bytes) -> bytes:
    with contextlib.suppress(binascii.Error):
        return binascii.a2b_uu(line)
    # Some encoders write more characters than the length they claim (CPython, uu.py).
    with contextlib.suppress(binascii.Error, IndexError):
        return binascii.a2b_uu(line[: (((line[0] - 32) & 63) * 4 + 5) // 3])
    return b""
