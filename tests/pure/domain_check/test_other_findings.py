"""Whole findings of the other checks: the catch-all, MX, records for clients, encryption."""

from ....dns_lookup.client import Status
from ....domain_check.check import CHECKS, check_catch_all, check_domain
from ....domain_check.extras import check_clients, check_dnssec, check_transport
from ....domain_check.facts import Facts, silence
from ....domain_check.mx import check_mx, wanted
from ....findings import Finding, Level, Record
from ....providers.detect import PRESETS
from ....providers.preset import Preset, Server
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"
MX = (DOMAIN, "MX")
OK, NOTE, WARNING, BAD = Level


class TestCheck(PureCase):
    def test_what_is_not_known_is_empty(self):
        facts = Facts(DOMAIN)
        self.assertEqual(facts, Facts(DOMAIN, None, "", None, (), (), "", "", None, None))
        self.assertEqual(facts.return_path, DOMAIN)
        self.assertEqual(Facts(DOMAIN, envelope_domain="b.test").return_path, "b.test")
        answer = MemoryDns({}, Status.TIMEOUT).ask(DOMAIN, "MX")
        self.assertEqual(
            silence("mx", answer, "n"), [Finding("mx_timeout", WARNING, {"name": "n"})]
        )

    def test_the_catch_all(self):
        shown = {"domain": DOMAIN, "detail": "550 no"}
        for state, code, level in (
            (None, "catch_all_unproven", NOTE),
            (True, "catch_all_works", OK),
            (False, "catch_all_broken", BAD),
        ):
            facts = Facts(DOMAIN, state, "550 no")
            with self.subTest(state=state):
                found = check_catch_all(facts, MemoryDns({}))
                self.assertEqual(found, [Finding(code, level, shown)])

    def test_a_domain_that_cannot_be_checked_is_one_finding(self):
        for status, level in (
            (Status.NXDOMAIN, BAD),
            (Status.NO_NETWORK, WARNING),
            (Status.REFUSED, WARNING),
        ):
            found = check_domain(Facts(DOMAIN), MemoryDns({}, status))
            with self.subTest(status=status):
                self.assertEqual(found, (Finding(f"domain_{status}", level, {"domain": DOMAIN}),))
        long = "x" * 300
        expected = Finding("domain_bad_name", BAD, {"domain": long[:253]})
        self.assertEqual(check_domain(Facts(long), MemoryDns({})), (expected,))

    def test_checks_may_run_at_once_and_keep_their_order(self):
        ran = []

        def run(function, checks):
            ran.extend(checks)
            return [function(check) for check in checks]

        dns = MemoryDns({MX: ["0 ."]})
        self.assertEqual(check_domain(Facts(DOMAIN), dns, run), check_domain(Facts(DOMAIN), dns))
        self.assertEqual(tuple(ran), CHECKS)
        self.assertEqual(len(CHECKS), 9)


