"""SPF, RFC 7208: who may send for a domain, and what it costs a receiver to find out.

A reader of our own; docs/domain_check.md says why no library fits. The test suite of RFC 7208 and
pyspf prove it equal (tests/pure/domain_check/test_spf_suite.py). The questions go through
:class:`~..dns_lookup.client.Dns`, whose time limits hold.

:func:`evaluate` is a receiver's ``check_host()``. :func:`survey` walks the whole tree, as if no
mechanism matched, and reports everything that is wrong with it.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from ..dns_lookup.client import Answer, Dns, Status, under
from .spf_macros import UNKNOWN_NAME, MacroError, Sending, expand

IpAddress = ipaddress.IPv4Address | ipaddress.IPv6Address

MAX_LOOKUPS = 10  # §4.6.4
MAX_VOIDS = 2
MAX_NAMES = 10  # of one MX or PTR answer
_SURVEY_LOOKUPS = 60
_SURVEY_DEPTH = 12

_TERM = re.compile(
    r"(?P<qualifier>[+?~-]?)(?P<name>[a-z][a-z0-9._-]*)(?:(?P<sep>[:=/])(?P<value>.*))?", re.I
)
_CIDR = re.compile(r"(?:/(0|[1-9]\d?))?(?://(0|[1-9]\d{0,2}))?$")
_VISIBLE = re.compile(r"[\x21-\x7e]*")
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}
MECHANISMS = frozenset({"all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"})
_LOOKING_UP = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})


class SpfError(Exception):
    """The evaluation ends here: ``code`` names the finding, ``permanent`` tells perm from temp."""

    def __init__(self, code: str, where: str, permanent: bool = True) -> None:
        super().__init__(f"{code}: {where}")
        self.code, self.where, self.permanent = code, where, permanent


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism or modifier as it stands in the record; ``spec`` is the domain or network."""

    text: str
    qualifier: str
    name: str
    spec: str = ""
    cidr4: int = 32
    cidr6: int = 128

    @property
    def looks_up(self) -> bool:
        """Whether the term counts against the ten lookups."""
        return self.name in _LOOKING_UP


@dataclass(frozen=True, slots=True)
class SpfResult:
    """What a receiver finds for one address: ``result`` as in §2.6, and the term that decided."""

    result: str
    term: str = ""
    lookups: int = 0
    problem: str = ""


@dataclass(slots=True)
class Survey:
    """The whole tree: its costs, its problems as (code, where), the records by domain."""

    lookups: int = 0
    voids: int = 0
    problems: list[tuple[str, str]] = field(default_factory=list)
    records: dict[str, str] = field(default_factory=dict)
    unknown: list[tuple[Status, str]] = field(default_factory=list)
    costs: dict[str, int] = field(default_factory=dict)  # lookups of each term of the first record


def spf_records(texts: tuple[str, ...]) -> list[str]:
    """Those TXT records that are SPF (§4.5)."""
    return [text for text in texts if text.lower() == "v=spf1" or text.lower()[:7] == "v=spf1 "]


def parse_spf(record: str) -> tuple[Term, ...]:
    """Read a record into its terms, all of them checked (§4.6).

    :raises SpfError: ``syntax``, with the term that is wrong
    """
    terms = tuple(_parse_term(text) for text in record.split(" ")[1:] if text)
    for name in ("redirect", "exp"):
        if sum(term.name == name for term in terms) > 1:
            raise SpfError("syntax", f"{name}=")
    return terms


def _parse_term(text: str) -> Term:
    found = _TERM.fullmatch(text)
    if not found or not _VISIBLE.fullmatch(text):
        raise SpfError("syntax", text)
    name, sep, value = found["name"].lower(), found["sep"] or "", found["value"] or ""
    term = Term(text, found["qualifier"] or "+", name)
    if sep == "=":
        if found["qualifier"]:
            raise SpfError("syntax", text)
        return _parse_modifier(term, value)
    if name not in MECHANISMS:
        raise SpfError("syntax", text)
    if name == "all":
        if sep:
            raise SpfError("syntax", text)
        return term
    if name in ("ip4", "ip6"):
        return _parse_network(term, sep, value)
    return _parse_named(term, sep, value)


def _parse_modifier(term: Term, value: str) -> Term:
    if term.name in ("redirect", "exp"):
        _check_spec(term.text, value)
        return Term(term.text, "", term.name, value)
    try:
        expand(value, None)
    except MacroError:
        raise SpfError("syntax", term.text) from None
    return Term(term.text, "", "unknown")  # §6: must be ignored


