"""Files of old Macs (RFC 1740): AppleSingle holds a file, AppleDouble what belongs to one.

A file there has two halves. The one that others know is its data; the other, with icons and
windows in it, says nothing to anybody who is not such a Mac.
"""

_SINGLE, _DOUBLE = b"\x00\x05\x16\x00", b"\x00\x05\x16\x07"
_MAX_ENTRIES = 100
_DATA, _REAL_NAME = 1, 3
_ENTRY = 12  # octets: id, offset, length
_FIRST = 26  # behind the magic, the version, 16 octets and the number of entries


def is_rest(data: bytes) -> bool:
    """Whether it is the half of a file that only a Mac of that time can use."""
    return data.startswith(_DOUBLE)


def data_of(data: bytes) -> tuple[bytes, bytes] | None:
    """The name, in Mac Roman, and the octets of the file in an AppleSingle; None if it is none."""
    if not data.startswith(_SINGLE):
        return None
    entries = {}
    count = int.from_bytes(data[_FIRST - 2 : _FIRST], "big")
    for number in range(min(count, _MAX_ENTRIES)):
        at = _FIRST + number * _ENTRY
        key, start, length = (
            int.from_bytes(data[at + offset : at + offset + 4], "big") for offset in (0, 4, 8)
        )
        if start + length > len(data):
            return None
        entries.setdefault(key, slice(start, start + length))
    if _DATA not in entries:
        return None
    return data[entries.get(_REAL_NAME, slice(0, 0))], data[entries[_DATA]]
