"""Which ``Authentication-Results`` our own servers wrote; anybody can write the others.

Three things make a field ours: it stands above the boundary hop, or directly below it where
filters write; its authserv-id is trusted; and no hop stands between it and ours. Trusted are the
ids that the admin confirmed. Until then: hosts of ours, and the host of the boundary hop itself.

Exchange Online has hosts without number and writes no id. Where the mailbox is there, what stands
above the hop of its edge (``*.protection.outlook.com``) was written by Microsoft: a stranger's
fields come in through the edge, and stand below it.
"""

from collections.abc import Iterable

from ..message import headers
from ..message.mail import Field, ReceivedMail
from ..policy import Policy
from .authres import AuthResults, authserv_id, parse_authres
from .boundary import OwnHosts
from .received import Boundary, hops
from .stamps import first_unstamped

MAX_FIELDS = 50
MAX_READ_CHARS = 100_000  # of all believed fields together
# Providers that write their results below their own Received field, and cut off forged ones.
_WRITE_BELOW = frozenset({"mx.google.com"})
_MICROSOFT = (".outlook.com", ".office365.com")
_MICROSOFT_EDGE = ".protection.outlook.com"


def is_at_microsoft(mail: ReceivedMail, policy: Policy) -> bool:
    """Whether the mailbox is Exchange Online's, by what the admin said and the newest hop."""
    if not any(_is_microsoft(host.lstrip("*.")) for host in policy.own_hosts):
        return False
    return _is_microsoft(next((hop.by for hop in hops(mail)), ""))


def _is_microsoft(host: str) -> bool:
    return f".{host}".endswith(_MICROSOFT)


def believed_results(
    mail: ReceivedMail, boundary: Boundary, policy: Policy
) -> tuple[AuthResults, ...]:
    """The fields of ours, newest first; those below Gmail's or a filter's own included."""
    items = mail.all(headers.AUTHENTICATION_RESULTS)[:MAX_FIELDS]
    if not items or not boundary.hops:
        return ()  # without any hop, nothing tells our server's fields from the sender's
    below = first_unstamped(mail, boundary)
    edge = _microsoft_edge(mail) if is_at_microsoft(mail, policy) else -1
    own = OwnHosts(policy.domains, policy.own_hosts)
    found: list[AuthResults] = []
    left = MAX_READ_CHARS
    for item in items:
        if item.index >= max(below, edge) or left <= 0:
            break
        name = authserv_id(item.value)  # trust comes first: what is not believed is not read
        if not name:
            trusted = item.index < edge
        elif boundary.believes(item.index):
            trusted = _is_trusted(item, name, mail, boundary, policy, own)
        else:
            trusted = item.index < below and _is_trusted_below(name, boundary, policy)
        if trusted:
            found.append(parse_authres(item.value[:left]))
            left -= len(item.value)
    return tuple(found)


def authserv_ids(fields: Iterable[Field]) -> tuple[str, ...]:
    """The ids in these fields, newest first: what an admin is asked to confirm."""
    found = (authserv_id(item.value) for item in fields)
    return tuple(dict.fromkeys(name for name in found if name))


def _is_trusted_below(name: str, boundary: Boundary, policy: Policy) -> bool:
    # Directly below the boundary hop Postfix' filters and Gmail write, and so might the sender.
    # It is ours if the admin says that this id is (its server then removes forged ones, RFC 8601
    # §5), or if the provider is known to.
    entry = boundary.hops[-1]
    return name in policy.trusted_authserv_ids or (name == entry.by and entry.by in _WRITE_BELOW)


def _is_trusted(
    item: Field,
    name: str,
    mail: ReceivedMail,
    boundary: Boundary,
    policy: Policy,
    own: OwnHosts,
) -> bool:
    entry = boundary.hops[-1]
    if policy.trusted_authserv_ids:
        return name in policy.trusted_authserv_ids
    return name in own or (name == entry.by and _stands_on(item, entry.index, mail))


def _microsoft_edge(mail: ReceivedMail) -> int:
    """Index of the hop at which Exchange Online took the message in; -1 when there is none."""
    for hop in hops(mail):
        if hop.by.endswith(_MICROSOFT_EDGE):
            return hop.index
        if not _is_microsoft(hop.by):
            break
    return -1


def _stands_on(item: Field, hop_index: int, mail: ReceivedMail) -> bool:
    """Whether no other hop stands between the field and that hop."""
    return not any(item.index < other.index < hop_index for other in mail.all(headers.RECEIVED))
