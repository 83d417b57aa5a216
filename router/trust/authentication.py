"""Whether a message is proved to come from the address in From (docs/design.md#verdicts).

What counts, and what does not:

* A login that our own server shows (:mod:`.logins`): it proves the addresses that it may write
  from, whatever a domain's signature says of others of ours, or of that login's own domain. What
  proves any other outsider's address stays: a relay that logs in carries their messages too. A
  submission without a shown login proves something on hosts alone that nobody else uses.
* A DKIM pass that is aligned with From, in results of our own servers. Aligned means equal, or
  one a subdomain of the other: every such pair is aligned by RFC 7489 §3.1.1 too, and it needs
  no list of public suffixes that grows old. Siblings (``a.x.com``, ``b.x.com``) are left to the
  server's own DMARC result.
* A DMARC pass for the very domain of From, of an outsider. An address of ours it proves where
  the admin says so: by SPF alone other customers of a shared sender pass as well.
* A signature that the addon verified itself, where our servers write no results: aligned, it
  proves as much as theirs. A fail of theirs is never overruled.
* Machines of ours (scanners, shops): the addresses that an admin confirmed, from their network.
* Microsoft's internal stamp, where the mailbox is Microsoft's: Exchange Online cuts
  ``X-MS-Exchange-Organization-*`` off everything that comes from outside. The ``CrossTenant``
  twin survives between tenants, so that any tenant can write it: it proves nothing.
* An SPF pass alone proves nothing: it is about the envelope, and whoever rents a server where our
  web site lives has it.
* ``ARC-Authentication-Results`` say what a stranger's server saw: not read.
* More than one address in From is never verified: two readers would see two authors. Nor is an
  outsider's whose display name is one of our addresses, bare.

Where a message passed several servers of ours, or forwarders that are confirmed, SPF and DMARC
are those of the outermost, which alone saw the sender's address; a signature may pass at any.
"""

import ipaddress
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from ...translatable import _lt, said
from ..codes import AuthorCheck
from ..directory import Directory
from ..message import addresses, headers
from ..message.lists import is_under
from ..message.mail import ReceivedMail
from ..policy import Policy
from .authres import UNREADABLE, AuthResults, Result
from .believed import believed_results, is_at_microsoft
from .logins import Login, is_exclusive, shown_logins, submission
from .proofs import NO_PROOFS, Proof, Proofs, Scope
from .received import Boundary
from .signers import is_aligned, is_default_signer, is_whole, signed

__all__ = ["NO_DMARC", "Authorship", "Dmarc", "check_author", "is_aligned"]

