"""Reports that machines send about a domain of ours: DMARC (RFC 7489), TLS (RFC 8460).

Both name their attachment ``receiver!policy-domain!begin!end[!id].ext`` and their subject "Report
Domain: … Submitter: … Report-ID: …" (RFC 7489 §7.2.1.1, RFC 8460 §3).
"""

import re
from dataclasses import dataclass

from ..message.addresses import normalise_domain
from ..message.lists import is_under
from ..message.mail import ReceivedMail
from ..message.mime import Part
from .report import MAX_REPORT_BYTES, report_parts, report_type

_NAME = re.compile(
    r"^[a-z0-9._-]{1,255}!([a-z0-9._-]{1,255})!\d{1,14}!\d{1,14}(?:![^!\s/]{1,200})?"
    r"\.(?:xml|xml\.gz|xml\.zip|gz|zip|json|json\.gz)$",
    re.IGNORECASE,
)
_NAMED = re.compile(rb"![A-Za-z0-9._-]{1,255}!\d{1,14}!")
_SUBJECT = re.compile(
    r"^\s*(?:\[preview\]\s*)?report domain:\s*<?([a-z0-9._-]{1,255})>?.{0,3}submitter:",
    re.IGNORECASE,
)
_TLS = frozenset({"application/tlsrpt+gzip", "application/tlsrpt+json"})
_TEXTS = frozenset({"text/plain", "text/html"})


@dataclass(frozen=True, slots=True)
class DomainReport:
    """What a message shows of a report: the domain of ours, and what it is known by.

    ``name``: its attachment's, ``is_titled``: by its subject, ``has_part``: by a part of its own
    type, ``is_bare``: nothing else is in the message that a person could have written.
    """

    domain: str
    name: str = ""
    is_titled: bool = False
    has_part: bool = False
    is_bare: bool = False


def domain_report(mail: ReceivedMail, domains: frozenset[str]) -> DomainReport | None:
    """The report in a message about one of these domains, or None. Opened only on suspicion."""
    titled = _SUBJECT.match(mail.subject[:1_000])
    about = normalise_domain(titled[1]) if titled else ""
    titled_ours = is_under(about, domains)
    is_tls = report_type(mail) == "tlsrpt" or mail.has("tls-report-domain")
    end = mail.body_offset + MAX_REPORT_BYTES
    if not (titled_ours or is_tls or _NAMED.search(mail.source, 0, end)):
        return None
    parts = report_parts(mail)
    name, named = _attached(parts, domains)
    has_part = any(part.get_content_type() in _TLS for part in parts)
    domain = named or (about if titled_ours else "")
    domain = domain or (normalise_domain(mail.first("tls-report-domain").strip()) if is_tls else "")
    if not is_under(domain, domains):
        return None
    is_bare = not any(part.get_content_type() in _TEXTS and part.decoded(400).strip()
                      for part in parts if not part.get_filename())  # fmt: skip
    return DomainReport(domain, name, titled_ours, has_part, is_bare)


def _attached(parts: tuple[Part, ...], domains: frozenset[str]) -> tuple[str, str]:
    """Name and domain of the first attachment that is named as a report on a domain of ours."""
    for part in parts:
        found = _NAME.match(part.get_filename()[:1_000].strip())
        domain = normalise_domain(found[1]) if found else ""
        if found and is_under(domain, domains):
            return found[0], domain
    return "", ""
