"""Which charset bytes are in: what is claimed, what is meant by it, and what it is without a claim.

Every program on the way guesses, and a sender's program may have guessed first. Valid UTF-8 with
more than ASCII in it is hardly ever anything else; bytes that are not valid in what is claimed are
in what the sender's language is written in elsewhere in the message, else in Windows-1252.
"""

import re
from codecs import getincrementaldecoder
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
    **dict.fromkeys(("x-mac-roman", "x-mac-ce"), "mac_roman"),
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
# Claimed by those who never set it: valid UTF-8 is believed before it.
_ASSUMED = frozenset({"cp1252", "iso-8859-15"})
_META = re.compile(rb"""(?:charset|encoding)\s{0,5}=\s{0,5}["']?\s{0,5}([\w.:-]{1,40})""", re.I)
_META_BYTES = 4_000
_ESCAPE = re.compile(rb"\x1b(\$[@B]|\([BJI])")
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))

# What a language was written in before UTF-8 (BCP 47 -> the code page of Windows for it).
_OF_LANGUAGE = {
    **dict.fromkeys("ru uk be bg mk sr kk".split(), "cp1251"),
    **dict.fromkeys("pl cs sk hu sl hr ro bs sq".split(), "cp1250"),
    **dict.fromkeys("lt lv et".split(), "cp1257"),
    "el": "cp1253",
    "tr": "cp1254",
    "az": "cp1254",
    "he": "cp1255",
    "iw": "cp1255",
    **dict.fromkeys("ar fa ur".split(), "cp1256"),
    "vi": "cp1258",
    "th": "cp874",
    "ja": "cp932",
    "ko": "cp949",
    "zh": "gb18030",
    "zh-tw": "cp950",
    "zh-hk": "cp950",
}


def decode_bytes(payload: bytes, charset: str = "", fallback: str = "") -> str:
    """Read bytes in the charset that they claim, as far as they are in it.

    :param fallback: the charset to try where nothing is claimed, or something false
    """
    name = known_charset(charset)
    if payload.isascii():
        if _is_like_ascii(name) and b"\x1b" not in payload:
            return payload.decode("ascii")
        if not name and _ESCAPE.search(payload):
            name = "iso-2022-jp"
    for mark, codec in _MARKS:
        if payload.startswith(mark):
            return payload.decode(codec, "replace")
    if name and name != "utf-8" and not (name in _ASSUMED and _is_utf8(payload)):
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
    if not name or name in _NOTHING:
        return ""
    name = _MEANT.get(name, name)
    if found := _CODE_PAGE.fullmatch(name):
        number = found[1]
        name = "utf-8" if number == "65001" else _MEANT.get(number, f"cp{number}")
    if name.replace("-", "_") in _REFUSED:
        return ""
    try:
        "".encode(name)
        b"".decode(name)
    except (LookupError, ValueError):
        return ""
    return name


@lru_cache(maxsize=500)
def _is_like_ascii(name: str) -> bool:
    """Whether ASCII in that charset is ASCII: not so in UTF-16, in UTF-7 and in EBCDIC."""
    letters = bytes(range(0x20, 0x7F))
    return not name or letters.decode(name, "replace") == letters.decode("ascii")


def named_in_page(page: bytes) -> str:
    """The charset that HTML names in its own head (HTML §13.2.3.2), or ``""``."""
    head = page[:_META_BYTES]
    at = head.find(b"<?xml", 0, 200)
    if at < 0:
        at = head.lower().find(b"<meta")
    found = _META.search(head, at) if at >= 0 else None
    return known_charset(found[1].decode("ascii", "replace")) if found else ""


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
    try:
        return payload.decode(name)
    except (LookupError, ValueError):
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
    found = _strictly(payload, fallback) if fallback else None
    if found is None or any("\ue000" <= char <= "\uf8ff" for char in found):
        return payload.decode("cp1252", "replace")  # nobody writes in the private use area
    return found


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
