"""Whether a message is proved to come from the address in From (docs/design.md#verdicts).

What counts, and what does not:

* A DMARC pass for the very domain of From, or a DKIM pass that is aligned with it. Aligned means
  equal, or one a subdomain of the other: every such pair is aligned by RFC 7489 §3.1.1 too, and
  it needs no list of public suffixes that grows old. Siblings (``a.x.com``, ``b.x.com``) are left
  to the server's own DMARC result.
* Our own submission: the hop at which the message entered our servers asked for a password.
* A signature that the addon verified itself, where the account asks for that and our servers
  write no results: aligned, it proves as much as theirs. A fail of theirs is never overruled.
* Microsoft's internal stamp, where the mailbox is Microsoft's: Exchange Online cuts
  ``X-MS-Exchange-Organization-*`` off everything that comes from outside. The ``CrossTenant``
  twin survives between tenants, so that any tenant can write it: it proves nothing.
* An SPF pass alone proves nothing: it is about the envelope, and whoever rents a server where our
  web site lives has it.
* ``ARC-Authentication-Results`` say what a stranger's server saw: not read.
* More than one address in From is never verified: two readers would see two authors.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...translatable import _lt, said
from ..codes import AuthorCheck
from ..message import addresses, headers
from ..message.mail import ReceivedMail
from ..policy import Policy
from .authres import AuthResults, Result
from .believed import believed_results, is_at_microsoft
from .proofs import NO_PROOFS, Proof, Proofs, Scope
from .received import Boundary, Hop

# RFC 3848 and RFC 6531 §4.3: the hop was an authenticated submission.
_AUTHENTICATED = frozenset({"ESMTPA", "ESMTPSA", "UTF8SMTPA", "UTF8SMTPSA", "ASMTP"})
_ENFORCED = frozenset(
    {"reject", "quarantine", "oreject", "o.reject", "pct.reject", "pct.quarantine"}
)
_LENIENT = frozenset({"none", "accept", "permerror", "temperror"})


@dataclass(frozen=True, slots=True)
class Dmarc:
    """The believed DMARC result: ``failed`` is an explicit fail.

    ``enforced`` says that the domain's owner or the provider wants such a message kept away
    (RFC 7489 §6.3); the provider's disposition overrules the published policy.
    """

    failed: bool = False
    enforced: bool = False
    text: str = ""


NO_DMARC = Dmarc()


class Authorship(NamedTuple):
    """The result of :func:`check_author`: ``check`` of the address in From, ``why`` in words,
    ``dmarc`` for the forged verdict, and what is proved of which address.
    """

    check: AuthorCheck
    why: str
    dmarc: Dmarc = NO_DMARC
    proofs: Proofs = NO_PROOFS


def _itself(login: str) -> frozenset[str]:
    return frozenset({login})


def check_author(
    mail: ReceivedMail,
    boundary: Boundary,
    policy: Policy,
    signed_by: Sequence[str] = (),
    addresses_of: Callable[[str], frozenset[str]] = _itself,
) -> Authorship:
    """Say whether the one in From wrote this, on the word of our own servers alone.

    :param signed_by: domains whose DKIM signature of this message the addon has verified itself
    :param addresses_of: every address that a login may write from, itself included
    """
    senders = mail.addresses(headers.FROM)
    if len(senders) != 1 or len(mail.all(headers.FROM)) != 1:
        return _of_nobody(mail, boundary, policy)
    address = senders[0].address
    found = _by_domain(mail, boundary, policy, senders[0].domain, signed_by)
    login, why = _shown_login(mail, boundary)
    if login:
        return _of_login(found, address, Proof(Scope.MAILBOX, login, addresses_of(login), why))
    if found.check is not AuthorCheck.VERIFIED:
        return found
    proof = Proof(Scope.DOMAIN, senders[0].domain, frozenset({address}), found.why)
    return found._replace(proofs=Proofs((proof,)))


def _of_nobody(mail: ReceivedMail, boundary: Boundary, policy: Policy) -> Authorship:
    """From names several, or none."""
    # A fail still counts: a second From must not wash the first one clean.
    dmarc = _dmarc(believed_results(mail, boundary, policy), mail.sender.domain)
    if dmarc.failed:
        return Authorship(AuthorCheck.FAILED, dmarc.text, dmarc)
    several = _lt("From contains several addresses")
    none = _lt("From contains no address")
    return Authorship(AuthorCheck.UNVERIFIED, said(several if mail.sender.address else none))


def _of_login(found: Authorship, address: str, login: Proof) -> Authorship:
    """Whoever logged in is known: a domain's word for whom they write as adds nothing."""
    proofs = Proofs((login,))
    if proofs.of(address):
        return Authorship(AuthorCheck.VERIFIED, login.why, proofs=proofs)
    if found.check is AuthorCheck.FAILED:
        return found._replace(proofs=proofs)
    why = said(_lt("%(why)s, which is another address"), why=login.why)
    return Authorship(AuthorCheck.UNVERIFIED, why, found.dmarc, proofs)


