"""The message with forged results: whether a stranger's pass survives the way into the mailbox.

Servers that write ``Authentication-Results`` below their own ``Received`` field write them where a
sender can. RFC 8601 §5 has them remove what claims to be theirs; this message shows whether they
do. It must come from outside, and it must be sure that nobody on the way removed the fields: no
other server took part, or a field in nobody's name arrived.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from ..router.message import headers
from ..router.message.mail import ReceivedMail
from ..router.policy import Policy
from ..router.trust.authres import UNREADABLE, Result, parse_authres
from ..router.trust.boundary import boundary_of, is_from_within
from .letter import letter

METHODS = ("spf", "dkim", "dmarc")
MAX_IDS = 10
_NOBODY = "mailbox-test.invalid"  # RFC 2606 §2: no server's name
_TEXT = (
    "This email tests whether forged results of authentication are removed on the way to Odoo.\n"
    "It is removed from the mailbox automatically; nobody has to do anything.\n"
)


def forged_ids(policy: Policy) -> tuple[str, ...]:
    """The names under which results are, or may come to be, believed for an account."""
    hosts = [host for host in policy.own_hosts if "*" not in host and "/" not in host]
    return tuple(sorted({*policy.trusted_authserv_ids, *filter(None, hosts)})[:MAX_IDS])


def forged_message(
    token: str, author: str, address: str, domain: str, ids: Iterable[str], now: datetime
) -> bytes:
    """The message to send from outside; its own fields stand first, as a forger would have them.

    :param token: the signed mark of the mailbox test
    :param author: address in From, ``""`` for one that nobody has
    :param domain: ours: what the forged results claim
    :param now: naive, in UTC
    """
    results = [
        f"{name}; spf=pass smtp.mailfrom={domain}; dkim=pass header.d={domain} header.s={token}; "
        f"dmarc=pass header.from={domain}"
        for name in (*ids, _NOBODY)
    ]
    sender = f"Mailbox test <{author or f'mailbox-test@{_NOBODY}'}>"
    above = [("Authentication-Results", value) for value in results]
    return letter(token, domain, sender, address, now, _TEXT, above)


@dataclass(frozen=True, slots=True)
class Removed:
    """What the message has shown: of which pairs of id and method the forged pass was removed.

    ``doubt`` says why it has shown nothing: ``unknown`` where no server of ours is known in it,
    ``inside`` where it came from within, ``lost`` where somebody else may have removed the fields.
    """

    shown: frozenset[tuple[str, str]] = frozenset()
    kept: frozenset[tuple[str, str]] = frozenset()
    doubt: str = ""


def read_removed(mail: ReceivedMail, policy: Policy, domain: str) -> Removed:
    """Compare what arrived with what was sent."""
    boundary = boundary_of(mail, policy)
    if not (boundary.known and boundary.hops):
        return Removed(doubt="unknown")
    entry = boundary.hops[-1]
    if entry.is_authenticated or is_from_within(entry):
        return Removed(doubt="inside")
    direct = all(item.index <= entry.index for item in mail.all(headers.RECEIVED))
    # Some servers give a stranger's fields another name: that will do as well.
    kept_on_the_way = any(_NOBODY in item.value and "dkim=pass" in item.value
                          for item in mail.fields)  # fmt: skip
    if not (direct or kept_on_the_way):
        return Removed(doubt="lost")
    pairs = {(name, method) for name in forged_ids(policy) for method in METHODS}
    kept = pairs & set(_forged_passes(mail, domain))
    return Removed(frozenset(pairs - kept), frozenset(kept))


def _forged_passes(mail: ReceivedMail, domain: str) -> Iterable[tuple[str, str]]:
    """Passes that claim our domain, or nobody's in particular, wherever they stand."""
    for item in mail.all(headers.AUTHENTICATION_RESULTS):
        found = parse_authres(item.value)
        for result in found.results:
            if result.value == "pass" and _claimed(result) in (domain, "", UNREADABLE):
                yield found.authserv_id, result.method


def _claimed(result: Result) -> str:
    if result.method == "dkim":
        return result.signer()
    return result.domain({"dmarc": "header.from"}.get(result.method, "smtp.mailfrom"))
