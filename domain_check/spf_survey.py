"""What a whole SPF record costs and what is wrong with it, as if no mechanism matched.

Receivers stop at the first match (:mod:`.spf_evaluation`); another sender's mail gets further.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from ..dns_lookup.client import Answer, Dns, Status, mail_hosts
from .spf_evaluation import MAX_NAMES
from .spf_record import SpfError, Term, parse_spf, spf_records

_MAX_LOOKUPS = 60
_MAX_DEPTH = 12


@dataclass(slots=True)
class Survey:
    """The whole tree: its costs, its problems as (code, where), the records by domain."""

    lookups: int = 0
    voids: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    unknown: list[tuple[Status, str]] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)  # lookups of each term of the first record


def survey(domain: str, dns: Dns) -> Survey:
    """Walk the whole tree of a domain that has exactly one record."""
    found = Survey()
    _walk(domain, dns, found, ())
    return found


def _walk(domain: str, dns: Dns, found: Survey, path: tuple[str, ...]) -> None:
    if domain in path or len(path) > _MAX_DEPTH:
        found.problems.append(("loop", domain))
        return
    answer = dns.ask(domain, "TXT")
    records = spf_records(answer.records)
    if answer.failed:
        found.unknown.append((answer.status, domain))
        return
    if len(records) != 1:
        if path:
            found.voids += answer.absent
            found.problems.append(("include_several" if records else "include_missing", domain))
        return
    found.records[domain] = records[0]
    try:
        terms = parse_spf(records[0])
    except SpfError as error:
        found.problems.append(("syntax", f"{error.where} ({domain})" if path else error.where))
        return
    counted = list(_effective(terms))[: _MAX_LOOKUPS + 1]
    # Ask for everything at once; below each answer is taken up in its place.
    dns.ask_all([(_host(term, domain), _kind(term)) for term in counted if "%" not in term.spec])
    for term in counted:
        before = found.lookups
        found.lookups += 1
        if found.lookups > _MAX_LOOKUPS:
            return
        if "%" not in term.spec:
            _walk_term(term, domain, dns, found, (*path, domain))
        if not path:
            found.costs[term.text] = found.lookups - before


def _effective(terms: tuple[Term, ...]) -> Iterator[Term]:
    """What a receiver can come to: nothing behind ``all``, ``redirect`` only without it (§6.1)."""
    has_all = any(term.name == "all" for term in terms)
    for term in terms:
        if term.name == "all":
            return
        if term.looks_up and not (term.name == "redirect" and has_all):
            yield term


def _host(term: Term, domain: str) -> str:
    return (term.spec or domain).rstrip(".").lower()


def _kind(term: Term) -> str:
    return {"include": "TXT", "redirect": "TXT", "mx": "MX"}.get(term.name, "A")


def _walk_term(term: Term, domain: str, dns: Dns, found: Survey, path: tuple[str, ...]) -> None:
    host = _host(term, domain)
    if term.name in ("include", "redirect"):
        _walk(host, dns, found, path)
    elif term.name == "mx":
        _count_mx(term, host, dns, found)
    elif term.name in ("a", "exists"):
        kinds = ("A", "AAAA") if term.name == "a" else ("A",)
        _count_host(term.text, [dns.ask(host, kind) for kind in kinds], host, found)


def _count_mx(term: Term, domain: str, dns: Dns, found: Survey) -> None:
    answer = dns.ask(domain, "MX")
    if not answer.records:
        _count_host(term.text, [answer], domain, found)
        return
    hosts = mail_hosts(sorted(answer.records))
    if len(hosts) > MAX_NAMES:
        found.problems.append(("many_mx", term.text))
        return
    kinds = ("A", "AAAA")
    answers = dns.ask_all([(host, kind) for host in hosts for kind in kinds])
    for at, host in enumerate(hosts):
        _count_host(host, answers[2 * at : 2 * at + 2], host, found, whole=False)


def _count_host(
    text: str, answers: list[Answer], host: str, found: Survey, *, whole: bool = True
) -> None:
    """Count what leads nowhere for a sender with an IPv4 address, the usual one."""
    failed = [answer.status for answer in answers if answer.failed]
    if failed:
        found.unknown.append((failed[0], host))
        return
    found.voids += answers[0].absent
    if all(answer.absent for answer in answers):
        found.problems.append(("void" if whole else "void_mx", text))
