"""Questions over a real socket, and what every kind of silence is taken for."""

import socket
import threading
import time
from types import SimpleNamespace
from unittest.mock import patch

import dns.exception
import dns.message
import dns.rdata
import dns.resolver

from ....dns_lookup import Resolver, name_server
from ....dns_lookup import resolver as resolver_module
from ....dns_lookup.client import Answer, Status
from ....domain_check.check import check_domain
from ....domain_check.facts import Facts
from ...kit.good_domain import DOMAIN, GOOD
from ...kit.pure import PureCase
from ...kit.servers.dns_server import REFUSED, SERVFAIL, SILENT, DnsServer

NOWHERE = ("192.0.2.53", 53)


class TestResolver(PureCase):
    TABLE = {
        ("slow.test", "MX"): SILENT,
        ("broken.test", "MX"): SERVFAIL,
        ("closed.test", "MX"): REFUSED,
        ("good.test", "MX"): ["20 b.good.test.", "10 a.good.test."],
        ("good.test", "TXT"): ['"two " "strings"'],
        ("null.test", "MX"): ["0 ."],
        ("_imaps._tcp.good.test", "SRV"): ["0 1 993 imap.good.test."],
    }

    def ask(self, name, kind="MX", **options):
        with DnsServer(self.TABLE) as server, Resolver(server.address, **options) as dns:
            return dns.ask(name, kind)

    def test_the_ways_of_no_answer(self):
        for name, kind, status in (
            ("good.test", "A", Status.NO_ANSWER),
            ("gone.test", "MX", Status.NXDOMAIN),
            ("broken.test", "MX", Status.SERVFAIL),
            ("closed.test", "MX", Status.REFUSED),
            ("no good.test", "MX", Status.BAD_NAME),
            ("x" * 64 + ".test", "MX", Status.BAD_NAME),
        ):
            with self.subTest(name=name, kind=kind):
                self.assertEqual(self.ask(name, kind).status, status)
        self.assertEqual(self.ask("slow.test", query_seconds=0.3).status, Status.TIMEOUT)

    def test_records_are_read_as_the_router_wants_them(self):
        for name, kind, records in (
            ("good.test", "MX", {"10 a.good.test", "20 b.good.test"}),
            ("Good.Test.", "TXT", {"two strings"}),
            ("null.test", "MX", {"0 ."}),
            ("_imaps._tcp.good.test", "SRV", {"0 1 993 imap.good.test"}),
        ):
            with self.subTest(name=name, kind=kind):
                self.assertEqual(set(self.ask(name, kind).records), records)

    def test_a_machine_without_a_network(self):
        unreachable = OSError(101, "Network is unreachable")
        with (
            patch("dns.query.udp", side_effect=unreachable),
            Resolver(("192.0.2.53", 53)) as dns,
        ):
            self.assertEqual(dns.ask("good.test", "MX").status, Status.NO_NETWORK)

    def test_a_silent_name_server_does_not_hang_the_check(self):
        everything = dict.fromkeys(
            [(name, kind) for name, kind in GOOD] + [(DOMAIN, "DS"), (DOMAIN, "A")], SILENT
        )
        with DnsServer(everything) as server:
            started = time.monotonic()
            with Resolver(server.address, query_seconds=0.4, total_seconds=1.5) as dns:
                found = check_domain(Facts(DOMAIN), dns, dns.at_once)
            # each question alone would wait for 0.4 s, one after the other
            self.assertLess(time.monotonic() - started, 10)
        codes = {finding.code for finding in found}
        self.assertLessEqual({"mx_timeout", "spf_timeout", "dmarc_timeout"}, codes)

    def test_of_two_name_servers_a_dead_one_costs_its_time_once(self):
        with DnsServer(GOOD) as server, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as dead:
            host, port = server.address
            dead.bind(("127.0.0.2", port))  # takes questions and never answers
            started = time.monotonic()
            with Resolver((host, port), query_seconds=1.0) as dns:
                dns._resolver.nameservers = ["127.0.0.2", host]
                found = check_domain(Facts(DOMAIN, outgoing_hosts=("mail.example.com",)), dns)
            # one after the other: 20 questions and more, half a second each, would take ten
            self.assertLess(time.monotonic() - started, 4)
        codes = {finding.code for finding in found}
        self.assertLessEqual({"mx_ok", "spf_ok", "dmarc_ok"}, codes)
        self.assertFalse([code for code in codes if code.endswith("_timeout")])

    def test_a_question_is_sent_once(self):
        with DnsServer(self.TABLE) as server, Resolver(server.address) as dns:
            dns.ask_all([("good.test", "MX")] * 5)
            dns.ask("GOOD.test", "MX")
            self.assertEqual(len(server.asked), 1)

    def test_a_name_server_is_an_address(self):
        self.assertEqual(name_server("192.0.2.53"), ("192.0.2.53", 53))
        self.assertEqual(name_server("127.0.0.1:5353"), ("127.0.0.1", 5353))
        self.assertEqual(name_server("[2001:db8::53]:5353"), ("2001:db8::53", 5353))
        for text in ("ns.example.com", "127.0.0.1:0", "127.0.0.1:x", ""):
            with self.subTest(text=text), self.assertRaises(ValueError):
                name_server(text)

    def test_a_port_is_between_1_and_65535(self):
        for text, expected in (
            ("192.0.2.53:1", ("192.0.2.53", 1)),
            ("192.0.2.53:65535", ("192.0.2.53", 65535)),
            (" 192.0.2.53 ", ("192.0.2.53", 53)),
            ("2001:db8::53", ("2001:db8::53", 53)),
            ("[2001:db8::53]", ("2001:db8::53", 53)),
        ):
            with self.subTest(text=text):
                self.assertEqual(name_server(text), expected)
        for text in ("192.0.2.53:65536", "192.0.2.53:-1"):
            with self.subTest(text=text), self.assertRaisesRegex(ValueError, "not a valid port"):
                name_server(text)


