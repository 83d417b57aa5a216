"""SPF as a receiver evaluates it (RFC 7208); the cases of its sections and appendix A."""

from ....dns_lookup.client import Status
from ....domain_check.spf_evaluation import evaluate
from ....domain_check.spf_record import SpfError, parse_spf
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

ZONE = {
    ("example.com", "MX"): ["10 mail-a.example.com", "20 mail-b.example.com"],
    ("example.com", "A"): ["192.0.2.10", "192.0.2.11"],
    ("mail-a.example.com", "A"): ["192.0.2.129"],
    ("mail-b.example.com", "A"): ["192.0.2.130"],
    ("example.org", "MX"): ["10 mail-c.example.org"],
    ("mail-c.example.org", "A"): ["192.0.2.140"],
    ("six.example.com", "AAAA"): ["2001:db8::1"],
    ("10.2.0.192.in-addr.arpa", "PTR"): ["example.com"],
    ("ok.example.org", "TXT"): ["v=spf1 ip4:192.0.2.140 -all"],
    ("none.example.org", "A"): ["192.0.2.1"],
    ("broken.example.org", "TXT"): ["v=spf1 foo -all"],
    ("slow.example.org", "TXT"): Status.TIMEOUT,
    ("bob.lists.example.com", "A"): ["127.0.0.2"],
    ("10.2.0.192.allowed.example.com", "A"): ["127.0.0.2"],
}
RECORDS = (
    # record, address, result
    ("+all", "192.0.2.129", "pass"),
    ("a -all", "192.0.2.10", "pass"),
    ("a -all", "192.0.2.129", "fail"),
    ("a:example.org -all", "192.0.2.129", "fail"),
    ("mx -all", "192.0.2.130", "pass"),
    ("mx:example.org -all", "192.0.2.140", "pass"),
    ("mx/30 mx:example.org/30 -all", "192.0.2.131", "pass"),
    ("a/24 -all", "192.0.2.200", "pass"),
    ("ptr -all", "192.0.2.10", "pass"),
    ("ip4:192.0.2.128/28 -all", "192.0.2.129", "pass"),
    ("ip4:192.0.2.128/28 -all", "192.0.2.65", "fail"),
    ("ip4:192.0.2.129 ?all", "192.0.2.65", "neutral"),
    ("ip6:2001:db8::/32 ~all", "2001:db8::99", "pass"),
    ("a:six.example.com//64 ~all", "2001:db8::2", "pass"),
    ("ip4:192.0.2.1 ~all", "::ffff:192.0.2.1", "pass"),
    ("include:ok.example.org ~all", "192.0.2.140", "pass"),
    ("include:ok.example.org ~all", "192.0.2.1", "softfail"),
    ("include:none.example.org ~all", "192.0.2.1", "permerror"),
    ("include:broken.example.org ~all", "192.0.2.1", "permerror"),
    ("include:slow.example.org ~all", "192.0.2.1", "temperror"),
    ("redirect=ok.example.org", "192.0.2.140", "pass"),
    ("redirect=none.example.org", "192.0.2.140", "permerror"),
    ("redirect=ok.example.org all", "192.0.2.1", "pass"),
    ("exists:%{l}.lists.%{d} -all", "192.0.2.1", "pass"),
    ("exists:%{ir}.allowed.%{d} -all", "192.0.2.10", "pass"),
    ("", "192.0.2.1", "neutral"),
    ("unknown=%{d} -all", "192.0.2.1", "fail"),
    ("a:x1.test a:x2.test a:x3.test -all", "192.0.2.1", "permerror"),
)


class TestSpfEvaluation(PureCase):
    def test_results(self):
        for record, address, expected in RECORDS:
            with self.subTest(record=record, address=address):
                table = {**ZONE, ("example.com", "TXT"): [f"v=spf1 {record}".strip()]}
                found = evaluate(address, "example.com", MemoryDns(table), sender="bob@example.com")
                self.assertEqual(found.result, expected)

    def test_no_record_and_two_records(self):
        for texts, expected in ((["x"], "none"), (["v=spf1 -all"] * 2, "permerror")):
            with self.subTest(texts=texts):
                dns = MemoryDns({("example.com", "TXT"): texts})
                self.assertEqual(evaluate("192.0.2.1", "example.com", dns).result, expected)

    def test_the_eleventh_lookup_is_an_error(self):
        for count, expected in ((10, "fail"), (11, "permerror")):
            terms = " ".join(["a:example.com"] * count)
            table = {("example.com", "TXT"): [f"v=spf1 {terms} -all"]}
            table["example.com", "A"] = ["192.0.2.99"]
            with self.subTest(count=count):
                found = evaluate("192.0.2.1", "example.com", MemoryDns(table))
                self.assertEqual(found.result, expected)

    def test_a_record_that_includes_itself_ends(self):
        dns = MemoryDns({("example.com", "TXT"): ["v=spf1 include:example.com -all"]})
        self.assertEqual(evaluate("192.0.2.1", "example.com", dns).problem, "lookups")

    def test_syntax(self):
        for record in (
            "ip4:192.0.2.1/33",
            "ip4:192.0.2.1/01",
            "ip4:192.0.2",
            "ip4",
            "ip6:192.0.2.1",
            "include",
            "include:",
            "a:",
            "a:example",
            "a:example.com/33",
            "a:%{x}.example.com",
            "a:%abc.example.com",
            "all:x",
            "foo",
            "-redirect=example.com",
            "redirect=a.test redirect=b.test",
            "exists:",
            "a:ex\u00e4mple.com",
        ):
            with self.subTest(record=record), self.assertRaises(SpfError):
                parse_spf(f"v=spf1 {record} -all")
