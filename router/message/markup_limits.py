"""Whether a text or a page may be given to Odoo's ``html_sanitize``, in linear time.

What costs there, seen in Odoo 19 (odoo/tools/mail.py) and libxml2 2.13: expressions that look for
the end of a tag from every ``<`` on; the attributes of one tag, each compared with all others;
quoted passages, each of which copies the text behind it; every element of a page, in Python.
"""

import re
from collections.abc import Iterable, Iterator

from .limits import (
    HTML_CHARS,
    HTML_TAGS,
    ODD_HTML,
    QUOTED_BLOCKS,
    READINGS,
    TAG_ATTRIBUTES,
    TEXT_CHARS,
    Limit,
)

_QUOTED = re.compile(r"\n(?:>|&gt;|&#62;)")
# What begins a comparison with every sibling or with the rest of the page (tag_quote).
_MARKS = re.compile(
    r"gmail_extra|yahoo_quoted|SkyDrivePlaceholder|divRplyFwdMsg|appendonsend|stopSpelling"
)
_MARKED_TAGS = 500_000  # marks times tags; a long thread of Gmail has 50 times 3,000
_COPIED = 100_000_000  # characters: passages times the length of the text
_ANGLES = re.compile(r"[<>]")
_QUOTES_AND_BLANKS = re.compile(r"[\s\"']+")
_ATTRIBUTE = re.compile(
    r"\s+[A-Za-z_:][\w:.-]*(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s\"'<>=`]+))?",
    re.ASCII,
)
_NAME = re.compile(r"<[A-Za-z][\w:-]*", re.ASCII)
_NEVER_ENDING = 2_000_000  # characters between a ``<`` and the next ``>``, all of them together


def text_excess(texts: Iterable[str]) -> Limit | None:
    """The limit that plain texts of one message are over, together."""
    found = list(texts)
    size = sum(map(len, found))
    if size > TEXT_CHARS.most:
        return TEXT_CHARS
    if size * len(found) > READINGS.most and len(found) > 1:
        return READINGS
    return QUOTED_BLOCKS if any(map(_copies_much, found)) else None


def html_excess(pages: Iterable[str]) -> Limit | None:
    """The limit that HTML parts of one message are over, together; each is read again with all."""
    found = list(pages)
    page = "\n".join(found)
    if len(page) > HTML_CHARS.most:
        return HTML_CHARS
    tags = page.count("<")
    if tags * len(found) > HTML_TAGS.most:
        return HTML_TAGS
    if len(page) * len(found) > READINGS.most:
        return READINGS
    if _copies_much(page):
        return QUOTED_BLOCKS
    if _is_odd(page, tags):
        return ODD_HTML
    return TAG_ATTRIBUTES if _has_endless_tag(page) else None


def without_tags(page: str) -> str:
    """The text of a page that is not sanitised: what stands between its tags, roughly."""
    pieces: list[str] = []
    for piece in page.split("<"):
        before, found, text = piece.partition(">")
        pieces.append(text if found else before)
    return "\n".join(line for piece in pieces for line in piece.splitlines() if line.strip())


def _copies_much(text: str) -> bool:
    """A few passages in a long text cost nothing, and neither do many in a short one."""
    blocks = _blocks(text)
    return blocks > QUOTED_BLOCKS.most and blocks * len(text) > _COPIED


def _blocks(text: str) -> int:
    """How many quoted passages: lines with ``>`` before which there is a line without."""
    blocks, end = 0, -1
    for match in _QUOTED.finditer(text):
        blocks += match.start() != end
        end = text.find("\n", match.end())
    return blocks


def _is_odd(page: str, tags: int) -> bool:
    lower = page.lower()
    if lower.count("encoding=") > ODD_HTML.most or lower.count("<!--") - lower.count("-->") > (
        ODD_HTML.most
    ):
        return True
    marks = sum(1 for _mark in _MARKS.finditer(page))
    return marks * tags > _MARKED_TAGS or _open_chars(page) > _NEVER_ENDING + len(page)


def _open_chars(page: str) -> int:
    """Characters between each ``<`` and the next ``>``, all of them together."""
    total, opened, behind = 0, 0, 0
    for match in _ANGLES.finditer(page):
        at = match.start()
        total += opened * (at - behind)
        behind = at
        opened = opened + 1 if match.group() == "<" else 0
    return total + opened * (len(page) - behind)


def _has_endless_tag(page: str) -> bool:
    return any(
        _attributes(tag) > TAG_ATTRIBUTES.most
        for tag in _tags(page)
        if len(tag) > TAG_ATTRIBUTES.most
    )


def _attributes(tag: str) -> int:
    """At least as many attributes as any parser finds: exact as long as they are well-formed.

    A value may be long and have many blanks. Behind the first sign that parsers read differently
    each blank and each quote counts.
    """
    found = _NAME.match(tag)
    count, at = 0, found.end() if found else 0
    while found := _ATTRIBUTE.match(tag, at) if at else None:
        count, at = count + 1, found.end()
    return count + len(_QUOTES_AND_BLANKS.findall(tag[at:])) // 2


def _tags(page: str) -> Iterator[str]:
    """Every tag, and with it what libxml2 may take for a part of it: never less than it reads.

    A ``>`` in a value in quotes ends no tag. Which quotes are those of a value it knows better
    than we; but one that is open at the ``>`` is the last of its kind before, behind a ``=``.
    """
    pieces: list[str] = []
    quotes: set[str] = set()  # those that may be open
    for piece in page.split(">"):
        pieces.append(piece)
        quotes = {quote for quote in quotes if quote not in piece} | _opened(piece)
        if not quotes:
            yield _from_its_start(">".join(pieces))
            pieces = []
    yield _from_its_start(">".join(pieces))


def _from_its_start(tag: str) -> str:
    return tag[tag.find("<") :] if "<" in tag else ""


def _opened(piece: str) -> set[str]:
    last = ((quote, piece.rfind(quote)) for quote in "\"'")
    return {quote for quote, at in last if at >= 0 and piece[:at].rstrip().endswith("=")}
