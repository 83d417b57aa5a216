"""Each finding from the DNS records that cause it, and the record that mends it."""

from ....dns_lookup.client import Status, is_mail_domain, is_name
from ....domain_check.check import check_domain
from ....domain_check.facts import Facts, Signature
from ....domain_check.sentences import WORDING
from ....findings import Finding, Level, worst
from ....providers.detect import PRESETS
from ...kit.dkim_keys import RSA_512, RSA_1024, RSA_2048
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"
KEY = ("s1._domainkey.example.com", "TXT")
GOOD = {
    (DOMAIN, "MX"): ["10 mx.example.com."],
    ("mx.example.com", "A"): ["192.0.2.1"],
    (DOMAIN, "TXT"): ["v=spf1 mx -all", "something-else=1"],
    KEY: [f"v=DKIM1; k=rsa; p={RSA_2048}"],
    ("_dmarc.example.com", "TXT"): ["v=DMARC1; p=reject; rua=mailto:dmarc@example.com"],
    ("_imaps._tcp.example.com", "SRV"): ["0 1 993 mx.example.com."],
    ("_mta-sts.example.com", "TXT"): ["v=STSv1; id=1"],
    ("mta-sts.example.com", "A"): ["192.0.2.3"],
    ("_smtp._tls.example.com", "TXT"): ["v=TLSRPTv1; rua=mailto:tls@example.com"],
    (DOMAIN, "DS"): ["1 13 2 00"],
}
FACTS = {
    "domain": DOMAIN,
    "catch_all": True,
    "signatures": (Signature(DOMAIN, "s1"),),
    "outgoing_hosts": ("mx.example.com",),
    "incoming_host": "mx.example.com",
}


def findings(records=None, **facts):
    """Check the good domain with other records (None takes one away) and other facts."""
    table = {**GOOD, **(records or {})}
    dns = MemoryDns({key: value for key, value in table.items() if value is not None})
    return {item.code: item for item in check_domain(Facts(**{**FACTS, **facts}), dns)}


def said(finding):
    """What a finding says, in English."""
    return WORDING.sentences[finding.code] % finding.values


class CheckCase(PureCase):
    def check(self, records, code, level, value=None, absent=(), **facts):
        found = findings(records, **facts)
        self.assertIn(code, found)
        self.assertEqual(found[code].level, level)
        self.assertTrue(said(found[code]))
        if value is not None:
            self.assertEqual(found[code].record.value, value)
        for other in absent:
            self.assertNotIn(other, found)
        return found[code]


class TestDeliverability(CheckCase):
    def test_a_good_domain_is_well_throughout(self):
        found = findings()
        self.assertEqual(worst(list(found.values())), Level.OK, list(found))
        order = list(found)
        self.assertEqual(
            order[:5], ["catch_all_works", "mx_ok", "dkim_aligned", "spf_ok", "dmarc_ok"]
        )

    def test_every_code_has_a_subject_and_its_sentence_needs_what_findings_give(self):
        for code, sentence in WORDING.sentences.items():
            with self.subTest(code=code):
                self.assertTrue(WORDING.subject(code))
                self.assertNotIn("%s", sentence)

    def test_a_finding_survives_storing(self):
        for finding in findings({(DOMAIN, "TXT"): None}).values():
            self.assertEqual(Finding.from_json(finding.to_json()), finding)
            self.assertTrue(said(finding))

    def test_the_ways_of_no_answer_are_told_apart(self):
        for status, codes in (
            (Status.NXDOMAIN, ["domain_nxdomain"]),
            (Status.NO_NETWORK, ["domain_no_network"]),
            (Status.REFUSED, ["domain_declined"]),
        ):
            with self.subTest(status=status):
                self.assertEqual(list(findings({(DOMAIN, "MX"): status})), codes)
        for status in (Status.TIMEOUT, Status.SERVFAIL, Status.REFUSED, Status.NO_NETWORK):
            with self.subTest(status=status):
                if status in (Status.TIMEOUT, Status.SERVFAIL):
                    self.check({(DOMAIN, "MX"): status}, f"mx_{status}", Level.WARNING)
                for name, kind, subject in (
                    ("_imaps._tcp.example.com", "SRV", "clients"),
                    ("_mta-sts.example.com", "TXT", "mta_sts"),
                    ("_smtp._tls.example.com", "TXT", "tls_rpt"),
                    (DOMAIN, "DS", "dnssec"),
                ):
                    self.check({(name, kind): status}, f"{subject}_{status}", Level.NOTE)
                self.check({(DOMAIN, "TXT"): status}, f"spf_{status}", Level.WARNING)
                self.check({KEY: status}, f"dkim_{status}", Level.WARNING)
                dmarc = ("_dmarc.example.com", "TXT")
                self.check({dmarc: status}, f"dmarc_{status}", Level.WARNING)
        self.check({(DOMAIN, "MX"): Status.NO_ANSWER}, "mx_missing", Level.BAD)

    def test_what_is_no_domain_is_never_asked_for(self):
        for name in (
            "localhost",
            "a b.com",
            "192.0.2.1",
            "-x.com",
            "x" * 64 + ".com",
            "_x.com",
            "",
        ):
            with self.subTest(name=name):
                dns = MemoryDns({})
                self.assertEqual(check_domain(Facts(name), dns)[0].code, "domain_bad_name")
                self.assertFalse(dns.asked)
                self.assertFalse(is_mail_domain(name))
        self.assertTrue(is_name("s1._domainkey.example.com"))

    def test_catch_all(self):
        self.check({}, "catch_all_unproven", Level.NOTE, catch_all=None)
        found = self.check(
            {}, "catch_all_broken", Level.BAD, catch_all=False, catch_all_detail="550 no such user"
        )
        self.assertIn("550", said(found))


