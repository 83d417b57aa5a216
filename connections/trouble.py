"""Which trouble an exception of a login is, and what a port speaks before anybody logs in."""

import contextlib
import imaplib
import poplib
import re
import smtplib
import socket
import ssl

from .connection import unchecked_tls
from .login_trouble import LoginTrouble
from .words import is_blocked, meaning_of

PATIENCE = 12  # seconds; a server that greets late to keep robots out takes about six
# What speaks with the server's words; SMTP's own refusals of addresses are told by their kind.
_SAID = (imaplib.IMAP4.error, poplib.error_proto, smtplib.SMTPResponseException)
_ENDED = re.compile(r"-err eof|socket error|\beof\b", re.IGNORECASE)
_BYE = re.compile(r"(?:\*\s{1,9})?bye\b", re.IGNORECASE)
_KINDS = (  # the first that an error is of
    (ConnectionRefusedError, LoginTrouble.REFUSED),
    (ssl.SSLCertVerificationError, LoginTrouble.CERTIFICATE),
    (ssl.SSLError, LoginTrouble.NOT_TLS),
    (TimeoutError, LoginTrouble.SILENT),
    ((imaplib.IMAP4.abort, smtplib.SMTPServerDisconnected, EOFError), LoginTrouble.CLOSED),
    (smtplib.SMTPSenderRefused, LoginTrouble.SENDER),
    (smtplib.SMTPRecipientsRefused, LoginTrouble.RECIPIENT),
)


def trouble_of(error: BaseException, *, logged_in: bool = False) -> LoginTrouble | None:
    """Return what an exception of imaplib, poplib, smtplib or a socket means; None: another one.

    :param logged_in: whether the login had succeeded before
    """
    text = _text(error)
    if isinstance(error, _SAID) and (trouble := _said(error, text, logged_in)):
        return trouble
    if isinstance(error, socket.gaierror):
        asked = error.errno not in (socket.EAI_AGAIN, socket.EAI_FAIL)
        return LoginTrouble.NO_NAME if asked else LoginTrouble.NO_DNS
    if isinstance(error, UnicodeEncodeError) and error.encoding == "ascii":
        return LoginTrouble.NOT_ASCII  # imaplib and smtplib encode a login so
    if logged_in and isinstance(error, (OSError, EOFError, imaplib.IMAP4.abort)):
        return LoginTrouble.CUT
    for kind, trouble in _KINDS:
        if isinstance(error, kind):
            return trouble
    if isinstance(error, smtplib.SMTPNotSupportedError):
        # smtplib: "STARTTLS extension not supported", "SMTP AUTH extension not supported by
        # server": most servers offer AUTH only once the connection is encrypted.
        starttls = "starttls" in text.lower()
        return LoginTrouble.NO_STARTTLS if starttls else LoginTrouble.PLAIN_FORBIDDEN
    return LoginTrouble.UNREACHABLE if isinstance(error, OSError) else None


def _said(error: BaseException, text: str, logged_in: bool) -> LoginTrouble | None:
    """What the server's own words mean; None: it said none."""
    if isinstance(error, smtplib.SMTPSenderRefused):
        return None
    if isinstance(error, imaplib.IMAP4.readonly):
        return LoginTrouble.READ_ONLY
    if _ENDED.search(text):
        return LoginTrouble.CUT if logged_in else LoginTrouble.CLOSED
    meaning = meaning_of(text)
    if logged_in and meaning in (LoginTrouble.LOGIN, LoginTrouble.DENIED):
        meaning = None  # it was right: something else was refused with such words
    if isinstance(error, imaplib.IMAP4.abort) or _BYE.match(text):
        # imaplib hands on the words of a BYE; others are its own
        return meaning or (None if text.startswith("unexpected") else LoginTrouble.BYE)
    if isinstance(error, smtplib.SMTPAuthenticationError) and error.smtp_code == 535:
        # RFC 4954 §6
        return meaning or (LoginTrouble.DENIED if is_blocked(text) else LoginTrouble.LOGIN)
    return meaning or (LoginTrouble.UNAVAILABLE if logged_in else LoginTrouble.DENIED)


def _text(error: BaseException) -> str:
    said = getattr(error, "smtp_error", None) or (error.args[0] if error.args else "")
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def port_trouble(
    host: str, port: int, *, tls: bool, patience: float = PATIENCE
) -> tuple[LoginTrouble, str] | None:
    """Say what is wrong with a port before a login is tried, with what the system said.

    A mail client that speaks in the clear to a port that waits for SSL/TLS, or the other way
    round, waits a minute and learns nothing; here the greeting tells within seconds. None: the
    port answers as it should.
    """
    if not 0 < port < 65_536:
        return LoginTrouble.REFUSED, ""
    try:
        with socket.create_connection((host, port), patience) as sock:
            if tls:
                _handshake(sock)
                return None
            return _greeting(sock, host, port, patience)
    except UnicodeError as error:  # no name at all, such as "a..b"
        return LoginTrouble.NO_NAME, str(error)
    except OSError as error:
        trouble = trouble_of(error) or LoginTrouble.UNREACHABLE
        return trouble, getattr(error, "strerror", None) or str(error)


def _greeting(
    sock: socket.socket, host: str, port: int, patience: float
) -> tuple[LoginTrouble, str] | None:
    try:
        return None if sock.recv(1) else (LoginTrouble.CLOSED, "")
    except TimeoutError as error:
        said = str(error)
    with contextlib.suppress(OSError), socket.create_connection((host, port), patience) as second:
        _handshake(second)
        return LoginTrouble.NEEDS_TLS, said
    return LoginTrouble.SILENT, said


def _handshake(sock: socket.socket) -> None:
    # Whose certificate it is, is looked at when the account logs in, if it wants to know.
    with unchecked_tls().wrap_socket(sock):
        pass
