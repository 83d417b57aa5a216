"""SPF, RFC 7208: whether an address may send for a domain, as a receiver finds out.

A reader of our own; docs/domain_check.md says why no library fits. The test suite of RFC 7208 and
pyspf prove it equal (tests/pure/domain_check/test_spf_suite.py). The questions go through
:class:`~..dns_lookup.client.Dns`, whose time limits hold.
"""

import ipaddress
from dataclasses import dataclass

from ..dns_lookup.client import Dns, mail_hosts, under
from .spf_macros import UNKNOWN_NAME, Sending, expand
from .spf_record import MECHANISMS, SpfError, Term, parse_spf, spf_records

MAX_LOOKUPS = 10  # §4.6.4
MAX_VOIDS = 2
MAX_NAMES = 10  # of one MX or PTR answer
RESULTS = {"+": "pass", "-": "fail", "~": "softfail", "?": "neutral"}


@dataclass(frozen=True, slots=True)
class SpfResult:
    """What a receiver finds for one address: ``result`` as in §2.6, and the term that decided."""

    result: str
    term: str = ""
    lookups: int = 0
    problem: str = ""


def evaluate(
    address: str, domain: str, dns: Dns, *, sender: str = "", helo: str = "unknown"
) -> SpfResult:
    """Ask as a receiver would whether this address may send for the domain."""
    ip = ipaddress.ip_address(address)
    if ip.version == 6 and ip.ipv4_mapped:
        ip = ip.ipv4_mapped
    receiver = _Receiver(dns, Sending(ip, sender or f"postmaster@{domain}", helo))
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
            return self._follow(redirect, domain)
        return "neutral", ""

    def _follow(self, term: Term, domain: str) -> tuple[str, str]:
        target = self._target(term, domain)
        found = self.check(target)
        if found[0] == "none":
            raise SpfError("include_missing", target)
        return found

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
        if term.name == "include":
            return self._follow(term, domain)[0] == "pass"
        target = self._target(term, domain)
        if term.name == "exists":
            return bool(self._ask(target, "A"))
        if term.name == "ptr":
            return any(under(name, [target]) for name in self._names())
        if term.name == "mx":
            hosts = mail_hosts(sorted(self._ask(target, "MX")))
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
