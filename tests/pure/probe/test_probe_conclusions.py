"""A probe's messages are known again whatever happens to them, and prove no more than they do."""

from dataclasses import replace
from datetime import datetime, timedelta

from ....findings import Level
from ....probe import Course, Seen, Sent, address_of, conclude, forged_probe, probe_messages
from ....probe.sentences import FIXED_BY_PROVIDER, WORDING
from ....router.message.mail import ReceivedMail
from ....router.tokens.probe_mark import Kind, find_probe
from ....router.tokens.tokens import ProbeToken, TokenKey, make_probe_token, read_probe_token
from ...kit.memory_directory import world_directory
from ...kit.pure import PureCase

KEY = TokenKey(b"secret", "3e1a5f7c-0000-4000-8000-123456789abc")
OTHER = TokenKey(b"secret", "elsewhere")
NOW = datetime(2026, 11, 2, 10, 0)
DOMAIN, ACCOUNT = "domain.com", "catchall@domain.com"
ADDRESSES = {kind: address_of(KEY, 7, kind, DOMAIN) for kind in Kind}
MESSAGES = (
    *probe_messages(KEY, 7, DOMAIN, ACCOUNT, ["sales@domain.com"], NOW),
    forged_probe(KEY, 7, DOMAIN, ["mx.domain.com"], NOW),
)


def sent(*kinds, answer="", bounced=False, at_recipient=True):
    return tuple(
        Sent(kind, ADDRESSES[kind], answer, bounced, at_recipient and bool(answer))
        for kind in kinds
    )


def arrived(kind, *above, place="inbox", source=None):
    message = source or next(item.source for item in MESSAGES if kind in item.kinds)
    lines = "".join(f"{line}\r\n" for line in above).encode()
    return Seen(kind, place, ReceivedMail.from_bytes(lines + message), 4)


def course(*, sent=(), seen=(), over=False, now=NOW + timedelta(minutes=2), **values):
    return Course(DOMAIN, NOW, now, over, tuple(sent), tuple(seen), **values)


def codes(found):
    return {finding.code: finding.level for finding in found.findings}


class TestMark(PureCase):
    def test_a_token_comes_back_and_a_changed_one_does_not(self):
        for probe_id in (0, 1, 300, 2**31):
            token = ProbeToken(probe_id, Kind.OUTSIDE.part)
            text = make_probe_token(KEY, token)
            self.assertLessEqual(len(text), 30)
            self.assertEqual(read_probe_token(KEY, text), token)
            self.assertIsNone(read_probe_token(OTHER, text))
            self.assertIsNone(read_probe_token(KEY, text[:-1] + ("a" if text[-1] != "a" else "b")))

    def test_whatever_survives_tells(self):
        token = ProbeToken(7, Kind.RANDOM.part)
        address = ADDRESSES[Kind.RANDOM]
        text = address[6:].partition("@")[0]
        for lines in (
            f"X-Catchall-Probe: {text}",
            f"To: {address}",
            f"To: {address.upper()}",
            f"X-Original-To: {address}",
            f"Received: from a by b for <{address}>; Mon, 02 Nov 2026 10:00:00 +0000",
            f"Subject: Catch-all probe: {text}",
            f"Subject: [External] Re: Catch-all probe: {text}",
            f"To: catchall+probe-{text}@domain.com",
        ):
            with self.subTest(lines=lines):
                mail = ReceivedMail.from_bytes(f"{lines}\r\n\r\nBody {text}".encode())
                self.assertEqual(find_probe(mail, KEY), token)
                self.assertIsNone(find_probe(mail, OTHER))

    def test_a_body_alone_is_no_mark(self):
        mail = ReceivedMail.from_bytes(f"Subject: S\r\n\r\n{ADDRESSES[Kind.RANDOM]}".encode())
        self.assertIsNone(find_probe(mail, KEY))

    def test_a_thousand_wrong_ones_are_not_all_tried(self):
        many = ", ".join(f"probe-{'a' * 15}{n:0>4}@domain.com".replace("0", "b") for n in range(99))
        mail = ReceivedMail.from_bytes(f"To: {many}, {ADDRESSES[Kind.BCC]}\r\n\r\n".encode())
        self.assertIsNone(find_probe(mail, KEY))

    def test_messages(self):
        kinds = [kind for message in MESSAGES for kind in message.kinds]
        self.assertEqual(sorted(kinds), sorted(set(Kind) - {Kind.OUTSIDE}))
        for message in MESSAGES:
            mail = ReceivedMail.from_bytes(message.source)
            self.assertEqual(find_probe(mail, KEY), ProbeToken(7, message.kinds[0].part))
            self.assertEqual(len(message.kinds), len(message.addresses))
            self.assertEqual("undisclosed" in mail.first("to"), message.kinds == (Kind.BCC,))
        near = next(message.addresses[0] for message in MESSAGES if message.kinds == (Kind.NEAR,))
        self.assertEqual((near, sorted(near)), ("asles@domain.com", sorted("sales@domain.com")))
        few = probe_messages(KEY, 7, DOMAIN, "all@other.test", [], NOW)
        self.assertFalse({Kind.NEAR, Kind.SUB_ADDRESS} & {k for item in few for k in item.kinds})

    def test_the_router_makes_nothing_of_it_unless_somebody_of_ours_is_named(self):
        from ....router.chain import Chain

        world = world_directory()
        policy = world.policy()
        key = TokenKey(policy.secret, policy.database)
        domain = sorted(policy.domains)[0]
        address = address_of(key, 1, Kind.OUTSIDE, domain)
        alias = next(a.address for a in world.by_id.values() if a.public)
        for to, expected in ((address, "probe"), (f"{address}, {alias}", "alias")):
            mail = ReceivedMail.from_bytes(
                f"From: a@b.test\r\nTo: {to}\r\nSubject: S\r\n\r\nHi".encode()
            )
            decision = Chain().decide(mail, world, policy)
            with self.subTest(to=to):
                self.assertEqual(str(decision.reason), expected)


