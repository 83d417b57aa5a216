"""SPF records read into terms, and the macros in them (RFC 7208 §4.6, §5, §7)."""

import ipaddress

from ....domain_check.spf_macros import UNKNOWN_NAME, MacroError, Sending, expand
from ....domain_check.spf_record import SpfError, Term, parse_spf, spf_records
from ...kit.pure import PureCase

FOUR = Sending(ipaddress.ip_address("192.0.2.3"), "strong-bad@email.test", "mx.test")
SIX = Sending(ipaddress.ip_address("2001:db8::cb01"), "@email.test")


class TestRecords(PureCase):
    def test_which_texts_are_spf(self):
        texts = ("v=spf1", "V=SPF1 -all", "v=spf1 mx", "v=spf10", "v=spf1-all", "spf1", " v=spf1 a")
        self.assertEqual(spf_records(texts), ["v=spf1", "V=SPF1 -all", "v=spf1 mx"])


class TestTerms(PureCase):
    def test_what_each_term_says(self):
        for text, term in (
            ("all", Term("all", "+", "all")),
            ("-ALL", Term("-ALL", "-", "all")),
            ("a", Term("a", "+", "a", "", 32, 128)),
            ("?a/24", Term("?a/24", "?", "a", "", 24, 128)),
            ("a//64", Term("a//64", "+", "a", "", 32, 64)),
            ("a/0//0", Term("a/0//0", "+", "a", "", 0, 0)),
            ("mx:h.test/32//128", Term("mx:h.test/32//128", "+", "mx", "h.test", 32, 128)),
            ("~mx:h.test/1//1", Term("~mx:h.test/1//1", "~", "mx", "h.test", 1, 1)),
            ("ptr", Term("ptr", "+", "ptr")),
            ("ptr:h.test", Term("ptr:h.test", "+", "ptr", "h.test")),
            ("include:h.test.", Term("include:h.test.", "+", "include", "h.test.")),
            ("exists:%{i}.h.test", Term("exists:%{i}.h.test", "+", "exists", "%{i}.h.test")),
            ("ip4:192.0.2.9/24", Term("ip4:192.0.2.9/24", "+", "ip4", "192.0.2.0/24")),
            ("ip4:192.0.2.9", Term("ip4:192.0.2.9", "+", "ip4", "192.0.2.9/32")),
            ("ip6:2001:db8::1/0", Term("ip6:2001:db8::1/0", "+", "ip6", "::/0")),
            ("ip6:2001:db8::/128", Term("ip6:2001:db8::/128", "+", "ip6", "2001:db8::/128")),
            ("redirect=h.test", Term("redirect=h.test", "", "redirect", "h.test")),
            ("exp=h.test", Term("exp=h.test", "", "exp", "h.test")),
            ("x-y=%{d}", Term("x-y=%{d}", "", "unknown")),
            ("a=", Term("a=", "", "unknown")),
        ):
            with self.subTest(text=text):
                self.assertEqual(parse_spf(f"v=spf1 {text}"), (term,))
        self.assertEqual(parse_spf("v=spf1"), ())
        self.assertEqual([term.text for term in parse_spf("v=spf1  a   mx ")], ["a", "mx"])

    def test_what_counts_against_the_ten_lookups(self):
        looking = {"include:h.test", "a", "mx", "ptr", "exists:h.test", "redirect=h.test"}
        for text in (*looking, "all", "ip4:192.0.2.1", "ip6:::1", "exp=h.test", "foo=bar"):
            with self.subTest(text=text):
                self.assertIs(parse_spf(f"v=spf1 {text}")[0].looks_up, text in looking)

    def test_an_error_names_the_term(self):
        for text in (
            *("ip4:192.0.2.1/33", "ip4:192.0.2.1/", "ip4:192.0.2.1/-1", "ip4=", "ip4/24", "ip4"),
            *("ip6:::1/129", "ip6:::1/1000", "ip6:192.0.2.1", "a/33", "a//129", "a/01", "a/"),
            *("all:x", "all/1", "include", "include:", "exists", "a:", "mx:", "a:/24", "a:test"),
            *("a:h.test_", "a:h.7", "a:-h.-t", "a:h.t-", "redirect=", "exp=", "redirect=h", "foo"),
            *("foo:bar", "-x=y", "+redirect=h.test", "1a", "a:h\x7f.test", "a:%h.test", "x=%{z}"),
            *("include:h.test/24", "ptr/24"),
        ):
            if text in ("ip4=",):
                continue  # a modifier that nobody knows
            with self.subTest(text=text), self.assertRaises(SpfError) as caught:
                parse_spf(f"v=spf1 {text}")
            self.assertEqual((caught.exception.code, caught.exception.where), ("syntax", text))
            self.assertTrue(caught.exception.permanent)
            self.assertEqual(str(caught.exception), f"syntax: {text}")

    def test_the_two_modifiers_stand_there_once(self):
        for name in ("redirect", "exp"):
            with self.subTest(name=name), self.assertRaises(SpfError) as caught:
                parse_spf(f"v=spf1 {name}=a.test {name}=b.test")
            self.assertEqual(caught.exception.where, f"{name}=")
        self.assertEqual(len(parse_spf("v=spf1 x=1 x=2 redirect=a.test exp=b.test")), 4)

    def test_hosts_that_a_domain_spec_may_name(self):
        for spec in ("h.test", "h.xn--p1ai", "h.t3st", "h.test.", "_spf.h.test", "%{d}", "a.%{v}"):
            with self.subTest(spec=spec):
                self.assertEqual(parse_spf(f"v=spf1 include:{spec}")[0].spec, spec)


