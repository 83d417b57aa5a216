"""What receivers do with mail that is not proved to be ours (RFC 7489, RFC 9989)."""

from ..dns_lookup.client import Answer, Dns
from ..findings import Finding, Level, Record
from .alignment import dmarc_records, find_policy, is_aligned
from .dkim import good_signatures
from .dmarc_record import POLICIES, DmarcRecord, is_dmarc, looks_like_dmarc, read_dmarc, write_tags
from .facts import Facts, silence
from .spf import is_refused

_MILD = "v=DMARC1; p=none"


def check_dmarc(facts: Facts, dns: Dns) -> list[Finding]:
    """The record of the domain in From; alignment of what we send; who gets reports."""
    owner, answer = find_policy(facts.domain, dns)
    name = f"_dmarc.{owner}"
    if answer.failed:
        return silence("dmarc", answer, name)
    records = sorted(dmarc_records(answer), key=_strictness)  # name servers turn them round
    shown = {"domain": facts.domain, "owner": owner, "count": str(len(records))}
    if not records:
        return [_missing(facts, answer, shown)]
    if len(records) > 1:
        record = Record(name, "TXT", records[0], True)
        return [Finding("dmarc_several", Level.BAD, shown, record)]
    read = read_dmarc(records[0])
    if not read:
        return [_unreadable(facts, owner, records[0], shown)]
    policy = read.policy if owner == facts.domain else read.sub_policy
    shown["policy"] = policy
    found = _alignment(facts, read, shown, dns)
    if not found:
        code = "dmarc_ok" if owner == facts.domain else "dmarc_inherited"
        found = [Finding(code, Level.OK, shown)]
    return found + _habits(read, shown) + _reports(read, records[0], shown, dns)


def _strictness(text: str) -> tuple[int, str]:
    read = read_dmarc(text)
    return (POLICIES.index(read.policy) if read else len(POLICIES), text)


def _missing(facts: Facts, answer: Answer, shown: dict[str, str]) -> Finding:
    """No record; or a text that only people take for one."""
    meant = sorted(text for text in answer.records if looks_like_dmarc(text))
    if meant:
        return _unreadable(facts, facts.domain, meant[0], shown)
    record = Record(f"_dmarc.{facts.domain}", "TXT", _MILD)
    return Finding("dmarc_missing", Level.BAD, shown, record)


def _unreadable(facts: Facts, owner: str, text: str, shown: dict[str, str]) -> Finding:
    """The record in its place is the mildest: what was meant to be stricter has never worked."""
    record = Record(f"_dmarc.{facts.domain}", "TXT", _MILD, owner == facts.domain)
    return Finding("dmarc_syntax", Level.BAD, {**shown, "record": text[:200]}, record)


def _alignment(facts: Facts, read: DmarcRecord, shown: dict[str, str], dns: Dns) -> list[Finding]:
    """DMARC passes by an aligned signature that holds, or by SPF of an aligned return path."""
    signers = good_signatures(facts, dns)
    domains = None if signers is None else [signature.domain for signature in signers]
    refused = is_refused(facts, dns)

    def passes(strict_dkim: bool, strict_spf: bool) -> bool | None:
        """Whether our mail passes; None: only a signature could tell, and none was seen."""
        path = is_aligned(facts.return_path, facts.domain, dns, strict=strict_spf)
        if path and not refused:
            return True
        if domains is None:
            return None
        return any(is_aligned(name, facts.domain, dns, strict=strict_dkim) for name in domains)

    result = passes(read.strict_dkim, read.strict_spf)
    if result:
        return []
    shown = {**shown, "return_path": facts.return_path}
    enforced = shown["policy"] != "none"
    if result is None:
        level = Level.WARNING if enforced else Level.NOTE
        return [Finding("dmarc_only_dkim", level, shown)]
    level = Level.BAD if enforced else Level.WARNING
    if passes(False, False):
        tags = {name: value for name, value in read.tags.items() if name not in ("adkim", "aspf")}
        record = Record(f"_dmarc.{shown['owner']}", "TXT", write_tags(tags), True)
        return [Finding("dmarc_too_strict", level, shown, record)]
    return [Finding("dmarc_refused" if enforced else "dmarc_unaligned", level, shown)]


def _habits(read: DmarcRecord, shown: dict[str, str]) -> list[Finding]:
    found = []
    if shown["policy"] == "none":
        found.append(Finding("dmarc_watching", Level.NOTE, shown))
    elif read.testing:
        found.append(Finding("dmarc_testing", Level.NOTE, shown))
    elif read.percent < 100:
        percent = {**shown, "percent": str(read.percent)}
        found.append(Finding("dmarc_partial", Level.NOTE, percent))
    if read.wrong:
        kept = [item.partition("=")[0] for item in read.wrong]
        tags = {name: value for name, value in read.tags.items() if name not in kept or name == "p"}
        record = None
        if "p" not in kept:
            record = Record(f"_dmarc.{shown['owner']}", "TXT", write_tags(tags), True)
        wrong = {**shown, "where": ", ".join(read.wrong)[:200]}
        found.append(Finding("dmarc_skipped", Level.NOTE, wrong, record))
    return found


def _reports(read: DmarcRecord, text: str, shown: dict[str, str], dns: Dns) -> list[Finding]:
    owner = shown["owner"]
    if not read.report_hosts:
        if "rua" in read.tags:
            return []  # said already, or it goes another way than by mail
        text = f"{text.rstrip('; ')}; rua=mailto:dmarc@{owner}"
        record = Record(f"_dmarc.{owner}", "TXT", text, True)
        return [Finding("dmarc_no_reports", Level.NOTE, shown, record)]
    found = []
    for host in read.report_hosts:
        if is_aligned(host, owner, dns):
            continue
        name = f"{owner}._report._dmarc.{host}"  # RFC 7489 §7.1: the other domain must agree
        answer = dns.ask(name, "TXT")
        if not answer.failed and not any(is_dmarc(record) for record in answer.records):
            record = Record(name, "TXT", "v=DMARC1")
            found.append(
                Finding("dmarc_reports_refused", Level.NOTE, {**shown, "host": host}, record)
            )
    return found
