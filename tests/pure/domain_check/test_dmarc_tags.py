"""Every tag of DMARC with the values that it may have, and those that receivers skip."""

from ....domain_check.dmarc import check_dmarc
from ....domain_check.dmarc_record import (
    POLICIES,
    DmarcRecord,
    is_dmarc,
    looks_like_dmarc,
    read_dmarc,
)
from ....domain_check.facts import Facts
from ....findings import Level, Record
from ...kit.memory_dns import MemoryDns
from ...kit.pure import PureCase

DOMAIN = "example.com"
NAME = f"_dmarc.{DOMAIN}"
VALUES = {
    # tag: values that are good, values that are not
    "sp": (["none", "quarantine", "Reject"], ["", "block"]),
    "np": (["none", "quarantine", "reject"], ["all"]),
    "adkim": (["r", "s", "S"], ["strict", "x"]),
    "aspf": (["r", "s"], ["relaxed", ""]),
    "pct": (["0", "50", "100", "0000000100"], ["101", "-1", "1.5", "\u0663", "00000000100", "x"]),
    "ri": (["0", "86400", "4294967295"], ["4294967296", "1h"]),
    "fo": (["0", "1", "d", "s", "0:1:d:s", "1 : d"], ["2", "0;", "0:x"]),
    "t": (["y", "n", "Y"], ["s", "1"]),
    "psd": (["y", "n", "u"], ["x"]),
    "rua": (
        *(["mailto:a@b.test", "mailto:a@b.test!10m, MAILTO:c@d.test", "https://x", "http://x"],),
        ["a@b.test", "mailto:", "mailto:a@b.test!m10", "mailto:a@b.test, c@d.test", "ftp://x"],
    ),
    "ruf": (["mailto:a@b.test"], ["b.test"]),
    "unheard": (["of", "anything"], [""]),
}


class TestValues(PureCase):
    def test_what_each_tag_may_say(self):
        for tag, (good, bad) in VALUES.items():
            for value in good:
                with self.subTest(tag=tag, value=value):
                    self.assertEqual(read_dmarc(f"v=DMARC1; p=none; {tag}={value}").wrong, ())
            for value in bad:
                if ";" in value:
                    continue
                with self.subTest(tag=tag, value=value):
                    read = read_dmarc(f"v=DMARC1; p=none; {tag}={value}")
                    self.assertEqual(read.wrong, (f"{tag}={value}",))

    def test_what_a_record_says(self):
        self.assertEqual(POLICIES, ("none", "quarantine", "reject"))
        plain = DmarcRecord("none", "none", tags={"v": "DMARC1", "p": "none"})
        self.assertEqual(read_dmarc("v=DMARC1; p=none"), plain)
        self.assertEqual(
            (plain.strict_dkim, plain.strict_spf, plain.percent, plain.testing),
            (False, False, 100, False),
        )
        self.assertEqual(
            read_dmarc("v=DMARC1; p=Reject; sp=NONE; adkim=S; aspf=s; pct=7; t=Y; ri=1d"),
            DmarcRecord(
                *("reject", "none"),
                strict_dkim=True,
                strict_spf=True,
                percent=7,
                testing=True,
                wrong=("ri=1d",),
                tags={
                    **{"v": "DMARC1", "p": "Reject", "sp": "NONE", "adkim": "S", "aspf": "s"},
                    **{"pct": "7", "t": "Y", "ri": "1d"},
                },
            ),
        )

    def test_a_value_that_is_no_good_is_not_there(self):
        read = read_dmarc("v=DMARC1; p=quarantine; sp=x; pct=x; adkim=x; aspf=r; t=n")
        self.assertEqual((read.policy, read.sub_policy, read.percent), ("quarantine",) * 2 + (100,))
        self.assertFalse(read.strict_dkim or read.strict_spf or read.testing)

    def test_without_a_policy_only_a_record_that_asks_for_reports_counts(self):
        for text, policy in (
            ("v=DMARC1; rua=mailto:a@b.test", "none"),
            ("v=DMARC1; p=x; rua=mailto:a@b.test", "none"),
            ("v=DMARC1; p=x; rua=https://b.test", None),
            ("v=DMARC1", None),
            ("v=DMARC1; p=reject; p=none", None),
            ("p=reject", None),
        ):
            with self.subTest(text=text):
                read = read_dmarc(text)
                self.assertEqual(read and read.policy, policy)

    def test_which_texts_are_dmarc_and_which_were_meant_to_be(self):
        for text, real, meant in (
            ("v=DMARC1; p=none", True, False),
            ("V = DMARC1 ;", True, False),
            ("v=DMARC1", True, False),
            ("v=DMARC11", False, True),
            ("v=DMARC1 p=none", False, True),
            ("v=dmarc1; p=none", False, True),
            ("v=DMARC; p=none", False, True),
            (" 'v=DMARC-1'", False, True),
            ("x v=DMARC1", False, False),
            ("v=spf1", False, False),
        ):
            with self.subTest(text=text):
                self.assertEqual((is_dmarc(text), looks_like_dmarc(text)), (real, meant))

    def test_domains_of_reports_are_named_once_and_in_order(self):
        read = read_dmarc(
            "v=DMARC1; p=none; rua=mailto:a@Z.test., mailto:b@z.test!5k ,mailto:c@a.test, x"
        )
        self.assertEqual(read.report_hosts, ("a.test", "z.test"))


