"""The organisational domain, found by DMARC's own records: no list of suffixes to grow old.

RFC 9989 §4.10 walks up the tree of names until a record is found; receivers that still use the
Public Suffix List (RFC 7489 §3.2) come to the same domain wherever a company has one record.
"""

from ..dns_lookup.client import Answer, Dns
from ..router.trust.authentication import is_aligned as is_same_line
from .dmarc_record import is_dmarc
from .tags import read_tags

_MAX_STEPS = 8


def dmarc_records(answer: Answer) -> list[str]:
    """Those TXT records that are DMARC."""
    return [text for text in answer.records if is_dmarc(text)]


def find_policy(domain: str, dns: Dns) -> tuple[str, Answer]:
    """The domain whose ``_dmarc`` record counts, and the answer; of none, the domain's own."""
    found = _upwards(domain, dns)
    for name, answer in found:
        records = dmarc_records(answer)
        if answer.failed or (records and (name == domain or not _is_public(records[0]))):
            return name, answer
    return found[0]


def organisational_domain(domain: str, dns: Dns) -> str:
    """The topmost domain with a policy of its own, else the domain itself."""
    found = domain
    for name, answer in _upwards(domain, dns):
        records = dmarc_records(answer)
        if records and not _is_public(records[0]):
            found = name
    return found


def is_aligned(domain: str, author_domain: str, dns: Dns, *, strict: bool = False) -> bool:
    """Whether a signer or return path may speak for the domain in From (RFC 7489 §3.1)."""
    if not domain or strict or domain == author_domain:
        return domain == author_domain
    if is_same_line(domain, author_domain):
        return True
    top = organisational_domain(author_domain, dns)
    return domain == top or domain.endswith(f".{top}")


def _upwards(domain: str, dns: Dns) -> list[tuple[str, Answer]]:
    """The domain and those above it, each with the answer about its ``_dmarc`` record."""
    labels = domain.split(".")
    names = [domain] if len(labels) > _MAX_STEPS else []
    labels = labels[-(_MAX_STEPS - 1) :] if names else labels
    names += [".".join(labels[at:]) for at in range(len(labels) - 1)]
    names = names or [domain]
    answers = dns.ask_all([(f"_dmarc.{name}", "TXT") for name in names])
    return list(zip(names, answers, strict=True))


def _is_public(record: str) -> bool:
    """A registry's own record (``psd=y``) is nobody's organisation."""
    return (read_tags(record) or {}).get("psd", "").lower() == "y"
