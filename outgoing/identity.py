"""Outgoing identity: ``Author + account + policy -> Identity(From, Sender, Reply-To, envelope)``.

One account sends for everybody. What the customer sees is the author; what the provider sees is
the account. A receiver checks DMARC (RFC 7489 §3.1) against the domain of From, so an address of
a domain that the account does not serve can never stay there, and an address of a domain that it
does serve stays only where the provider lets us.

Values that go to the wire come from names and addresses that users typed: none of them may open
a new header line, hide a second address in a display name, or leave the name empty.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from functools import lru_cache
from typing import Any, Literal

from ..router.message import addresses
from ..router.message.addresses import decode_words, normalise, normalise_domain, parse

FromPolicy = Literal["auto", "keep", "account"]

OWN_FORMAT = "{name}"
FOREIGN_FORMAT = "{name} via {company}"
PLACEHOLDERS = ("{name}", "{company}")
MAX_NAME = 96
# A header line may have 998 characters (RFC 5322 §2.1.1), and some programs cut far earlier.
MAX_MESSAGE_ID = 196

# Everything that ends a line or a string for some mail client, controls, and the marks that
# reorder text so that another address seems to be shown (Unicode TR36 §2.6).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
# An address inside a display name. "＠" looks like "@" to a reader.
_AT = "@\uff20\ufe6b"
_ADDRESS = re.compile(
    rf"(?:mailto:)?[^\s<>()\[\],;:\"{_AT}]+\s?[{_AT}]\s?[^\s<>()\[\],;:\"{_AT}]+\.[^\s<>()\[\],;:\"]+",
    re.IGNORECASE,
)
_LONE_AT = re.compile(f"[{_AT}]+")
_EMPTY_BRACKETS = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_SPACE = re.compile(r"\s+")
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,"]+')  # RFC 5322 §3.2.3: what makes quotes necessary
# Where the author's own address may stand: the author can be a recipient, and wrote the subject.
RECIPIENT_HEADERS = {"to", "cc", "bcc", "x-msg-to-add", "x-msg-to-consolidate", "x-forge-to"}
THREAD_HEADERS = {"message-id", "in-reply-to", "references", "subject"}
_EDGES = " \t\"'<>,;:|/-"


class Mailbox(addresses.Mailbox):
    """A mailbox whose name and address are safe for a header; its text is what stands there."""

    __slots__ = ()

    def __str__(self) -> str:
        return format_mailbox(self.name, self.address)


@dataclass(frozen=True, slots=True)
class Author:
    """Who wrote the mail, as Odoo says it: nothing here is safe yet."""

    name: str = ""
    address: str = ""

    @classmethod
    @lru_cache(maxsize=1024)
    def parse(cls, header: str) -> "Author":
        """Read a From value; of several authors the first one counts."""
        for mailbox in parse(clean_text(header)):
            return cls(mailbox.name, mailbox.address)
        return cls(name=header)


@dataclass(frozen=True, slots=True)
class OutgoingAccount:
    """The account that sends: ``domains`` are the alias domains that it serves, nothing else.

    ``refuses_authors`` is what was learned from the provider; only the policy ``auto`` asks.
    """

    address: str
    domains: frozenset[str] = frozenset()
    company: str = ""
    from_policy: FromPolicy = "keep"
    refuses_authors: bool = False
    sender_header: bool = False
    own_format: str = OWN_FORMAT
    foreign_format: str = FOREIGN_FORMAT

    @property
    def keeps_authors(self) -> bool:
        """Whether an author of our domain stays visible with the own address."""
        if self.from_policy == "auto":
            return not self.refuses_authors
        return self.from_policy == "keep"

    def serves(self, address: str) -> bool:
        """Whether an address belongs to exactly one of the account's alias domains."""
        domains = {normalise_domain(domain) for domain in self.domains}
        return bool(address) and address.rpartition("@")[2] in domains


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """Where replies should go.

    ``wanted`` is what Odoo would write, ``record`` the record's alias or the catch-all address.
    ``chosen`` says that a person asked for replies elsewhere (Odoo's ``reply_to_force_new``).
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
    """What the mail says about its origin.

    ``sender`` is None where the header is not wanted, ``hidden`` the address of an author of
    another domain: private, so it stands nowhere in the mail.
    """

    author: Mailbox
    envelope: str
    sender: Mailbox | None = None
    reply_to: tuple[Mailbox, ...] = ()
    hidden: str = ""


def identify(author: Author, account: OutgoingAccount, reply_to: ReplyTo | None = None) -> Identity:
    """Decide the identity of one message (the table of DESIGN §7).

    Applied to its own result it changes nothing, so preparing a message again does not alter it.

    :raises ValueError: when the account's address is no plain ASCII address
    """
    envelope = ascii_address(account.address)
    if not envelope:
        raise ValueError(f"not a valid email address: {account.address!r}")
    origin = _author_mailbox(author, account, envelope)
    sender = None
    if account.sender_header and origin.address != envelope:
        sender = Mailbox(clean_name(account.company) or local_part(envelope), envelope)
    answers: tuple[Mailbox, ...] = ()
    if reply_to:
        record = (reply_to.record,) if reply_to.record else ()
        answers = choose_reply_to(author, reply_to) or record
    hidden = normalise(author.address)
    if hidden == envelope or account.serves(hidden):
        hidden = ""
    return Identity(origin, envelope, sender, answers, hidden)


def without_author(identity: Identity, author: Author, account: OutgoingAccount) -> Identity | None:
    """The same message from the account's own address, or None where that changes nothing."""
    if identity.author.address == identity.envelope:
        return None
    forced = _author_mailbox(author, replace(account, from_policy="account"), identity.envelope)
    return replace(identity, author=forced, sender=None)


