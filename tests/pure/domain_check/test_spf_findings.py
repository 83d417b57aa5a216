"""What is said of an SPF record: whole findings, and the record that each of them offers."""

from ....dns_lookup.client import Status
from ....domain_check.facts import Facts
from ....domain_check.spf import check_spf, is_refused
from ....findings import Finding, Level, Record
from ....providers.preset import Preset, Server
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"
TXT = (DOMAIN, "TXT")
HOST = ("mx.example.com", "A")
MX = (DOMAIN, "MX")
BASE = {MX: ["10 mx.example.com"], HOST: ["192.0.2.1"]}
OK, NOTE, WARNING, BAD = Level


def preset(**values):
    servers = {"smtp": Server("smtp.provider.test", 587)}
    return Preset("p", "Provider", servers=servers, **values)


class Batches(MemoryDns):
    """Remembers what was asked for at once."""

    def __init__(self, table):
        super().__init__(table)
        self.batches = []

    def ask_all(self, questions):
        self.batches.append(list(questions))
        return super().ask_all(self.batches[-1])


class SpfCase(PureCase):
    def findings(self, *texts, more=(), **facts):
        facts = {"outgoing_hosts": ("mx.example.com",), **facts}
        return check_spf(Facts(DOMAIN, **facts), MemoryDns({**BASE, TXT: texts, **dict(more)}))

    def found(self, *texts, more=(), **facts):
        return {item.code: item for item in self.findings(*texts, more=more, **facts)}

    def codes(self, *texts, more=(), **facts):
        return [(item.code, item.level) for item in self.findings(*texts, more=more, **facts)]


class TestWhichRecord(SpfCase):
    def test_the_record_of_the_return_path_counts(self):
        dns = MemoryDns({**BASE, ("news.test", "TXT"): ["v=spf1 a:mx.example.com -all"]})
        facts = Facts(DOMAIN, envelope_domain="news.test", outgoing_hosts=("mx.example.com",))
        shown = {"domain": "news.test", "lookups": "1"}
        self.assertEqual(check_spf(facts, dns), [Finding("spf_ok", OK, shown)])
        self.assertFalse(is_refused(facts, dns))
        self.assertTrue(is_refused(Facts(DOMAIN), dns))

    def test_none_and_several(self):
        shown = {"domain": DOMAIN, "count": "0"}
        for facts, value in (
            ({}, "v=spf1 a:mx.example.com ~all"),
            ({"outgoing_hosts": ()}, "v=spf1 mx ~all"),
            ({"outgoing_hosts": ("a.test", "b.test")}, "v=spf1 a:a.test a:b.test ~all"),
            (
                {"outgoing_addresses": ("192.0.2.7", "2001:db8::7")},
                "v=spf1 ip4:192.0.2.7 ip6:2001:db8::7 ~all",
            ),
            ({"outgoing": preset(spf="include:p.test")}, "v=spf1 include:p.test ~all"),
            ({"outgoing": preset()}, "v=spf1 a:mx.example.com ~all"),
        ):
            with self.subTest(value=value):
                record = Record(DOMAIN, "TXT", value, False)
                expected = [Finding("spf_missing", BAD, shown, record)]
                self.assertEqual(self.findings("other", **facts), expected)

    def test_several_become_one(self):
        for texts, value in (
            (["v=spf1 a -all", "v=spf1 mx -all"], "v=spf1 a mx -all"),
            (["v=spf1 a -all", "v=spf1 a mx ~all"], "v=spf1 a mx ~all"),
            (["v=spf1 a -all", "v=spf1 mx ?ALL"], "v=spf1 a mx ~all"),
            (["v=spf1 a -all", "v=spf1 mx +all"], "v=spf1 a mx ~all"),
            (["v=spf1 a -all", "v=spf1 mx all"], "v=spf1 a mx ~all"),
            (["v=spf1 a", "v=spf1 mx"], "v=spf1 a mx ~all"),
            (["v=spf1 a -all", "v=spf1 redirect=r.test"], "v=spf1 a include:r.test -all"),
            (["v=spf1 a -all exp=e.test", "v=spf1 Exp=f.test"], "v=spf1 a -all"),
            (["v=spf1 a -all", "v=spf1 Redirect=r.test"], "v=spf1 include:r.test a -all"),
        ):
            for order in (texts, texts[::-1]):
                with self.subTest(texts=order):
                    (finding,) = self.findings(*order)
                    self.assertEqual((finding.code, finding.level), ("spf_several", BAD))
                    self.assertEqual(finding.values, {"domain": DOMAIN, "count": "2"})
                    self.assertEqual(finding.record, Record(DOMAIN, "TXT", value, True))

    def test_silence(self):
        dns = MemoryDns({TXT: Status.SERVFAIL})
        expected = [Finding("spf_servfail", WARNING, {"name": DOMAIN})]
        self.assertEqual(check_spf(Facts(DOMAIN), dns), expected)
        self.assertFalse(is_refused(Facts(DOMAIN), dns))


