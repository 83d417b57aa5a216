"""DNS as the domain check sees it: a question, an answer, and the ways of not getting one.

The domain check opens no socket, so whoever calls it brings a :class:`Dns`: ``resolver.Resolver``
asks real name servers, :class:`MemoryDns` answers from a table. Records are text in the form of a
zone file (RFC 1035 §5.1) without the final dot of a name, a TXT record is its strings joined (RFC
7208 §3.3): ``"10 mx.example.com"``, ``"0 1 993 imap.example.com"``, ``"v=spf1 -all"``.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

# Underscores begin the names of services (RFC 8552) and of selectors.
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")


class Status(str, Enum):
    """How a question ended. What is no answer is told apart, because each needs another remedy."""

    FOUND = "found"
    NXDOMAIN = "nxdomain"  # the name does not exist at all
    NO_ANSWER = "no_answer"  # the name exists, without a record of this type
    TIMEOUT = "timeout"  # no name server answered in time
    SERVFAIL = "servfail"  # a name server answered with an error
    REFUSED = "declined"  # the name servers that were asked do not answer this machine
    NO_NETWORK = "no_network"  # no name server could be reached from here
    BAD_NAME = "bad_name"  # not a name that DNS can be asked for; nothing was sent

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of one question, or why there are none."""

    status: Status
    records: tuple[str, ...] = ()

    @property
    def absent(self) -> bool:
        """Whether it is certain that there is no such record (a void lookup, RFC 7208 §4.6.4)."""
        return self.status in (Status.NXDOMAIN, Status.NO_ANSWER, Status.BAD_NAME)

    @property
    def failed(self) -> bool:
        """Whether nothing is known: the next try may say something else."""
        return self.status is not Status.FOUND and not self.absent


class Dns(Protocol):
    """Answers questions. Safe to use from several threads, never raises, ends by itself."""

    def ask(self, name: str, kind: str) -> Answer:
        """Look one name up; ``kind`` is a record type such as ``"MX"``."""
        ...

    def ask_all(self, questions: Iterable[tuple[str, str]]) -> list[Answer]:
        """Look several up, at once where that is possible; answers in the order of questions."""
        ...


def is_name(name: str) -> bool:
    """Whether DNS can be asked for this name: A-labels, 63 bytes a label, 253 in all (RFC 1035)."""
    return (
        0 < len(name) <= 253
        and name.isascii()
        and all(_LABEL.fullmatch(label) for label in name.lower().split("."))
    )


def is_mail_domain(name: str) -> bool:
    """Whether a name can be the domain of addresses: two labels at least, no service, no number."""
    labels = name.split(".")
    return is_name(name) and len(labels) > 1 and "_" not in name and not labels[-1].isdigit()


def under(host: str, suffixes: Iterable[str]) -> bool:
    """Whether a host is one of these names or below one of them."""
    return any(host == suffix or host.endswith(f".{suffix}") for suffix in suffixes)


def mail_hosts(records: Iterable[str]) -> list[str]:
    """Host names of MX records in the order of preference (RFC 5321 §5.1); a null MX is one empty
    name (RFC 7505).
    """
    pairs = [record.split() for record in records if record.strip()]
    pairs.sort(key=lambda pair: int(pair[0]) if pair[0].isdigit() else 0)
    return [pair[1].rstrip(".").lower() if len(pair) > 1 else "" for pair in pairs]


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine, by name or by address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
