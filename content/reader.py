"""A message as its record shows it: which of its parts are text, and which are files.

The parts are our own parser's (router/message/mime.py). What is shown of ordinary messages is
what Odoo shows of them (mail_thread.py, _message_parse_extract_payload).
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ..router.message.limits import HTML_CHARS, PARTS, Limit
from ..router.message.mail import MAX_TEXT_CHARS, Part, ReceivedMail, part_text
from ..router.message.markup_limits import html_excess, text_excess, without_tags
from ..router.message.repair import MAX_SHORT_TEXT, printable
from . import pages, plain
from .content import Content, File, Opened
from .files import (
    ENRICHED,
    as_file,
    heading_of,
    is_attached,
    is_left_out,
    is_text,
    link_of,
    reaction_of,
)
from .folding import fold
from .opened import OPENERS
from .pictures import shown_pictures
from .quotes import answers
from .signature_pictures import pictures_of_signature

MAX_DEPTH = 40  # of parts within parts, opened ones among them
MAX_OPENED = 4  # parts that lay in one another: certified, signed twice (RFC 2634), winmail.dat


def read(mail: ReceivedMail) -> Content:
    """Return what the record of a message shows."""
    found = _Reader().look(mail.parts()[0])
    if not found.has_words:
        found.texts += map(_text_of_opened, found.opened)
    return _finished(found, is_reply=answers(mail))


class Text(NamedTuple):
    """One piece of text: HTML as it came, or plain text (then ``is_page`` is false)."""

    text: str
    is_page: bool
    is_flowed: bool = False
    delsp: bool = False

    @property
    def has_words(self) -> bool:
        """Whether there is something to read."""
        return pages.has_words(self.text) if self.is_page else bool(self.text.strip())

    def as_html(self) -> str:
        """The piece as a page."""
        if self.is_page:
            return pages.without_declaration(self.text)
        return plain.to_html(self.text, flowed=self.is_flowed, delsp=self.delsp)


@dataclass(eq=False)
class Found:
    """What was found in a part: pieces of text in their order, files, and the rest.

    ``spare`` is the text that an alternative has for those who cannot see its HTML.
    """

    texts: list[Text] = field(default_factory=list)
    spare: list[Text] = field(default_factory=list)
    files: list[File] = field(default_factory=list)
    opened: list[Opened] = field(default_factory=list)
    base: str = ""  # of relative addresses in the HTML (RFC 2557 §5)
    reaction: str = ""

    def add(self, other: "Found") -> None:
        """Take over what was found in another part, behind what is here."""
        self.texts += other.texts
        self.spare += other.spare
        self.files += other.files
        self.opened += other.opened
        self.base = self.base or other.base
        self.reaction = self.reaction or other.reaction

    @property
    def has_page(self) -> bool:
        """Whether HTML was found."""
        return any(item.is_page for item in self.texts)

    @property
    def has_words(self) -> bool:
        """Whether there is something to read."""
        return any(item.has_words for item in self.texts)


class _Reader:
    """One walk over the parts of a message."""

    def __init__(self) -> None:
        self._open = 0  # parts that were opened and that the walk is in
        self._left = PARTS.most  # that may still come out of opened ones, of the whole message

    def look(self, part: Part, depth: int = 0) -> Found:
        if depth > MAX_DEPTH:
            return Found(files=[as_file(part)])
        if opened := self._open_part(part):
            return self._opened(part, opened, depth)
        if part.get_content_maintype() == "multipart":
            return self._several(part, depth)
        if is_text(part):
            return Found(texts=[_text(part)], base=_base(part))
        return _instead_of_file(part) or Found(files=[as_file(part)])

    def _several(self, part: Part, depth: int) -> Found:
        if not part.is_multipart():  # none of its boundaries is there
            return Found(texts=[Text(printable(part_text(part, MAX_TEXT_CHARS)), is_page=False)])
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            return self._choice(part, depth)
        if kind == "multipart/digest":  # messages that are the text (RFC 2046 §5.1.5)
            return _joined([self._of_digest(child, depth + 1) for child in part.children])
        return _joined([self.look(child, depth + 1) for child in part.children])

    def _choice(self, part: Part, depth: int) -> Found:
        ways = [child for child in part.children if not _is_rare_way(child)]
        found = _chosen([self.look(child, depth + 1) for child in ways])
        for child in part.children:
            if child not in ways:
                emoji = reaction_of(child)
                found.reaction = found.reaction or emoji or ""
                found.spare.append(_text(child) if emoji is None else Text(emoji, is_page=False))
        return found

    def _of_digest(self, part: Part, depth: int) -> Found:
        if not part.is_multipart() or part.get_content_maintype() != "message":
            return self.look(part, depth)
        (message, *_none) = part.children
        heading = Text(printable(heading_of(message)), is_page=True)
        return _joined([Found(texts=[heading]), self.look(message, depth + 1)])

    def _open_part(self, part: Part) -> Opened | None:
        if self._open >= MAX_OPENED or self._left <= 0:
            return None
        opened = next(filter(None, (opener(part) for opener in OPENERS)), None)
        if opened:
            self._left -= sum(map(_count, opened.parts))
        return opened if self._left >= 0 else None

    def _opened(self, part: Part, opened: Opened, depth: int) -> Found:
        self._open += 1
        found = _joined([self.look(item, depth + 1) for item in opened.parts])
        self._open -= 1
        if opened.stays:
            found.files.append(as_file(part))
        found.files += opened.files
        found.opened.append(opened)
        return found


def _count(part: Part) -> int:
    """A part and those within it."""
    return 1 + sum(map(_count, part.children))


def _text_of_opened(opened: Opened) -> Text:
    return Text(printable(opened.html or opened.text), is_page=bool(opened.html))


def _instead_of_file(part: Part) -> Found | None:
    """What stands on the record for a part that is neither text nor a file."""
    if is_left_out(part):
        return Found()
    emoji = reaction_of(part)
    if emoji is not None:
        texts = [Text(emoji, is_page=False)] if part.depth == 0 else []
        return Found(texts=texts, reaction=emoji)
    page = link_of(part)
    return Found(texts=[Text(printable(page), is_page=True)]) if page else None


def _is_rare_way(part: Part) -> bool:
    """Whether a part of a choice is for a few programs only: AMP, a reaction, enriched text.

    A calendar is more than that: people open it.
    """
    kind = part.get_content_type()
    is_text = kind.startswith("text/") and kind not in ("text/plain", "text/html", "text/calendar")
    return is_text and not is_attached(part)


def _base(part: Part) -> str:
    return part.get("content-base").strip() or part.get("content-location").strip()


def _text(part: Part) -> Text:
    kind, text = part.get_content_type(), printable(part_text(part, HTML_CHARS.most + 1))
    return Text(
        plain.from_enriched(text) if kind in ENRICHED else text,
        is_page="html" in kind,
        is_flowed=part.get_param("format").lower() == "flowed",
        delsp=part.get_param("delsp").lower() == "yes",
    )


def _joined(inner: list[Found]) -> Found:
    found = Found()
    for item in inner:
        found.add(item)
    return found


def _chosen(inner: list[Found]) -> Found:
    """One of several ways to say the same (RFC 2046 §5.1.4): the last with HTML that has words.

    Where the HTML has none, a picture say, and a text has, the text is shown. Files are kept,
    whichever way they belong to.
    """
    told = [item for item in inner if item.texts]
    with_words = [item for item in told if item.has_words] or told
    best = [item for item in with_words if item.has_page] or with_words
    found = Found()
    for item in inner:
        if item not in best[-1:]:
            item.spare, item.texts = item.texts, []
        found.add(item)
    return found


def _finished(found: Found, *, is_reply: bool) -> Content:
    html, over = _html(found)
    html, files, shown = shown_pictures(html, found.files, found.base)
    opened = found.opened
    return Content(
        html=html if over else fold(html, is_reply=is_reply),  # marks are tags too
        files=files,
        pictures=shown,
        logos=frozenset(pictures_of_signature(html, files, shown)),
        reaction=found.reaction,
        notes=tuple(note for item in opened for note in item.notes),
        sender=next((item.sender for item in opened if item.sender), None),
        encloses=next((item.encloses for item in opened if item.encloses), ""),
        over=(over,) if over else (),
    )


def _html(found: Found) -> tuple[str, Limit | None]:
    """The text of a message as one page within the limits, and the limit that it was over."""
    texts = found.texts
    if not found.has_words:
        texts = [item for item in found.spare if item.has_words][:1] or texts
    over = text_excess(item.text for item in texts if not item.is_page)
    over = over or html_excess(item.text for item in texts if item.is_page)
    if over:
        return plain.to_html(_short_text(found)), over
    return pages.flattened(pages.joined(item.as_html() for item in texts)), None


def _short_text(found: Found) -> str:
    """What can be shown of a text that is over a limit: the plain one, else the HTML's words."""
    plains = [item.text for item in (*found.texts, *found.spare) if not item.is_page]
    text = next((text for text in plains if text.strip()), "") or "\n".join(
        without_tags(item.text) for item in found.texts
    )
    return text[: MAX_SHORT_TEXT if text_excess((text,)) else MAX_TEXT_CHARS]