class Records(list):
    """What dnspython returns: records, and which name server gave them."""

    def __init__(self, kind, texts, nameserver=None):
        super().__init__(dns.rdata.from_text("IN", kind, text) for text in texts)
        self.nameserver = nameserver


def attempts(*ends):
    """What dnspython says of its tries: server, TCP or not, port, error, answer."""
    return [("192.0.2.53", False, 53, end, None) for end in ends]


class StubbedCase(PureCase):
    """A resolver whose questions never reach a socket: ``resolve`` answers them."""

    def stub(self, resolve):
        """Replace dnspython's own call; return the list of its calls."""
        calls = []

        def called(_resolver, name, kind, **options):
            calls.append((name, kind, options))
            return resolve(name, kind)

        patcher = patch.object(dns.resolver.Resolver, "resolve", called)
        patcher.start()
        self.addCleanup(patcher.stop)
        return calls

    def clock(self):
        """Stop the resolver's clock; ``now`` of what is returned moves it."""
        clock = SimpleNamespace(now=1000.0)
        fake = SimpleNamespace(monotonic=lambda: clock.now)
        patcher = patch.object(resolver_module, "time", fake)
        patcher.start()
        self.addCleanup(patcher.stop)
        return clock


class TestOutcomes(StubbedCase):
    def test_every_error_of_dnspython_is_one_status(self):
        query = dns.message.make_query("good.test", "MX")
        broken, declined = OSError("unreachable"), "REFUSED"
        late, nobody = dns.resolver.LifetimeTimeout, dns.resolver.NoNameservers
        for error, status in (
            (dns.resolver.NXDOMAIN(), Status.NXDOMAIN),
            (dns.resolver.NoAnswer(response=query), Status.NO_ANSWER),
            (dns.resolver.YXDOMAIN(), Status.NO_ANSWER),
            (late(timeout=1, errors=[]), Status.TIMEOUT),
            (late(timeout=1, errors=attempts(broken)), Status.NO_NETWORK),
            (late(timeout=1, errors=attempts(broken, "timed out")), Status.TIMEOUT),
            (late(timeout=1, errors=attempts(declined, declined)), Status.REFUSED),
            (nobody(request=query, errors=[]), Status.SERVFAIL),
            (nobody(request=query, errors=attempts(declined)), Status.REFUSED),
            (nobody(request=query, errors=attempts(declined, "SERVFAIL")), Status.SERVFAIL),
            (nobody(request=query, errors=attempts(broken, broken)), Status.NO_NETWORK),
            (dns.exception.Timeout(timeout=1), Status.TIMEOUT),
            (OSError("no route"), Status.NO_NETWORK),
            (dns.exception.FormError(), Status.SERVFAIL),
        ):
            with (
                self.subTest(error=repr(error), status=status),
                patch.object(dns.resolver.Resolver, "resolve", side_effect=error),
                Resolver(NOWHERE) as resolver,
            ):
                self.assertEqual(resolver.ask("good.test", "MX"), Answer(status))

    def test_records_are_texts(self):
        for kind, texts, expected in (
            ("TXT", [r'"gr\252n"', '"a" "b"'], ("gr\ufffdn", "ab")),
            ("TXT", [r'"gr\195\188n "'], ("gr\u00fcn ",)),
            ("MX", ["10 a.test."], ("10 a.test",)),
            ("MX", ["0 ."], ("0 .",)),
            ("SRV", ["0 1 993 a.test."], ("0 1 993 a.test",)),
            ("CNAME", ["a.test."], ("a.test",)),
            ("AAAA", ["2001:DB8::1"], ("2001:db8::1",)),
        ):
            self.stub(lambda *_question, kind=kind, texts=texts: Records(kind, texts))
            with self.subTest(kind=kind, texts=texts), Resolver(NOWHERE) as resolver:
                self.assertEqual(resolver.ask("good.test", kind), Answer(Status.FOUND, expected))

    def test_of_many_records_fifty_are_read(self):
        self.stub(lambda *_question: Records("A", [f"192.0.2.{at}" for at in range(51)]))
        with Resolver(NOWHERE) as resolver:
            self.assertEqual(len(resolver.ask("good.test", "A").records), 50)

    def test_names_are_asked_for_whole_and_in_lower_case(self):
        calls = self.stub(lambda *_question: Records("A", []))
        with Resolver(NOWHERE) as resolver:
            resolver.ask("Good.Test.", "A")
        self.assertEqual([(name, kind) for name, kind, _options in calls], [("good.test.", "A")])
        self.assertFalse(calls[0][2]["search"])

    def test_a_machine_without_name_servers_has_no_network(self):
        nothing = dns.resolver.NoResolverConfiguration()
        for error in (nothing, OSError("resolv.conf"), ValueError("resolv.conf")):
            with patch("dns.resolver.Resolver", side_effect=error), Resolver() as resolver:
                self.assertEqual(resolver.ask("good.test", "A").status, Status.NO_NETWORK)

    def test_the_machine_s_name_servers_are_asked_unless_one_is_named(self):
        with patch("dns.resolver.Resolver") as made:
            for server, configure in ((None, True), (("192.0.2.1", 54), False)):
                with Resolver(server, query_seconds=3.0):
                    made.assert_called_with(configure=configure)
            self.assertEqual(made.return_value.nameservers, ["192.0.2.1"])
            self.assertEqual(made.return_value.port, 54)
            # a packet that gets lost leaves time for a second one
            self.assertEqual((made.return_value.lifetime, made.return_value.timeout), (3.0, 1.5))
            # answers of 1,232 bytes pass everywhere without being split (dnsflagday.net/2020)
            made.return_value.use_edns.assert_called_with(0, 0, 1232)


