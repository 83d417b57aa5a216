"""What a probe has proved so far.

Success proves, failure only suggests: a provider may merge what an account sends to itself, and
rules may act on mail from outside alone. A refusal that names the address is the exception.
"""

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
from .forged import read_removed
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
    from, where it says so. ``results_shown``: pairs of authserv-id and method of which a forged
    pass does not survive; None where this test has shown nothing of it.
    """

    findings: tuple[Finding, ...]
    catch_all: bool | None = None
    refusal: str = ""
    envelope_header: str = ""
    signatures: tuple[Signature, ...] | None = None
    author_kept: bool | None = None
    author_answer: str = ""
    outgoing_address: str = ""
    results_shown: frozenset[tuple[str, str]] | None = None


def conclude(course: Course) -> Conclusion:
    """Say what is known by now, what it means first."""
    findings: list[Finding] = []
    _troubles(course, findings)
    catch_all, refusal = _catch_all(course, findings)
    _outside(course, findings)
    shown = _forged(course, findings)
    _places(course, findings)
    header = _recipient(course, findings)
    _two(course, findings)
    _other_addresses(course, findings)
    kept, answer = _author(course, findings)
    signatures = _signatures(course, findings)
    left_from = _left_from(course, findings)
    _clock(course, findings)
    return Conclusion(
        *(tuple(findings), catch_all, refusal, header, signatures, kept, answer, left_from),
        results_shown=shown,
    )


def _say(findings: list[Finding], code: str, level: Level, **values: str) -> None:
    findings.append(Finding(code, level, values))


def _troubles(course: Course, findings: list[Finding]) -> None:
    if course.mailbox_error:
        _say(findings, "mailbox_failed", Level.BAD, answer=course.mailbox_error)
    if course.sending_error:
        _say(findings, "sending_failed", Level.BAD, answer=course.sending_error)
    elif not course.has_account:
        _say(findings, "no_account", Level.BAD, domain=course.domain)


def _catch_all(course: Course, findings: list[Finding]) -> tuple[bool | None, str]:
    domain = course.domain
    if seen := course.by_kind(Kind.RANDOM):
        _say(findings, "catch_all_ok", Level.OK, domain=domain, seconds=str(seen.seconds))
        return True, ""
    sent, outside = course.sent_as(Kind.RANDOM), course.by_kind(Kind.OUTSIDE)
    answer = sent.answer if sent else ""
    if sent and sent.is_nobodys:
        code = "catch_all_bounced" if sent.bounced else "catch_all_refused"
        _say(findings, code, Level.BAD, domain=domain, answer=_sentence(answer))
        return outside is not None, answer
    if answer:
        code = "sending_later" if read_answer(answer).is_temporary else "sending_refused"
        _say(findings, code, Level.WARNING, domain=domain, answer=_sentence(answer))
    if outside:
        return True, ""
    if sent and not answer and not course.mailbox_error:
        if course.over:
            minutes = max(1, round((course.now - course.started).total_seconds() / 60))
            _say(findings, "catch_all_silent", Level.WARNING, minutes=str(minutes))
        else:
            _say(findings, "catch_all_waiting", Level.NOTE)
    return None, ""


def _outside(course: Course, findings: list[Finding]) -> None:
    if seen := course.by_kind(Kind.OUTSIDE):
        _say(findings, "outside_ok", Level.OK)
        hosts = ", ".join(dict.fromkeys(hop.by for hop in entrance(seen.mail) if hop.by))
        ids = ", ".join(named_ids(seen.mail))
        if hosts:
            code = "outside_checked" if ids else "outside_servers"
            _say(findings, code, Level.OK, hosts=hosts, ids=ids)
    elif course.wants_outside and course.over:
        _say(findings, "outside_silent", Level.NOTE)


def _forged(course: Course, findings: list[Finding]) -> frozenset[tuple[str, str]] | None:
    """Whether results that a stranger wrote are removed on the way in."""
    seen = course.by_kind(Kind.FORGED)
    if not seen or not course.policy:
        return None
    removed = read_removed(seen.mail, course.policy, course.domain)
    if removed.doubt:
        _say(findings, f"forged_{removed.doubt}", Level.NOTE)
        return None
    if removed.shown:
        _say(findings, "forged_removed", Level.OK, results=_pairs(removed.shown))
    if removed.kept:
        _say(findings, "forged_kept", Level.WARNING, results=_pairs(removed.kept))
    return removed.shown


def _pairs(pairs: frozenset[tuple[str, str]]) -> str:
    return ", ".join(f"{method} ({name})" for name, method in sorted(pairs))


def _places(course: Course, findings: list[Finding]) -> None:
    kinds = dict.fromkeys(item.kind for item in course.seen)
    best = [item for kind in kinds if (item := course.by_kind(kind))]
    if any(item.place == JUNK for item in best):
        _say(findings, "junk" if course.reads_junk else "junk_unread", Level.WARNING)
    elsewhere = next((item for item in best if item.place not in (INBOX, JUNK)), None)
    if elsewhere:
        _say(findings, "elsewhere", Level.WARNING, folder=elsewhere.place, read=course.folder)


def _recipient(course: Course, findings: list[Finding]) -> str:
    """Which header names the envelope recipient, in all messages to one known recipient."""
    # The one proof that no header of ours can give: the address stands in none.
    if not course.by_kind(Kind.BCC):
        return ""
    known = [
        (seen.mail, sent.address)
        for kind in (Kind.RANDOM, Kind.BCC)
        if (seen := course.by_kind(kind)) and (sent := course.sent_as(kind))
    ]
    pinned = course.pinned.lower()
    holding = [
        name
        for name in dict.fromkeys((pinned, *_PREFERRED))
        if name and all(_names(mail, name, address) for mail, address in known)
    ]
    header = holding[0].title() if holding else ""
    if pinned and pinned not in holding:
        code = "recipient_other" if header else "recipient_pinned_missing"
        _say(findings, code, Level.BAD, pinned=course.pinned, header=header)
        return ""
    if header:
        _say(findings, "recipient_ok", Level.OK, header=header)
    elif all(any(hop.recipient == address for hop in hops(mail)) for mail, address in known):
        _say(findings, "recipient_received", Level.OK)
    else:
        _say(findings, "recipient_missing", Level.WARNING)
    return header


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
        if any(
            _names(copy.mail, name, item.address) for name in (course.pinned.lower(), *_PREFERRED)
        )
        or any(hop.recipient == item.address for hop in hops(copy.mail))
    }
    code, level = ("two_ok", Level.OK) if len(named) == 2 else ("two_one", Level.NOTE)
    _say(findings, code, level)


def _other_addresses(course: Course, findings: list[Finding]) -> None:
    for kind, missing in (Kind.SUB_ADDRESS, "sub_address_missing"), (Kind.NEAR, "near_missing"):
        sent, seen = course.sent_as(kind), course.by_kind(kind)
        if sent and seen and kind is Kind.SUB_ADDRESS:
            _say(findings, "sub_address_ok", Level.OK, domain=course.domain)
        elif sent and not seen and (sent.answer or (course.over and course.by_kind(Kind.RANDOM))):
            answer = _sentence(sent.answer)
            _say(findings, missing, Level.NOTE, domain=course.domain, answer=answer)


def _author(course: Course, findings: list[Finding]) -> tuple[bool | None, str]:
    """Whether the author's address stays in From; a silent change is a refusal as well."""
    sent, seen = course.sent_as(Kind.AUTHOR), course.by_kind(Kind.AUTHOR)
    # What is remembered only where the account leaves it to experience.
    policy = {"keep": "_kept", "account": "_already"}.get(course.from_policy, "")
    level = Level.WARNING if policy == "_kept" else Level.NOTE
    if sent and _refuses_author(sent, course):
        answer = _sentence(sent.answer)
        _say(findings, f"author_refused{policy}", level, domain=course.domain, answer=answer)
        return False, sent.answer
    if not (sent and seen):
        return None, ""
    shown = normalise(seen.mail.sender.address) or "?"
    if shown == sent.address:
        _say(findings, "author_possible" if policy == "_already" else "author_ok", Level.OK)
        return True, ""
    _say(findings, f"author_rewritten{policy}", level, shown=shown)
    return False, f"From {sent.address} arrived as {shown}"


def _refuses_author(sent: Sent, course: Course) -> bool:
    """In so many words, or by taking everything but the one message that differs in its author."""
    answer = read_answer(sent.answer) if sent.answer else None
    if answer is None or answer.is_temporary:
        return False
    if answer.names_sender:
        return True
    others = [item for item in course.sent if item.kind not in (Kind.AUTHOR, Kind.FORGED)]
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
        domain, selector = signature.domain, signature.selector
        _say(findings, "signed", Level.OK, domain=domain, selector=selector)
    if not found:
        _say(findings, "unsigned", Level.NOTE)
    return tuple(dict.fromkeys(found)) or None


def _left_from(course: Course, findings: list[Finding]) -> str:
    for item in course.seen:
        address = seen_from(item.mail) if item.kind is not Kind.OUTSIDE else ""
        if address:
            _say(findings, "left_from", Level.OK, address=address)
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
        _say(findings, code, Level.WARNING, seconds=str(max(behind, ahead)))


def _sentence(answer: str) -> str:
    """What a server said, with a full stop, so that the next sentence can follow."""
    text = " ".join(answer.split())[:300]
    return text if not text or text.endswith((".", "!", "?")) else f"{text}."
