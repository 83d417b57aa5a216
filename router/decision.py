from dataclasses import dataclass, field
from typing import Any

from ..translatable import Said
from .codes import AuthorCheck, Code, State
from .places import Recipient, Route
from .trust.proofs import NO_PROOFS, Proofs, Scope


@dataclass(frozen=True, slots=True)
class TraceLine:
    """A line of the trace: who looked (``step``), and what it saw or decided (``text``)."""

    step: str
    text: str
    decided: bool = False

    def as_json(self) -> dict[str, Any]:
        """The form kept on the ledger row: what can be translated has a template and values."""
        line = {"step": self.step, "text": str(self.text), "decided": self.decided}
        return {**line, **self.text.as_json()} if isinstance(self.text, Said) else line


@dataclass(frozen=True, slots=True)
class Decision:
    """What the router decided. ``contact`` is the author's address, ready for Odoo: From, or the
    customer behind a web form. ``proofs`` say whose address is proved, and for what;
    ``author_check`` whether the contact's is, for whatever place. ``unproven``: it is an address of
    ours that nothing proves, so that nobody of ours is the author. ``envelope`` is the domain of
    the envelope's sender, where our own servers say that SPF passed for it.

    ``named`` are the addresses that stand in To and Cc, where a signature proves the author in
    those that it covers. ``verdicts`` are the names of those that held; ``answerable``: none of
    them forbids that something of ours is sent back by itself. ``rules`` are the ids of the
    administrator's rules that held, in their order.
    """

    state: State
    reason: Code
    routes: tuple[Route, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    trace: tuple[TraceLine, ...] = ()
    contact: str = ""
    contact_name: str = ""
    author_check: AuthorCheck = AuthorCheck.UNVERIFIED
    proofs: Proofs = NO_PROOFS
    unproven: bool = False
    named: frozenset[str] = frozenset()
    envelope: str = ""
    verdicts: tuple[str, ...] = ()
    answerable: bool = True
    rules: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def nameless(self) -> bool:
        """Nobody may be taken for the author: it is an address of ours that nothing proves, or
        From holds none that can be read, whatever another reader would make of it.
        """
        return self.unproven or not self.contact

    def admits(self, route: Route) -> bool:
        """Whether the author is proved well enough for an alias that takes certain senders alone.

        A signed message proves its author to whoever gets a copy, and can be sent again by each
        of them (DKIM replay, RFC 6376 §8.6). What its signature covers is whom it was written to:
        the address that it came by must stand there. A login proves who sends it, now.
        """
        proof = self.proofs.of(self.contact, (route.model, route.res_id))
        if proof is None or proof.scope is not Scope.DOMAIN or not route.address:
            return proof is not None
        return route.address in self.named
