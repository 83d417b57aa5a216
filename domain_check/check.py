"""The domain check: ``Facts + Dns -> findings``, in the order in which they matter.

What decides whether mail works comes first: a catch-all that works, a signature in our name, one
SPF record within ten lookups that covers our outgoing host, a DMARC record. The rest are notes.
"""

from collections.abc import Callable, Iterable

from ..dns_lookup.client import Dns, Status, is_mail_domain
from ..findings import Finding, Level
from .dkim import check_dkim
from .dmarc import check_dmarc
from .extras import check_clients, check_dnssec, check_transport
from .facts import Check, Facts
from .mx import check_mx
from .spf import check_spf
from .staff import check_staff


def check_catch_all(facts: Facts, dns: Dns) -> list[Finding]:
    """What the probe knows; DNS cannot say it."""
    shown = {"domain": facts.domain, "detail": facts.catch_all_detail}
    if facts.catch_all is None:
        return [Finding("catch_all_unproven", Level.NOTE, shown)]
    code, level = ("works", Level.OK) if facts.catch_all else ("broken", Level.BAD)
    return [Finding(f"catch_all_{code}", level, shown)]


CHECKS: tuple[Check, ...] = (
    check_catch_all,  # nothing else matters while mail does not arrive
    check_mx,  # why it would not
    check_dkim,  # our mail is signed in our name
    check_spf,  # our host may send it
    check_dmarc,  # what receivers do with both
    check_staff,  # what proves to us who wrote
    check_clients,  # notes from here on
    check_transport,
    check_dnssec,
)


def check_domain(
    facts: Facts, dns: Dns, run: Callable[..., Iterable[list[Finding]]] = map
) -> tuple[Finding, ...]:
    """Check a domain. ``run`` is ``map`` or an executor's, so that the checks may run at once.

    A domain that does not exist, or a machine without a network, is one finding, not eight.
    """
    if not is_mail_domain(facts.domain):
        return (Finding("domain_bad_name", Level.BAD, {"domain": facts.domain[:253]}),)
    first = dns.ask(facts.domain, "MX")
    if first.status in (Status.NXDOMAIN, Status.NO_NETWORK, Status.REFUSED):
        level = Level.BAD if first.status is Status.NXDOMAIN else Level.WARNING
        return (Finding(f"domain_{first.status}", level, {"domain": facts.domain}),)
    return tuple(
        finding for found in run(lambda check: check(facts, dns), CHECKS) for finding in found
    )