class TestConclusion(PureCase):
    def test_every_line_has_a_sentence_that_its_values_fill(self):
        evidence = f"X-Original-To: {ADDRESSES[Kind.BCC]}"
        courses = (
            course(sent=sent(Kind.RANDOM), seen=[arrived(Kind.RANDOM)]),
            course(sent=sent(Kind.RANDOM, answer="550 no such user"), has_account=False),
            course(sent=sent(Kind.RANDOM, answer="550 no", bounced=True), sending_error="x"),
            course(sent=sent(*Kind), over=True, mailbox_error="y"),
            course(sent=sent(*Kind), over=True),
            course(
                sent=sent(*Kind),
                seen=[arrived(k) for k in Kind if k is not Kind.OUTSIDE],
                over=True,
            ),
            course(sent=sent(Kind.BCC), seen=[arrived(Kind.BCC, evidence)]),
            course(sent=sent(Kind.BCC), seen=[arrived(Kind.BCC, evidence)], pinned="X-Other"),
            course(sent=sent(Kind.BCC), seen=[arrived(Kind.BCC)], pinned="X-Other"),
        )
        for item in courses:
            for finding in conclude(item).findings:
                self.assertTrue(WORDING.sentences[finding.code] % finding.values)

    def test_success_proves(self):
        found = conclude(course(sent=sent(Kind.RANDOM), seen=[arrived(Kind.RANDOM)]))
        self.assertIs(found.catch_all, True)
        self.assertEqual(codes(found)["catch_all_ok"], Level.OK)

    def test_silence_proves_nothing_and_is_said_only_at_the_end(self):
        waiting = conclude(course(sent=sent(Kind.RANDOM)))
        self.assertEqual(codes(waiting)["catch_all_waiting"], Level.NOTE)
        found = conclude(course(sent=sent(Kind.RANDOM), over=True))
        self.assertIsNone(found.catch_all)
        self.assertEqual(codes(found)["catch_all_silent"], Level.WARNING)

    def test_a_refusal_proves(self):
        for bounced, code in ((False, "catch_all_refused"), (True, "catch_all_bounced")):
            found = conclude(course(sent=sent(Kind.RANDOM, answer="550 no", bounced=bounced)))
            self.assertIs(found.catch_all, False)
            self.assertEqual(codes(found)[code], Level.BAD)
            self.assertIn(code, FIXED_BY_PROVIDER)

    def test_a_mail_from_outside_proves_more_than_a_refusal_inside(self):
        outside = arrived(Kind.OUTSIDE, source=b"From: me@home.test\r\n\r\nHi")
        found = conclude(course(sent=sent(Kind.RANDOM, answer="550 no"), seen=[outside]))
        self.assertIs(found.catch_all, True)

    def test_the_header_that_names_the_recipient(self):
        bcc, random = ADDRESSES[Kind.BCC], ADDRESSES[Kind.RANDOM]
        cases = (
            # above the blind copy, above the other, pinned, header, code
            (f"Envelope-To: {bcc}", f"Envelope-To: {random}", "", "Envelope-To", "recipient_ok"),
            (f"Envelope-To: {bcc}", "X: y", "", "", "recipient_missing"),
            ("Delivered-To: catchall@domain.com", "X: y", "", "", "recipient_missing"),
            (f"X-Stamp: {bcc}", f"X-Stamp: {random}", "X-Stamp", "X-Stamp", "recipient_ok"),
            (f"Envelope-To: {bcc}", f"Envelope-To: {random}", "X-No", "", "recipient_other"),
            ("X: y", "X: y", "X-No", "", "recipient_pinned_missing"),
            (
                f"Received: from a by b for <{bcc}>; Mon, 02 Nov 2026 10:00:01 +0000",
                f"Received: from a by b for <{random}>; Mon, 02 Nov 2026 10:00:01 +0000",
                *("", "", "recipient_received"),
            ),
        )
        for first, second, pinned, header, code in cases:
            with self.subTest(first=first, pinned=pinned):
                seen = [arrived(Kind.BCC, first), arrived(Kind.RANDOM, second)]
                found = conclude(course(sent=sent(Kind.BCC, Kind.RANDOM), seen=seen, pinned=pinned))
                self.assertEqual(found.envelope_header, header)
                self.assertIn(code, codes(found))

    def test_two_recipients_of_one_mail(self):
        first, second = ADDRESSES[Kind.FIRST], ADDRESSES[Kind.SECOND]
        both = [
            arrived(Kind.FIRST, f"X-Original-To: {first}"),
            arrived(Kind.SECOND, f"X-Original-To: {second}"),
        ]
        for seen, code in (
            (both, "two_ok"),
            (both[:1], "two_one"),
            ([arrived(Kind.FIRST, f"Envelope-To: {first}, {second}")], "two_ok"),
        ):
            found = conclude(course(sent=sent(Kind.FIRST, Kind.SECOND), seen=seen))
            self.assertIn(code, codes(found))

    def test_from(self):
        address = ADDRESSES[Kind.AUTHOR]
        original = next(item.source for item in MESSAGES if Kind.AUTHOR in item.kinds)
        rewritten = original.replace(f"<{address}>".encode(), b"<catchall@domain.com>", 1)
        for source, kept in ((original, True), (rewritten, False)):
            seen = [arrived(Kind.AUTHOR, source=source)]
            found = conclude(course(sent=sent(Kind.AUTHOR), seen=seen))
            self.assertIs(found.author_kept, kept)
        refused = conclude(course(sent=sent(Kind.AUTHOR, answer="553 not owned by user")))
        self.assertIs(refused.author_kept, False)
        self.assertIn("not owned", refused.author_answer)

    def test_what_is_said_of_from_depends_on_what_the_account_is_set_to(self):
        address = ADDRESSES[Kind.AUTHOR]
        original = next(item.source for item in MESSAGES if Kind.AUTHOR in item.kinds)
        rewritten = original.replace(f"<{address}>".encode(), b"<catchall@domain.com>", 1)
        for policy, kept, changed, refused in (
            ("auto", "author_ok", "author_rewritten", "author_refused"),
            ("keep", "author_ok", "author_rewritten_kept", "author_refused_kept"),
            ("account", "author_possible", "author_rewritten_already", "author_refused_already"),
        ):
            for source, code in ((original, kept), (rewritten, changed)):
                seen = [arrived(Kind.AUTHOR, source=source)]
                found = conclude(course(sent=sent(Kind.AUTHOR), seen=seen, from_policy=policy))
                self.assert_said(found, code)
            answered = sent(Kind.AUTHOR, answer="553 not owned by user")
            self.assert_said(conclude(course(sent=answered, from_policy=policy)), refused)

    def assert_said(self, found, code):
        (finding,) = [finding for finding in found.findings if finding.code.startswith("author")]
        self.assertEqual(finding.code, code)
        self.assertTrue(WORDING.sentences[code] % finding.values)

    def test_the_address_that_the_receiver_saw(self):
        for header, address in (
            ("Received-SPF: pass (x) client-ip=8.8.8.8; envelope-from=a@b", "8.8.8.8"),
            ('Received-SPF: pass client-ip="2001:4860:4860::8888";', "2001:4860:4860::8888"),
            ("Received-SPF: none client-ip=10.0.0.7;", ""),
            ("Received-SPF: none client-ip=....;", ""),
            ("Received: from out.test (out.test [8.8.8.8]) by mx.test; now", ""),
        ):
            with self.subTest(header=header):
                seen = [arrived(Kind.RANDOM, header)]
                found = conclude(course(sent=sent(Kind.RANDOM), seen=seen))
                self.assertEqual(found.outgoing_address, address)
        outside = arrived(Kind.OUTSIDE, source=b"Received-SPF: pass client-ip=8.8.8.8\r\n\r\nHi")
        self.assertEqual(conclude(course(seen=[outside])).outgoing_address, "")

    def test_signatures(self):
        signature = "DKIM-Signature: v=1; a=rsa-sha256; d=Domain.com; s=key1; b=AA=="
        seen = [arrived(Kind.RANDOM, signature)]
        found = conclude(course(sent=sent(Kind.RANDOM), seen=seen))
        self.assertEqual(
            [(s.domain, s.selector) for s in found.signatures], [("domain.com", "key1")]
        )

    def test_clocks(self):
        for stamp, code in (
            ("Mon, 02 Nov 2026 10:00:05 +0000", None),
            ("Mon, 02 Nov 2026 11:00:05 +0100", None),
            ("Mon, 02 Nov 2026 09:50:00 +0000", "clock_behind"),
            ("Mon, 02 Nov 2026 10:30:00 +0000", "clock_ahead"),
            ("nonsense", None),
        ):
            seen = [arrived(Kind.RANDOM, f"Received: from a by b; {stamp}")]
            found = codes(conclude(course(sent=sent(Kind.RANDOM), seen=seen)))
            with self.subTest(stamp=stamp):
                self.assertEqual(
                    [name for name in found if name.startswith("clock")], [code] * bool(code)
                )

    def test_any_server_on_the_way_has_a_clock_and_it_is_read_when_the_mail_is_found(self):
        right = "Received: from a by b; Mon, 02 Nov 2026 10:00:05 +0000"
        behind = "Received: from c by d; Sun, 01 Nov 2026 10:00:00 +0000"
        ahead = "Received: from c by d; Mon, 02 Nov 2026 10:10:00 +0000"
        late = NOW + timedelta(minutes=30)
        for lower, code in ((behind, "clock_behind"), (ahead, "clock_ahead"), (right, None)):
            item = replace(arrived(Kind.RANDOM, right, lower), found=NOW + timedelta(seconds=9))
            found = codes(conclude(course(sent=sent(Kind.RANDOM), seen=[item], now=late)))
            with self.subTest(lower=lower):
                clocks = [name for name in found if name.startswith("clock")]
                self.assertEqual(clocks, [code] * bool(code))

    def test_places(self):
        for place, reads, code in (
            ("junk", True, "junk"),
            ("junk", False, "junk_unread"),
            ("All Mail", True, "elsewhere"),
        ):
            seen = [arrived(Kind.RANDOM, place=place)]
            found = conclude(course(sent=sent(Kind.RANDOM), seen=seen, reads_junk=reads))
            self.assertEqual(codes(found)[code], Level.WARNING)
        both = [arrived(Kind.RANDOM, place="All Mail"), arrived(Kind.RANDOM)]
        self.assertNotIn("elsewhere", codes(conclude(course(sent=sent(Kind.RANDOM), seen=both))))
