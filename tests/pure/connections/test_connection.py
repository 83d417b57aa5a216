"""What a server says of itself: capabilities, encryption, certificate, quota; and nonsense."""

import imaplib
import poplib
import warnings
from contextlib import contextmanager
from types import SimpleNamespace
from unittest.mock import patch

from ....connections import see_imap, see_pop3, see_smtp, starttls_certificate
from ....connections.connection import Seen
from ....connections.quota import Quota
from ...kit.pure import PureCase
from ...kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3
from ...kit.servers.tls_port import END, TlsPort, certificate


class Secured:
    """A socket that is encrypted, as far as it is asked whose certificate it has seen."""

    def __init__(self, *names):
        self.names = names

    def getpeercert(self, binary_form=False):
        # what nobody has checked, ssl shows as bytes alone
        return certificate(*self.names)[1] if binary_form else {}


class Imap:
    """An imaplib connection that says what a test wants it to."""

    capabilities = ("IMAP4REV1", "STARTTLS")
    said = (None, b"imap4rev1 quota", b"ID")
    status = "OK"

    def __init__(self, sock=None):
        self.sock = sock

    def capability(self):
        return "OK", list(self.said)

    def getquotaroot(self, mailbox):
        return self.status, [[b"INBOX root"], [b"root (STORAGE 1 2)"], [b"root (STORAGE 3 4)"]]


@contextmanager
def imap_connection(**quirks):
    with ScriptedImap([], **quirks) as server:
        client = imaplib.IMAP4("127.0.0.1", server.port, timeout=10)
        client.login("user", "password")
        yield client, server
        client.logout()


class TestImap(PureCase):
    def test_what_it_said_before_and_after_the_login(self):
        before = "IMAP4rev1 STARTTLS"
        after = "IMAP4rev1 QUOTA"
        quota = b"(STORAGE 950 1000 MESSAGE 2 100)"
        with imap_connection(before_login=before, after_login=after, quota=quota) as (client, _):
            seen = see_imap(client)
        self.assertEqual(seen.capabilities, {"IMAP4REV1", "STARTTLS", "QUOTA"})
        self.assertEqual(seen.quota, Quota("STORAGE", 950, 1000))
        self.assertEqual((seen.encryption, seen.certificate_end), ("none", None))

    def test_a_server_without_quota_is_not_asked_for_it(self):
        with imap_connection() as (client, server):
            self.assertIsNone(see_imap(client).quota)
        self.assertFalse([line for line in server.commands if "QUOTA" in line])

    def test_a_refused_quota_is_none(self):
        connection = Imap()
        self.assertEqual(see_imap(connection).quota, Quota("STORAGE", 1, 2))
        connection.status = "NO"
        self.assertIsNone(see_imap(connection).quota)

    def test_encrypted(self):
        seen = see_imap(Imap(Secured("mail.example.com")))
        self.assertEqual(seen.capabilities, {"IMAP4REV1", "STARTTLS", "QUOTA", "ID"})
        self.assertEqual((seen.encryption, seen.certificate_name), ("ssl", "mail.example.com"))

    def test_what_fails_costs_only_itself(self):
        connection = Imap()
        for error in (imaplib.IMAP4.error("x"), OSError("x"), ValueError("x")):

            def fails(*_arguments, error=error):
                raise error

            connection.capability = connection.getquotaroot = fails
            with self.subTest(error=error):
                self.assertEqual(see_imap(connection), Seen(frozenset(Imap.capabilities)))


class TestPop3(PureCase):
    def see(self, sock=None, **quirks):
        with ScriptedPop3([], **quirks) as server:
            client = poplib.POP3("127.0.0.1", server.port, timeout=10)
            real = client.sock
            client.sock = sock or real
            try:
                return see_pop3(client)
            finally:
                client.sock = real
                client.close()

    def test_capabilities(self):
        seen = self.see(capabilities=(b"top", b"UIDL", b"SASL PLAIN"))
        self.assertEqual(seen, Seen(frozenset({"TOP", "UIDL", "SASL"})))

    def test_a_server_without_capa_has_told_nothing(self):
        self.assertEqual(self.see(capabilities=None), Seen())

    def test_their_number_is_limited(self):
        seen = self.see(capabilities=[b"X%03d" % number for number in range(250)])
        self.assertEqual(seen.capabilities, {f"X{number:03}" for number in range(200)})

    def test_encrypted(self):
        connection = SimpleNamespace(capa=dict, sock=Secured("pop.example.com"))
        expected = Seen(frozenset(), "ssl", END, "pop.example.com")
        self.assertEqual(see_pop3(connection), expected)


