"""``Received`` fields (RFC 5321 §4.4) and the trust boundary of DESIGN §4.

Everything below the hop at which a mail entered our own servers was written by strangers.
"""

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import addresses, headers
from .mail import ReceivedMail

_COMMENT = re.compile(r"\([^()]*\)")
_FROM = re.compile(r"^\s*from\s+(\S+)\s*((?:\([^()]*(?:\([^()]*\))?[^()]*\)\s*)*)", re.IGNORECASE)
_BY = re.compile(r"(?:^|\s)by\s+([^\s;()]+)", re.IGNORECASE)
_WITH = re.compile(r"\swith\s+([A-Za-z0-9]+)", re.IGNORECASE)
_FOR = re.compile(r"\sfor\s+(<[^<>]*>|[^\s;()<>]+@[^\s;()<>]+)", re.IGNORECASE)
_IP = re.compile(r"\[(?:IPv6:)?([0-9A-Fa-f.:]+)\]")
_HOST = re.compile(r"^[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?$")
_LOCAL_NAMES = frozenset({"localhost", "localhost.localdomain", "unknown", ""})


@dataclass(frozen=True, slots=True)
class Hop:
    """One ``Received`` field. ``index`` counts fields from the top, ``number`` hops from the top."""

    index: int
    number: int
    helo: str
    verified_name: str
    ip: str
    by: str
    protocol: str
    recipient: str


def parse_hop(value: str, index: int = 0, number: int = 0) -> Hop:
    """Read one ``Received`` value as Postfix, Exim, Exchange, Gmail, qmail or Sendmail write it."""
    value = value[:4_000]
    origin = _FROM.match(value)
    helo = origin[1].strip("[]").lower().rstrip(".") if origin else ""
    comments = origin[2] if origin else ""
    ip = _IP.search(comments) or _IP.search(origin[1] if origin else "")
    bare = _without_comments(value)
    by = _BY.search(bare)
    protocol = _WITH.search(bare)
    recipient = _FOR.search(bare)
    return Hop(
        index=index,
        number=number,
        helo=helo,
        verified_name=_verified_name(comments),
        ip=ip[1] if ip else "",
        by=by[1].strip("[]").lower().rstrip(".") if by else "",
        protocol=protocol[1].upper() if protocol else "",
        recipient=addresses.normalise(recipient[1]) if recipient else "",
    )


def hops(mail: ReceivedMail) -> Iterator[Hop]:
    """The hops of a mail, newest first."""
    for number, item in enumerate(mail.all(headers.RECEIVED)):
        yield parse_hop(item.value, item.index, number)


@dataclass(frozen=True, slots=True)
class Boundary:
    """Where our own servers begin: fields with ``index`` below ``first_untrusted`` are believed.

    ``hops`` are those of our own, newest first. ``known`` is false when no hop names a host of
    ours: then only what stands above the first hop, and that hop itself, is believed.
    """

    first_untrusted: int
    hops: tuple[Hop, ...]
    known: bool

    def believes(self, index: int) -> bool:
        """Whether the field at ``index`` was written by one of our servers."""
        return index < self.first_untrusted


def find_boundary(
    mail: ReceivedMail, domains: frozenset[str], own_hosts: frozenset[str]
) -> Boundary:
    """Find the hop at which the mail came from outside (DESIGN §4, "the trust boundary").

    :param domains: our domains; a host name under one of them is ours
    :param own_hosts: exact names of other hosts of ours (MX of the provider, mailbox server)
    """

    def is_own(name: str) -> bool:
        return bool(name) and (
            name in own_hosts or any(name == d or name.endswith(f".{d}") for d in domains)
        )

    all_hops = tuple(hops(mail))
    if not all_hops:
        # Put into the mailbox by something that is no mail server: nobody else wrote headers.
        return Boundary(len(mail.fields), (), known=False)
    trusted: list[Hop] = []
    for hop in all_hops:
        # Hops of ours are contiguous from the top. Anything may stand between the mailbox and
        # the first of them (a store without a name of ours), nothing after it.
        if not is_own(hop.by):
            if trusted:
                break
            if _came_from_inside(hop, is_own):
                continue
            break
        trusted.append(hop)
        if not _came_from_inside(hop, is_own):
            break
    if not trusted:
        return Boundary(all_hops[0].index + 1, all_hops[:1], known=False)
    return Boundary(trusted[-1].index + 1, tuple(trusted), known=True)


def _came_from_inside(hop: Hop, is_own) -> bool:  # type: ignore[no-untyped-def]
    if is_own(hop.verified_name):
        return True
    if hop.ip and not _is_private(hop.ip):
        return False
    # No address of the peer, or a private one: the name it gave itself may be believed only
    # if it is one of ours (or the machine itself); a stranger behind a NAT gives his own.
    return is_own(hop.helo) or (not hop.ip and hop.helo in _LOCAL_NAMES)


def _is_private(ip: str) -> bool:
    try:
        return ipaddress.ip_address(ip).is_private
    except ValueError:
        return False


def _verified_name(comments: str) -> str:
    # Postfix and Exim: "(mx.example.org [192.0.2.1])"; Exim also "(helo=x)" and "([192.0.2.1])";
    # Sendmail appends "(may be forged)".
    inner = comments.strip().lstrip("(").lower()
    if "may be forged" in inner:
        return ""
    name = re.split(r"[\s\[\]()]", inner, maxsplit=1)[0].rstrip(".")
    return name if "." in name and _HOST.match(name) and "=" not in name else ""


def _without_comments(value: str) -> str:
    for _level in range(3):
        stripped = _COMMENT.sub(" ", value)
        if stripped == value:
            break
        value = stripped
    return value
