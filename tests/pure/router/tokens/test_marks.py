"""Our own marks in the form in which they travel: what was sent years ago must still be read."""

from dataclasses import replace
from datetime import date

from .....router.message.mail import ReceivedMail
from .....router.places import Recipient, ReplyTarget
from .....router.tokens import probe_mark
from .....router.tokens.loop_mark import LoopMark, find_loop_mark
from .....router.tokens.probe_mark import Kind, find_probe
from .....router.tokens.reading import read_tokens
from .....router.tokens.tokens import (
    BounceToken,
    ProbeToken,
    ReplyToken,
    ThreadToken,
    TokenKey,
    bounce_token_in,
    make_bounce_token,
    make_probe_token,
    make_reply_token,
    make_thread_token,
    read_bounce_token,
    read_probe_token,
    read_reply_token,
    read_thread_token,
    reply_token_in,
    thread_token_in,
)
from ....kit.pure import PureCase
from ....kit.verdict_kit import POLICY, Company

SECRET = b"a secret of the database"
KEY = TokenKey(SECRET, "3e1a5f7c-0000-4000-8000-123456789abc")
OTHER = TokenKey(SECRET, "ffffffff-0000-4000-8000-123456789abc")

REPLIES = (
    (ReplyToken(312, 48_211, 1_204_551, 9_417, date(2026, 10, 3)),
     "bkifaccodxrj2etbi5sjsidrghaibdmhw6"),
    (ReplyToken(0, 0), "bkiaaaabptnrd2uohs3jmbg6"),
)  # fmt: skip
BOUNCES = (
    (BounceToken(1_204_551, 9_417), "bujgcr3eteyc63do7ttt"),
    (BounceToken(0), "baemy4bbxgnjjgviqfi"),
    (BounceToken(100_000, 200_000_000), "bqmgudl5pbab32heiewb"),
    (BounceToken(4_000_000_000, 1_000), "b7xgwkaai7iylbr5au2z"),
)
THREADS = (
    (ThreadToken(312, 42), "bkiqtqjkkvi5u7wabwjlg6ff"),
    (ThreadToken(312, 42, is_note=True), "bkkqtqjkgd6md3ymkptp55i5"),
)
PROBE = (ProbeToken(7, 3), "bedsa4aq32sl7basoodn2y")
LOOP = "v1 crm.lead,42 3 gldhybvmt2snqenunhf6ovxt3o3gcnww"


def mail(*lines):
    return ReceivedMail.from_bytes("\n".join([*lines, "", ""]).encode())


