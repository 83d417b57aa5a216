from dataclasses import dataclass, field
from typing import Any

from ..translatable import Said
from .codes import AuthorCheck, Code, State
from .places import Recipient, Route
from .trust.proofs import NO_PROOFS, Proofs


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

    ``verdicts`` are the names of those that held; ``answerable``: none of them forbids that
    something of ours is sent back by itself. ``rules`` are the ids of the administrator's rules
    that held, in their order.
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
    envelope: str = ""
    verdicts: tuple[str, ...] = ()
    answerable: bool = True
    rules: tuple[int, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)