class TestMx(PureCase):
    HOSTS = {(f"h{at}.test", "A"): ["192.0.2.1"] for at in range(9)}

    def check(self, records, more=(), **facts):
        table = {**self.HOSTS, MX: records, **dict(more)}
        return check_mx(Facts(DOMAIN, **facts), MemoryDns(table))

    def test_the_first_six_are_shown(self):
        records = [f"{at} h{at}.test" for at in range(7)]
        shown = {"domain": DOMAIN, "hosts": ", ".join(f"h{at}.test" for at in range(6))}
        self.assertEqual(self.check(records), [Finding("mx_ok", OK, shown)])

    def test_the_record_that_would_bring_the_mail_here(self):
        known = Preset("p", "P", mx_record="5 mx.p.test.")
        for facts, value in (
            ({}, None),
            ({"incoming_host": "mail.example.com"}, "10 mail.example.com."),
            ({"incoming_host": "example.com"}, "10 example.com."),
            ({"incoming_host": "imap.other.test"}, None),
            ({"incoming": known, "incoming_host": "mail.example.com"}, "5 mx.p.test."),
            ({"incoming": Preset("q", "Q"), "incoming_host": "mail.example.com"}, None),
        ):
            for replaces in (True, False):
                with self.subTest(facts=facts, replaces=replaces):
                    expected = value and Record(DOMAIN, "MX", value, replaces)
                    self.assertEqual(wanted(Facts(DOMAIN, **facts), replaces=replaces), expected)
        self.assertTrue(wanted(Facts(DOMAIN, incoming=known)).replaces)

    def test_no_mx(self):
        address, six = {(DOMAIN, "A"): ["192.0.2.9"]}, {(DOMAIN, "AAAA"): ["2001:db8::9"]}
        facts = {"incoming_host": "mail.example.com"}
        record = Record(DOMAIN, "MX", "10 mail.example.com.", False)
        for more, catch_all, code, level in (
            ({}, None, "mx_missing", BAD),
            ({}, True, "mx_missing", BAD),
            (address, True, "mx_implicit", WARNING),
            (six, True, "mx_implicit", WARNING),
            (address, False, "mx_implicit", BAD),
        ):
            with self.subTest(code=code, catch_all=catch_all):
                found = self.check([], more, catch_all=catch_all, **facts)
                self.assertEqual(found, [Finding(code, level, {"domain": DOMAIN}, record)])

    def test_a_domain_that_refuses_mail(self):
        (finding,) = self.check(["0 ."])
        self.assertEqual((finding.code, finding.level), ("mx_null", BAD))
        self.assertEqual(finding.values, {"domain": DOMAIN, "hosts": ""})

    def test_hosts_that_take_no_mail(self):
        silent = {("slow.test", "A"): Status.TIMEOUT, ("six.test", "AAAA"): ["2001:db8::1"]}
        missing, address = "mx_host_missing", "mx_address"
        for records, expected in (
            (["10 gone.test"], [(missing, BAD, "gone.test")]),
            (["10 192.0.2.7"], [(address, BAD, "192.0.2.7")]),
            (
                ["10 gone.test", "20 also.test"],
                [(missing, BAD, "gone.test"), (missing, BAD, "also.test")],
            ),
            (["10 gone.test", "20 h1.test"], [(missing, WARNING, "gone.test")]),
            (["10 192.0.2.7", "20 h1.test"], [(address, WARNING, "192.0.2.7")]),
            (["10 gone.test", "20 slow.test"], [(missing, WARNING, "gone.test")]),
            (["10 slow.test"], []),
            (["10 six.test"], []),
            (["10 gone.test", "0 ."], [(missing, BAD, "gone.test")]),
        ):
            with self.subTest(records=records):
                found = [item for item in self.check(records, silent) if item.code != "mx_ok"]
                shown = [(item.code, item.level, item.values["host"]) for item in found]
                self.assertEqual(shown, expected)

    def test_a_host_that_is_another_name(self):
        more = {("h1.test", "CNAME"): ["real.test."]}
        shown = {"host": "h1.test", "target": "real.test"}
        expected = [Finding("mx_alias", WARNING, shown)]
        self.assertEqual(self.check(["10 h0.test", "20 h1.test"], more), expected)

    def test_whether_the_mail_goes_where_it_is_read(self):
        google = ["10 aspmx.l.google.com"]
        more = {
            ("aspmx.l.google.com", "A"): ["192.0.2.66"],
            ("imap.h.test", "A"): ["192.0.2.1"],
            ("imap6.h.test", "AAAA"): ["192.0.2.1"],
            ("imap.z.test", "A"): ["192.0.2.99"],
        }
        fastmail, google_preset = PRESETS["fastmail"], PRESETS["google"]
        for records, facts, level in (
            (google, {}, None),
            (google, {"incoming_host": "imap.gmail.com", "incoming": google_preset}, None),
            (google, {"incoming_host": "imap.fastmail.com", "incoming": fastmail}, BAD),
            (google, {"incoming_host": "imap.fastmail.com"}, WARNING),
            (google, {"incoming_host": "imap.google.com"}, None),
            (google, {"incoming_host": "imap.fastmail.com", "catch_all": True}, None),
            (google, {"incoming_host": "imap.fastmail.com", "catch_all": False}, WARNING),
            (["10 h0.test"], {"incoming_host": "imap.h.test"}, None),  # one address
            (["10 h0.test"], {"incoming_host": "imap6.h.test"}, None),
            (["10 h0.test"], {"incoming_host": "imap.z.test"}, WARNING),
            (["10 h0.test"], {"incoming_host": "imap.h0.test"}, None),
            (["10 h0.test"], {"incoming_host": "gone.test"}, WARNING),
        ):
            found = {item.code: item for item in self.check(records, more, **facts)}
            with self.subTest(records=records, facts=facts):
                self.assertEqual("mx_ok" in found, level is None)
                if level:
                    self.assertEqual(found["mx_elsewhere"].level, level)
        many = [f"{at} h{at}.test" for at in range(4)]
        (finding,) = self.check(many, more, incoming_host="imap.z.test")
        shown = {"hosts": "h0.test, h1.test, h2.test", "mailbox": "imap.z.test"}
        self.assertEqual(finding.values, shown)


