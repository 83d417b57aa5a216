"""How a message is written for the wire: what Python's ``email`` package does badly is done here.

- It encodes whatever is longer than a line, also where RFC 2047 §5 forbids it: Gmail shows no link
  for such a ``List-Unsubscribe``. ASCII is never encoded here, only folded at its blanks.
- It folds encoded words in the middle of a word, and loses blanks beside them: Yahoo answers 554.
  Here each encoded word is valid by itself, at most 75 characters long, and ends between words
  where it can (RFC 2047 §2).
- It writes eight-bit text without asking whether the server takes it (RFC 6152): all is ASCII here.
- What was no mailbox, as the comma that Odoo leaves behind the last recipient, is not written.
"""

import re
from base64 import b64encode
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import EmailPolicy
from itertools import groupby
from typing import Any

from ..router.message.addresses import Mailbox

LINE = 76  # characters, RFC 2047 §2
MAX_LINE = 990  # RFC 5322 §2.1.1 has 998, with the name of the header
_OPEN, _CLOSE = "=?utf-8?b?", "?="
_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/?^_`{|}~-]+")  # RFC 5322 §3.2.3, without "="
_MIME = ("content-", "mime-version")  # their parameters have rules of their own (RFC 2231)


class WirePolicy(EmailPolicy):
    """Writes header fields as described above; whatever it does not know, as Python does."""

    def _fold(self, name: str, value: Any, refold_binary: bool = False) -> str:
        text = str(value)
        if not self.utf8 and not name.lower().startswith(_MIME) and "=?" not in text:
            written = self._written(name, value, text)
            if written is not None:
                return f"{name}: {written}{self.linesep}"
        folded: str = super()._fold(name, value, refold_binary)  # type: ignore[misc]
        return folded

    def _written(self, name: str, value: Any, text: str) -> str | None:
        """The folded value, or None where Python shall write it."""
        if getattr(value, "addresses", ()):
            # Of a list of texts, which is how Odoo gives recipients, the header knows texts alone.
            parsed: Any = self.header_factory(name, text)
            return self._mailboxes(name, parsed) if parsed.addresses else None
        if any("\ud800" <= letter <= "\udfff" for letter in text):
            return None
        if isinstance(value, str) and type(value).__name__ == "References":
            return None
        if not text.isascii():
            return f"{self.linesep} ".join(encoded_words(text, len(name) + 2))
        if max(map(len, text.split()), default=0) > MAX_LINE:
            return None
        return self._folded(text.split(" "), len(name) + 2)

    def _mailboxes(self, name: str, value: Any) -> str | None:
        if any(group.display_name is not None for group in value.groups):
            return None
        written = []
        for address in value.addresses:
            if not address.addr_spec.isascii():
                return None
            written.append(self._mailbox(Mailbox(address.display_name, address.addr_spec), name))
        *first, last = written
        return self._folded([*(f"{each}," for each in first), last], len(name) + 2)

    def _mailbox(self, mailbox: Mailbox, name: str) -> str:
        if not mailbox.name:
            return mailbox.address
        if mailbox.name.isascii():
            quoted = mailbox.name.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{quoted}" <{mailbox.address}>'
        words = [*phrase(mailbox.name, len(name) + 2), f"<{mailbox.address}>"]
        return self._folded(words, len(name) + 2)

    def _folded(self, pieces: list[str], begun: int) -> str:
        """Pieces with a blank between them, on lines of ``LINE`` characters where that can be."""
        written, length = pieces[0], begun + len(pieces[0])
        for piece in pieces[1:]:
            # A line of blanks alone would end the header.
            if length + 1 + len(piece) > LINE and piece and written.strip():
                written, length = written + self.linesep, 0
            written, length = f"{written} {piece}", length + 1 + len(piece)
        return written


def encoded_words(text: str, begun: int) -> Iterator[str]:
    """Write a text as encoded words (RFC 2047 §2), to be joined by a fold.

    :param begun: how much of the first line is taken
    """
    piece, room = "", LINE - min(begun, LINE // 2)
    for word in _words(text):
        whole = _size(word) <= (LINE - 1 if piece else room)
        for part in (word,) if whole else word:
            if piece and _size(piece + part) > room:
                yield _encoded(piece)
                piece, room = "", LINE - 1
            piece += part
    yield _encoded(piece)


def _words(text: str) -> Iterator[str]:
    """Words with the blanks before them, and what follows the last one."""
    begin, last = 0, len(text.rstrip(" "))
    while begin < len(text):
        letter = len(text) - len(text[begin:].lstrip(" ")) if text[begin] == " " else begin
        end = text.find(" ", letter)
        end = len(text) if end < 0 or end >= last else end
        yield text[begin:end]
        begin = end


def phrase(name: str, begun: int) -> Iterator[str]:
    """Write a display name (RFC 5322 §3.2.5): what is ASCII stays as it is.

    Python's own parser reads a blank between two encoded words that stand side by side, so there
    are as few of them as can be.
    """
    runs = groupby(name.split(), lambda word: bool(_ATOM.fullmatch(word)))  # pylint: disable=W8155
    for plain, words in runs:  # Odoo's own groupby does not end with the run
        for written in words if plain else encoded_words(" ".join(words), begun):
            yield written
            begun = 1


def _size(piece: str) -> int:
    return len(_OPEN) + (len(piece.encode()) + 2) // 3 * 4 + len(_CLOSE)


def _encoded(piece: str) -> str:
    return f"{_OPEN}{b64encode(piece.encode()).decode()}{_CLOSE}"


WIRE = WirePolicy(linesep="\r\n", cte_type="7bit")


def prepare_for_wire(message: EmailMessage) -> None:
    """Have a message written by ``WIRE``; its texts become ASCII. A second time changes nothing."""
    for part in message.walk():
        if part.get_content_maintype() == "text" and part["Content-Transfer-Encoding"] == "8bit":
            text = str(part.get_content())
            charset = part.get_content_charset("utf-8")
            part.policy = WIRE  # which chooses the shorter of base64 and quoted-printable
            part.set_content(text, subtype=part.get_content_subtype(), charset=charset)
    message.policy = WIRE
