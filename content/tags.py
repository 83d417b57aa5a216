"""The tags of a page, as browsers read them (HTML §13.2.5): in quotes ``<`` and ``>`` are text.

Linear: nothing is looked at twice, whatever is left open.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

_BEGIN = re.compile(r"<(?:!--|(/?)([a-z][a-z0-9:]{0,30})(?![a-z0-9:]))", re.I)
_ATTRIBUTE = re.compile(r"[\s/]*([^\s/>=]{1,1000}|=)(?:\s*=\s*([\"'])?)?")
_UNQUOTED = re.compile(r"[^\s>]*")


class Tag(NamedTuple):
    """One tag: ``name`` in lower case, where it begins, and the place behind its ``>``."""

    name: str
    is_end: bool
    start: int
    end: int


def tags(page: str) -> Iterator[Tag]:
    """The tags of a page in their order; what stands in comments is none.

    A tag that is never closed is none, and neither is anything behind it.
    """
    at, last_comment = 0, page.rfind("-->")
    while found := _BEGIN.search(page, at):
        if not found[2]:
            is_closed = found.end() <= last_comment
            at = page.find("-->", found.end()) + len("-->") if is_closed else found.end()
            continue
        end = _end(page, found.end())
        if end < 0:
            return
        yield Tag(found[2].lower(), bool(found[1]), found.start(), end)
        at = end


def attributes(page: str, tag: Tag) -> Iterator[tuple[str, int, int]]:
    """Each attribute of a tag: its name in lower case, and where its value lies, with quotes."""
    at = tag.start + 1 + tag.is_end + len(tag.name)
    while at < tag.end - 1:
        found = _ATTRIBUTE.match(page, at, tag.end - 1)
        if not found:
            return
        start, end = _value(page, found, tag.end - 1)
        yield found[1].lower(), start, end
        at = end


def _end(page: str, at: int) -> int:
    """The place behind the ``>`` of the tag whose attributes begin here, -1 without one."""
    end = page.find(">", at) + 1
    if end and "'" not in page[at:end] and page.count('"', at, end) % 2 == 0:
        return end
    while found := _ATTRIBUTE.match(page, at):
        _start, at = _value(page, found, len(page))
        if at < 0:
            return -1
    return page.find(">", at) + 1 or -1


def _value(page: str, found: re.Match[str], limit: int) -> tuple[int, int]:
    """Where the value of an attribute lies; a quote that nobody closes ends nowhere: -1."""
    if found[2]:
        closing = page.find(found[2], found.end(), limit)
        return found.start(2), closing + 1 if closing >= 0 else -1
    if found[0].rstrip().endswith("=") and found[1] != "=":
        value = _UNQUOTED.match(page, found.end(), limit)
        return found.end(), value.end() if value else found.end()
    return found.end(), found.end()