_ENFORCED = frozenset(
    {"reject", "quarantine", "oreject", "o.reject", "pct.reject", "pct.quarantine"}
)
_BROKEN = frozenset({"fail", "hardfail"})
_NAMING = frozenset({headers.TO, headers.CC})
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
    ``dmarc`` for the forged verdict, and what is proved of which address. ``naming`` are the
    fields that say whom the author wrote to: where a signature proves them, those that it covers.
    """

    check: AuthorCheck
    why: str
    dmarc: Dmarc = NO_DMARC
    proofs: Proofs = NO_PROOFS
    naming: frozenset[str] = _NAMING


@dataclass(frozen=True, slots=True)
class _Claim:
    """Who is said to have written it, and who answers for what is known of them."""

    mail: ReceivedMail
    boundary: Boundary
    policy: Policy
    sender: addresses.Mailbox
    is_ours: bool

    @property
    def domain(self) -> str:
        return self.sender.domain

    def may_be_signed_by(self, name: str) -> bool:
        """Whether a signer speaks for the domain: by its name, or as the admin confirmed."""
        return is_aligned(name, self.domain) or (self.domain, name) in self.policy.signers

    @property
    def fields(self) -> tuple[AuthResults, ...]:
        return believed_results(self.mail, self.boundary, self.policy)


def check_author(
    mail: ReceivedMail,
    boundary: Boundary,
    policy: Policy,
    directory: Directory,
    signed_by: Sequence[str] = (),
) -> Authorship:
    """Say whether the one in From wrote this, on the word of our own servers alone.

    :param signed_by: domains whose DKIM signature of this message the addon has verified itself
    """
    senders = mail.addresses(headers.FROM)
    if len(senders) != 1 or len(mail.all(headers.FROM)) != 1:
        return _of_nobody(mail, boundary, policy)
    sender = senders[0]
    is_ours = directory.is_ours(sender.address) or is_under(sender.domain, policy.domains)
    named = addresses.bare_addresses(mail.all(headers.FROM)[0].value)
    if not is_ours and any(map(directory.is_ours, named)):
        return _of_nobody(mail, boundary, policy)  # by name: for another reader it is the author
    claim = _Claim(mail, boundary, policy, sender, is_ours)
    found = _with_proof(_by_domain(claim, signed_by), sender)
    logins = shown_logins(mail, boundary, policy, directory.addresses_of_login)
    of_ours = is_ours or any(login.name.endswith(f"@{sender.domain}") for login in logins)
    if logins and not of_ours and found.proofs.found:
        return found._replace(proofs=Proofs((*_of_one(boundary, logins), *found.proofs.found)))
    if len(logins) > 1:
        why = said(_lt("the submission shows several logins"))
        return Authorship(_never_verified(found.check), why, found.dmarc)
    if logins and sender.address not in logins[0].suits:
        (login,) = _of_one(boundary, logins)
        return _of_login(found, sender.address, login)
    machine = None if directory.user(sender.address) else _machine(claim)
    if machine:
        return Authorship(AuthorCheck.VERIFIED, machine.why, proofs=Proofs((machine,)))
    return found


def _with_proof(found: Authorship, sender: addresses.Mailbox) -> Authorship:
    if found.check is not AuthorCheck.VERIFIED:
        return found
    proof = Proof(Scope.DOMAIN, sender.domain, frozenset({sender.address}), found.why)
    return found._replace(proofs=Proofs((proof,)))


def _of_one(boundary: Boundary, logins: Sequence[Login]) -> tuple[Proof, ...]:
    """The proof of a login; none where several are shown."""
    if len(logins) != 1:
        return ()
    name = logins[0].name
    return (Proof(Scope.MAILBOX, name, logins[0].serves, _of_submission(boundary, name)),)


def _never_verified(check: AuthorCheck) -> AuthorCheck:
    return AuthorCheck.UNVERIFIED if check is AuthorCheck.VERIFIED else check


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
    """Whoever logged in is known: a domain's word for whom of us they write as adds nothing."""
    proofs = Proofs((login,))
    if proofs.of(address):
        return Authorship(AuthorCheck.VERIFIED, login.why, proofs=proofs)
    if found.check is AuthorCheck.FAILED:
        return found._replace(proofs=proofs)
    why = said(_lt("%(why)s, which is another address"), why=login.why)
    return Authorship(AuthorCheck.UNVERIFIED, why, found.dmarc, proofs)


def _by_domain(claim: _Claim, signed_by: Sequence[str]) -> Authorship:
    inside = _submitted(claim) or _microsoft_internal(claim.mail, claim.policy, claim.domain)
    if inside:
        return Authorship(AuthorCheck.VERIFIED, inside)
    found = _by_results(claim)
    signer = next((name for name in signed_by if claim.may_be_signed_by(name)), "")
    if signer and found.check is AuthorCheck.UNVERIFIED:
        why = said(_lt("DKIM signature of %(domain)s, verified here"), domain=signer)
        proof = Result("dkim", "pass", {"header.d": signer})
        naming = signed(proof, claim.mail, *_NAMING)
        return Authorship(AuthorCheck.VERIFIED, why, found.dmarc, naming=naming)
    return found


# --- proofs of our own servers


def _of_submission(boundary: Boundary, login: str = "") -> str:
    hop = boundary.hops[-1]
    if not login:
        text = _lt("submitted to our server %(server)s with %(protocol)s")
        return said(text, server=hop.by, protocol=hop.protocol)
    text = _lt("submitted to our server %(server)s with %(protocol)s, login %(login)s")
    return said(text, server=hop.by, protocol=hop.protocol, login=login)


