from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar, NamedTuple

from ..case import Case
from ..codes import Code, State
from ..places import Recipient, Route


@dataclass(frozen=True, slots=True)
class Found:
    """A step's answer: ``routes`` (none = not here), a line of trace, and who is left to place.

    ``remaining`` None leaves the recipients as they were; ``facts`` are kept with the decision.
    ``state`` ends the search: the message has no place. ``held``: it waits for a person with this
    reason unless another step that is no last resort places it.
    """

    text: str
    routes: tuple[Route, ...] = ()
    remaining: tuple[Recipient, ...] | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    state: State | None = None
    held: Code | None = None


class Step:
    """One way to find the place of a message.

    ``label`` is what people read, marked for translation; ``reason`` the ledger's code when this
    step decides.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    reason: ClassVar[Code]
    joins_thread: ClassVar[bool] = False  # may place a message that must not open anything
    by_address: ClassVar[bool] = False  # places it by whom it is written to, not by what it is

    def find(self, case: Case) -> Found:
        """Say where the message goes, as far as this step knows."""
        raise NotImplementedError  # pragma: no cover - every step answers for itself


class When(Enum):
    """For which messages a step is asked."""

    ALWAYS = "always"  # also for those that a verdict holds for a person
    UNLESS_HELD = "unless_held"
    LAST = "last"  # where no step before has found a place, and nothing holds the message


class Row(NamedTuple):
    """A step's place in the order."""

    step: Step
    when: When
