"""The mail server of a customer: it checks every message as large receivers do, and keeps it.

SPF by pyspf, DKIM by dkimpy, DMARC by authheaders: none of it is code of ours. A message that
fails DMARC where the sender's domain says ``p=reject`` is refused at the end of its data.
"""

import warnings
from contextlib import contextmanager
from email import message_from_bytes, policy
from typing import NamedTuple

import authheaders
import dns.resolver
from aiosmtpd.controller import Controller
from authres import AuthenticationResultsHeader

from tools.processes import free_port

HOST = "127.0.0.1"
AUTHSERV_ID = "mx.customer.test"
REFUSED = "550 5.7.26 Rejected by the DMARC policy of the domain in From"


class Arrived(NamedTuple):
    """One transaction: the message, its envelope, and what the checks say about its From."""

    mail: object
    raw: bytes
    envelope: str
    recipients: tuple
    spf: str  # "pass" only where the domain that passed is the domain of From
    dkim: str
    dmarc: str

    @property
    def author(self):
        """The address in From."""
        return self.mail["From"].addresses[0]


class CustomerServer(Controller):
    """Listens on loopback; usable as a context manager. `dns` is "127.0.0.1:port"."""

    def __init__(self, dns_address):
        super().__init__(self, hostname=HOST, port=free_port())
        host, _colon, port = dns_address.partition(":")
        self.resolver = dns.resolver.Resolver(configure=False)
        self.resolver.nameservers, self.resolver.port = [host], int(port)
        self.arrived, self.refused = [], []

    async def handle_DATA(self, _server, session, envelope):  # noqa: N802 (its name at aiosmtpd)
        """aiosmtpd: the whole message is there."""
        arrived = self.check(envelope.content, session.peer[0], envelope, session.host_name)
        if arrived.dmarc != "pass":
            self.refused.append(arrived)
            return REFUSED
        self.arrived.append(arrived)
        return "250 OK"

    def check(self, raw, client, envelope, helo):
        """What RFC 7208, RFC 6376 and RFC 7489 say about a message and the address it came from."""
        with asking(self.resolver):
            header = authheaders.authenticate_message(
                raw, AUTHSERV_ID, spf=True, ip=client, mail_from=envelope.mail_from, helo=helo
            )
        mail = message_from_bytes(raw, policy=policy.default)
        domain = mail["From"].addresses[0].domain
        results = {
            result.method: result for result in AuthenticationResultsHeader.parse(header).results
        }

        def aligned(method, named):
            result = results[method]
            return result.result if named == domain else f"{result.result} for {named or 'nobody'}"

        return Arrived(
            mail=mail,
            raw=raw,
            envelope=envelope.mail_from,
            recipients=tuple(envelope.rcpt_tos),
            spf=aligned("spf", results["spf"].smtp_mailfrom),
            dkim=aligned("dkim", results["dkim"].header_d),
            dmarc=results["dmarc"].result,
        )

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_error):
        self.stop()


@contextmanager
def asking(resolver):
    """Let the libraries, which know only the machine's name servers, ask ours."""
    before = dns.resolver.default_resolver
    dns.resolver.default_resolver = resolver
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # pyspf calls dns.resolver.query
            yield
    finally:
        dns.resolver.default_resolver = before
