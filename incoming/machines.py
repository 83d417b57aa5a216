"""Machines of ours (scanners, shops, the web site): an address, and the networks it writes from."""

import ipaddress
from collections import Counter
from collections.abc import Callable, Iterable

from ..router.message import headers
from ..router.message.lists import is_under
from ..router.message.mail import ReceivedMail
from ..router.policy import Policy
from ..router.trust.boundary import boundary_of
from .pairs import BadLine, read_pairs

OFTEN = 3  # emails before a machine is offered


def read_machines(text: str) -> frozenset[tuple[str, str]]:
    """Pairs of an address and a network.

    :raises BadLine: for what is no network, or one of everybody
    """
    found = set()
    for address, networks in read_pairs(text).items():
        for name in networks:
            try:
                network = ipaddress.ip_network(name, strict=False)
            except ValueError as error:
                raise BadLine(f"{address}: {name}") from error
            if network.prefixlen < (8 if network.version == 4 else 16):
                raise BadLine(f"{address}: {name}")
            found.add((address, str(network)))
    return frozenset(found)


def suggest_machines(
    mails: Iterable[ReceivedMail], policy: Policy, is_users: Callable[[str], bool]
) -> dict[tuple[str, str], int]:
    """Pairs that write often without any proof: address, network of the entry hop, and how many.

    :param is_users: whether an address is a user's; a machine never proves one
    """
    counts: Counter[tuple[str, str]] = Counter()
    for mail in mails:
        senders = mail.addresses(headers.FROM)
        if len(senders) != 1 or not is_under(senders[0].domain, policy.domains):
            continue
        boundary = boundary_of(mail, policy)
        hop = boundary.hops[-1] if boundary.known and boundary.hops else None
        if hop and len(hop.ips) == 1 and not hop.is_local and not is_users(senders[0].address):
            counts[senders[0].address, _network_of(hop.ips[0])] += 1
    found = {pair: seen for pair, seen in counts.most_common() if seen >= OFTEN}
    return {pair: seen for pair, seen in found.items() if pair not in policy.machines}


def _network_of(ip: str) -> str:
    """The address itself; of IPv6 the network of a site, in which devices change theirs."""
    return str(ipaddress.ip_network(f"{ip}/64" if ":" in ip else ip, strict=False))
