"""DKIM at its limits: sizes, times, keys, every field of which there is one, every tag."""

import logging
from types import SimpleNamespace
from unittest.mock import patch

import dns.exception
import dns.name
import dns.resolver

from ....dns_lookup.resolver import plain_resolver
from ....router.message.mail import ReceivedMail
from ....signatures import keys
from ....signatures.dkim import _QUIET, DkimResult, _canonical, _reason, verify
from ....signatures.keys import KeyCache, KeyUnavailable, Records, ask_dns
from ...kit.dkim_kit import BrokenDns, Zone, raw_key, record, sign
from ...kit.pure import PureCase

PLAIN = (
    b"From: Ann <ann@example.com>\r\nTo: sales@domain.com\r\nSubject: Offer\r\n"
    b"\r\nPlease send  an offer. \r\n"
)
UNKNOWN = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.com; s=gone; h=from:subject"


def check(source, zone=None, **options):
    return verify(ReceivedMail.from_bytes(source), zone or Zone(), **options)


class TestLimits(PureCase):
    def test_of_the_whole_message(self):
        head = UNKNOWN + b"\r\n" + PLAIN
        for size, detail in ((30_000_000, "no such key"), (30_000_001, "too large")):
            with self.subTest(size=size):
                source = head + b"x" * (size - len(head))
                self.assertIn(detail, check(source).detail)

    def test_of_the_header(self):
        for size, large in ((500_000, False), (500_001, True)):
            with self.subTest(size=size):
                # lines of a hundred bytes, and one that fills up
                before = UNKNOWN + b"\r\nX-Pad: "
                missing = size - len(before) - len(b"\r\n") - PLAIN.index(b"\r\n\r\n") - 4
                source = before + b"x" * missing + b"\r\n" + PLAIN
                mail = ReceivedMail.from_bytes(source)
                self.assertEqual(mail.body_offset, size)
                self.assertEqual("too large" in check(source).detail, large)

    def test_of_one_signature(self):
        for size, detail in ((8_000, "no such key"), (8_001, "no signature by example.com")):
            with self.subTest(size=size):
                start = UNKNOWN.partition(b":")[2] + b"; z="
                value = start + b"A" * (size - len(start) - len(b"\r\n"))
                self.assertIn(detail, check(b"DKIM-Signature:" + value + b"\r\n" + PLAIN).detail)

    def test_of_blanks_in_a_row(self):
        for blanks, detail in ((199, "no such key"), (200, "no signature by example.com")):
            with self.subTest(blanks=blanks):
                source = UNKNOWN + b";" + b" " * blanks + b"x=\r\n" + PLAIN
                self.assertIn(detail, check(source).detail)

    def test_of_signatures(self):
        zone = Zone()
        source = b"".join(
            UNKNOWN.replace(b"gone", b"x%d" % number) + b"\r\n" for number in range(8)
        )
        check(source + PLAIN, zone)
        expected = [f"x{number}._domainkey.example.com" for number in range(5)]
        self.assertEqual(zone.asked, expected)

    def test_of_time(self):
        for options, seconds in (({}, 5.0), ({"seconds": 0.5}, 0.5)):
            broken = BrokenDns()
            self.assertEqual(
                check(sign(PLAIN), broken, clock=lambda: 100.0, **options).result, "temperror"
            )
            self.assertEqual(broken.seconds, [seconds])
        broken = BrokenDns()
        result = check(sign(PLAIN), broken, seconds=0, clock=lambda: 100.0)
        self.assertEqual(result.result, "temperror")
        self.assertIn("time limit", result.detail)
        self.assertEqual((result.domain, result.selector), ("example.com", "s1"))
        self.assertEqual(broken.seconds, [], "with no time left nobody is asked")

    def test_of_keys(self):
        changed = "the header was changed in transit"
        for bits, detail in (
            (1_023, "a key of 1023 bits is not accepted"),
            (1_024, changed),
            (8_192, changed),
            (8_193, "a key of 8193 bits is not accepted"),
        ):
            with self.subTest(bits=bits):
                result = check(sign(PLAIN), Zone(raw_key(2**bits - 1)))
                self.assertEqual((result.result, result.detail), ("fail", detail))
        unusable = "the key in DNS cannot be used"
        for exponent, detail in (
            (2, unusable),
            (3, changed),
            (2**64 - 1, changed),
            (2**64, unusable),
        ):
            with self.subTest(exponent=exponent):
                result = check(sign(PLAIN), Zone(raw_key(2**1024 - 1, exponent)))
                self.assertEqual((result.result, result.detail), ("fail", detail))


