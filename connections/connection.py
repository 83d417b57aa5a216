"""Capabilities, quota and certificate of a server, read from a connection that is logged in.

Nothing here may cost a fetch or a message: a server that answers nonsense has told nothing.
"""

import contextlib
import imaplib
import poplib
import smtplib
import ssl
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509

from .quota import Quota, fullest, parse_quotas

_ERRORS = (imaplib.IMAP4.error, poplib.error_proto, smtplib.SMTPException, OSError, ValueError)
_MAX_CAPABILITIES = 200
_TIMEOUT = 15


@dataclass(frozen=True, slots=True)
class Seen:
    """``encryption`` is ssl, starttls or none; ``size`` the largest message in bytes, or 0."""

    capabilities: frozenset[str] = frozenset()
    encryption: str = "none"
    certificate_end: datetime | None = None
    certificate_name: str = ""
    quota: Quota | None = None
    size: int = 0


def see_imap(connection: Any) -> Seen:
    """One CAPABILITY, and one GETQUOTAROOT where the server has it."""
    # What it said before the login: STARTTLS is there alone.
    found = set(getattr(connection, "capabilities", ()))
    with contextlib.suppress(*_ERRORS):
        _status, data = connection.capability()
        found |= set(_words(data))
    quota = None
    if "QUOTA" in found:
        with contextlib.suppress(*_ERRORS):
            status, answer = connection.getquotaroot('"INBOX"')
            quota = fullest(parse_quotas(answer[1])) if status == "OK" else None
    return _seen(found, connection.sock, quota=quota)


def see_pop3(connection: Any) -> Seen:
    """One CAPA (RFC 2449); a server without it has told nothing."""
    found: set[str] = set()
    with contextlib.suppress(*_ERRORS):
        found = {name.upper() for name in connection.capa()}
    return _seen(found, connection.sock)


def see_smtp(connection: Any, *, starttls: bool) -> Seen:
    """What EHLO announced; no command is sent. AUTH comes with its methods: ``AUTH=PLAIN``."""
    features = dict(getattr(connection, "esmtp_features", None) or {})
    found = {name.upper() for name in features}
    found |= {f"AUTH={method}" for method in features.get("auth", "").upper().split()}
    size = features.get("size", "")
    seen = _seen(found, getattr(connection, "sock", None), size=int(size) if size.isdigit() else 0)
    if not starttls or seen.encryption == "none":
        return seen
    # A server that has encrypted does not offer it once more (RFC 3207 §4.2).
    return replace(seen, capabilities=seen.capabilities | {"STARTTLS"}, encryption="starttls")


def _seen(found: set[str], sock: Any, **more: Any) -> Seen:
    capabilities = frozenset(sorted(found)[:_MAX_CAPABILITIES])
    encryption = "ssl" if hasattr(sock, "getpeercert") else "none"
    return Seen(capabilities, encryption, *_certificate(sock), **more)


def starttls_certificate(kind: str, host: str, port: int) -> tuple[datetime | None, str]:
    """The certificate that a server shows to those who ask for STARTTLS, in a new connection.

    Nobody logs in, so that nothing has to be believed of it.
    """
    connection: Any = None
    with contextlib.suppress(*_ERRORS):
        try:
            if kind == "imap":
                connection = imaplib.IMAP4(host, port, timeout=_TIMEOUT)
                connection.starttls(unchecked_tls())
            else:
                connection = poplib.POP3(host, port, timeout=_TIMEOUT)
                connection.stls(unchecked_tls())
            return _certificate(connection.sock)
        finally:
            _close(connection)
    return None, ""


def unchecked_tls() -> ssl.SSLContext:
    """Encryption with whoever answers, whatever its certificate says."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _close(connection: Any) -> None:
    if connection is not None:
        goodbye: Callable[[], object] = getattr(connection, "logout", None) or connection.quit
        with contextlib.suppress(*_ERRORS):
            goodbye()


def _certificate(sock: Any) -> tuple[datetime | None, str]:
    """When the server's certificate ends (UTC), and whose it is; read as it was shown."""
    with contextlib.suppress(*_ERRORS, AttributeError, TypeError):
        der = sock.getpeercert(True)  # also where nobody checks it
        certificate = x509.load_der_x509_certificate(der)
        # In UTC; the first name is that of cryptography 42 and newer.
        aware = getattr(certificate, "not_valid_after_utc", None)
        end = aware.replace(tzinfo=None) if aware else certificate.not_valid_after
        names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
        return end, str(names[0].value)[:200] if names else ""
    return None, ""


def _words(data: list[object]) -> list[str]:
    return [
        word
        for line in data
        if isinstance(line, bytes)
        for word in line.decode("ascii", "replace").upper().split()
    ]