def _submitted(claim: _Claim) -> str:
    """A submission to a host that nobody else uses, for an address of ours."""
    hop = submission(claim.boundary)
    if not hop or claim.domain not in claim.policy.domains:
        return ""
    return _of_submission(claim.boundary) if is_exclusive(hop, claim.policy) else ""


def _machine(claim: _Claim) -> Proof | None:
    """A machine of ours, known by the address that it writes from and where it stands."""
    address, boundary = claim.sender.address, claim.boundary
    entry = boundary.hops[-1] if boundary.known and boundary.hops else None
    if entry is None or not entry.ips or entry.is_local:
        return None
    peers = [ipaddress.ip_address(ip) for ip in entry.ips]
    for name, network in claim.policy.machines:
        if name != address:
            continue
        within = ipaddress.ip_network(network, strict=False)
        if all(peer in within for peer in peers):
            why = said(_lt("a machine of ours in the network %(network)s"), network=network)
            return Proof(Scope.MAILBOX, address, frozenset({address}), why)
    return None


def _microsoft_internal(mail: ReceivedMail, policy: Policy, domain: str) -> str:
    stamps = mail.all(headers.X_MS_AUTH_AS)
    if len(stamps) != 1 or stamps[0].value.strip().lower() != "internal":
        return ""
    # What Microsoft's servers guarantee holds where the mailbox is theirs, and nowhere else.
    if domain not in policy.domains or not is_at_microsoft(mail, policy):
        return ""
    return "X-MS-Exchange-Organization-AuthAs: Internal"


# --- results of our own servers


def _by_results(claim: _Claim) -> Authorship:
    fields = claim.fields
    if not fields:
        why = said(_lt("your provider added no result (Authentication-Results)"))
        return Authorship(AuthorCheck.UNVERIFIED, why)
    outermost = tuple(one for one in fields if one.at_entry)
    dmarc = _dmarc(outermost, claim.domain)
    if dmarc.failed:
        return Authorship(AuthorCheck.FAILED, dmarc.text, dmarc)
    proving = [
        result
        for result in _passed_signatures(claim, fields)
        if claim.may_be_signed_by(result.signer())
    ]
    if proving:
        naming = (signed(result, claim.mail, *_NAMING) for result in proving)
        return Authorship(
            AuthorCheck.VERIFIED,
            _dkim_pass(claim, proving[0].signer()),
            dmarc,
            naming=frozenset().union(*naming),
        )
    passed = _dmarc_pass(claim, fields, outermost)
    if passed:
        return Authorship(AuthorCheck.VERIFIED, passed, dmarc)
    composite = _composite(outermost)
    if composite and composite.value == "fail":
        return Authorship(AuthorCheck.FAILED, said(_lt("Microsoft's compauth=fail")), dmarc)
    return Authorship(AuthorCheck.UNVERIFIED, _why_not(claim, fields), dmarc)


def _results(fields: Sequence[AuthResults], method: str) -> list[Result]:
    """All results of a method in the newest field that has any."""
    for one in fields:
        found = [result for result in one.results if result.method == method]
        if found:
            return found
    return []


def _composite(fields: tuple[AuthResults, ...]) -> Result | None:
    """Microsoft's verdict on all methods together."""
    return next(iter(_results(fields, "compauth")), None)


def _dmarc_pass(
    claim: _Claim, fields: tuple[AuthResults, ...], outermost: tuple[AuthResults, ...]
) -> str:
    found = _results(outermost, "dmarc")
    # bestguesspass: Microsoft's word for "would pass, had the domain a record".
    if not found or any(result.value not in ("pass", "bestguesspass") for result in found):
        return ""  # a field that says both was written by two: believe neither
    named = found[0].domain("header.from")
    if named and not is_aligned(named, claim.domain):
        return ""
    if claim.is_ours and not claim.policy.spf_proves_own:
        return ""
    if _is_by_part(claim, fields, outermost):
        return ""
    result = f"dmarc={found[0].value}"
    return said(_lt("%(result)s for %(domain)s"), result=result, domain=named or claim.domain)


