"""What a step is: one way to find the place of a mail."""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from ..case import Case
from ..decision import Reason, Recipient, Route


@dataclass(frozen=True, slots=True)
class Found:
    """A step's answer: ``routes`` (none = not here), a line of trace, and who is left to place.

    ``remaining`` None leaves the recipients as they were; ``facts`` are kept with the decision.
    """

    text: str
    routes: tuple[Route, ...] = ()
    remaining: tuple[Recipient, ...] | None = None
    facts: dict[str, Any] = field(default_factory=dict)


class Step:
    """One way to find the place of a mail. ``reason`` is the ledger's when it decides."""

    name: ClassVar[str]
    reason: ClassVar[Reason]
    joins_thread: ClassVar[bool] = False  # may place a mail that must not open anything
    last_resort: ClassVar[bool] = False  # asked only when nothing was found before

    def find(self, case: Case) -> Found:
        """Say where the mail goes, as far as this step knows."""
        raise NotImplementedError  # pragma: no cover - every step answers for itself