class TestTokensOnTheirWay(PureCase):
    """Written down once; another layout would lose every reply to what was sent before."""

    def test_each_kind_is_made_and_read_as_before(self):
        for token, text in REPLIES:
            self.assertEqual(make_reply_token(KEY, token), text)
            self.assertEqual(read_reply_token(KEY, text), (token, f"signed on {token.issued}"))
        for token, text in BOUNCES:
            self.assertEqual(make_bounce_token(KEY, token), text)
            self.assertEqual(read_bounce_token(KEY, text), (token, "signed"))
        for token, text in THREADS:
            self.assertEqual(make_thread_token(KEY, token), text)
            self.assertEqual(read_thread_token(KEY, text), (token, "signed"))
        self.assertEqual(make_probe_token(KEY, PROBE[0]), PROBE[1])
        self.assertEqual(read_probe_token(KEY, PROBE[1]), PROBE[0])
        self.assertIsNone(read_probe_token(OTHER, PROBE[1]))

    def test_days_that_can_be_signed(self):
        for day, signed in (
            (date(2024, 12, 31), False),
            (date(2025, 1, 1), True),
            (date(2069, 11, 9), True),
            (date(2069, 11, 10), False),
        ):
            with self.subTest(day):
                token = ReplyToken(1, 1, issued=day)
                text = make_reply_token(KEY, token)
                self.assertEqual(bool(text), signed)
                if signed:
                    self.assertEqual(read_reply_token(KEY, text)[0], token)

    def test_largest_ids(self):
        large = 2**32 - 1
        for make, read, token, size in (
            (make_bounce_token, read_bounce_token, BounceToken(2**28 - 1, 2**28 - 1), 20),
            (make_bounce_token, read_bounce_token, BounceToken(large, 2**24 - 1), 20),
            (make_bounce_token, read_bounce_token, BounceToken(2**28, 2**28 - 1), 0),
            (make_bounce_token, read_bounce_token, BounceToken(2**32, 0), 0),
            (make_thread_token, read_thread_token, ThreadToken(large, large), 33),
            (make_reply_token, read_reply_token, ReplyToken(large, large, 2**24 - 1), 34),
            (make_reply_token, read_reply_token, ReplyToken(large, large, 2**24), 0),
            (make_reply_token, read_reply_token, ReplyToken(large, -1), 0),
        ):
            with self.subTest(token):
                text = make(KEY, token)
                self.assertEqual(len(text), size)
                if size:
                    self.assertEqual(read(KEY, text)[0], token)
        probe = ProbeToken(large, large)
        self.assertEqual(len(make_probe_token(KEY, probe)), 30)
        self.assertEqual(read_probe_token(KEY, make_probe_token(KEY, probe)), probe)

    def test_texts_that_are_too_long_are_no_tokens(self):
        for read, size in (
            (read_reply_token, 34),
            (read_bounce_token, 20),
            (read_thread_token, 34),
        ):
            with self.subTest(read.__name__):
                self.assertEqual(read(KEY, "b" * (size + 1)), (None, "not a token"))
                self.assertNotEqual(read(KEY, "b" * size)[1], "not a token")
                self.assertEqual(read(KEY, "a" * size), (None, "version 0 is unknown"))

    def test_reasons_tell_foreign_from_forged(self):
        for read, text, foreign in (
            (read_thread_token, THREADS[0][1], "signed by another database"),
            (read_reply_token, REPLIES[0][1], "signed by another database"),
            (read_bounce_token, BOUNCES[0][1], "the signature is wrong, or from another database"),
        ):
            forged = text[:-1] + ("a" if text[-1] != "a" else "b")
            with self.subTest(read.__name__):
                self.assertEqual(read(OTHER, text), (None, foreign))
                self.assertIn("the signature is wrong", read(KEY, forged)[1])
                self.assertEqual(read(KEY, text[:2])[0], None)

    def test_one_number_has_one_spelling(self):
        # The same number with more bits than it needs would be a second token for one record.
        read = [read_bounce_token(KEY, char * 20)[0] for char in "abcdefghijklmnopqrstuvwxyz"]
        self.assertEqual(read, [None] * 26)

    def test_a_key_keeps_its_secret_out_of_logs(self):
        self.assertNotIn("a secret", repr(KEY))

    def test_where_tokens_stand(self):
        reply, bounce, thread = REPLIES[0][1], BOUNCES[0][1], THREADS[0][1]
        for found, expected in (
            (reply_token_in(f"reply-{reply}@a@b.test"), ""),
            (reply_token_in(f"reply-{reply}+x@b.test"), reply),
            (reply_token_in(f"bounce-{bounce}@b.test"), ""),
            (reply_token_in(f"reply-{'a' * 7}@b.test"), ""),
            (reply_token_in(f"reply-{'a' * 8}@b.test"), "a" * 8),
            (reply_token_in(f"reply-{'a' * 35}@b.test"), ""),
            (bounce_token_in(f"bounce-{bounce}@b.test"), bounce),
            (bounce_token_in(f"reply-{reply}@b.test"), ""),
            (thread_token_in(f"<1-thread-{thread}@b.test>"), thread),
            (thread_token_in(f"<1-thread-{thread}@b@c.test>"), ""),
        ):
            self.assertEqual(found, expected)


class TestLoopMark(PureCase):
    def found(self, *values):
        return find_loop_mark(mail(*(f"X-Catchall-Loop: {value}" for value in values)), SECRET)

    def test_the_mark_as_it_travels(self):
        mark = LoopMark("crm.lead,42", 3)
        self.assertEqual(mark.header_value(SECRET), LOOP)
        self.assertEqual(self.found(LOOP), mark)
        self.assertEqual(self.found(LOOP.replace(" ", "\t  ")), mark)
        self.assertEqual(LoopMark("crm.lead,42").hops, 1)

    def test_what_is_no_mark(self):
        for value in (
            "",
            LOOP.replace("v1", "v2"),
            LOOP.replace("42", "43"),
            LOOP.replace(" 3 ", " 2 "),
            LOOP[:-1],
            LOOP + "a",
            LOOP.upper(),
            "v1 crm.lead 3 " + LOOP[-32:],
        ):
            with self.subTest(value):
                self.assertIsNone(self.found(value))

    def test_the_most_hops_count(self):
        few, many = (LoopMark("crm.lead,1", hops).header_value(SECRET) for hops in (1, 12))
        for values in ((few, many), (many, few), ("forged", few, many)):
            self.assertEqual(self.found(*values).hops, 12)

    def test_a_stranger_costs_no_more_than_20_marks_of_200_characters(self):
        self.assertTrue(self.found(*["x"] * 19, LOOP))
        self.assertIsNone(self.found(*["x"] * 20, LOOP))
        self.assertTrue(self.found(LOOP.replace("v1 ", "v1 " + " " * (200 - len(LOOP)))))
        self.assertIsNone(self.found(LOOP.replace("v1 ", "v1 " + " " * (201 - len(LOOP)))))