def _parse_network(term: Term, sep: str, value: str) -> Term:
    address, slash, length = value.partition("/")
    try:
        if sep != ":" or (slash and not re.fullmatch(r"0|[1-9]\d{0,2}", length)):
            raise ValueError
        kind = ipaddress.IPv4Network if term.name == "ip4" else ipaddress.IPv6Network
        network = kind(f"{address}/{length}" if slash else address, strict=False)
    except ValueError:
        raise SpfError("syntax", term.text) from None
    return Term(term.text, term.qualifier, term.name, str(network))


def _parse_named(term: Term, sep: str, value: str) -> Term:
    cidr4, cidr6 = 32, 128
    spec = value if sep == ":" else f"/{value}" if sep == "/" else ""
    if term.name in ("a", "mx"):
        cidr = _CIDR.search(spec)
        if cidr and cidr.group():
            spec = spec[: cidr.start()]
            cidr4, cidr6 = int(cidr[1] or 32), int(cidr[2] or 128)
    if cidr4 > 32 or cidr6 > 128:
        raise SpfError("syntax", term.text)
    if spec or sep == ":" or term.name in ("include", "exists"):
        _check_spec(term.text, spec)
    return Term(term.text, term.qualifier, term.name, spec, cidr4, cidr6)


def _check_spec(text: str, spec: str) -> None:
    """A domain-spec (§7.1) ends in a macro or in a label that is no number."""
    try:
        expanded = expand(spec, None)
    except MacroError:
        raise SpfError("syntax", text) from None
    last = expanded.rstrip(".").rpartition(".")
    ends_in_macro = spec.endswith("}")
    if not spec or spec.startswith("/"):
        raise SpfError("syntax", text)
    if not ends_in_macro and not (
        last[1] and re.fullmatch(r"(?=.*[a-z-])[a-z0-9]([a-z0-9-]*[a-z0-9])?", last[2], re.I)
    ):
        raise SpfError("syntax", text)


def evaluate(
    address: str, domain: str, dns: Dns, *, sender: str = "", helo: str = "unknown"
) -> SpfResult:
    """Ask as a receiver would whether this address may send for the domain."""
    ip: IpAddress = ipaddress.ip_address(address)
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    receiver = _Receiver(dns, Sending(ip, domain, sender or f"postmaster@{domain}", helo))
    try:
        result, term = receiver.check(domain)
    except SpfError as error:
        kind = "permerror" if error.permanent else "temperror"
        return SpfResult(kind, error.where, receiver.lookups, error.code)
    return SpfResult(result, term, receiver.lookups)


