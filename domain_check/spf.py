"""Who may send for the domain (RFC 7208): one record, ten lookups, and our host among them."""

import ipaddress
from collections.abc import Iterable

from ..dns_lookup.client import Answer, Dns, Status, under
from ..findings import Finding, Level, Record
from ..providers.preset import Preset
from .facts import Facts, silence
from .spf_evaluation import MAX_LOOKUPS, MAX_VOIDS, SpfResult, evaluate
from .spf_record import MECHANISMS, parse_spf, spf_records
from .spf_survey import Survey, survey

_LONG = 450  # bytes, RFC 7208 §3.4
_NEAR = 9
_MANY = 5  # who has fixed these checks again


def check_spf(facts: Facts, dns: Dns) -> list[Finding]:
    """The record of the domain in our return path."""
    domain = facts.return_path
    answer = dns.ask(domain, "TXT")
    if answer.failed:
        return silence("spf", answer, domain)
    records = sorted(spf_records(answer.records))  # name servers turn them round
    shown = {"domain": domain, "count": str(len(records))}
    if not records:
        record = Record(domain, "TXT", _join([*_mechanisms(facts), "~all"]))
        return [Finding("spf_missing", Level.BAD, shown, record)]
    if len(records) > 1:
        return [Finding("spf_several", Level.BAD, shown, _merged(facts, records))]
    return _check_record(facts, records[0], survey(domain, dns), dns)


def is_refused(facts: Facts, dns: Dns) -> bool:
    """Whether receivers certainly find that our host may not send for our return path."""
    return any(finding.level is Level.BAD for finding in check_spf(facts, dns))


def _check_record(facts: Facts, text: str, tree: Survey, dns: Dns) -> list[Finding]:
    domain = facts.return_path
    problems = [item for item in dict.fromkeys(tree.problems) if not item[0].startswith("void")]
    found = [
        Finding(f"spf_{code}", Level.BAD, {"domain": domain, "where": where[:200]})
        for code, where in problems[:_MANY]
    ]
    if not any(finding.code == "spf_syntax" for finding in found):
        found += _costs(domain, text, tree)
        found += [
            Finding(f"spf_{status}", Level.WARNING, {"name": name})
            for status, name in tree.unknown[:3]
        ]
        broken = any(finding.level is Level.BAD for finding in found)
        found += _coverage(facts, text, tree, dns, broken) + _habits(domain, text)
        found += _room(domain, found, dns)
    if all(finding.level.gravity <= Level.NOTE.gravity for finding in found):
        shown = {"domain": domain, "lookups": str(tree.lookups)}
        found.insert(0, Finding("spf_ok", Level.OK, shown))
    return found


def _costs(domain: str, text: str, tree: Survey) -> list[Finding]:
    found = []
    dear = sorted(tree.costs.items(), key=lambda item: -item[1])[:4]
    shown = {
        "domain": domain,
        "lookups": str(tree.lookups),
        "dear": ", ".join(f"{term} ({cost})" for term, cost in dear),
    }
    if tree.lookups > MAX_LOOKUPS:
        found.append(Finding("spf_lookups", Level.BAD, shown, _thinned(domain, text, tree)))
    elif tree.lookups >= _NEAR:
        found.append(Finding("spf_lookups_near", Level.NOTE, shown))
    if tree.voids > MAX_VOIDS:
        where = ", ".join(where for code, where in tree.problems if code.startswith("void"))
        found.append(Finding("spf_voids", Level.WARNING, {"domain": domain, "where": where}))
    return found


def _thinned(domain: str, text: str, tree: Survey) -> Record | None:
    """The record without what nobody can use, if that is enough; what else goes, people decide."""
    useless = {where for code, where in tree.problems if code == "void"}
    kept: list[str] = []
    saved = 0
    for word in text.split()[1:]:
        name = word.lstrip("+?~-").lower()
        if word in useless or name in kept or name.startswith("ptr"):
            saved += tree.costs.get(word, 0)
        else:
            kept.append(word)
    enough = saved and tree.lookups - saved <= MAX_LOOKUPS
    return Record(domain, "TXT", _join(kept), True) if enough else None


def _coverage(facts: Facts, text: str, tree: Survey, dns: Dns, broken: bool) -> list[Finding]:
    """Whether the hosts that our mail leaves from pass."""
    domain = facts.return_path
    if facts.outgoing_addresses:
        addresses, certain = list(facts.outgoing_addresses), True
    elif facts.outgoing and _names_provider(facts.outgoing, text, tree):
        return []
    elif facts.outgoing and facts.outgoing.spf_all:
        return [] if broken else [_provider_missing(facts, facts.outgoing, text)]
    else:
        addresses = _addresses(facts, dns)
        certain = all(under(host, [facts.domain]) for host in facts.outgoing_hosts)
    if broken or not addresses:
        return [] if broken else [Finding("spf_unchecked", Level.NOTE, {"domain": domain})]
    results = {address: evaluate(address, domain, dns) for address in addresses}
    if any(result.result == "temperror" for result in results.values()):
        return []  # said already: a name server did not answer
    if any(result.problem == "voids" for result in results.values()):
        return [] if tree.voids > MAX_VOIDS else [_voids(domain, results)]
    left_out = [address for address, result in results.items() if result.result != "pass"]
    # A host that only takes messages in need not be the one that hands them on.
    if not left_out or (not certain and len(left_out) < len(addresses)):
        return []
    names = ", ".join(facts.outgoing_hosts) or left_out[0]
    shown = {"domain": domain, "host": names}
    code = "spf_not_covered" if certain else "spf_perhaps_not_covered"
    level = Level.BAD if certain else Level.WARNING
    return [Finding(code, level, shown, _extended(facts, text))]


