"""AppleSingle (RFC 1740): a file of an old Mac, with icon and windows around its data."""

from ...router.message.encoded_words import one_line
from ...router.message.mime import Part
from ..content import Opened
from .parts import file_part

_SINGLE = b"\x00\x05\x16\x00"
_MAX_ENTRIES = 100
_DATA, _REAL_NAME = 1, 3
_ENTRY = 12  # octets: id, offset, length
_FIRST = 26  # behind the magic, the version, 16 octets and the number of entries


def open_apple_single(part: Part) -> Opened | None:
    """The file in an ``application/applefile``, None where it is no AppleSingle."""
    if part.get_content_type() != "application/applefile":
        return None
    found = data_of(part.decoded())
    if found is None:
        return None
    name = part.get_filename() or one_line(found[0].decode("mac-roman"))
    return Opened(parts=(file_part(name, found[1]),))


def data_of(data: bytes) -> tuple[bytes, bytes] | None:
    """The name, in Mac Roman, and the octets of the file in an AppleSingle; None if it is none."""
    if not data.startswith(_SINGLE):
        return None
    entries: dict[int, bytes] = {}
    count = int.from_bytes(data[_FIRST - 2 : _FIRST], "big")
    for number in range(min(count, _MAX_ENTRIES)):
        at = _FIRST + number * _ENTRY
        key, start, length = (
            int.from_bytes(data[at + offset : at + offset + 4], "big") for offset in (0, 4, 8)
        )
        if start + length > len(data):
            return None
        entries.setdefault(key, data[start : start + length])
    if _DATA not in entries:
        return None
    return entries.get(_REAL_NAME, b""), entries[_DATA]