class TestProbeMark(PureCase):
    text = f"probe-{PROBE[1]}@example.com"

    def found(self, *lines):
        return find_probe(mail(*lines), KEY)

    def test_header_subject_and_every_address_are_read(self):
        self.assertEqual(probe_mark.HEADER, "X-Catchall-Probe")
        for line in (
            f"X-Catchall-Probe: {PROBE[1].upper()}",
            f"Subject: Test (probe: {PROBE[1]})",
            f"Subject: Probe-{PROBE[1].upper()}",
            f"To: {self.text}",
            f"Cc: {self.text}",
            f"Delivered-To: {self.text}",
            f"X-Original-To: {self.text}",
            f"Received: by mx.example.com for <{self.text}>; x",
        ):
            with self.subTest(line):
                self.assertEqual(self.found(line), PROBE[0])

    def test_what_carries_none(self):
        for lines in (
            [],
            [f"X-Other: {self.text}"],
            [f"References: <{self.text}>"],
            [f"Subject: {PROBE[1]}"],
            [f"To: probe-{PROBE[1]}a@example.com"],
            ["X-Catchall-Probe: x", f"X-Catchall-Probe: {PROBE[1]}"],
            [f"X-Catchall-Probe: {make_probe_token(OTHER, PROBE[0])}"],
        ):
            with self.subTest(lines):
                self.assertIsNone(self.found(*lines))

    def test_parts_that_are_known(self):
        last = len(Kind) - 1
        for part, known in ((0, True), (last, True), (last + 1, False)):
            text = make_probe_token(KEY, ProbeToken(7, part))
            self.assertEqual(bool(self.found(f"X-Catchall-Probe: {text}")), known)

    def test_a_stranger_costs_no_more_than_20_tokens(self):
        forged = [f"To: probe-{'abcdefghij'[at % 10] * (17 + at // 10)}@x.test" for at in range(20)]
        self.assertEqual(len(set(forged)), 20)
        self.assertTrue(self.found(*forged[:19], f"To: {self.text}"))
        self.assertIsNone(self.found(*forged, f"To: {self.text}"))
        self.assertTrue(self.found(*forged[:1] * 30, f"To: {self.text}"), "one token costs once")

    def test_200_fields_of_2000_characters_are_read(self):
        self.assertTrue(self.found(*["A: b"] * 199, f"To: {self.text}"))
        self.assertIsNone(self.found(*["A: b"] * 200, f"To: {self.text}"))
        token = f"probe-{PROBE[1]}"
        for blanks, known in ((2_000 - len(token), True), (2_001 - len(token), False)):
            self.assertEqual(bool(self.found(f"Subject: {'.' * blanks}{token}")), known)


class TestReading(PureCase):
    """The signed addresses among the recipients."""

    policy = replace(POLICY, secret=SECRET, database=KEY.database)

    def read(self, *texts, policy=None, target=None):
        class Records(Company):
            def reply_target(self, token, sender):
                return target

        recipients = [Recipient(f"{text}@domain.com", "to") for text in texts]
        return list(read_tokens(recipients, "a@b.test", Records(), policy or self.policy))

    def test_what_is_found(self):
        address, token = f"reply-{REPLIES[0][1]}", REPLIES[0][0]
        lead = ReplyTarget("crm.lead", 48_211)
        (found,) = self.read("sales", address, target=lead)
        self.assertEqual((found.token, found.target), (token, lead))
        self.assertEqual(found.why, "signed on 2026-10-03")
        self.assertEqual(found.recipient.address, f"{address}@domain.com")
        (gone,) = self.read(address)
        self.assertEqual((gone.token, gone.target), (token, None))
        self.assertEqual(gone.why, "signed on 2026-10-03, but the record no longer exists")
        (forged,) = self.read("reply-aaaaaaaaaa", target=lead)
        self.assertEqual((forged.token, forged.target), (None, None))
        self.assertEqual(forged.why, "version 0 is unknown")
        self.assertEqual(self.read("sales"), [])

    def test_without_a_secret_the_first_stands_for_all(self):
        addresses = ["sales", *(f"reply-{char * 10}" for char in "ab")]
        (found,) = self.read(*addresses, policy=replace(self.policy, secret=b""))
        self.assertEqual(found.why, "there is no secret to check it with")
        self.assertEqual(found.recipient.address, "reply-aaaaaaaaaa@domain.com")

    def test_no_more_than_five(self):
        for count, read in ((5, 5), (6, 5)):
            self.assertEqual(len(self.read(*(f"reply-{'a' * (8 + at)}" for at in range(count)))),
                             read)  # fmt: skip