class TestSmtp(PureCase):
    def test_what_ehlo_announced(self):
        features = {"size": "35882577", "auth": " plain LOGIN", "starttls": "", "8bitmime": ""}
        seen = see_smtp(SimpleNamespace(esmtp_features=features, sock=object()), starttls=False)
        capabilities = {"SIZE", "AUTH", "STARTTLS", "8BITMIME", "AUTH=PLAIN", "AUTH=LOGIN"}
        self.assertEqual(seen, Seen(frozenset(capabilities), size=35_882_577))

    def test_size_that_is_no_number(self):
        for size in ("", "much"):
            connection = SimpleNamespace(esmtp_features={"size": size}, sock=None)
            self.assertEqual(see_smtp(connection, starttls=False).size, 0)

    def test_a_connection_that_has_not_said_ehlo(self):
        for connection in (SimpleNamespace(), SimpleNamespace(esmtp_features=None)):
            self.assertEqual(see_smtp(connection, starttls=True), Seen())

    def test_a_server_that_has_encrypted_no_longer_offers_it(self):
        for starttls, encryption, found in (
            (True, "starttls", {"SIZE", "STARTTLS"}),
            (False, "ssl", {"SIZE"}),
        ):
            connection = SimpleNamespace(esmtp_features={"size": "1"}, sock=Secured("a.test"))
            expected = Seen(frozenset(found), encryption, END, "a.test", size=1)
            self.assertEqual(see_smtp(connection, starttls=starttls), expected)


class TestCertificate(PureCase):
    def name(self, *names):
        return see_pop3(SimpleNamespace(capa=dict, sock=Secured(*names))).certificate_name

    def test_whose_it_is(self):
        self.assertEqual(self.name("a.test"), "a.test")
        self.assertEqual(self.name("a.test", "b.test", "c.test"), "a.test")
        self.assertEqual(self.name(), "")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cryptography's, about more than 64 letters
            self.assertEqual(self.name("x" * 200), "x" * 200)
            self.assertEqual(self.name("x" * 201), "x" * 200)

    def test_read_without_a_warning(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.assertEqual(self.name("a.test"), "a.test")

    def test_one_that_cannot_be_read(self):
        for shown in (b"rubbish", None):
            sock = SimpleNamespace(getpeercert=lambda _binary, shown=shown: shown)
            seen = see_pop3(SimpleNamespace(capa=dict, sock=sock))
            self.assertEqual(seen, Seen(encryption="ssl"))

    def test_shown_to_those_who_ask_for_starttls(self):
        for kind, last in (("imap", "LOGOUT"), ("pop", "QUIT")):
            with self.subTest(kind), TlsPort(kind, f"{kind}.example.com") as server:
                found = starttls_certificate(kind, "127.0.0.1", server.port)
                self.assertEqual(found, (END, f"{kind}.example.com"))
                self.assertEqual(server.commands[-1], last, "the server is told goodbye")
                self.assertFalse([line for line in server.commands if "LOGIN" in line])

    def test_of_a_server_that_offers_none(self):
        with ScriptedImap([]) as server:
            self.assertEqual(starttls_certificate("imap", "127.0.0.1", server.port), (None, ""))
            self.assertEqual(server.commands[-1], "LOGOUT")
        with ScriptedPop3([]) as server:
            self.assertEqual(starttls_certificate("pop", "127.0.0.1", server.port), (None, ""))
            self.assertEqual(server.commands[-1], "QUIT")
        for kind in ("imap", "pop"):
            self.assertEqual(starttls_certificate(kind, "127.0.0.1", 1), (None, ""))

    def test_a_silent_server_costs_a_quarter_of_a_minute(self):
        for kind, module, name in (("imap", imaplib, "IMAP4"), ("pop", poplib, "POP3")):
            with patch.object(module, name, side_effect=OSError("timed out")) as opened:
                self.assertEqual(starttls_certificate(kind, "mx.test", 143), (None, ""))
            opened.assert_called_once_with("mx.test", 143, timeout=15)
