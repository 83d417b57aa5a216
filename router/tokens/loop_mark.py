"""``X-Catchall-Loop``: our signature on mail that records send, so that we know it when it returns.

``X-Catchall-Loop: v1 <record> <hops> <hmac>``: the record as ``model,id``, how many records of
ours the message has passed through, and an HMAC-SHA256 over both, in lower-case base32. A row
without a valid key says nothing: anybody could write it to make us drop another's mail.
"""

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

from ..message import headers
from ..message.mail import ReceivedMail

VERSION = "v1"
MAX_MARKS = 20
_VALUE = re.compile(r"^v1\s+([a-z0-9_.]{1,64},[0-9]{1,18})\s+([0-9]{1,3})\s+([a-z2-7]{32})$")
_DIGEST_BYTES = 20  # 160 bits, 32 characters of base32 without padding


@dataclass(frozen=True, slots=True)
class LoopMark:
    """Which record sent it, and through how many records of ours it went (1 = the first)."""

    record: str
    hops: int = 1

    def header_value(self, secret: bytes) -> str:
        """The value to send; one line, no folding needed."""
        return f"{VERSION} {self.record} {self.hops} {_sign(self.record, self.hops, secret)}"


def find_loop_mark(mail: ReceivedMail, secret: bytes) -> LoopMark | None:
    """The valid mark with the most hops, or None; without a secret no mark is valid."""
    if not secret:
        return None
    marks = (_read(item.value, secret) for item in mail.all(headers.X_CATCHALL_LOOP)[:MAX_MARKS])
    return max((mark for mark in marks if mark), key=lambda mark: mark.hops, default=None)


def _read(value: str, secret: bytes) -> LoopMark | None:
    match = _VALUE.match(value.strip()[:200])
    if match is None:
        return None
    mark = LoopMark(match[1], int(match[2]))
    valid = hmac.compare_digest(match[3], _sign(mark.record, mark.hops, secret))
    return mark if valid else None


def _sign(record: str, hops: int, secret: bytes) -> str:
    text = f"mail_catchall_router loop {VERSION}\0{record}\0{hops}".encode()
    digest = hmac.new(secret, text, hashlib.sha256).digest()[:_DIGEST_BYTES]
    return base64.b32encode(digest).decode("ascii").lower()