def _author_mailbox(author: Author, account: OutgoingAccount, envelope: str) -> Mailbox:
    address = ascii_address(author.address)
    name = clean_name(author.name)
    company = clean_name(account.company) or local_part(envelope)
    if address == envelope:
        return Mailbox(name or company, envelope)
    if account.serves(address):
        shown = _fill(account.own_format, name or local_part(address), company)
        return Mailbox(shown, address if account.keeps_authors else envelope)
    # Not even the local part of a stranger's address is shown: it was not meant for the customer.
    return Mailbox(_fill(account.foreign_format, name, company) if name else company, envelope)


def choose_reply_to(author: Author, reply_to: ReplyTo) -> tuple[Mailbox, ...]:
    """Those of the wanted addresses that bring the reply back; none: the record's own must do.

    - What a person chose on purpose stays, wherever it is, except the author's own address
      outside our domains: Odoo fills that in by itself, and it is private.
    - Otherwise an address counts when it is of our domains and not just the author's again,
      which Odoo writes where a template says nothing.
    """
    if reply_to.settled and reply_to.wanted:
        return reply_to.wanted
    own = normalise(author.address)
    domains = {normalise_domain(domain) for domain in reply_to.own_domains}

    def stays(mailbox: Mailbox) -> bool:
        inside, another = mailbox.domain in domains, mailbox.address != own
        return inside or another if reply_to.chosen else inside and another

    return tuple(mailbox for mailbox in reply_to.wanted if stays(mailbox))


@lru_cache(maxsize=1024)
def mailboxes(header: str | None) -> tuple[Mailbox, ...]:
    """Read a header value into safe mailboxes; addresses that cannot be written are left out."""
    found = ((parsed, ascii_address(parsed.address)) for parsed in parse(clean_text(header or "")))
    return tuple(Mailbox(clean_name(parsed.name), address) for parsed, address in found if address)


def ascii_address(address: str) -> str:
    """The address with an A-label domain (RFC 5890), or ``""`` where it is none.

    A local part beyond ASCII needs SMTPUTF8 (RFC 6531) on every hop to the customer, so it is no
    address to send from.
    """
    address = normalise(clean_text(address))
    return address if address.isascii() else ""


