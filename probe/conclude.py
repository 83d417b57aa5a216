"""What a probe has proved so far.

Success proves, failure only suggests: a provider may merge what an account sends to itself, and
rules may act on mail from outside alone. A refusal that names the address is the exception.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ..domain_check.facts import Signature
from ..domain_check.finding import Level
from ..domain_check.tags import read_tags
from ..incoming.suggest_hosts import entrance, named_ids
from ..router.message.addresses import normalise, parse
from ..router.message.mail import ReceivedMail
from ..router.tokens.probe_mark import Kind
from ..router.trust.received import hops
from .answers import read_answer, says_nobody
from .hop_dates import received_dates, seen_from

CLOCK_SECONDS = 120
# The surest names first; of those that hold the address in every message one is kept.
_PREFERRED = (
    *("x-original-to", "x-gm-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to"),
    *("x-delivered-to", "delivered-to", "x-forwarded-to", "x-forwarded-for", "x-apparently-to"),
    "original-recipient",
)
INBOX, JUNK = "inbox", "junk"


@dataclass(frozen=True, slots=True)
class Line:
    """One result; ``values`` fill the sentence of the code. ``how_to`` asks for the provider's own
    steps to switch a catch-all on.
    """

    code: str
    level: Level
    values: Mapping[str, str] = field(default_factory=dict)
    how_to: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left; ``answer`` is the refusal of one that did not, or what came back.

    ``at_recipient``: it was the answer to RCPT, so it is about the address.
    """

    kind: Kind
    address: str
    answer: str = ""
    bounced: bool = False
    at_recipient: bool = False

    @property
    def is_nobodys(self) -> bool:
        """Whether a server said for good that nobody has the address."""
        at_recipient = self.bounced or self.at_recipient
        return bool(self.answer) and says_nobody(self.answer, at_recipient=at_recipient)


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that arrived: ``place`` is "inbox", "junk", or another folder's name; ``found``
    when it was seen there (naive, in UTC).
    """

    kind: Kind
    place: str
    mail: ReceivedMail
    seconds: int = 0
    found: datetime | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A probe so far. ``started`` and ``now`` are naive, in UTC; ``over`` when nobody waits."""

    domain: str
    started: datetime
    now: datetime
    over: bool
    sent: tuple[Sent, ...] = ()
    seen: tuple[Seen, ...] = ()
    pinned: str = ""
    folder: str = "INBOX"
    reads_junk: bool = True
    mailbox_error: str = ""
    sending_error: str = ""
    has_account: bool = True
    wants_outside: bool = True
    from_policy: str = "auto"  # of the outgoing account

    def by_kind(self, kind: Kind) -> Seen | None:
        """The copy of a message that lies where it is fetched from, else any."""
        found = [item for item in self.seen if item.kind is kind]
        found.sort(key=lambda item: (item.place != INBOX, item.place != JUNK))
        return found[0] if found else None

    def sent_as(self, kind: Kind) -> Sent | None:
        """The mail of that kind, if one was sent or tried."""
        return next((item for item in self.sent if item.kind is kind), None)

    @property
    def is_settled(self) -> bool:
        """Whether the fate of every message that was sent is known."""
        arrived = {item.kind for item in self.seen}
        return all(item.answer or item.kind in arrived for item in self.sent)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """``catch_all`` is None where nothing is proved. ``signatures`` is None where no message of
    ours was seen. ``outgoing_address`` is the IP address that the receiver has seen our mail come
    from, where it says so.
    """

    lines: tuple[Line, ...]
    catch_all: bool | None = None
    refusal: str = ""
    envelope_header: str = ""
    signatures: tuple[Signature, ...] | None = None
    author_kept: bool | None = None
    author_answer: str = ""
    outgoing_address: str = ""

    @property
    def level(self) -> Level:
        """The gravest of all lines."""
        levels = [line.level for line in self.lines]
        return max(levels, key=lambda level: level.gravity, default=Level.OK)


def conclude(course: Course) -> Conclusion:
    """Say what is known by now, what it means first."""
    lines = list(_troubles(course))
    catch_all, refusal = _catch_all(course, lines)
    _outside(course, lines)
    _places(course, lines)
    header = _recipient(course, lines)
    _two(course, lines)
    _other_addresses(course, lines)
    author_kept, author_answer = _author(course, lines)
    signatures = _signatures(course, lines)
    left_from = _left_from(course, lines)
    _clock(course, lines)
    return Conclusion(
        tuple(lines), catch_all, refusal, header, signatures, author_kept, author_answer, left_from
    )


def _troubles(course: Course) -> Iterable[Line]:
    if course.mailbox_error:
        yield Line("mailbox_failed", Level.BAD, {"answer": course.mailbox_error})
    if course.sending_error:
        yield Line("sending_failed", Level.BAD, {"answer": course.sending_error})
    elif not course.has_account:
        yield Line("no_account", Level.BAD, {"domain": course.domain})


