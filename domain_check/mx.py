"""Where mail for the domain goes (RFC 5321 §5), and whether that is where we fetch it."""

from dataclasses import replace

from ..dns_lookup.client import Dns, mail_hosts, under
from ..findings import Finding, Level, Record
from ..providers.detect import find_preset
from ..router.trust.received import is_ip
from .facts import Facts, silence


def check_mx(facts: Facts, dns: Dns) -> list[Finding]:
    """Null MX (RFC 7505), hosts that do not resolve or are aliases, hosts of somebody else."""
    answer = dns.ask(facts.domain, "MX")
    if answer.failed:
        return silence("mx", answer, facts.domain)
    hosts = mail_hosts(answer.records)
    if not hosts:
        return _without_mx(facts, dns)
    shown = {"domain": facts.domain, "hosts": ", ".join(hosts[:6])}
    if hosts == [""]:
        return [Finding("mx_null", Level.BAD, shown, wanted(facts))]
    found = _unusable(facts, [host for host in hosts if host], dns)
    found += _aliases([host for host in hosts if host], dns)
    found += _elsewhere(facts, hosts, dns)
    return found or [Finding("mx_ok", Level.OK, shown)]


def wanted(facts: Facts, *, replaces: bool = True) -> Record | None:
    """The record that would bring the mail into our mailbox, where it is known."""
    if facts.incoming and facts.incoming.mx_record:
        return Record(facts.domain, "MX", facts.incoming.mx_record, replaces)
    if facts.incoming or not under(facts.incoming_host, [facts.domain]):
        return None  # the host of a mailbox is rarely the one that receives mail
    return Record(facts.domain, "MX", f"10 {facts.incoming_host}.", replaces)


def _without_mx(facts: Facts, dns: Dns) -> list[Finding]:
    addresses = dns.ask_all([(facts.domain, "A"), (facts.domain, "AAAA")])
    # RFC 5321 §5.1: the domain's own address is then asked, usually a web server.
    implicit = any(answer.records for answer in addresses)
    code = "mx_implicit" if implicit else "mx_missing"
    level = Level.WARNING if implicit and facts.catch_all else Level.BAD
    record = wanted(facts, replaces=False)
    return [Finding(code, level, {"domain": facts.domain}, record)]


def _unusable(facts: Facts, hosts: list[str], dns: Dns) -> list[Finding]:
    questions = [(host, kind) for host in hosts for kind in ("A", "AAAA")]
    answers = dict(zip(questions, dns.ask_all(questions), strict=True))
    found = []
    for host in hosts:
        both = answers[host, "A"], answers[host, "AAAA"]
        if is_ip(host):
            found.append(Finding("mx_address", Level.BAD, {"host": host}, wanted(facts)))
        elif not any(answer.records or answer.failed for answer in both):
            found.append(Finding("mx_host_missing", Level.BAD, {"host": host}, wanted(facts)))
    if len(found) < len(hosts):  # the others take the mail
        return [replace(finding, level=Level.WARNING) for finding in found]
    return found


def _aliases(hosts: list[str], dns: Dns) -> list[Finding]:
    """An MX must name a host itself (RFC 2181 §10.3)."""
    answers = dns.ask_all([(host, "CNAME") for host in hosts])
    return [
        Finding("mx_alias", Level.WARNING, {"host": host, "target": answer.records[0].rstrip(".")})
        for host, answer in zip(hosts, answers, strict=True)
        if answer.records
    ]


def _elsewhere(facts: Facts, hosts: list[str], dns: Dns) -> list[Finding]:
    """Whether the mail goes to another provider than the one whose mailbox we read."""
    if facts.catch_all or not facts.incoming_host:
        return []  # mail that arrived proves more than names do
    by_mx = find_preset(hosts)
    shown = {"hosts": ", ".join(hosts[:3]), "mailbox": facts.incoming_host}
    if by_mx and facts.incoming:
        if by_mx == facts.incoming:
            return []
        return [Finding("mx_elsewhere", Level.BAD, shown, wanted(facts))]
    if any(_related(host, facts.incoming_host, dns) for host in hosts):
        return []
    # A filter in front of the mailbox looks the same from here.
    return [Finding("mx_elsewhere", Level.WARNING, shown, wanted(facts))]


def _related(host: str, other: str, dns: Dns) -> bool:
    if host.split(".")[-2:] == other.split(".")[-2:]:
        return True
    kinds = ("A", "AAAA")
    answers = dns.ask_all([(name, kind) for name in (host, other) for kind in kinds])
    mine = {text for answer in answers[:2] for text in answer.records}
    return any(text in mine for answer in answers[2:] for text in answer.records)