class TestMx(CheckCase):
    def test_mx(self):
        mx, host = (DOMAIN, "MX"), ("mx.example.com", "A")
        for name, records, code, level in (
            ("null", {mx: ["0 ."]}, "mx_null", Level.BAD),
            ("none", {mx: None}, "mx_missing", Level.BAD),
            ("host gone", {host: None}, "mx_host_missing", Level.BAD),
            ("number", {mx: ["10 192.0.2.1"]}, "mx_address", Level.BAD),
            (
                "one of two gone",
                {mx: ["10 mx.example.com.", "20 old.example.com."]},
                "mx_host_missing",
                Level.WARNING,
            ),
        ):
            with self.subTest(name=name):
                found = self.check(records, code, level, absent=["mx_ok"])
                self.assertEqual(found.record.value, "10 mx.example.com.")

    def test_a_host_that_is_only_another_name(self):
        records = {("mx.example.com", "CNAME"): ["host7.provider.test."]}
        found = self.check(records, "mx_alias", Level.WARNING, absent=["mx_ok"])
        self.assertEqual(found.values["target"], "host7.provider.test")

    def test_a_domain_without_mx_but_with_an_address(self):
        records = {(DOMAIN, "MX"): None, (DOMAIN, "A"): ["192.0.2.9"]}
        self.check(records, "mx_implicit", Level.WARNING)
        self.check(records, "mx_implicit", Level.BAD, catch_all=None)

    def test_mail_that_goes_to_another_provider(self):
        records = {
            (DOMAIN, "MX"): ["10 aspmx.l.google.com."],
            ("aspmx.l.google.com", "A"): ["192.0.2.2"],
        }
        facts = {"catch_all": None, "incoming_host": "imap.fastmail.com"}
        self.check(records, "mx_elsewhere", Level.WARNING, **facts)
        facts["incoming"] = PRESETS["fastmail"]
        wanted = "10 in1-smtp.messagingengine.com."
        self.check(records, "mx_elsewhere", Level.BAD, wanted, **facts)
        self.check(records, "mx_ok", Level.OK, **{**facts, "catch_all": True})
        facts |= {"incoming_host": "imap.gmail.com", "incoming": PRESETS["google"]}
        self.check(records, "mx_ok", Level.OK, **facts)