class TestOneOfEach(PureCase):
    def test_fields_of_which_there_is_one(self):
        for name in (
            *("sender", "reply-to", "to", "cc", "subject", "date", "message-id"),
            *("in-reply-to", "references", "content-type", "content-transfer-encoding"),
            "mime-version",
        ):
            with self.subTest(name=name):
                kept = [
                    line
                    for line in PLAIN.partition(b"\r\n\r\n")[0].split(b"\r\n")
                    if not line.lower().startswith(f"{name}:".encode())
                ]
                line = f"{name}: <1@example.com>\r\n".encode()
                rest = b"\r\n".join([*kept, b"", b"Text\r\n"])
                fields = ["from", *(["subject"] if name != "subject" else [])]
                once, twice = [*fields, name], [*fields, name, name]
                self.assertEqual(check(sign(line + rest, fields=once)).result, "pass")
                result = check(sign(line + line + rest, fields=once))
                self.assertEqual(result.result, "fail")
                self.assertEqual(result.detail, f"there is another {name}, which is not signed")
                self.assertEqual(check(sign(line + line + rest, fields=twice)).result, "pass")

    def test_one_author(self):
        for author in (b"ann@example.com, bob@example.com", b"nobody"):
            with self.subTest(author=author):
                source = sign(PLAIN.replace(b"Ann <ann@example.com>", author))
                result = check(source)
                self.assertEqual(result.result, "none")
                self.assertEqual(result.detail, "From does not name one author")

    def test_a_message_without_a_subject(self):
        source = PLAIN.replace(b"Subject: Offer\r\n", b"")
        self.assertEqual(check(sign(source, fields=("from",))).result, "pass")

    def test_letters_beyond_ascii_in_the_header(self):
        for name in ("Jörg".encode(), "Jörg".encode("latin-1")):
            with self.subTest(name=name):
                source = PLAIN.replace(b"To:", b"X-Name: " + name + b"\r\n\tof us\r\nTo:")
                self.assertEqual(check(sign(source)).result, "pass")


class TestSignatures(PureCase):
    def test_in_any_spelling(self):
        source = sign(PLAIN).replace(b"DKIM-Signature:", b"DKIM-SIGNATURE:")
        self.assertEqual(check(source).result, "pass")

    def test_those_of_the_authors_own_domain_come_first(self):
        zone = Zone()
        above = b"".join(
            UNKNOWN.replace(b"example.com", b"m%d.example.com" % number) + b"\r\n"
            for number in range(5)
        )
        self.assertEqual(check(above + sign(PLAIN), zone).result, "pass")
        self.assertEqual(zone.asked, ["s1._domainkey.example.com"])

    def test_the_most_telling_of_several(self):
        def ask(name, _seconds):
            if name.startswith("silent"):
                raise KeyUnavailable("timed out")
            return Records(())

        for selectors in ((b"silent", b"gone"), (b"gone", b"silent")):
            lines = [UNKNOWN.replace(b"gone", name) + b"\r\n" for name in selectors]
            result = check(b"".join(lines) + PLAIN, ask)
            self.assertEqual((result.result, result.selector), ("temperror", "silent"))
            self.assertEqual(result.detail, "no answer from DNS: timed out")

    def test_one_without_a_domain_or_a_selector(self):
        for tags in (b"d=; s=s1", b"d=example.com; s=", b"d=example.com", b"s=s1", b"d=\xff; s=s"):
            with self.subTest(tags=tags):
                line = b"DKIM-Signature: v=1; a=rsa-sha256; h=from:subject; " + tags + b"\r\n"
                result = check(line + PLAIN)
                self.assertEqual(result.result, "none")
                self.assertEqual(result.detail, "no signature by example.com")

    def test_algorithms(self):
        for name, detail in (
            (b"rsa-sha1", "algorithm rsa-sha1 is too weak"),
            (b"ed25519-sha256", "the key is of another type than the signature"),
        ):
            with self.subTest(name=name):
                result = check(sign(PLAIN).replace(b"a=rsa-sha256", b"a=" + name))
                self.assertEqual((result.result, result.detail), ("fail", detail))
        line = UNKNOWN.replace(b" a=rsa-sha256;", b"") + b"\r\n"
        self.assertEqual(check(line + PLAIN).detail, "algorithm  is too weak")

    def test_blanks_between_signed_fields(self):
        signed = b"h=from  :\r\n\t Subject"
        line = UNKNOWN.replace(b"h=from:subject", signed) + b"\r\n"
        self.assertEqual(check(line + PLAIN).detail, "there is no such key in DNS")