class TestExtras(PureCase):
    def test_where_clients_look(self):
        services = ("_imaps", "_imap", "_submissions", "_submission", "_pop3s")
        places = [(f"{name}._tcp.{DOMAIN}", "SRV") for name in services]
        places += [
            (f"{name}.{DOMAIN}", kind)
            for name in ("autoconfig", "autodiscover")
            for kind in ("A", "AAAA")
        ]
        dns = MemoryDns({})
        check_clients(Facts(DOMAIN), dns)
        self.assertEqual(dns.asked, places)
        for place in places:
            with self.subTest(place=place):
                found = check_clients(Facts(DOMAIN), MemoryDns({place: ["x"]}))
                self.assertEqual(found, [Finding("clients_ok", OK, {"domain": DOMAIN})])
                silent = check_clients(Facts(DOMAIN), MemoryDns({place: Status.TIMEOUT}))
                self.assertEqual(silent, [Finding("clients_timeout", NOTE, {"name": place[0]})])

    def test_the_record_that_is_offered_to_clients(self):
        known = Preset("p", "P", servers={"imap": Server("imap.p.test", 993)})
        region = Preset("q", "Q", servers={"imap": Server("imap.{region}.test", 993)})
        for facts, host in (
            ({}, None),
            ({"incoming_host": "mail.example.com"}, "mail.example.com"),
            ({"incoming_host": "mail.example.com", "incoming": known}, "imap.p.test"),
            (
                {"incoming_host": "mail.example.com", "incoming": Preset("r", "R")},
                "mail.example.com",
            ),
            ({"incoming_host": "mail.example.com", "incoming": region}, None),
        ):
            name = f"_imaps._tcp.{DOMAIN}"
            record = host and Record(name, "SRV", f"0 1 993 {host}.", False)
            with self.subTest(facts=facts):
                found = check_clients(Facts(DOMAIN, **facts), MemoryDns({}))
                expected = Finding("clients_missing", NOTE, {"domain": DOMAIN}, record)
                self.assertEqual(found, [expected])

    def test_the_policy_and_the_reports_of_encryption(self):
        sts, page, rpt = "_mta-sts.example.com", "mta-sts.example.com", "_smtp._tls.example.com"
        good = {
            (sts, "TXT"): ["x", "v=STSv1; id=1"],
            (page, "AAAA"): ["2001:db8::1"],
            (rpt, "TXT"): ["x", "v=TLSRPTv1; rua=MAILTO:a@b.test"],
        }
        for change, codes in (
            ({}, ["mta_sts_ok", "tls_rpt_ok"]),
            ({(sts, "TXT"): ["v = STSv1;id=1"]}, ["mta_sts_ok", "tls_rpt_ok"]),
            ({(sts, "TXT"): ["v=STSv2; id=1"]}, ["mta_sts_missing", "tls_rpt_ok"]),
            ({(sts, "TXT"): ["v=STSv1"]}, ["mta_sts_several", "tls_rpt_ok"]),
            ({(sts, "TXT"): ["v=STSv1; id=1"] * 2}, ["mta_sts_several", "tls_rpt_ok"]),
            ({(sts, "TXT"): ["v=STSv1; id=1; id=2"]}, ["mta_sts_several", "tls_rpt_ok"]),
            ({(sts, "TXT"): Status.TIMEOUT}, ["mta_sts_timeout", "tls_rpt_ok"]),
            ({(page, "AAAA"): []}, ["mta_sts_ok", "tls_rpt_ok"]),
            ({(page, "AAAA"): Status.NO_ANSWER}, ["mta_sts_no_page", "tls_rpt_ok"]),
            ({(page, "AAAA"): Status.TIMEOUT}, ["mta_sts_ok", "tls_rpt_ok"]),
            ({(rpt, "TXT"): []}, ["mta_sts_ok", "tls_rpt_missing"]),
            ({(rpt, "TXT"): ["v=TLSRPTv1"]}, ["mta_sts_ok", "tls_rpt_syntax"]),
            ({(rpt, "TXT"): ["v=TLSRPTv1; rua=ftp://x"]}, ["mta_sts_ok", "tls_rpt_syntax"]),
            ({(rpt, "TXT"): ["v=TLSRPTv1; rua=https://x"]}, ["mta_sts_ok", "tls_rpt_ok"]),
            (
                {(rpt, "TXT"): ["v=TLSRPTv1; rua=https://x"] * 2},
                ["mta_sts_ok", "tls_rpt_syntax"],
            ),
            ({(rpt, "TXT"): Status.SERVFAIL}, ["mta_sts_ok", "tls_rpt_servfail"]),
        ):
            found = check_transport(Facts(DOMAIN), MemoryDns({**good, **change}))
            with self.subTest(change=change):
                self.assertEqual([item.code for item in found], codes)
                expected = [OK if code.endswith("_ok") else NOTE for code in codes]
                self.assertEqual([item.level for item in found], expected)
        value = "v=TLSRPTv1; rua=mailto:tls@example.com"
        for texts, replaces in ((["x"], False), (["v=TLSRPTv1"], True)):
            found = check_transport(Facts(DOMAIN), MemoryDns({(rpt, "TXT"): texts}))
            self.assertEqual(found[1].record, Record(rpt, "TXT", value, replaces))
            self.assertIsNone(found[0].record)

    def test_a_signed_zone(self):
        for answer, code, level in (
            (["1 13 2 00"], "dnssec_on", OK),
            (Status.NO_ANSWER, "dnssec_off", NOTE),
            (Status.TIMEOUT, "dnssec_timeout", NOTE),
        ):
            (found,) = check_dnssec(Facts(DOMAIN), MemoryDns({(DOMAIN, "DS"): answer}))
            with self.subTest(code=code):
                self.assertEqual((found.code, found.level), (code, level))
