"""Whom a message is for and where it can go: recipients, aliases, users, records, routes."""

from dataclasses import asdict, dataclass
from typing import Any


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
        return asdict(self)


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
    """A message in Odoo that a received message refers to by its Message-ID."""

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


@dataclass(frozen=True, slots=True)
class Route:
    """One place a message goes to. ``res_id`` 0 creates a new record of ``model``.

    ``user_id`` is the user whose inbox it is. ``internal``: a note that notifies nobody outside.
    ``stranger``: it is one because the record does not know its author.
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
    stranger: bool = False
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