class TestFindings(PureCase):
    def check(self, *texts, domain=DOMAIN, more=(), **facts):
        dns = MemoryDns({(NAME, "TXT"): texts, (DOMAIN, "TXT"): ["v=spf1 -all"], **dict(more)})
        return {item.code: item for item in check_dmarc(Facts(domain, **facts), dns)}

    def test_what_goes_in_the_place_of_another_record(self):
        several = self.check("v=DMARC1; p=none", "v=DMARC1; p=reject")["dmarc_several"]
        self.assertEqual(several.record, Record(NAME, "TXT", "v=DMARC1; p=none", True))
        self.assertEqual(several.values["count"], "2")
        missing = self.check("x")["dmarc_missing"]
        self.assertEqual(missing.record, Record(NAME, "TXT", "v=DMARC1; p=none", False))
        broken = self.check("v=DMARC1; p=x; a=" + "y" * 300)["dmarc_syntax"]
        self.assertEqual(broken.record, Record(NAME, "TXT", "v=DMARC1; p=none", True))
        self.assertEqual(len(broken.values["record"]), 200)
        # the organisation's record is broken: ours goes beside it
        below = self.check("v=DMARC1; p=x", domain="shop.example.com")["dmarc_syntax"]
        self.assertEqual(
            below.record, Record("_dmarc.shop.example.com", "TXT", "v=DMARC1; p=none", False)
        )

    def test_of_several_the_mildest_is_kept_and_what_nobody_reads_comes_last(self):
        for texts, kept in (
            (["v=DMARC1; p=reject", "v=DMARC1; p=quarantine"], "v=DMARC1; p=quarantine"),
            (["v=DMARC1; p=x", "v=DMARC1; p=reject"], "v=DMARC1; p=reject"),
            (["v=DMARC1; p=none; t=y", "v=DMARC1; p=none"], "v=DMARC1; p=none"),
        ):
            for order in (texts, texts[::-1]):
                with self.subTest(texts=order):
                    self.assertEqual(self.check(*order)["dmarc_several"].record.value, kept)

    def test_one_text_that_was_meant_for_dmarc_is_quoted(self):
        found = self.check("v=dmarc1; p=reject", "v=DMARC; p=none")["dmarc_syntax"]
        self.assertEqual(found.values["record"], "v=DMARC; p=none")

    def test_what_softens_a_policy(self):
        softening = {"dmarc_watching", "dmarc_testing", "dmarc_partial"}
        for text, code in (
            ("p=none; t=y; pct=5", "dmarc_watching"),
            ("p=reject; t=y; pct=5", "dmarc_testing"),
            ("p=reject; pct=99", "dmarc_partial"),
            ("p=reject; pct=100", None),
            ("p=reject; t=n", None),
        ):
            found = self.check(f"v=DMARC1; {text}")
            with self.subTest(text=text):
                self.assertEqual(softening & found.keys(), {code} - {None})
                if code:
                    self.assertEqual(found[code].level, Level.NOTE)
        found = self.check("v=DMARC1; p=reject; pct=99")["dmarc_partial"]
        self.assertEqual(found.values["percent"], "99")

    def test_tags_that_are_skipped_are_taken_out(self):
        found = self.check("v=DMARC1; p=reject; fo=9; adkim=x; sp=none")["dmarc_skipped"]
        self.assertEqual(found.values["where"], "fo=9, adkim=x")
        self.assertEqual(found.record, Record(NAME, "TXT", "v=DMARC1; p=reject; sp=none", True))
        long = self.check(f"v=DMARC1; p=reject; fo={'9' * 300}")["dmarc_skipped"]
        self.assertEqual(len(long.values["where"]), 200)
        unsure = self.check("v=DMARC1; p=x; rua=mailto:a@example.com; fo=9")["dmarc_skipped"]
        self.assertIsNone(unsure.record)  # only people know which policy was meant

    def test_reports(self):
        def codes(text):
            found = self.check(f"v=DMARC1; p=reject{text}")
            return {code for code in found if "reports" in code}

        for text, expected in (
            ("", {"dmarc_no_reports"}),
            ("; rua=https://x", set()),
            ("; rua=x", set()),
            ("; rua=mailto:a@example.com", set()),
            ("; rua=mailto:a@mail.example.com", set()),
            ("; rua=mailto:a@other.test", {"dmarc_reports_refused"}),
        ):
            with self.subTest(text=text):
                self.assertEqual(codes(text), expected)
        found = self.check("v=DMARC1; p=reject; ")["dmarc_no_reports"]
        value = "v=DMARC1; p=reject; rua=mailto:dmarc@example.com"
        self.assertEqual(found.record, Record(NAME, "TXT", value, True))
        found = self.check("v=DMARC1; p=reject; rua=mailto:a@other.test")["dmarc_reports_refused"]
        name = "example.com._report._dmarc.other.test"
        self.assertEqual(found.record, Record(name, "TXT", "v=DMARC1", False))
        self.assertEqual(found.values["host"], "other.test")

    def test_a_return_path_is_shown_where_it_does_not_match(self):
        facts = {"envelope_domain": "bounces.test", "signatures": ()}
        for policy, code, level in (
            ("reject", "dmarc_refused", Level.BAD),
            ("quarantine", "dmarc_refused", Level.BAD),
            ("none", "dmarc_unaligned", Level.WARNING),
        ):
            found = self.check(f"v=DMARC1; p={policy}", **facts)[code]
            with self.subTest(policy=policy):
                self.assertEqual(found.level, level)
                self.assertEqual(found.values["return_path"], "bounces.test")
                self.assertEqual(found.values["policy"], policy)
