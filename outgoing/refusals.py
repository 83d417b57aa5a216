"""What a mail server's refusal means for us: the login, the sender's limit, the sender, this
recipient, or just not now; and what became of a message by all its answers.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from . import provider_words as words

# To which command it is the answer; "data" is what follows the text as well. "": to the login.
Stage = Literal["", "mail", "rcpt", "data"]

# Minutes until the next try, growing: a restart, an outage of a morning, of a weekend.
RETRY_MINUTES = (2, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440)


# So long a limit is asked about: what waits longer than that is no longer news.
LIMIT_DAYS = 5
MAX_WORDS = 4_000  # characters of an answer that are read
# Silence after the text may mean that the server took it (RFC 1047): one more try, and not soon.
UNSETTLED_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer; code 0 is silence: a lost or impossible connection.

    ``final`` says that there was a try too many already, whatever the code. What it means is asked
    in this order: the login, the sender's limit, the identity, the envelope.
    """

    code: int
    text: str
    stage: Stage = field(default="", compare=False)
    final: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text

    @property
    def is_temporary(self) -> bool:
        """Whether the same message may be accepted later (RFC 5321 §4.2.1)."""
        if self.final:
            return False
        later = not self.code or 400 <= self.code < 500
        return later or self.is_login or self.is_limit or self.is_mailbox_full

    @property
    def is_silence(self) -> bool:
        """Whether the server has the text and did not say what became of it."""
        return not self.code and self.stage == "data"

    @property
    def is_login(self) -> bool:
        """Whether the server wants a login, or another one: nothing of the message is at fault."""
        if words.CREDITS.search(self._words):
            return False  # the login held, and nothing is left to send with
        if self.code in (534, 535, 538) or (self.code == 530 and self.stage != "data"):
            return True
        return self.code >= 400 and bool(words.LOGIN.search(self._words))

    @property
    def is_limit(self) -> bool:
        """Whether the account has sent enough for now; nothing else can be sent either."""
        said = self._words
        if self.code < 400 or self.is_login or words.NO_LIMIT.search(said):
            return False
        if words.RECIPIENT_LIMIT.search(said) and not words.OF_ACCOUNT.search(said):
            return False
        return bool(words.LIMIT.search(said)) and not self.ends_session

    @property
    def limit_minutes(self) -> int:
        """Until a limit is asked about again: most count by the hour, or by the day."""
        said = self._words
        if "minute" in said or "second" in said:
            return 2
        return 15 if "hour" in said and "24" not in said else 60

    @property
    def is_mailbox_full(self) -> bool:
        """Whether there is no room at one recipient's: that passes, whatever the code."""
        return self.code >= 400 and bool(words.MAILBOX_FULL.search(self._words))

    @property
    def ends_session(self) -> bool:
        """Whether the next connection may go on at once."""
        return self.code >= 400 and bool(words.SESSION_OVER.search(self._words))

    @property
    def names_sender(self) -> bool:
        """Whether another From could help. Only what is final counts, and only words say so."""
        if not 500 <= self.code < 600 or self.is_login or self.is_limit:
            return False
        said = self._words
        if words.NOT_SENDER.search(said):
            return False
        if words.SENDER.search(said):
            return True
        is_of_message = self.stage in ("mail", "data") and not words.OF_NETWORK.search(said)
        return is_of_message and bool(words.OF_SENDER.search(said))

    @property
    def refuses_envelope(self) -> bool:
        """Whether another envelope sender could help: at MAIL nothing else was said yet."""
        known = self.is_login or self.is_limit
        return self.stage == "mail" and self.code >= 400 and self.code != 421 and not known

    @property
    def _words(self) -> str:
        return " ".join(self.text[:MAX_WORDS].lower().split())


class DeliveryError(Exception):
    """Nobody got the message now; ``answer`` says why, and whether to try again.

    ``server_id`` is the account's, once its session has told.
    """

    def __init__(self, answer: Answer, server_id: int = 0) -> None:
        self.answer, self.server_id = answer, server_id
        super().__init__(str(answer))


@dataclass(slots=True)
class Outcome:
    """What became of a message's recipients, by address; ``earlier`` got it in another session.

    ``unsettled`` are those of them of whom the server did not say whether it took the message,
    with the minutes until it goes once more.
    """

    earlier: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    refused: dict[str, Answer] = field(default_factory=dict)
    failure: Answer | None = None  # nobody in particular was refused: the message, or the server
    unsettled: dict[str, int] = field(default_factory=dict)

    @property
    def served(self) -> set[str]:
        """Who has it, as far as anybody knows."""
        return (self.accepted | self.earlier) - set(self.unsettled)

    @property
    def is_open(self) -> bool:
        """Whether not everybody has it."""
        return bool(self.refused or self.failure or self.unsettled)

    @property
    def try_again(self) -> bool:
        """Whether something may still be delivered later."""
        return bool(self.unsettled) or any(answer.is_temporary for answer in self._answers)

    @property
    def reason(self) -> str:
        """The answers in words, one line each."""
        lines = [f"{address}: {answer}" for address, answer in self.refused.items()]
        return "\n".join([*lines, *([str(self.failure)] if self.failure else [])])

    @property
    def silent(self) -> list[str]:
        """Who may have it, without anybody having said so."""
        now = [address for address, answer in self.refused.items() if answer.is_silence]
        return sorted({*self.unsettled, *now})

    @property
    def waits_for_limit(self) -> bool:
        """Whether nothing but the account's limit keeps it from leaving."""
        later = [answer for answer in self._answers if answer.is_temporary]
        return bool(later) and all(answer.is_limit for answer in later) and not self.unsettled

    def next_minutes(self, attempt: int, waited: timedelta) -> int:
        """Minutes until the next try after so many failed ones; 0 when it is enough.

        :param waited: since the first of them
        """
        found = list(self.unsettled.values())
        for answer in self._answers:
            if answer.is_limit:
                found.append(answer.limit_minutes if waited < timedelta(days=LIMIT_DAYS) else 0)
            elif answer.is_silence:
                found.append(0 if answer.final else UNSETTLED_MINUTES)
            elif answer.is_temporary:
                found.append(retry_minutes(attempt))
        return min(filter(None, found), default=0)

    @property
    def _answers(self) -> list[Answer]:
        return [*self.refused.values(), *([self.failure] if self.failure else [])]


def retry_minutes(attempt: int) -> int:
    """Minutes until the next try after so many failed ones; 0 when it is enough."""
    return RETRY_MINUTES[attempt - 1] if 1 <= attempt <= len(RETRY_MINUTES) else 0