def _by_domain(
    mail: ReceivedMail,
    boundary: Boundary,
    policy: Policy,
    domain: str,
    signed_by: Sequence[str],
) -> Authorship:
    inside = _submitted(boundary, policy, domain) or _microsoft_internal(mail, policy, domain)
    if inside:
        return Authorship(AuthorCheck.VERIFIED, inside)
    found = _by_results(believed_results(mail, boundary, policy), domain)
    signer = next((name for name in signed_by if is_aligned(name, domain)), "")
    if signer and found.check is AuthorCheck.UNVERIFIED:
        why = said(_lt("DKIM signature of %(domain)s, verified here"), domain=signer)
        return Authorship(AuthorCheck.VERIFIED, why, found.dmarc)
    return found


def is_aligned(domain: str, author_domain: str) -> bool:
    """Whether a signer may speak for the author's domain: equal, or parent and child."""
    if not domain or not author_domain or "." not in domain or "." not in author_domain:
        return False
    return (
        domain == author_domain
        or domain.endswith(f".{author_domain}")
        or author_domain.endswith(f".{domain}")
    )


# --- proofs of our own servers


def _submission(boundary: Boundary) -> Hop | None:
    """The outermost hop of ours, where it is a submission with a password.

    Only the outermost: a relay of ours that logs in to the next one carries strangers' mail too.
    """
    if not (boundary.known and boundary.hops):
        return None
    hop = boundary.hops[-1]
    return hop if hop.protocol in _AUTHENTICATED else None


def _shown_login(mail: ReceivedMail, boundary: Boundary) -> tuple[str, str]:
    """The login of the submission and how it is known, both empty where it is not shown."""
    hop = _submission(boundary)
    login = _login(mail, hop) if hop else ""
    if not hop or not login:
        return "", ""
    text = _lt("submitted to our server %(server)s with %(protocol)s, login %(login)s")
    return login, said(text, server=hop.by, protocol=hop.protocol, login=login)


def _submitted(boundary: Boundary, policy: Policy, domain: str) -> str:
    """A submission without a shown login, for an address of ours."""
    hop = _submission(boundary)
    if not hop or domain not in policy.domains:
        return ""
    text = _lt("submitted to our server %(server)s with %(protocol)s")
    return said(text, server=hop.by, protocol=hop.protocol)


def _login(mail: ReceivedMail, hop: Hop) -> str:
    """Postfix: ``(Authenticated sender: user@example.com)`` in the field, where it is told to."""
    value = next((item.value for item in mail.all(headers.RECEIVED) if item.index == hop.index), "")
    found = value[:4_000].lower().partition("authenticated sender:")[2].partition(")")[0]
    return addresses.normalise(found)


def _microsoft_internal(mail: ReceivedMail, policy: Policy, domain: str) -> str:
    stamps = mail.all(headers.X_MS_AUTH_AS)
    if len(stamps) != 1 or stamps[0].value.strip().lower() != "internal":
        return ""
    # What Microsoft's servers guarantee holds where the mailbox is theirs, and nowhere else.
    if domain not in policy.domains or not is_at_microsoft(mail, policy):
        return ""
    return "X-MS-Exchange-Organization-AuthAs: Internal"


