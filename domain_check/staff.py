"""What will prove an email of a colleague, before one comes that nothing proves."""

from ..dns_lookup.client import Dns
from ..findings import Finding, Level
from ..router.trust.signers import is_default_signer
from .alignment import is_aligned
from .facts import Facts

_STAMPS = frozenset({"microsoft"})  # mail within a tenant carries the provider's own stamp


def check_staff(facts: Facts, dns: Dns) -> list[Finding]:
    """Signatures of the mail that leaves; colleagues' mail leaves as Odoo's does, or unknown."""
    if facts.signatures is None or (facts.incoming and facts.incoming.code in _STAMPS):
        return []
    shown = {"domain": facts.domain}
    signers = sorted({signature.domain for signature in facts.signatures})
    if any(is_aligned(name, facts.domain, dns) for name in signers):
        return [Finding("staff_signed", Level.OK, shown)]
    default = next(filter(is_default_signer, signers), "")
    if default:
        return [Finding("staff_default_signer", Level.WARNING, {**shown, "signer": default})]
    return [Finding("staff_unproven", Level.WARNING, shown)]
