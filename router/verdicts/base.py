from dataclasses import dataclass, field
from enum import Enum
from typing import Any, ClassVar

from ...translatable import source_of
from ..case import Case
from ..codes import Code


class Effect(Enum):
    """What a verdict does to a message (docs/routing.md#what-kind-of-message-it-is)."""

    IGNORE = "ignore"  # kept and counted, creates nothing; without proof it waits for a person
    THREAD_ONLY = "thread_only"  # may join a thread it belongs to, never opens one; else as above
    QUARANTINE = "quarantine"  # waits for a person
    NOTE = "note"  # goes its way, but gets no auto-reply


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a verdict was reached, in words, and the facts that were read on the way.

    ``proved``: it is one of the proofs by which a message may be dismissed
    (docs/design.md#laws). What is only likely never makes one disappear: where it would be
    dismissed it waits for a person, and a rule may overrule it.
    """

    text: str
    facts: dict[str, Any] = field(default_factory=dict)
    effect: Effect | None = None  # where this message's case differs from the verdict's rule
    proved: bool = False


class Verdict:
    """One kind of message. Subclasses say which and recognise it: everything about it stands there.

    ``label`` is what people read, marked for translation. ``reason``, made of the two, is the
    ledger's code when this verdict decides; one that only notes has none.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    effect: ClassVar[Effect]
    reason: ClassVar[Code | None] = None
    overridable: ClassVar[bool] = False  # a judgement, which a rule may overrule; not a fact
    in_conditions: ClassVar[bool] = False  # a rule's condition may name it
    answerable: ClassVar[bool] = False  # something of ours may be sent back by itself
    is_machine: ClassVar[bool] = False  # a program wrote it, whose mail an alias may refuse

    def __init_subclass__(cls) -> None:
        decides = getattr(cls, "effect", Effect.NOTE) is not Effect.NOTE
        cls.reason = Code(cls.name, source_of(cls.label)) if decides else None

    def check(self, case: Case) -> Evidence | None:
        """Return the evidence, or None when the message is not of this kind."""
        raise NotImplementedError  # pragma: no cover - every verdict answers for itself
