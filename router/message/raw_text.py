"""Header text that was sent as bare bytes, in no charset that the header names.

RFC 6532 allows UTF-8; what is no UTF-8 has been read as Latin-1 (fields.py), in which the bytes
0x80 to 0x9F are control characters that nobody writes.
"""

import contextlib
import re

from .charsets import as_fallback, decode_bytes

_CONTROLS = re.compile("[\x80-\x9f]")
_KANA = re.compile("[\u3040-\u30ff]{2}")


def decode_raw(text: str, fallback: str = "") -> str:
    """Read such text again, in what the rest of the message is in; else as Windows-1252, or as
    Shift-JIS where it is that.

    :param fallback: the charset of the message (mail.py), ``""`` where nothing tells
    """
    try:
        octets = text.encode("latin-1")
    except UnicodeEncodeError:
        return text
    if b"\x1b" in octets:
        return decode_bytes(octets)
    found = as_fallback(octets, fallback)
    if found is not None:
        return found
    if not _CONTROLS.search(text):
        return text
    western = japanese = ""
    with contextlib.suppress(UnicodeDecodeError):
        western = octets.decode("cp1252")
    with contextlib.suppress(UnicodeDecodeError):
        japanese = octets.decode("cp932")
    # Any two bytes make a Chinese character; two syllables in a row are no accident.
    return japanese if japanese and (not western or _KANA.search(japanese)) else western or text
