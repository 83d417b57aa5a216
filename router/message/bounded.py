"""A copy of a message that Odoo's engine can read in bounded time.

A message within the limits of limits.py is its own copy, byte for byte. Of a header that is not,
the fields that are over a limit are written anew from what our own linear readers saw in them;
a body that is not is replaced by a new message with the text. The original is attached then, by
whoever hands the copy on, and the record says so.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.header import Header

from . import headers
from .addresses import Mailbox
from .encoded_words import decode_words
from .fields import Field
from .limits import (
    DEPTH,
    ENCODED_WORDS,
    FIELD_CHARS,
    HEADER_BYTES,
    HEADER_FIELDS,
    LINES,
    MAILBOXES,
    ODD_CHARS,
    PART_HEADER_BYTES,
    PARTS,
    Limit,
)
from .mail import Part, ReceivedMail
from .parameters import parse_parameters
from .repair import mailbox_list, new_message, printable

_ADDRESSES = frozenset(
    """
    from sender reply-to to cc bcc resent-from resent-sender resent-to resent-cc resent-bcc
    resent-reply-to delivered-to return-path disposition-notification-to
    """.split()
)
_IDS = frozenset({headers.MESSAGE_ID, headers.IN_REPLY_TO, headers.REFERENCES})
# Fields that ``email`` takes apart, beside addresses (email/headerregistry.py).
_STRUCTURED = frozenset(
    """
    content-type content-disposition content-transfer-encoding mime-version date resent-date
    orig-date message-id
    """.split()
)
_NEEDED = frozenset(
    {*_ADDRESSES, *_IDS, headers.SUBJECT, headers.DATE, headers.AUTO_SUBMITTED}
    | {headers.PRECEDENCE, headers.X_CATCHALL_LOOP, headers.RETURN_PATH}
    | {"content-type", "content-transfer-encoding", "content-disposition", "mime-version"}
)
_MAX_TEXT = 2_000  # characters of a field that is cut; a subject line has 998 (RFC 5322 §2.1.1)
_MAX_PARAMETER = 250
# One entry of a list, matched one after the other: a repeated group would try its ways again.
_PLAIN_ENTRY = re.compile(
    r' ?(?:"[^"\\]{0,200}" ?<[^\s"(),:;<>@\[\]\\]{1,200}@[\w.-]{1,255}>'
    r'|[^"(<>,;:@\\\[\]]{0,200}<[^\s"(),:;<>@\[\]\\]{1,200}@[\w.-]{1,255}>'
    r'|[^\s"(),:;<>@\[\]\\]{1,200}@[\w.-]{1,255}) ?(?:,|$)'
)
_PLAIN_PARAMETERS = re.compile(
    r'[\w./+-]{1,100}(?: ?; ?[\w*.-]{1,50}=(?:"[^"\\]{0,400}"|[^\s;"(]{0,400})){0,20} ?;?'
)
_TOKEN = re.compile(r"[a-z0-9-]{1,40}")
_DELIVERY_STATUS = "message/delivery-status"


@dataclass(frozen=True, slots=True)
class Bounded:
    """``source`` is what may be parsed, ``over`` the limits that the original is over."""

    source: bytes
    over: tuple[Limit, ...] = ()


def bounded(mail: ReceivedMail) -> Bounded:
    """Return a copy within the limits that concern the header and the parts."""
    source = mail.source
    over = _body_excess(mail)
    if over is not None:
        return Bounded(new_message(mail).as_bytes(), (over,))
    writer = _Header(mail)
    lines = writer.lines()
    if not writer.over:
        return Bounded(source)
    head = "\r\n".join([*lines, "", ""]).encode("utf-8", "replace")
    return Bounded(head + source[mail.body_offset :], tuple(writer.over))


def text_only(source: bytes) -> bytes:
    """A new message with what can be read of this one, and no HTML."""
    return new_message(ReceivedMail.from_bytes(source), as_text=True).as_bytes()


# --- parts


def _body_excess(mail: ReceivedMail) -> Limit | None:
    if _lines(mail.source) > LINES.most:
        return LINES
    parts = mail.parts()
    groups = (_groups(part) for part in parts if part.get_content_type() == _DELIVERY_STATUS)
    if len(parts) + sum(groups) > PARTS.most:
        return PARTS
    if max(part.depth for part in parts) > DEPTH.most:
        return DEPTH
    below = parts[1:]
    if sum(_header_chars(part) for part in below) > PART_HEADER_BYTES.most:
        return PART_HEADER_BYTES
    odd = sum(len(item.value) for part in below for item in part.fields if _is_odd(item))
    return ODD_CHARS if odd > ODD_CHARS.most else None


def _header_chars(part: Part) -> int:
    return sum(len(item.name) + len(item.value) + 4 for item in part.fields)


def _groups(part: Part) -> int:
    """Parts that ``email`` makes of a delivery status: one for each group of lines."""
    return part.raw.count(b"\n\n") + part.raw.count(b"\n\r\n")


def _lines(source: bytes) -> int:
    return source.count(b"\n") + source.count(b"\r") - source.count(b"\r\n")


# --- the header


def _is_odd(item: Field) -> bool:
    """Whether ``email`` would have to take it apart by more than its plain form."""
    value = " ".join(item.value.split())
    if item.name in _ADDRESSES:
        return not _is_plain_list(value)
    if item.name == "content-transfer-encoding":
        return not _TOKEN.fullmatch(value.lower())
    if item.name.startswith("content-") and item.name in _STRUCTURED:
        return not _PLAIN_PARAMETERS.fullmatch(value)
    return len(value) > (ODD_CHARS.most if item.name in _STRUCTURED else FIELD_CHARS.most)


def _is_plain_list(value: str) -> bool:
    at = 0
    while at < len(value):
        entry = _PLAIN_ENTRY.match(value, at)
        if entry is None:
            return False
        at = entry.end()
    return True


class _Header:
    """The header written anew; ``over`` says what was not taken as it was."""

    def __init__(self, mail: ReceivedMail) -> None:
        self.mail = mail
        self.over: dict[Limit, None] = {}
        self._mailboxes = MAILBOXES.most
        self._odd = ODD_CHARS.most  # of all odd fields together
        self._seen: dict[str, int] = {}

    def lines(self) -> list[str]:
        found = []
        for item in self._kept():
            value = self._value(item)
            if value or not item.value:
                found.append(f"{item.name.title()}: {value}")
        return found

    def _kept(self) -> list[Field]:
        fields = self.mail.fields
        if len(fields) <= HEADER_FIELDS.most and self.mail.body_offset <= HEADER_BYTES.most:
            return list(fields)
        kept: list[Field] = []
        left = HEADER_BYTES.most
        for item in sorted(fields, key=lambda item: (item.name not in _NEEDED, item.index)):
            left -= min(len(item.value), FIELD_CHARS.most)
            if len(kept) >= HEADER_FIELDS.most or left < 0:
                self.over[HEADER_FIELDS if left >= 0 else HEADER_BYTES] = None
                break
            kept.append(item)
        return sorted(kept, key=lambda item: item.index)

    def _value(self, item: Field) -> str:
        number = self._seen[item.name] = self._seen.get(item.name, -1) + 1
        odd = _is_odd(item)
        self._odd -= len(item.value) if odd else 0
        if item.name in _ADDRESSES:
            return self._addresses(item, number, odd and self._odd < 0)
        if odd and (self._odd < 0 or item.name not in _STRUCTURED):
            limit = ODD_CHARS if item.name in _STRUCTURED else FIELD_CHARS
            self.over[limit] = None
            return _written_anew(self.mail, item)
        if item.value.count("=?") > ENCODED_WORDS.most:
            self.over[ENCODED_WORDS] = None
            return _encoded(decode_words(item.value))
        return item.value

    def _addresses(self, item: Field, number: int, too_odd: bool) -> str:
        if len(item.value) <= ODD_CHARS.most and not too_odd:
            return item.value
        mailboxes = self.mail.mailboxes(item.name)[number]
        left, self._mailboxes = self._mailboxes, self._mailboxes - len(mailboxes)
        words = item.value.count("=?") > ENCODED_WORDS.most
        for limit, is_over in (
            (ODD_CHARS, too_odd),
            (MAILBOXES, len(mailboxes) > left),
            (ENCODED_WORDS, words),
        ):
            if is_over:
                self.over[limit] = None
        if not too_odd and not words and len(mailboxes) <= left:
            return item.value
        return mailbox_list(_shortened(mailboxes[: max(left, 0)], with_names=not words))


def _shortened(mailboxes: Iterable[Mailbox], *, with_names: bool) -> list[Mailbox]:
    return [
        Mailbox(printable(item.name)[:200] if with_names else "", item.address)
        for item in mailboxes
        if len(item.address) <= 320  # RFC 3696 §3: 64, an at sign, 255
    ]


def _written_anew(mail: ReceivedMail, item: Field) -> str:
    if item.name == headers.REFERENCES:
        return " ".join(one for one in mail.references[-32:] if len(one) <= _MAX_PARAMETER)
    if item.name in _IDS:
        ids = (mail.message_id,) if item.name == headers.MESSAGE_ID else mail.in_reply_to
        return next((one for one in ids if len(one) <= _MAX_PARAMETER), "")
    if item.name.startswith("content-") and item.name in _STRUCTURED:
        return _plain_parameters(item.value)
    if item.name in _STRUCTURED:
        return item.value[:100] if item.value[:100].isascii() else ""
    return _encoded(decode_words(item.value[: FIELD_CHARS.most]))


def _plain_parameters(value: str) -> str:
    kind, parameters = parse_parameters(value)
    kind = kind[:100] if _TOKEN.fullmatch(kind.replace("/", "-")[:40]) else ""
    known = ("charset", "boundary", "name", "filename", "report-type", "method")
    found = [
        f'{name}="{printable(parameters[name])[:_MAX_PARAMETER]}"'
        for name in known
        if name in parameters and '"' not in parameters[name] and "\\" not in parameters[name]
    ]
    return "; ".join([kind, *found]) if kind else ""


def _encoded(text: str) -> str:
    text = printable(text)[:_MAX_TEXT]
    return text if text.isascii() and "=?" not in text else Header(text, "utf-8").encode()
