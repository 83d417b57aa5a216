"""Why the two parsers differ: each difference belongs to a class that says so.

A class is asked whether it explains a difference, in the order of the table; what none explains
is a fault of ours until somebody has looked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from .readings import UNREADABLE, Reading


@dataclass(frozen=True)
class Pair:
    """One message as both read it."""

    group: str
    name: str
    source: bytes
    ours: Reading
    theirs: Reading

    @property
    def lower(self) -> bytes:
        """The bytes without regard to case."""
        return self.source.lower()

    @property
    def ours_only(self) -> list[tuple[str, str]]:
        """Name and type of the files whose bytes only ours has."""
        left = Counter(self.theirs.digests)
        found = []
        for (name, _size, digest), kind in zip(self.ours.files, self.ours.types, strict=True):
            if left[digest]:
                left[digest] -= 1
            else:
                found.append((name, kind))
        return found

    def differences(self) -> list[str]:
        """In what the two differ: ``text``, ``files`` (number or bytes), ``names``."""
        found = ["text"] * (self.ours.words != self.theirs.words)
        if self.ours.digests != self.theirs.digests:
            return [*found, "files"]
        named = Counter(item for item in self.theirs.named if item[0])
        return [*found, *["names"] * bool(named - Counter(self.ours.named))]


@dataclass(frozen=True)
class Class:
    """Why some messages are read differently; ``explains`` says of which."""

    title: str
    why: str
    explains: Callable[[Pair], bool]


def _encloses(pair: Pair) -> bool:
    return any(kind.startswith("message/") for _name, kind in pair.ours_only)


def _named_text(pair: Pair) -> bool:
    return any(name and kind.startswith("text/") for name, kind in pair.ours_only)


def _better_read(pair: Pair) -> bool:
    ours, theirs = pair.ours.words.count(UNREADABLE), pair.theirs.words.count(UNREADABLE)
    return "files" not in pair.differences() and ours < theirs


def _is_choice(pair: Pair) -> bool:
    return b"multipart/alternative" in pair.lower and _is_part_of(pair)


def _is_part_of(pair: Pair) -> bool:
    """Whether our text stands in theirs, which has more, or the other way round."""
    ours, theirs = sorted((pair.ours.words, pair.theirs.words), key=len)
    return ours in theirs


def _same_but_blanks(pair: Pair) -> bool:
    ours, theirs = ([_squeezed(item) for item in side.names] for side in (pair.ours, pair.theirs))
    return pair.differences() == ["names"] and ours == theirs


def _squeezed(name: str) -> str:
    return "".join(name.split())


CLASSES = (
    Class(
        "too many parts",
        "mailparser refuses the message; here it is read up to our own limits",
        lambda pair: bool(pair.theirs.error),
    ),
    Class(
        "a message inside",
        "a file here, its bytes as they came; mailparser writes the inner header and text below"
        " the outer text, and puts inner files beside the outer ones",
        _encloses,
    ),
    Class(
        "opened",
        "winmail.dat, a signed S/MIME or a certified message is opened here, and its text and"
        " files stand on the record",
        lambda pair: bool(pair.ours.opened),
    ),
    Class(
        "text with a file name",
        "a file here, as in Odoo, so that its bytes are kept; mailparser shows it as text unless"
        " it is marked as an attachment",
        _named_text,
    ),
    Class(
        "charset",
        "none or a false one is named: ours reads more of it",
        _better_read,
    ),
    Class(
        "UTF-7",
        "mailparser does not know this charset",
        lambda pair: b"utf-7" in pair.lower and pair.differences() == ["text"],
    ),
    Class(
        "line breaks",
        "lines end with CR alone or CR CR LF: mailparser finds no header, or no text",
        lambda pair: b"\r\r\n" in pair.source or b"\n" not in pair.source,
    ),
    Class(
        "a choice",
        "of several ways to say the same one is shown here: the last that has words, HTML before"
        " text; mailparser shows every plain text of it, or HTML without a word",
        _is_choice,
    ),
    Class(
        "blanks in names",
        "blanks of a file name are one blank each here",
        _same_but_blanks,
    ),
    Class(
        "type without a slash",
        "“Content-Type: text” is text here; mailparser makes a file of it",
        lambda pair: any("/" not in kind for kind in pair.theirs.types),
    ),
)


def explained(pair: Pair) -> Class | None:
    """The first class that explains a difference."""
    return next((item for item in CLASSES if item.explains(pair)), None)
