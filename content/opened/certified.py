"""Certified mail (PEC): the message inside is shown, the envelope's files stay beside it."""

from ...router.message.certified import TRANSPORT, certified_mail
from ...router.message.mime import Part
from ...translatable import _lt, said
from ..content import Opened
from .parts import entity

CERTIFIED = _lt(
    "This is certified mail (PEC) by %(provider)s. The signature of its envelope was not checked."
)
UNCERTIFIED = _lt("This email is not certified: %(provider)s passed it on from outside of PEC.")


def open_certified(part: Part) -> Opened | None:
    """The message in an envelope of certified mail, which is a whole message."""
    if not part.get(TRANSPORT):
        return None
    found = certified_mail(part)
    inner = found and entity(found.mail.source)
    if not found or not inner:
        return None
    note = CERTIFIED if found.is_certified else UNCERTIFIED
    return Opened(
        parts=(inner, *found.files),
        notes=(said(note, provider=found.provider),),
        sender=found.sender,
        encloses="certified",
    )
