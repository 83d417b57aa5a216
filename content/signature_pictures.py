"""Pictures that belong to a signature: the logo that comes with every message of a sender.

A mail program shows them where they stand and lists them nowhere. What is meant for the reader, a
photo or a screenshot, stands in the text, or is larger. When in doubt a picture is a file.
"""

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator

from .content import File
from .pages import words

MAX_LOGO_BYTES = 100_000
MAX_LOGO_PIXELS = (900, 260)  # below a closing that no mark makes a signature; banners are wide
_MAX_BETWEEN = 600  # characters of text: name, address, telephone, and what the law asks for
_MAX_MARKUP = 20_000  # characters of HTML that they take

_MARK = re.compile(
    r"<[^<>]{0,500}?\b(?:id|class|data-smartmail|data-marker)\s{0,5}=\s{0,5}"
    r"[\"']?[^\"'<>]{0,200}?(?:signature|__SIG_)"
    r"|>\s{0,20}--(?:\s|&nbsp;|&#160;){0,5}(?:<|\n)",
    re.I,
)
# Where text begins that others wrote, and where it ends.
_QUOTE = re.compile(
    r"<blockquote\b|</blockquote\s{0,5}>|<[^<>]{0,500}?\b(?:id|class)\s{0,5}=\s{0,5}"
    r"[\"']?[^\"'<>]{0,200}?(?:gmail_quote|divRplyFwdMsg|moz-cite-prefix|moz-forward-container"
    r"|yahoo_quoted|protonmail_quote|mail-editor-reference-message-container|appendonsend)",
    re.I,
)
_SOURCE = re.compile(r"\bsrc\s{0,10}=\s{0,10}[\"']?cid:([^\"'<>\s]{1,300})", re.I)
# "Thanks" and "Best" stand at the beginning of messages as well.
_CLOSINGS = r"""
    regards|sincerely|cordially
    |(?:kind(?:est)?|best|warm(?:est)?|with\ kind|with\ best)\ regards|(?:best|all\ the)\ wishes
    |(?:yours\ )?(?:sincerely|faithfully|truly)
    |mit\ (?:freundlichen?|besten|herzlichen|vielen|lieben|sonnigen)\ gr(?:ü|ue)(?:ß|ss)en?
    |(?:freundliche|viele|beste|liebe|herzliche|sch(?:ö|oe)ne|sonnige)\ gr(?:ü|ue)(?:ß|ss)e
    |freundlicher\ gru(?:ß|ss)|gru(?:ß|ss)|gr(?:ü|ue)(?:ß|ss)e|mfg|lg|hochachtungsvoll
    |(?:bien\ )?cordialement|sinc(?:è|e)res\ salutations|bonne\ (?:journ(?:é|e)e|r(?:é|e)ception)
    |(?:un\ )?(?:cordial\ )?saludos?(?:\ cordiales)?|atentamente|reciba\ un\ cordial\ saludo
    |cordiali\ saluti|distinti\ saluti|saluti|un\ saluto
    |atenciosamente|cumprimentos|com\ os\ melhores\ cumprimentos
    |met\ (?:vriendelijke|hartelijke)\ groet(?:en)?|vriendelijke\ groet(?:en)?|groet(?:en|jes)?
    |med\ (?:venlig|vennlig|v(?:ä|a)nlig(?:a)?)\ h(?:ilsen|(?:ä|a)lsning(?:ar)?)|mvh|hilsen
    |yst(?:ä|a)v(?:ä|a)llisin\ terveisin|terveisin
    |z\ powa(?:ż|z)aniem|pozdrawiam|serdecznie\ pozdrawiam
    |s\ pozdravem|s\ p(?:ř|r)(?:á|a)telsk(?:ý|y)m\ pozdravem|s\ pozdravom
    |(?:ü|u)dv(?:ö|o)zlettel|cu\ stim(?:ă|a)|lep\ pozdrav|lijep\ pozdrav
    |с\ уважением|с\ наилучшими\ пожеланиями|з\ повагою|με\ εκτίμηση
    |sayg(?:ı|i)lar(?:ı|i)m(?:ı|i)zla|sayg(?:ı|i)lar(?:ı|i)mla
"""
_CLOSING = re.compile(
    rf"(?:^|>|\n)(?:\s|&nbsp;){{0,20}}(?:{_CLOSINGS})(?!\w)[^<>\n]{{0,40}}(?=<|\n|$)", re.I | re.X
)


def pictures_of_signature(html: str, files: Collection[File], shown: Collection[str]) -> set[str]:
    """Return the Content-IDs of pictures that stand in a signature only.

    :param html: a page whose pictures are named ``cid:…`` as the files are (pictures.py)
    :param shown: the Content-IDs that it shows
    """
    small = {
        item.content_id: item
        for item in files
        if item.content_id in shown and len(item.data) <= MAX_LOGO_BYTES
    }
    if not small:
        return set()
    places = _places(html, small)
    page = _Page(html)
    return {
        name
        for name, item in small.items()
        if places[name] and all(page.signs(at, item) for at in places[name])
    }


def _places(html: str, names: Collection[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {name: [] for name in names}
    for match in _SOURCE.finditer(html):
        if match[1] in found:
            found[match[1]].append(match.start())
    return found


def _own_segments(html: str) -> Iterator[tuple[int, int]]:
    """What the sender wrote: above what is quoted, between, and below."""
    depth, start = 0, 0
    for match in _QUOTE.finditer(html):
        if match[0].startswith("</"):
            depth = max(depth - 1, 0)
            start = match.end()
            continue
        if depth == 0 and start < match.start():
            yield start, match.start()
        if match[0].lower().startswith("<blockquote"):
            depth += 1
        else:  # whatever follows a copied header, was copied
            return
    if depth == 0:
        yield start, len(html)


class _Page:
    """Where a page is its sender's own, and where signatures begin in it."""

    def __init__(self, html: str) -> None:
        self._html = html
        self._segments = list(_own_segments(html))
        self._marks = [match.start() for match in _MARK.finditer(html)]
        self._closings = [match.end() for match in _CLOSING.finditer(html)]

    def signs(self, at: int, item: File) -> bool:
        """Whether the picture that stands there belongs to a signature."""
        found = bisect_right(self._segments, (at, len(self._html))) - 1
        start, end = self._segments[found] if found >= 0 else (0, 0)
        if not start <= at < end:
            return False
        if _last(self._marks, at) >= start:
            return True
        size = dimensions(item.data)
        if size is None or size[0] > MAX_LOGO_PIXELS[0] or size[1] > MAX_LOGO_PIXELS[1]:
            return False
        closing = _last(self._closings, at)
        if closing < start or at - closing > _MAX_MARKUP:
            return False
        return len(" ".join(words(self._html[closing:at]).split())) <= _MAX_BETWEEN


def _last(places: list[int], at: int) -> int:
    """The last of the places before that one, -1 when there is none."""
    found = bisect_right(places, at) - 1
    return places[found] if found >= 0 else -1


def dimensions(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG, GIF or JPEG, as its header claims them; nothing is decoded."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    if data.startswith(b"GIF8") and len(data) >= 10:
        return int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    return _jpeg_dimensions(data) if data.startswith(b"\xff\xd8") else None


def _jpeg_dimensions(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _segment in range(500):
        if at + 9 > len(data) or data[at] != 0xFF:
            return None
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # SOF (ITU T.81, B.2.2)
            height, width = data[at + 5 : at + 7], data[at + 7 : at + 9]
            return int.from_bytes(width, "big"), int.from_bytes(height, "big")
        at += 2 + length
    return None
