"""What became of a message's recipients in a session."""

from dataclasses import dataclass, field

from .refusals import Answer


class DeliveryError(Exception):
    """Nobody got the mail now; ``answer`` says why, and whether to try again."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(str(answer))


@dataclass(slots=True)
class Outcome:
    """What became of a message's recipients, by address; ``earlier`` got it in another session."""

    earlier: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    refused: dict[str, Answer] = field(default_factory=dict)
    failure: Answer | None = None  # nobody in particular was refused: the mail, or the server

    @property
    def try_again(self) -> bool:
        """Whether something may still be delivered later."""
        answers = [*self.refused.values(), *([self.failure] if self.failure else [])]
        return any(answer.is_temporary for answer in answers)

    @property
    def reason(self) -> str:
        """The answers in words, one line each."""
        lines = [f"{address}: {answer}" for address, answer in self.refused.items()]
        return "\n".join([*lines, *([str(self.failure)] if self.failure else [])])
