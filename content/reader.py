"""A message as its record shows it: which of its parts are text, and which are files.

The parts are our own parser's (router/message/mime.py). What is shown of ordinary messages is
what Odoo shows of them (mail_thread.py, _message_parse_extract_payload).
"""

from dataclasses import dataclass, field
from typing import NamedTuple

from ..router.message.encoded_words import decode_words, one_line
from ..router.message.limits import HTML_CHARS, PARTS, Limit
from ..router.message.mail import MAX_TEXT_CHARS, Part, ReceivedMail, part_text
from ..router.message.markup_limits import html_excess, text_excess, without_tags
from ..router.message.repair import MAX_SHORT_TEXT, printable
from . import pages, plain
from .content import Content, File, Opened
from .opened import OPENERS

_ENRICHED = ("text/enriched", "text/richtext")
_SHOWN = ("text/plain", "text/html", *_ENRICHED)
ATTACHMENT = "attachment"  # what Odoo calls a file that has no name
MAX_DEPTH = 40  # of parts within parts, opened ones among them
MAX_OPENED = 4  # parts that lay in one another: certified, signed twice (RFC 2634), winmail.dat


def read(mail: ReceivedMail) -> Content:
    """Return what the record of a message shows."""
    found = _Reader().look(mail.parts()[0])
    if not found.has_words:
        found.texts += map(_text_of_opened, found.opened)
    return _finished(found)


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

    def add(self, other: "Found") -> None:
        """Take over what was found in another part, behind what is here."""
        self.texts += other.texts
        self.spare += other.spare
        self.files += other.files
        self.opened += other.opened

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
        if part.get_content_maintype() == "multipart" and part.is_multipart():
            return self._several(part, depth)
        if is_shown(part):
            return Found(texts=[_text(part)])
        return Found(files=[as_file(part)])

    def _several(self, part: Part, depth: int) -> Found:
        kind = part.get_content_type()
        if kind == "multipart/alternative":
            ways = [child for child in part.children if not _is_rare_way(child)]
            found = _chosen([self.look(child, depth + 1) for child in ways])
            found.spare += [_text(child) for child in part.children if child not in ways]
            return found
        if kind == "multipart/digest":  # messages that are the text (RFC 2046 §5.1.5)
            return _joined([self._of_digest(child, depth + 1) for child in part.children])
        return _joined([self.look(child, depth + 1) for child in part.children])

    def _of_digest(self, part: Part, depth: int) -> Found:
        if not part.is_multipart() or part.get_content_maintype() != "message":
            return self.look(part, depth)
        (message,) = part.children
        found = self.look(message, depth + 1)
        subject = one_line(decode_words(message.get("subject")))
        found.texts.insert(0, Text(f"{subject}\n", is_page=False))
        return found

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


def is_shown(part: Part) -> bool:
    """Whether a part is text of the message, and no file."""
    return part.get_content_type() in _SHOWN and not _is_attached(part)


def _is_rare_way(part: Part) -> bool:
    """Whether a part of a choice is for a few programs only: AMP, a reaction, enriched text.

    A calendar is more than that: people open it.
    """
    kind = part.get_content_type()
    is_text = kind.startswith("text/") and kind not in ("text/plain", "text/html", "text/calendar")
    return is_text and not _is_attached(part)


def _is_attached(part: Part) -> bool:
    disposition = part.get("content-disposition").strip().lower()
    return disposition.startswith("attachment") or bool(part.get_filename())


def as_file(part: Part) -> File:
    """A part as the record attaches it."""
    return File(
        name=part.get_filename() or ATTACHMENT,
        data=part.raw if part.is_multipart() else part.decoded(),
        content_type=part.get_content_type(),
        content_id=part.get("content-id").strip().strip("<>").strip(),
        location=part.get("content-location").strip(),
        charset=part.get_content_charset(),
    )


def _text(part: Part) -> Text:
    kind, text = part.get_content_type(), printable(part_text(part, HTML_CHARS.most + 1))
    return Text(
        plain.from_enriched(text) if kind in _ENRICHED else text,
        is_page=kind.endswith("html"),
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
        found.files += item.files
        found.opened += item.opened
        if item in best[-1:]:
            found.texts += item.texts
            found.spare += item.spare
        else:
            found.spare += item.texts
    return found


def _finished(found: Found) -> Content:
    html, over = _html(found)
    opened = found.opened
    return Content(
        html=html,
        files=tuple(found.files),
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
