"""What the first messages from outside tell about our own servers; an admin has to confirm it.

Which hosts received a message for us, and under which name they write ``Authentication-Results``,
is what an admin is asked for and rarely knows. The messages say it: the topmost ``Received`` fields
are our servers' own, down to the one that accepted it. An admin confirms what was found.
"""

import ipaddress
import itertools
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from ..router.message import headers
from ..router.message.mail import ReceivedMail
from ..router.trust.believed import authserv_ids
from ..router.trust.boundary import OwnHosts
from ..router.trust.received import Boundary, Hop, hops
from ..router.trust.stamps import first_unstamped

_MAX_IDS = 5  # of one message
_MAX_NAME = 253
# Providers whose machines have a number each are confirmed as a whole.
_WHOLE = ("outlook.com",)
# Not ipaddress.is_private: that has documentation and test networks as well.
_WITHIN = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"),
        *("::1/128", "fc00::/7", "fe80::/10"),
    )
)


@dataclass(frozen=True, slots=True)
class SuggestedHosts:
    """Names worth asking about, with the number of messages that named them."""

    ids: tuple[tuple[str, int], ...]
    hosts: tuple[tuple[str, int], ...]


def entrance(mail: ReceivedMail) -> tuple[Hop, ...]:
    """Our servers' hops from the top to the one that took the message in; empty: not from outside.

    The topmost field is always ours. The next ones are as long as the message came from within: by
    a hand-over inside the machine, from a private address, from a host that is known by then.
    """
    found: list[Hop] = []
    for hop in hops(mail):
        found.append(hop)
        names = [_whole(item.by) for item in found if item.by]
        if not (OwnHosts((), names, local_is_filter=True).sent(hop) or _from_within(hop)):
            return tuple(found)
    return ()


def _from_within(hop: Hop) -> bool:
    peers = [ipaddress.ip_address(ip) for ip in hop.ips]
    return bool(peers) and all(any(ip in network for network in _WITHIN) for ip in peers)


def suggest_hosts(
    mails: Iterable[ReceivedMail], limit: int = 20, asked: Iterable[ReceivedMail] = ()
) -> SuggestedHosts:
    """Count the names in the first ``limit`` messages from outside.

    The topmost host names itself, so two messages are enough. What stands below it may have been
    written by a sender where a server keeps no record of its peer, and so may an id where the
    server writes none: it must be akin to a name that is sure, or stand in most messages.

    :param asked: messages that came to a signed address, from somebody whom an admin gave it to:
        they invent no names, so one of them is enough
    """
    outside = list(itertools.islice(filter(None, map(_names_in, mails)), limit))
    count = len(outside)
    ids = Counter(name for named in outside for name in named.ids)
    hosts = Counter(name for named in outside for name in set(named.hosts))
    topmost = Counter(name for named in outside for name in named.hosts[:1])
    sure = {name for name, seen in topmost.items() if seen >= 2}
    sure |= {name for name, seen in hosts.items() if _is_offered(name, seen, count, sure)}
    told: set[str] = set()
    for named in filter(None, map(_names_in, asked)):
        hosts.update(set(named.hosts))
        ids.update(named.ids)
        sure |= set(named.hosts)
        told |= named.ids
    return SuggestedHosts(
        ids=tuple(
            (name, seen)
            for name, seen in ids.most_common()
            if name in told or _is_offered(name, seen, count, sure)
        ),
        hosts=tuple((name, seen) for name, seen in hosts.most_common() if name in sure),
    )


class _Named(NamedTuple):
    """The names in one message from outside: its hosts from the top, and its ids."""

    hosts: list[str]
    ids: set[str]


def _names_in(mail: ReceivedMail) -> _Named | None:
    way = entrance(mail)
    if not way:
        return None
    return _Named([_whole(hop.by) for hop in way if _is_name(hop.by)], _ids(mail, way))


def _is_offered(name: str, seen: int, mails: int, sure: Iterable[str]) -> bool:
    if seen >= 3 and seen * 2 > mails:
        return True
    return seen >= 2 and any(_are_akin(name, host) for host in sure)


def _are_akin(name: str, host: str) -> bool:
    parent = name.partition(".")[2]
    return name in OwnHosts((), (host,)) or ("." in parent and parent == host.partition(".")[2])


def _ids(mail: ReceivedMail, way: tuple[Hop, ...]) -> set[str]:
    boundary = Boundary(way[-1].index + 1, way, known=True)
    below = first_unstamped(mail, boundary)
    fields = [item for item in mail.all(headers.AUTHENTICATION_RESULTS) if item.index < below]
    return {name for name in authserv_ids(fields)[:_MAX_IDS] if _is_name(name)}


def named_ids(mail: ReceivedMail) -> tuple[str, ...]:
    """Names under which a message from outside has results of its sender's check, sorted."""
    way = entrance(mail)
    return tuple(sorted(_ids(mail, way))) if way else ()


def _is_name(name: str) -> bool:
    labels = name.split(".")
    return (
        len(labels) > 1
        and len(name) <= _MAX_NAME
        and name.isascii()
        and not labels[-1].isdigit()
        and all(label.replace("-", "").replace("_", "").isalnum() for label in labels)
    )


def _whole(host: str) -> str:
    return next((f"*.{domain}" for domain in _WHOLE if host.endswith(f".{domain}")), host)
