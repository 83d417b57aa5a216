"""Hosts that accept mail for the mailboxes of a provider, where that is certain."""

from ....incoming.known_hosts import known_hosts
from ...kit.pure import PureCase


class TestKnownHosts(PureCase):
    def test_by_the_server_that_an_account_names(self):
        for server, hosts in (
            ("imap.gmail.com", ("mx.google.com",)),
            ("imap.zoho.eu", ("mx.zohomail.com",)),
            ("outlook.office365.com", ("*.outlook.com",)),
            ("imap.ionos.de", ("kundenserver.de",)),  # of its two, the one that vouches
            ("imap.migadu.com", ()),  # names its domain, and vouches by its machines
            ("imap.own-server.example", ()),
            ("", ()),
        ):
            with self.subTest(server=server):
                self.assertEqual(known_hosts(server), hosts)
