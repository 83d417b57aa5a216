"""What people see after an attack, as plain values."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """What the ledger says of a message."""

    state: str
    reason: str
    author_check: str
    sender: str  # the address in From
    explanation: str


@dataclass(frozen=True)
class Post:
    """A message in Odoo: on a record, or in a user's inbox."""

    kind: str  # of mail.message: email, user_notification, …
    model: str  # "" in an inbox
    on_old_record: bool
    author: str  # the address of the contact that is the author, "" for none
    email_from: str
    public: bool  # neither a note nor otherwise internal
    notified: dict  # address -> inbox or email


@dataclass(frozen=True)
class Record:
    """A record that was made."""

    model: str
    alias: str  # its address, "" for none
    restricted: bool  # whether the alias takes certain senders only
    made_as: str  # login of the user whom Odoo names as its creator
    contact: str


@dataclass(frozen=True)
class Sent:
    """An email that left by SMTP."""

    to: tuple[str, ...]
    sender: str  # the address in From
    raw: str


@dataclass(frozen=True)
class Judged:
    """All of it, for the messages of one case."""

    rows: tuple[Row, ...]
    posts: tuple[Post, ...]
    records: tuple[Record, ...]
    sent: tuple[Sent, ...]
    followers: frozenset[str]  # addresses that follow the customer's record since
