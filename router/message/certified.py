"""Italian certified mail (PEC): the message of a person in the envelope of a provider.

The Italian rules (DM 2 November 2005, annex, §6.3) say what an envelope looks like: ``X-Trasporto``
in its header, "Per conto di: lena@…" as the name in From, and the message as ``postacert.eml``. A
message that came uncertified into a certified mailbox has such an envelope too (``errore``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

from . import addresses, headers
from .addresses import Mailbox
from .automatic import keyword
from .mail import Part, ReceivedMail

TRANSPORT = "x-trasporto"
_CERTIFIED, _UNCERTIFIED = "posta-certificata", "errore"
_PROVIDERS_LOCAL_PART = "posta-certificata"
_NAME = "postacert.eml"


@dataclass(frozen=True, slots=True)
class CertifiedMail:
    """``mail`` is the message inside, ``provider`` the domain of whoever made the envelope.

    ``files`` are what else the envelope holds beside a text: data, a signature, and that part.
    ``named`` are the addresses that it says the message is from. ``is_certified`` is what the
    envelope says; that its provider made it, nothing here proves.
    """

    mail: ReceivedMail
    files: tuple[Part, ...]
    provider: str
    is_certified: bool
    named: frozenset[str]

    @property
    def sender(self) -> Mailbox | None:
        """Who wrote the message, where the envelope names the same address, else None."""
        sender = self.mail.sender
        return sender if sender.address in self.named else None


def certified_mail(root: Part) -> CertifiedMail | None:
    """What lies in an envelope, None where a message is none.

    :param root: the outermost part: what a message inside says of itself is anybody's
    """
    kind = keyword(root.get(TRANSPORT))
    if kind not in (_CERTIFIED, _UNCERTIFIED) or root.depth:
        return None
    senders = addresses.parse(root.get(headers.FROM))
    if len(senders) != 1 or not senders[0].address.startswith(f"{_PROVIDERS_LOCAL_PART}@"):
        return None
    parts = tuple(_leaves(root))
    part = next((item for item in parts if item.get_filename().lower() == _NAME), None)
    if part is None:
        return None
    behalf = addresses.parse(senders[0].name.rpartition(":")[2])
    replies = addresses.parse(root.get(headers.REPLY_TO))
    return CertifiedMail(
        mail=ReceivedMail.from_bytes(part.decoded()),
        files=tuple(item for item in parts if item.get_filename() or not _is_text(item)),
        provider=senders[0].domain,
        is_certified=kind == _CERTIFIED,
        named=frozenset(item.address for item in (*behalf, *replies) if item.address),
    )


def certified_inside(mail: ReceivedMail) -> CertifiedMail | None:
    """What lies in the envelope that a message is, None where it is none."""
    return certified_mail(mail.parts()[0]) if mail.has(TRANSPORT) else None


def all_references(mail: ReceivedMail) -> tuple[str, ...]:
    """The ids that a message refers to. An envelope of certified mail refers to nothing itself."""
    inner = certified_inside(mail)
    return (*mail.references, *(inner.mail.references if inner else ()))


def _is_text(part: Part) -> bool:
    return part.get_content_maintype() == "text"


def _leaves(root: Part) -> Iterator[Part]:
    """The parts of the envelope, in order: what lies in a message is no part of it."""
    stack = [root]
    while stack:
        part = stack.pop()
        if part.get_content_maintype() == "multipart":
            stack += reversed(part.children)
        else:
            yield part
