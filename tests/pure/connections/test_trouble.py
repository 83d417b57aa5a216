"""What a port speaks, on real sockets, and which trouble an exception is."""

import errno
import imaplib
import os
import poplib
import smtplib
import socket
import ssl
import threading
from contextlib import contextmanager

from ....connections import port_trouble, trouble_of
from ....connections.login_trouble import SENTENCES, LoginTrouble
from ....connections.trouble import PATIENCE
from ...kit.pure import PureCase
from ...kit.servers.tls_port import TlsPort


@contextmanager
def port(greeting=b"", *, closes=False):
    """A port that greets, or hangs up, or says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        connections = []

        def serve():
            while True:
                try:
                    connection, _address = server.accept()
                except OSError:
                    return
                if greeting:
                    connection.sendall(greeting)
                if closes:
                    connection.close()
                else:
                    connections.append(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]
        server.shutdown(socket.SHUT_RDWR)  # wakes the thread, or the port stays open
        for connection in connections:
            connection.close()


class TestTrouble(PureCase):
    def trouble(self, number, *, host="127.0.0.1", tls=False):
        found = port_trouble(host, number, tls=tls, patience=0.3)
        return found and found[0]

    def test_ports(self):
        with port(b"* OK ready\r\n") as number:
            self.assertIsNone(self.trouble(number))
            self.assertEqual(self.trouble(number, tls=True), LoginTrouble.NOT_TLS)
        with port() as number:
            self.assertEqual(self.trouble(number), LoginTrouble.SILENT)
            self.assertEqual(self.trouble(number, tls=True), LoginTrouble.SILENT)
        with port(closes=True) as number:
            self.assertEqual(self.trouble(number), LoginTrouble.CLOSED)
        self.assertEqual(self.trouble(number), LoginTrouble.REFUSED)
        for nowhere in (-1, 0, 99_999):
            self.assertEqual(self.trouble(nowhere), LoginTrouble.REFUSED)
        for name in ("a..b", "x" * 70 + ".test"):
            with self.subTest(name=name):
                self.assertEqual(self.trouble(number, host=name), LoginTrouble.NO_NAME)
        # on a machine without a network nobody can say that there is no such name
        unknown = {LoginTrouble.NO_NAME, LoginTrouble.NO_DNS}
        self.assertIn(self.trouble(number, host="nowhere.invalid"), unknown)

    def test_a_port_that_speaks_tls_needs_no_certificate_that_anybody_knows(self):
        with TlsPort("tls", "mail.example.com") as server:
            self.assertIsNone(port_trouble("127.0.0.1", server.port, tls=True, patience=5))
            found = port_trouble("127.0.0.1", server.port, tls=False, patience=0.5)
        self.assertEqual(found, (LoginTrouble.NEEDS_TLS, "timed out"))

    def test_what_the_system_said_goes_along(self):
        refused = (LoginTrouble.REFUSED, os.strerror(errno.ECONNREFUSED))
        for number, expected in (
            (0, (LoginTrouble.REFUSED, "")),  # no port: nothing to ask the system for
            (1, refused),
            (65_535, refused),
            (65_536, (LoginTrouble.REFUSED, "")),
        ):
            with self.subTest(port=number):
                found = port_trouble("127.0.0.1", number, tls=False, patience=5)
                self.assertEqual(found, expected)
        with port() as number:
            for tls in (False, True):
                found = port_trouble("127.0.0.1", number, tls=tls, patience=0.1)
                self.assertEqual(found[0], LoginTrouble.SILENT)
                self.assertIn("timed out", found[1])
        with port(closes=True) as number:
            found = port_trouble("127.0.0.1", number, tls=False, patience=5)
        self.assertEqual(found, (LoginTrouble.CLOSED, ""))
        _trouble, said = port_trouble("a..b", 993, tls=False)
        self.assertIn("label", said)

    def test_servers_that_greet_late_are_waited_for(self):
        self.assertEqual(PATIENCE, 12)

    EXCEPTIONS = (
        (imaplib.IMAP4.error(b"[AUTHENTICATIONFAILED] no"), LoginTrouble.LOGIN),
        (imaplib.IMAP4.error("LOGINDISABLED"), LoginTrouble.PLAIN_FORBIDDEN),
        (imaplib.IMAP4.abort("socket error: EOF"), LoginTrouble.CLOSED),
        (poplib.error_proto("-ERR EOF"), LoginTrouble.CLOSED),
        (poplib.error_proto("-ERR EOF", 2), LoginTrouble.CLOSED),
        (poplib.error_proto(b"-ERR [AUTH] no"), LoginTrouble.LOGIN),
        (poplib.error_proto(), LoginTrouble.DENIED),
        (EOFError(), LoginTrouble.CLOSED),
        (smtplib.SMTPAuthenticationError(535, b"5.7.8 no"), LoginTrouble.LOGIN),
        (
            smtplib.SMTPAuthenticationError(530, b"Must issue a STARTTLS first"),
            LoginTrouble.PLAIN_FORBIDDEN,
        ),
        (
            smtplib.SMTPNotSupportedError("STARTTLS extension not supported by server."),
            LoginTrouble.NO_STARTTLS,
        ),
        (
            smtplib.SMTPNotSupportedError("SMTP AUTH extension not supported by server."),
            LoginTrouble.PLAIN_FORBIDDEN,
        ),
        (smtplib.SMTPServerDisconnected("x"), LoginTrouble.CLOSED),
        (smtplib.SMTPSenderRefused(553, b"no", "a@b.test"), LoginTrouble.SENDER),
        (smtplib.SMTPRecipientsRefused({}), LoginTrouble.RECIPIENT),
        (ssl.SSLCertVerificationError("x"), LoginTrouble.CERTIFICATE),
        (ssl.SSLError("x"), LoginTrouble.NOT_TLS),
        (ConnectionRefusedError("x"), LoginTrouble.REFUSED),
        (TimeoutError("x"), LoginTrouble.SILENT),
        (socket.gaierror(socket.EAI_NONAME, "x"), LoginTrouble.NO_NAME),
        (socket.gaierror(socket.EAI_AGAIN, "x"), LoginTrouble.NO_DNS),
        (socket.gaierror(socket.EAI_FAIL, "x"), LoginTrouble.NO_DNS),
        (UnicodeEncodeError("ascii", "pä", 1, 2, "x"), LoginTrouble.NOT_ASCII),
        (UnicodeEncodeError("idna", "ä", 0, 1, "x"), None),
        (UnicodeDecodeError("ascii", b"\xe4", 0, 1, "x"), None),
        (OSError(113, "No route to host"), LoginTrouble.UNREACHABLE),
        (KeyError("x"), None),
    )

    def test_exceptions(self):
        for error, trouble in self.EXCEPTIONS:
            with self.subTest(error=error):
                self.assertEqual(trouble_of(error), trouble)

    def test_servers_that_take_no_password_in_the_clear_say_it_in_their_own_words(self):
        for answer in (
            "[PRIVACYREQUIRED] LOGINDISABLED",  # RFC 2595 §3.2
            "Plaintext authentication disallowed on non-secure (SSL/TLS) connections.",  # Dovecot
            "cleartext logins disabled",
            "5.7.0 Must issue a STARTTLS first",  # Postfix says "command first"
            "STARTTLS first",
            "-ERR Issue a STLS command first",
        ):
            with self.subTest(answer=answer):
                plain = LoginTrouble.PLAIN_FORBIDDEN
                self.assertEqual(trouble_of(imaplib.IMAP4.error(answer)), plain)
                refusal = smtplib.SMTPAuthenticationError(530, answer.encode())
                self.assertEqual(trouble_of(refusal), plain)

    def test_the_codes_are_stored_and_stay(self):
        self.assertEqual(
            " ".join(map(str, LoginTrouble)),
            "no_name no_dns refused silent unreachable needs_tls not_tls certificate no_starttls"
            " plain_forbidden closed not_ascii cut bye too_many throttled over_quota in_use"
            " unavailable not_connected switched_off read_only oauth app_password expired denied"
            " login sender recipient",
        )

    def test_every_trouble_has_a_sentence(self):
        values = dict.fromkeys(("account", "host", "port", "error"), "?")
        self.assertEqual(set(SENTENCES), set(LoginTrouble))
        for sentence in SENTENCES.values():
            self.assertIn("“?”", sentence % values)
