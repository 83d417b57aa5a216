"""Delivery status notifications (RFC 3464): who was not reached, for how long, and why."""

from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from ..message import addresses
from ..message.mail import ReceivedMail
from ..message.mime import Part
from .report import DELIVERY, DISPOSITION, report_blocks
from .status import explain, find_status, is_undefined, parse_status, status_of_words

MAX_RECIPIENTS = 100
MAX_DIAGNOSTIC_CHARS = 2_000

# RFC 3464 §2.3.3. OpenSMTPD writes "error".
_GIVEN_UP = ("failed", "failure", "fail", "error", "undeliverable")
_DELIVERED = ("delivered", "relayed", "expanded")


@dataclass(frozen=True, slots=True)
class Recipient:
    """One recipient of a report.

    ``permanent`` says that delivery was given up, also after days of temporary errors
    (``failed`` with 4.4.7): whether the *address* is bad stands in ``status``.
    """

    address: str
    permanent: bool
    action: str = "failed"
    status: str = ""
    diagnostic: str = ""
    final_address: str = ""

    def as_json(self) -> dict[str, Any]:
        """The form kept on the ledger row."""
        return {**asdict(self), "explanation": explain(self.status)}


def delivery_recipients(parts: tuple[Part, ...]) -> tuple[Recipient, ...]:
    """The recipients of every machine-readable part, in order."""
    found = (_recipient(block) for block in report_blocks(parts, DELIVERY, DISPOSITION))
    return tuple(islice((item for item in found if item), MAX_RECIPIENTS))


def told_status(status: str, text: str, *, permanent: bool) -> str:
    """The most telling code: as given, as a server is quoted, or as the words of ``text`` mean."""
    candidates = (status, find_status(text), status_of_words(text, permanent=permanent))
    telling = next((code for code in candidates if not is_undefined(code)), "")
    return telling or status or ("5.0.0" if permanent else "4.0.0")


def is_delivered(recipient: Recipient) -> bool:
    """A success report, asked for by the sender: nothing bounced."""
    return recipient.action in _DELIVERED


def _recipient(block: ReceivedMail) -> Recipient | None:
    """A per-recipient group (RFC 3464 §2.3); None for the per-message one."""
    original = _address(block.first("original-recipient")) or _address(
        block.first("x-actual-recipient")
    )
    final = _address(block.first("final-recipient"))
    action = block.first("action").strip().lower()
    if not (original or final or (action and block.has("final-recipient"))):
        return None
    diagnostic = block.first("diagnostic-code")[:MAX_DIAGNOSTIC_CHARS]
    kind, semicolon, text = diagnostic.partition(";")
    if semicolon and kind.strip().replace("-", "").isalnum():
        diagnostic = text
    diagnostic = " ".join(diagnostic.split())
    status = parse_status(block.first("status"))
    said = diagnostic or block.first("status")  # some write the server's words there
    permanent = _is_permanent(action, status or find_status(said))
    return Recipient(
        address=original or final,
        permanent=permanent,
        action=_plain(action, permanent),
        status=told_status(status, said, permanent=permanent),
        diagnostic=diagnostic,
        final_address=final,
    )


def _is_permanent(action: str, status: str) -> bool:
    if action.startswith(_GIVEN_UP):
        return True
    if action.startswith(("delay", *_DELIVERED)):
        return False
    return not status.startswith(("4", "2"))


def _plain(action: str, permanent: bool) -> str:
    for known in ("delayed", *_DELIVERED):
        if action.startswith(known[:5]):
            return known
    return "failed" if permanent else "delayed"


def _address(value: str) -> str:
    """``rfc822; user@example.com`` and what is written instead of it; ``""`` if there is none."""
    text = value.partition(";")[2] if ";" in value else value
    # RFC 3461 §4: in xtext "+" and "=" must be encoded. Others are left alone: a sub-address
    # like user+ab@ is not xtext, whatever the standard says.
    text = text.replace("+2B", "+").replace("+3D", "=")
    parsed = addresses.parse(text[:1_000])
    return parsed[0].address if parsed else ""
