"""Which file a picture of the text means (RFC 2392, RFC 2557), however the two are spelled.

Odoo shows a picture when ``src`` is ``cid:`` and the very same Content-ID (mail_thread.py,
_process_attachments_for_post): a copy of the page and of the files is made to agree.
"""

import re
from collections.abc import Iterable
from dataclasses import replace
from html import unescape
from urllib.parse import unquote, urljoin

from .content import File
from .tags import attributes, tags

MAX_PICTURES = 1_000  # that a page shows
_MAX_SOURCE = 2_000
_SHOWING = frozenset({"img", "input", "v:imagedata"})
_LINE_BREAKS = dict.fromkeys(map(ord, "\r\n\t"))
_PLAIN_ID = re.compile(r"[\w.@+$!~-]{1,250}", re.ASCII)
_WEB = re.compile(r"https?:|ftp:|//")
_ON_DISK = re.compile(r"file:|[a-z]:[/\\]|\\\\|\.{0,2}/")
_PARTS = re.compile(r"[/\\]")
_NOT_LOCAL = ("data:", "#", "javascript:", "mailto:")
# RFC 2557 §5 has "thismessage:/" as the base where none is given; urljoin knows no such scheme.
_NOWHERE = "http://thismessage.invalid/"


def shown_pictures(
    html: str, files: Iterable[File], base: str = ""
) -> tuple[str, tuple[File, ...], frozenset[str]]:
    """Return the page and the files so that Odoo finds the pictures, and the ids that are shown.

    :param base: Content-Base or Content-Location of the page, for relative locations
    """
    found = tuple(files)
    if not found or "src" not in html.lower():
        return html, found, frozenset()
    index = _Index(found, base)
    return index.shown(html), index.files(), frozenset(index.ids.values())


class _Index:
    """What the files may be called by, and which of them the page shows."""

    def __init__(self, files: tuple[File, ...], base: str) -> None:
        self._files = files
        self._base = urljoin_safely(_NOWHERE, base)
        self._by_id: dict[str, int] = {}
        self._by_place: dict[str, int] = {}
        self._by_name: dict[str, int] = {}
        for at, item in enumerate(files):
            if item.content_id:
                self._by_id.setdefault(item.content_id, at)
        for at, item in enumerate(files):
            for key in _spellings(item.content_id):
                self._by_id.setdefault(key, at)
            if item.location:
                place = urljoin_safely(self._base, item.location)
                self._by_place.setdefault(place.casefold(), at)
            if item.content_type.startswith("image/"):
                self._by_name.setdefault(item.name.casefold(), at)
        self._by_half = _unique(
            (item.content_id.partition("@")[0].casefold(), at) for at, item in enumerate(files)
        )
        self.ids: dict[int, str] = {}  # position -> the id that it is shown by

    def shown(self, page: str) -> str:
        """The page, in which the pictures that are files are named as Odoo wants it."""
        pieces: list[str] = []
        end = 0
        for tag in tags(page):
            if tag.name not in _SHOWING or tag.is_end:
                continue
            places = (place for name, *place in attributes(page, tag) if name == "src")
            start, stop = next(places, (0, 0))
            if named := self._named(page[start:stop]):
                pieces += (page[end:start], named)
                end = stop
        return "".join((*pieces, page[end:]))

    def _named(self, value: str) -> str:
        """The value of an attribute that means a file, ``""`` where it means none."""
        at = self._find(unescape(value.strip("\"'")).strip()) if len(value) <= _MAX_SOURCE else None
        if at is None or (at not in self.ids and len(self.ids) >= MAX_PICTURES):
            return ""
        if at not in self.ids:
            self.ids[at] = self._new_id(at)
        quote = value[0] if value[0] in "\"'" else '"'
        return f"{quote}cid:{self.ids[at]}{quote}"

    def files(self) -> tuple[File, ...]:
        """The files, those that are shown under the ids of the page, no other under the same."""
        taken = set(self.ids.values())
        return tuple(
            replace(item, content_id=self.ids[at])
            if at in self.ids
            else replace(item, content_id="" if item.content_id in taken else item.content_id)
            for at, item in enumerate(self._files)
        )

    def _find(self, source: str) -> int | None:
        if not source or len(source) > _MAX_SOURCE or source.lower().startswith(_NOT_LOCAL):
            return None
        if source[:4].lower() == "cid:":
            keys = _spellings(source[4:])
            found = (
                known.get(key)
                for known in (self._by_id, self._by_name, self._by_half)
                for key in keys
            )
            return next((at for at in found if at is not None), None)
        place = urljoin_safely(self._base, source).casefold()
        at = self._by_place.get(place)
        # Some programs send a page as they saved it: the picture lies beside it.
        return self._by_name.get(_last_of_path(source)) if at is None else at

    def _new_id(self, at: int) -> str:
        content_id = self._files[at].content_id
        taken = set(self.ids.values())
        if _PLAIN_ID.fullmatch(content_id) and content_id not in taken:
            return content_id
        made = f"picture-{at + 1}@content"
        while made in taken:
            made = f"a-{made}"
        return made


def _last_of_path(source: str) -> str:
    """The name of a file that stood on the sender's disk; an address of the web is none."""
    name = unquote(source).casefold()
    if _WEB.match(name):
        return ""
    return _PARTS.split(name)[-1] if _ON_DISK.match(name) else name


def _unique(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    """The pairs whose key is there once."""
    found: dict[str, list[int]] = {}
    for key, at in pairs:
        if key:
            found.setdefault(key, []).append(at)
    return {key: places[0] for key, places in found.items() if len(places) == 1}


def urljoin_safely(base: str, place: str) -> str:
    """``urljoin`` for what may be no address at all."""
    place = "".join(place.split())
    try:
        return urljoin(base, place) or place
    except ValueError:
        return place


def _spellings(content_id: str) -> list[str]:
    """An id as it stands, and without percent signs; brackets, blanks and case do not count."""
    bare = content_id.translate(_LINE_BREAKS).strip().lstrip("/").strip("<>").strip()
    plain = unquote(bare).strip("<> ")
    keys = (bare, plain, bare.casefold(), plain.casefold())
    return [key for key in dict.fromkeys(keys) if key]
