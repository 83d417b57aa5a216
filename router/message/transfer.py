"""Transfer encodings (RFC 2045 §6) as programs write them, and what gateways put behind them."""

import binascii
import contextlib
import re

from .encoded_words import decode_base64

_NOT_ALNUM = re.compile(r"[^a-z0-9]+")
_UUENCODED = frozenset({"uuencode", "xuuencode", "uue", "xuue"})
ENCODED = frozenset({"base64", "quotedprintable", *_UUENCODED})

_BASE64 = re.compile(rb"[A-Za-z0-9+/=]+")
_OF_BASE64 = bytes(filter(lambda octet: _BASE64.match(bytes((octet,))), range(256))) + b" \t\r\n"
_BASE64_LINE = re.compile(rb"[A-Za-z0-9+/]{8,}={0,2}|[A-Za-z0-9+/]{2,}={1,2}")
_GOES_ON = re.compile(rb"(?<==)\s+(?=[A-Za-z0-9+/])")
_SOFT_BREAK = re.compile(rb"=[ \t]{1,100}(\r?\n)")
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
        # Blanks at the end of a line were put there on the way (RFC 2045 §6.7, rule 3).
        return binascii.a2b_qp(_SOFT_BREAK.sub(rb"=\1", payload))
    return _from_uu(payload) if encoding in _UUENCODED else payload


def _from_base64(payload: bytes) -> bytes:
    """Base64, also of programs that encode piece by piece: binascii stops where the first ends."""
    if _is_plain(payload):
        return payload
    if b"=" not in payload.rstrip(b"= \t\r\n"):
        return decode_base64(payload)
    first, *others = _GOES_ON.split(payload)
    if not all(_BASE64.fullmatch(line.strip()) for piece in others for line in piece.split()):
        return decode_base64(payload)  # a footer
    return b"".join(map(decode_base64, (first, *others)))


def _is_plain(payload: bytes) -> bool:
    """Whether a text only claims to be base64: no line of it is."""
    if not payload.translate(None, _OF_BASE64):
        return False
    return not any(_BASE64_LINE.fullmatch(line.strip()) for line in payload.splitlines())


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