class TestKeyTags(PureCase):
    def detail(self, tags, **options):
        result = check(sign(PLAIN, **options), Zone(record(tags=tags)))
        return "" if result.result == "pass" else result.detail

    def test_what_a_key_is_for(self):
        for tags, detail in (
            (b"v=DKIM1; s=*", ""),
            (b"v=DKIM1; s=email", ""),
            (b"v=DKIM1; s=email:other", ""),
            (b"v=DKIM1; s=other : email", ""),
            (b"v=DKIM1; s=other:*", ""),
            (b"v=DKIM1; s=tlsrpt:email", ""),
            (b"v=DKIM1; s=other", "the key is not for mail"),
            (b"v=DKIM1; s=other:tlsrpt", "the key is not for mail"),
            (b"v=DKIM1; s=tlsrpt", "the key is not for mail"),
            (b"v=DKIM1; h=sha256", ""),
            (b"v=DKIM1; h=sha1:sha256", ""),
            (b"v=DKIM1; h=sha1", "the key is not for SHA-256"),
            (b"v=DKIM1; t=y", "the domain is only testing this key"),
            (b"v=DKIM1; t=s:y", "the domain is only testing this key"),
            (b"v=DKIM1; t=x", ""),
        ):
            with self.subTest(tags=tags):
                self.assertEqual(self.detail(tags), detail)

    def test_not_for_subdomains(self):
        strict, other = b"v=DKIM1; t=s", "the key is not for subdomains"
        for identity, tags, detail in (
            (None, strict, ""),
            (b"@example.com", strict, ""),
            (b"ann@eu.example.com", strict, other),
            (b"ann@eu.example.com", b"v=DKIM1; t=x", ""),
            (b"ann@eu.example.com", b"v=DKIM1", ""),
        ):
            with self.subTest(identity=identity, tags=tags):
                options = {"identity": identity} if identity else {}
                self.assertEqual(self.detail(tags, **options), detail)

    def test_of_several_keys_the_first(self):
        for texts, result in (
            ((record(), b"v=DKIM1; p=", b"p=x"), "pass"),
            ((b"v=DKIM1; p=", record()), "fail"),
            ((b"v=spf1 -all", b"x", record()), "pass"),
        ):
            self.assertEqual(check(sign(PLAIN), Zone(*texts)).result, result)


class TestWords(PureCase):
    def test_on_the_ledger_row(self):
        result = DkimResult("fail", "example.com", "s1", "x" * 301)
        expected = {"result": "fail", "domain": "example.com", "selector": "s1"}
        self.assertEqual(result.as_json(), {**expected, "detail": "x" * 300})
        self.assertEqual(DkimResult("none").as_json()["detail"], "")

    def test_reasons(self):
        for error, reason in (
            (ValueError("body hash mismatch (got x)"), "the body was changed in transit"),
            (ValueError("x= value is past"), "the signature has expired"),
            (ValueError("no x= at all"), "no x= at all"),
            (IndexError(), "IndexError"),
        ):
            self.assertEqual(_reason(error), reason)

    def test_nothing_is_logged_whatever_its_level(self):
        self.assertFalse(_QUIET.isEnabledFor(logging.CRITICAL))
        self.assertEqual(_QUIET.name, "dkim")

    def test_bodies(self):
        for body, simple, relaxed in (
            (b"a ", b"a \r\n", b"a\r\n"),
            (b"a\r\rb\r\n\r\n", b"a\r\rb\r\n", b"a\r\rb\r\n"),
            (b"a\r\r\r\n", b"a\r\r\r\n", b"a\r\r\r\n"),
            (b"a\r\r\n\r\r\n\r\n", b"a\r\r\n\r\r\n", b"a\r\r\n\r\r\n"),
            (b"a \t \r\n b\t\tc \r\n", b"a \t \r\n b\t\tc \r\n", b"a\r\n b c\r\n"),
        ):
            with self.subTest(body=body):
                self.assertEqual(_canonical(body, relaxed=False), simple)
                self.assertEqual(_canonical(body, relaxed=True), relaxed)


class Resolver:
    """A resolver that answers as a test says."""

    def __init__(self, answer):
        self.answer, self.asked = answer, []

    def resolve(self, name, kind, **options):
        self.asked.append((name.to_text(), kind, options))
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Texts(list):
    """An rrset of TXT records."""

    ttl = 60

    def __init__(self, *texts):
        super().__init__(SimpleNamespace(strings=(text[:1], text[1:])) for text in texts)


