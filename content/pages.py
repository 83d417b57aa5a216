"""HTML of strangers before it is sanitised: what of it can be seen, and that libxml2 can read it.

Everything here is linear in the page, and changes nothing that a mail program would show.
"""

import re
from collections.abc import Iterable, Iterator
from html import unescape

from .tags import tags

# libxml2 gives up below 256 elements (HTML_PARSE_HUGE is not set by Odoo), and with it the text.
MAX_ELEMENT_DEPTH = 200
_LOOK_BACK = 50  # open elements among which an end tag finds its own
_DECLARATION = re.compile(r"[\ufeff\s]*<\?xml\b[^>]*>", re.I)
_WRAPPERS = re.compile(r"</?(?:html|body|head|!doctype)\b[^>]*>", re.I)
_INVISIBLE = "\u00ad\u034f\u200b\u200c\u200d\u2060\ufeff"
_UNSEEN = ("style", "script", "title", "head")
_VOID = frozenset(
    "area base basefont br col embed frame hr img input isindex link meta param source track wbr"
    " !doctype".split()
)
# Elements that one of their kind ends, since their end tag may be left out (HTML, §13.1.2.4).
_ENDED_BY_NEXT = frozenset("p li dt dd tr td th option thead tbody tfoot colgroup".split())


def without_declaration(page: str) -> str:
    """A page without its XML declaration: lxml refuses text that names an encoding."""
    found = _DECLARATION.match(page)
    return page[found.end() :] if found else page


def has_words(page: str) -> bool:
    """Whether there is anything to read in a page, apart from its pictures."""
    return any(not char.isspace() and char not in _INVISIBLE for char in words(page))


def has_picture(page: str) -> bool:
    """Whether a page shows a picture."""
    return "<img" in page.lower()


def words(page: str) -> str:
    """What stands between the tags of a page, roughly, without style sheets and comments."""
    for name in _UNSEEN:
        page = "".join(_outside(page, f"<{name}", f"</{name}>"))
    page = "".join(_outside(page, "<!--", "-->"))
    pieces, end = [], 0
    for tag in tags(page):
        pieces.append(_between(page[end : tag.start]))
        end = tag.end
    pieces.append(_between(page[end:]))
    return unescape("".join(pieces))


def _between(text: str) -> str:
    """What stands between two tags, without declarations and the like (``<!doctype html>``)."""
    if "<" not in text:
        return text
    first, *others = text.split("<")
    return first + "".join(other.partition(">")[2] for other in others)


def _outside(page: str, opening: str, closing: str) -> Iterator[str]:
    """The pieces of a page that lie outside of these, without regard to case."""
    lower, at = page.lower(), 0
    if len(lower) != len(page):  # a few letters are longer in lower case
        lower = page
    while (start := lower.find(opening, at)) >= 0:
        yield page[at:start]
        end = lower.find(closing, start)
        if end < 0:
            return
        at = end + len(closing)
    yield page[at:]


def joined(pages: Iterable[str]) -> str:
    """Several pages as one, below each other; one alone stays as it is."""
    found = [page for page in pages if page.strip()]
    if len(found) < 2:
        return "".join(found)
    return "\n".join(_WRAPPERS.sub("", page) for page in found)


def flattened(page: str, most: int = MAX_ELEMENT_DEPTH) -> str:
    """A page without the tags of elements deeper than that; their text stays where it was.

    A page that is not so deep comes as it is.
    """
    if page.count("<") < most:
        return page
    pieces: list[str] = []
    open_names: list[str] = []
    end = dropped = 0
    for tag in tags(page):
        if tag.name in _VOID or page.startswith("/>", tag.end - 2):
            continue
        if tag.is_end:
            keeps = _close(open_names, tag.name, most)
        else:
            if open_names and open_names[-1] == tag.name and tag.name in _ENDED_BY_NEXT:
                open_names.pop()
            open_names.append(tag.name)
            keeps = len(open_names) <= most
        if not keeps:
            pieces.append(page[end : tag.start])
            end, dropped = tag.end, dropped + 1
    return "".join((*pieces, page[end:])) if dropped else page


def _close(open_names: list[str], name: str, most: int) -> bool:
    """Take the element that an end tag ends from the open ones; tell whether the tag is needed."""
    recent = open_names[-_LOOK_BACK:]
    if name not in recent:
        return len(open_names) <= most  # ends nothing, or what was left open long ago
    while open_names.pop() != name:
        pass
    return len(open_names) < most
