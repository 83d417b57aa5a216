"""What is good to have: never more than a note, because mail works without it."""

from ..dns_lookup.client import Dns
from ..findings import Finding, Level, Record
from ..providers.detect import SERVICES
from .facts import Facts, silence
from .tags import read_tags


def check_clients(facts: Facts, dns: Dns) -> list[Finding]:
    """Records by which mail clients find the servers (RFC 6186, and Thunderbird's autoconfig)."""
    names = [(f"{service}._tcp.{facts.domain}", "SRV") for service in SERVICES]
    hosts = (f"autoconfig.{facts.domain}", f"autodiscover.{facts.domain}")
    names += [(host, kind) for host in hosts for kind in ("A", "AAAA")]
    answers = dns.ask_all(names)
    if any(answer.records for answer in answers):
        return [Finding("clients_ok", Level.OK, {"domain": facts.domain})]
    failed = next(((a, n[0]) for a, n in zip(answers, names, strict=True) if a.failed), None)
    if failed:
        return silence("clients", *failed, Level.NOTE)
    return [Finding("clients_missing", Level.NOTE, {"domain": facts.domain}, _service(facts))]


def _service(facts: Facts) -> Record | None:
    imap = facts.incoming.servers.get("imap") if facts.incoming else None
    host = imap.host if imap else facts.incoming_host
    if not host or "{" in host:
        return None
    return Record(f"_imaps._tcp.{facts.domain}", "SRV", f"0 1 993 {host}.")


def check_transport(facts: Facts, dns: Dns) -> list[Finding]:
    """MTA-STS (RFC 8461) and reports about encryption (RFC 8460).

    The policy of MTA-STS stands on the web; only name servers are asked here, so it is not read.
    """
    return _mta_sts(facts.domain, dns) + _tls_rpt(facts.domain, dns)


def _mta_sts(domain: str, dns: Dns) -> list[Finding]:
    name, page = f"_mta-sts.{domain}", f"mta-sts.{domain}"
    answer, *page_addresses = dns.ask_all([(name, "TXT"), (page, "A"), (page, "AAAA")])
    shown = {"domain": domain}
    if answer.failed:
        return silence("mta_sts", answer, name, Level.NOTE)
    records = _of_version(answer.records, "STSv1")
    if not records:
        # Without the policy on the web the record alone does nothing, so none is offered.
        return [Finding("mta_sts_missing", Level.NOTE, shown)]
    if len(records) > 1 or "id" not in (read_tags(records[0]) or {}):
        return [Finding("mta_sts_several", Level.NOTE, shown)]
    if all(address.absent for address in page_addresses):
        return [Finding("mta_sts_no_page", Level.NOTE, shown)]
    return [Finding("mta_sts_ok", Level.OK, shown)]


def _tls_rpt(domain: str, dns: Dns) -> list[Finding]:
    name = f"_smtp._tls.{domain}"
    answer = dns.ask(name, "TXT")
    shown = {"domain": domain}
    if answer.failed:
        return silence("tls_rpt", answer, name, Level.NOTE)
    records = _of_version(answer.records, "TLSRPTv1")
    value = f"v=TLSRPTv1; rua=mailto:tls@{domain}"
    if not records:
        record = Record(name, "TXT", value)
        return [Finding("tls_rpt_missing", Level.NOTE, shown, record)]
    rua = (read_tags(records[0]) or {}).get("rua", "").lower()
    if len(records) > 1 or not rua.startswith(("mailto:", "https://")):
        return [Finding("tls_rpt_syntax", Level.NOTE, shown, Record(name, "TXT", value, True))]
    return [Finding("tls_rpt_ok", Level.OK, shown)]


def _of_version(records: tuple[str, ...], version: str) -> list[str]:
    return [text for text in records if text.partition(";")[0].replace(" ", "") == f"v={version}"]


def check_dnssec(facts: Facts, dns: Dns) -> list[Finding]:
    """Whether the zone is signed: a DS record stands above it (RFC 4034 §5)."""
    answer = dns.ask(facts.domain, "DS")
    if answer.failed:
        return silence("dnssec", answer, facts.domain, Level.NOTE)
    code = "dnssec_on" if answer.records else "dnssec_off"
    return [Finding(code, Level.OK if answer.records else Level.NOTE, {"domain": facts.domain})]