class TestAskDns(PureCase):
    def ask(self, answer, name="s1._domainkey.example.com", seconds=1.0):
        self.resolver = Resolver(answer)
        with patch.object(keys, "plain_resolver", return_value=self.resolver):
            return ask_dns(None, name, seconds)

    def test_the_question(self):
        for seconds, lifetime in ((1.0, 1.0), (3.0, 3.0), (9.0, 3.0)):
            self.ask(SimpleNamespace(rrset=None), seconds=seconds)
            options = {"raise_on_no_answer": False, "lifetime": lifetime, "search": False}
            asked = ("s1._domainkey.example.com.", "TXT", options)
            self.assertEqual(self.resolver.asked, [asked])

    def test_ten_records_of_four_thousand_bytes(self):
        texts = [b"%02d" % number for number in range(12)]
        found = self.ask(SimpleNamespace(rrset=Texts(*texts)))
        self.assertEqual(found, Records(tuple(texts[:10]), 60.0))
        found = self.ask(SimpleNamespace(rrset=Texts(b"x" * 4_000, b"y" * 4_001, b"z")))
        self.assertEqual(found.texts, (b"x" * 4_000, b"z"))

    def test_what_cannot_exist(self):
        for name in ("a" * 64 + ".test", "a." * 200 + "test", "a..test"):
            self.assertEqual(self.ask(AssertionError("asked"), name=name), Records(()))
        self.assertEqual(self.ask(dns.resolver.NXDOMAIN()), Records(()))
        self.assertEqual(self.ask(SimpleNamespace(rrset=None)), Records(()))
        self.assertEqual(Records(()).ttl, 3_600)

    def test_what_is_not_known(self):
        for error, said in (
            (dns.exception.Timeout(), "The DNS operation timed out."),
            (OSError("no way"), "no way"),
            (OSError(), "OSError"),
            (ValueError("rubbish"), "rubbish"),
        ):
            with self.subTest(error=error), self.assertRaises(KeyUnavailable) as caught:
                self.ask(error)
            self.assertEqual(str(caught.exception), said)

    def test_whom_it_asks(self):
        resolver = plain_resolver(("192.0.2.1", 5_353))
        self.assertEqual((resolver.nameservers, resolver.port), (["192.0.2.1"], 5_353))
        self.assertEqual((resolver.edns, resolver.ednsflags, resolver.payload), (0, 0, 1_232))
        for server, configured in ((None, True), (("192.0.2.1", 53), False)):
            with patch.object(dns.resolver, "Resolver") as made:
                plain_resolver(server)
            made.assert_called_once_with(configure=configured)


class TestKeyCache(PureCase):
    def setUp(self):
        super().setUp()
        self.now, self.asked = 0.0, []

    def cache(self, *, ttl=600.0, texts=(b"p=",), fails=False, **options):
        def ask(name, seconds):
            self.asked.append(name)
            self.assertEqual(seconds, 3)
            if fails:
                raise KeyUnavailable("timed out")
            return Records(texts, ttl)

        return KeyCache(ask, clock=lambda: self.now, **options)

    def test_how_long(self):
        for options, seconds in (
            ({"ttl": 59.0}, 60),
            ({"ttl": 61.0}, 61),
            ({"ttl": 3_599.0}, 3_599),
            ({"ttl": 3_601.0}, 3_600),
            ({"texts": ()}, 300),
            ({"fails": True}, 60),
        ):
            with self.subTest(options):
                self.now, self.asked = 10.0, []
                cache = self.cache(**options)
                for moment, times in ((0, 1), (seconds - 0.5, 1), (seconds, 2)):
                    self.now = 10.0 + moment
                    try:
                        cache("a.test", 3)
                    except KeyUnavailable as error:
                        known = str(error) == "no answer a moment ago"
                        self.assertEqual(known, 0 < moment < seconds)
                    self.assertEqual(len(self.asked), times)

    def test_names_in_any_case(self):
        cache = self.cache()
        self.assertEqual(cache("A.test", 3), cache("a.TEST", 3))
        self.assertEqual(self.asked, ["a.test"])

    def test_the_one_that_was_not_used_for_longest_is_forgotten(self):
        cache = self.cache(size=2)
        for name in ("a", "b", "a", "c", "a"):
            cache(name, 3)
        self.assertEqual(self.asked, ["a", "b", "c"])
        cache("b", 3)
        self.assertEqual(self.asked, ["a", "b", "c", "b"])

    def test_one_that_was_asked_for_anew_was_used(self):
        cache = self.cache(size=2)
        cache("a", 3)
        cache("b", 3)
        self.now = 700.0
        cache("a", 3)
        cache("c", 3)
        cache("a", 3)
        self.assertEqual(self.asked, ["a", "b", "a", "c"])

    def test_two_thousand_are_kept(self):
        cache = self.cache()
        for number in range(2_001):
            cache(f"x{number}", 3)
        self.assertEqual(len(cache._known), 2_000)