class TestSpf(CheckCase):
    TXT = (DOMAIN, "TXT")

    def test_records_that_decide(self):
        for name, texts, code, level, value in (
            ("none", ["x"], "spf_missing", Level.BAD, "v=spf1 a:mx.example.com ~all"),
            (
                "two",
                ["v=spf1 mx -all", "v=spf1 include:other.test ~all"],
                "spf_several",
                Level.BAD,
                "v=spf1 include:other.test mx ~all",
            ),
            ("typo", ["v=spf1 ip:192.0.2.1 -all"], "spf_syntax", Level.BAD, None),
            ("bad network", ["v=spf1 ip4:192.0.2.999 -all"], "spf_syntax", Level.BAD, None),
            ("loop", ["v=spf1 mx include:example.com -all"], "spf_loop", Level.BAD, None),
            ("gone", ["v=spf1 include:gone.test -all"], "spf_include_missing", Level.BAD, None),
            (
                "not ours",
                ["v=spf1 ip4:198.51.100.1 -all"],
                "spf_not_covered",
                Level.BAD,
                "v=spf1 ip4:198.51.100.1 a:mx.example.com -all",
            ),
            ("everybody", ["v=spf1 mx +all"], "spf_everybody", Level.WARNING, None),
            ("no end", ["v=spf1 mx"], "spf_open_end", Level.NOTE, "v=spf1 mx ~all"),
            ("ptr", ["v=spf1 mx ptr -all"], "spf_ptr", Level.NOTE, None),
        ):
            with self.subTest(name=name):
                absent = ["spf_ok"] if level.gravity > Level.NOTE.gravity else []
                self.check({self.TXT: texts}, code, level, value, absent)

    def test_a_record_says_whether_it_goes_in_the_place_of_another(self):
        self.assertFalse(findings({self.TXT: ["x"]})["spf_missing"].record.replaces)
        for texts in (["v=spf1 -all"], ["v=spf1 mx -all", "v=spf1 -all"]):
            codes = findings({self.TXT: texts})
            records = [
                item.record
                for item in codes.values()
                if WORDING.subject(item.code) == "spf" and item.record
            ]
            self.assertTrue(records and all(record.replaces for record in records))

    def test_lookups_are_counted_through_includes(self):
        for count, code, level in (
            (8, "spf_ok", Level.OK),
            (9, "spf_lookups_near", Level.NOTE),
            (11, "spf_lookups", Level.BAD),
        ):
            # "mx" and the include itself are two of them
            inner = " ".join(f"a:h{number}.example.com" for number in range(count - 2))
            records = {
                self.TXT: ["v=spf1 mx include:spf.other.test -all"],
                ("spf.other.test", "TXT"): [f"v=spf1 {inner} ~all"],
                **{(f"h{n}.example.com", "A"): ["198.51.100.1"] for n in range(count)},
            }
            with self.subTest(count=count):
                found = self.check(records, code, level)
                self.assertEqual(found.values["lookups"], str(count))

    def test_what_helps_nobody_is_left_out_when_that_is_enough(self):
        dead = " ".join(f"a:dead{number}.example.com" for number in range(10))
        records = {self.TXT: [f"v=spf1 mx {dead} -all"]}
        self.check(records, "spf_lookups", Level.BAD, "v=spf1 mx -all")
        self.check(records, "spf_voids", Level.WARNING)

    def test_a_limit_of_names_that_lead_nowhere_is_not_called_a_missing_permission(self):
        records = {self.TXT: ["v=spf1 a:x.test a:y.test a:z.test mx -all"]}
        self.check(records, "spf_voids", Level.WARNING, absent=["spf_not_covered", "spf_ok"])
        # only a sender by IPv6 comes past three hosts that have IPv4 alone
        hosts = {(f"{name}.test", "A"): ["198.51.100.1"] for name in "xyz"}
        self.check({**records, **hosts}, "spf_ok", Level.OK)
        six = {"outgoing_addresses": ("2001:db8::7",)}
        found = self.check({**records, **hosts}, "spf_voids", Level.WARNING, **six)
        self.assertEqual(found.values["where"], "z.test")

    def test_a_sign_that_makes_receivers_skip_a_part(self):
        records = {self.TXT: ["v=spf1 mx ip4=198.51.100.1 -all"]}
        value = "v=spf1 mx ip4:198.51.100.1 -all"
        self.check(records, "spf_ignored", Level.NOTE, value)

    def test_a_domain_with_too_many_mail_servers(self):
        records = {
            self.TXT: ["v=spf1 mx mx:many.test -all"],
            ("many.test", "MX"): [f"10 h{number}.many.test." for number in range(11)],
        }
        self.check(records, "spf_many_mx", Level.BAD)

    def test_macros_are_filled_in_as_a_receiver_does(self):
        records = {
            self.TXT: ["v=spf1 exists:%{ir}.%{v}._spf.%{d} -all"],
            ("1.2.0.192.in-addr._spf.example.com", "A"): ["127.0.0.2"],
        }
        self.check(records, "spf_ok", Level.OK)
        facts = {"outgoing_addresses": ("192.0.2.7",)}
        self.check(records, "spf_not_covered", Level.BAD, **facts)

    def test_nothing_behind_all_costs_anything(self):
        text = "v=spf1 mx -all " + " ".join(f"a:h{number}.example.com" for number in range(20))
        self.check({self.TXT: [text]}, "spf_ok", Level.OK)

    def test_a_record_that_would_be_too_dear_is_not_offered_without_a_word(self):
        inner = " ".join(f"a:h{number}.example.com" for number in range(9))
        records = {
            self.TXT: [f"v=spf1 {inner} -all"],
            ("_spf.google.com", "TXT"): ["v=spf1 include:a.test include:b.test ~all"],
            ("a.test", "TXT"): ["v=spf1 -all"],
            ("b.test", "TXT"): ["v=spf1 -all"],
            **{(f"h{n}.example.com", "A"): ["198.51.100.1"] for n in range(9)},
        }
        facts = {"outgoing": PRESETS["google"], "outgoing_hosts": ("smtp.gmail.com",)}
        found = self.check(records, "spf_no_room", Level.WARNING, **facts)
        self.assertEqual(found.values["lookups"], "12")
        records[self.TXT] = ["v=spf1 a:h1.example.com -all"]
        self.assertNotIn("spf_no_room", findings(records, **facts))

    def test_redirect_is_followed(self):
        records = {
            self.TXT: ["v=spf1 redirect=spf.other.test"],
            ("spf.other.test", "TXT"): ["v=spf1 ip4:192.0.2.0/24 -all"],
        }
        self.check(records, "spf_ok", Level.OK)

    def test_addresses_that_were_seen_beat_host_names(self):
        facts = {"outgoing_addresses": ("198.51.100.7", "2001:db8::7")}
        wanted = "v=spf1 mx ip4:198.51.100.7 ip6:2001:db8::7 -all"
        self.check({}, "spf_not_covered", Level.BAD, wanted, **facts)

    def test_a_submission_host_elsewhere_is_only_a_suspicion(self):
        records = {("smtp.provider.test", "A"): ["198.51.100.9"]}
        facts = {"outgoing_hosts": ("smtp.provider.test",)}
        self.check(records, "spf_perhaps_not_covered", Level.WARNING, **facts)

    def test_a_known_provider_is_covered_by_its_include(self):
        include = "include:_spf.google.com"
        facts = {"outgoing": PRESETS["google"], "outgoing_hosts": ("smtp.gmail.com",)}
        wanted = f"v=spf1 mx {include} -all"
        self.check({}, "spf_not_covered", Level.BAD, wanted, **facts)
        google = {("_spf.google.com", "TXT"): ["v=spf1 ip4:203.0.113.0/24 ~all"]}
        self.check({**google, self.TXT: [f"v=spf1 {include} ~all"]}, "spf_ok", Level.OK, **facts)
        nested = {
            **google,
            self.TXT: ["v=spf1 include:all.example.com -all"],
            ("all.example.com", "TXT"): [f"v=spf1 {include} -all"],
        }
        self.check(nested, "spf_ok", Level.OK, **facts)

    def test_a_name_server_of_an_include_that_is_silent(self):
        records = {
            self.TXT: ["v=spf1 mx include:slow.test -all"],
            ("slow.test", "TXT"): Status.TIMEOUT,
        }
        self.check(records, "spf_timeout", Level.WARNING)


