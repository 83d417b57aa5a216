"""Whom a message was meant for: an ordered set of addresses of ours, each with its evidence.

The rules are in docs/design.md#finding-the-recipient.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote

from .directory import Directory
from .message import addresses, headers
from .message.mail import Field, ReceivedMail
from .places import Recipient
from .policy import Policy
from .tokens import tokens
from .trust.boundary import boundary_of
from .trust.received import Boundary

# Addresses of ours in To and Cc that are no alias: each may be looked for among users and near
# misses. Aliases are not counted, each of them gets its record.
MAX_OTHERS = 50
# Filters and stores write their fields in a thousand orders, but not thousands of them.
_MAX_LIST_FIELDS = 10


@dataclass(frozen=True, slots=True)
class Recipients:
    """The recipients found, and the boundary they were found by."""

    found: tuple[Recipient, ...]
    boundary: Boundary


def find_recipients(mail: ReceivedMail, directory: Directory, policy: Policy) -> Recipients:
    """Collect the recipients of ``mail``; the account's own address if nothing else is left."""
    boundary = boundary_of(mail, policy)
    finder = _Finder(mail, boundary, directory, policy)
    found: dict[str, Recipient] = {}
    for item in finder.find():
        found.setdefault(item.address, item)
    return Recipients(tuple(found.values()) or finder.account, boundary)


@dataclass
class _Finder:
    """The sources in their order; ``account`` remembers where it was named itself."""

    mail: ReceivedMail
    boundary: Boundary
    directory: Directory
    policy: Policy
    account: tuple[Recipient, ...] = ()

    def find(self) -> Iterator[Recipient]:
        envelope = self._envelope()
        yield from envelope
        yield from self._lists(named=bool(envelope))
        yield from self._addressed(named=bool(envelope))

    # --- what mail servers of ours wrote

    def _envelope(self) -> tuple[Recipient, ...]:
        """The newest evidence of RCPT TO that is not the account itself.

        All addresses of that one field: Exim writes one ``Envelope-To`` for a batch.
        """
        for item, occurrence in (*self._pinned(), *self._delivery_fields()):
            found = self._targets(item.name, _delivery_addresses(item, self.policy), occurrence)
            if found:
                return found
        for hop in self.boundary.hops:
            named = (hop.recipient,) if hop.recipient else ()
            found = self._targets(headers.RECEIVED, named, hop.number, hop.number)
            if found:
                return found
        return ()

    def _pinned(self) -> Iterator[tuple[Field, int]]:
        """The account's header. A name of the admin's own counts wherever it stands.

        Exchange writes the header of a stamping rule below its ``Received`` fields, and the rule
        overwrites what a stranger put there. A name that servers in general use does not: below
        the boundary it is the sender's.
        """
        name = self.policy.envelope_header.strip().rstrip(":").lower()
        for item in self.mail.all(name)[:1] if name else ():
            is_known = name in headers.ENVELOPE_RECIPIENT or name in headers.ADDRESSED
            if self.boundary.believes(item.index) or not is_known:
                yield item, 0

    def _delivery_fields(self) -> Iterator[tuple[Field, int]]:
        seen: Counter[str] = Counter()
        for item in self.mail.fields[: self.boundary.first_untrusted]:
            if item.name in headers.ENVELOPE_RECIPIENT:
                yield item, seen[item.name]
                seen[item.name] += 1

    def _targets(
        self, header: str, named: Iterable[str], occurrence: int, hop: int | None = None
    ) -> tuple[Recipient, ...]:
        found: list[Recipient] = []
        for address in named:
            item = Recipient(address, header, occurrence, hop, envelope=True)
            if self._is_ours(address):
                found.append(item)
            elif address in self.policy.own_addresses:
                self.account = self.account or (item,)
        return tuple(found)

    # --- what the sender, or a list of ours, wrote

    def _lists(self, *, named: bool) -> Iterator[Recipient]:
        """A group of our own domain that feeds the mailbox (a Google Group ``sales@``)."""
        for name in (headers.LIST_POST, headers.LIST_ID):
            for occurrence, item in enumerate(self.mail.all(name)[:_MAX_LIST_FIELDS]):
                for address in _list_addresses(item, self.policy):
                    if self._is_ours(address) and (not named or self._is_alias(address)):
                        yield Recipient(address, name, occurrence)

    def _addressed(self, *, named: bool) -> Iterator[Recipient]:
        """To and Cc: an alias always adds; anyone else only where no server named a recipient."""
        seen: set[str] = set()
        others = 0 if named else MAX_OTHERS
        for name in headers.ADDRESSED:
            for occurrence, mailboxes in enumerate(self.mail.mailboxes(name)):
                for mailbox in mailboxes:
                    address = self._own_spelling(mailbox.address)
                    if address in seen:
                        continue
                    seen.add(address)
                    item = Recipient(address, name, occurrence)
                    if address in self.policy.own_addresses:
                        self.account = self.account or (item,)
                    elif self._is_ours(address):
                        if self._is_alias(address) or tokens.reply_token_in(address):
                            yield item
                        elif others:
                            others -= 1
                            yield item

    def _own_spelling(self, address: str) -> str:
        """An address at a strange domain of ours as the policy writes it, however long the list."""
        if address.isascii():
            return address
        local, _at, domain = address.rpartition("@")
        own = None if domain.isascii() else self._strange_domains.get(domain)
        return f"{local}@{own}" if own else address

    @cached_property
    def _strange_domains(self) -> dict[str, str]:
        domains = (name for name in self.policy.domains if "xn--" in name)
        return {addresses.same_spelling(name): name for name in domains}

    def _is_alias(self, address: str) -> bool:
        base = addresses.split_sub_address(address)
        return bool(self.directory.aliases(address) or (base and self.directory.aliases(base)))

    def _is_ours(self, address: str) -> bool:
        """An address of our domains that is not the account's own.

        Of a foreign domain only where Odoo lets an alias match any domain, and one does.
        """
        if not address or address in self.policy.own_addresses:
            return False
        if address.rpartition("@")[2] in self.policy.domains:
            return True
        return self.policy.accept_any_domain and bool(self.directory.aliases(address))


