"""The codes that are stored with a message, and what people read for them."""

from collections.abc import Iterable
from enum import Enum


class Code(str):
    """What is stored; ``label`` is what people read, in English."""

    label: str

    def __new__(cls, value: str, label: str) -> "Code":
        """Make a text that equals its code."""
        code = super().__new__(cls, value)
        code._value_ = value  # type: ignore[attr-defined]
        code.label = label
        return code


class Codes(Code, Enum):
    """A closed list of codes."""

    def __str__(self) -> str:
        return str(self.value)


class State(Codes):
    """What becomes of a message."""

    ROUTED = "routed", "Routed"
    QUARANTINED = "quarantined", "To Sort"
    IGNORED = "ignored", "Dismissed"


class Reason(Codes):
    """Why, where no verdict says it: that one's reason is its own name."""

    REPLY = "reply", "Reply to a record"
    RULE = "rule", "Routing rule"
    ALIAS = "alias", "Alias"
    NEAR_MISS = "near_miss", "Mistyped alias"
    USER = "user", "User address"
    FALLBACK = "fallback", "Fallback of the account"
    UNMATCHED = "unmatched", "No recipient found"
    STRANGER = "stranger", "Reply by a stranger"
    DUPLICATE = "duplicate", "Duplicate"


class AuthorCheck(Codes):
    """Whether the message is proved to come from the address in From (docs/design.md#verdicts)."""

    VERIFIED = "verified", "Verified"
    UNVERIFIED = "unverified", "Not verified"
    FAILED = "failed", "Forged?"


class NearMissPolicy(Codes):
    """What an account does with an address that is one edit away from a known one."""

    ALIAS = "alias", "Deliver to aliases"
    ALL = "all", "Deliver to aliases and users"
    SUGGEST = "suggest", "Suggest only"
    OFF = "off", "Off"


class ResultsBelow(Codes):
    """Whether results below the hop at which a message entered our servers count as theirs."""

    TESTED = "tested", "What the mailbox test has shown"
    TRUSTED = "trusted", "All of the trusted names"
    NEVER = "never", "None"


class Acknowledge(Codes):
    """To whom an account lets records send an automatic reply (``acknowledge.py``)."""

    PROVED = "proved", "Verified senders"
    KNOWN = "known", "Verified and known senders"
    NEVER = "never", "Nobody"


class StrangerReplies(Codes):
    """What an account does with a reply of somebody whom the record does not know."""

    NOTE = "note", "Add an internal note"
    SORT = "sort", "Send to To Sort"


class NoteKind(Codes):
    """Why an email is an internal note although it is no colleague's note."""

    UNPROVEN = "unproven", "Claims to be of a colleague"
    STRANGER = "stranger", "Written by a stranger"


def selection(codes: Iterable[Code]) -> list[tuple[str, str]]:
    """Pairs for an Odoo selection field."""
    return [(str(code), code.label) for code in codes]
