"""What a probe has proved so far.

Success proves, failure only suggests: a provider may merge what an account sends to itself, and
rules may act on mail from outside alone. A refusal that names the address is the exception.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ..domain_check.facts import Signature
from ..domain_check.tags import read_tags
from ..findings import Finding, Level
from ..incoming.suggest_hosts import entrance, named_ids
from ..router.message.addresses import normalise, parse
from ..router.message.mail import ReceivedMail
from ..router.tokens.probe_mark import Kind
from ..router.trust.received import hops
from .answers import read_answer
from .course import INBOX, JUNK, Course, Sent
from .hop_dates import received_dates, seen_from

CLOCK_SECONDS = 120
# The surest names first; of those that hold the address in every message one is kept.
_PREFERRED = (
    *("x-original-to", "x-gm-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to"),
    *("x-delivered-to", "delivered-to", "x-forwarded-to", "x-forwarded-for", "x-apparently-to"),
    "original-recipient",
)


@dataclass(frozen=True, slots=True)
class Conclusion:
    """``catch_all`` is None where nothing is proved. ``signatures`` is None where no message of
    ours was seen. ``outgoing_address`` is the IP address that the receiver has seen our mail come
    from, where it says so.
    """

    findings: tuple[Finding, ...]
    catch_all: bool | None = None
    refusal: str = ""
    envelope_header: str = ""
    signatures: tuple[Signature, ...] | None = None
    author_kept: bool | None = None
    author_answer: str = ""
    outgoing_address: str = ""


def conclude(course: Course) -> Conclusion:
    """Say what is known by now, what it means first."""
    findings = list(_troubles(course))
    catch_all, refusal = _catch_all(course, findings)
    _outside(course, findings)
    _places(course, findings)
    header = _recipient(course, findings)
    _two(course, findings)
    _other_addresses(course, findings)
    kept, answer = _author(course, findings)
    signatures = _signatures(course, findings)
    left_from = _left_from(course, findings)
    _clock(course, findings)
    return Conclusion(
        tuple(findings), catch_all, refusal, header, signatures, kept, answer, left_from
    )


def _troubles(course: Course) -> Iterable[Finding]:
    if course.mailbox_error:
        yield Finding("mailbox_failed", Level.BAD, {"answer": course.mailbox_error})
    if course.sending_error:
        yield Finding("sending_failed", Level.BAD, {"answer": course.sending_error})
    elif not course.has_account:
        yield Finding("no_account", Level.BAD, {"domain": course.domain})


def _catch_all(course: Course, findings: list[Finding]) -> tuple[bool | None, str]:
    shown = {"domain": course.domain}
    if seen := course.by_kind(Kind.RANDOM):
        values = {**shown, "seconds": str(seen.seconds)}
        findings.append(Finding("catch_all_ok", Level.OK, values))
        return True, ""
    sent = course.sent_as(Kind.RANDOM)
    if sent and sent.is_nobodys:
        code = "catch_all_bounced" if sent.bounced else "catch_all_refused"
        values = {**shown, "answer": _sentence(sent.answer)}
        findings.append(Finding(code, Level.BAD, values))
        return course.by_kind(Kind.OUTSIDE) is not None, sent.answer
    if sent and sent.answer:
        code = "sending_later" if read_answer(sent.answer).is_temporary else "sending_refused"
        values = {**shown, "answer": _sentence(sent.answer)}
        findings.append(Finding(code, Level.WARNING, values))
    if course.by_kind(Kind.OUTSIDE):
        return True, ""
    if sent and not sent.answer and not course.mailbox_error:
        if course.over:
            minutes = max(1, round((course.now - course.started).total_seconds() / 60))
            values = {"minutes": str(minutes)}
            findings.append(Finding("catch_all_silent", Level.WARNING, values))
        else:
            findings.append(Finding("catch_all_waiting", Level.NOTE))
    return None, ""


def _outside(course: Course, findings: list[Finding]) -> None:
    if seen := course.by_kind(Kind.OUTSIDE):
        findings.append(Finding("outside_ok", Level.OK))
        hosts = ", ".join(dict.fromkeys(hop.by for hop in entrance(seen.mail) if hop.by))
        ids = ", ".join(named_ids(seen.mail))
        if hosts:
            code = "outside_checked" if ids else "outside_servers"
            findings.append(Finding(code, Level.OK, {"hosts": hosts, "ids": ids}))
    elif course.wants_outside and course.over:
        findings.append(Finding("outside_silent", Level.NOTE))


def _places(course: Course, findings: list[Finding]) -> None:
    kinds = dict.fromkeys(item.kind for item in course.seen)
    best = [item for kind in kinds if (item := course.by_kind(kind))]
    if any(item.place == JUNK for item in best):
        code = "junk" if course.reads_junk else "junk_unread"
        findings.append(Finding(code, Level.WARNING))
    elsewhere = next((item for item in best if item.place not in (INBOX, JUNK)), None)
    if elsewhere:
        values = {"folder": elsewhere.place, "read": course.folder}
        findings.append(Finding("elsewhere", Level.WARNING, values))


def _recipient(course: Course, findings: list[Finding]) -> str:
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
        findings.append(Finding(code, Level.BAD, {"pinned": course.pinned, "header": header}))
        return ""
    if holding:
        findings.append(Finding("recipient_ok", Level.OK, {"header": holding[0].title()}))
        return holding[0].title()
    if all(any(hop.recipient == address for hop in hops(mail)) for mail, address in alone):
        findings.append(Finding("recipient_received", Level.OK))
    else:
        findings.append(Finding("recipient_missing", Level.WARNING))
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


def _two(course: Course, findings: list[Finding]) -> None:
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
    findings.append(Finding("two_ok" if ok else "two_one", Level.OK if ok else Level.NOTE))


def _other_addresses(course: Course, findings: list[Finding]) -> None:
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
                findings.append(Finding(found, Level.OK, shown))
        elif sent.answer or (course.over and course.by_kind(Kind.RANDOM)):
            values = {**shown, "answer": _sentence(sent.answer)}
            findings.append(Finding(missing, Level.NOTE, values))


def _author(course: Course, findings: list[Finding]) -> tuple[bool | None, str]:
    """Whether the author's address stays in From; a silent change is a refusal as well."""
    sent = course.sent_as(Kind.AUTHOR)
    if sent and _refuses_author(sent, course):
        values = {"domain": course.domain, "answer": _sentence(sent.answer)}
        findings.append(_author_finding("author_refused", course, values))
        return False, sent.answer
    seen = course.by_kind(Kind.AUTHOR)
    if not (sent and seen):
        return None, ""
    shown = normalise(seen.mail.sender.address)
    if shown == sent.address:
        code = "author_possible" if course.from_policy == "account" else "author_ok"
        findings.append(Finding(code, Level.OK))
        return True, ""
    findings.append(_author_finding("author_rewritten", course, {"shown": shown or "?"}))
    return False, f"From {sent.address} arrived as {shown or '?'}"


