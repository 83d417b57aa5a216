"""Bounces that are written for people: the words by which they are known, and whom they name.

None of these words makes a bounce alone. The bounce verdict asks for signs of different kinds.
"""

import email
import logging
import re
from collections.abc import Iterable

from flufl.bounce import all_failures

from ..message import addresses
from ..message.mail import ReceivedMail
from . import bounce_words
from .bounce_words import compiled
from .report import MAX_NOTICE_CHARS, TRACE_FIELD
from .status import find_status, status_of_words

MAX_LAYOUT_BYTES = 48_000
MAX_LAYOUT_LINE = 240
MAX_LAYOUT_LINES = 800
MAX_LAYOUT_BOUNDARIES = 20

# What it cannot read it logs with a traceback as an error; a stranger's mail is none of ours.
logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL + 1)

_SUBJECT = compiled(bounce_words.SUBJECTS)
_PHRASE = compiled(bounce_words.PHRASES)
_DELAY = compiled(bounce_words.DELAYS)
_GIVEN_UP = compiled(bounce_words.GIVEN_UP)
_MAIL = re.compile(
    r"\b(?:(?:e-)?mails?\b(?!\s?[:：])|messages?|mailbox|inbox|nachricht(?:en)?|postfach|courriels?|courrier"
    r"|correos?|mensajes?|mensagem|messaggi[oi]|caselle?|bericht(?:en)?|meddelande[tn]?|melding"
    r"|viesti\w{0,4}|wiadomoś\w{1,3}|zpráv\w|üzenet\w{0,4}|mesaj\w{0,4}|e-?posta|письм\w{1,3}"
    r"|сообщени\w{1,2}|μήνυμα)\b|メール|邮件|郵件|信件|메일|메시지",
    re.IGNORECASE,
)
# Where the notice ends and the message that it is about begins.
_ORIGINAL = re.compile(
    r"^[ \t>|*#=-]{0,80}(?:(?:begin|start) of |here is |below )?(?:a copy of )?"
    r"(?:the |your |this )?(?:unsent |original |returned |undelivered |old |source |first )?"
    r"(?:mail|message|e-?mail)?[ \t]{0,4}(?:text |body |as received )?"
    r"(?:follows|attached|is (?:a copy|attached|as follows)|header|begins?)"
    r"|^[> \t]{0,8}(?:return-path|received|x-original-to|delivered-to): ",
    re.IGNORECASE | re.MULTILINE,
)
_QUOTED_LINE = re.compile(r"^[ \t]*[>|][^\n]*$", re.MULTILINE)
_ADDRESS = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"
)
_LETTERS = re.compile(r"[^\W\d_]+")
_LONG_LINE = re.compile(rb"([^\r\n]{%d})[^\r\n]+" % MAX_LAYOUT_LINE)


def subject_sign(subject: str) -> str:
    """The words in a subject by which servers announce a failure or a delay, or ``""``."""
    found = _SUBJECT.search(subject[:500])
    return found.group() if found else ""


def phrase_sign(text: str) -> str:
    """The words in a notice by which servers say that a message did not arrive, or ``""``.

    Quoted lines do not count: there a person answers a bounce.
    """
    found = _PHRASE.search(_flat(text)[:3_000])
    return found.group() if found else ""


def is_delay(text: str) -> bool:
    """Whether the words say "not yet" rather than "no"."""
    flat = _flat(text)[:3_000]
    return bool(_DELAY.search(flat)) and not _GIVEN_UP.search(flat)


def quotes_a_header(text: str) -> bool:
    """Whether trace fields of a message stand in the text: it encloses the message it is about."""
    return bool(TRACE_FIELD.search(text[:MAX_NOTICE_CHARS]))


def quotes_a_server(text: str) -> bool:
    """Whether the reply of a mail server stands in the text, code and all (RFC 3463)."""
    return bool(find_status(text[:MAX_NOTICE_CHARS]))


def names_mail(text: str) -> bool:
    """Whether a word for a message or a mailbox stands in the text; "E-Mail:" is a label."""
    return bool(_MAIL.search(text[:2_000]))


def address_lines(text: str) -> tuple[str, ...]:
    """Addresses that have a line for themselves, or behind a label of at most two words."""
    lines = (line[:400] for line in text[:3_000].splitlines()[:200])
    alone = (line for line in lines if not _says_more(line))
    return _normalised(item for line in alone for item in _ADDRESS.findall(line))


def without_original(text: str) -> str:
    """The notice up to where the message that it is about begins."""
    end = _ORIGINAL.search(text, 80)
    return text[: min(end.start() if end else 4_000, 8_000)]


def diagnostic_of(text: str) -> str:
    """The lines of a notice that say why: a server's words, else a cause."""
    lines = _lines(text)
    for sign in (find_status, lambda line: status_of_words(line, permanent=True)):
        for at, line in enumerate(lines):
            if sign(line):
                return _paragraph(lines, at)
    return ""


def diagnostic_beside(text: str, address: str) -> str:
    """The lines of a notice that begin with those that name the address, if they say more."""
    lines = _lines(text)
    for at, line in enumerate(lines):
        if address and address in line.lower() and _says_more(line):
            return _paragraph(lines, at)
    return ""


def _lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in without_original(text).splitlines()[:200]]


def _paragraph(lines: list[str], at: int) -> str:
    until = next((to for to in range(at, len(lines)) if not lines[to]), at + 4)
    return " ".join(lines[at : min(until, at + 4)])[:500]


def _says_more(line: str) -> bool:
    """Whether a line holds more than an address."""
    return len(_LETTERS.findall(_ADDRESS.sub("", line))) > 2


def named_addresses(text: str) -> tuple[str, ...]:
    """The addresses that a notice names before the message it is about begins, at most twenty."""
    return _normalised(_ADDRESS.findall(without_original(text)))[:20]


def known_layout(mail: ReceivedMail) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Delayed and failed addresses, as flufl.bounce reads the layouts of some fifty servers."""
    source = mail.source[: mail.body_offset + MAX_LAYOUT_BYTES]
    if source.lower().count(b"boundary") > MAX_LAYOUT_BOUNDARIES:
        return (), ()  # the standard parser's time grows with depth times lines
    # its patterns search line by line, some with the square of a line's length
    lines = _LONG_LINE.sub(rb"\1", source).splitlines(keepends=True)
    message = email.message_from_bytes(b"".join(lines[:MAX_LAYOUT_LINES]))
    try:
        delayed, failed = all_failures(message)
    except Exception:  # read by no layout; the caller's own reading stands, and says so
        return (), ()
    return _decoded(delayed), _decoded(failed)


def _decoded(found: Iterable[bytes | str]) -> tuple[str, ...]:
    # some layouts of flufl.bounce 4 give text
    named = (str(item, "ascii", "replace") if isinstance(item, bytes) else item for item in found)
    return _normalised(sorted(named))


def _normalised(found: Iterable[str]) -> tuple[str, ...]:
    named = map(addresses.normalise, found)
    return tuple(dict.fromkeys(item for item in named if item))


def _flat(text: str) -> str:
    return " ".join(_QUOTED_LINE.sub("", text[:MAX_NOTICE_CHARS]).split())
