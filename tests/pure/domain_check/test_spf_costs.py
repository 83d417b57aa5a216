"""Which terms of an SPF record cost lookups, and what a receiver does at each limit."""

from ....dns_lookup.client import Status
from ....domain_check.spf_evaluation import (
    MAX_LOOKUPS,
    MAX_NAMES,
    MAX_VOIDS,
    SpfResult,
    evaluate,
)
from ....domain_check.spf_survey import Survey, survey
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"
TXT = (DOMAIN, "TXT")
SENDER = "192.0.2.1"
REVERSE = ("1.2.0.192.in-addr.arpa", "PTR")
OTHERS = "198.51.100.1"


def received(record, address=SENDER, **table):
    """What a receiver finds; a name in ``table`` has ``_`` for dots and its type at the end."""
    names = {}
    for key, value in table.items():
        name, _sign, kind = key.rpartition("_")
        names[name.replace("_", "."), kind] = value
    return evaluate(address, DOMAIN, MemoryDns({TXT: [f"v=spf1 {record}"], **names}))


def hosts(count, address=OTHERS):
    return {(f"h{at}.test", "A"): [address] for at in range(count)}


class TestReceiver(PureCase):
    def test_limits(self):
        self.assertEqual((MAX_LOOKUPS, MAX_VOIDS, MAX_NAMES), (10, 2, 10))

    def test_the_result_says_which_term_gave_it(self):
        for record, result in (
            ("ip4:192.0.2.1 -all", SpfResult("pass", "ip4:192.0.2.1")),
            ("a:h.test ~all", SpfResult("softfail", "~all", 1)),
            ("?all", SpfResult("neutral", "?all")),
            ("a:h.test", SpfResult("neutral", "", 1)),
            ("foo", SpfResult("permerror", "foo", 0, "syntax")),
            ("include:gone.test -all", SpfResult("permerror", "gone.test", 1, "include_missing")),
            ("redirect=gone.test", SpfResult("permerror", "gone.test", 1, "include_missing")),
            ("a:x.test a:y.test a:z.test", SpfResult("permerror", "z.test", 3, "voids")),
            ("a:slow.test", SpfResult("temperror", "slow.test", 1, "timeout")),
            ("include:slow.test", SpfResult("temperror", "slow.test", 1, "timeout")),
            ("include:two.test", SpfResult("permerror", "two.test", 1, "several")),
            ("include:ok.test -all", SpfResult("pass", "include:ok.test", 1)),
            ("redirect=ok.test", SpfResult("pass", "+all", 1)),
        ):
            table = {
                TXT: [f"v=spf1 {record}"],
                ("h.test", "A"): [OTHERS],
                ("slow.test", "A"): Status.TIMEOUT,
                ("slow.test", "TXT"): Status.TIMEOUT,
                ("two.test", "TXT"): ["v=spf1 -all", "v=spf1 +all"],
                ("ok.test", "TXT"): ["v=spf1 +all"],
            }
            with self.subTest(record=record):
                self.assertEqual(evaluate(SENDER, DOMAIN, MemoryDns(table)), result)
        self.assertEqual(evaluate(SENDER, DOMAIN, MemoryDns({})), SpfResult("none"))
        self.assertEqual(SpfResult("none"), SpfResult("none", "", 0, ""))

    def test_ten_lookups_are_allowed_in_all_records_together(self):
        inner = " ".join(f"a:h{at}.test" for at in range(9))
        for more, result in (("", "fail"), ("mx:h0.test ", "permerror")):
            table = {
                TXT: [f"v=spf1 include:in.test {more}-all"],
                ("in.test", "TXT"): [f"v=spf1 {inner}"],
                ("h0.test", "MX"): ["1 h0.test"],
                **hosts(9),
            }
            found = evaluate(SENDER, DOMAIN, MemoryDns(table))
            with self.subTest(more=more):
                self.assertEqual(found.result, result)
                self.assertEqual(found.lookups, 10 + bool(more))
                self.assertEqual(found.problem, "lookups" if more else "")

    def test_two_names_may_lead_nowhere(self):
        self.assertEqual(received("a:x.test a:y.test ?all").result, "neutral")
        self.assertEqual(received("a:x.test exists:y.test a:z.test ?all").problem, "voids")
        # hosts of an MX count as well, all of them
        mx = ["1 gone1.test", "2 gone2.test", "3 gone3.test"]
        self.assertEqual(received("mx ?all", example_com_MX=mx).problem, "voids")
        # and the names of an address
        for names, result in ((["g1.test", "g2.test"], "neutral"), (["g.test"] * 3, "permerror")):
            dns = MemoryDns({TXT: ["v=spf1 ptr ?all"], REVERSE: names})
            self.assertEqual(evaluate(SENDER, DOMAIN, dns).result, result)

    def test_an_mx_has_at_most_ten_hosts(self):
        for count, result in ((10, "pass"), (11, "permerror")):
            mx = [f"{at} h{at}.test" for at in range(count)]
            table = {TXT: ["v=spf1 mx -all"], (DOMAIN, "MX"): mx, **hosts(count, SENDER)}
            with self.subTest(count=count):
                self.assertEqual(evaluate(SENDER, DOMAIN, MemoryDns(table)).result, result)

    def test_of_the_names_of_an_address_ten_are_looked_at(self):
        for count, result in ((10, "pass"), (11, "fail")):
            names = [f"h{at}.test" for at in range(count - 1)] + ["mx.example.com."]
            table = {
                TXT: ["v=spf1 ptr -all"],
                REVERSE: names,
                ("mx.example.com", "A"): [SENDER],
                **hosts(count),
            }
            with self.subTest(count=count):
                self.assertEqual(evaluate(SENDER, DOMAIN, MemoryDns(table)).result, result)

    def test_a_name_is_believed_where_it_leads_back(self):
        for name, address, result in (
            ("mx.example.com", SENDER, "pass"),
            ("MX.Example.com.", SENDER, "pass"),
            ("mx.example.com", OTHERS, "fail"),
            ("mx.other.test", SENDER, "fail"),
        ):
            table = {TXT: ["v=spf1 ptr -all"], REVERSE: [name], (name.rstrip("."), "A"): [address]}
            with self.subTest(name=name, address=address):
                self.assertEqual(evaluate(SENDER, DOMAIN, MemoryDns(table)).result, result)
        six = "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
        table = {
            TXT: ["v=spf1 ptr:h.test -all"],
            (six, "PTR"): ["h.test"],
            ("h.test", "AAAA"): ["2001:db8::1"],
        }
        self.assertEqual(evaluate("2001:db8::1", DOMAIN, MemoryDns(table)).result, "pass")

    def test_the_confirmed_name_of_the_sender(self):
        """Of several one of the domain, of those the shortest (RFC 7208 §7.3)."""
        for names, expected in (
            (["other.test", "long.example.com", "a.example.com"], "a.example.com"),
            (["other.test", "more.test"], "other.test"),
            ([], "unknown"),
        ):
            dns = MemoryDns(
                {
                    TXT: ["v=spf1 exists:%{p}.list.test -all"],
                    REVERSE: names,
                    **{(name, "A"): [SENDER] for name in names},
                    (f"{expected}.list.test", "A"): ["127.0.0.2"],
                }
            )
            with self.subTest(names=names):
                self.assertEqual(evaluate(SENDER, DOMAIN, dns).result, "pass")

    def test_each_family_by_its_own_length(self):
        for record, address, result in (
            ("a:h.test/24 -all", "192.0.2.200", "pass"),
            ("a:h.test/25 -all", "192.0.2.200", "fail"),
            ("a:h.test//64 -all", "2001:db8::ffff", "pass"),
            ("a:h.test/24 -all", "2001:db8::ffff", "fail"),
            ("a:h.test -all", "::ffff:192.0.2.1", "pass"),
        ):
            table = {
                TXT: [f"v=spf1 {record}"],
                ("h.test", "A"): ["192.0.2.1"],
                ("h.test", "AAAA"): ["2001:db8::1"],
            }
            with self.subTest(record=record, address=address):
                self.assertEqual(evaluate(address, DOMAIN, MemoryDns(table)).result, result)

    def test_who_sends_where_nobody_is_named(self):
        table = {
            TXT: ["v=spf1 exists:%{l}.%{h}.list.test -all"],
            ("postmaster.unknown.list.test", "A"): ["127.0.0.2"],
            ("bob.mx.list.test", "A"): ["127.0.0.2"],
        }
        dns = MemoryDns(table)
        self.assertEqual(evaluate(SENDER, DOMAIN, dns).result, "pass")
        named = {"sender": "bob@example.com", "helo": "mx"}
        self.assertEqual(evaluate(SENDER, DOMAIN, dns, **named).result, "pass")
        self.assertEqual(evaluate(SENDER, DOMAIN, dns, sender="al@example.com").result, "fail")