class TestDkim(CheckCase):
    def test_keys(self):
        for name, texts, code, level in (
            ("missing", None, "dkim_key_missing", Level.BAD),
            ("revoked", ["v=DKIM1; p="], "dkim_revoked", Level.BAD),
            ("weak", [f"k=rsa; p={RSA_512}"], "dkim_weak", Level.BAD),
            ("short", [f"p={RSA_1024}"], "dkim_short", Level.NOTE),
            ("cut", [f"p={RSA_2048[:-30]}"], "dkim_syntax", Level.BAD),
            ("sha1", [f"h=sha1; p={RSA_2048}"], "dkim_hash", Level.BAD),
            ("two", [f"p={RSA_2048}", f"p={RSA_1024}"], "dkim_several_keys", Level.BAD),
            ("testing", [f"t=y; p={RSA_2048}"], "dkim_testing", Level.NOTE),
            ("ed25519", ["k=ed25519; p=" + "A" * 43 + "="], "dkim_ed25519", Level.NOTE),
            ("ed25519 cut", ["k=ed25519; p=AAAA"], "dkim_syntax", Level.BAD),
            ("not for mail", [f"s=tlsrpt; p={RSA_2048}"], "dkim_syntax", Level.BAD),
            ("other kind", ["k=dsa; p=AAAA"], "dkim_syntax", Level.BAD),
        ):
            with self.subTest(name=name):
                found = findings({KEY: texts})
                self.assertIn(code, found)
                self.assertEqual(found[code].level, level)
                self.assertEqual("dkim_aligned" in found, level is Level.NOTE)

    def test_who_signs(self):
        self.check({}, "dkim_unsigned", Level.BAD, signatures=())
        foreign = (Signature("provider.test", "k"),)
        self.check({}, "dkim_not_aligned", Level.BAD, signatures=foreign)
        self.check({}, "dkim_unknown", Level.NOTE, signatures=None)
        below = (Signature("mail.example.com", "s1"),)
        records = {("s1._domainkey.mail.example.com", "TXT"): [f"p={RSA_2048}"]}
        self.check(records, "dkim_aligned", Level.OK, signatures=below)

    def test_a_second_signature_that_is_broken_is_no_disaster(self):
        both = (Signature(DOMAIN, "gone"), Signature(DOMAIN, "s1"))
        self.check({}, "dkim_aligned", Level.OK, signatures=both)
        self.check({}, "dkim_key_missing", Level.WARNING, signatures=both)

    def test_keys_of_the_provider_are_looked_for_until_a_mail_was_seen(self):
        records = {("google._domainkey.example.com", "TXT"): [f"p={RSA_2048}"]}
        facts = {"signatures": None, "outgoing": PRESETS["google"]}
        self.check(records, "dkim_published", Level.NOTE, **facts)


