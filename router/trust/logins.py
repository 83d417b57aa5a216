"""Who logged in to hand a message in, where our own servers say it.

A login is believed where our server wrote it: in its own ``Received`` field, or in a field above
it. Exim writes ``X-Authenticated-Sender: host: login`` (cPanel) at the end of the header, where
whoever logged in can write it too: there it counts where Exim took the message in, on hosts under
our own domains and those that nobody else uses, and beside the server's own a second one makes two
logins, which prove nobody. Of other servers nothing stands there: it is the sender's.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from ..message import addresses, headers
from ..message.mail import ReceivedMail
from ..policy import Policy
from .boundary import OwnHosts
from .received import Boundary, Hop

_SHOWN_BY_FIELD = (
    *(headers.X_AUTHENTICATED_SENDER, headers.X_GET_MESSAGE_SENDER_VIA),
    headers.X_AUTHENTICATED_ID,
)
_MAX_FIELDS = 10


class Login(NamedTuple):
    """A login that our server shows, and the addresses that it may write from.

    ``suits``: those that it is likely to be the login of, where it is no address and the host is
    not ours alone. It proves none of them, but it contradicts all others.
    """

    name: str
    serves: frozenset[str]
    suits: frozenset[str] = frozenset()


def submission(boundary: Boundary) -> Hop | None:
    """The outermost hop of ours, where it is a submission with a password.

    Only the outermost: a relay of ours that logs in to the next one carries strangers' mail too.
    """
    if not (boundary.known and boundary.hops):
        return None
    hop = boundary.hops[-1]
    return hop if hop.is_authenticated else None


def is_exclusive(hop: Hop, policy: Policy) -> bool:
    """Whether nobody but us can log in to the hop's host, as the admin says."""
    return hop.by in OwnHosts((), policy.exclusive_hosts)


def shown_logins(
    mail: ReceivedMail,
    boundary: Boundary,
    policy: Policy,
    addresses_of: Callable[[str], frozenset[str]],
) -> tuple[Login, ...]:
    """The logins of the submission; more than one contradict each other, and prove nobody.

    :param addresses_of: every address that a login may write from, itself included
    """
    hop = submission(boundary)
    if hop is None:
        return ()
    below = hop.is_exim and hop.by in OwnHosts(policy.domains, policy.exclusive_hosts)
    found = [*hop.logins, *_in_fields(mail, hop, below=below)]
    names = [name for name in dict.fromkeys(found) if name]
    if len(names) > 1:  # one that says nothing to us, "anna", contradicts as well
        return tuple(Login(name, frozenset()) for name in names)
    return tuple(_login(name, hop, policy, addresses_of) for name in names)


def _in_fields(mail: ReceivedMail, hop: Hop, *, below: bool) -> Iterator[str]:
    for name in _SHOWN_BY_FIELD:
        for item in mail.all(name)[:_MAX_FIELDS]:
            if item.index > hop.index and not below:
                continue
            host, colon, login = item.value[:1_000].lower().partition(":")
            if not colon and name == headers.X_AUTHENTICATED_ID:
                yield host.strip()
            elif host.strip() == hop.by:
                # X-Get-Message-Sender-Via: "host: authenticated_id: login", or how else it came
                how, _colon, last = login.rpartition(":")
                # "boss+example.com/only user confirmed/virtual account not confirmed": no login
                said = name == headers.X_AUTHENTICATED_SENDER or "/" not in last
                if how.strip() in ("", "authenticated_id") and said:
                    yield last.strip()


def _login(
    name: str, hop: Hop, policy: Policy, addresses_of: Callable[[str], frozenset[str]]
) -> Login:
    """A login without a domain proves on a host of ours alone; elsewhere it is any customer's.

    One that only looks like an address is somebody's whom we do not know: it contradicts all.
    """
    address = addresses.normalise(name) if "@" in name else ""
    allowed = policy.logins.get(address or name, frozenset())
    if address:
        return Login(address, addresses_of(address) | allowed)
    if "@" in name:
        return Login(name, allowed)
    at_home = _at_home(name, hop, policy, addresses_of)
    if is_exclusive(hop, policy):
        return Login(name, at_home | allowed)
    return Login(name, allowed, at_home)


def _at_home(
    name: str, hop: Hop, policy: Policy, addresses_of: Callable[[str], frozenset[str]]
) -> frozenset[str]:
    """The user with that login, else the login at the host's own domain, or at our only one."""
    users = addresses_of(name) - {name}
    if users:
        return users
    domains = [item for item in policy.domains if f".{hop.by}".endswith(f".{item}")]
    domain = max(domains, key=len, default="")
    if not domain and len(policy.domains) == 1:
        (domain,) = policy.domains
    return frozenset({addresses.normalise(f"{name}@{domain}")} if domain else ()) - {""}
