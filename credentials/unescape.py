"""What a text says once everything that wraps it is undone, layer by layer.

Programs between a sender and a reader write a link anew: as quoted-printable or Base64 (RFC 2045),
in encoded words (RFC 2047) or split parameters (RFC 2231), with entities (HTML) and percent signs
(RFC 3986), and inside links of their own (Safe Links, URLDefense, Barracuda), as often as there
are programs. They are not told apart here: what can be undone is undone, in rounds, until nothing
changes. The work is bounded by the text's size; what nests deeper raises ``TooDeep``.

Bytes throughout. What is looked for is ASCII: other characters, zero-width ones among them, go.
"""

import base64
import binascii
import re
from collections import deque
from collections.abc import Iterator
from html.entities import html5

MAX_ROUNDS = 12
MAX_URLDEFENSE = 2  # its links within its links
_BUDGET = 20  # times the text's size: ordinary ones take three to six
_SPARE = 1_000_000  # bytes, for small texts

_WORD = re.compile(rb"=\?[^?\s]{1,60}\?([BbQq])\?([^?]*)\?=(?:\s+(?==\?))?")
_SPLIT_PARAMETER = re.compile(rb'"?;\s*[A-Za-z-]{1,40}\*[0-9]{1,5}\*?="?')
_SOFT_BREAK = re.compile(rb"=[ \t]{0,8}\r?\n")
_BEYOND_ASCII = tuple(
    re.compile(rb"%s[C-Fc-f][0-9A-Fa-f](?:%s[89ABab][0-9A-Fa-f]){1,3}" % (sign, sign))
    for sign in (b"%", b"=")
)
_QUOTED = re.compile(rb"=([0-7][0-9A-Fa-f])")
# "%2525", "&amp;amp;": escapes of the escape itself, however many, are undone at once.
_PERCENT = re.compile(rb"%(?:25)*([0-7][0-9A-Fa-f])")
_ENTITY = re.compile(
    rb"&(?:amp;)*(?:#0*([0-9]{1,7});?|#[xX]0*([0-9A-Fa-f]{1,6});?|([A-Za-z][A-Za-z0-9]{1,31};?))"
)
_BACKSLASH = re.compile(rb"\\(?:u00|x)([2-7][0-9A-Fa-f])")
_ATTRIBUTE = re.compile(rb"""=\s?(?:"[^"]*"|'[^']*')""")
_NOT_SHOWN = re.compile(rb"<(style|script|title)\b[^<>]*>[^<]*</\1[^<>]*>", re.IGNORECASE)
_TAG = re.compile(rb"<[^<>]*>")
_URLDEFENSE = re.compile(rb"-([2-7][0-9A-F])")  # v2: "-" for "%", "_" for "/"
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}(?:[\r\n]{1,2}[ \t>]{0,8}[A-Za-z0-9+/_-]{4,})*")
_MIN_BASE64 = 100  # characters: shorter ones have no room for a signature
_STANDARD = bytes.maketrans(b"-_", b"+/")
_BLANKS = b"\r\n\t >"
_PRINTED = bytes(range(32, 127)) + b"\r\n\t"
# UTF-16 is half of it zeros; bytes at random are printable by 38 %.
_TEXT_SHARE = 0.45
# Texts have next to none in any charset; bytes at random have 10 %.
_CONTROLS = bytes({*range(1, 9), *range(14, 32)} - {27})
_CONTROL_SHARE = 0.04


class TooDeep(Exception):
    """There is more to undo than any honest program wraps."""


def undone(data: bytes) -> Iterator[bytes]:
    """Yield a text, and all that it becomes by undoing what wraps it, each once.

    A picture or a compressed file is undone once: nobody wraps it more often.

    :raises TooDeep: at the end, where there would be more
    """
    todo, seen, budget = deque([(data, 0, 0)]), set[bytes](), len(data) * _BUDGET + _SPARE
    binary = _is_binary(data)
    while todo:
        view, rounds, urldefense = todo.popleft()
        if view in seen or (binary and rounds > 1):
            continue
        budget -= len(view)
        if budget < 0 or rounds > MAX_ROUNDS:
            raise TooDeep
        seen.add(view)
        yield view
        todo.append((_unescaped(view), rounds + 1, urldefense))
        if urldefense < MAX_URLDEFENSE:
            todo.append((_URLDEFENSE.sub(_from_hex, view), rounds + 1, urldefense + 1))
        for shown in (view, without_tags(view)) if b"<" in view else (view,):
            inner, rest = _from_base64(shown)
            if rest:
                yield rest
            if inner:
                todo.append((inner, rounds + 1, urldefense))


def without_tags(data: bytes) -> bytes:
    """HTML without its tags and comments; what is no HTML loses little."""
    first, *others = data.split(b"<!--")
    data = first + b"".join(other.partition(b"-->")[2] for other in others)
    if b'"' in data or b"'" in data:
        data = _ATTRIBUTE.sub(b"=", data)  # it may hold a ">"
    return _TAG.sub(b"", _NOT_SHOWN.sub(b"", data))


def _unescaped(data: bytes) -> bytes:
    """One round of everything that never harms a text that is not wrapped so."""
    if b"=" in data:
        data = _WORD.sub(_from_word, data)
        data = _SPLIT_PARAMETER.sub(b"", data) if b"*1" in data else data
        data = _SOFT_BREAK.sub(b"", data)
    for pattern in _BEYOND_ASCII:
        data = pattern.sub(b"", data)
    data = _QUOTED.sub(_from_hex, data)
    data = _ENTITY.sub(_from_entity, data)
    data = _PERCENT.sub(_from_hex, data)
    return _BACKSLASH.sub(_from_hex, data)


def _from_hex(found: "re.Match[bytes]") -> bytes:
    return bytes((int(found[1], 16),))


def _from_word(found: "re.Match[bytes]") -> bytes:
    if found[1] in b"Qq":
        return _QUOTED.sub(_from_hex, found[2].replace(b"_", b" "))
    return _decoded(found[2])


def _from_entity(found: "re.Match[bytes]") -> bytes:
    decimal, hexadecimal, name = found.groups()
    if name is None:
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return bytes((code,)) if code < 128 else b""
    text = name.decode()
    # Without a semicolon, browsers take the longest name that they know ("&ampx").
    for end in range(len(text), 1, -1):
        if (character := html5.get(text[:end])) is not None:
            return character.encode("ascii", "ignore") + name[end:]
    return found.group()


def _from_base64(data: bytes) -> tuple[bytes, bytes]:
    """Decode what may be Base64, wherever in it the first whole group begins.

    :return: (what became text, to be undone further; the rest)
    """
    inner, rest = list[bytes](), list[bytes]()
    for found in _BASE64.finditer(data):
        run = found.group()
        if len(run) < _MIN_BASE64:
            continue
        run = run.translate(_STANDARD, _BLANKS)
        for start in range(4):
            decoded = _decoded(run[start:])
            (inner if _is_text(decoded) else rest).append(decoded)
    return b"\n".join(inner), b"\n".join(rest)


def _decoded(run: bytes) -> bytes:
    run = run.rstrip(b"=")
    try:
        return base64.b64decode(run[: len(run) - (len(run) % 4 == 1)] + b"===")
    except binascii.Error:
        return b""


def _is_text(data: bytes) -> bool:
    return len(data) - len(data.translate(None, _PRINTED)) >= len(data) * _TEXT_SHARE


def _is_binary(data: bytes) -> bool:
    return len(data) - len(data.translate(None, _CONTROLS)) > len(data) * _CONTROL_SHARE
