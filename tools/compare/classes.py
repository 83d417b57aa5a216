"""Why the two parsers differ: each difference belongs to a class that says so.

A class is asked whether it explains a difference, in the order of the table; what none explains
is a fault of ours until somebody has looked.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from .readings import UNREADABLE, Reading

_ODD = re.compile(r"[^A-Za-z0-9.]")
_DEEP = 30  # multiparts; more are no message of a person


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
    """Why some messages are read differently; ``explains`` says of which, ``of`` in what."""

    title: str
    why: str
    of: str  # of text, files and names
    explains: Callable[[Pair], bool]


def _encloses(pair: Pair) -> bool:
    return any(kind.startswith("message/") for _name, kind in pair.ours_only)


def _named_text(pair: Pair) -> bool:
    return any(name and kind.startswith("text/") for name, kind in pair.ours_only)


def _better_read(pair: Pair) -> bool:
    ours, theirs = pair.ours.words.count(UNREADABLE), pair.theirs.words.count(UNREADABLE)
    return ours < theirs or _is_misread(pair)


def _is_misread(pair: Pair) -> bool:
    """Whether only letters beyond ASCII differ, or theirs has the escapes of ISO-2022-JP."""
    ours, theirs = ("".join(filter(str.isascii, side.words)) for side in (pair.ours, pair.theirs))
    return ours == theirs or (b"\x1b$" in pair.source and pair.theirs.words.isascii())


def _is_choice(pair: Pair) -> bool:
    return b"multipart/alternative" in pair.lower and _is_part_of(pair)


def _is_part_of(pair: Pair) -> bool:
    """Whether our text stands in theirs, which has more, or the other way round."""
    ours, theirs = sorted((pair.ours.words, pair.theirs.words), key=len)
    return ours in theirs


def _same_name(pair: Pair) -> bool:
    """Whether what has the same bytes has a name that differs only in how it is written."""
    ours: dict[str, list[str]] = {}
    for name, digest in pair.ours.named:
        ours.setdefault(digest, []).append(name)
    return all(
        any(_alike(known, name) for known in ours[digest])
        for name, digest in pair.theirs.named
        if name
    )


def _alike(ours: str, theirs: str) -> bool:
    """Whether one name is in the other, as far as every system can write it."""
    one, other = (_ODD.sub("", name) for name in (ours, theirs))
    return one in other or other in one


def _no_boundary(pair: Pair) -> bool:
    """Whether mailparser found nothing at all where parts were announced."""
    return b"multipart/" in pair.lower and not pair.theirs.words and not pair.theirs.files


def _has_line(pair: Pair, expression: bytes) -> bool:
    return bool(re.search(expression, pair.lower, re.M))


CLASSES = (
    Class(
        "too many parts",
        "mailparser refuses the message; here it is read up to our own limits",
        "text files",
        lambda pair: bool(pair.theirs.error),
    ),
    Class(
        "a digest",
        "the messages of a digest are its text, each below its subject and sender, and their files"
        " are files; mailparser writes their headers out, or attaches them whole",
        "text files",
        lambda pair: _has_line(pair, rb"^content-type:\s*multipart/digest"),
    ),
    Class(
        "a message inside",
        "a file here, its bytes as they came; mailparser writes the inner header and text below"
        " the outer text, and puts inner files beside the outer ones",
        "text files",
        _encloses,
    ),
    Class(
        "opened",
        "winmail.dat, a signed S/MIME or a certified message is opened here, and its text and"
        " files stand on the record",
        "text files",
        lambda pair: bool(pair.ours.opened),
    ),
    Class(
        "uuencode",
        "a file that is uuencoded is decoded; mailparser leaves it as it is",
        "text files",
        lambda pair: _has_line(pair, rb"^begin [0-7]{3,4} "),
    ),
    Class(
        "text with a file name",
        "a file here, as in Odoo, so that its bytes are kept; mailparser shows it as text unless"
        " it is marked as an attachment",
        "text files",
        _named_text,
    ),
    Class(
        "behind base64",
        "a gateway wrote plain text behind encoded one; mailparser decodes it as well",
        "text",
        lambda pair: b"base64" in pair.lower and pair.theirs.words.startswith(pair.ours.words),
    ),
    Class(
        "no base64",
        "a file that only claims to be base64 is kept as it came; mailparser decodes it all the"
        " same",
        "files",
        lambda pair: (
            b"base64" in pair.lower
            and [item[0] for item in pair.ours.files] == [item[0] for item in pair.theirs.files]
            and all(
                ours[2] == theirs[2] or ours[1] > theirs[1]
                for ours, theirs in zip(pair.ours.files, pair.theirs.files, strict=True)
            )
        ),
    ),
    Class(
        "charset",
        "none is named, or a false one: here UTF-8 is tried, then what the page or the header's"
        " language says, then Windows-1252; mailparser writes signs for what it cannot read",
        "text",
        _better_read,
    ),
    Class(
        "UTF-7",
        "mailparser does not know this charset",
        "text",
        lambda pair: b"utf-7" in pair.lower,
    ),
    Class(
        "line breaks",
        "lines end with CR alone or CR CR LF: mailparser finds no header, or no text",
        "text files",
        lambda pair: b"\r\r\n" in pair.source or b"\n" not in pair.source,
    ),
    Class(
        "a choice",
        "of several ways to say the same one is shown here: the last that has words, HTML before"
        " text; mailparser shows every plain text of it, or HTML without a word",
        "text",
        _is_choice,
    ),
    Class(
        "names",
        "paths are cut, blanks are one blank, characters that no file system takes are replaced, a"
        " name without a known ending gets one, and all encoded characters are read",
        "names",
        _same_name,
    ),
    Class(
        "no boundary",
        "the announced boundary never comes, or its field is broken: the text is shown as it came,"
        " or the parts are found all the same; mailparser shows nothing",
        "text files",
        _no_boundary,
    ),
    Class(
        "a long boundary",
        "of more than 2,000 characters (RFC 2046 allows 70): the text is shown as it came",
        "text",
        lambda pair: _has_line(pair, rb"^--.{1990}"),
    ),
    Class(
        "parts too deep",
        "beyond our limit of parts within parts the rest is one file",
        "text files",
        lambda pair: pair.source.count(b"multipart/") > _DEEP,
    ),
    Class(
        "a rare way",
        "AMP, text/enriched, HTML for watches and Gmail's reactions are ways to say the same, and"
        " no files; mailparser attaches them",
        "text files",
        lambda pair: _has_line(
            pair, rb"^content-type:\s*text/(?:enriched|richtext|x-amp|watch|vnd)"
        ),
    ),
    Class(
        "PGP/MIME",
        "the part that only says “Version: 1” (RFC 3156 §4) is no file; mailparser attaches it",
        "files",
        lambda pair: b"application/pgp-encrypted" in pair.lower,
    ),
    Class(
        "type without a slash",
        "“Content-Type: text” is text here; mailparser makes a file of it",
        "text files",
        lambda pair: any("/" not in kind for kind in pair.theirs.types),
    ),
)


def explained(pair: Pair) -> dict[str, Class | None]:
    """The first class that explains it, for everything in which the two differ."""
    return {
        what: next((item for item in CLASSES if what in item.of and item.explains(pair)), None)
        for what in pair.differences()
    }
