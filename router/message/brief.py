"""A stranger's words in automatic mail of ours: short, and nothing that becomes a link.

Whoever writes to us chooses a display name and a subject, and our templates repeat both. Without
this an acknowledgement is a way to send somebody else's advertisement from our address. The record
keeps what was written; only the mail that leaves by itself is shortened.
"""

import html
import re
import unicodedata
from collections.abc import Callable, Iterable

MAX_CHARS = 60
# Of one stranger's text; a display name or a subject is shorter, and no template shows more.
_MAX_READ = 1_000
# What mail clients make a link of, wherever it stands in a word: a scheme, www., an address, a
# host with a path or a port.
_LINK = re.compile(
    r"//|https?|www\.|@|\.[^\W\d_]{2,}[/:?#]|(?:\d{1,3}\.){3}\d{1,3}[/:]"
    r"|(?:^|\W)(?:mailto|tel|sms|callto|skype|javascript|data|geo|xmpp|magnet|whatsapp|ftp):",
    re.IGNORECASE,
)
# The dot of a bare domain ("evil.test"); a blank behind it ends the link, and keeps "Dr.Meier".
_DOT = re.compile(r"(?<=[^\W_])\.(?=[^\W\d_]{2})")
_STOPS = str.maketrans({"\u3002": ".", "\uff61": ".", "\u2024": ".", "\ufe52": "."})
_TAG = re.compile(r"(<[^<>]*>)")
# Neither side of a link may go on with what an address or a URL consists of. In ASCII: templates
# in Chinese or Japanese put no blank behind a name.
_BEFORE, _AFTER = r"(?<![a-zA-Z0-9_.@:/-])", r"(?![a-zA-Z0-9_@/-])"


def brief(text: str) -> str:
    """One line of at most ``MAX_CHARS`` characters, without links; ``""`` when nothing is left."""
    words = " ".join(filter(None, map(_without_link, _words(text))))
    if len(words) <= MAX_CHARS:
        return words
    cut = words[: MAX_CHARS - 1]
    start = cut.rpartition(" ")[0] if words[MAX_CHARS - 1] != " " else cut
    return f"{(start or cut).rstrip()}…"


def shorten_in_text(text: str, strange: Iterable[str]) -> str:
    """Plain text of ours in which what strangers wrote is made :func:`brief`."""
    return _shortener(strange)(text)


def shorten_in_html(markup: str, strange: Iterable[str]) -> str:
    """HTML of ours in which what strangers wrote is made :func:`brief`; tags stay as they are."""
    shorten = _shortener(strange)
    parts = _TAG.split(markup)
    for at in range(0, len(parts), 2):
        text = html.unescape(parts[at])
        shortened = shorten(text)
        if shortened != text:
            parts[at] = html.escape(shortened, quote=False)
    return "".join(parts)


def _words(text: str) -> list[str]:
    text = unicodedata.normalize("NFKC", text[:_MAX_READ])
    return "".join(map(_visible, text)).split()


def _visible(char: str) -> str:
    if char.isspace():
        return " "
    return "" if unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co", "Cn") else char


def _without_link(word: str) -> str:
    plain = word.translate(_STOPS)
    if _LINK.search(plain):
        return ""
    spaced = _DOT.sub(". ", plain)
    return word if spaced == plain else spaced


def _shortener(strange: Iterable[str]) -> Callable[[str], str]:
    """Whole texts first, the longest before its parts; then links that stand alone elsewhere."""
    texts = sorted({text.strip()[:_MAX_READ] for text in strange} - {""}, key=len, reverse=True)
    pairs = [(_spaced(text), brief(text)) for text in texts if brief(text) != _one_line(text)]
    words = {word for text in texts for word in text.split() if _is_link(word)}
    pairs += [
        (f"{_BEFORE}{re.escape(word)}{_AFTER}", " ".join(map(_without_link, _words(word))))
        for word in sorted(words, key=len, reverse=True)
    ]

    # A template may say it in capitals, or give a first name alone.
    compiled = [(re.compile(pattern, re.IGNORECASE), short) for pattern, short in pairs]

    def shorten(text: str) -> str:
        for pattern, short in compiled:
            text = pattern.sub(lambda _found, short=short: short, text)  # type: ignore[misc]
        return text

    return shorten


def _is_link(word: str) -> bool:
    """Whether a word is a link by itself, or the beginning of one."""
    plain = "".join(_words(word)).translate(_STOPS)
    return bool(_DOT.search(plain) or _LINK.search(plain))


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _spaced(text: str) -> str:
    """A pattern for a text whose blanks may have become others on its way through a template."""
    words = [re.escape(word) for word in text.split()]
    return r"\s+".join(words) if len(words) > 1 else f"{_BEFORE}{words[0]}{_AFTER}"
