"""What lets its reader log in here is removed from what is shown of a message.

Invitations, password messages and one-time codes to a user without a mailbox come back into the
catch-all mailbox. People who sort these messages must not be able to log in as that user.

A login token is known by its signature, not by the link around it. Odoo 19 (``hash_sign`` in
odoo/tools/misc.py) writes it as URL-safe Base64 of: a byte 1; eight bytes of time, the lowest
first; 32 bytes of signature; a JSON list that begins with a number. The page that takes it skips
what is no Base64, so it may be taken apart by anything: all that is skipped here as well.
"""

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from .redact import HIDDEN
from .unescape import TooDeep, undone, without_tags

MAX_CHECKS = 20_000  # signatures of one text: half a second; what holds more is not shown at all
MAX_CUTS = 20  # different tokens: beyond, the text is not shown at all
_MIN_TOKEN = 57  # characters up to where its shape ends
_MAX_TOKEN = 2_000  # characters; 75 to 130 are usual

# Version and time take the first twelve characters: the time's last three bytes are zero for some
# 30,000 years. The signature takes the next 42; "[" and a digit stand beyond it.
_SHAPE = re.compile(
    rb"A[Q-Za-f][A-Za-z0-9_-]{6}AAAA[A-Za-z0-9_-]{42}[BFJNRVZdhlptx159]b[MNO]",
)
# What the JSON of a token that was cut off looks like.
_BEGUN = re.compile(r'\[[1-9][0-9,\[\] "A-Za-z_]*\Z')
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_URL_SAFE = bytes.maketrans(b"+/", b"-_")
_OTHERS = bytes(set(range(256)) - set(_ALPHABET) - set(b"+/"))
_JSON = json.JSONDecoder()

_SIX_DIGITS = re.compile(rb"[0-9](?:[ -]?[0-9]){5}")
_CODE = re.compile(rb"(?<![0-9])(?=([0-9](?:[ -]?[0-9]){5})(?![0-9]))")
_NOT_DIGITS = bytes(set(range(256)) - set(b"0123456789"))

_NO_ADDRESS = re.compile(r"""[\s<>"'(),:;=\[\]{}]+""")
_FIELD_END = re.compile(r"\n(?![ \t])")  # a folded field goes on (RFC 5322 §2.2.3)

# Between two characters of a token: a line's end, with a quotation's mark; the tags that stand for
# both where a plain text is shown as HTML (content/plain.py); what has no width.
_BETWEEN = (
    "(?:=?[ \t]{0,8}(?:\r?\n(?:[ \t>|]|&gt;){0,20}|</?(?:a|br|p|span|blockquote)\\b[^<>]{0,2000}>)"
    "|[\xad\u200b-\u200f\u2060-\u2064\ufeff])*"
)
_NAMED = {"_": "|&(?:amp;)*(?:lowbar|UnderBar);", "-": ""}


@dataclass(frozen=True, slots=True)
class Found:
    """What of this database a text holds; ``undecided``: there is more than can be looked at."""

    tokens: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    undecided: bool = False

    def __bool__(self) -> bool:
        return bool(self.tokens or self.codes or self.undecided)


