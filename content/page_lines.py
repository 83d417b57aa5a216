"""The lines of a page, as a person sees them, and the pieces of its tree that each consists of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree
from lxml.etree import _Element

from .lines import MOST_CHARS, Line

_MOST_LINES = 20_000
_NOT_SHOWN = frozenset(("script", "style", "head", "title", "template", "noscript"))
_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details div dl dt fieldset figure"
    " footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section table tr ul".split()
)
_SPEAKS_FOR_ITSELF = frozenset(("pre", "blockquote", *_NOT_SHOWN))
_PICTURES = frozenset(("img", "svg", "object", "video", "audio", "canvas", "input", "button"))
_PRE = re.compile(r"white-space:\s?(?:pre|break-spaces)", re.IGNORECASE)
_TOP_LINE = re.compile(r"border-top:\s?solid", re.IGNORECASE)
# Flag of a line -> what the classes and ids of an element around it have: lower case, as programs
# write them (Gmail, Thunderbird, Outlook, Apple, Yahoo, Proton, Tuta, Zoho, Odoo).
_KNOWN = {
    "cited": re.compile(r"yahoo_quoted|protonmail_quote|tutanota_quote|blockquote_quote"),
    "attributes": re.compile(r"gmail_attr|moz-cite-prefix"),
    "headed": re.compile(r"divrplyfwdmsg"),
    "sent_on": re.compile(r"moz-forward-container"),
    "signs": re.compile(
        r"gmail_signature|moz-signature|odoo_signature_wrapper|protonmail_signature_block-user"
        r"|applemailsignature|ms-outlook-mobile-signature|(?:^|\s)(?:x_)*signature(?:\s|$)"
    ),
}
# Not "quote" alone: so are passages called that somebody quotes from a page or a book.
_CITING = re.compile(r"(?:gmail|mail|zimbra|outlook|freshdesk|front)[_-]?(?:block)?quote|zmail|bq$")
_OF_MESSAGES = ("mid:", "cid:", "news:")  # a page that is quoted is ``cite="https:…"`` (HTML)


@dataclass(frozen=True, slots=True)
class Piece:
    """Part of a line: an element such as ``br``, or characters of an element's text or tail."""

    element: _Element
    line: int
    text: str = ""
    is_tail: bool = False


@dataclass
class Page:
    """``spans``: element -> the first of its pieces, and the place behind the last."""

    lines: list[Line] = field(default_factory=list)
    pieces: list[Piece] = field(default_factory=list)
    spans: dict[_Element, tuple[int, int]] = field(default_factory=dict)


def read_page(body: _Element) -> Page | None:
    """Read the lines of a page from its ``body``; None if there are more than people write."""
    reader = _Reader()
    for event, element in etree.iterwalk(body, events=("start", "end", "comment", "pi")):
        if event == "start":
            reader.open(element)
        elif event == "end":
            reader.close(element)
        if event != "start" and element is not body:
            reader.read_text(element, element.tail, is_tail=True)
        if reader.is_over:
            return None
    reader.end_line()
    return reader.page


class _Reader:
    """A walk through a page: the line that is being read, and the elements that are open."""

    def __init__(self) -> None:
        self.page = Page()
        self._words: list[str] = []
        self._flags: dict[str, bool] = {}
        self._begun = self._says_something = False
        self._open: list[tuple[str, ...]] = []  # flags of each open element
        self._depth: dict[str, int] = {}

    @property
    def is_over(self) -> bool:
        return len(self.page.lines) > _MOST_LINES

    def open(self, element: _Element) -> None:
        if element.tag in _BLOCKS:
            self.end_line()
        flags = tuple(_flags(element))
        self._open.append(flags)
        for flag in flags:
            self._depth[flag] = self._depth.get(flag, 0) + 1
        self.page.spans[element] = (len(self.page.pieces), len(self.page.pieces))
        if element.tag == "hr":
            self._add(Piece(element, len(self.page.lines)), "-----")
        elif element.tag == "br" or element.tag in _PICTURES:
            self._add(Piece(element, len(self.page.lines)), "")
            self._flags["picture"] = self._flags.get("picture", False) or element.tag != "br"
        self.read_text(element, element.text, is_tail=False)

    def close(self, element: _Element) -> None:
        if element.tag in _BLOCKS or element.tag == "br":
            self.end_line()
        for flag in self._open.pop():
            self._depth[flag] -= 1
        self.page.spans[element] = (self.page.spans[element][0], len(self.page.pieces))

    def read_text(self, element: _Element, text: str | None, *, is_tail: bool) -> None:
        if not text or self._depth.get("hidden"):
            return
        if not self._depth.get("pre"):
            if text.strip(" \t\r\n\f"):
                self._add(Piece(element, len(self.page.lines), text, is_tail), text)
            return
        for part in text.splitlines(keepends=True):
            if self.is_over:
                return
            self._add(Piece(element, len(self.page.lines), part, is_tail), part)
            if part.endswith(("\n", "\r")):
                self.end_line()

    def end_line(self) -> None:
        if not self._begun:
            return
        written = "".join(self._words).replace("\u200b", "")
        text = " ".join(written.split())
        closes = text == "--" and written.lstrip().startswith(("-- ", "--\xa0"))
        self.page.lines.append(Line(text[:MOST_CHARS], closes=closes, **self._flags))
        self._words, self._flags = [], {}
        self._begun = self._says_something = False

    def _add(self, piece: Piece, text: str) -> None:
        if not self._says_something:
            picture = self._flags.get("picture", False)
            self._flags = {name: self._depth.get(name, 0) > 0 for name in (*_KNOWN, "indented")}
            self._flags["picture"] = picture
            self._says_something = bool(text.strip())
        self._begun = True
        self._words.append(text)
        self.page.pieces.append(piece)


def _flags(element: _Element) -> Iterator[str]:
    """What the lines within an element are known for."""
    if not element.attrib and element.tag not in _SPEAKS_FOR_ITSELF:
        return
    if element.tag in _NOT_SHOWN:
        yield "hidden"
    style = element.get("style") or ""
    if element.tag == "pre" or _PRE.search(style):
        yield "pre"
    names = f"{element.get('class') or ''} {element.get('id') or ''}".lower()
    if element.tag == "blockquote":
        yield "indented"
        if (
            (element.get("cite") or "").strip().lower().startswith(_OF_MESSAGES)
            or (element.get("type") or "").lower() == "cite"
            or _CITING.search(names)
        ):
            yield "cited"
            return
    if element.tag == "div" and _TOP_LINE.search(style):
        yield "headed"
    if names.strip():
        yield from (flag for flag, pattern in _KNOWN.items() if pattern.search(names))
