"""Invitations: what they say of our machine and of private addresses.

The UID that vobject makes ends in the name of the machine (RFC 5545 §3.8.4.7), and Odoo names the
user's own address as ORGANIZER (§3.8.4.3).
"""

import re
from collections.abc import Iterable

_UID = re.compile(rb"^UID:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.MULTILINE | re.IGNORECASE)
_ORGANIZER = re.compile(rb"^ORGANIZER\b[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.MULTILINE | re.I)
_ANY_LINE = re.compile(rb"^[^\r\n]+(?:\r?\n[ \t][^\r\n]*)*", re.MULTILINE)
_FOLD = re.compile(rb"\r?\n[ \t]")
_LINE = 75  # octets, RFC 5545 §3.1


def without_hosts(calendar: bytes, domain: str, hosts: Iterable[str]) -> bytes:
    """Put the message's domain where one of our own host names ends a UID.

    UIDs of others, and everything else, stay as they are: a UID is what an update is known by.
    """
    ours = {host.lower().encode() for host in hosts if host}

    def renamed(found: re.Match[bytes]) -> bytes:
        left, at, host = _FOLD.sub(b"", found[0]).rpartition(b"@")
        if not (at and domain and host.strip().lower() in ours):
            return found[0]
        return _folded(left + at + domain.encode())

    return _UID.sub(renamed, calendar)


def organizers(calendar: bytes) -> frozenset[str]:
    """The addresses of ORGANIZER, in lower case."""
    lines = map(_unfolded, _ORGANIZER.findall(calendar))
    found = (re.search(r"mailto:\s*([^\s:;,\"<>]+@[^\s:;,\"<>]+)", line, re.I) for line in lines)
    return frozenset(each[1].lower() for each in found if each)


def with_address(calendar: bytes, private: Iterable[str], address: str) -> bytes:
    """Put one address where any of the private ones stands, also where a line was folded in it."""

    def replaced(found: re.Match[bytes]) -> bytes:
        before = _unfolded(found[0])
        after = without_addresses(before, private, address)
        return found[0] if after == before else _folded(after.encode("utf-8", "surrogateescape"))

    return _ANY_LINE.sub(replaced, calendar)


def without_addresses(text: str, private: Iterable[str], address: str) -> str:
    """The text with one address in place of the private ones, whatever their case."""
    for each in private:
        # A line break within a value is written "\n" (RFC 5545 §3.3.11).
        whole = rf"(?:(?<![\w.+@-])|(?<=\\[nN])){re.escape(each)}(?![\w@-]|\.\w)"
        text = re.sub(whole, lambda _found: address, text, flags=re.IGNORECASE)
    return text


def _unfolded(line: bytes) -> str:
    return _FOLD.sub(b"", line).decode("utf-8", "surrogateescape")


def _folded(line: bytes) -> bytes:
    pieces = [line[:_LINE]]
    pieces += [line[start : start + _LINE - 1] for start in range(_LINE, len(line), _LINE - 1)]
    return b"\r\n ".join(pieces)
