"""RTF as Outlook puts it into a winmail.dat: unpacked, and read as the HTML or text in it.

Most of what Outlook writes as RTF is HTML in disguise ([MS-OXRTFEX]): that comes out as it went
in. Other RTF becomes plain text: its words count here, not its looks. Each function is linear.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

MAX_BYTES = 1_000_000  # unpacked; a message's files are not in its RTF
_MAX_GROUPS = 500  # open at a time
_PACKED, _PLAIN = b"LZFu", b"MELA"
_HEADER = 16
_WINDOW = 4096
# What the window holds at first ([MS-OXRTFCP] §2.1.2.1).
_PRIMED = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}"
    rb"{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New Roman"
    rb"Courier{\colortbl\red0\green0\blue0" + b"\r\n" + rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_TOKEN = re.compile(
    rb"\\(?:([a-zA-Z]{1,32})(-?[0-9]{1,10})? ?|'([0-9a-fA-F]{2})|([^a-zA-Z]))|([{}])|[\r\n]"
    rb"|([^\\{}\r\n]{1,4000})"
)
# Groups whose text is no text of the message.
_ASIDE = frozenset(
    b"""
    colortbl stylesheet info pict object header footer headerl headerr headerf footerl footerr
    footerf mhtmltag fldinst nonshppict datastore themedata listtable listoverridetable rsidtbl
    """.split()
)
_SIGNS = {
    **dict.fromkeys((b"par", b"line", b"row", b"sect", b"page"), "\n"),
    **dict.fromkeys((b"tab", b"cell"), "\t"),
    **{b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”"},
    **{b"bullet": "•", b"endash": "–", b"emdash": "—", b"emspace": "\u2003", b"enspace": "\u2002"},
}
_SYMBOLS = {b"~": "\xa0", b"_": "\u2011", b"\r": "\n", b"\n": "\n"}
_ESCAPED = b"\\{}"
# \fcharset of a font to its code page, where that is not the document's ([MS-OXRTFEX], RTF 1.9.1).
_FONT_PAGES = {
    **{128: 932, 129: 949, 134: 936, 136: 950, 161: 1253, 162: 1254, 163: 1258, 177: 1255},
    **{178: 1256, 186: 1257, 204: 1251, 222: 874, 238: 1250},
}
_KNOWN_PAGES = frozenset({*_FONT_PAGES.values(), 437, 850, 852, 866, 1252, 1361})


def unpacked(data: bytes) -> bytes:
    """Return the RTF in a PidTagRtfCompressed ([MS-OXRTFCP] §2.1.3).

    What is cut gives what there is; what is too large or no such thing, ``b""``.
    """
    size = int.from_bytes(data[4:8], "little")
    if size > MAX_BYTES:
        return b""
    if data[8:12] == _PLAIN:
        return data[_HEADER : _HEADER + size]
    if data[8:12] != _PACKED:
        return b""
    found = bytearray(_PRIMED)
    end = len(_PRIMED) + size
    at = _HEADER
    while at < len(data) and len(found) < end:
        flags = data[at]
        at += 1
        for bit in range(8):
            if not flags >> bit & 1:
                found += data[at : at + 1]
                at += 1
            elif _copy(found, data[at : at + 2]):
                at += 2
            else:
                return bytes(found[len(_PRIMED) : end])
    return bytes(found[len(_PRIMED) : end])


def _copy(found: bytearray, reference: bytes) -> bool:
    """Append what a reference means: 12 bits of place in the window, 4 of length. False: the end.

    ``found`` began with the window, so that its offsets are the window's.
    """
    number = int.from_bytes(reference, "big")
    distance = (len(found) - (number >> 4)) % _WINDOW
    if not distance or len(reference) < 2:
        return False
    for _octet in range((number & 15) + 2):  # one by one: it may reach into what it writes
        found.append(found[-distance] if distance <= len(found) else 0x20)
    return True


@dataclass(frozen=True, slots=True)
class Words:
    """What RTF says: as ``html`` where it was made of HTML, else as ``text``."""

    html: str = ""
    text: str = ""


def words(rtf: bytes) -> Words:
    """Read RTF (1.9.1), or HTML that it encapsulates ([MS-OXRTFEX] §2.1.3)."""
    if not rtf.startswith(b"{\\rtf") or len(rtf) > MAX_BYTES:
        return Words()
    found = "".join(_Walk().pieces(rtf)).replace("\0", "")
    found = found.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    is_html = b"\\fromhtml1" in rtf[:2_000]
    return Words(html=found) if is_html else Words(text=found.strip("\n"))


@dataclass(frozen=True, slots=True)
class _State:
    """What a group inherits from the one around it.

    ``aside``: its text is left out; ``as_rtf``: it is for readers of RTF alone; ``fonts``: it
    describes fonts; ``page``: its code page; ``instead``: octets that stand for a Unicode sign.
    """

    aside: bool = False
    as_rtf: bool = False
    fonts: bool = False
    page: str = "cp1252"
    instead: int = 1


class _Walk:
    """One walk over the tokens, with a stack of the groups that are open."""

    def __init__(self) -> None:
        self._state = _State()
        self._stack: list[_State] = []
        self._too_deep = 0
        self._octets = bytearray()  # of the state's code page, not decoded yet
        self._instead = 0  # octets to come that stand for a \u
        self._is_star = False  # \*: who does not know the next word leaves its group out
        self._font = -1  # that is being described
        self._page = self._state.page  # of the document
        self._pages: dict[int, str] = {}  # of fonts

    def pieces(self, rtf: bytes) -> Iterator[str]:
        """Yield the text in pieces."""
        at = 0
        while token := _TOKEN.match(rtf, at):
            at = token.end()
            word, number, octet, symbol, brace, text = token.groups()
            if octet or text or (symbol and symbol in _ESCAPED):
                self._add(bytes.fromhex(octet.decode()) if octet else text or symbol)
                continue
            if (word or brace or symbol) and self._octets:
                yield self._octets.decode(self._state.page, "replace")
                self._octets.clear()
            if word == b"bin":
                at += max(int(number or 0), 0)
            elif brace:
                self._brace(opens=brace == b"{")
            elif word:
                yield self._word(word, None if number is None else int(number))
            elif symbol == b"*":
                self._is_star = True
            elif symbol:
                yield self._shown(_SYMBOLS.get(symbol, ""))
        yield self._octets.decode(self._state.page, "replace")

    def _add(self, octets: bytes) -> None:
        left_out = min(self._instead, len(octets))
        self._instead -= left_out
        if not self._state.aside and not self._state.as_rtf:
            self._octets += octets[left_out:]

    def _shown(self, text: str) -> str:
        return "" if self._state.aside or self._state.as_rtf else text

    def _brace(self, *, opens: bool) -> None:
        self._instead, self._is_star = 0, False
        if opens and len(self._stack) >= _MAX_GROUPS:
            self._too_deep += 1
        elif opens:
            self._stack.append(self._state)
        elif self._too_deep:
            self._too_deep -= 1
        elif self._stack:
            self._state = self._stack.pop()

    def _word(self, word: bytes, value: int | None) -> str:
        """Follow a control word; return the text that it stands for."""
        state, is_star, self._is_star = self._state, self._is_star, False
        if word == b"htmltag":
            self._state = replace(state, aside=False)
        elif word in _ASIDE or word == b"fonttbl" or is_star:
            self._state = replace(state, aside=True, fonts=word == b"fonttbl")
        elif word == b"htmlrtf":
            self._state = replace(state, as_rtf=value != 0)
        elif word == b"uc":
            self._state = replace(state, instead=min(max(value or 0, 0), 10))
        elif word == b"u":
            self._instead = state.instead
            return self._shown(chr((value or 0) & 0xFFFF))
        elif word in (b"ansicpg", b"f", b"fcharset") and value is not None:
            self._turn_page(word, value)
        return self._shown(_SIGNS.get(word, ""))

    def _turn_page(self, word: bytes, value: int) -> None:
        """Note which code page the document, a font, or the text that follows is in."""
        if word == b"ansicpg" and value in _KNOWN_PAGES:
            self._page = f"cp{value}"
            self._state = replace(self._state, page=self._page)
        elif word == b"fcharset" and self._state.fonts and value in _FONT_PAGES:
            self._pages[self._font] = f"cp{_FONT_PAGES[value]}"
        elif word == b"f" and self._state.fonts:
            self._font = value
        elif word == b"f":
            self._state = replace(self._state, page=self._pages.get(value, self._page))