class TestLimits(StubbedCase):
    def test_a_question_has_three_seconds_and_all_together_twenty(self):
        calls, clock = self.stub(lambda *_question: Records("A", [])), self.clock()
        with Resolver(NOWHERE) as resolver:
            for spent, seconds in ((0, 3.0), (17, 3.0), (18, 2.0), (19.5, 0.5)):
                clock.now = 1000.0 + spent
                self.assertEqual(resolver.ask(f"at{spent}.test", "A").status, Status.FOUND)
                self.assertEqual(calls[-1][2]["lifetime"], seconds)
            for spent in (20, 21):
                clock.now = 1000.0 + spent
                self.assertEqual(resolver.ask(f"at{spent}.test", "A").status, Status.TIMEOUT)
            self.assertEqual(resolver._fetch("late.test", "A"), Answer(Status.TIMEOUT))
        self.assertEqual(len(calls), 4)

    def test_what_was_answered_in_time_is_known_afterwards(self):
        self.stub(lambda *_question: Records("A", ["192.0.2.1"]))
        clock = self.clock()
        with Resolver(NOWHERE) as resolver:
            first = resolver.ask("good.test", "A")
            clock.now += 21
            self.assertEqual(resolver.ask("good.test", "A"), first)

    def test_nobody_waits_beyond_the_end(self):
        late = threading.Event()

        def answer_late(*_question):
            late.wait(0.4)
            return Records("A", ["192.0.2.1"])

        self.stub(answer_late)
        with Resolver(NOWHERE, total_seconds=0.05) as resolver:
            self.assertEqual(resolver.ask("slow.test", "A").status, Status.TIMEOUT)
            # and whoever asks the same thing again gets no second wait
            self.assertEqual(resolver.ask("slow.test", "A").status, Status.TIMEOUT)
        late.set()

    def test_a_record_of_strangers_cannot_ask_for_more_than_250_names(self):
        calls = self.stub(lambda *_question: Records("A", []))
        with Resolver(NOWHERE) as resolver:
            answers = resolver.ask_all([(f"n{at}.test", "A") for at in range(251)])
            self.assertEqual([a.status for a in answers[:250]], [Status.FOUND] * 250)
            self.assertEqual(answers[250].status, Status.TIMEOUT)
            self.assertEqual(resolver.ask("n0.test", "A").status, Status.FOUND)
            self.assertTrue(resolver._start("n252.test", "A").done())  # nobody waits for it
        self.assertEqual(len(calls), 250)

    def test_sixteen_questions_and_sixteen_checks_go_on_at_once(self):
        together = threading.Barrier(16)
        lock, busy, peaks = threading.Lock(), set(), []

        def meet(*_anything):
            with lock:
                busy.add(threading.get_ident())
                peaks.append(len(busy))
            together.wait(5)
            with lock:
                busy.discard(threading.get_ident())
            return Records("A", [])

        self.stub(meet)
        with Resolver(NOWHERE) as resolver:
            found = resolver.ask_all([(f"n{at}.test", "A") for at in range(32)])
            self.assertEqual({answer.status for answer in found}, {Status.FOUND})
            self.assertEqual(max(peaks), 16)
            peaks.clear()
            self.assertEqual(len(list(resolver.at_once(meet, range(32)))), 32)
            self.assertEqual(max(peaks), 16)

    def test_checks_come_back_in_their_order(self):
        with Resolver(NOWHERE) as resolver:
            self.assertEqual(list(resolver.at_once(str, range(5))), list("01234"))

    def test_leaving_waits_for_nobody_and_sends_nothing_more(self):
        stuck = threading.Event()

        def wait(*_question):
            stuck.wait(30)
            return Records("A", [])

        calls = self.stub(wait)
        started = time.monotonic()
        with Resolver(NOWHERE, total_seconds=0.05) as resolver:
            resolver.ask_all([(f"n{at}.test", "A") for at in range(20)])
        self.assertLess(time.monotonic() - started, 15)
        # How many questions there were by then, and how many of the 16 threads had begun, is the
        # machine's business: what had not begun never will. One that began when the time was over
        # has ended, and asked nobody.
        waiting = [item for item in resolver._open.values() if not item.cancelled()]
        self.assertTrue(all(item.running() or item.done() for item in waiting))
        stuck.set()
        self.assertLessEqual(len(calls), 16)


class TestOrderOfServers(StubbedCase):
    SERVERS = ("192.0.2.1", "192.0.2.2", "192.0.2.3")

    def test_the_one_that_answered_is_asked_first_from_then_on(self):
        for answered, expected in (
            ("192.0.2.1", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]),
            ("192.0.2.3", ["192.0.2.3", "192.0.2.1", "192.0.2.2"]),
            ("192.0.2.9", ["192.0.2.1", "192.0.2.2", "192.0.2.3"]),
            (None, ["192.0.2.1", "192.0.2.2", "192.0.2.3"]),
        ):
            self.stub(lambda *_question, by=answered: Records("A", ["192.0.2.7"], by))
            with self.subTest(answered=answered), Resolver(NOWHERE) as resolver:
                resolver._resolver.nameservers = list(self.SERVERS)
                resolver.ask("good.test", "A")
                self.assertEqual(list(resolver._resolver.nameservers), expected)
