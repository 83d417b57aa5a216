"""Message-IDs without host names of ours, and References as they must stand in a message: one
Message-ID a line, and never encoded.

``email.policy`` folds what is longer than a line by writing encoded words (RFC 2047), also where
none are allowed (§5). Odoo's Message-IDs are that long: mail clients then find no thread, and a
customer's reply quotes nothing that anybody knows.
"""

import re
from collections.abc import Iterable
from email.policy import EmailPolicy

# A header line may have 998 characters (RFC 5322 §2.1.1), and some programs cut far earlier.
MAX_MESSAGE_ID = 196
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,990}>")


class References(str):
    """A value that folds itself; the email package asks any that has a name (EmailPolicy.fold)."""

    __slots__ = ()
    name = "References"

    def fold(self, *, policy: EmailPolicy) -> str:
        """The whole header field (RFC 5322 §3.6.4)."""
        lines = f"{policy.linesep} ".join(self.split())
        return f"{self.name}: {lines}{policy.linesep}"


def readable_references(value: str) -> References | None:
    """The value for a message's References; what holds no Message-ID is none."""
    found = _MESSAGE_ID.findall(value)
    return References(" ".join(found)) if found else None


def with_domain(message_id: str, domain: str, hosts: Iterable[str], suffix: str = "") -> str:
    """Put the message's domain where one of our own host names stands in a Message-ID.

    An identifier of somebody else, or one that has the domain already, comes back as it is.

    :param suffix: what the left part gets besides, unless the whole becomes too long
    """
    left, at, right = message_id.strip().rpartition("@")
    host = right.rstrip(">").lower()
    if not (at and domain and host in {name.lower() for name in hosts}):
        return message_id
    if len(left) + len(suffix) + len(domain) > MAX_MESSAGE_ID:
        suffix = ""
    return f"{left}{suffix}@{domain}>"
