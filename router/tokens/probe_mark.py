"""How a message of a probe is known again, whatever the provider did to it on the way.

The same signed token stands in the address, in a header, and in the subject: one of them survives.
A mark that we did not sign means nothing, so nobody can hide a message behind one.
"""

import re
from collections.abc import Iterator
from enum import Enum
from itertools import islice

from ..message import headers
from ..message.mail import ReceivedMail
from .tokens import ProbeToken, TokenKey, read_probe_token

HEADER = "X-Catchall-Probe"
_TOKEN = re.compile(r"probe[-: ]{1,2}([a-z2-7]{16,30})(?![a-z2-7])", re.IGNORECASE)
_MAX_CHARS = 2_000  # of one field
_MAX_TOKENS = 20  # of one message: each costs an HMAC
_FIELDS = {headers.SUBJECT, headers.RECEIVED, *headers.ADDRESSED, *headers.ENVELOPE_RECIPIENT}


class Kind(str, Enum):
    """What a message of a probe is for; the order numbers the tokens and must stay."""

    RANDOM = "random"
    SUB_ADDRESS = "sub_address"
    BCC = "bcc"
    FIRST = "first"
    SECOND = "second"
    NEAR = "near"
    AUTHOR = "author"
    OUTSIDE = "outside"
    FORGED = "forged"

    def __str__(self) -> str:
        return self.value

    @property
    def part(self) -> int:
        """Its number in a token."""
        return list(Kind).index(self)


def find_probe(mail: ReceivedMail, key: TokenKey) -> ProbeToken | None:
    """The signed token that a message carries, or None."""
    for text in islice(dict.fromkeys(_candidates(mail)), _MAX_TOKENS):
        token = read_probe_token(key, text)
        if token and token.part < len(Kind):
            return token
    return None


def _candidates(mail: ReceivedMail) -> Iterator[str]:
    for item in mail.all(HEADER.lower())[:1]:
        yield item.value.strip().lower()
    for item in mail.fields[:200]:
        if item.name in _FIELDS:
            for found in _TOKEN.finditer(item.value[:_MAX_CHARS]):
                yield found[1].lower()
