"""What a received message may have to do with one that we sent."""

from dataclasses import dataclass
from enum import Enum


class OwnCopy(Enum):
    """Whether a message is a copy of one that we sent."""

    NO = "no"
    CLAIMED = "claimed"  # its Message-ID says so, which everybody knows who got the message
    PROVED = "proved"  # From, date, subject, text and files are the same


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message of ours that a received one may be a copy of.

    ``senders``: the addresses in From of those whose date, subject, text and files are the same;
    none where only the Message-ID is.
    """

    senders: frozenset[str] = frozenset()
