"""What an IMAP server answered to FETCH, read one message at a time.

An answer that cannot be read costs its own message, never those beside it.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from imapclient.exceptions import ProtocolError
from imapclient.response_parser import parse_fetch_response

MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,19}|NIL)\b", re.IGNORECASE)
_RECEIVED = re.compile(rb'\bINTERNALDATE "([^"]{1,60})"', re.IGNORECASE)
_DATE = re.compile(
    r"\s*(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d{2}):(\d{2}):(\d{2})(?: ([+-])(\d{2})(\d{2}))?"
)


def read_sizes(data: Iterable[object]) -> Iterator[tuple[int, int, datetime | None]]:
    """UID, size in bytes, and the date of arrival in UTC, where it is one; news are left out."""
    for group in _groups(data):
        text = b" ".join(b" ".join(item) if isinstance(item, tuple) else item for item in group)
        uid, size, received = _UID.search(text), _SIZE.search(text), _RECEIVED.search(text)
        if uid and size:
            date = read_date(received[1].decode("ascii", "replace")) if received else None
            yield int(uid[1]), int(size[1]) if size[1].isdigit() else 0, date


def read_values(data: Iterable[object]) -> Iterator[tuple[int, dict[bytes, Any]]]:
    """UID and what was asked for, of each answer that can be read."""
    for group in _groups(data):
        try:
            yield from parse_fetch_response(group, normalise_times=False).items()
        except (ProtocolError, ValueError, TypeError, AssertionError):
            continue  # it is not among the answers then, and is asked for once more


def read_numbers(data: Sequence[object]) -> list[int]:
    """The numbers of a SEARCH, in however many lines they come (RFC 3501 §7.2.5)."""
    found: list[int] = []
    for line in data:
        # what follows in brackets is no number of a message: (MODSEQ 7), RFC 7162 §3.1.5
        words = line.partition(b"(")[0].split() if isinstance(line, bytes) else []
        found += [int(word) for word in words if word.isdigit()]
    return found


def read_date(text: str) -> datetime | None:
    """An INTERNALDATE (RFC 3501 §9) in UTC; None for one that no calendar or clock has."""
    match = _DATE.match(text)
    if not match:
        return None
    day, month, *rest, sign, hours, minutes = match.groups()
    if month.title() not in MONTHS:
        return None
    try:
        year, hour, minute, second = map(int, rest)
        zone = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        if zone >= timedelta(days=1):
            return None
        moment = datetime(year, MONTHS.index(month.title()) + 1, int(day), hour, minute, second)
        return moment + (zone if sign == "-" else -zone)
    except (ValueError, OverflowError):
        return None


def _groups(data: Iterable[object]) -> Iterator[list[Any]]:
    """The items of each answer: imaplib hands literals over as tuples, and the end as bytes."""
    group: list[Any] = []
    for item in data:
        if item is None:
            continue
        group.append(item)
        if not isinstance(item, tuple):
            yield group
            group = []
    if group:
        yield group