class TestSurvey(PureCase):
    def survey(self, record):
        table = {
            TXT: [f"v=spf1 {record}"],
            ("h.test", "A"): [OTHERS],
            ("two.test", "TXT"): ["v=spf1 -all", "v=spf1 +all"],
            ("bad.test", "TXT"): ["v=spf1 foo"],
            ("slow.test", "TXT"): Status.TIMEOUT,
            ("slow.test", "A"): Status.SERVFAIL,
            ("ok.test", "TXT"): ["v=spf1 a:h.test mx:h.test -all"],
            ("h.test", "MX"): ["1 h.test", "2 gone.test"],
        }
        return survey(DOMAIN, MemoryDns(table))

    def test_nothing_known_is_nothing_counted(self):
        self.assertEqual(Survey(), Survey(0, 0, [], {}, [], {}))
        self.assertEqual(survey(DOMAIN, MemoryDns({})), Survey())

    def test_costs_and_problems(self):
        void, timeout = "void", Status.TIMEOUT
        for record, lookups, voids, problems, unknown in (
            ("ip4:192.0.2.1 all", 0, 0, [], []),
            ("a:h.test ptr exists:h.test", 3, 0, [], []),
            ("a:gone.test -all", 1, 1, [(void, "a:gone.test")], []),
            ("exists:gone.test -all", 1, 1, [(void, "exists:gone.test")], []),
            ("mx:gone.test -all", 1, 1, [(void, "mx:gone.test")], []),
            ("mx:h.test -all", 1, 1, [("void_mx", "gone.test")], []),
            ("include:ok.test", 3, 1, [("void_mx", "gone.test")], []),
            ("include:gone.test", 1, 1, [("include_missing", "gone.test")], []),
            ("include:h.test", 1, 1, [("include_missing", "h.test")], []),
            ("include:two.test", 1, 0, [("include_several", "two.test")], []),
            ("include:bad.test", 1, 0, [("syntax", "foo (bad.test)")], []),
            ("foo", 0, 0, [("syntax", "foo")], []),
            ("include:example.com", 1, 0, [("loop", "example.com")], []),
            ("include:slow.test", 1, 0, [], [(timeout, "slow.test")]),
            ("a:slow.test", 1, 0, [], [(Status.SERVFAIL, "slow.test")]),
            ("a:%{i}.gone.test include:%{d}.test", 2, 0, [], []),
            ("redirect=ok.test", 3, 1, [("void_mx", "gone.test")], []),
            ("redirect=ok.test -all", 0, 0, [], []),
            ("-all a:gone.test", 0, 0, [], []),
        ):
            with self.subTest(record=record):
                found = self.survey(record)
                self.assertEqual((found.lookups, found.voids), (lookups, voids))
                self.assertEqual(found.problems, problems)
                self.assertEqual(found.unknown, unknown)

    def test_a_host_with_ipv6_alone_leads_nowhere_for_most_senders(self):
        table = {TXT: ["v=spf1 a:six.test -all"], ("six.test", "AAAA"): ["2001:db8::1"]}
        found = survey(DOMAIN, MemoryDns(table))
        self.assertEqual((found.voids, found.problems), (1, []))

    def test_each_term_of_our_own_record_has_its_price(self):
        found = self.survey("a:h.test include:ok.test ip4:192.0.2.1 -all")
        self.assertEqual(found.costs, {"a:h.test": 1, "include:ok.test": 3})
        self.assertEqual(set(found.records), {DOMAIN, "ok.test"})
        self.assertEqual(found.records["ok.test"], "v=spf1 a:h.test mx:h.test -all")

    def test_an_mx_of_more_than_ten_hosts(self):
        for count, problems in ((10, []), (11, [("many_mx", "mx:many.test")])):
            table = {
                TXT: ["v=spf1 mx:many.test -all"],
                ("many.test", "MX"): [f"{at} h{at}.test" for at in range(count)],
                **hosts(count),
            }
            with self.subTest(count=count):
                self.assertEqual(survey(DOMAIN, MemoryDns(table)).problems, problems)

    def test_a_chain_of_includes_ends(self):
        """A record of strangers decides how far it goes: thirteen deep, sixty lookups."""
        for count, problems in ((12, []), (13, [("loop", "n13.test")])):
            table = {(f"n{at}.test", "TXT"): [f"v=spf1 include:n{at + 1}.test"] for at in range(14)}
            table[f"n{count}.test", "TXT"] = ["v=spf1 -all"]
            found = survey("n0.test", MemoryDns(table))
            with self.subTest(count=count):
                self.assertEqual(found.problems, problems)
                self.assertEqual(found.lookups, count)
        for count, asked in ((60, True), (61, False)):
            terms = " ".join(f"a:h{at}.test" for at in range(count - 1))
            table = {TXT: [f"v=spf1 {terms} include:last.test"], **hosts(count)}
            found = survey(DOMAIN, MemoryDns(table))
            with self.subTest(count=count):
                self.assertEqual(found.lookups, count)
                self.assertEqual(bool(found.problems), asked)

    def test_names_beyond_the_sixtieth_lookup_are_not_asked_for(self):
        terms = " ".join(f"a:h{at}.test" for at in range(70))
        dns = MemoryDns({TXT: [f"v=spf1 {terms}"], **hosts(70)})
        survey(DOMAIN, dns)
        self.assertIn(("h59.test", "A"), dns.asked)
        self.assertNotIn(("h61.test", "A"), dns.asked)

    def test_everything_of_a_record_is_asked_for_before_any_of_it_is_followed(self):
        dns = MemoryDns(
            {
                TXT: ["v=spf1 include:In.test. mx a:h.test exists:%{i}.x.test redirect=r.test"],
                ("in.test", "TXT"): ["v=spf1 a:deep.test"],
            }
        )
        survey(DOMAIN, dns)
        self.assertEqual(
            dns.asked[1:5],
            [("in.test", "TXT"), (DOMAIN, "MX"), ("h.test", "A"), ("r.test", "TXT")],
        )