def _is_by_part(
    claim: _Claim, fields: tuple[AuthResults, ...], outermost: tuple[AuthResults, ...]
) -> bool:
    """Whether DMARC passed by signatures alone that leave room for changes."""
    by_spf = any(result.value == "pass" for result in _results(outermost, "spf"))
    return not by_spf and any(
        result.value == "pass"
        and is_aligned(result.signer(), claim.domain)
        and not is_whole(result, claim.mail)
        for result in _signatures(fields)
    )


def _dkim_pass(claim: _Claim, signer: str) -> str:
    if is_aligned(signer, claim.domain):
        return said(_lt("dkim=pass of %(domain)s"), domain=signer)
    text = _lt("dkim=pass of %(signer)s, which signs for %(domain)s")
    return said(text, signer=signer, domain=claim.domain)


def _passed_signatures(claim: _Claim, fields: tuple[AuthResults, ...]) -> Iterator[Result]:
    """Passes of whole signatures that nothing contradicts, of whatever server of ours."""
    for at_entry in (True, False):
        # One server may write several fields. Below its hop only the newest counts: a sender may
        # plant another behind it, and of several OpenDKIM removes but one (OpenDKIM#185).
        theirs = [one for one in fields if one.at_entry is at_entry and _signatures([one])]
        for one in [one for one in theirs if not one.is_below] or theirs[:1]:
            # What another server saw may have been changed.
            told = _signatures([two for two in fields if two.authserv_id == one.authserv_id])
            for result in _signatures([one]):
                if result.value != "pass" or not is_whole(result, claim.mail):
                    continue
                if not any(_contradicts(other, result) for other in told):
                    yield result


def _signatures(fields: Sequence[AuthResults]) -> list[Result]:
    return [result for one in fields for result in one.results if result.method == "dkim"]


def _contradicts(other: Result, result: Result) -> bool:
    """Whether it says that there is no signature, or of what may be the same that it is broken.

    Words between say so of the very signature alone: a domain signs twice (RSA and Ed25519,
    RFC 8463), and many a server knows one of the two algorithms and says neutral, permerror or
    policy of the other.
    """
    signer = other.signer()
    if other.value == "none" and signer in ("", "none"):  # Microsoft's "header.d=none"
        return True
    if other.value == "pass" or signer not in ("", UNREADABLE, result.signer()):
        return False
    names = ("header.b", "header.s")
    pairs = [(other.properties.get(name), result.properties.get(name)) for name in names]
    same = [one == two for one, two in pairs if one and two]
    return all(same) and (other.value in _BROKEN or bool(same))


def _dmarc(fields: tuple[AuthResults, ...], domain: str) -> Dmarc:
    # who says pass and fail, in one field or in several, was written by two: the fail is believed
    failures = [result for result in _results(fields, "dmarc") if result.value == "fail"]
    failures += [
        result
        for one in fields
        for result in one.results
        if (result.method, result.value) == ("dmarc", "fail")
        and is_aligned(result.domain("header.from") or domain, domain)
    ]
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


def _why_not(claim: _Claim, fields: tuple[AuthResults, ...]) -> str:
    """What an admin can do about it first, else what the servers said."""
    withheld = {result.method for one in fields for result in one.withheld}
    shown = [f"{method}=pass" for method in ("dmarc", "dkim", "spf") if method in withheld]
    if shown:
        text = _lt(
            "%(results)s stands where the sender could write it too: it counts once the mailbox "
            "test has shown that nobody outside can"
        )
        return said(text, results=", ".join(shown))
    signers = (result.signer() for result in _passed_signatures(claim, fields))
    signer = next(filter(is_default_signer, signers), "")
    if signer and claim.is_ours:
        text = _lt(
            "signed by your provider's default name %(signer)s: if that is yours, confirm on the "
            "incoming account that it signs for %(domain)s"
        )
        return said(text, signer=signer, domain=claim.domain)
    return _summary(fields, claim.domain)


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
