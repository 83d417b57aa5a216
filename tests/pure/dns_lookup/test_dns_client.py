"""Names that DNS can be asked for, records read into hosts, and the answers from a table."""

from ....dns_lookup.client import (
    Answer,
    Status,
    is_loopback,
    is_mail_domain,
    is_name,
    mail_hosts,
    under,
)
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

LABEL = "a" * 63


class TestStatus(PureCase):
    def test_what_is_certain_and_what_the_next_try_may_find(self):
        for status, code, absent, failed in (
            (Status.FOUND, "found", False, False),
            (Status.NXDOMAIN, "nxdomain", True, False),
            (Status.NO_ANSWER, "no_answer", True, False),
            (Status.BAD_NAME, "bad_name", True, False),
            (Status.TIMEOUT, "timeout", False, True),
            (Status.SERVFAIL, "servfail", False, True),
            (Status.REFUSED, "declined", False, True),
            (Status.NO_NETWORK, "no_network", False, True),
        ):
            with self.subTest(status=status):
                answer = Answer(status)
                # findings are named by it, and stored
                self.assertEqual(f"mx_{status}", f"mx_{code}")
                self.assertEqual((answer.absent, answer.failed), (absent, failed))
                self.assertEqual(answer.records, ())


class TestNames(PureCase):
    def test_what_dns_can_be_asked_for(self):
        whole = ".".join([LABEL, LABEL, LABEL, "a" * 61])
        self.assertEqual(len(whole), 253)
        for name in (
            "a",
            "example.com",
            "EXAMPLE.com",
            "s1._domainkey.x-y.com",
            "1.2",
            LABEL,
            whole,
        ):
            with self.subTest(name=name):
                self.assertTrue(is_name(name))
        for name in (
            *("", ".", "a..b", "-a.com", "a-.com", "a b.com", "b\u00fccher.de", "a/b", "a:b"),
            *(f"a{LABEL}", f"{LABEL}.{LABEL}.{LABEL}.{'a' * 62}"),
        ):
            with self.subTest(name=name):
                self.assertFalse(is_name(name))

    def test_what_can_be_the_domain_of_addresses(self):
        for name, expected in (
            ("example.com", True),
            ("a.b1", True),
            ("localhost", False),
            ("_dmarc.example.com", False),
            ("192.0.2.1", False),
            ("example.7", False),
            ("-x.com", False),
        ):
            with self.subTest(name=name):
                self.assertIs(is_mail_domain(name), expected)

    def test_under_is_the_name_itself_or_below(self):
        for host, expected in (
            ("google.com", True),
            ("mx.google.com", True),
            ("mx.b.test", True),
            ("notgoogle.com", False),
            ("google.com.evil.test", False),
        ):
            with self.subTest(host=host):
                self.assertIs(under(host, ["google.com", "b.test"]), expected)
        self.assertFalse(under("google.com", []))

    def test_this_very_machine(self):
        for host, expected in (
            ("localhost", True),
            ("LocalHost", True),
            ("127.0.0.1", True),
            ("127.8.8.8", True),
            ("::1", True),
            ("192.0.2.1", False),
            ("mail.example.com", False),
            ("", False),
        ):
            with self.subTest(host=host):
                self.assertIs(is_loopback(host), expected)


class TestMailHosts(PureCase):
    def test_in_the_order_of_preference(self):
        for records, hosts in (
            (["20 b.test.", "10 A.Test."], ["a.test", "b.test"]),
            (["100 c.test", "9 a.test"], ["a.test", "c.test"]),
            (["10 b.test", "10 a.test"], ["b.test", "a.test"]),
            (["1 one.test", "x zero.test"], ["zero.test", "one.test"]),
            (["0 one.test", "x zero.test"], ["one.test", "zero.test"]),
            (["0 ."], [""]),
            (["0"], [""]),
            (["", "  ", "5 a.test extra"], ["a.test"]),
            ([], []),
        ):
            with self.subTest(records=records):
                self.assertEqual(mail_hosts(records), hosts)


class TestTable(PureCase):
    TABLE = {
        ("Example.com", "MX"): ["10 mx.example.com"],
        ("slow.test", "MX"): Status.TIMEOUT,
        ("deep.sub.test", "A"): ["192.0.2.1"],
    }

    def test_answers(self):
        for name, kind, status in (
            ("example.com", "MX", Status.FOUND),
            ("EXAMPLE.com.", "MX", Status.FOUND),
            ("example.com", "TXT", Status.NO_ANSWER),
            ("slow.test", "MX", Status.TIMEOUT),
            ("slow.test", "A", Status.NO_ANSWER),
            ("sub.test", "A", Status.NO_ANSWER),  # a name below it exists
            ("ub.test", "A", Status.NXDOMAIN),
            ("gone.test", "A", Status.NXDOMAIN),
            ("not a name", "A", Status.BAD_NAME),
        ):
            with self.subTest(name=name, kind=kind):
                self.assertEqual(MemoryDns(self.TABLE).ask(name, kind).status, status)

    def test_a_default_stands_for_what_is_not_in_the_table(self):
        dns = MemoryDns(self.TABLE, Status.SERVFAIL)
        found = dns.ask_all([("example.com", "MX"), ("Other.test", "A"), ("a b", "A")])
        expected = [Status.FOUND, Status.SERVFAIL, Status.BAD_NAME]
        self.assertEqual([answer.status for answer in found], expected)
        self.assertEqual(found[0].records, ("10 mx.example.com",))
        self.assertEqual(dns.asked, [("example.com", "MX"), ("other.test", "A"), ("a b", "A")])
