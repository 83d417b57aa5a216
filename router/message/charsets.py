"""Which charset bytes are in: what is claimed, what is meant by it, and what it is without a claim.

Every program on the way guesses, and a sender's program may have guessed first. Valid UTF-8 with
more than ASCII in it is hardly ever anything else; bytes that are not valid in what is claimed are
in what the sender's language is written in elsewhere in the message, else in Windows-1252.
"""

import contextlib
import re
from codecs import getincrementaldecoder, lookup
from collections.abc import Iterable, Iterator
from functools import lru_cache

# What mail programs call a charset, where Python calls it otherwise or means less by it
# (WHATWG Encoding Standard §4.2, and what was seen).
_MEANT = {
    **dict.fromkeys(("iso-8859-1", "iso8859-1", "latin1", "latin-1", "l1"), "cp1252"),
    **dict.fromkeys(("iso_8859-1", "iso-latin-1", "x-ansi", "ansi", "windows-ansi"), "cp1252"),
    **dict.fromkeys(("gb2312", "gbk", "x-gbk", "gb_2312-80", "euc-cn", "cp936", "936"), "gb18030"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "ksc5601", "euc-kr", "korean"), "cp949"),
    **dict.fromkeys(("ks_c_5601-1989", "ks_c_5601_1987", "windows-949", "ksc_5601"), "cp949"),
    **dict.fromkeys(("x-sjis", "shift_jis", "shift-jis", "sjis", "ms_kanji"), "cp932"),
    **dict.fromkeys(("windows-31j", "x-ms-cp932"), "cp932"),
    **dict.fromkeys(("big5", "x-x-big5", "big-5"), "cp950"),
    **dict.fromkeys(("iso-8859-8-i", "iso-8859-8-e", "visual", "logical"), "iso-8859-8"),
    **dict.fromkeys(("iso-8859-9", "latin5"), "cp1254"),
    **dict.fromkeys(("windows-874", "tis-620", "iso-8859-11"), "cp874"),
    **dict.fromkeys(("utf8", "utf8mb4", "utf8mb3", "unicode-1-1-utf-8", "utf-8-sig"), "utf-8"),
    **dict.fromkeys(("x-utf-8", "utf_8", "x-unicode-2-0-utf-8", "utf-8n"), "utf-8"),
    "x-mac-roman": "mac_roman",
    "x-mac-ce": "mac_latin2",
    "x-mac-cyrillic": "mac_cyrillic",
    "unicode-1-1-utf-7": "utf-7",
    "koi8": "koi8-r",
    **dict.fromkeys(
        ("iso2022jp", "iso-2022-jp-1", "iso-2022-jp-ms", "cp50220", "50220"), "iso-2022-jp"
    ),
    **dict.fromkeys(("csiso2022jp", "cp50221", "50221", "cp50222"), "iso-2022-jp"),
}
# Claims that say nothing.
_NOTHING = frozenset(
    """
    ascii us-ascii ansi_x3.4-1968 iso646-us unknown unknown-8bit x-unknown 8bit 7bit binary
    default none null auto x-user-defined unspecified
    """.split()
)
# Codecs that are not charsets: quadratic in their input, or able to make anything.
_REFUSED = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "unicodeescape"})
_CODE_PAGE = re.compile(r"(?:x-)?(?:cp|win|windows|ms|ibm|dos|codepage)?[-_ ]?(\d{3,5})")
# Code pages of Windows that others call by a name (Microsoft, Code Page Identifiers).
_OF_NUMBER = {
    "65001": "utf-8",
    "1200": "utf-16-le",
    "1201": "utf-16-be",
    "20127": "us-ascii",
    "28605": "iso-8859-15",
    "20866": "koi8-r",
    "21866": "koi8-u",
    "51932": "euc-jp",
    "51949": "cp949",
    "52936": "hz",
    "54936": "gb18030",
    "10000": "mac_roman",
}
_ISO = re.compile(r"(?:iso|cp|windows)?[-_ ]?(?:8859[-_ ]?|2859(?=\d$))(\d{1,2})(?::\d{4})?")
# What stands behind the name of a charset, or before it.
_BESIDE_NAME = re.compile(r"^charset\s?=\s?|[\s,;(].{0,100}$", re.S)
# Charsets that some letters are in of those who claim the smaller one.
_WIDER = {"euc-jp": "euc_jis_2004", "cp950": "big5hkscs"}
# Claimed by those who never set it: valid UTF-8 is believed before it.
_ASSUMED = frozenset({"cp1252", "iso-8859-15"})
_META = re.compile(rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{1,40})""", re.I)
_META_BYTES = 4_000
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI])")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# What a language was written in before UTF-8 (BCP 47 -> the code page of Windows for it, and
# behind a blank what others used).
_OF_LANGUAGE = {
    **dict.fromkeys("ru uk be bg mk sr kk".split(), "cp1251 koi8-r iso-8859-5"),
    **dict.fromkeys("pl cs sk hu sl hr ro bs sq".split(), "cp1250 iso-8859-2"),
    **dict.fromkeys("lt lv et".split(), "cp1257"),
    "el": "cp1253",
    "tr": "cp1254",
    "az": "cp1254",
    "he": "cp1255",
    "iw": "cp1255",
    **dict.fromkeys("ar fa ur".split(), "cp1256"),
    "vi": "cp1258",
    "th": "cp874",
    "ja": "cp932 euc-jp",
    "ko": "cp949",
    "zh": "gb18030",
    "zh-tw": "cp950",
    "zh-hk": "cp950",
}


def decode_bytes(payload: bytes, charset: str = "", fallback: str = "") -> str:
    """Read bytes in the charset that they claim, as far as they are in it.

    :param fallback: the charset to try where nothing is claimed, or something false; of several
        with blanks between, the one that reads best
    """
    name = known_charset(charset)
    if payload.isascii():
        if _is_like_ascii(name) and b"\x1b" not in payload:
            return payload.decode("ascii")
        if _is_like_ascii(name) and not name.startswith("iso") and _ESCAPE.search(payload):
            name = "iso-2022-jp"
        elif name.startswith(("utf-16", "utf-32")) and b"\0" not in payload:
            return payload.decode("ascii")  # the claim is false: a blank would be two octets
    for mark, codec in _MARKS:
        if payload.startswith(mark):
            return payload.decode(codec, "replace")
    if name and name != "utf-8" and not (_is_single(name) and _is_utf8(payload)):
        text = _strictly(payload, name)
        if text is not None:
            return text
        if name not in _ASSUMED and not _is_utf8(payload):
            return payload.decode(name, "replace")  # a letter of it is broken
    return _guessed(payload, fallback, claimed=name == "utf-8")


@lru_cache(maxsize=500)
def known_charset(charset: str) -> str:
    """The codec for a charset as it is claimed, ``""`` where the claim is empty or says nothing."""
    name = charset[:100].strip().strip("'\"").partition("*")[0].strip().lower()  # RFC 2231 §5
    spellings = (name, _BESIDE_NAME.sub("", name).strip("'\""), name.removeprefix("x-"))
    return next(filter(None, map(_codec, spellings)), "")


def _codec(name: str) -> str:
    """The codec of that name in lower case, ``""`` where there is none or it is no charset."""
    if not name or name in _NOTHING:
        return ""
    if found := _ISO.fullmatch(name):
        name = f"iso-8859-{int(found[1])}"
    name = _MEANT.get(name, name)
    if found := _CODE_PAGE.fullmatch(name):
        number = found[1]
        name = _OF_NUMBER.get(number) or _MEANT.get(number, f"cp{number}")
    if name.replace("-", "_") in _REFUSED or name in _NOTHING:
        return ""
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError):
        return ""
    known = lookup(name).name  # which passes over signs: "utf-8;"
    return known.replace("_", "-") if known in ("utf-8", "euc_jp") else name


@lru_cache(maxsize=500)
def _is_like_ascii(name: str) -> bool:
    """Whether ASCII in that charset is ASCII: not so in UTF-16, in UTF-7 and in EBCDIC."""
    letters = bytes(range(0x20, 0x7F))
    return not name or letters.decode(name, "replace") == letters.decode("ascii")


@lru_cache(maxsize=500)
def _is_single(name: str) -> bool:
    """Whether each octet is a letter: hardly a text of such a charset is UTF-8 by accident."""
    return len(bytes(range(256)).decode(name, "replace")) == 256 and name != "utf-8"


def named_in_page(page: bytes) -> str:
    """The charset that HTML names in its own head (HTML §13.2.3.2), or ``""``."""
    head = page[:_META_BYTES]
    at = head.find(b"<?xml", 0, 200)
    if at < 0:
        at = head.lower().find(b"<meta")
    found = _META.search(head, at) if at >= 0 else None
    name = known_charset(found[1].decode("ascii", "replace")) if found else ""
    return "" if name.startswith("utf-16") else name  # or it could not be read here


def charset_of_language(languages: str) -> str:
    """What the first language of ``ru-RU, en;q=0.5`` was written in before UTF-8, or ``""``."""
    first = languages.partition(",")[0].partition(";")[0].strip().lower().replace("_", "-")
    return _OF_LANGUAGE.get(first, _OF_LANGUAGE.get(first.partition("-")[0], ""))


def likely_charset(claimed: Iterable[str]) -> str:
    """The first charset of a message's claims that says something of its language, or ``""``."""
    names = (known_charset(item) for item in claimed)
    return next((name for name in names if name not in {"", "utf-8", *_ASSUMED}), "")


