"""Parameters of MIME fields (RFC 2045 §5.1, RFC 2183, RFC 2231) as strangers write them.

Values without quotes that hold blanks, ``=``, ``:`` or brackets, a missing semicolon, a quote that
nobody closes, pieces out of order: every mail program reads them, and so does this. Linear.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote_to_bytes

from .charsets import decode_bytes

MAX_VALUE = 4_000  # characters of a field

_CHUNK = re.compile(r'"(?:[^"\\]|\\.)*"|;|[^;"]+|"')
_ESCAPED = re.compile(r'\\(["\\])')
_NAME = re.compile(r"[^\s=\"';/]{1,100}")
# Where the semicolon before a parameter is missing. Only before these names: a file name may
# hold blanks and equal signs too.
_NO_SEMICOLON = re.compile(
    r"\s(?=(?:boundary|charset|filename|format|method|name|size|type)(?:\*\d{0,3}\*?)?\s?=)", re.I
)
_FREE = frozenset({"boundary", "filename", "name"})  # what stands in parentheses is no comment
_COMMENT = re.compile(r"\s?\([^()]*\)$")
_EXTENDED = re.compile(r"[\w.:-]{2,40}'[\w-]{0,20}'")
_LINE_BREAKS = dict.fromkeys(map(ord, "\r\n\t\v\f"), " ")
UNREADABLE = "\N{REPLACEMENT CHARACTER}"
_PLAIN, _EXTENDED_ALONE = -2, -1  # beside the numbers of continuations


def parse_parameters(value: str) -> tuple[str, dict[str, str]]:
    """``text/plain; charset=utf-8`` to its value in lower case and its parameters.

    Of a parameter that is given more than once the extended form counts (RFC 6266 §4.3), then
    its continuations (RFC 2231 §3), then the plain one: the first of them that can be read.
    """
    pieces = list(_pieces(value[:MAX_VALUE].translate(_LINE_BREAKS).strip()))
    first = pieces[0].strip() if pieces else ""
    kind, missing = "", _split(first)
    if not _is_parameter(first):
        kind = missing[0].partition("(")[0].strip().strip("\"',").lower()
        kind = "/".join(map(str.strip, kind.split("/")))
        missing = missing[1:]
    found: dict[str, dict[int, tuple[bool, str]]] = {}
    for piece in (*missing, *(one for others in pieces[1:] for one in _split(others))):
        _add(found, piece)
    return kind, {name: _read(forms) for name, forms in found.items()}


def _pieces(value: str) -> Iterator[str]:
    """What semicolons outside of quotes separate; a quote that nobody closes is a character."""
    piece: list[str] = []
    for match in _CHUNK.finditer(value):
        chunk = match[0]
        if chunk == '"':
            first, *others = value[match.start() :].split(";")
            yield "".join((*piece, first))
            yield from others
            return
        if chunk == ";":
            yield "".join(piece)
            piece = []
        else:
            piece.append(chunk)
    yield "".join(piece)


def _split(piece: str) -> list[str]:
    """The parameters of a piece, where semicolons are missing between them."""
    if piece.count("=") < 2 and not _NO_SEMICOLON.search(piece):
        return [piece]
    found, start = [], 0
    for match in _NO_SEMICOLON.finditer(piece):
        if piece.count('"', start, match.start()) % 2 == 0:  # not within quotes
            found.append(piece[start : match.start()])
            start = match.end()
    return [*found, piece[start:]]


def _is_parameter(piece: str) -> bool:
    name, equals, _value = piece.partition("=")
    return bool(equals) and bool(_NAME.fullmatch(name.strip()))


def _add(found: dict[str, dict[int, tuple[bool, str]]], piece: str) -> None:
    if not _is_parameter(piece):
        return
    key, _equals, text = piece.partition("=")
    name, star, rest = key.strip().lower().partition("*")
    text = text.strip()
    if name not in _FREE or text.startswith('"'):
        text = _COMMENT.sub("", text)
    if text.startswith('"') and text.endswith('"') and len(text) > 1:
        text = _ESCAPED.sub(r"\1", text[1:-1])
    number = rest.rstrip("*")
    if number.isascii() and number.isdigit() and len(number) < 4:
        at = int(number)
    else:
        at = _EXTENDED_ALONE if star else _PLAIN
    is_extended = bool(star) and (rest == "" or rest.endswith("*"))
    found.setdefault(name, {}).setdefault(at, (is_extended, text))


def _read(forms: dict[int, tuple[bool, str]]) -> str:
    continued = {at: form for at, form in forms.items() if at >= 0}
    if continued and 0 not in continued and _PLAIN in forms:
        continued[0] = forms[_PLAIN]
    candidates = [
        _join([forms[_EXTENDED_ALONE]] if _EXTENDED_ALONE in forms else []),
        _join([continued[at] for at in sorted(continued)]),
        _join([forms[_PLAIN]] if _PLAIN in forms else []),
    ]
    candidates = [text for text in candidates if text] or [""]
    return next((text for text in candidates if UNREADABLE not in text), candidates[0])


def _join(pieces: list[tuple[bool, str]]) -> str:
    """RFC 2231 §4: charset'language'percent-encoded; only the first piece names the charset.

    Programs forget the star that says so, and the charset.
    """
    if not pieces:
        return ""
    charset, octets = "", b""
    is_encoded, first = pieces[0]
    if match := _EXTENDED.match(first):
        if is_encoded or "%" in first:
            charset = match[0].partition("'")[0]
            pieces = [(True, first[match.end() :]), *pieces[1:]]
    elif is_encoded and first.startswith("''"):
        pieces = [(True, first[2:]), *pieces[1:]]
    for is_extended, text in pieces:
        octets += unquote_to_bytes(text) if is_extended else text.encode("utf-8", "surrogatepass")
    return decode_bytes(octets, charset or "utf-8")
