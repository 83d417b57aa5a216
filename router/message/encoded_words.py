"""Text as strangers encode it: charsets that lie, RFC 2047 encoded words in any place.

A reader of our own, because ``email.header.decode_header`` takes quadratic time on a hostile
subject, and because what it decodes may hold line breaks, NUL and lone surrogates.
"""

import binascii
import contextlib
import re
from string import ascii_letters, digits

_WORD = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?([^?]*)\?=")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")
_NOT_BASE64 = bytes(set(range(256)) - set(f"{ascii_letters}{digits}+/".encode()))
# What mail clients call a charset, where Python calls it otherwise or means less by it.
_CHARSETS = {
    **dict.fromkeys(("", "ascii", "us-ascii", "ansi_x3.4-1968"), "utf-8"),
    **dict.fromkeys(("gb2312", "gbk"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "euc-kr"), "cp949"),
    **dict.fromkeys(("iso-8859-1", "latin1"), "cp1252"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e"), "iso-8859-8"),
    **dict.fromkeys(("x-sjis", "shift_jis"), "cp932"),
    "windows-874": "cp874",
}
# Codecs that are not charsets: quadratic in their input, or able to make anything.
_REFUSED = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape"})


def decode_bytes(payload: bytes, charset: str) -> str:
    """Read bytes in the charset they claim; in UTF-8, else Windows-1252, where it is unknown."""
    name = charset.strip().strip("'\"").partition("*")[0].lower()  # RFC 2231 §5: "utf-8*en"
    name = _CHARSETS.get(name, name)
    if name.replace("-", "_") not in _REFUSED and name != "utf-8":
        with contextlib.suppress(LookupError, ValueError):
            return payload.decode(name, "replace")
    try:
        return payload.decode("utf-8")
    except UnicodeDecodeError:
        # Whoever says UTF-8 means it, and something was cut; else single bytes are likelier.
        claimed = charset.strip().lower() == "utf-8"
        return payload.decode("utf-8" if claimed else "cp1252", "replace")


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


def one_line(text: str) -> str:
    """Text for one line of a form: no control characters, no lone surrogates, single blanks."""
    return " ".join(_UNSAFE.sub(" ", text).split())


def decode_base64(payload: bytes) -> bytes:
    """Base64 with whatever is no base64 left out, and without its padding (RFC 2045 §6.8)."""
    try:
        return binascii.a2b_base64(payload)
    except binascii.Error:
        cleaned = payload.translate(None, _NOT_BASE64)
    cleaned = cleaned[: len(cleaned) - 1] if len(cleaned) % 4 == 1 else cleaned
    return binascii.a2b_base64(cleaned + b"=" * (-len(cleaned) % 4))


def _decode_word(encoding: str, text: str) -> bytes | None:
    octets = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(octets, header=True)
    return decode_base64(octets) if octets else None
