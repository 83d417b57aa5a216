"""Which servers to try for a mailbox, from what DNS says of its domain.

What the domain itself names (RFC 6186) comes first, then what the provider documents; where
neither is known, the name of the host that receives its mail is only a guess, and says so.
"""

from dataclasses import dataclass
from typing import Literal

from ..dns_lookup.client import is_loopback
from .detect import Detection
from .preset import TLS_PORTS, Server

Origin = Literal["named", "documented", "guessed"]
_SUBMISSION = 587


@dataclass(frozen=True, slots=True)
class Proposal:
    """The servers to log in to, and how sure they are.

    ``incoming`` is by IMAP, or by POP3 where ``is_pop`` says so. Their ``encryption`` is ``ssl``
    always but on loopback: Odoo's connections to a mailbox know no STARTTLS
    (mail/models/fetchmail.py).
    """

    incoming: Server
    outgoing: Server
    is_pop: bool
    origin: Origin


def propose(domain: str, detection: Detection) -> Proposal:
    """Choose the incoming and the outgoing server of a domain."""
    found = detection.servers
    job = "pop" if "imap" not in found and "pop" in found else "imap"
    incoming = found.get(job)
    outgoing = found.get("smtp")
    guess = detection.mx_hosts[0] if detection.mx_hosts and not detection.preset else ""
    beside = incoming or outgoing
    guess = beside.host if beside else guess or f"mail.{domain}"
    return Proposal(
        _by_ssl(incoming or Server(guess, TLS_PORTS[job]), TLS_PORTS[job]),
        outgoing or Server(guess, _SUBMISSION, "starttls"),
        job == "pop",
        _origin(detection, complete=bool(incoming and outgoing)),
    )


def _origin(detection: Detection, *, complete: bool) -> Origin:
    if not complete:
        return "guessed"
    return "documented" if detection.preset else "named"


def _by_ssl(server: Server, port: int) -> Server:
    if server.encryption == "ssl" or is_loopback(server.host):
        return server
    return Server(server.host, port)
