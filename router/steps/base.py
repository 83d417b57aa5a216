"""What a step is: one way to find the place of a message."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..case import Case
from ..codes import Reason, State
from ..places import Recipient, Route


@dataclass(frozen=True, slots=True)
class Found:
    """A step's answer: ``routes`` (none = not here), a line of trace, and who is left to place.

    ``remaining`` None leaves the recipients as they were; ``facts`` are kept with the decision.
    ``state`` ends the search: the mail has no place. ``held``: it waits for a person with this
    reason unless another step that is no last resort places it.
    """

    text: str
    routes: tuple[Route, ...] = ()
    remaining: tuple[Recipient, ...] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    state: State | None = None
    held: Reason | None = None


class Step:
    """One way to find the place of a message. ``reason`` is the ledger's when it decides."""

    name: ClassVar[str]
    reason: ClassVar[Reason]
    joins_thread: ClassVar[bool] = False  # may place a message that must not open anything
    last_resort: ClassVar[bool] = False  # asked only when nothing was found before
    before_verdicts: ClassVar[bool] = False  # asked also for mail that its kind would hold back

    def find(self, case: Case) -> Found:
        """Say where the mail goes, as far as this step knows."""
        raise NotImplementedError  # pragma: no cover - every step answers for itself
