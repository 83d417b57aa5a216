"""Keeps Odoo to the marks that we set.

Odoo marks quotations itself whenever HTML is stored (odoo/tools/mail.py, ``tag_quote``): every
``blockquote``, what stands behind classes and ids of some programs, lines with ``>``, all behind
two dashes, elements without text behind a quotation. That hides new text: answers between
quotations, a paragraph moved to the right, a picture, the whole of what somebody sends on. So
what it goes by is taken away; a ``blockquote`` that is to be seen becomes a ``div`` like it.
"""

import re

from lxml import etree
from lxml.etree import _Element

MARK = "data-o-mail-quote"
_BY_NAME = re.compile(
    r"gmail_extra|gmail_quote|gmail_signature|odoo_signature_wrapper|SkyDrivePlaceholder"
    r"|yahoo_quoted|stopSpelling|divRplyFwdMsg|appendonsend|^Signature$"
)
_BY_TEXT = re.compile(r"\n>|(?:^|\n)--\s?(?:[\r\n]|$)")
_SHAPED = re.compile(r"margin|border|padding")
_NO_ELEMENTS = frozenset(("script", "style", "title", "textarea", "option", "noscript"))
_PHRASING = frozenset(("span", "a", "br", "img", "b", "i", "u", "em", "strong", "font", "small"))
_LIKE_QUOTED = "margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex"


def keep_to_ours(body: _Element) -> int:
    """Take away what Odoo would mark by; return how many changes that took."""
    changes = 0
    for element in list(body.iter(etree.Element)):
        changes += _without_names(element) + _in_lines(element)
    for element in _outside_marks(body):
        if element.tag == "blockquote":
            _show(element)
            changes += 1
        changes += _set_apart(element)
    return changes


def _outside_marks(body: _Element) -> list[_Element]:
    found, todo = [], [body]
    while todo:
        element = todo.pop()
        if isinstance(element.tag, str) and not element.get(MARK):
            found.append(element)
            todo.extend(element)
    return found


def _without_names(element: _Element) -> int:
    found = [name for name in ("class", "id") if _BY_NAME.search(element.get(name) or "")]
    for name in found:
        del element.attrib[name]
    return len(found)


def _in_lines(element: _Element) -> int:
    """Put each line of a text of its own that Odoo would find a quotation in."""
    text = element.text or ""
    if element.get(MARK) and element.find("br") is None:
        return 0
    if element.tag in _NO_ELEMENTS or not _BY_TEXT.search(text):
        return 0
    lines = text.splitlines(keepends=True)
    element.text = None
    for line in reversed(lines):
        span = element.makeelement("span")
        span.text = line
        element.insert(0, span)
    return len(lines)


def _show(quotation: _Element) -> None:
    quotation.tag = "div"
    style = quotation.get("style") or ""
    if not _SHAPED.search(style):
        quotation.set("style", f"{_LIKE_QUOTED};{style}".rstrip(";"))


def _set_apart(parent: _Element) -> int:
    """Wrap marked children behind which something without text is to be seen.

    The chatter folds a ``br`` behind a mark, wherever it stands, and Odoo marks an element without
    text behind a marked one.
    """
    runs: list[list[_Element]] = []
    run: list[_Element] = []
    is_followed = False
    for child in reversed(parent if parent.find(f"*[@{MARK}]") is not None else ()):
        if not isinstance(child.tag, str):
            run = []
        elif child.get(MARK):
            if (child.tail or "").strip() or not run:
                run = []
                runs += [run] if is_followed else []
            run.append(child)
        else:
            run = []
            is_followed = is_followed or not any(map(str.strip, child.itertext()))
    for run in runs:
        _wrap(run[::-1])
    return len(runs)


def _wrap(run: list[_Element]) -> None:
    is_phrase = all(element.tag in _PHRASING for element in run)
    wrapper = run[0].makeelement("span" if is_phrase else "div")
    tail, run[-1].tail = run[-1].tail, None
    run[0].addprevious(wrapper)
    wrapper.extend(run)
    wrapper.tail = tail