class TestDmarc(CheckCase):
    TXT = ("_dmarc.example.com", "TXT")

    def test_records(self):
        for name, texts, code, level, value in (
            ("none", None, "dmarc_missing", Level.BAD, "v=DMARC1; p=none"),
            ("two", ["v=DMARC1; p=none"] * 2, "dmarc_several", Level.BAD, "v=DMARC1; p=none"),
            ("typo", ["v=DMARC1; p=rejct"], "dmarc_syntax", Level.BAD, "v=DMARC1; p=none"),
            ("no policy", ["v=DMARC1; aspf=r"], "dmarc_syntax", Level.BAD, None),
            ("watching", ["v=DMARC1; p=none"], "dmarc_watching", Level.NOTE, None),
            (
                "no reports",
                ["v=DMARC1; p=reject;"],
                "dmarc_no_reports",
                Level.NOTE,
                "v=DMARC1; p=reject; rua=mailto:dmarc@example.com",
            ),
            (
                "reports that nobody asked for",
                ["v=DMARC1; p=reject; rua=mailto:x@reports.test"],
                "dmarc_reports_refused",
                Level.NOTE,
                "v=DMARC1",
            ),
        ):
            with self.subTest(name=name):
                self.check({self.TXT: texts}, code, level, value)

    def test_what_we_send_must_be_aligned(self):
        elsewhere = {"envelope_domain": "provider.test", "signatures": ()}
        self.check({}, "dmarc_refused", Level.BAD, absent=["dmarc_ok"], **elsewhere)
        records = {self.TXT: ["v=DMARC1; p=none"]}
        self.check(records, "dmarc_unaligned", Level.WARNING, **elsewhere)
        elsewhere["signatures"] = None
        self.check({}, "dmarc_only_dkim", Level.WARNING, **elsewhere)
        elsewhere["signatures"] = (Signature(DOMAIN, "s1"),)
        self.check({}, "dmarc_ok", Level.OK, **elsewhere)

    def test_strict_alignment(self):
        records = {self.TXT: ["v=DMARC1; p=reject; adkim=s; aspf=s"]}
        key = {("s1._domainkey.mail.example.com", "TXT"): [f"p={RSA_2048}"]}
        below = (Signature("mail.example.com", "s1"),)
        facts = {"signatures": below, "envelope_domain": "mail.example.com"}
        value = "v=DMARC1; p=reject"
        self.check({**records, **key}, "dmarc_too_strict", Level.BAD, value, **facts)
        self.check(key, "dmarc_ok", Level.OK, **facts)
        mild = {self.TXT: ["v=DMARC1; p=none; adkim=s; aspf=s; rua=mailto:x@example.com"]}
        value = "v=DMARC1; p=none; rua=mailto:x@example.com"
        self.check({**mild, **key}, "dmarc_too_strict", Level.WARNING, value, **facts)
        # the return path alone is enough, where its own record allows the host
        spf = {("mail.example.com", "TXT"): ["v=spf1 a:mx.example.com -all"]}
        unsigned = {**facts, "signatures": ()}
        self.check(spf, "dmarc_ok", Level.OK, **unsigned)
        self.check({**records, **spf}, "dmarc_too_strict", Level.BAD, **unsigned)

    def test_proof_that_does_not_hold_is_none(self):
        """An aligned name is not enough: SPF must pass, or the key of the signature be there."""
        closed = {(DOMAIN, "TXT"): ["v=spf1 -all"]}
        self.check(closed, "dmarc_ok", Level.OK)
        self.check(closed, "dmarc_refused", Level.BAD, signatures=())
        self.check({**closed, KEY: ["p="]}, "dmarc_refused", Level.BAD, absent=["dmarc_ok"])
        self.check({KEY: ["p="]}, "dmarc_ok", Level.OK)
        self.check(closed, "dmarc_only_dkim", Level.WARNING, signatures=None)
        watching = {**closed, self.TXT: ["v=DMARC1; p=none"]}
        self.check(watching, "dmarc_only_dkim", Level.NOTE, signatures=None)

    def test_what_receivers_skip_or_soften(self):
        for text, code, value in (
            ("v=DMARC1; p=reject; t=y", "dmarc_testing", None),
            ("v=DMARC1; p=reject; pct=50", "dmarc_partial", None),
            (
                "v=DMARC1; p=reject; pct=all; adkim=strict; sp=none",
                "dmarc_skipped",
                "v=DMARC1; p=reject; sp=none",
            ),
            ("v=DMARC1; p=block; rua=mailto:d@example.com", "dmarc_skipped", None),
        ):
            with self.subTest(text=text):
                found = self.check({self.TXT: [text]}, code, Level.NOTE, value)
                self.assertEqual(found.record is None, value is None)
        found = findings({self.TXT: ["v=DMARC1; p=none; pct=50"]})
        self.assertNotIn("dmarc_partial", found)

    def test_a_record_that_only_people_take_for_dmarc(self):
        for text in ("v=dmarc1; p=reject", " v=DMARC1; p=none", "v=DMARC; p=none", '"v=DMARC1'):
            with self.subTest(text=text):
                found = self.check({self.TXT: [text]}, "dmarc_syntax", Level.BAD)
                self.assertEqual(found.record.value, "v=DMARC1; p=none")
                self.assertTrue(found.record.replaces)

    def test_of_two_records_the_milder_one_is_kept(self):
        texts = ["v=DMARC1; p=quarantine", "v=DMARC1; p=none; rua=mailto:d@example.com"]
        self.check({self.TXT: texts}, "dmarc_several", Level.BAD, texts[1])

    def test_reports_that_go_to_another_company(self):
        texts = {self.TXT: ["v=DMARC1; p=reject; rua=mailto:a@reports.test!10m,mailto:b@x.com"]}
        name = "example.com._report._dmarc.reports.test"
        found = self.check(texts, "dmarc_reports_refused", Level.NOTE, "v=DMARC1")
        agreed = {(name, "TXT"): ["v=DMARC1"], ("example.com._report._dmarc.x.com", "TXT"): ["x"]}
        found = self.check({**texts, **agreed}, "dmarc_reports_refused", Level.NOTE)
        self.assertEqual(found.record.name, "example.com._report._dmarc.x.com")
        agreed["example.com._report._dmarc.x.com", "TXT"] = ["v=DMARC1;"]
        self.assertNotIn("dmarc_reports_refused", findings({**texts, **agreed}))
        agreed["example.com._report._dmarc.x.com", "TXT"] = Status.TIMEOUT
        self.assertNotIn("dmarc_reports_refused", findings({**texts, **agreed}))

    def test_a_sub_domain_follows_the_organisation(self):
        sub = "shop.example.com"
        records = {
            (sub, "MX"): ["10 mx.example.com."],
            (sub, "TXT"): ["v=spf1 mx -all"],
            self.TXT: ["v=DMARC1; p=reject; sp=none; rua=mailto:x@example.com"],
        }
        found = self.check(records, "dmarc_inherited", Level.OK, domain=sub)
        self.assertEqual(found.values["policy"], "none")
        # a sibling is of the same organisation (RFC 7489 §3.1.1)
        facts = {"domain": sub, "signatures": (), "envelope_domain": "news.example.com"}
        records["news.example.com", "TXT"] = ["v=spf1 a:mx.example.com -all"]
        self.check(records, "dmarc_inherited", Level.OK, **facts)

    def test_a_registry_is_nobodys_organisation(self):
        records = {
            self.TXT: None,
            ("shop.co.test", "MX"): ["10 mx.example.com."],
            ("_dmarc.co.test", "TXT"): ["v=DMARC1; p=reject; psd=y"],
        }
        self.check(records, "dmarc_missing", Level.BAD, domain="shop.co.test")