def _catch_all(course: Course, lines: list[Line]) -> tuple[bool | None, str]:
    shown = {"domain": course.domain}
    if seen := course.by_kind(Kind.RANDOM):
        values = {**shown, "seconds": str(seen.seconds)}
        lines.append(Line("catch_all_ok", Level.OK, values))
        return True, ""
    sent = course.sent_as(Kind.RANDOM)
    if sent and sent.is_nobodys:
        code = "catch_all_bounced" if sent.bounced else "catch_all_refused"
        values = {**shown, "answer": _sentence(sent.answer)}
        lines.append(Line(code, Level.BAD, values, how_to=True))
        return course.by_kind(Kind.OUTSIDE) is not None, sent.answer
    if sent and sent.answer:
        later = read_answer(sent.answer).is_temporary
        values = {**shown, "answer": _sentence(sent.answer)}
        lines.append(Line("sending_later" if later else "sending_refused", Level.WARNING, values))
    if course.by_kind(Kind.OUTSIDE):
        return True, ""
    if sent and not sent.answer and not course.mailbox_error:
        if course.over:
            minutes = max(1, round((course.now - course.started).total_seconds() / 60))
            values = {"minutes": str(minutes)}
            lines.append(Line("catch_all_silent", Level.WARNING, values, how_to=True))
        else:
            lines.append(Line("catch_all_waiting", Level.NOTE))
    return None, ""


def _outside(course: Course, lines: list[Line]) -> None:
    if seen := course.by_kind(Kind.OUTSIDE):
        lines.append(Line("outside_ok", Level.OK))
        hosts = ", ".join(dict.fromkeys(hop.by for hop in entrance(seen.mail) if hop.by))
        ids = ", ".join(named_ids(seen.mail))
        if hosts:
            code = "outside_checked" if ids else "outside_servers"
            lines.append(Line(code, Level.OK, {"hosts": hosts, **({"ids": ids} if ids else {})}))
    elif course.wants_outside and course.over:
        lines.append(Line("outside_silent", Level.NOTE))


def _places(course: Course, lines: list[Line]) -> None:
    kinds = dict.fromkeys(item.kind for item in course.seen)
    best = [item for kind in kinds if (item := course.by_kind(kind))]
    if any(item.place == JUNK for item in best):
        code = "junk" if course.reads_junk else "junk_unread"
        lines.append(Line(code, Level.WARNING))
    elsewhere = next((item for item in best if item.place not in (INBOX, JUNK)), None)
    if elsewhere:
        values = {"folder": elsewhere.place, "read": course.folder}
        lines.append(Line("elsewhere", Level.WARNING, values))


def _recipient(course: Course, lines: list[Line]) -> str:
    """Which header names the envelope recipient, in all messages whose recipient is known."""
    known = [
        (seen.mail, sent.address)
        for kind in (Kind.RANDOM, Kind.BCC, Kind.FIRST, Kind.SECOND)
        if (seen := course.by_kind(kind)) and (sent := course.sent_as(kind))
    ]
    # The one proof that no header of ours can give: the address stands in none.
    if not course.by_kind(Kind.BCC):
        return ""
    alone = [item for item in known if not _is_shared(item[1], course)]
    holding = [
        name
        for name in dict.fromkeys((course.pinned.lower(), *_PREFERRED))
        if name and all(_names(mail, name, address) for mail, address in alone)
    ]
    pinned = course.pinned.lower()
    if pinned and pinned not in holding:
        code = "recipient_other" if holding else "recipient_pinned_missing"
        header = holding[0].title() if holding else ""
        lines.append(Line(code, Level.BAD, {"pinned": course.pinned, "header": header}))
        return ""
    if holding:
        lines.append(Line("recipient_ok", Level.OK, {"header": holding[0].title()}))
        return holding[0].title()
    if all(any(hop.recipient == address for hop in hops(mail)) for mail, address in alone):
        lines.append(Line("recipient_received", Level.OK))
    else:
        lines.append(Line("recipient_missing", Level.WARNING))
    return ""


def _is_shared(address: str, course: Course) -> bool:
    pair = [course.sent_as(kind) for kind in (Kind.FIRST, Kind.SECOND)]
    return any(item and item.address == address for item in pair)


def _names(mail: ReceivedMail, header: str, address: str) -> bool:
    return any(
        normalise(box.address) == address
        for item in mail.all(header)[:5]
        for box in parse(item.value[:2_000])
    )