def _delivery_addresses(item: Field, policy: Policy) -> tuple[str, ...]:
    value = item.value
    if item.name == "original-recipient":
        value = value.rpartition(";")[2]  # RFC 3798 §2.3: "rfc822;address"
    if item.name == "x-forwarded-for":
        value = value.strip().partition(" ")[0]  # Gmail: "original forwarded-to"
    found = (_without_qmail_prefix(mailbox.address, policy) for mailbox in addresses.parse(value))
    return tuple(dict.fromkeys(found))


def _without_qmail_prefix(address: str, policy: Policy) -> str:
    # qmail's virtualdomains: "Delivered-To: example.com-sales@example.com"
    local, _at, domain = address.rpartition("@")
    prefix = f"{domain}-"
    if domain in policy.domains and local.startswith(prefix) and local != prefix:
        return f"{local[len(prefix) :]}@{domain}"
    return address


def _list_addresses(item: Field, policy: Policy) -> Iterator[str]:
    if item.name == headers.LIST_POST:  # RFC 2369 §3.4: "<mailto:sales@example.com?subject=…>"
        for piece in item.value[:2_000].split("<")[:20]:
            uri = piece.partition(">")[0].partition("?")[0].strip()
            if uri.lower().startswith("mailto:"):
                yield addresses.normalise(unquote(uri[len("mailto:") :]))
        return
    # RFC 2919 §2: "Sales <sales.example.com>"
    identifier = item.value[:1_000].rpartition("<")[2].rstrip("> ").lower()
    local, _dot, domain = identifier.partition(".")
    if addresses.normalise_domain(domain) in policy.domains:
        yield addresses.normalise(f"{local}@{domain}")
