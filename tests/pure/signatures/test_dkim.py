"""Own verification of DKIM: real keys, real signatures, and DNS as a function."""

import logging
import re
import time
from functools import partial

import dkim

from ....router.chain import Chain
from ....router.codes import AuthorCheck
from ....router.message.mail import ReceivedMail
from ....signatures.dkim import MAX_SIGNATURES, _canonical, verify
from ....signatures.keys import KeyCache, KeyUnavailable, Records, ask_dns
from ...kit.dkim_kit import BrokenDns, Zone, make_key, raw_key, record, sign
from ...kit.effort import assert_no_hang
from ...kit.pure import PureCase
from ...kit.servers.dns_server import SERVFAIL, SILENT, DnsServer
from ...kit.verdict_kit import POLICY, Company
from ...kit.verdict_kit import mail as received

PLAIN = (
    b"From: Ann <ann@example.com>\r\n"
    b"To: sales@domain.com\r\n"
    b"Subject: Offer\r\n"
    b"Message-ID: <1@example.com>\r\n"
    b"Date: Mon, 3 Nov 2025 10:00:00 +0100\r\n"
    b"\r\n"
    b"Please send  an offer. \r\n"
    b"\r\n"
    b"Ann\r\n"
    b"\r\n\r\n"
)


def check(source, zone=None, **options):
    return verify(ReceivedMail.from_bytes(source), zone or Zone(), **options)


