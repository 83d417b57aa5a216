"""What a mailbox may hold and holds: the answers to GETQUOTAROOT (RFC 9208 §4.3, RFC 2087)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

_LIST = re.compile(rb"\(([^()]*)\)\s*$")
_MAX_LINES = 50


@dataclass(frozen=True, slots=True)
class Quota:
    """One limit: ``resource`` is STORAGE (in units of 1024 bytes) or MESSAGE."""

    resource: str
    used: int
    limit: int

    @property
    def percent(self) -> float:
        """How full it is; a limit of 0 is full (RFC 9208 §4.1.1)."""
        return round(100 * self.used / self.limit, 1) if self.limit else 100.0

    @property
    def text(self) -> str:
        """Used and limit, in the unit that is read best."""
        return f"{amount(self.resource, self.used)} / {amount(self.resource, self.limit)}"


def amount(resource: str, number: int) -> str:
    """A number of messages, or of units of 1024 bytes in the unit that is read best."""
    if resource != "STORAGE":
        return f"{number:,}"
    if number < 1024:
        return f"{number} KB"
    size = number / 1024
    return f"{size / 1024:.1f} GB" if size >= 1024 else f"{size:.1f} MB"


def parse_quotas(lines: Sequence[object]) -> tuple[Quota, ...]:
    """Every limit that the QUOTA lines of an answer name; what is no number is left out."""
    found = []
    for line in lines[:_MAX_LINES]:
        # A root whose name is a literal comes from imaplib as a tuple.
        raw = b" ".join(line) if isinstance(line, tuple) else line
        match = _LIST.search(raw) if isinstance(raw, bytes) else None
        words = match[1].split() if match else []
        for name, used, limit in zip(words[::3], words[1::3], words[2::3], strict=False):
            if used.isdigit() and limit.isdigit():
                resource = name.decode("ascii", "replace").upper()
                found.append(Quota(resource, int(used), int(limit)))
    return tuple(found)


def fullest(quotas: Sequence[Quota]) -> Quota | None:
    """The limit that is reached first: mail is refused as soon as one of them is."""
    known = [quota for quota in quotas if quota.resource in ("STORAGE", "MESSAGE")]
    return max(known, key=lambda quota: quota.percent, default=None)
