"""Notices of Italian certified mail (PEC): what its servers say of a message of ours.

The Italian rules (DM 2 November 2005, annex, §6) name the kinds in ``X-Ricevuta``, and the message
in ``X-Riferimento-Message-ID``. Nothing but such a server writes them; the certified message itself
carries ``X-Trasporto`` instead.
"""

from ..message.automatic import keyword
from ..message.mail import ReceivedMail

ABOUT = "x-riferimento-message-id"
_ARRIVED = frozenset({"accettazione", "presa-in-carico", "avvenuta-consegna"})
_LATE = "preavviso-errore-consegna"  # a warning: it may still arrive
_FAILED = frozenset({"non-accettazione", "errore-consegna", "rilevazione-virus", _LATE})


def _kind(mail: ReceivedMail) -> str:
    return keyword(mail.first("x-ricevuta"))


def certified_receipt(mail: ReceivedMail) -> str:
    """The kind of a receipt: accepted, taken over, or delivered; ``""`` for anything else."""
    kind = _kind(mail)
    return kind if kind in _ARRIVED else ""


def certified_failure(mail: ReceivedMail) -> str:
    """The kind of a notice that a message did not arrive; ``""`` for anything else."""
    kind = _kind(mail)
    return kind if kind in _FAILED else ""


def is_certified_warning(mail: ReceivedMail) -> bool:
    """Whether such a notice says "not yet"."""
    return _kind(mail) == _LATE