class TestProblems(SpfCase):
    def test_one_mistake_hides_what_cannot_be_known_behind_it(self):
        shown = {"domain": DOMAIN, "where": "foo"}
        self.assertEqual(self.findings("v=spf1 foo +all"), [Finding("spf_syntax", BAD, shown)])
        long = self.findings(f"v=spf1 {'x' * 300} -all")[0]
        self.assertEqual(long.values["where"], "x" * 200)

    def test_each_problem_once_and_five_at_most(self):
        gone = " ".join(f"include:g{at}.test" for at in range(6))
        codes = [code for code, _level in self.codes(f"v=spf1 include:g0.test {gone} -all")]
        self.assertEqual(codes.count("spf_include_missing"), 5)
        self.assertEqual(codes[-1], "spf_voids")
        two = {("two.test", "TXT"): ["v=spf1 -all", "v=spf1 +all"]}
        for text, more, code in (
            ("include:two.test", two, "spf_include_several"),
            ("include:example.com", {}, "spf_loop"),
            ("include:gone.test", {}, "spf_include_missing"),
        ):
            with self.subTest(text=text):
                found = self.findings(f"v=spf1 mx {text} -all", more=more)
                where = text.partition(":")[2]
                expected = [Finding(code, BAD, {"domain": DOMAIN, "where": where})]
                self.assertEqual(found, expected)

    def test_three_silent_name_servers_are_named(self):
        slow = {(f"s{at}.test", "TXT"): Status.TIMEOUT for at in range(4)}
        text = " ".join(f"include:s{at}.test" for at in range(4))
        found = self.findings(f"v=spf1 mx {text} -all", more=slow)
        expected = [Finding("spf_timeout", WARNING, {"name": f"s{at}.test"}) for at in range(3)]
        self.assertEqual(found, expected)

    def test_what_a_record_costs(self):
        hosts = {(f"h{at}.test", "A"): ["192.0.2.9"] for at in range(10)}
        for count, code in (
            (8, "spf_ok"),
            (9, "spf_lookups_near"),
            (10, "spf_lookups_near"),
            (11, "spf_lookups"),
        ):
            text = " ".join(["mx", *(f"a:h{at}.test" for at in range(count - 1))])
            found = self.found(f"v=spf1 {text} -all", more=hosts)
            with self.subTest(count=count):
                self.assertIn(code, found)
                self.assertEqual(found[code].values["lookups"], str(count))
                self.assertEqual("spf_ok" in found, count < 11)
                other = {"spf_lookups_near", "spf_lookups"} - {code}
                self.assertFalse(other & found.keys())
        self.assertIsNone(found["spf_lookups"].record)  # which of them goes, people decide

    def test_the_four_dearest_are_named(self):
        table = {(f"h{at}.test", "A"): ["192.0.2.9"] for at in range(9)}
        for name, count in (("two.test", 1), ("four.test", 3)):
            terms = " ".join(f"a:h{at}.test" for at in range(count))
            table[name, "TXT"] = [f"v=spf1 {terms} -all"]
        text = "v=spf1 mx a:h1.test include:two.test a:h2.test include:four.test -all"
        found = self.found(text, more=table)["spf_lookups_near"]
        expected = "include:four.test (4), include:two.test (2), mx (1), a:h1.test (1)"
        self.assertEqual(found.values["dear"], expected)

    def test_what_is_left_out_of_a_record_that_costs_too_much(self):
        more = {(f"h{at}.test", "A"): ["192.0.2.9"] for at in range(11)}
        eight = " ".join(f"a:h{at}.test" for at in range(8))
        for words, value in (
            (f"mx {eight} a:h8.test ptr -all", f"v=spf1 mx {eight} a:h8.test -all"),
            (f"mx {eight} a:h8.test ?PTR:x.test -all", f"v=spf1 mx {eight} a:h8.test -all"),
            (f"mx {eight} a:h8.test a:gone.test -all", f"v=spf1 mx {eight} a:h8.test -all"),
            (
                f"mx {eight} a:h8.test ptr xptr=1 ip4:192.0.2.9 ip4:192.0.2.9 -all",
                f"v=spf1 mx {eight} a:h8.test xptr=1 ip4:192.0.2.9 -all",
            ),
            (f"mx {eight} a:h8.test a:h9.test ptr ip4:192.0.2.9 ip4:192.0.2.9 -all", None),
            (f"mx {eight} a:h8.test a:h9.test -all", None),
            (f"mx {eight} a:h8.test a:h9.test ptr -all", None),
        ):
            with self.subTest(words=words):
                record = self.found(f"v=spf1 {words}", more=more)["spf_lookups"].record
                self.assertEqual(record, value and Record(DOMAIN, "TXT", value, True))

    def test_two_names_may_lead_nowhere_and_a_third_is_a_warning(self):
        self.assertEqual(self.codes("v=spf1 mx a:x.test a:y.test -all"), [("spf_ok", OK)])
        found = self.findings("v=spf1 mx a:x.test a:y.test a:z.test -all")
        shown = {"domain": DOMAIN, "where": "a:x.test, a:y.test, a:z.test"}
        self.assertEqual(found, [Finding("spf_voids", WARNING, shown)])

    def test_a_limit_for_one_kind_of_sender_is_said_once(self):
        hosts = {(f"{name}.test", "A"): ["198.51.100.1"] for name in "xyz"}
        text = "v=spf1 a:x.test a:y.test a:z.test mx -all"
        facts = {"outgoing_addresses": ("2001:db8::7", "2001:db8::8")}
        shown = {"domain": DOMAIN, "where": "z.test"}
        expected = [Finding("spf_voids", WARNING, shown)]
        self.assertEqual(self.findings(text, more=hosts, **facts), expected)
        self.assertEqual(self.codes(text, **facts), [("spf_voids", WARNING)])
        del hosts["x.test", "A"], hosts["y.test", "A"]
        self.assertEqual(self.findings(text, more=hosts, **facts), expected)


