"""Which ``Authentication-Results`` our own servers wrote; anybody can write the others.

Above the boundary hop a field is ours if its authserv-id is trusted, and no hop of somebody else
stands between. Trusted are the ids that the admin confirmed. Until then: hosts of ours, and the
host of the boundary hop itself.

Directly below that hop Gmail and the filters of Postfix write, and so may the sender. What speaks
against a message counts there. A pass counts by ``Policy.results_below``: by default where the
mailbox test has shown that a forged one does not survive the way in (RFC 8601 §5).

Exchange Online has hosts without number and writes no id. Where the mailbox is there, what stands
above the hop of its edge (``*.protection.outlook.com``) was written by Microsoft: a stranger's
fields come in through the edge, and stand below it.
"""

from collections.abc import Iterable
from dataclasses import replace

from ..codes import ResultsBelow
from ..message import headers
from ..message.mail import Field, ReceivedMail
from ..policy import Policy
from .authres import AuthResults, Result, authserv_id, parse_authres
from .boundary import OwnHosts, is_from_within, is_loopback
from .received import Boundary, Hop, hops
from .stamps import first_unstamped

MAX_FIELDS = 50
MAX_READ_CHARS = 100_000  # of all believed fields together
_PASSES = frozenset({"pass", "bestguesspass", "softpass"})
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
    own = OwnHosts(policy.domains, policy.own_hosts | policy.exclusive_hosts)
    found: list[AuthResults] = []
    left = MAX_READ_CHARS
    for item in items:
        if item.index >= max(below, edge) or left <= 0:
            break
        name = authserv_id(item.value)  # trust comes first: what is not believed is not read
        is_below = False
        if not name:
            trusted = item.index < edge
        elif boundary.believes(item.index):
            trusted = _is_trusted(item, name, mail, boundary, policy, own)
        else:
            is_below = item.index < below
            trusted = is_below and _is_heard_below(name, boundary.hops[-1], policy, own)
        if trusted:
            results = parse_authres(item.value[:left])
            left -= len(item.value)
            results = replace(results, at_entry=is_at_entry(item, boundary))
            found.append(_counted_below(results, policy) if is_below else results)
    return tuple(found)


def tells_signatures(mail: ReceivedMail, boundary: Boundary, policy: Policy) -> bool:
    """Whether our own servers say anything of the DKIM signatures of a message."""
    fields = believed_results(mail, boundary, policy)
    return any(result.method == "dkim" for one in fields for result in one.results)


def is_at_entry(item: Field, boundary: Boundary) -> bool:
    """Whether the server that the message entered by wrote this, or a filter on its machine.

    What a later one says of SPF and DMARC is about the address of ours that it came from.
    """
    entry = boundary.hops[-1]
    later = [hop for hop in boundary.hops if item.index < hop.index < entry.index]
    return all(map(is_loopback, later))


def authserv_ids(fields: Iterable[Field]) -> tuple[str, ...]:
    """The ids in these fields, newest first: what an admin is asked to confirm."""
    found = (authserv_id(item.value) for item in fields)
    return tuple(dict.fromkeys(name for name in found if name))


def _is_heard_below(name: str, entry: Hop, policy: Policy, own: OwnHosts) -> bool:
    """Whether a field below the hop may be a filter's of ours, by its id."""
    if is_from_within(entry) or policy.results_below == ResultsBelow.NEVER:
        return False
    return name in policy.trusted_authserv_ids or name in own or name == entry.by


def _counted_below(results: AuthResults, policy: Policy) -> AuthResults:
    """What counts of such a field; the passes that do not count yet are kept apart."""
    name = results.authserv_id
    confirmed = name in policy.trusted_authserv_ids

    def counts(result: Result) -> bool:
        if result.value not in _PASSES:
            return True
        if policy.results_below == ResultsBelow.TRUSTED:
            return confirmed
        return (name, result.method) in policy.results_shown

    kept = tuple(result for result in results.results if counts(result))
    withheld = tuple(result for result in results.results if not counts(result))
    return replace(results, results=kept, withheld=withheld, is_below=True)


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
