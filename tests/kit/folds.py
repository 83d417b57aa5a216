"""What of a page is seen before anybody opens a fold of Odoo's chatter."""

from lxml import html

_BLOCKS = ("p", "div", "blockquote", "tr", "li", "pre", "br", "hr", "table")


def text(page, *, folded=True):
    """The text of a page, lines without blanks around them; without what is folded on request."""
    lines = "".join(_words(html.fragment_fromstring(page, create_parent=True), folded))
    return [" ".join(line.split()) for line in lines.split("\n") if line.strip()]


def _words(element, folded):
    if not isinstance(element.tag, str) or element.tag in ("style", "title", "script"):
        return
    if not folded and element.get("data-o-mail-quote"):
        return
    if element.tag in _BLOCKS:
        yield "\n"
    yield element.text or ""
    for child in element:
        yield from _words(child, folded)
        yield child.tail or ""
    if element.tag in _BLOCKS:
        yield "\n"
