"""What is good to have: never more than a note, because mail works without it."""

from ..dns_client import Dns
from ..providers import SERVICES, Preset
from .facts import Facts
from .finding import Finding, Level, Record
from .tags import read_tags


def check_clients(facts: Facts, dns: Dns) -> list[Finding]:
    """Records by which mail programs find the servers (RFC 6186, and Thunderbird's autoconfig)."""
    names = [(f"{service}._tcp.{facts.domain}", "SRV") for service in SERVICES]
    kinds = ("A", "AAAA")
    names += [
        (f"{name}.{facts.domain}", kind)
        for name in ("autoconfig", "autodiscover")
        for kind in kinds
    ]
    answers = dns.ask_all(names)
    if any(answer.records for answer in answers):
        return [Finding("clients_ok", Level.OK, {"domain": facts.domain})]
    if any(answer.failed for answer in answers):
        return []
    return [Finding("clients_missing", Level.NOTE, {"domain": facts.domain}, _service(facts))]


def _service(facts: Facts) -> Record | None:
    preset: Preset | None = facts.incoming
    host = preset.imap.host if preset and preset.imap else facts.incoming_host
    if not host or "{" in host:
        return None
    return Record(f"_imaps._tcp.{facts.domain}", "SRV", f"0 1 993 {host}.")


def check_transport(facts: Facts, dns: Dns) -> list[Finding]:
    """MTA-STS (RFC 8461) and reports about encryption (RFC 8460)."""
    domain = facts.domain
    sts, reports = dns.ask_all([(f"_mta-sts.{domain}", "TXT"), (f"_smtp._tls.{domain}", "TXT")])
    found = []
    shown = {"domain": domain}
    if _version(sts.records, "STSv1"):
        found.append(Finding("mta_sts_ok", Level.OK, shown))
    elif not sts.failed:
        # Without the policy on the web the record alone does nothing, so none is offered.
        found.append(Finding("mta_sts_missing", Level.NOTE, shown))
    if _version(reports.records, "TLSRPTv1"):
        found.append(Finding("tls_rpt_ok", Level.OK, shown))
    elif not reports.failed:
        record = Record(f"_smtp._tls.{domain}", "TXT", f"v=TLSRPTv1; rua=mailto:tls@{domain}")
        found.append(Finding("tls_rpt_missing", Level.NOTE, shown, record))
    return found


def _version(records: tuple[str, ...], version: str) -> bool:
    read = [read_tags(text) for text in records]
    return sum(bool(tags) and tags.get("v", "") == version for tags in read if tags) == 1


def check_dnssec(facts: Facts, dns: Dns) -> list[Finding]:
    """Whether the zone is signed: a DS record stands above it (RFC 4034 §5)."""
    answer = dns.ask(facts.domain, "DS")
    if answer.failed:
        return []
    code = "dnssec_on" if answer.records else "dnssec_off"
    return [Finding(code, Level.OK if answer.records else Level.NOTE, {"domain": facts.domain})]