class _Receiver:
    """One ``check_host()`` (§4): the counters are shared by the records that it includes."""

    def __init__(self, dns: Dns, sending: Sending) -> None:
        self.dns, self.sending = dns, sending
        self.lookups = self.voids = 0

    def check(self, domain: str) -> tuple[str, str]:
        """Return the result and the term that gave it."""
        terms = self._terms(domain)
        if terms is None:
            return "none", ""
        for term in terms:
            if term.looks_up and term.name != "redirect":
                self._count(term)
            if term.name in MECHANISMS and self._matches(term, domain):
                return RESULTS[term.qualifier], term.text
        redirect = next((term for term in terms if term.name == "redirect"), None)
        if redirect:
            self._count(redirect)
            target = self._target(redirect, domain)
            result, text = self.check(target)
            if result == "none":
                raise SpfError("include_missing", target)
            return result, text
        return "neutral", ""

    def _terms(self, domain: str) -> tuple[Term, ...] | None:
        answer = self.dns.ask(domain, "TXT")
        if answer.failed:
            raise SpfError(str(answer.status), domain, permanent=False)
        records = spf_records(answer.records)
        if len(records) > 1:
            raise SpfError("several", domain)
        return parse_spf(records[0]) if records else None

    def _count(self, term: Term) -> None:
        self.lookups += 1
        if self.lookups > MAX_LOOKUPS:
            raise SpfError("lookups", term.text)

    def _target(self, term: Term, domain: str) -> str:
        if not term.spec:
            return domain
        named = self._own_name(domain) if "%{p" in term.spec.lower() else UNKNOWN_NAME
        return expand(term.spec, self.sending, domain, named)

    def _ask(self, name: str, kind: str) -> tuple[str, ...]:
        answer = self.dns.ask(name, kind)
        if answer.failed:
            raise SpfError(str(answer.status), name, permanent=False)
        self._count_void(not answer.records, name)
        return answer.records

    def _count_void(self, void: bool, name: str) -> None:
        self.voids += void
        if self.voids > MAX_VOIDS:
            raise SpfError("voids", name)

    def _matches(self, term: Term, domain: str) -> bool:
        ip = self.sending.ip
        if term.name == "all":
            return True
        if term.name in ("ip4", "ip6"):
            return ip in ipaddress.ip_network(term.spec)
        target = self._target(term, domain)
        if term.name == "include":
            result, _text = self.check(target)
            if result == "none":
                raise SpfError("include_missing", target)
            return result == "pass"
        if term.name == "exists":
            return bool(self._ask(target, "A"))
        if term.name == "ptr":
            return any(under(name, [target]) for name in self._names())
        if term.name == "mx":
            hosts = [host for _rank, host in sorted(_ranked(self._ask(target, "MX")))]
            if len(hosts) > MAX_NAMES:
                raise SpfError("lookups", term.text)
            # All of them are asked, as others do: what leads nowhere counts (§4.6.4).
            covered = [self._covers(term, host) for host in hosts]
            return any(covered)
        return self._covers(term, target)

    def _covers(self, term: Term, host: str) -> bool:
        ip = self.sending.ip
        kind, length = ("A", term.cidr4) if ip.version == 4 else ("AAAA", term.cidr6)
        networks = [f"{text}/{length}" for text in self._ask(host, kind)]
        return any(ip in ipaddress.ip_network(network, strict=False) for network in networks)

    def _names(self) -> list[str]:
        """Names of the address that are confirmed (§5.5); an error confirms none."""
        ip = self.sending.ip
        kind = "A" if ip.version == 4 else "AAAA"
        answer = self.dns.ask(ip.reverse_pointer, "PTR")
        self._count_void(answer.absent, ip.reverse_pointer)
        names = []
        for name in answer.records[:MAX_NAMES]:
            found = self.dns.ask(name, kind)
            self._count_void(found.absent, name)
            if any(ip == ipaddress.ip_address(text) for text in found.records):
                names.append(name.lower().rstrip("."))
        return names

    def _own_name(self, domain: str) -> str:
        """What ``%{p}`` stands for (§7.3): a confirmed name, one of the domain if there is one."""
        names = self._names()
        ours = (name for name in names if under(name, [domain]))
        return next(iter(sorted(ours, key=len)), None) or next(iter(names), UNKNOWN_NAME)


def survey(domain: str, dns: Dns) -> Survey:
    """Walk the whole tree of a domain that has exactly one record."""
    found = Survey()
    _walk(domain, dns, found, ())
    return found


def _walk(domain: str, dns: Dns, found: Survey, path: tuple[str, ...]) -> None:
    if domain in path or len(path) > _SURVEY_DEPTH:
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
            found.problems.append(("several" if records else "include_missing", domain))
        return
    found.records[domain] = records[0]
    try:
        terms = parse_spf(records[0])
    except SpfError as error:
        found.problems.append(("syntax", f"{error.where} ({domain})" if path else error.where))
        return
    counted = list(_effective(terms))[: _SURVEY_LOOKUPS + 1]
    # Ask for everything at once; below each answer is taken up in its place.
    dns.ask_all([(_host(term, domain), _kind(term)) for term in counted if "%" not in term.spec])
    for term in counted:
        before = found.lookups
        found.lookups += 1
        if found.lookups > _SURVEY_LOOKUPS:
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
        _survey_mx(term, host, dns, found)
    elif term.name in ("a", "exists"):
        kinds = ("A", "AAAA") if term.name == "a" else ("A",)
        _survey_host(term.text, [dns.ask(host, kind) for kind in kinds], host, found)


def _survey_mx(term: Term, domain: str, dns: Dns, found: Survey) -> None:
    answer = dns.ask(domain, "MX")
    if not answer.records:
        _survey_host(term.text, [answer], domain, found)
        return
    hosts = [host for _rank, host in sorted(_ranked(answer.records))]
    if len(hosts) > MAX_NAMES:
        found.problems.append(("many_mx", term.text))
        return
    kinds = ("A", "AAAA")
    answers = dns.ask_all([(host, kind) for host in hosts for kind in kinds])
    for at, host in enumerate(hosts):
        _survey_host(host, answers[2 * at : 2 * at + 2], host, found, whole=False)


def _survey_host(
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


def _ranked(records: tuple[str, ...]) -> list[tuple[int, str]]:
    """Preference and host of MX records."""
    pairs = (record.split() for record in records if record.strip())
    return [(int(pair[0]) if pair[0].isdigit() else 0, pair[-1]) for pair in pairs]