def _author_finding(code: str, course: Course, values: Mapping[str, str]) -> Finding:
    """What is remembered only where the account leaves it to experience."""
    if course.from_policy == "keep":
        return Finding(f"{code}_kept", Level.WARNING, values)
    return Finding(
        f"{code}_already" if course.from_policy == "account" else code, Level.NOTE, values
    )


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


def _signatures(course: Course, findings: list[Finding]) -> tuple[Signature, ...] | None:
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
        findings.append(Finding("signed", Level.OK, values))
    if not found:
        findings.append(Finding("unsigned", Level.NOTE))
    return tuple(dict.fromkeys(found)) or None


def _left_from(course: Course, findings: list[Finding]) -> str:
    for item in course.seen:
        address = seen_from(item.mail) if item.kind is not Kind.OUTSIDE else ""
        if address:
            findings.append(Finding("left_from", Level.OK, {"address": address}))
            return address
    return ""


def _clock(course: Course, findings: list[Finding]) -> None:
    """A message cannot be received before it was sent, nor after now: by no server on its way."""
    behind = ahead = 0
    for item in course.seen:
        for stamp in received_dates(item.mail) if item.kind is not Kind.OUTSIDE else ():
            behind = max(behind, int((course.started - stamp).total_seconds()))
            ahead = max(ahead, int((stamp - (item.found or course.now)).total_seconds()))
    if max(behind, ahead) > CLOCK_SECONDS:
        code = "clock_behind" if behind > ahead else "clock_ahead"
        findings.append(Finding(code, Level.WARNING, {"seconds": str(max(behind, ahead))}))


def _sentence(answer: str) -> str:
    """What a server said, with a full stop, so that the next sentence can follow."""
    text = " ".join(answer.split())[:300]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
