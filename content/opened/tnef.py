"""TNEF ([MS-OXTNEF]): the ``winmail.dat`` that Exchange and Outlook send to the wrong people.

A reader of our own: the one library (tnefparse, last released in 2021) reads without limits, and
nobody has to install this one. A stream is a flat list of attributes, each with its length, so that
one walk reads it; a body in RTF is left to rtf.py.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from ...router.message.mime import Part
from ..content import Opened
from . import rtf
from .parts import file_part

MAX_BYTES = 60_000_000  # of a stream, and of all that is read in it
MAX_FILES = 500
MAX_DEPTH = 5  # messages attached to messages
_MAX_PROPERTIES = 5_000  # of a message or a file
_MAX_TEXT = 2_000_000  # bytes of a body
_SIGNATURE = b"\x78\x9f\x3e\x22"
_FILE_BEGINS, _FILE_NAME, _FILE_DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
_BODY, _SUBJECT, _PROPERTIES, _CODE_PAGE, _CLASS = 0x800C, 0x8004, 0x9003, 0x9007, 0x8008
# Of a property the type ([MS-OXCDATA] §2.11.1): octets of one value, in the stream.
_FIXED = {
    **dict.fromkeys((0x0002, 0x0003, 0x0004, 0x000A, 0x000B), 4),
    **dict.fromkeys((0x0005, 0x0006, 0x0007, 0x0014, 0x0040), 8),
    **{0x0048: 16, 0x0001: 0},
}
_NARROW, _WIDE, _OBJECT, _BINARY = 0x001E, 0x001F, 0x000D, 0x0102
_VARIABLE = frozenset({_NARROW, _WIDE, _OBJECT, _BINARY})
_MANY = 0x1000
_NAMED = 0x8000  # ids from here on have a name before the value
# Ids of properties ([MS-OXPROPS]).
_TITLE, _SENDER_NAME, _SENDER_ADDRESS, _SENDER_SMTP = 0x0037, 0x0C1A, 0x0C1F, 0x5D01
_TEXT, _RTF, _HTML, _PAGE_OF_TEXT, _PAGE_OF_HTML = 0x1000, 0x1009, 0x1013, 0x3FFD, 0x3FDE
_DISPLAY_NAME, _DATA, _SHORT_NAME, _METHOD, _LONG_NAME = 0x3001, 0x3701, 0x3704, 0x3705, 0x3707
_TYPE, _CONTENT_ID, _LOCATION, _MESSAGE_CLASS = 0x370E, 0x3712, 0x3713, 0x001A
_IS_MESSAGE, _IS_OLE = 5, 6  # of _METHOD
_INTERFACE = 16  # octets before an object's own
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


_TYPES = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_NOTES = ("IPM.NOTE", "IPM.MICROSOFT MAIL.NOTE", "IPM.POST")  # of classes: messages


def open_winmail(part: Part) -> Opened | None:
    """The files of a ``winmail.dat``, and its text for a message that has none itself.

    It stays a file itself where it is no message: the fields of an appointment are in it alone.
    """
    is_named = part.get_filename().lower().endswith(".dat")
    if part.is_multipart() or not (part.get_content_type() in _TYPES or is_named):
        return None
    if not part.decoded(limit=40).startswith(_SIGNATURE):
        return None
    found = read(part.decoded())
    if found is None or not (found.files or found.messages or found.html or found.text):
        return None
    return Opened(
        parts=tuple(_parts(found)),
        html=found.html,
        text=found.text,
        stays=not found.is_note,
        encloses="winmail",
    )


def _parts(message: "Message") -> Iterator[Part]:
    for item in message.files:
        yield file_part(
            item.name,
            item.data,
            item.content_type,
            content_id=item.content_id and f"<{item.content_id}>",
            content_location=item.location,
        )
    for inner in message.messages:
        name = f"{inner.subject or 'message'}.eml"
        yield file_part(name, _as_email(inner), "message/rfc822")


def _as_email(message: "Message") -> bytes:
    """An attached message, which was never an email of its own, as a file that programs open."""
    email = EmailMessage(policy=SMTP)
    email["Subject"] = message.subject
    address = message.sender_address if message.sender_address.isascii() else ""
    if "@" in address or message.sender_name:
        email["From"] = formataddr((message.sender_name, address))
    email.set_content(message.text)
    if message.html:
        email.add_alternative(message.html, subtype="html")
    for part in _parts(message):
        email.add_attachment(
            part.raw, "application", "octet-stream", filename=part.get_filename() or "file"
        )
    return email.as_bytes()


class Malformed(ValueError):
    """No TNEF, or more of it than is read."""


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file as it was attached: ``content_type`` and the rest as claimed, or ``""``."""

    name: str
    data: bytes
    content_type: str = ""
    content_id: str = ""
    location: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What a stream holds. ``text`` and ``html`` are two forms of one body; each may be ``""``.

    ``messages`` are those that are attached, which are streams themselves. ``is_note``: it is a
    message, no appointment, task or contact.
    """

    subject: str = ""
    sender_name: str = ""
    sender_address: str = ""
    text: str = ""
    html: str = ""
    files: tuple[AttachedFile, ...] = ()
    messages: tuple["Message", ...] = ()
    is_note: bool = True


@dataclass
class _Object:
    """The properties of a message or a file: the first value of each, by id."""

    attributes: dict[int, bytes] = field(default_factory=dict)
    values: dict[int, tuple[int, bytes]] = field(default_factory=dict)

    def data(self, number: int) -> bytes:
        return self.values.get(number, (0, b""))[1]

    def number(self, number: int) -> int:
        return int.from_bytes(self.data(number)[:4], "little")

    def string(self, number: int, page: str) -> str:
        kind, octets = self.values.get(number, (0, b""))
        return _decoded(octets, "utf-16-le" if kind == _WIDE else page)

    def line(self, number: int, page: str) -> str:
        """A string for one line of a form."""
        return " ".join(_UNSAFE.sub(" ", self.string(number, page)[:1_000]).split())


def read(data: bytes) -> Message | None:
    """Read a stream, or None where it is none, is broken, or is over the limits."""
    try:
        return _Stream(data, _Budget(), 0).message()
    except Malformed:
        return None


@dataclass
class _Budget:
    """What may still be read, of all streams within one another."""

    files: int = MAX_FILES
    octets: int = MAX_BYTES

    def spend(self, octets: int, files: int = 0) -> None:
        self.octets -= octets
        self.files -= files
        if self.octets < 0 or self.files < 0:
            raise Malformed("too much")


class _Stream:
    def __init__(self, data: bytes, budget: _Budget, depth: int) -> None:
        if not data.startswith(_SIGNATURE) or depth > MAX_DEPTH:
            raise Malformed("no TNEF, or too deep")
        budget.spend(len(data))
        self._data, self._budget, self._depth = data, budget, depth
        self._page = "cp1252"

    def message(self) -> Message:
        head, attached = self._objects()
        self._page = _page(head.attributes.get(_CODE_PAGE, b"")) or self._page
        files: list[AttachedFile] = []
        messages: list[Message] = []
        for number, item in enumerate(attached, 1):
            octets = item.data(_DATA)
            if item.number(_METHOD) == _IS_MESSAGE and octets[_INTERFACE:].startswith(_SIGNATURE):
                stream = _Stream(octets[_INTERFACE:], self._budget, self._depth + 1)
                messages.append(stream.message())
            else:
                files.append(self._file(item, number))
        page = _page_of(head.number(_PAGE_OF_TEXT)) or self._page
        html, text = self._body(head, page)
        subject = _decoded(head.attributes.get(_SUBJECT, b"")[:1_000], self._page)
        return Message(
            subject=head.line(_TITLE, page) or " ".join(_UNSAFE.sub(" ", subject).split()),
            sender_name=head.line(_SENDER_NAME, page),
            sender_address=head.line(_SENDER_SMTP, page) or head.line(_SENDER_ADDRESS, page),
            text=text,
            html=html,
            files=tuple(files),
            messages=tuple(messages),
            is_note=self._is_note(head),
        )

    def _is_note(self, head: _Object) -> bool:
        attribute = _decoded(head.attributes.get(_CLASS, b"")[:255], "latin-1")
        kind = (head.line(_MESSAGE_CLASS, self._page) or attribute).upper()
        return not kind or kind == "IPM" or kind.startswith(_NOTES)

    def _objects(self) -> tuple[_Object, list[_Object]]:
        """The message itself, and what is attached to it."""
        message, attached = _Object(), []
        for number, octets in self._attributes():
            if number == _FILE_BEGINS:
                self._budget.spend(0, files=1)
                attached.append(_Object())
            elif number == _PROPERTIES:
                message.values = dict(_properties(octets))
            elif number == _FILE_PROPERTIES and attached:
                attached[-1].values = dict(_properties(octets))
            else:
                of_file = number in (_FILE_NAME, _FILE_DATA) and attached
                (attached[-1] if of_file else message).attributes.setdefault(number, octets)
        return message, attached

    def _attributes(self) -> Iterator[tuple[int, bytes]]:
        """Yield the id and the octets of each attribute ([MS-OXTNEF] §2.1.3.2).

        A level, an id, its type, a length, the octets, a checksum. What stands behind the last
        whole one is no more than a tail that some gateway wrote.
        """
        data, at = self._data, 6  # behind the signature and a key
        while at + 9 <= len(data) and data[at] in (1, 2):
            length = int.from_bytes(data[at + 5 : at + 9], "little")
            if at + 9 + length > len(data):
                raise Malformed("cut")
            yield int.from_bytes(data[at + 1 : at + 3], "little"), data[at + 9 : at + 9 + length]
            at += 9 + length + 2

    def _file(self, item: _Object, number: int) -> AttachedFile:
        page = self._page
        title = _decoded(item.attributes.get(_FILE_NAME, b"")[:1_000], page)
        names = (item.line(key, page) for key in (_LONG_NAME, _DISPLAY_NAME, _SHORT_NAME))
        name = next(filter(None, (*names, _UNSAFE.sub(" ", title).strip())), f"file{number}")
        data = item.attributes.get(_FILE_DATA, b"")
        if not data:
            kind, data = item.values.get(_DATA, (0, b""))
            data = data[_INTERFACE:] if kind == _OBJECT else data
        return AttachedFile(
            name=name,
            data=data,
            content_type=item.line(_TYPE, page).lower(),
            content_id=item.line(_CONTENT_ID, page),
            location=item.line(_LOCATION, page),
        )

    def _body(self, head: _Object, page: str) -> tuple[str, str]:
        """The body as HTML and as text."""
        kind, octets = head.values.get(_HTML, (0, b""))
        of_html = _page_of(head.number(_PAGE_OF_HTML)) or page
        html = _decoded(octets[:_MAX_TEXT], "utf-16-le" if kind == _WIDE else of_html)
        text = head.string(_TEXT, page)[:_MAX_TEXT]
        text = text or _decoded(head.attributes.get(_BODY, b"")[:_MAX_TEXT], self._page)
        if not html:
            found = rtf.words(rtf.unpacked(head.data(_RTF)))
            html, text = found.html, text or found.text
        return html, text


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """Yield the id, the type and the first value of each property ([MS-OXTNEF] §2.1.3.4).

    :raises Malformed: where a type is unknown, so that nobody knows where the next one begins
    """
    at = 4
    for _property in range(min(int.from_bytes(data[:4], "little"), _MAX_PROPERTIES)):
        kind, number = (int.from_bytes(data[at + i : at + i + 2], "little") for i in (0, 2))
        at += 4
        if number >= _NAMED:
            at = _behind_name(data, at)
        base = kind & ~_MANY
        if base not in _VARIABLE and base not in _FIXED:
            raise Malformed(f"type {kind:#x}")
        values = 1
        if kind & _MANY or base in _VARIABLE:
            values = int.from_bytes(data[at : at + 4], "little")
            at += 4
        first: bytes | None = None
        if base in _FIXED:
            first = data[at : at + _FIXED[base]]
            at += values * _FIXED[base]
        else:
            for _value in range(values):
                if at + 4 > len(data):
                    raise Malformed("cut")
                length = int.from_bytes(data[at : at + 4], "little")
                first = data[at + 4 : at + 4 + length] if first is None else first
                at += 4 + _padded(length)
        if at > len(data) + 3:
            raise Malformed("cut")
        yield number, (base, first or b"")


def _behind_name(data: bytes, at: int) -> int:
    """Offset behind a property's name: a GUID, then a number or a string."""
    if int.from_bytes(data[at + 16 : at + 20], "little") == 0:
        return at + 24
    return at + 24 + _padded(int.from_bytes(data[at + 20 : at + 24], "little"))


def _padded(length: int) -> int:
    return length + -length % 4


def _page(octets: bytes) -> str:
    return _page_of(int.from_bytes(octets[:4], "little"))


def _page_of(number: int) -> str:
    """A code page's codec, ``""`` where there is none."""
    known = {0: "", 1200: "utf-16-le", 20127: "cp1252", 65001: "utf-8", 28591: "cp1252"}
    name = known.get(number, f"cp{number}")
    try:
        b"".decode(name or "utf-8")
    except LookupError:
        return ""
    return name


def _decoded(octets: bytes, codec: str) -> str:
    """Text up to its NUL."""
    return octets.decode(codec, "replace").partition("\0")[0].replace("\ufffe", "")
