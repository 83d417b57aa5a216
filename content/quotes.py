"""What of a message its writer took over from others, and what stands below as a signature.

A message is read as lines; ``folding.py`` makes them from HTML, and marks there what is decided
here. The law: **new text is never folded**. What cannot be told from new text stays, what somebody
sends on is content, and where nothing else would be left to see, nothing is folded at all.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ..router.message import headers
from ..router.message.certified import certified_inside
from ..router.message.mail import ReceivedMail
from ..router.message.programs import sent_on
from .announcements import attributions, is_certain, is_header, is_original, is_sent_on
from .lines import MOST_CHARS, Line
from .quote_words import DEVICE, POINTS_BELOW

_CONTEXT = 8  # lines of a quotation that is answered below it: read with the answer
_SIGNATURE = 15  # lines: what is longer is text below a line of dashes
_DEVICE_CHARS = 100  # of a line that a phone adds
_SENTENCE = 9  # words, of which a line in a signature has seldom more
_ENDS = (".", "!", "?", "…", "。", "！", "？")
_ITEM = re.compile(r"(?:[-*•–]|\d{1,2}[.)])\s")
_BRIEF = 10  # lines of new text: in a longer one, "below" means something else
_AFTERWARDS = re.compile(r"(?:P\.?\s?)?(?:P\.?\s?S|N\.?\s?B)(?!\w)", re.IGNORECASE)
_TEXT = re.compile(r"\w")
_ANSWERS = re.compile(
    r"\s*(?:\[[^\]]{1,30}\]\s*)?(?:re|aw|antw|antwort|sv|odp|ynt|ref|r|rép|svar|odg|отв|ответ|回复|答复|回覆)"
    r"\s?(?:\[\d+\])?[:：]",
    re.IGNORECASE,
)


def answers(mail: ReceivedMail) -> bool:
    """Whether a message says that it answers another, and is not sent on.

    Of certified mail the message inside counts.
    """
    if inner := certified_inside(mail):
        mail = inner.mail
    says_so = mail.has(headers.IN_REPLY_TO, headers.REFERENCES) or _ANSWERS.match(
        mail.subject[:MOST_CHARS]
    )
    return bool(says_so) and not sent_on(mail)


@dataclass(frozen=True, slots=True)
class _Passage:
    """A quotation, from what announces it to the place behind it.

    A short one that is answered below is not folded: the answer is read with it.
    """

    start: int
    end: int


def folded(lines: Sequence[Line], *, is_reply: bool) -> list[bool]:
    """Which lines are a quotation or a signature: a flag for each.

    ``is_reply``: the message says that it answers another. In a first message a copied header, or
    a quotation that is nobody's, is something that is shown to us: content.
    """
    lines = [
        replace(line, text=line.text[:MOST_CHARS]) if len(line.text) > MOST_CHARS else line
        for line in lines
    ]
    passages, end = _passages(lines, is_reply)
    new = [not line.blank for line in lines]
    for passage in passages:
        _set(new, passage, value=False)
    signed = _signatures(lines, new, end)
    for place in signed:
        new[place] = False
    flags = [place in signed for place in range(len(lines))]
    last = max((place for place, line in enumerate(lines) if new[place] and line.text), default=0)
    for passage in passages:
        if passage.end > last or _size(lines, passage) > _CONTEXT:
            _set(flags, passage, value=True)
    if not _is_enough(lines, flags, new):
        return [False] * len(lines)
    return _with_blanks(lines, flags)


def _set(flags: list[bool], passage: _Passage, *, value: bool) -> None:
    flags[passage.start : passage.end] = [value] * (passage.end - passage.start)


def _size(lines: Sequence[Line], passage: _Passage) -> int:
    return sum(not line.blank for line in lines[passage.start : passage.end])


def _passages(lines: Sequence[Line], is_reply: bool) -> tuple[list[_Passage], int]:
    """Return the quotations, and the place where what is sent on begins."""
    announced = attributions(lines)
    passages: list[_Passage] = []
    at = 0
    while at < len(lines) and not is_sent_on(lines[at]):
        behind = announced.get(at, at)
        end = _run(lines, behind, announced=behind > at)
        if end > behind:
            if is_reply or behind > at:
                passages.append(_Passage(at, end))
            at = end
        elif is_reply and (
            (behind > at and is_certain(lines[at:behind]))
            or is_original(lines[at])
            or is_header(lines, at)
        ):
            start = _with_rules(lines, at)
            passages.append(_Passage(start, len(lines)))
            return passages, len(lines)
        else:
            at += 1
    return passages, at


def _run(lines: Sequence[Line], at: int, *, announced: bool) -> int:
    """The place behind the quoted lines that begin at ``at``, with blank ones between them."""
    end = at
    if not announced and lines[at].blank:
        return end
    for place in range(at, len(lines)):
        line = lines[place]
        if line.sent_on:
            break
        if line.quoted or (announced and (line.indented or line.text.startswith("|"))):
            end = place + 1
        elif not line.blank:
            break
    return end


def _with_rules(lines: Sequence[Line], at: int) -> int:
    while at and (lines[at - 1].blank or lines[at - 1].rule):
        at -= 1
    return at


def _signatures(lines: Sequence[Line], new: Sequence[bool], end: int) -> set[int]:
    """The places of new lines that are a signature: below dashes, marked as one, of a device."""
    dashes = [place for place in range(end) if new[place] and lines[place].text == "--"]
    places = _block(lines, new, dashes[-1], end) if dashes else set()
    marked = {place for place in range(end) if new[place] and lines[place].signs}
    if len(marked) <= _SIGNATURE:
        places |= marked
    for place in range(end - 1, -1, -1):
        line = lines[place]
        if not new[place] or place in places:
            continue
        if len(line.text) > _DEVICE_CHARS or not DEVICE.match(line.text):
            break
        places.add(place)
    return places


def _block(lines: Sequence[Line], new: Sequence[bool], dashes: int, end: int) -> set[int]:
    """What stands below a line of two dashes (RFC 3676 §4.3), down to a quotation or a "PS".

    People draw a line of dashes between paragraphs too: without the blank that programs write
    behind them, what reads like text is none.
    """
    places = {dashes}
    is_sure = lines[dashes].closes
    if not is_sure and all(line.blank for line in lines[dashes + 1 : dashes + 2]):
        return set()
    for place in range(dashes + 1, end):
        line = lines[place]
        if line.blank:
            continue
        if not new[place] or _AFTERWARDS.match(line.text):
            break
        if not is_sure and _reads_like_text(line.text):
            return set()
        places.add(place)
    return places if len(places) <= _SIGNATURE else set()


def _reads_like_text(text: str) -> bool:
    """Whether a line is a sentence, or one of a list: a signature is names, places and numbers."""
    words = sum(word.strip(',.;:!?()"').isalpha() for word in text.split())
    if DEVICE.match(text):
        return False
    return bool(_ITEM.match(text)) or words > _SENTENCE or (words > 3 and text.endswith(_ENDS))


def _is_enough(lines: Sequence[Line], flags: Sequence[bool], new: Sequence[bool]) -> bool:
    """Whether what stays says something by itself: some text, that does not point below."""
    stays = [place for place, flag in enumerate(flags) if not flag and lines[place].text]
    if not any(_TEXT.search(lines[place].text) for place in stays):
        return False
    own = [lines[place].text for place in stays if new[place]]
    return len(own) > _BRIEF or not any(map(POINTS_BELOW.search, own))


def _with_blanks(lines: Sequence[Line], flags: list[bool]) -> list[bool]:
    """Fold blank lines above what is folded, and at the end."""
    is_folded = any(flags)
    for place in range(len(lines) - 1, -1, -1):
        flags[place] = flags[place] or (is_folded and lines[place].blank)
        is_folded = flags[place]
    return flags