class TestCoverage(SpfCase):
    def test_hosts_of_our_own_domain_are_certain(self):
        shown = {"domain": DOMAIN, "host": "mx.example.com"}
        record = Record(DOMAIN, "TXT", "v=spf1 a:mx.example.com -all", True)
        expected = [Finding("spf_not_covered", BAD, shown, record)]
        self.assertEqual(self.findings("v=spf1 -all"), expected)
        self.assertEqual(self.codes("v=spf1 a:mx.example.com -all"), [("spf_ok", OK)])

    def test_hosts_of_others_are_not(self):
        more = {("a.test", "A"): ["192.0.2.3"], ("b.test", "AAAA"): ["2001:db8::3"]}
        facts = {"outgoing_hosts": ("a.test", "b.test")}
        code, level = "spf_perhaps_not_covered", WARNING
        found = self.findings("v=spf1 -all", more=more, **facts)
        self.assertEqual([(item.code, item.level) for item in found], [(code, level)])
        self.assertEqual(found[0].values["host"], "a.test, b.test")
        self.assertEqual(found[0].record.value, "v=spf1 a:a.test a:b.test -all")
        # one that is covered shows that the provider has other hosts for sending
        self.assertEqual(
            self.codes("v=spf1 ip4:192.0.2.3 -all", more=more, **facts), [("spf_ok", OK)]
        )
        mixed = {"outgoing_hosts": ("a.test", "mx.example.com")}
        text = "v=spf1 ip4:192.0.2.3 -all"
        self.assertEqual(self.codes(text, more=more, **mixed), [("spf_ok", OK)])

    def test_of_many_hosts_and_addresses_four_are_looked_at(self):
        hosts = [f"h{at}.example.com" for at in range(5)]
        more = {(host, "A"): ["192.0.2.9"] for host in hosts[:4]}
        more[hosts[4], "A"] = ["198.51.100.9"]
        text = "v=spf1 ip4:192.0.2.0/24 -all"
        self.assertEqual(self.codes(text, more=more, outgoing_hosts=tuple(hosts)), [("spf_ok", OK)])
        four = tuple(hosts[1:])
        self.assertIn("spf_not_covered", self.found(text, more=more, outgoing_hosts=four))
        for count, covered in ((4, True), (3, False)):
            more = {HOST: ["192.0.2.9"] * count + ["198.51.100.9"]}
            with self.subTest(count=count):
                self.assertEqual("spf_ok" in self.found(text, more=more), covered)

    def test_an_address_that_was_seen_is_certain_and_named(self):
        facts = {"outgoing_addresses": ("192.0.2.1", "198.51.100.7"), "outgoing_hosts": ()}
        found = self.found("v=spf1 mx -all", **facts)["spf_not_covered"]
        self.assertEqual(found.values["host"], "198.51.100.7")
        # what stands there already is not said again
        self.assertEqual(found.record.value, "v=spf1 mx ip4:192.0.2.1 ip4:198.51.100.7 -all")
        found = self.found("v=spf1 ip4:192.0.2.1 -all", **facts)["spf_not_covered"]
        self.assertEqual(found.record.value, "v=spf1 ip4:192.0.2.1 ip4:198.51.100.7 -all")

    def test_where_a_new_mechanism_goes(self):
        facts = {"outgoing_addresses": ("198.51.100.7",)}
        redirected = {("r.test", "TXT"): ["v=spf1 -all"]}
        new = "ip4:198.51.100.7"
        for text, value in (
            ("v=spf1 mx ?ALL", f"v=spf1 mx {new} ?ALL"),
            ("v=spf1 mx Redirect=r.test", f"v=spf1 mx {new} Redirect=r.test"),
            ("v=spf1 mx", f"v=spf1 mx {new}"),
        ):
            with self.subTest(text=text):
                found = self.found(text, more=redirected, **facts)["spf_not_covered"]
                self.assertEqual(found.record, Record(DOMAIN, "TXT", value, True))

    def test_nothing_to_check(self):
        expected = [("spf_ok", OK), ("spf_unchecked", NOTE)]
        self.assertEqual(self.codes("v=spf1 mx -all", outgoing_hosts=()), expected)
        self.assertEqual(self.codes("v=spf1 mx -all", outgoing_hosts=("gone.test",)), expected)
        # where the record is broken that is said, and no more
        self.assertEqual(
            self.codes("v=spf1 include:gone.test -all", outgoing_hosts=()),
            [("spf_include_missing", BAD)],
        )

    def test_a_name_server_that_is_silent_has_been_named_already(self):
        more = {("slow.test", "A"): Status.TIMEOUT}
        self.assertEqual(
            self.codes("v=spf1 a:slow.test -all", more=more), [("spf_timeout", WARNING)]
        )

    def test_a_provider_is_covered_by_its_own_mechanism_alone(self):
        named = preset(spf="include:p.test", spf_also=("include:old.test",))
        more = {(f"{name}.test", "TXT"): ["v=spf1 -all"] for name in ("p", "old")}
        more["all.example.com", "TXT"] = ["v=spf1 include:old.test -all"]
        facts = {"outgoing": named, "outgoing_hosts": ("smtp.provider.test",), "more": more}
        for text in (
            *("include:p.test -all", "+INCLUDE:p.test -all", "include:old.test -all"),
            "include:all.example.com -all",
        ):
            with self.subTest(text=text):
                self.assertEqual(self.codes(f"v=spf1 {text}", **facts), [("spf_ok", OK)])
        (finding,) = self.findings("v=spf1 mx -all", **facts)
        self.assertEqual((finding.code, finding.level), ("spf_not_covered", BAD))
        self.assertEqual(finding.values, {"domain": DOMAIN, "host": "Provider"})
        self.assertEqual(finding.record.value, "v=spf1 mx include:p.test -all")
        broken = self.codes("v=spf1 include:gone.test -all", **facts)
        self.assertEqual(broken, [("spf_include_missing", BAD)])
        facts["outgoing"] = preset(spf_also=("include:old.test",))
        (finding,) = self.findings("v=spf1 mx -all", **facts)
        self.assertEqual((finding.code, finding.level), ("spf_perhaps_not_covered", WARNING))
        self.assertIsNone(finding.record)

    def test_room_for_what_is_offered(self):
        named = preset(spf="include:p.test")
        facts = {"outgoing": named, "outgoing_hosts": ("smtp.provider.test",)}
        more = {(f"h{at}.test", "A"): ["192.0.2.9"] for at in range(9)}
        for inner, lookups in (("-all", None), ("a:h1.test -all", "11")):
            more["p.test", "TXT"] = [f"v=spf1 {inner}"]
            text = " ".join(f"a:h{at}.test" for at in range(9))
            found = self.found(f"v=spf1 {text} -all", more=more, **facts)
            with self.subTest(inner=inner):
                shown = {"domain": DOMAIN, "lookups": lookups}
                expected = lookups and Finding("spf_no_room", WARNING, shown)
                self.assertEqual(found.get("spf_no_room"), expected)

    def test_what_the_record_to_publish_needs_is_asked_for_at_once_too(self):
        terms = "include:one.test include:two.test"
        dns = Batches({**BASE, TXT: ["v=spf1 -all"]})
        facts = Facts(DOMAIN, outgoing=preset(spf=terms), outgoing_hosts=("smtp.provider.test",))
        check_spf(facts, dns)
        self.assertIn([("one.test", "TXT"), ("two.test", "TXT")], dns.batches)