def _two(course: Course, lines: list[Line]) -> None:
    """Both recipients of one transaction: in two copies, or by one that names both."""
    pair = [course.sent_as(kind) for kind in (Kind.FIRST, Kind.SECOND)]
    copies = [item for item in course.seen if item.kind in (Kind.FIRST, Kind.SECOND)]
    if not copies or any(item is None or item.answer for item in pair):
        return
    named = {
        item.address
        for item in pair
        if item
        for copy in copies
        if any(_names(copy.mail, name, item.address) for name in (course.pinned, *_PREFERRED))
        or any(hop.recipient == item.address for hop in hops(copy.mail))
    }
    ok = len(named) == 2
    lines.append(Line("two_ok" if ok else "two_one", Level.OK if ok else Level.NOTE))


def _other_addresses(course: Course, lines: list[Line]) -> None:
    shown = {"domain": course.domain}
    for kind, found, missing in (
        (Kind.SUB_ADDRESS, "sub_address_ok", "sub_address_missing"),
        (Kind.NEAR, "", "near_missing"),
    ):
        sent = course.sent_as(kind)
        if sent is None:
            continue
        if course.by_kind(kind):
            if found:
                lines.append(Line(found, Level.OK, shown))
        elif sent.answer or (course.over and course.by_kind(Kind.RANDOM)):
            values = {**shown, "answer": _sentence(sent.answer)}
            lines.append(Line(missing, Level.NOTE, values))


def _author(course: Course, lines: list[Line]) -> tuple[bool | None, str]:
    """Whether the author's address stays in From; a silent change is a refusal as well."""
    sent = course.sent_as(Kind.AUTHOR)
    if sent and _refuses_author(sent, course):
        values = {"domain": course.domain, "answer": _sentence(sent.answer)}
        lines.append(_author_line("author_refused", course, values))
        return False, sent.answer
    seen = course.by_kind(Kind.AUTHOR)
    if not (sent and seen):
        return None, ""
    shown = normalise(seen.mail.sender.address)
    if shown == sent.address:
        code = "author_possible" if course.from_policy == "account" else "author_ok"
        lines.append(Line(code, Level.OK))
        return True, ""
    lines.append(_author_line("author_rewritten", course, {"shown": shown or "?"}))
    return False, f"From {sent.address} arrived as {shown or '?'}"


def _author_line(code: str, course: Course, values: Mapping[str, str]) -> Line:
    """What is remembered only where the account leaves it to experience."""
    if course.from_policy == "keep":
        return Line(f"{code}_kept", Level.WARNING, values)
    return Line(f"{code}_already" if course.from_policy == "account" else code, Level.NOTE, values)


def _refuses_author(sent: Sent, course: Course) -> bool:
    """In so many words, or by taking everything but the one message that differs in its author."""
    answer = read_answer(sent.answer) if sent.answer else None
    if answer is None or answer.is_temporary:
        return False
    if answer.names_sender:
        return True
    others = [item for item in course.sent if item.kind is not Kind.AUTHOR]
    at_content = not (sent.bounced or sent.at_recipient or sent.is_nobodys)
    taken = all(item.bounced or item.at_recipient or not item.answer for item in others)
    return at_content and taken and any(not item.answer for item in others)


def _signatures(course: Course, lines: list[Line]) -> tuple[Signature, ...] | None:
    own = course.by_kind(Kind.RANDOM) or course.by_kind(Kind.BCC)
    if own is None:
        return None
    found = []
    for item in own.mail.all("dkim-signature")[:5]:
        tags = read_tags(item.value[:4_000]) or {}
        if tags.get("d") and tags.get("s"):
            found.append(Signature(tags["d"].strip().lower(), tags["s"].strip()))
    for signature in dict.fromkeys(found):
        values = {"domain": signature.domain, "selector": signature.selector}
        lines.append(Line("signed", Level.OK, values))
    if not found:
        lines.append(Line("unsigned", Level.NOTE))
    return tuple(dict.fromkeys(found)) or None


def _left_from(course: Course, lines: list[Line]) -> str:
    for item in course.seen:
        address = seen_from(item.mail) if item.kind is not Kind.OUTSIDE else ""
        if address:
            lines.append(Line("left_from", Level.OK, {"address": address}))
            return address
    return ""


def _clock(course: Course, lines: list[Line]) -> None:
    """A message cannot be received before it was sent, nor after now: by no server on its way."""
    behind = ahead = 0
    for item in course.seen:
        for stamp in received_dates(item.mail) if item.kind is not Kind.OUTSIDE else ():
            behind = max(behind, int((course.started - stamp).total_seconds()))
            ahead = max(ahead, int((stamp - (item.found or course.now)).total_seconds()))
    if max(behind, ahead) > CLOCK_SECONDS:
        code = "clock_behind" if behind > ahead else "clock_ahead"
        lines.append(Line(code, Level.WARNING, {"seconds": str(max(behind, ahead))}))


def _sentence(answer: str) -> str:
    """What a server said, with a full stop, so that the next sentence can follow."""
    text = " ".join(answer.split())[:300]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
