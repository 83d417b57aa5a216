"""Invitations: the UID that vobject makes ends in the name of the machine (RFC 5545 §3.8.4.7)."""

import re
from collections.abc import Iterable

_UID = re.compile(rb"^UID:[^\r\n]*(?:\r?\n[ \t][^\r\n]*)*", re.MULTILINE | re.IGNORECASE)
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
        line = left + at + domain.encode()
        pieces = [line[:_LINE]]
        rest = range(_LINE, len(line), _LINE - 1)
        pieces += [line[start : start + _LINE - 1] for start in rest]
        return b"\r\n ".join(pieces)

    return _UID.sub(renamed, calendar)
