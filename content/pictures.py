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

MAX_PICTURES = 1_000  # that a page shows
_MAX_SOURCE = 2_000
_SOURCE = re.compile(
    r"(<(?:img|input|v:imagedata)\b[^<>]{0,5000}?[\s/\"']src\s{0,10}=\s{0,10})"
    r"(\"[^\"]{1,2000}\"|'[^']{1,2000}'|[^\s\"'<>]{1,2000})",
    re.I,
)
_LINE_BREAKS = dict.fromkeys(map(ord, "\r\n\t"))
_PLAIN_ID = re.compile(r"[\w.@+$!~-]{1,250}", re.ASCII)
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
    page = _SOURCE.sub(index.replaced, html)
    return page, index.files(), frozenset(index.ids.values())


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
        self.ids: dict[int, str] = {}  # position -> the id that it is shown by

    def replaced(self, match: re.Match[str]) -> str:
        """The attribute of a picture that is one of the files, as Odoo wants it."""
        value = match[2]
        quote = value[0] if value[0] in "\"'" else ""
        at = self._find(unescape(value.strip("\"'")).strip())
        if at is None or (at not in self.ids and len(self.ids) >= MAX_PICTURES):
            return match[0]
        if at not in self.ids:
            self.ids[at] = self._new_id(at)
        if quote and value[1:-1] == f"cid:{self.ids[at]}":
            return match[0]
        return f'{match[1]}"cid:{self.ids[at]}"'

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
            found = (self._by_id.get(key, self._by_name.get(key)) for key in keys)
            return next((at for at in found if at is not None), None)
        place = urljoin_safely(self._base, source).casefold()
        at = self._by_place.get(place)
        # Some programs send a page as they saved it: the picture lies beside it.
        return self._by_name.get(unquote(source).casefold()) if at is None else at

    def _new_id(self, at: int) -> str:
        content_id = self._files[at].content_id
        taken = set(self.ids.values())
        if _PLAIN_ID.fullmatch(content_id) and content_id not in taken:
            return content_id
        made = f"picture-{at + 1}@content"
        while made in taken:
            made = f"a-{made}"
        return made


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