# --- results of our own servers


def _by_results(fields: tuple[AuthResults, ...], domain: str) -> Authorship:
    if not fields:
        why = said(_lt("your provider added no result (Authentication-Results)"))
        return Authorship(AuthorCheck.UNVERIFIED, why)
    dmarc = _dmarc(fields, domain)
    if dmarc.failed:
        return Authorship(AuthorCheck.FAILED, dmarc.text, dmarc)
    passed = _dmarc_pass(fields, domain) or _aligned_dkim(fields, domain)
    if passed:
        return Authorship(AuthorCheck.VERIFIED, passed, dmarc)
    composite = _composite(fields)
    if composite and composite.value == "fail":
        return Authorship(AuthorCheck.FAILED, said(_lt("Microsoft's compauth=fail")), dmarc)
    return Authorship(AuthorCheck.UNVERIFIED, _summary(fields, domain), dmarc)


def _results(fields: tuple[AuthResults, ...], method: str) -> list[Result]:
    """All results of a method in the newest field that has any."""
    for one in fields:
        found = [result for result in one.results if result.method == method]
        if found:
            return found
    return []


def _composite(fields: tuple[AuthResults, ...]) -> Result | None:
    """Microsoft's verdict on all methods together."""
    return next(iter(_results(fields, "compauth")), None)


def _dmarc_pass(fields: tuple[AuthResults, ...], domain: str) -> str:
    found = _results(fields, "dmarc")
    # bestguesspass: Microsoft's word for "would pass, had the domain a record".
    if not found or any(result.value not in ("pass", "bestguesspass") for result in found):
        return ""  # a field that says both was written by two: believe neither
    named = found[0].domain("header.from")
    if named and not is_aligned(named, domain):
        return ""
    result = f"dmarc={found[0].value}"
    return said(_lt("%(result)s for %(domain)s"), result=result, domain=named or domain)


def _aligned_dkim(fields: tuple[AuthResults, ...], domain: str) -> str:
    # The newest field that has any: a sender may plant another behind ours.
    for result in _results(fields, "dkim"):
        signer = result.domain("header.d", "header.i")
        if result.value == "pass" and is_aligned(signer, domain):
            return said(_lt("dkim=pass of %(domain)s"), domain=signer)
    return ""


def _dmarc(fields: tuple[AuthResults, ...], domain: str) -> Dmarc:
    # a field that says pass and fail was written by two: the fail is believed
    failures = [result for result in _results(fields, "dmarc") if result.value == "fail"]
    if not failures:
        return NO_DMARC
    result = failures[0]
    policies = result.policies()
    composite = _composite(fields)
    named = result.domain("header.from") or domain
    if policies:
        named += " (" + " ".join(f"{name}={value}" for name, value in policies.items()) + ")"
    if composite is not None and composite.value in ("pass", "softpass"):
        but = _lt("dmarc=fail for %(domain)s, but compauth=%(result)s")
        return Dmarc(failed=True, text=said(but, domain=named, result=composite.value))
    done = policies.get("action") or policies.get("dis") or ""
    wanted = policies.get("p") or policies.get("policy") or ""
    enforced = done in _ENFORCED or (done not in _LENIENT and wanted in _ENFORCED)
    text = said(_lt("%(result)s for %(domain)s"), result="dmarc=fail", domain=named)
    return Dmarc(failed=True, enforced=enforced, text=text)


def _summary(fields: tuple[AuthResults, ...], domain: str) -> str:
    shown = [
        f"{result.method}={result.value}"
        for method in ("dmarc", "dkim", "spf")
        for result in _results(fields, method)[:1]
    ]
    if shown:
        text = _lt("nothing proves that it comes from %(domain)s: %(results)s")
        return said(text, domain=domain, results=", ".join(shown))
    text = _lt("nothing proves that it comes from %(domain)s: no result for DMARC, DKIM or SPF")
    return said(text, domain=domain)