def _strictly(payload: bytes, name: str) -> str | None:
    if name == "iso-2022-jp":
        return _japanese(payload)
    for codec in (name, _WIDER.get(name)):
        with contextlib.suppress(LookupError, ValueError):
            return payload.decode(codec) if codec else None
    return None


def _is_utf8(payload: bytes) -> bool:
    """Whether bytes are UTF-8, and more than ASCII."""
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return not payload.isascii()


def _guessed(payload: bytes, fallback: str, *, claimed: bool) -> str:
    """UTF-8, also where it was cut or a byte went astray; else the fallback; else Windows-1252.

    :param claimed: UTF-8 is claimed
    """
    text = payload.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if not broken:
        return text
    letters = len(text) - len(text.encode("ascii", "ignore")) - broken
    if letters > 3 * broken or (_is_cut(payload) and (claimed or letters)):
        return text
    found = as_fallback(payload, fallback)
    return payload.decode("cp1252", "replace") if found is None else found


def as_fallback(payload: bytes, fallback: str) -> str | None:
    """Read bytes in a fallback of :func:`decode_bytes`; None where they are not in it."""
    texts = [text for name in fallback.split() if (text := _strictly(payload, name)) is not None]
    # nobody writes in the private use area
    texts = [text for text in texts if not any("\ue000" <= char <= "\uf8ff" for char in text)]
    return max(texts, key=_likeness, default=None) if len(texts) > 1 else next(iter(texts), None)


