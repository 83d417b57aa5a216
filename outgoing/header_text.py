"""What users typed, in a form that is safe for a header.

Names and addresses go to the wire: none of them may open a new header line, hide a second address
in a display name, or leave the name empty.
"""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses
from functools import lru_cache
from typing import Any

from ..router.message.addresses import Mailbox, normalise, parse
from ..router.message.encoded_words import decode_words

MAX_NAME = 96
# What Python and others write for "nothing", where a program meant a name.
NO_NAMES = frozenset({"false", "none", "null", "undefined"})
# Everything that ends a line or a string for some mail client, controls, and the marks that
# reorder text so that another address seems to be shown (Unicode TR36 §2.6).
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]+"
)
# An address inside a display name. "＠" looks like "@" to a reader.
_AT = "@\uff20\ufe6b"
_ADDRESS = re.compile(
    # From the beginning of a word alone: from every letter of it would be quadratic.
    rf"(?<![^\s<>()\[\],;:\"{_AT}])(?:mailto:)?[^\s<>()\[\],;:\"{_AT}]+"
    rf"\s?[{_AT}]\s?[^\s<>()\[\],;:\"{_AT}]+\.[^\s<>()\[\],;:\"]+",
    re.IGNORECASE,
)
_LONE_AT = re.compile(f"[{_AT}]+")
_EMPTY_BRACKETS = re.compile(r"<\s*>|\(\s*\)|\[\s*\]")
_SPACE = re.compile(r"\s+")
_SPECIALS = re.compile(r'[()<>\[\]:;@\\,"]+')  # RFC 5322 §3.2.3: what makes quotes necessary
_EDGES = " \t\"'<>,;:|/-"


@lru_cache(maxsize=1024)
def mailboxes(header: str | None) -> tuple[Mailbox, ...]:
    """Read a header value into safe mailboxes; addresses that cannot be written are left out."""
    found = ((parsed, ascii_address(parsed.address)) for parsed in parse(clean_text(header or "")))
    return tuple(Mailbox(clean_name(parsed.name), address) for parsed, address in found if address)


@lru_cache(maxsize=1024)
def mailboxes_as_written(header: str | None) -> tuple[Mailbox, ...]:
    """The same with each address in the case in which it was typed: what somebody chose stays.

    Nobody types line breaks, or encoded words: such a value was made to hide something.
    """
    text = header or ""
    if _UNSAFE.search(text) or "=?" in text:
        return ()

    def written(mailbox: Mailbox) -> Mailbox:
        found = re.search(re.escape(mailbox.address), text, re.IGNORECASE)
        return Mailbox(mailbox.name, found[0]) if found else mailbox

    return tuple(map(written, mailboxes(header)))


def readable_name(header: str) -> str:
    """The display name of a header value in which no address can be read, or "".

    Odoo writes ``"Shop form" <False>`` where a company has no email, and people type anything. Only
    what stands in quotes or before an opening bracket is a name, or words without any bracket.
    """
    name = clean_text(header)[: 10 * MAX_NAME].partition("<")[0].strip()
    if len(name) > 1 and name[0] == name[-1] == '"':
        name = name[1:-1].replace('\\"', "'").replace("\\\\", "\\").strip()
    return "" if name.lower() in NO_NAMES or set('<>@"') & set(name) else name


def ascii_address(address: str) -> str:
    """The address with an A-label domain (RFC 5890), or ``""`` where it is none.

    A local part beyond ASCII needs SMTPUTF8 (RFC 6531) on every hop to the customer, so it is no
    address to send from.
    """
    address = normalise(clean_text(address))
    return address if address.isascii() else ""


def clean_text(value: str) -> str:
    """One line without controls: the only form in which a user's text may reach a header."""
    return _UNSAFE.sub(" ", value).strip()


def clean_value(value: Any) -> Any:
    """The value of a header without line breaks; lists of addresses one by one."""
    if isinstance(value, str):
        # Python decodes an encoded word that was typed, and writes the line break in it (fixed in
        # 3.11.10, gh-121650).
        return clean_text(value).replace("=?", "= ?")
    if isinstance(value, (list, tuple)):
        return [clean_value(item) for item in value]
    return value


@lru_cache(maxsize=4096)
def clean_name(name: str) -> str:
    """A display name without encoded words, controls, addresses, empty brackets; may be empty."""
    name = name[: 10 * MAX_NAME]
    for _round in range(3):  # an encoded word may hide another one
        decoded = decode_words(name)
        if decoded == name:
            break
        name = decoded
    name = _UNSAFE.sub(" ", name.replace("=?", ""))
    name = _LONE_AT.sub(" ", _ADDRESS.sub(" ", name))
    name = _EMPTY_BRACKETS.sub(" ", name)
    name = _SPACE.sub(" ", name).strip(_EDGES)
    if name.lower() in NO_NAMES:
        return ""
    if len(name) <= MAX_NAME:
        return name
    return name[:MAX_NAME].rsplit(" ", 1)[0].strip(_EDGES)


@lru_cache(maxsize=2048)
def format_address(mailbox: Mailbox) -> str:
    """Text for a header of an ``EmailMessage``: quoted, and still one mailbox after folding.

    ``email.policy`` drops the quotes when it folds a long name (bpo-121284), so a comma in it
    would open a second address. Such a name loses its special characters instead.
    """
    if not mailbox.name:
        return mailbox.address
    quoted = '"{}" <{}>'.format(re.sub(r'(["\\])', r"\\\1", mailbox.name), mailbox.address)
    if needs_no_quotes(mailbox.name) or _survives_folding(quoted, mailbox):
        return quoted
    plain = _SPACE.sub(" ", _SPECIALS.sub(" ", mailbox.name)).strip()
    return f'"{plain}" <{mailbox.address}>' if plain else mailbox.address


def needs_no_quotes(name: str) -> bool:
    """Whether a name stays as it is however a header is folded."""
    return name.isascii() and not _SPECIALS.search(name)


def _survives_folding(quoted: str, mailbox: Mailbox) -> bool:
    message = EmailMessage(policy=policy.SMTP)
    message["Reply-To"] = quoted  # the longest of the headers that carry a mailbox
    raw = message_from_bytes(message.as_bytes())["Reply-To"]
    found = [(str(make_header(decode_header(shown))), spec) for shown, spec in getaddresses([raw])]
    return found == [(mailbox.name, mailbox.address)]


@lru_cache(maxsize=1024)
def parsed_header(name: str, value: str) -> str:
    """A header value that an ``EmailMessage`` takes as it is: of each author it is parsed once.

    :raises ValueError: where the value has a line break
    """
    parsed: str = policy.SMTP.header_store_parse(name, value)[1]
    return parsed
