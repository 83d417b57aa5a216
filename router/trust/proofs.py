"""What proves the author of a message: whose address, by what, and what the proof is good for.

A proof is never a property of the message: it names the addresses that it stands for, and whoever
believes an address asks for the proof of that very address (law 4 in docs/design.md).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from ...translatable import _lt
from ..codes import Codes


class Scope(Codes):
    """How far a proof reaches."""

    MAILBOX = "mailbox", _lt("Login")
    DOMAIN = "domain", _lt("Domain")
    RECORD = "record", _lt("Reply address")


@dataclass(frozen=True, slots=True)
class Proof:
    """One proof. ``holder`` is what was proved: a login, a domain, or a customer's address.

    ``serves`` are the addresses that it stands for: those of the login; the one in From, where a
    domain was proved; the customer's. ``place`` (model, record id) narrows it to one record.
    """

    scope: Scope
    holder: str
    serves: frozenset[str]
    why: str
    place: tuple[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Proofs:
    """All proofs of one message."""

    found: tuple[Proof, ...] = ()

    def of(self, address: str, place: tuple[str, int] | None = None) -> Proof | None:
        """Return what proves that ``address`` wrote this, None where nothing does.

        :param place: model and id of the record that it is believed for; without it only a proof
            counts that holds everywhere
        """
        for proof in self.found:
            if address and address in proof.serves and proof.place in (None, place):
                return proof
        return None

    def at(self, address: str) -> Proof | None:
        """Return what proves ``address`` anywhere: here, or for some record."""
        places = (proof.place for proof in self.found)
        return next(filter(None, (self.of(address, place) for place in (None, *places))), None)

    def and_for(self, more: Iterable[Proof]) -> "Proofs":
        """Return these and further ones."""
        return Proofs((*self.found, *more))


NO_PROOFS = Proofs()
