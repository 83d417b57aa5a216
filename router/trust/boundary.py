"""The trust boundary: the hop at which a message entered our own servers.

Everything below it was written by strangers, who write what they like: delivery headers,
results of authentication, ``Received`` fields of servers of ours. The rule for what came from
inside is therefore narrow, and what is in doubt came from outside. The rule is in
docs/design.md#finding-the-recipient.
"""

import ipaddress
from collections.abc import Iterable

from ..message.mail import ReceivedMail
from ..policy import Policy
from .received import Boundary, Hop, hops

_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain"})
_LOCAL_PROTOCOLS = frozenset({"LMTP", "LMTPS", "LMTPA", "LMTPSA", "UTF8LMTP", "UTF8LMTPS"})


class OwnHosts:
    """Which hosts are ours, by their exact names.

    A program on the machine may be any user of it: what it handed in was written by a stranger,
    unless ``local_is_filter`` says that only filters do so. What a host that others use as well
    has from itself, by its loopback or its own name, is no better.

    :param domains: our domains; a host name under one of them is ours
    :param hosts: other hosts of ours (MX of the provider, mailbox server). ``*.outlook.com``
        names all under a domain, for providers who give each machine a name of its own;
        ``10.0.0.0/8`` the addresses of a network of ours, whatever its hosts call themselves.
    :param exclusive: those of them that nobody else uses, beside those under our domains
    """

    def __init__(
        self,
        domains: Iterable[str],
        hosts: Iterable[str],
        *,
        exclusive: Iterable[str] = (),
        local_is_filter: bool = False,
    ) -> None:
        hosts = [*hosts, *exclusive]
        entries = [host.strip().lower().rstrip(".") for host in hosts]
        networks = [_network(entry) for entry in entries]
        self._local_is_filter = local_is_filter
        self._unshared = OwnHosts(domains, exclusive) if hosts != [*exclusive] else self
        self._networks = tuple(network for network in networks if network is not None)
        self._names = frozenset(entries) | frozenset(domains)
        suffixes = [entry.lstrip("*") for entry in entries if entry.startswith(("*.", "."))]
        self._suffixes = (*suffixes, *(f".{domain}" for domain in domains if domain))

    def __contains__(self, name: str) -> bool:
        return bool(name) and (name in self._names or name.endswith(self._suffixes))

    def sent(self, hop: Hop) -> bool:
        """Whether the message came to this hop from a server of ours, or from the server itself."""
        unshared = self._local_is_filter or hop.by in self._unshared
        if hop.is_local:
            return self._local_is_filter or (hop.is_forward and unshared)
        if not hop.has_from:
            return True
        if hop.verified_name in self and (unshared or hop.verified_name != hop.by):
            return True
        peers = [ipaddress.ip_address(ip) for ip in hop.ips]
        if peers and all(any(ip in network for network in self._networks) for ip in peers):
            return True
        # From here on nothing but the name in HELO is left, which anyone may choose. It counts
        # on paths that no stranger can reach: the machine itself, and LMTP (RFC 2033 §5).
        if any(not (ip.is_loopback or ip.is_private) for ip in peers):
            return False
        named = hop.helo in self or (unshared and hop.helo in _LOCAL_NAMES)
        if hop.protocol in _LOCAL_PROTOCOLS:
            return named or hop.helo == hop.by
        return named and unshared and bool(peers) and all(ip.is_loopback for ip in peers)


def is_loopback(hop: Hop) -> bool:
    """Whether the message came from the machine itself, by its loopback."""
    return bool(hop.ips) and all(ipaddress.ip_address(ip).is_loopback for ip in hop.ips)


def is_from_within(hop: Hop) -> bool:
    """Whether a user of the machine may have handed the message in, past its filters."""
    by_lmtp = hop.protocol in _LOCAL_PROTOCOLS
    itself = bool(hop.by) and hop.by == hop.verified_name
    return hop.is_local or by_lmtp or itself or is_loopback(hop)


def find_boundary(
    mail: ReceivedMail,
    domains: frozenset[str],
    own_hosts: frozenset[str],
    *,
    exclusive: frozenset[str] = frozenset(),
    local_is_filter: bool = False,
) -> Boundary:
    """Find the topmost hop whose ``by`` is ours and whose ``from`` is outside.

    Our hops are contiguous from the top. Above the first of them may stand hops inside a store
    without a name of ours; after it nothing may, and a hop that came from outside ends the run,
    as does one that was handed in on the machine itself (:class:`OwnHosts`).
    """
    own = OwnHosts(domains, own_hosts, exclusive=exclusive, local_is_filter=local_is_filter)
    trusted: list[Hop] = []
    first: Hop | None = None
    for hop in hops(mail):
        first = first or hop
        if hop.by in own:
            trusted.append(hop)
        elif hop.by and trusted:
            break
        if not own.sent(hop):
            break
    if first is None:
        # Put into the mailbox by something that is no mail server: nobody else wrote headers.
        return Boundary(len(mail.fields), (), known=False)
    if not trusted:
        return Boundary(first.index + 1, (first,), known=False)
    return Boundary(trusted[-1].index + 1, tuple(trusted), known=True)


def boundary_of(mail: ReceivedMail, policy: Policy) -> Boundary:
    """The boundary by what the admin said of the account."""
    return find_boundary(
        mail,
        policy.domains,
        policy.own_hosts,
        exclusive=policy.exclusive_hosts,
        local_is_filter=policy.local_hop_is_filter,
    )


def _network(entry: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(entry, strict=False) if "/" in entry else None
    except ValueError:
        return None
