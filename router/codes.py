"""The codes that are stored with a message, and what people read for them."""

from enum import Enum


class Code(str, Enum):
    """An enum whose values are stored; ``label`` is what people read, in English."""

    label: str

    def __new__(cls, value: str, label: str) -> "Code":
        """Make a member that equals its code."""
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    def __str__(self) -> str:
        return str(self.value)

    @classmethod
    def selection(cls) -> list[tuple[str, str]]:
        """Pairs for an Odoo selection field."""
        return [(str(member.value), member.label) for member in cls]


class State(Code):
    """Where a message stands in the ledger."""

    RECEIVED = "received", "Queued"
    ROUTED = "routed", "Routed"
    QUARANTINED = "quarantined", "To Sort"
    IGNORED = "ignored", "Dismissed"
    FAILED = "failed", "Failed"


class Reason(Code):
    """Why it stands there: one code per outcome."""

    REPLY = "reply", "Reply to a record"
    RULE = "rule", "Routing rule"
    ALIAS = "alias", "Alias"
    NEAR_MISS = "near_miss", "Mistyped alias"
    USER = "user", "User address"
    FALLBACK = "fallback", "Fallback of the account"
    UNMATCHED = "unmatched", "No recipient found"
    SPAM = "spam", "Spam"
    FORGED = "forged", "Forged sender"
    BULK = "bulk", "Newsletter or mailing list"
    RATE = "rate", "Too many from one sender"
    AUTO_REPLY = "auto_reply", "Automatic reply"
    BOUNCE = "bounce", "Bounce"
    RECEIPT = "receipt", "Read receipt"
    COMPLAINT = "complaint", "Spam complaint"
    PROBE = "probe", "Mailbox test"
    LOOP = "loop", "Mail loop"
    DUPLICATE = "duplicate", "Duplicate"
    OVERSIZE = "oversize", "Too large"
    ERROR = "error", "Error"


class AuthorCheck(Code):
    """Whether the message is proved to come from the address in From (docs/design.md#verdicts)."""

    VERIFIED = "verified", "Verified"
    UNVERIFIED = "unverified", "Not verified"
    FAILED = "failed", "Forged?"