def local_part(address: str) -> str:
    """The part before the ``@``."""
    return address.rpartition("@")[0]


def clean_text(value: str) -> str:
    """One line without controls: the only form in which a user's text may reach a header."""
    return _UNSAFE.sub(" ", value).strip()


@lru_cache(maxsize=4096)
def clean_name(name: str) -> str:
    """A display name without encoded words, controls, addresses, empty brackets; may be empty."""
    name = name[: 10 * MAX_NAME]
    for _round in range(3):  # an encoded word may hide another one
        decoded = decode_words(name)
        if decoded == name:
            break
        name = decoded
    name = _UNSAFE.sub(" ", name.replace("=?", ""))
    name = _LONE_AT.sub(" ", _ADDRESS.sub(" ", name))
    name = _EMPTY_BRACKETS.sub(" ", name)
    name = _SPACE.sub(" ", name).strip(_EDGES)
    if len(name) <= MAX_NAME:
        return name
    return name[:MAX_NAME].rsplit(" ", 1)[0].strip(_EDGES)


def _fill(pattern: str, name: str, company: str) -> str:
    # Not str.format: "{name.__class__}" in an admin's text must stay text.
    shown = pattern.replace("{name}", name).replace("{company}", company)
    return clean_name(shown) or name or company


@lru_cache(maxsize=2048)
def format_mailbox(name: str, address: str) -> str:
    """Text for a header of an ``EmailMessage``: quoted, and still one mailbox after folding.

    ``email.policy`` drops the quotes when it folds a long name (bpo-121284), so a comma in it
    would open a second address. Such a name loses its special characters instead.
    """
    if not name:
        return address
    quoted = '"{}" <{}>'.format(re.sub(r'(["\\])', r"\\\1", name), address)
    if _survives_folding(quoted, name, address):
        return quoted
    plain = _SPACE.sub(" ", _SPECIALS.sub(" ", name)).strip()
    return f'"{plain}" <{address}>' if plain else address


def _survives_folding(quoted: str, name: str, address: str) -> bool:
    if name.isascii() and not _SPECIALS.search(name):
        return True
    message = EmailMessage(policy=policy.SMTP)
    message["Reply-To"] = quoted  # the longest of the headers that carry a mailbox
    raw = message_from_bytes(message.as_bytes())["Reply-To"]
    found = [(str(make_header(decode_header(shown))), spec) for shown, spec in getaddresses([raw])]
    return found == [(name, address)]


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
    _set_mailboxes(message, "From", (identity.author,))
    _set_mailboxes(message, "Reply-To", identity.reply_to)
    _set_mailboxes(message, "Sender", (identity.sender,) if identity.sender else ())
    del message["Return-Path"]
    message["Return-Path"] = identity.envelope


def _set_mailboxes(message: EmailMessage, name: str, wanted: tuple[Mailbox, ...]) -> None:
    present = message.get_all(name, [])
    if wanted and len(present) == 1 and _says(present[0], wanted):
        return  # parsing it again would cost more than all that was decided
    del message[name]
    if wanted:
        message[name] = ", ".join(map(str, wanted))


def _says(header: Any, wanted: tuple[Mailbox, ...]) -> bool:
    """Whether a header has exactly these mailboxes, of names that need no care in folding."""
    if not all(mailbox.name.isascii() and not _SPECIALS.search(mailbox.name) for mailbox in wanted):
        return False
    found = [(item.display_name, item.addr_spec) for item in header.addresses]
    return found == [(mailbox.name, mailbox.address) for mailbox in wanted]


@lru_cache(maxsize=1024)
def parsed_header(name: str, value: str) -> str:
    """A header value that an ``EmailMessage`` takes as it is: of each author it is parsed once.

    :raises ValueError: where the value has a line break
    """
    parsed: str = policy.SMTP.header_store_parse(name, value)[1]
    return parsed


def with_domain(message_id: str, domain: str, hosts: Iterable[str], suffix: str = "") -> str:
    """Put the mail's domain where one of our own host names stands in a Message-ID.

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
