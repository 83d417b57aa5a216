"""Text as strangers encode it: charsets that lie, RFC 2047 encoded words in any place.

A reader of our own, because ``email.header.decode_header`` takes quadratic time on a hostile
subject, and because what it decodes may hold line breaks, NUL and lone surrogates.
"""

import binascii
import re
from string import ascii_letters, digits

from .charsets import decode_bytes

# Some programs leave question marks of the text as they are; few, so that this stays linear.
_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*(?:\?(?=[\s_!.,)\"'])[^?]*){0,5})\?=")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_NOT_BASE64 = bytes(set(range(256)) - set(f"{ascii_letters}{digits}+/".encode()))
_BASE64 = f"{ascii_letters}{digits}+/= \t\r\n".encode()
_NOT_DIGITS = _NOT_BASE64.replace(b"=", b"")
_RULED = b" \t\r\n-_*~#>"


def decode_words(value: str) -> str:
    """Decode RFC 2047 encoded words, also inside quotes; what cannot be decoded stays.

    Words that only blanks separate are one text, and may share a character (RFC 2047 §6.2).
    """
    if "=?" not in value:
        return value
    done: list[str] = []
    charset, octets, end = "", b"", 0
    for match in _WORD.finditer(value):
        decoded = _decode_word(match[2], match[3])
        if decoded is None:
            continue
        gap = value[end : match.start()]
        if gap.strip() or not end or match[1].lower() != charset:
            done.append(decode_bytes(octets, charset))
            done.append(gap if gap.strip() or not end else "")
            octets = b""
        charset, octets, end = match[1].lower(), octets + decoded, match.end()
    return "".join((*done, decode_bytes(octets, charset), value[end:]))


def charsets_of_words(value: str) -> list[str]:
    """The charsets that the encoded words of a header value are in."""
    return [match[1] for match in _WORD.finditer(value)] if "=?" in value else []


def one_line(text: str) -> str:
    """Text for one line of a form: no control characters, no lone surrogates, single blanks."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def decode_base64(payload: bytes) -> bytes:
    """Base64 with whatever is no base64 left out, and without its padding (RFC 2045 §6.8)."""
    if payload.translate(None, _BASE64):
        payload = _without_footer(payload)
    try:
        return binascii.a2b_base64(payload)
    except binascii.Error:
        cleaned = payload.translate(None, _NOT_BASE64)
    cleaned = cleaned[: len(cleaned) - 1] if len(cleaned) % 4 == 1 else cleaned
    return binascii.a2b_base64(cleaned + b"=" * (-len(cleaned) % 4))


def _without_footer(payload: bytes) -> bytes:
    """Base64 without what a gateway wrote below it: from a line of words on, or of signs alone."""
    end = digits_before = 0
    for line in payload.splitlines(keepends=True):
        words = line.split()
        is_whole = digits_before and digits_before % 4 == 0
        if words and is_whole and (len(words) > 1 or not line.strip(_RULED)):
            return payload[:end]
        end += len(line)
        digits_before += len(line.translate(None, _NOT_DIGITS))
    return payload


def _decode_word(encoding: str, text: str) -> bytes | None:
    octets = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    return decode_base64(octets) if octets else None
