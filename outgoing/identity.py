"""Outgoing identity: ``Author + account + policy -> Identity(From, Sender, Reply-To, envelope)``.

One account sends for everybody. What the customer sees is the author; what the provider sees is
the account. A receiver checks DMARC (RFC 7489 §3.1) against the domain of From, so an address of
a domain that the account does not serve can never stay there, and an address of a domain that it
does serve stays only where the provider lets us.
"""

from dataclasses import dataclass, replace
from email.message import EmailMessage
from functools import lru_cache
from typing import Any, Literal

from ..router.message import headers
from ..router.message.addresses import Mailbox, normalise, normalise_domain, parse
from .header_text import (
    ascii_address,
    clean_name,
    clean_text,
    format_address,
    needs_no_quotes,
    readable_name,
)

FromPolicy = Literal["auto", "keep", "account"]

OWN_FORMAT = "{name}"
FOREIGN_FORMAT = "{name} via {company}"
PLACEHOLDERS = ("{name}", "{company}")
# Where the author's own address may stand: the author can be a recipient, and wrote the subject.
RECIPIENT_HEADERS = {
    *(headers.TO, headers.CC, "bcc"),
    *("x-msg-to-add", "x-msg-to-consolidate", "x-forge-to"),
}
THREAD_HEADERS = {headers.MESSAGE_ID, headers.IN_REPLY_TO, headers.REFERENCES, headers.SUBJECT}


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote the message, as Odoo says it: nothing here is safe yet."""

    name: str = ""
    address: str = ""

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, header: str) -> "Author":
        """Read a From value; of several authors the first one counts."""
        for mailbox in parse(clean_text(header)):
            return cls(mailbox.name, mailbox.address)
        return cls(name=readable_name(header))


@dataclass(frozen=True, slots=True)
class OutgoingAccount:
    """The account that sends: ``domains`` are the alias domains that it serves, nothing else, as
    ``normalise_domain`` writes them.

    ``refuses_authors`` says that the provider has refused one; only the policy ``auto`` asks.
    Replies and bounces may go to unique addresses of ``signed_domains`` and ``bounce_domains``.
    """

    address: str
    domains: frozenset[str] = frozenset()
    company: str = ""
    from_policy: FromPolicy = "keep"
    refuses_authors: bool = False
    sender_header: bool = False
    own_format: str = OWN_FORMAT
    foreign_format: str = FOREIGN_FORMAT
    server_id: int = 0
    signed_domains: frozenset[str] = frozenset()
    bounce_domains: frozenset[str] = frozenset()

    @property
    def keeps_authors(self) -> bool:
        """Whether an author of our domain stays visible with the own address."""
        if self.from_policy == "auto":
            return not self.refuses_authors
        return self.from_policy == "keep"

    def serves(self, address: str) -> bool:
        """Whether an address belongs to exactly one of the account's alias domains."""
        return bool(address) and address.rpartition("@")[2] in self.domains


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where replies should go.

    ``wanted`` is what Odoo would write, in the case in which it was typed, ``record`` the record's
    alias or the catch-all address. ``chosen`` says that ``wanted`` cannot be what Odoo fills in by
    itself: a person asked for replies elsewhere, or Odoo would have named another address.
    ``own_domains`` are all domains that come back to this database, of any company. ``settled``
    says that all this was decided before.
    """

    wanted: tuple[Mailbox, ...] = ()
    record: Mailbox | None = None
    chosen: bool = False
    own_domains: frozenset[str] = frozenset()
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Identity:
    """What the message says about its origin.

    ``sender`` is None where the header is not wanted, ``hidden`` the address of an author of
    another domain: private, so it stands nowhere in the message.
    """

    author: Mailbox
    envelope: str
    sender: Mailbox | None = None
    reply_to: tuple[Mailbox, ...] = ()
    hidden: str = ""


def identify(author: Author, account: OutgoingAccount, reply_to: ReplyTo) -> Identity:
    """Decide the identity of one message (docs/outgoing.md#who-customers-see).

    Applied to its own result it changes nothing, so preparing a message again does not alter it.

    :raises ValueError: when the account's address is no plain ASCII address
    """
    envelope = ascii_address(account.address)
    if not envelope:
        raise ValueError(f"not a valid email address: {account.address!r}")
    origin = _author_mailbox(author, account, envelope)
    sender = None
    if account.sender_header and origin.address != envelope:
        sender = Mailbox(clean_name(account.company) or Mailbox(address=envelope).local, envelope)
    replies_to = choose_reply_to(author, reply_to) or tuple(filter(None, (reply_to.record,)))
    hidden = normalise(author.address)
    if hidden == envelope or account.serves(hidden):
        hidden = ""
    return Identity(origin, envelope, sender, replies_to, hidden)


def without_author(identity: Identity, author: Author, account: OutgoingAccount) -> Identity | None:
    """The same message from the account's own address, or None where that changes nothing."""
    if identity.author.address == identity.envelope:
        return None
    forced = _author_mailbox(author, replace(account, from_policy="account"), identity.envelope)
    return replace(identity, author=forced, sender=None)


def _author_mailbox(author: Author, account: OutgoingAccount, envelope: str) -> Mailbox:
    address = ascii_address(author.address)
    name = clean_name(author.name)
    company = clean_name(account.company) or Mailbox(address=envelope).local
    if address == envelope:
        return Mailbox(name or company, envelope)
    if account.serves(address):
        shown = _fill(account.own_format, name or Mailbox(address=address).local, company)
        return Mailbox(shown, address if account.keeps_authors else envelope)
    # Not even the local part of a stranger's address is shown: it was not meant for the customer.
    shown = _fill(account.foreign_format, name, company) if name else company
    return Mailbox(shown, envelope)


def choose_reply_to(author: Author, reply_to: ReplyTo) -> tuple[Mailbox, ...]:
    """Those of the wanted addresses that somebody set; none: the record's own must do.

    What somebody set stays, wherever it is. Only the author's own address is no choice where Odoo
    fills it in by itself: always outside our domains, where it is private, and inside unless
    ``chosen``.
    """
    if reply_to.settled and reply_to.wanted:
        return reply_to.wanted
    own = normalise(author.address)

    def stays(mailbox: Mailbox) -> bool:
        inside = normalise_domain(mailbox.domain) in reply_to.own_domains
        return normalise(mailbox.address) != own or (reply_to.chosen and inside)

    return tuple(mailbox for mailbox in reply_to.wanted if stays(mailbox))


def _fill(pattern: str, name: str, company: str) -> str:
    # Not str.format: "{name.__class__}" in an admin's text must stay text.
    shown = pattern.replace("{name}", name).replace("{company}", company)
    return clean_name(shown) or name or company


def write_identity(message: EmailMessage, identity: Identity) -> None:
    """Put an identity into a message's headers; a second time changes nothing.

    A hidden address goes from every header, except from those of the recipients, where a person
    put it.
    """
    if identity.hidden:
        present = {name.lower() for name, _value in message.items()}
        for name in present - RECIPIENT_HEADERS - THREAD_HEADERS:
            if any(identity.hidden in str(value).lower() for value in message.get_all(name, ())):
                del message[name]
    _set_addresses(message, "From", (identity.author,))
    _set_addresses(message, "Reply-To", identity.reply_to)
    _set_addresses(message, "Sender", (identity.sender,) if identity.sender else ())
    del message["Return-Path"]
    message["Return-Path"] = identity.envelope


def _set_addresses(message: EmailMessage, name: str, wanted: tuple[Mailbox, ...]) -> None:
    present = message.get_all(name, [])
    if wanted and len(present) == 1 and _says(present[0], wanted):
        return  # parsing it again would cost more than all that was decided
    del message[name]
    if wanted:
        message[name] = ", ".join(map(format_address, wanted))


def _says(header: Any, wanted: tuple[Mailbox, ...]) -> bool:
    """Whether a header has exactly these mailboxes, of names that need no care in folding."""
    if not all(needs_no_quotes(mailbox.name) for mailbox in wanted):
        return False
    found = [(item.display_name, item.addr_spec) for item in header.addresses]
    return found == [(mailbox.name, mailbox.address) for mailbox in wanted]
