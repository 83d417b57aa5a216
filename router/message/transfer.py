"""Transfer encodings (RFC 2045 §6) as programs write them, and what gateways put behind them."""

import binascii
import contextlib
import re

from .encoded_words import decode_base64

_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_UUENCODED = frozenset({"uuencode", "xuuencode", "uue", "xuue"})
ENCODED = frozenset({"base64", "quotedprintable", *_UUENCODED})

_BASE64 = re.compile(rb"[A-Za-z0-9+/=]+")
_BASE64_AND_BLANKS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t\r\n"
_GOES_ON = re.compile(rb"(?<==)\s+(?=[A-Za-z0-9+/])")
_LONG = 40  # characters: encoders fill their lines
_LINE = re.compile(rb"[ -`]{1,90}")
_BEGIN = re.compile(rb"(?m)^begin [0-7]{3,4} [^\r\n]{1,300}\r?$")


def encoding_of(value: str) -> str:
    """Letters and digits of an encoding's name: ``Quoted/Printable (QP)``, ``"base-64"``."""
    first = value[:100].lower().partition("(")[0].partition(";")[0].split()[:1]
    return _NOT_ALNUM.sub("", "".join(first))


def decode(payload: bytes, encoding: str) -> bytes:
    """The bytes that were encoded, those of an unknown encoding as they are.

    :param encoding: as :func:`encoding_of` returns it
    """
    if encoding == "base64":
        return _from_base64(payload)
    if encoding == "quotedprintable":
        return binascii.a2b_qp(payload)
    return _from_uu(payload) if encoding in _UUENCODED else payload


def _from_base64(payload: bytes) -> bytes:
    if payload.translate(None, _BASE64_AND_BLANKS):
        payload = _without_footer(payload)
    # Some encode piece by piece, each with its padding; binascii stops at the first.
    pieces = _GOES_ON.split(payload) if b"=" in payload.rstrip(b"= \t\r\n") else [payload]
    return b"".join(map(decode_base64, pieces))


def _without_footer(payload: bytes) -> bytes:
    """Base64 without the lines of plain text that a list or a scanner put behind it."""
    lines = payload.splitlines()
    texts = (at for at, line in enumerate(lines) if _is_text(line.strip()))
    at = next(texts, 0)
    words = lines[at].strip()
    is_data = any(len(line) > _LONG and _BASE64.fullmatch(line.strip()) for line in lines[at:])
    is_line = len(words) > _LONG and not words.strip(b"!>*").count(b" ")  # with a mark or two
    return payload if not at or is_data or is_line else b"\n".join(lines[:at])


def _is_text(line: bytes) -> bool:
    return bool(line) and not _BASE64.fullmatch(line)


def _from_uu(payload: bytes) -> bytes:
    """The first file in uuencoding (POSIX.1-2017, uuencode); what is no line of it is left out."""
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
