"""What receivers do with mail that is not proved to be ours (RFC 7489, RFC 9989)."""

from dataclasses import replace

from ..dns_client import Dns
from .alignment import dmarc_records, find_policy, is_aligned
from .facts import Facts, silence
from .finding import Finding, Level, Record
from .tags import read_tags

_POLICIES = ("none", "quarantine", "reject")


def check_dmarc(facts: Facts, dns: Dns) -> list[Finding]:
    """The record of the domain in From; alignment of what we send; who gets reports."""
    owner, answer = find_policy(facts.domain, dns)
    name = f"_dmarc.{owner}"
    if answer.failed:
        return silence("dmarc", answer, name)
    records = sorted(dmarc_records(answer))  # name servers turn them round
    shown = {"domain": facts.domain, "owner": owner, "count": str(len(records))}
    suggested = Record(f"_dmarc.{facts.domain}", "TXT", "v=DMARC1; p=none")
    if not records:
        return [Finding("dmarc_missing", Level.BAD, shown, suggested)]
    if len(records) > 1:
        record = Record(name, "TXT", records[0], True)
        return [Finding("dmarc_several", Level.BAD, shown, record)]
    tags = read_tags(records[0])
    policy = _policy(tags, inherited=owner != facts.domain) if tags else ""
    if not tags or policy not in _POLICIES:
        shown["record"] = records[0][:200]
        record = replace(suggested, replaces=owner == facts.domain)
        return [Finding("dmarc_syntax", Level.BAD, shown, record)]
    shown["policy"] = policy
    found = _alignment(facts, tags, shown, dns)
    if not found:
        code = "dmarc_ok" if owner == facts.domain else "dmarc_inherited"
        found = [Finding(code, Level.OK, shown)]
    if policy == "none":
        found.append(Finding("dmarc_watching", Level.NOTE, shown))
    return found + _reports(tags, records[0], shown, dns)


def _policy(tags: dict[str, str], *, inherited: bool) -> str:
    """``sp`` counts for sub-domains; a record with reports but no policy is ``none`` (§6.6.3)."""
    own = tags.get("p", "").lower()
    policy = tags.get("sp", own).lower() if inherited else own
    if policy not in _POLICIES and tags.get("rua"):
        return "none"
    return policy


def _alignment(
    facts: Facts, tags: dict[str, str], shown: dict[str, str], dns: Dns
) -> list[Finding]:
    """DMARC passes by an aligned signature, or by SPF of an aligned return path."""
    strict_dkim, strict_spf = (tags.get(tag, "r").lower() == "s" for tag in ("adkim", "aspf"))
    signed = (
        None
        if facts.signatures is None
        else any(
            is_aligned(signature.domain, facts.domain, dns, strict=strict_dkim)
            for signature in facts.signatures
        )
    )
    path = is_aligned(facts.return_path, facts.domain, dns, strict=strict_spf)
    if signed or path:
        return []
    shown = {**shown, "return_path": facts.return_path}
    if signed is None:
        return [Finding("dmarc_only_dkim", Level.WARNING, shown)]
    enforced = shown["policy"] != "none"
    code = "dmarc_refused" if enforced else "dmarc_unaligned"
    return [Finding(code, Level.BAD if enforced else Level.WARNING, shown)]


def _reports(tags: dict[str, str], text: str, shown: dict[str, str], dns: Dns) -> list[Finding]:
    owner = shown["owner"]
    targets = [uri.strip().partition("!")[0] for uri in tags.get("rua", "").split(",")]
    hosts = {uri.rpartition("@")[2].lower() for uri in targets if uri.lower().startswith("mailto:")}
    if not hosts:
        text = f"{text.rstrip('; ')}; rua=mailto:dmarc@{owner}"
        record = Record(f"_dmarc.{owner}", "TXT", text, True)
        return [Finding("dmarc_no_reports", Level.NOTE, shown, record)]
    found = []
    for host in sorted(hosts):
        if is_aligned(host, owner, dns):
            continue
        name = f"{owner}._report._dmarc.{host}"  # RFC 7489 §7.1: the other domain must agree
        if dns.ask(name, "TXT").absent:
            record = Record(name, "TXT", "v=DMARC1")
            found.append(
                Finding("dmarc_reports_refused", Level.NOTE, {**shown, "host": host}, record)
            )
    return found
