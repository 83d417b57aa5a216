"""What programs write above a quotation: who wrote it and when, or a copy of its header."""

import re
from collections.abc import Sequence

from .lines import DECORATION, MOST_CHARS, Line
from .quote_words import FIELD, FORWARDED, MYSELF, ORIGINAL, SINCE, WROTE

_WRAPPED = 4  # lines over which an attribution is broken
_HEADER_LINES = 14  # from the first field to the last, long lists of addresses included
_NO_FIELDS = 3  # lines of a header that go on with the field above
_LABEL_CHARS = 40
_NAME_CHARS = 80  # before the verb, where a name or a date in words stands first
_TIME = re.compile(r"\d[:.h]\d\d(?!\d)")
_DATE = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\d[./-]\d{1,2}[./-]\d\d")
_OLD_GMAIL = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}\s")
_NEXT_SENTENCE = re.compile(r"[.!?…)]\s(?:On|Am|Le|El|Il|Em|Op|Den|Dnia)\s")


def attributions(lines: Sequence[Line]) -> dict[int, int]:
    """{where one begins: the place behind it}, such as ``On 3 May, Anna wrote:``."""
    found: dict[int, int] = {}
    for last, line in enumerate(lines):
        if line.attributes:
            found[last] = last + 1
        elif not line.quoted and _may_end(line.text):
            start = _start(lines, last)
            if start is not None:
                found[start] = last + 1
    for place in sorted(found, reverse=True):  # in several lines of one block: they are one
        found[place] = found.get(found[place], found[place])
    return found


def is_certain(lines: Sequence[Line]) -> bool:
    """Whether an attribution is one even where no quotation marks follow.

    A person writes "On 3 May Anna wrote:" as well, but seldom with the minute or the address.
    """
    text = " ".join(line.text for line in lines)
    dated = _DATE.search(text) and _TIME.search(text)
    return bool("@" in text or dated) and not MYSELF.search(text)


def is_header(lines: Sequence[Line], at: int) -> bool:
    """Whether a copied header begins in line ``at``: From, and two of Sent, To and Subject.

    A journey is "From: … To: … Date: …" too: a header has an address, or a time in its place.
    What a program marked as a header may have labels of any language.
    """
    if not FIELD.match(lines[at].bare) and not lines[at].headed:
        return False
    fields: list[tuple[str | None, str]] = []
    labels = others = 0
    for line in lines[at : at + _HEADER_LINES]:
        field = FIELD.match(line.bare)
        if line.blank or line.rule or others > _NO_FIELDS:
            break
        others += field is None
        fields.append((field.lastgroup if field else None, line.bare))
        labels += line.headed and ":" in line.bare[:_LABEL_CHARS].replace("：", ":")
    kinds = [kind for kind, _text in fields if kind]
    if "sender" in kinds and len({"when", "to", "about"}.intersection(kinds)) > 1:
        ended = next((line.rule for line in lines[at + len(fields) :][:1]), False)
        return any("@" in text for _kind, text in fields) or _is_timed(fields, ended)
    said = any("@" in text or _TIME.search(text) for _kind, text in fields)
    return labels > 2 and lines[at].headed and said


def _is_timed(fields: Sequence[tuple[str | None, str]], ended: bool) -> bool:
    """Whether a header of people without addresses says the minute where programs copy it.

    Outlook: From, Sent, To, Subject. Notes: From, To, Date, Subject, and a line below.
    """
    known = [(kind, text) for kind, text in fields if kind]
    kinds = [kind for kind, _text in known]
    at = 1 if kinds[:2] == ["sender", "when"] else 2 if kinds[:2] == ["sender", "to"] else 0
    if kinds[at : at + 1] != ["when"] or "about" not in kinds or not _TIME.search(known[at][1]):
        return False
    return at == 1 or ended


def is_original(line: Line) -> bool:
    """``-----Original Message-----``, between dashes or stars."""
    return line.bare != line.text and bool(ORIGINAL.match(line.bare))


def is_sent_on(line: Line) -> bool:
    """``---------- Forwarded message ---------``, ``Begin forwarded message:``."""
    if line.sent_on:
        return True
    marked = line.bare != line.text or line.text.endswith((":", "："))
    return marked and bool(FORWARDED.match(line.bare))


def _may_end(text: str) -> bool:
    colon = text.rstrip(DECORATION).endswith((":", "："))
    return colon or bool(_OLD_GMAIL.match(text)) or _ends_in_dashes(text)


def _ends_in_dashes(text: str) -> bool:
    return text.endswith("--") and bool(WROTE.search(text.rstrip(DECORATION)[-30:]))


def _start(lines: Sequence[Line], last: int) -> int | None:
    """The nearest line with which those down to ``last`` are an attribution."""
    text = ""
    for place in range(last, max(-1, last - _WRAPPED), -1):
        line = lines[place]
        if line.quoted or line.blank:
            return None
        text = f"{line.text} {text}".strip()
        if _is_attribution(text):
            return place - 1 if place and _goes_on(lines[place - 1], text) else place
    return None


def _goes_on(above: Line, text: str) -> bool:
    """Whether a program broke the line between the date, above, and the name."""
    dated = bool(_DATE.search(above.text) or _TIME.search(above.text))
    ended = above.text.endswith((".", "!", "?", ":"))
    return dated and not ended and not SINCE.match(text) and bool(SINCE.match(above.text))


def _is_attribution(text: str) -> bool:
    """Whether these words say who wrote, with a date, a time or an address, and nothing else."""
    bare = text.strip(DECORATION)
    whole = bare.count("<") == bare.count(">") and not bare.startswith("<")
    if not whole or len(text) > MOST_CHARS or _NEXT_SENTENCE.search(bare):
        return False
    if _OLD_GMAIL.match(bare) and "@" in bare and bare.endswith((">", ">:")):
        return True
    if not ("@" in bare or _DATE.search(bare) or _TIME.search(bare)):
        return False
    begins = SINCE.match(bare) or "@" in bare[:_NAME_CHARS] or WROTE.search(bare[:_NAME_CHARS])
    return bool(begins and WROTE.search(bare))
