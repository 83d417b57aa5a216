"""What a mail server's refusal means for us: the sender, this recipient, or just not now; and
what became of a message by all its answers.

Codes alone do not say it: 5.7.1, 5.1.8, 553 and 554 mean a dozen things. Providers say in words
that the account may not send as this author, so the words are what counts.
"""

import re
from dataclasses import dataclass, field

# The account may not send as this author. Each phrase was seen in an answer of the server named.
SENDER_PHRASES = (
    "not owned by",  # Postfix, mailcow, Yandex: Sender address rejected: not owned by user
    "sender address rejected",  # Postfix, Zoho
    "sender address is not allowed",  # GMX, Ionos
    "sender address not allowed",
    "sender is not allowed to relay",  # Zoho
    "sendasdenied",  # Microsoft 365: 5.2.252
    "not allowed to send as",  # Microsoft 365
    "permissions to send as this sender",  # Exchange: 5.7.60
    "not permitted to send as",
    "not authorized to send as",
    "not authorised to send as",
    "send from this header address",  # Fastmail: Not authorised to send from this header address
    "is not one of your addresses",  # iCloud: From address is not one of your addresses
    "match a verified sender identity",  # SendGrid
    "email address is not verified",  # Amazon SES
    "not allowed to use this sender",
    "not allowed to use the sender",
    "envelope from address is not authorised",  # AuthSMTP
    "not local sender over smtp",  # mail.ru
    "sender address must match",
    "from address must match",
    "from header must match",
    "from address is not allowed",
)
_SENDER_STATUS = re.compile(r"(?<![\d.])5\.(?:7\.60|2\.252)(?![\d.])")
# The same words about somebody else: a recipient's SPF check, a rate, a domain without DNS.
_SOMETHING_ELSE = re.compile(r"\bspf\b|rate limit|too many|domain not found|quota", re.IGNORECASE)

# Minutes until the next try, growing: a restart, an outage of a morning, of a weekend.
RETRY_MINUTES = (2, 5, 15, 30, 60, 120, 240, 480, 720, 1440, 1440)


@dataclass(frozen=True, slots=True)
class Answer:
    """A server's answer; code 0 is silence: a lost or impossible connection."""

    code: int
    text: str

    def __str__(self) -> str:
        return f"{self.code} {self.text}" if self.code else self.text

    @property
    def is_temporary(self) -> bool:
        """Whether the same message may be accepted later (RFC 5321 §4.2.1)."""
        return not self.code or 400 <= self.code < 500

    @property
    def names_sender(self) -> bool:
        """Whether another From could help. Only what is final counts, and only words say so."""
        if not 500 <= self.code < 600:
            return False
        text = " ".join(self.text.lower().split())
        if _SOMETHING_ELSE.search(text):
            return False
        return bool(_SENDER_STATUS.search(text)) or any(phrase in text for phrase in SENDER_PHRASES)


class DeliveryError(Exception):
    """Nobody got the message now; ``answer`` says why, and whether to try again."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer
        super().__init__(str(answer))


@dataclass(slots=True)
class Outcome:
    """What became of a message's recipients, by address; ``earlier`` got it in another session."""

    earlier: set[str] = field(default_factory=set)
    accepted: set[str] = field(default_factory=set)
    refused: dict[str, Answer] = field(default_factory=dict)
    failure: Answer | None = None  # nobody in particular was refused: the message, or the server

    @property
    def try_again(self) -> bool:
        """Whether something may still be delivered later."""
        answers = (*self.refused.values(), self.failure)
        return any(answer.is_temporary for answer in answers if answer)

    @property
    def reason(self) -> str:
        """The answers in words, one line each."""
        lines = [f"{address}: {answer}" for address, answer in self.refused.items()]
        return "\n".join([*lines, *([str(self.failure)] if self.failure else [])])


def retry_minutes(attempt: int) -> int:
    """Minutes until the next try after so many failed ones; 0 when it is enough."""
    return RETRY_MINUTES[attempt - 1] if 1 <= attempt <= len(RETRY_MINUTES) else 0