class TestExtras(CheckCase):
    def test_only_what_decides_is_ever_red(self):
        """Nothing at all published, and everything published wrong."""
        nothing = dict.fromkeys(key for key in GOOD if key != (DOMAIN, "MX"))
        wrong = {key: ["v=spf1 foo", "v=DMARC1; p=x", "v=STSv1", "v=TLSRPTv1"] for key in nothing}
        wrong |= {(name, "SRV"): ["0 0 0 ."] for name, kind in nothing if kind == "SRV"}
        deciding = {"catch_all", "mx", "dkim", "spf", "dmarc", "staff"}
        for records in (nothing, {**wrong, ("mx.example.com", "A"): ["192.0.2.1"]}):
            found = findings(records, catch_all=False, signatures=())
            red = {WORDING.subject(f.code) for f in found.values() if f.level is Level.BAD}
            self.assertLessEqual({"catch_all", "dkim", "spf", "dmarc"}, red)
            self.assertLessEqual(red, deciding)
            rest = {f.level for f in found.values() if WORDING.subject(f.code) not in deciding}
            self.assertLessEqual(rest, {Level.NOTE, Level.OK})

    def test_what_is_good_to_have_is_never_more_than_a_note(self):
        gone = dict.fromkeys(
            [
                ("_imaps._tcp.example.com", "SRV"),
                ("_mta-sts.example.com", "TXT"),
                ("_smtp._tls.example.com", "TXT"),
                (DOMAIN, "DS"),
            ]
        )
        found = findings(gone)
        for code in ("clients_missing", "mta_sts_missing", "tls_rpt_missing", "dnssec_off"):
            with self.subTest(code=code):
                self.assertEqual(found[code].level, Level.NOTE)
        self.assertEqual(worst(list(found.values())), Level.NOTE)

    def test_mta_sts_needs_its_page_and_one_record(self):
        name, page = ("_mta-sts.example.com", "TXT"), ("mta-sts.example.com", "A")
        self.check({page: None}, "mta_sts_no_page", Level.NOTE)
        for texts in (["v=STSv1; id=1", "v=STSv1; id=2"], ["v=STSv1"]):
            with self.subTest(texts=texts):
                self.check({name: texts}, "mta_sts_several", Level.NOTE)
        found = self.check({}, "mta_sts_ok", Level.OK)
        self.assertIn("does not fetch", said(found))
        self.assertIn("https://mta-sts.example.com/.well-known/mta-sts.txt", said(found))

    def test_reports_about_encryption(self):
        name = ("_smtp._tls.example.com", "TXT")
        value = "v=TLSRPTv1; rua=mailto:tls@example.com"
        for texts in (["v=TLSRPTv1"], ["v=TLSRPTv1; rua=tls@example.com"]):
            with self.subTest(texts=texts):
                self.check({name: texts}, "tls_rpt_syntax", Level.NOTE, value)

    def test_servers_that_programs_find(self):
        srv = ("_imaps._tcp.example.com", "SRV")
        for name in ("autoconfig.example.com", "autodiscover.example.com"):
            with self.subTest(name=name):
                self.check({srv: None, (name, "A"): ["192.0.2.4"]}, "clients_ok", Level.OK)
        self.check({srv: None}, "clients_missing", Level.NOTE, "0 1 993 mx.example.com.")
