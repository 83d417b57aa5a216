"""What the router says about a message: where it goes, why, and on what evidence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

from .mail import ReceivedMail
from .tokens import ReplyToken

if TYPE_CHECKING:
    from .rules import Rule


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
    LOOP = "loop", "Mail loop"
    DUPLICATE = "duplicate", "Duplicate"
    OVERSIZE = "oversize", "Too large"
    ERROR = "error", "Error"


class AuthorCheck(Code):
    """Whether the mail is proved to come from the address in From (DESIGN §5)."""

    VERIFIED = "verified", "Verified"
    UNVERIFIED = "unverified", "Not verified"
    FAILED = "failed", "Forged?"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One address of ours that a message was meant for, with the evidence for it.

    ``header`` is the field's name, ``occurrence`` its rank among fields of that name (0 = top),
    ``hop`` the number of the ``Received`` field for ``Received … for``. ``envelope`` tells the
    evidence of a mail server from what the sender wrote into To and Cc.
    """

    address: str
    header: str
    occurrence: int = 0
    hop: int | None = None
    envelope: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form kept on the ledger row."""
        return {
            "address": self.address,
            "header": self.header,
            "occurrence": self.occurrence,
            "hop": self.hop,
            "envelope": self.envelope,
        }


@dataclass(frozen=True, slots=True)
class Alias:
    """What the router must know of a ``mail.alias``.

    ``accepts_bulk`` takes newsletters and lists of all kinds, ``accepted_lists`` those whose
    lower-case List-Id (``news.example.com``) a person has accepted for this alias.
    ``accepts_machine``: what a program wrote creates a record, as a person's mail does.
    """

    id: int
    address: str
    model: str
    force_thread_id: int = 0
    public: bool = True
    active: bool = True
    accepts_bulk: bool = False
    accepted_lists: frozenset[str] = frozenset()
    accepts_machine: bool = True


@dataclass(frozen=True, slots=True)
class User:
    """An internal user, by the address that mail is sent to."""

    id: int
    address: str


@dataclass(frozen=True, slots=True)
class ThreadMessage:
    """A message in Odoo that a received mail refers to by its Message-ID."""

    id: int
    model: str
    res_id: int


@dataclass(frozen=True, slots=True)
class ReplyTarget:
    """What a signed reply address leads to, and what the sender is to it.

    ``familiar``: the sender is the partner that the address was given to, a follower, or writes
    from their company's domain. ``is_partner``: that very partner. ``closed``: the record's work
    is done (a lost lead, a folded stage). ``alias`` is the one that the record came by, or that
    creates records of its kind; it takes what must not reopen the old record.
    """

    model: str
    res_id: int
    parent_id: int = 0
    familiar: bool = False
    is_partner: bool = False
    closed: bool = False
    alias: Alias | None = None


class Directory(Protocol):
    """What the router asks of the world. Odoo answers in production, a dict in tests.

    Who does not answer one of the questions with a default loses that step, and nothing else.
    """

    def aliases(self, address: str) -> Sequence[Alias]:
        """Active aliases of exactly this normalised address."""

    def user(self, address: str) -> User | None:
        """The internal user whose address this is."""

    def thread(self, message_ids: Sequence[str]) -> ThreadMessage | None:
        """The newest message known by one of these Message-IDs that belongs to a record."""

    def delivered(self, mail: ReceivedMail) -> frozenset[str] | None:
        """Targets (:attr:`Route.target`) that an earlier copy of this message has reached.

        None when there was no earlier copy; empty when there was one that went nowhere.
        """

    def reply_target(self, token: ReplyToken, sender: str) -> ReplyTarget | None:
        """The record of a signed address whose signature is good; None when it is gone.

        :param sender: normalised address in From, ``""`` when there is none
        """
        return None

    def has_inbox(self, user: User) -> bool:
        """Whether mail to that user's own address is delivered to their inbox in Odoo."""
        return False

    def known_addresses(self, domain: str) -> Sequence[str]:
        """Every address of a domain of ours: aliases and users, archived ones as well.

        Asked once per mistyped address: the answer should be made once per batch.
        """
        return ()

    def rules(self) -> "Sequence[Rule]":
        """The administrator's rules, in their order."""
        return ()


@dataclass(frozen=True, slots=True)
class Policy:
    """What the admin decided for the account that received the mail.

    ``domains`` are ours; ``own_addresses`` the account's own (login, catch-all, bounce): mail
    for them alone names nobody. ``fallback_model`` takes what no step could place.
    ``bounce_addresses`` are the unsigned envelope senders of ours (``bounce@``); signed ones
    (``bounce-<token>@``) are known by their form. ``blocked_senders`` holds addresses and
    domains. ``secret`` signs and checks our own marks; without it none is believed. ``database``
    is the id that they are bound to (database.uuid). ``account`` is the account's id, for rules.
    """

    domains: frozenset[str]
    own_addresses: frozenset[str]
    own_hosts: frozenset[str] = frozenset()
    envelope_header: str = ""
    trusted_authserv_ids: frozenset[str] = frozenset()
    near_miss: str = "alias"
    fallback_model: str = ""
    accept_any_domain: bool = False
    bounce_addresses: frozenset[str] = frozenset()
    blocked_senders: frozenset[str] = frozenset()
    secret: bytes = b""
    database: str = ""
    account: int = 0


@dataclass(frozen=True, slots=True)
class Route:
    """One place a message goes to. ``res_id`` 0 creates a new record of ``model``.

    ``user_id`` is the user whose inbox it is. ``internal``: a note that notifies nobody outside.
    ``continues`` is the older record of ``model`` that the new one is to be linked with.
    ``defaults`` are a rule's values for the new record, as (field, value).
    """

    model: str
    res_id: int = 0
    alias: Alias | None = None
    parent_id: int = 0
    user_id: int = 0
    address: str = ""
    internal: bool = False
    continues: int = 0
    defaults: tuple[tuple[str, object], ...] = ()

    @property
    def target(self) -> str:
        """Key of the place, unique per message: it reaches each place once."""
        if self.user_id:
            return f"user:{self.user_id}"
        if self.continues:
            return f"continues:{self.model}:{self.continues}"
        if self.alias and not self.res_id:
            return f"alias:{self.alias.id}"
        return f"record:{self.model}:{self.res_id}"


@dataclass(frozen=True, slots=True)
class Finding:
    """A line of the trace: who looked (``step``), and what it saw or decided (``text``)."""

    step: str
    text: str
    decided: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form kept on the ledger row."""
        return {"step": self.step, "text": self.text, "decided": self.decided}


@dataclass(frozen=True, slots=True)
class Decision:
    """What the router decided. ``contact`` is the customer's address (DESIGN §4), ready for Odoo.

    ``rules`` are the ids of the administrator's rules that held, in their order.
    """

    state: State
    reason: Reason
    routes: tuple[Route, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    trace: tuple[Finding, ...] = ()
    contact: str = ""
    contact_name: str = ""
    author_check: AuthorCheck = AuthorCheck.UNVERIFIED
    verdicts: tuple[str, ...] = ()
    rules: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
