"""What a port speaks, on real sockets, and which trouble an exception is."""

import imaplib
import poplib
import smtplib
import socket
import ssl
import threading
from contextlib import contextmanager

from odoo.tests import BaseCase, tagged

from ....connections import port_trouble, trouble_of
from ....connections.login_trouble import SENTENCES, LoginTrouble


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


@tagged("post_install", "-at_install")
class TestTrouble(BaseCase):
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

    def test_exceptions(self):
        for error, trouble in (
            (imaplib.IMAP4.error(b"[AUTHENTICATIONFAILED] no"), LoginTrouble.LOGIN),
            (imaplib.IMAP4.error("LOGINDISABLED"), LoginTrouble.PLAIN_FORBIDDEN),
            (imaplib.IMAP4.abort("socket error: EOF"), LoginTrouble.CLOSED),
            (poplib.error_proto("-ERR EOF"), LoginTrouble.CLOSED),
            (poplib.error_proto(b"-ERR [AUTH] no"), LoginTrouble.LOGIN),
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
            (TimeoutError("x"), LoginTrouble.SILENT),
            (socket.gaierror(socket.EAI_NONAME, "x"), LoginTrouble.NO_NAME),
            (socket.gaierror(socket.EAI_AGAIN, "x"), LoginTrouble.NO_DNS),
            (OSError(113, "No route to host"), LoginTrouble.UNREACHABLE),
            (KeyError("x"), None),
        ):
            with self.subTest(error=error):
                self.assertEqual(trouble_of(error), trouble)

    def test_every_trouble_has_a_sentence(self):
        values = dict.fromkeys(("account", "host", "port", "error"), "?")
        self.assertEqual(set(SENTENCES), set(LoginTrouble))
        for sentence in SENTENCES.values():
            self.assertIn("“?”", sentence % values)