def _likeness(text: str) -> int:
    """How much a text is like one that somebody wrote: in a wrong charset small letters are
    capitals or signs (KOI8-R), or kana of half width (EUC-JP).
    """
    beyond = [char for char in text if char > "\x7f"]
    written = sum(char.islower() or "\u3000" <= char <= "\u9fff" for char in beyond)
    return written - 2 * sum(not char.isalpha() for char in beyond if char < "\u3000")


def _is_cut(payload: bytes) -> bool:
    """Whether bytes are UTF-8 whose first or last character is not whole."""
    start = 0
    while start < min(3, len(payload)) and 0x80 <= payload[start] < 0xC0:
        start += 1
    try:
        getincrementaldecoder("utf-8")().decode(payload[start:])
    except UnicodeDecodeError:
        return False
    return True


def _japanese(payload: bytes) -> str:
    """ISO-2022-JP (RFC 1468) with what Windows adds to it: circled digits, half-width kana.

    Python's codec knows the standard only. The rows are those of cp932, in other bytes.
    """
    try:
        return payload.decode("iso2022_jp_ext")
    except UnicodeDecodeError:
        return "".join(_japanese_runs(payload))


def _japanese_runs(payload: bytes) -> Iterator[str]:
    pieces = _ESCAPE.split(payload)
    yield pieces[0].decode("ascii", "replace")
    for escape, run in zip(pieces[1::2], pieces[2::2], strict=True):
        if escape.startswith(b"$"):
            # a run of pairs ends with its line, whatever the sender forgot
            pairs, newline, rest = run.partition(b"\n")
            yield _shifted(pairs.rstrip(b"\r")).decode("cp932", "replace")
            yield (newline + rest).decode("ascii", "replace")
        elif escape == b"(I":
            yield bytes(byte | 0x80 for byte in run).decode("cp932", "replace")
        else:
            yield run.decode("ascii", "replace")


def _shifted(pairs: bytes) -> bytes:
    """JIS X 0208 in two bytes of seven bits, as Shift JIS."""
    found = bytearray()
    for first, second in zip(pairs[::2], pairs[1::2], strict=False):
        if not (0x21 <= first <= 0x7E and 0x21 <= second <= 0x7E):
            continue
        row = (first - 0x21) // 2 + (0x81 if first < 0x5F else 0xC1)
        odd = 0x1F if second < 0x60 else 0x20
        cell = second + (odd if first % 2 else 0x7E)
        found += bytes((row, cell))
    return bytes(found)
