"""What both protocols have in common: what a message is called, how big it is, its bytes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime


class MailboxError(Exception):
    """The mail server answered something that says what an admin can do; the text is for them."""


@dataclass(frozen=True, slots=True)
class Envelope:
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
    """An envelope and the exact bytes, or None for one that the server would not hand out."""

    envelope: Envelope
    source: bytes | None
    error: str = ""


def batches(
    envelopes: Iterable[Envelope], max_bytes: int, max_count: int
) -> Iterator[list[Envelope]]:
    """Split into batches of at most ``max_bytes``; one larger message is a batch of its own."""
    batch: list[Envelope] = []
    total = 0
    for envelope in envelopes:
        if batch and (total + envelope.size > max_bytes or len(batch) >= max_count):
            yield batch
            batch, total = [], 0
        batch.append(envelope)
        total += envelope.size
    if batch:
        yield batch
