"""Marks in the HTML of a message what Odoo's chatter folds: quotations, and signatures.

Odoo 19 folds elements that have ``data-o-mail-quote`` (mail/static/src/core/web_portal/
message_patch.js). They are set where ``quotes.py`` says, and nowhere else: ``odoo_marks.py``.
The text of the page stays the same, letter by letter.
"""

import re
from collections.abc import Iterator, Sequence

from lxml import etree, html
from lxml.etree import _Element

from .odoo_marks import MARK, keep_to_ours
from .page_lines import Page, Piece, read_page
from .quotes import folded

_MOST_CHANGES = 5_000  # each may be an element more; a page that needs more stays as it is
_WHOLE = re.compile(r"<(?:!doctype|html|body)\b", re.IGNORECASE)
_BEGINNING = 5_000  # characters, in which a whole page says that it is one


def fold(page: str, *, is_reply: bool) -> str:
    """Return a page with marks at what its reader may fold. It need not be sanitised.

    :param is_reply: the message says that it answers another
    """
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True)
    try:
        root = etree.fromstring(page.encode("utf-8", "replace"), parser)
    except etree.LxmlError:
        return page
    body = root.find("body") if root is not None else None
    if body is None or any("depth" in error.message for error in parser.error_log):
        return page
    found = read_page(body)
    if found is None:
        return page
    flags = folded(found.lines, is_reply=is_reply)
    changes = _mark(body, found, flags) + keep_to_ours(body)
    if not changes or changes > _MOST_CHANGES:
        return page
    is_whole = _WHOLE.search(page[:_BEGINNING])
    whole: str = html.tostring(root, encoding="unicode")
    return whole if is_whole else _inner(body)


def _inner(body: _Element) -> str:
    page: str = html.tostring(body, encoding="unicode", with_tail=False)
    return page.partition(">")[2].removesuffix("</body>")


def _mark(body: _Element, page: Page, flags: Sequence[bool]) -> int:
    """Mark the outermost elements that are folded as a whole, and texts; return how many."""
    folds = [0]
    for piece in page.pieces:
        folds.append(folds[-1] + flags[piece.line])
    texts: dict[tuple[_Element, bool], list[Piece]] = {}
    for piece in page.pieces:
        if piece.text:
            texts.setdefault((piece.element, piece.is_tail), []).append(piece)
    marked = 0
    for element in list(_partly_folded(body, page, folds)):
        for child in list(element):
            marked += _wrap(texts.get((child, True), []), flags)
        marked += _wrap(texts.get((element, False), []), flags)
    return marked + sum(1 for _element in body.iterfind(f".//*[@{MARK}='1']"))


def _partly_folded(body: _Element, page: Page, folds: Sequence[int]) -> Iterator[_Element]:
    """Yield the elements of which some is folded; mark those of which everything is."""
    todo = [body]
    while todo:
        element = todo.pop()
        first, end = page.spans.get(element, (0, 0))
        count = folds[end] - folds[first]
        if count and count == end - first and element is not body:
            element.set(MARK, "1")
        elif count:
            yield element
            todo.extend(element)


def _wrap(pieces: Sequence[Piece], flags: Sequence[bool]) -> int:
    """Put what is folded of one text into marked elements; return how many."""
    if not any(flags[piece.line] for piece in pieces):
        return 0
    element, is_tail = pieces[0].element, pieces[0].is_tail
    if is_tail:
        element.tail = None
    else:
        element.text = None
    last, count = element if is_tail else None, 0
    for is_folded, text in _joined(pieces, flags):
        if is_folded:
            span = element.makeelement("span", {MARK: "1"})
            span.text = text
            if last is None:
                element.insert(0, span)
            else:
                last.addnext(span)
            last, count = span, count + 1
        elif last is None:
            element.text = text
        else:
            last.tail = text
    return count


def _joined(pieces: Sequence[Piece], flags: Sequence[bool]) -> list[tuple[bool, str]]:
    """The texts of pieces, those joined that are folded alike."""
    found: list[tuple[bool, list[str]]] = []
    for piece in pieces:
        if not found or found[-1][0] != flags[piece.line]:
            found.append((flags[piece.line], []))
        found[-1][1].append(piece.text)
    return [(is_folded, "".join(texts)) for is_folded, texts in found]
