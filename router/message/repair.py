"""Copies of broken messages that Odoo can read. The original bytes are never changed.

Odoo's ``message_parse`` stops at an unknown charset, PostgreSQL at a NUL, the standard library
at some broken forwards. A copy is repaired as little as needed: as it is, then gently, then anew.
"""

import codecs
import re
from collections.abc import Callable, Iterable
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr

from . import addresses, headers
from .addresses import Mailbox
from .encoded_words import decode_words
from .fields import is_one_header
from .mail import ReceivedMail
from .markup_limits import html_excess, text_excess, without_tags
from .readable import first_texts

ORIGINAL = "original.eml"  # the attachment that is the message as it came
MAX_SHORT_TEXT = 20_000  # characters of a text that would be slow at full length

# A line that neither is a field nor goes on with one: ``email`` ends the header there.
_JUNK = re.compile(rb"(?:^|[\r\n])(?![ \t\r\n]|[!-9;-~]{1,500}:)[^\r\n]")
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,70})\?[bqBQ]\?")
_ADDRESS_HEADERS = (headers.FROM, headers.REPLY_TO, headers.TO, headers.CC, headers.SENDER)
_COPIED = (headers.MESSAGE_ID, headers.IN_REPLY_TO, headers.REFERENCES, headers.DATE)
_UNSAFE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


def as_is(source: bytes) -> bytes:
    """Only what every reader stumbles over is repaired: NUL bytes."""
    return source.replace(b"\0", b"") if b"\0" in source else source


def gently(source: bytes) -> bytes:
    """The header written anew where Odoo would misread it: encoded (RFC 2047), without junk."""
    mended = as_is(source)
    mail = ReceivedMail.from_bytes(mended)
    if _is_readable(mended[: mail.body_offset]):
        return mended
    lines = [_encoded_field(item.name, mail.shown(item)) for item in mail.fields]
    return "\r\n".join([*lines, "", ""]).encode("ascii", "replace") + mended[mail.body_offset :]


def anew(source: bytes) -> bytes:
    """A new message with the same addresses, subject and text, and the original attached to it."""
    message = new_message(ReceivedMail.from_bytes(source))
    message.add_attachment(source, "application", "octet-stream", filename=ORIGINAL)
    return message.as_bytes()


def new_message(mail: ReceivedMail, *, as_text: bool = False) -> EmailMessage:
    """A message with the same addresses, subject and text; ``as_text``: without HTML."""
    message = EmailMessage(policy=SMTP)
    for name in _COPIED:
        if value := printable(mail.first(name)):
            message[name] = value[:900] if name == headers.REFERENCES else value[:250]
    for name in (headers.FROM, headers.TO, headers.CC):
        if mailboxes := mailbox_list(mail.addresses(name)[:100]):
            message[name] = mailboxes
    if mail.subject:
        message["Subject"] = printable(mail.subject)[:500]
    plain, html = first_texts(mail)
    page = html if not html_excess((html,)) else ""
    text = plain or without_tags(html) or mail.text
    if text_excess((text,)):
        text = text[:MAX_SHORT_TEXT]
    message.set_content(printable(text))
    if page and not as_text:
        message.add_alternative(printable(page), subtype="html")
    return message


def mailbox_list(mailboxes: Iterable[Mailbox]) -> str:
    """A value for an address header, in the plain form that any program reads."""
    return ", ".join(
        formataddr((printable(item.name), item.address))
        for item in mailboxes
        if item.address.isascii()
    )


def repairs_for(source: bytes) -> tuple[Callable[[bytes], bytes], ...]:
    """The copies to try, in order; a header that Odoo would misread is not tried as it is."""
    head = source[: ReceivedMail.from_bytes(source).body_offset]
    return (as_is, gently, anew) if _is_readable(head) else (gently, anew)


def printable(text: str) -> str:
    """Text that PostgreSQL and a terminal take: no NUL, no other controls, no lone surrogates."""
    return _UNSAFE.sub("", text)


def _is_text_codec(name: bytes) -> bool:
    try:
        info = codecs.lookup(name.decode("ascii"))
    except (LookupError, UnicodeDecodeError, ValueError):
        return False
    return bool(getattr(info, "_is_text_encoding", True))


def _is_readable(head: bytes) -> bool:
    """Whether Odoo reads a header as we do: no junk between its fields, and all is ASCII."""
    return not _JUNK.search(head) and _is_ascii(head) and is_one_header(head)


def _is_ascii(text: bytes) -> bool:
    """Whether there are no raw 8-bit values, and no encoded words in a charset that is none."""
    return text.isascii() and all(
        _is_text_codec(word[1].partition(b"*")[0]) for word in _ENCODED_WORD.finditer(text)
    )


def _encoded_field(name: str, value: str) -> str:
    title = name.title()
    if _is_ascii(value.encode("utf-8", "surrogatepass")):
        return f"{title}: {value}"
    if name in _ADDRESS_HEADERS:
        mailboxes = [
            formataddr((item.name, item.address)) if item.address.isascii() else item.address
            for item in addresses.parse(value)
        ]
        return f"{title}: {', '.join(mailboxes)}"
    text = printable(decode_words(value))
    return f"{title}: {Header(text, 'utf-8', maxlinelen=900).encode()}"