class TestHabits(SpfCase):
    def test_how_a_record_ends(self):
        redirected = {("r.test", "TXT"): ["v=spf1 -all"]}
        for text, code, level in (
            ("v=spf1 mx +all", "spf_everybody", WARNING),
            ("v=spf1 mx all", "spf_everybody", WARNING),
            ("v=spf1 mx", "spf_open_end", NOTE),
            ("v=spf1 mx ?all", None, None),
            ("v=spf1 mx redirect=r.test", None, None),
        ):
            ends = {"spf_everybody", "spf_open_end"}
            found = self.found(text, more=redirected)
            with self.subTest(text=text):
                self.assertEqual(ends & found.keys(), {code} - {None})
                self.assertEqual("spf_ok" in found, level is not WARNING)
                if code:
                    self.assertEqual(found[code].level, level)
        record = self.found("v=spf1 mx ")["spf_open_end"].record
        self.assertEqual(record, Record(DOMAIN, "TXT", "v=spf1 mx ~all", True))

    def test_a_sign_that_receivers_skip(self):
        found = self.found("v=spf1 mx IP4=192.0.2.1 x=y -all")["spf_ignored"]
        self.assertEqual(found.values, {"domain": DOMAIN, "where": "IP4=192.0.2.1"})
        value = "v=spf1 mx IP4:192.0.2.1 x=y -all"
        self.assertEqual(found.record, Record(DOMAIN, "TXT", value, True))
        long = self.found(f"v=spf1 mx ip4={'1' * 300} -all")["spf_ignored"]
        self.assertEqual(len(long.values["where"]), 200)
        self.assertNotIn("spf_ignored", self.found("v=spf1 mx foo=bar -all"))

    def test_a_record_that_is_long(self):
        for length, long in ((450, False), (451, True)):
            text = "v=spf1 mx x="
            text += "y" * (length - len(text) - 5) + " -all"
            found = self.found(text)
            with self.subTest(length=length):
                self.assertEqual(len(text), length)
                self.assertEqual("spf_long" in found, long)
        self.assertEqual(found["spf_long"].values, {"domain": DOMAIN, "count": "451"})
        self.assertEqual(found["spf_long"].level, NOTE)

    def test_names_of_addresses(self):
        self.assertEqual(self.codes("v=spf1 mx ptr -all"), [("spf_ok", OK), ("spf_ptr", NOTE)])
