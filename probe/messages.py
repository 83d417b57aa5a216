"""The messages that a probe sends to itself, as bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ..router.tokens.probe_mark import Kind
from ..router.tokens.tokens import ProbeToken, TokenKey, make_probe_token
from .forged import forged_message
from .letter import letter

_TEXT = (
    "This email tests whether everything that is sent to your domain arrives in Odoo.\n"
    "It is removed from the mailbox automatically; nobody has to do anything.\n"
)


@dataclass(frozen=True, slots=True)
class ProbeMessage:
    """One transaction: ``kinds`` go together to ``addresses``, one each."""

    kinds: tuple[Kind, ...]
    addresses: tuple[str, ...]
    source: bytes


def address_of(key: TokenKey, probe_id: int, kind: Kind, domain: str) -> str:
    """An address that nobody has, which says which message of which probe it is for."""
    return f"probe-{make_probe_token(key, ProbeToken(probe_id, kind.part))}@{domain}"


def probe_messages(
    key: TokenKey, probe_id: int, domain: str, account: str, aliases: Sequence[str], now: datetime
) -> tuple[ProbeMessage, ...]:
    """All messages of a probe but those from outside.

    :param account: the address of the mailbox; it has the name for the sub-address
    :param aliases: known addresses of the domain, one of which is mistyped on purpose
    :param now: naive, in UTC
    """

    def own(kind: Kind) -> str:
        return address_of(key, probe_id, kind, domain)

    def made(
        kinds: tuple[Kind, ...], *to: str, author: str = account, shown: str = ""
    ) -> ProbeMessage:
        token = make_probe_token(key, ProbeToken(probe_id, kinds[0].part))
        sender = f'"Catch-all probe" <{author}>'
        source = letter(token, domain, sender, shown or ", ".join(to), now, _TEXT)
        return ProbeMessage(kinds, to, source)

    local, _at, host = account.rpartition("@")
    found = [
        made((Kind.RANDOM,), own(Kind.RANDOM)),
        made((Kind.BCC,), own(Kind.BCC), shown="undisclosed-recipients:;"),
        made((Kind.FIRST, Kind.SECOND), own(Kind.FIRST), own(Kind.SECOND)),
        made((Kind.AUTHOR,), own(Kind.AUTHOR), author=own(Kind.AUTHOR)),
    ]
    if host == domain and "+" not in local:
        found.append(made((Kind.SUB_ADDRESS,), f"{local}+{own(Kind.SUB_ADDRESS)}"))
    if near := _mistyped(aliases, domain):
        found.append(made((Kind.NEAR,), near))
    return tuple(found)


def forged_probe(
    key: TokenKey, probe_id: int, domain: str, ids: Sequence[str], now: datetime, author: str = ""
) -> ProbeMessage:
    """The message with forged results of these ids, which an admin may send for us."""
    address = address_of(key, probe_id, Kind.FORGED, domain)
    token = make_probe_token(key, ProbeToken(probe_id, Kind.FORGED.part))
    source = forged_message(token, author, address, domain, ids, now)
    return ProbeMessage((Kind.FORGED,), (address,), source)


def _mistyped(aliases: Sequence[str], domain: str) -> str:
    """An alias with two letters swapped, which is nobody's address."""
    known = set(aliases)
    for address in sorted(known):
        local, _at, host = address.rpartition("@")
        for at in range(len(local) - 1) if host == domain else ():
            pair = local[at : at + 2]
            wrong = f"{local[:at]}{pair[::-1]}{local[at + 2 :]}@{host}"
            if pair.isalpha() and wrong not in known:
                return wrong
    return ""
