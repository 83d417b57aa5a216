"""Which servers a setup tries first, from what DNS says."""

from ....providers.detect import detect, login_of
from ....providers.preset import Server
from ....providers.proposal import propose
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"


def proposed(table):
    found = detect(DOMAIN, MemoryDns(table))
    return propose(DOMAIN, found), login_of(found.preset)


class TestProposal(PureCase):
    def test_what_the_domain_names(self):
        proposal, login = proposed(
            {
                (f"_imaps._tcp.{DOMAIN}", "SRV"): ["0 1 1993 imap.example.com."],
                (f"_submission._tcp.{DOMAIN}", "SRV"): ["0 1 1587 smtp.example.com."],
            }
        )
        self.assertEqual(proposal.incoming, Server("imap.example.com", 1993, "ssl"))
        self.assertEqual(proposal.outgoing, Server("smtp.example.com", 1587, "starttls"))
        self.assertEqual((proposal.is_pop, proposal.origin, login), (False, "named", "password"))

    def test_a_mailbox_by_starttls_is_tried_by_ssl(self):
        """Odoo's connections to a mailbox know no STARTTLS."""
        proposal, _login = proposed(
            {(f"_imap._tcp.{DOMAIN}", "SRV"): ["0 1 143 imap.example.com."]}
        )
        self.assertEqual(proposal.incoming, Server("imap.example.com", 993, "ssl"))
        self.assertEqual(proposal.origin, "guessed")
        self.assertEqual(proposal.outgoing.host, "imap.example.com")

    def test_on_the_same_machine_nothing_is_on_the_way(self):
        proposal, _login = proposed({(DOMAIN, "MX"): ["10 mail.protonmail.ch."]})
        self.assertEqual(proposal.incoming.host, "127.0.0.1")
        self.assertNotEqual(proposal.incoming.port, 993)

    def test_pop_where_there_is_nothing_else(self):
        proposal, _login = proposed(
            {(f"_pop3s._tcp.{DOMAIN}", "SRV"): ["0 1 995 pop.example.com."]}
        )
        self.assertEqual((proposal.is_pop, proposal.incoming.port), (True, 995))

    def test_guesses(self):
        for table, host in (
            ({}, "mail.example.com"),
            ({(DOMAIN, "MX"): ["20 b.host.test.", "10 a.host.test."]}, "a.host.test"),
        ):
            with self.subTest(table=table):
                proposal, _login = proposed(table)
                self.assertEqual(proposal.incoming, Server(host, 993))
                self.assertEqual(proposal.outgoing, Server(host, 587, "starttls"))
                self.assertEqual(proposal.origin, "guessed")

    def test_who_wants_oauth(self):
        for host, login in (
            ("smtp.google.com", "gmail"),
            ("example-com.mail.protection.outlook.com", "outlook"),
            ("mx.zoho.eu", "password"),
        ):
            with self.subTest(host=host):
                proposal, found = proposed({(DOMAIN, "MX"): [f"10 {host}."]})
                self.assertEqual((found, proposal.origin), (login, "documented"))
                self.assertFalse(proposal.is_pop)
