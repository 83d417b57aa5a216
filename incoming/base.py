"""What both protocols have in common: what a message is called, how big it is, its bytes."""

import imaplib
import poplib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

# What a connection, or the server at its other end, may raise at any time.
CONNECTION_ERRORS = (OSError, imaplib.IMAP4.error, poplib.error_proto)


class MailboxError(Exception):
    """The mail server answered something that says what an admin can do; the text is for them."""


class Refused(MailboxError):
    """The server refused one command. ``answer`` is what it said, as it said it."""

    def __init__(self, text: str, answer: str = "") -> None:
        """Take the sentence, and the server's own words."""
        super().__init__(text)
        self.answer = answer


@dataclass(frozen=True, slots=True)
class MessageRef:
    """A message in the mailbox. ``key`` is unique in the mailbox and stays the same.

    ``number`` is what the protocol addresses it by (UID, or POP3's number in this session),
    ``size`` bytes, ``received`` when it arrived in UTC (POP3 does not tell).
    """

    key: str
    number: int
    size: int
    received: datetime | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message and its exact bytes, or None for one that the server would not hand out.

    ``part``: what came of one that was cut short.
    """

    ref: MessageRef
    source: bytes | None
    error: str = ""
    part: bytes | None = None


def batches(
    refs: Iterable[MessageRef], max_bytes: int, max_count: int
) -> Iterator[list[MessageRef]]:
    """Split into batches of at most ``max_bytes``; one larger message is a batch of its own."""
    batch: list[MessageRef] = []
    total = 0
    for ref in refs:
        if batch and (total + ref.size > max_bytes or len(batch) >= max_count):
            yield batch
            batch, total = [], 0
        batch.append(ref)
        total += ref.size
    if batch:
        yield batch
