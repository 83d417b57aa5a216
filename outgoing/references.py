"""References as they must stand in a message: one Message-ID a line, and never encoded.

``email.policy`` folds what is longer than a line by writing encoded words (RFC 2047), also where
none are allowed (§5). Odoo's Message-IDs are that long: mail clients then find no thread, and a
customer's reply quotes nothing that anybody knows.
"""

import re
from email.policy import EmailPolicy

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