class Logins:
    """Finds and hides this database's login tokens and one-time codes.

    ``is_own`` says whether this database signed a token; it is asked once for each. ``own_codes``
    gives the codes of six digits that are valid now; it is asked once, and only where a text has
    such numbers.
    """

    def __init__(
        self,
        is_own: Callable[[str], bool],
        own_codes: Callable[[], frozenset[str]] | None = None,
    ) -> None:
        self._is_own, self._own_codes = is_own, own_codes and cache(own_codes)
        self._known: dict[str, bool] = {}

    def find(self, data: str | bytes) -> Found:
        """All that a text holds, whatever it is wrapped in."""
        if isinstance(data, str):
            data = data.encode("ascii", "ignore")
        if not self._own_codes and len(data) < _MIN_TOKEN:
            return Found()
        tokens, codes = dict[str, None](), set[str]()
        try:
            for view in undone(data):
                for shown in (view, without_tags(view)) if b"<" in view else (view,):
                    codes.update(self._codes(shown))
                    tokens.update(dict.fromkeys(filter(self._asked, _tokens(shown))))
        except TooDeep:
            return Found(tuple(tokens), undecided=True)
        return Found(tuple(tokens), tuple(sorted(codes)))

    def hide(self, text: str) -> str | None:
        """The text with ``***`` in the place of each; as it came where it holds none.

        :return: None where one cannot be cut out: such a text is not shown at all
        """
        found = self.find(text)
        if not found:
            return text
        if found.undecided or len(found.tokens) > MAX_CUTS:
            return None
        for token in found.tokens:
            text = text.replace(token, HIDDEN)
        for code in found.codes:
            text = re.sub(rf"(?<![0-9]){code}(?![0-9])", HIDDEN, text)
        left = self.find(text)
        for token in left.tokens:
            text = re.sub(_spelled(token), HIDDEN, text)
        return None if left and self.find(text) else text

    def hide_bytes(self, data: bytes) -> bytes | None:
        """The same for a file."""
        if not self.find(data):
            return data
        hidden = self.hide(data.decode("latin-1"))
        return None if hidden is None else hidden.encode("latin-1")

    def hide_fields(self, text: str, instead: str) -> str:
        """The same field by field: ``instead`` stands for one from which one cannot be cut out."""
        if (hidden := self.hide(text)) is not None:
            return hidden
        lines = [self.hide(line) for line in _FIELD_END.split(text)]
        hidden = "\n".join(instead if line is None else line for line in lines)
        return instead if self.find(hidden) else hidden

    def _codes(self, data: bytes) -> frozenset[str]:
        if not self._own_codes or not _SIX_DIGITS.search(data):
            return frozenset()
        return own.intersection(_numbers(data)) if (own := self._own_codes()) else own

    def _asked(self, token: str) -> bool:
        if token not in self._known:
            if len(self._known) >= MAX_CHECKS:
                raise TooDeep
            self._known[token] = token.endswith(_CUT) or self._is_own(token)
        return self._known[token]


def addresses_in(text: str) -> list[str]:
    """Lower-case email addresses of a text, each once, in their order."""
    words = (word.strip(".").lower() for word in _NO_ADDRESS.split(text) if "@" in word)
    return list(dict.fromkeys(words))


# Of a token at the very end of a text: its signature is there, and what follows can be guessed.
_CUT = "\0"


def _tokens(data: bytes) -> Iterator[str]:
    """Yield what has the shape of a signed token, as ``hash_sign`` writes it."""
    data = data.translate(_URL_SAFE, _OTHERS)
    start = 0
    while found := _SHAPE.search(data, start):
        start = found.start() + 1
        if token := _token(data[found.start() : found.start() + _MAX_TOKEN]):
            yield token


def _token(window: bytes) -> str:
    raw = base64.urlsafe_b64decode(window + b"A" * (-len(window) % 4))
    text = raw[41:].decode("latin-1")
    try:
        _value, end = _JSON.raw_decode(text)
    except (ValueError, RecursionError):
        whole = raw[41 : len(window) * 6 // 8].decode("latin-1")
        cut_off = len(window) < _MAX_TOKEN and _BEGUN.match(whole)
        return window.decode() + _CUT if cut_off else ""
    return base64.urlsafe_b64encode(raw[: 41 + len(text[:end])]).decode().rstrip("=")


def _numbers(data: bytes) -> Iterator[str]:
    for found in _CODE.finditer(data):
        yield found[1].translate(None, _NOT_DIGITS).decode()


def _spelled(token: str) -> str:
    """A pattern of every spelling of a token that can be cut out of the text around it."""
    return _BETWEEN.join(map(_spelled_character, token.rstrip(_CUT)))


def _spelled_character(character: str) -> str:
    code = ord(character)
    digits = "".join(
        f"[{digit}{digit.lower()}]" if digit.isalpha() else digit for digit in f"{code:02X}"
    )
    same = {"-": "[-+]", "_": "[_/]"}.get(character, character)
    return (
        rf"(?:[=%-](?:25)*{digits}|&(?:amp;)*#0*{code};?|&(?:amp;)*#[xX]0*{digits};?"
        rf"{_NAMED.get(character, '')}|{same})"
    )
