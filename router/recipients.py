"""Whom a mail was meant for (DESIGN §4): an ordered set of addresses of ours, with evidence."""

from collections.abc import Iterator
from dataclasses import dataclass

from . import addresses, headers
from .decision import Directory, Policy, Recipient
from .mail import Field, ReceivedMail
from .received import Boundary, find_boundary


@dataclass(frozen=True, slots=True)
class Recipients:
    """The recipients found, and the boundary they were found by."""

    found: tuple[Recipient, ...]
    boundary: Boundary

    @property
    def envelope(self) -> tuple[Recipient, ...]:
        """Those that a mail server of ours named."""
        return tuple(item for item in self.found if item.envelope)


def find_recipients(mail: ReceivedMail, directory: Directory, policy: Policy) -> Recipients:
    """Collect the recipients of ``mail``; empty when it names the account alone, or nobody."""
    boundary = find_boundary(mail, policy.domains, policy.own_hosts)
    envelope = _envelope_recipient(mail, boundary, policy)
    found: dict[str, Recipient] = {}
    if envelope:
        found[envelope.address] = envelope
    for item in (*_own_lists(mail, policy), *_addressed(mail, directory, policy, bool(envelope))):
        found.setdefault(item.address, item)
    return Recipients(tuple(found.values()), boundary)


def _envelope_recipient(
    mail: ReceivedMail, boundary: Boundary, policy: Policy
) -> Recipient | None:
    """The newest believed evidence of RCPT TO that is not the account itself."""
    for item in _pinned(mail, boundary, policy):
        return item
    for item in _delivery_headers(mail, boundary, policy):
        return item
    for hop in boundary.hops:
        if _is_target(hop.recipient, policy):
            return Recipient(hop.recipient, headers.RECEIVED, hop.number, hop.number, envelope=True)
    return None


def _pinned(mail: ReceivedMail, boundary: Boundary, policy: Policy) -> Iterator[Recipient]:
    name = policy.envelope_header.strip().rstrip(":").lower()
    if not name:
        return
    for item in mail.all(name)[:1]:
        # A header that the admin pinned is believed only where our servers write it.
        if boundary.believes(item.index):
            yield from _targets(item, 0, policy)


def _delivery_headers(
    mail: ReceivedMail, boundary: Boundary, policy: Policy
) -> Iterator[Recipient]:
    occurrences: dict[str, int] = {}
    for item in mail.fields:
        if not boundary.believes(item.index):
            return
        if item.name in headers.ENVELOPE_RECIPIENT:
            rank = occurrences.get(item.name, 0)
            occurrences[item.name] = rank + 1
            yield from _targets(item, rank, policy)


def _targets(item: Field, occurrence: int, policy: Policy) -> Iterator[Recipient]:
    for address in _delivery_addresses(item, policy):
        if _is_target(address, policy):
            yield Recipient(address, item.name, occurrence, envelope=True)


def _delivery_addresses(item: Field, policy: Policy) -> Iterator[str]:
    value = item.value
    if item.name == "original-recipient":
        value = value.rpartition(";")[2]  # RFC 3798 §2.3: "rfc822;address"
    if item.name == "x-forwarded-for":
        value = value.strip().partition(" ")[0]  # Gmail: "original forwarded-to"
    for mailbox in addresses.parse(value):
        yield _without_qmail_prefix(mailbox.address, policy)


def _without_qmail_prefix(address: str, policy: Policy) -> str:
    # qmail's virtualdomains: "Delivered-To: example.com-sales@example.com"
    local, _at, domain = address.rpartition("@")
    prefix = f"{domain}-"
    return f"{local[len(prefix):]}@{domain}" if local.startswith(prefix) else address


def _own_lists(mail: ReceivedMail, policy: Policy) -> Iterator[Recipient]:
    """A group of our own domain that feeds the mailbox (a Google Group ``sales@``)."""
    for item in mail.all(headers.LIST_POST):
        for mailbox in addresses.parse(item.value.replace("mailto:", "")):
            if _is_target(mailbox.address, policy):
                yield Recipient(mailbox.address, item.name)
    for item in mail.all(headers.LIST_ID):
        identifier = item.value.rpartition("<")[2].rstrip("> ").lower()
        for domain in policy.domains:
            local = identifier.removesuffix(f".{domain}")
            address = addresses.normalise(f"{local}@{domain}")
            if local != identifier and "." not in local and _is_target(address, policy):
                yield Recipient(address, item.name)


def _addressed(
    mail: ReceivedMail, directory: Directory, policy: Policy, envelope_known: bool
) -> Iterator[Recipient]:
    """To and Cc: an alias always adds; anyone else only where no server named a recipient."""
    for name in headers.ADDRESSED:
        for occurrence, item in enumerate(mail.all(name)):
            for mailbox in addresses.parse(item.value):
                if not _is_target(mailbox.address, policy):
                    continue
                if envelope_known and not directory.aliases(mailbox.address):
                    continue
                yield Recipient(mailbox.address, name, occurrence)


def _is_target(address: str, policy: Policy) -> bool:
    if not address or address in policy.own_addresses:
        return False
    return policy.accept_any_domain or address.rpartition("@")[2] in policy.domains