class TestVerify(PureCase):
    def assert_result(self, result, wanted, detail=""):
        self.assertEqual(result.result, wanted, result)
        self.assertIn(detail, result.detail)

    def test_signed_mail_passes(self):
        for how in ((b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")):
            with self.subTest(how):
                result = check(sign(PLAIN, canonicalize=how))
                self.assert_result(result, "pass")
                self.assertEqual((result.domain, result.selector), ("example.com", "s1"))

    def test_what_servers_add_on_the_way_changes_nothing(self):
        above = b"Received: from a by mx.domain.com; Mon, 3 Nov 2025 10:00:00 +0100\r\n"
        self.assert_result(check(above + sign(PLAIN)), "pass")
        self.assert_result(check(sign(PLAIN).replace(b"\r\n", b"\n")), "pass")

    def test_a_header_that_signers_read_otherwise_proves_nothing(self):
        signed = sign(PLAIN)
        for before in (b"\xef\xbb\xbf", b"\r\n", b"Received: r\r\n\r\n"):
            with self.subTest(before):
                self.assertEqual(ReceivedMail.from_bytes(before + signed).subject, "Offer")
                self.assert_result(check(before + signed), "none", "ambiguous")

    def test_blanks_and_folding_are_relaxed(self):
        source = sign(PLAIN, canonicalize=(b"relaxed", b"relaxed"))
        source = source.replace(b"Subject: Offer", b"SUBJECT:\r\n  Offer")
        source = source.replace(b"send  an", b"send \t an").replace(
            b"Ann\r\n\r\n\r\n", b"Ann  \r\n"
        )
        self.assert_result(check(source), "pass")

    def test_changes_are_seen(self):
        signed = sign(PLAIN)
        cases = (
            ("body", signed.replace(b"Please", b"Do not"), "the body was changed"),
            ("appended", signed + b"Buy now\r\n", "the body was changed"),
            ("subject", signed.replace(b"Offer", b"Order"), "the header was changed"),
            ("author", signed.replace(b"ann@", b"boss@"), "the header was changed"),
        )
        for name, source, detail in cases:
            with self.subTest(name):
                self.assert_result(check(source), "fail", detail)

    def test_a_second_author_is_never_verified(self):
        signed = sign(PLAIN, fields=("from", "subject"))
        for extra in (b"From: boss@example.com\r\n", b"From: a@example.com, b@example.com\r\n"):
            self.assert_result(check(extra + signed), "none", "one author")

    def test_a_second_subject_on_top_is_refused(self):
        signed = sign(PLAIN, fields=("from", "subject"))
        self.assert_result(check(signed), "pass")
        self.assert_result(check(b"Subject: Pay at once\r\n" + signed), "fail", "another subject")

    def test_oversigned_fields_cannot_be_added(self):
        signed = sign(PLAIN, fields=("from", "from", "subject", "subject", "reply-to"))
        self.assert_result(check(signed), "pass")
        for extra in (b"Subject: Pay\r\n", b"Reply-To: evil@evil.example\r\n"):
            self.assert_result(check(extra + signed), "fail")

    def test_subject_and_author_must_be_signed(self):
        self.assert_result(check(sign(PLAIN, fields=("from",))), "fail", "subject is not signed")
        line = sign(PLAIN, fields=("from", "subject")).partition(b"From:")[0]
        line = re.sub(rb"from : subject", b"subject", line)
        self.assert_result(check(line + PLAIN), "fail", "From is not signed")

    def test_a_header_of_two_readings_is_not_verified(self):
        # dkimpy takes a lone CR for text, mail programs for the end of a line.
        signed = sign(PLAIN)
        for planted in (
            b"X-Note: a\rFrom: boss@example.com\rSubject: Pay\r\rAt once!\r\n",
            b"X-Note: a\x00b\r\n",
            b"X Note: a\r\n",
        ):
            with self.subTest(planted):
                self.assertNotEqual(check(planted + signed).result, "pass")

    def test_part_of_the_body_proves_nothing(self):
        signed = sign(PLAIN, length=True)
        self.assertIn(b"l=", signed)
        # even where it says the whole: what is added behind would pass at the next server
        self.assert_result(check(signed), "fail", "how much of the body")
        for length in (b"0", b"9999", b"", b"-1", b"1e3"):
            changed = re.sub(rb"l=\d+", b"l=" + length, signed, count=1)
            self.assert_result(check(changed), "fail")

    def test_expired_signature(self):
        # signed an hour after midnight of 1970, expired an hour later
        real, dkim.time.time = dkim.time.time, lambda: 3_600.0
        try:
            signed = sign(PLAIN)
        finally:
            dkim.time.time = real
        self.assert_result(check(signed), "pass")  # old, but it says no end
        expired = re.sub(rb"t=3600", b"t=3600; x=7200", signed, count=1)
        self.assert_result(check(expired), "fail", "expired")

    def test_weak_keys_and_hashes(self):
        with self.subTest("768 bit"):
            zone = Zone(raw_key(2**768 - 1))
            self.assert_result(check(sign(PLAIN), zone), "fail", "768 bit")
        with self.subTest("sha1"):
            signed = sign(PLAIN, signature_algorithm=b"rsa-sha1")
            self.assert_result(check(signed), "fail", "too weak")
        with self.subTest("2048 bit"):
            zone = Zone(record(2048))
            self.assert_result(check(sign(PLAIN, bits=2048), zone), "pass")

    def test_key_records(self):
        public = make_key(1024)[1]
        cases = (
            ("no key", (b"v=spf1 -all",), "no such key"),
            ("another record beside it", (b"v=spf1 -all", record()), ""),
            ("no version", (b"p=" + public,), ""),
            ("revoked", (b"v=DKIM1; p=",), "revoked"),
            ("testing", (record(tags=b"v=DKIM1; t=y"),), "testing"),
            ("not for mail", (record(tags=b"v=DKIM1; s=tlsrpt"),), "not for mail"),
            ("sha1 only", (record(tags=b"v=DKIM1; h=sha1"),), "SHA-256"),
            ("rubbish", (b"v=DKIM1; p=????",), "cannot be read"),
            ("binary", (b"v=DKIM1; p=\xff\xfe",), "cannot be read"),
            ("another key", (b"v=DKIM1; p=" + make_key(2048)[1],), "changed"),
            ("ed25519", (b"v=DKIM1; k=ed25519; p=" + b"A" * 43 + b"=",), " "),
            ("giant exponent", (raw_key(2**2048 - 1, 2**2047 + 1),), "cannot be used"),
            ("giant key", (raw_key(2**9000 - 1),), "9000 bit"),
        )
        for name, texts, detail in cases:
            with self.subTest(name):
                wanted = "fail" if detail else "pass"
                self.assert_result(check(sign(PLAIN), Zone(*texts)), wanted, detail)

    def test_identity_in_a_subdomain_where_the_key_forbids_it(self):
        signed = sign(PLAIN, identity=b"ann@eu.example.com")
        self.assert_result(check(signed), "pass")
        zone = Zone(record(tags=b"v=DKIM1; t=s"))
        self.assert_result(check(signed, zone), "fail", "subdomains")

    def test_only_signatures_that_can_prove_the_author_are_tried(self):
        zone = Zone()
        zone.records["s1._domainkey.mailer.test"] = (record(),)
        self.assert_result(check(sign(PLAIN, "mailer.test"), zone), "none", "example.com")
        self.assertEqual(zone.asked, [])

    def test_several_signatures(self):
        zone = Zone()
        zone.records["s1._domainkey.mail.example.com"] = (record(),)
        own_below = sign(sign(PLAIN), "mailer.test")
        parent = sign(PLAIN, "mail.example.com")
        broken = sign(PLAIN, selector="gone")
        for name, source, domain in (
            ("the mailer's stands on top", own_below, "example.com"),
            ("a sub-domain signs", parent, "mail.example.com"),
            ("one of two is broken", broken.partition(b"From:")[0] + sign(PLAIN), "example.com"),
        ):
            with self.subTest(name):
                result = check(source, zone)
                self.assert_result(result, "pass")
                self.assertEqual(result.domain, domain)

    def test_the_number_of_signatures_tried_is_limited(self):
        source = PLAIN
        for number in range(30):
            source = sign(PLAIN, selector=f"x{number}").partition(b"From:")[0] + source
        zone = Zone()
        self.assert_result(check(source, zone), "fail", "no such key")
        self.assertEqual(len(zone.asked), MAX_SIGNATURES)

    def test_dns_that_does_not_answer(self):
        broken = BrokenDns()
        result = check(sign(PLAIN), broken)
        self.assert_result(result, "temperror", "timed out")
        self.assertLessEqual(broken.seconds[0], 5)

    def test_the_time_of_one_mail_is_limited(self):
        now = [0.0]

        def slow(name, seconds):
            now[0] += min(seconds, 3)
            raise KeyUnavailable("timed out")

        source = PLAIN
        for number in range(5):
            source = sign(PLAIN, selector=f"x{number}").partition(b"From:")[0] + source
        self.assert_result(check(source, slow, clock=lambda: now[0]), "temperror")
        self.assertLessEqual(now[0], 5.0)

    def test_not_signed_or_too_large(self):
        self.assert_result(check(PLAIN), "none", "not signed")
        self.assert_result(check(sign(PLAIN) + b"x" * 30_000_000), "none", "too large")

    def test_rubbish_never_raises_and_is_quick(self):
        blanks = b"b=" + b"\r\n " * 2_000
        good = b"v=1; a=rsa-sha256; d=example.com; s=s1; h=from:subject; "
        cases = (
            b"",
            b"v=1",
            b"v=1; a=rsa-sha256; d=example.com; s=s1",
            good + b"i=example.com; bh=AA==; b=AA==",
            good + b"bh=AAA; b=AA==",
            good + b"bh=AA==; " + blanks,
            b"v=1; a=rsa-sha256; d=example.com; s=s1; h=from:subject; bh=AA==; b="
            + b"A\r\n " * 1_500,
            b"d=example.com; s=" + b"a" * 70 + b"; a=rsa-sha256; h=from:subject",
            b"d=example.com; s=\xff; =; ;;",
        )
        for value in cases:
            with self.subTest(value[:80]):
                source = b"DKIM-Signature: " + value + b"\r\n" + PLAIN
                result = assert_no_hang(self, check, source)
                self.assertIn(result.result, ("none", "fail"))

    def test_a_body_of_blanks_does_not_hang(self):
        head = sign(PLAIN, canonicalize=(b"relaxed", b"relaxed")).partition(b"\r\n\r\n")[0]
        for body in (b" " * 3_000_000 + b"x", b"\r\n" * 1_500_000, b"\r" * 3_000_000):
            source = head + b"\r\n\r\n" + body
            self.assert_result(assert_no_hang(self, check, source), "fail")

    def test_canonical_body_is_that_of_the_rfc(self):
        cases = (
            (b"", b"\r\n", b""),
            (b"\r\n\r\n", b"\r\n", b""),
            (b" C \r\nD \t E\r\n\r\n\r\n", b" C \r\nD \t E\r\n", b" C\r\nD E\r\n"),
            (b"a", b"a\r\n", b"a\r\n"),
            (b"a\r\r\n\r\n", b"a\r\r\n", b"a\r\r\n"),
            (b"a\r\n\r", b"a\r\n\r\r\n", b"a\r\n\r\r\n"),
            (b" \r\n", b" \r\n", b""),
        )
        for body, simple, relaxed in cases:
            with self.subTest(body):
                self.assertEqual(_canonical(body, relaxed=False), simple)
                self.assertEqual(_canonical(body, relaxed=True), relaxed)
                self.assertEqual(dkim.canonicalization.Simple.canonicalize_body(body), simple)
                self.assertEqual(dkim.canonicalization.Relaxed.canonicalize_body(body), relaxed)

    def test_strangers_write_nothing_into_the_log(self):
        with self.assertNoLogs(level=logging.WARNING):
            check(sign(PLAIN).replace(b"Please", b"Do not"))
            check(sign(PLAIN), BrokenDns())


class TestKeys(PureCase):
    """The memory of keys, and the questions to real name servers."""

    def test_answers_are_remembered_for_their_time(self):
        now = [0.0]
        cases = (
            # what DNS says, seconds after which it is asked again
            (Records((b"p=",), ttl=600), 600),
            (Records((b"p=",), ttl=0), KeyCache.FOUND[0]),
            (Records((b"p=",), ttl=10**9), KeyCache.FOUND[1]),
            (Records((), ttl=10**9), KeyCache.ABSENT),
            (None, KeyCache.FAILED),
        )
        for answer, seconds in cases:
            with self.subTest(answer):
                asked = []

                def ask(name, _seconds, answer=answer, asked=asked):
                    asked.append(name)
                    if answer is None:
                        raise KeyUnavailable("timed out")
                    return answer

                cache = KeyCache(ask, clock=lambda: now[0])
                for wait, times in ((0, 1), (seconds - 1, 1), (2, 2)):
                    now[0] += wait
                    try:
                        self.assertEqual(cache("S1._domainkey.example.com", 3), answer)
                    except KeyUnavailable:
                        self.assertIsNone(answer)
                    self.assertEqual(len(asked), times)

    def test_the_memory_is_bounded(self):
        zone = Zone()
        cache = KeyCache(zone, size=10)
        for number in range(100):
            cache(f"x{number}.example.com", 3)
            cache("s1._domainkey.example.com", 3)
        self.assertEqual(len(cache._known), 10)
        self.assertEqual(zone.asked.count("s1._domainkey.example.com"), 1)

    def test_real_name_server(self):
        text = record(2048)  # a string of TXT has 255 bytes at most (RFC 1035 §3.3.14)
        pieces = [text[at : at + 255].decode() for at in range(0, len(text), 255)]
        key = " ".join(f'"{piece}"' for piece in pieces)
        table = {
            ("s1._domainkey.example.com", "TXT"): [key],
            ("s3._domainkey.example.com", "A"): ["192.0.2.1"],
            ("s4._domainkey.example.com", "TXT"): SERVFAIL,
        }
        with DnsServer(table) as server:
            ask = partial(ask_dns, server.address)
            self.assertEqual(ask("s1._domainkey.example.com", 3), Records((text,), 60.0))
            for name in ("s2._domainkey.example.com", "s3._domainkey.example.com", "a" * 64):
                self.assertEqual(ask(name, 3), Records(()))
            with self.assertRaises(KeyUnavailable):
                ask("s4._domainkey.example.com", 3)
            self.assertEqual(check(sign(PLAIN, bits=2048), ask).result, "pass")

    def test_name_server_that_is_silent_costs_no_more_than_the_limit(self):
        with DnsServer({("s1._domainkey.example.com", "TXT"): SILENT}) as server:
            started = time.monotonic()
            result = check(sign(PLAIN), partial(ask_dns, server.address), seconds=0.5)
            # far below the ten seconds and more that a resolver waits by itself
            self.assertLess(time.monotonic() - started, 6.0)
        self.assertEqual(result.result, "temperror")

    def test_name_server_that_is_not_there(self):
        with self.assertRaises(KeyUnavailable):
            ask_dns(("127.0.0.1", 1), "s1._domainkey.example.com", 0.5)


class TestDecision(PureCase):
    """What the router makes of a signature that was verified outside."""

    def author(self, *lines, signed_by, **options):
        return Chain().decide(received(*lines, **options), Company(), POLICY, signed_by)

    def test_an_aligned_signature_proves_the_author(self):
        for signer in ("example.org", "mail.example.org"):
            decision = self.author(signed_by=(signer,))
            self.assertIs(decision.author_check, AuthorCheck.VERIFIED)
            self.assertIn(signer, " ".join(line.text for line in decision.trace))

    def test_another_domain_proves_nothing(self):
        for signer in ("", "org", "mailer.test", "badexample.org"):
            decision = self.author(signed_by=(signer,))
            self.assertIs(decision.author_check, AuthorCheck.UNVERIFIED)

    def test_a_fail_of_our_own_server_is_not_overruled(self):
        results = "Authentication-Results: mx.domain.com; dmarc=fail header.from=example.org"
        decision = self.author(above=[results], signed_by=("example.org",))
        self.assertIs(decision.author_check, AuthorCheck.FAILED)

    def test_nothing_else_changes(self):
        one, other = self.author(signed_by=()), self.author(signed_by=("example.org",))
        for name in ("state", "reason", "routes", "recipients", "contact", "verdicts"):
            self.assertEqual(getattr(one, name), getattr(other, name))
