"""What a record shows of a message, and of a part that was opened on the way."""

from dataclasses import dataclass

from ..router.message.addresses import Mailbox
from ..router.message.limits import Limit
from ..router.message.mime import Part


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of the record: ``data`` are the sender's bytes, whatever they are.

    ``content_id`` (RFC 2392, no brackets) and ``location`` (RFC 2557) are what a picture in the
    text is called by; ``charset`` is the one that the message claims.
    """

    name: str
    data: bytes
    content_type: str
    content_id: str = ""
    location: str = ""
    charset: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """``html`` is a stranger's: sanitise it before it is stored.

    ``notes`` are sentences for the record (``said(...)``), ``sender`` whoever wrote a message that
    lay inside an envelope, ``encloses`` what a part holds that was opened (``"certified"`` …), and
    ``over`` the limits (router/message/limits.py) that kept its text from being shown as it came.
    ``pictures`` are the Content-IDs of files that the HTML shows, ``logos`` those among them that
    belong to a signature, ``reaction`` is the emoji of a message that is nothing else.
    """

    html: str = ""
    files: tuple[File, ...] = ()
    notes: tuple[str, ...] = ()
    sender: Mailbox | None = None
    encloses: str = ""
    over: tuple[Limit, ...] = ()
    pictures: frozenset[str] = frozenset()
    logos: frozenset[str] = frozenset()
    reaction: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """What lay inside one part: parts that stand in its place, and files that stand beside them.

    ``html`` or ``text`` is shown where the message has no words without it. ``stays``: the part is
    a file of the record all the same, because somebody may want its bytes: a signature's, say.
    """

    parts: tuple[Part, ...] = ()
    files: tuple[File, ...] = ()
    html: str = ""
    text: str = ""
    notes: tuple[str, ...] = ()
    sender: Mailbox | None = None
    encloses: str = ""
    stays: bool = False