def _names_provider(preset: Preset, text: str, tree: Survey) -> bool:
    """Whether the record, or one that it includes, names the provider's senders."""
    words = {word.lstrip("+").lower() for word in text.split()}
    words |= {f"include:{name}" for name in tree.records}
    return any(name in words for name in preset.spf_all)


def _provider_missing(facts: Facts, preset: Preset, text: str) -> Finding:
    """Providers send from many hosts, so only their own mechanism counts, where it is known."""
    shown = {"domain": facts.return_path, "host": preset.name}
    if preset.spf_for(facts.outgoing_hosts):
        return Finding("spf_not_covered", Level.BAD, shown, _extended(facts, text))
    return Finding("spf_perhaps_not_covered", Level.WARNING, shown)


def _voids(domain: str, results: dict[str, SpfResult]) -> Finding:
    """A limit that only senders of one kind of address run into."""
    where = ", ".join(sorted({r.term for r in results.values() if r.problem == "voids"}))
    return Finding("spf_voids", Level.WARNING, {"domain": domain, "where": where})


def _addresses(facts: Facts, dns: Dns) -> list[str]:
    questions = [(host, kind) for host in facts.outgoing_hosts[:4] for kind in ("A", "AAAA")]
    return [text for answer in dns.ask_all(questions) for text in answer.records[:4]]


def _habits(domain: str, text: str) -> list[Finding]:
    found = []
    terms = parse_spf(text)  # its syntax was found to be right
    names = {term.name: term for term in terms}
    if "all" in names and names["all"].qualifier == "+":
        found.append(Finding("spf_everybody", Level.WARNING, {"domain": domain}))
    elif "all" not in names and "redirect" not in names:
        record = Record(domain, "TXT", f"{text.strip()} ~all", True)
        found.append(Finding("spf_open_end", Level.NOTE, {"domain": domain}, record))
    for term in terms:
        name, _equals, value = term.text.partition("=")
        if term.name == "unknown" and name.lower() in MECHANISMS:
            record = Record(domain, "TXT", text.replace(term.text, f"{name}:{value}"), True)
            shown = {"domain": domain, "where": term.text[:200]}
            found.append(Finding("spf_ignored", Level.NOTE, shown, record))
    if "ptr" in names:
        found.append(Finding("spf_ptr", Level.NOTE, {"domain": domain}))
    if len(text) > _LONG:
        shown = {"domain": domain, "count": str(len(text))}
        found.append(Finding("spf_long", Level.NOTE, shown))
    return found


def _room(domain: str, found: list[Finding], dns: Dns) -> list[Finding]:
    """Whether the record that would let our host pass has room for it within the ten lookups."""
    wanted = [f.record for f in found if f.record and f.code.endswith("_covered")]
    for record in wanted:
        lookups = survey(domain, _Published(dns, domain, record.value)).lookups
        if lookups > MAX_LOOKUPS:
            shown = {"domain": domain, "lookups": str(lookups)}
            return [Finding("spf_no_room", Level.WARNING, shown)]
    return []


class _Published:
    """DNS as it would be with another record in the place of ours."""

    def __init__(self, dns: Dns, domain: str, text: str) -> None:
        self._dns, self._domain, self._text = dns, domain, text

    def ask(self, name: str, kind: str) -> Answer:
        """Answer for the one record, ask for all others."""
        if (name, kind) == (self._domain, "TXT"):
            return Answer(Status.FOUND, (self._text,))
        return self._dns.ask(name, kind)

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Ask for all at once first: whoever answers remembers it."""
        wanted = list(questions)
        self._dns.ask_all(wanted)
        return [self.ask(*question) for question in wanted]


# --- records to publish


def _mechanisms(facts: Facts) -> list[str]:
    """What lets our outgoing host pass: the provider's include, else its addresses, else itself."""
    provider = facts.outgoing.spf_for(facts.outgoing_hosts) if facts.outgoing else ""
    if provider:
        return [provider]
    if facts.outgoing_addresses:
        return [f"ip{ipaddress.ip_address(ip).version}:{ip}" for ip in facts.outgoing_addresses]
    return [f"a:{host}" for host in facts.outgoing_hosts] or ["mx"]


def _extended(facts: Facts, text: str) -> Record:
    words = text.split()[1:]
    new = [word for word in _mechanisms(facts) if word not in words]
    ends = ("all", "redirect=")
    at = next((i for i, w in enumerate(words) if w.lstrip("+?~-").lower().startswith(ends)), None)
    at = len(words) if at is None else at
    return Record(facts.return_path, "TXT", _join([*words[:at], *new, *words[at:]]), True)


def _merged(facts: Facts, records: list[str]) -> Record:
    """One record that says what the several ones said; of their ends the mildest."""
    words = [word for record in records for word in record.split()[1:]]
    ends = [word for word in words if word.lstrip("+?~-").lower() == "all"]
    middle = [word for word in words if word not in ends and not word.lower().startswith("exp=")]
    redirects = [word for word in middle if word.lower().startswith("redirect=")]
    # A second redirect would be an error, beside mechanisms it would hide them.
    kept = [f"include:{w.partition('=')[2]}" if w in redirects else w for w in middle]
    end = "~all" if not ends or any(e[0] in "~?+a" for e in ends) else "-all"
    return Record(facts.return_path, "TXT", _join([*kept, end]), True)


def _join(words: list[str]) -> str:
    return " ".join(["v=spf1", *dict.fromkeys(words)])