class TestMacros(PureCase):
    def test_the_examples_of_the_rfc(self):
        for spec, expected in (
            ("%{s}", "strong-bad@email.test"),
            ("%{o}", "email.test"),
            ("%{d}", "email.example.test"),
            ("%{d3}", "email.example.test"),
            ("%{d2}", "example.test"),
            ("%{d1}", "test"),
            ("%{d9}", "email.example.test"),
            ("%{dr}", "test.example.email"),
            ("%{d2r}", "example.email"),
            ("%{l}", "strong-bad"),
            ("%{l-}", "strong.bad"),
            ("%{lr}", "strong-bad"),
            ("%{lr-}", "bad.strong"),
            ("%{l1r-}", "strong"),
            ("%{i}", "192.0.2.3"),
            ("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.test"),
            ("%{h}", "mx.test"),
            ("%{p}", "unknown"),
            ("%{P}", "unknown"),
            ("%{D2}", "example.test"),
            ("a%%b%_c%-d", "a%b c%20d"),
            ("%{S}", "strong-bad%40email.test"),
            ("h.TEST.", "h.test"),
        ):
            with self.subTest(spec=spec):
                self.assertEqual(expand(spec, FOUR, "email.example.test"), expected)

    def test_every_sign_that_may_divide(self):
        sending = Sending(FOUR.ip, "a-b+c,d/e_f=g.h@t.test")
        for sign, expected in (
            ("-", "a.b+c,d/e_f=g.h"),
            ("+", "a-b.c,d/e_f=g.h"),
            (",", "a-b+c.d/e_f=g.h"),
            ("/", "a-b+c,d.e_f=g.h"),
            ("_", "a-b+c,d/e.f=g.h"),
            ("=", "a-b+c,d/e_f.g.h"),
            (".", "a-b+c,d/e_f=g.h"),
            ("-+", "a.b.c,d/e_f=g.h"),
        ):
            with self.subTest(sign=sign):
                self.assertEqual(expand(f"%{{l{sign}}}", sending), expected)

    def test_an_address_of_ipv6_by_its_digits(self):
        digits = "2.0.0.1.0.d.b.8" + ".0" * 20 + ".c.b.0.1"
        self.assertEqual(expand("%{i}", SIX), digits)
        self.assertEqual(expand("%{v}", SIX), "ip6")

    def test_a_sender_without_a_name_is_the_postmaster(self):
        self.assertEqual(expand("%{l}", SIX), "postmaster")
        self.assertEqual(expand("%{s}", SIX), "postmaster@email.test")
        self.assertEqual(expand("%{h}.%{p}", SIX, "", "host.test"), "unknown.host.test")
        self.assertEqual(UNKNOWN_NAME, "unknown")

    def test_a_long_name_loses_labels_from_the_left(self):
        for length, kept in ((253, 253), (254, 251)):
            name = "ab." + "c" * (length - 3)
            with self.subTest(length=length):
                self.assertEqual(expand(name, FOUR), name[-kept:])
        self.assertEqual(len(expand("c" * 300, FOUR)), 300)  # nothing to cut at

    def test_what_is_no_macro(self):
        for spec in (
            *("%", "%a", "%{", "%{}", "%{d", "%{a}", "%{c}", "%{r}", "%{T}", "%{d0}", "%{d00}"),
            *("%{d2x}", "%{d!}", "a b", "\u00e4", "a\x7f", "\x00"),
        ):
            for sending in (None, FOUR):
                with self.subTest(spec=spec, sending=sending), self.assertRaises(MacroError):
                    expand(spec, sending)
        # without a message only the syntax is checked
        self.assertEqual(expand("%{d}.%{p2r}.A.", None), "x.x.A.")
