"""Signed addresses: what they carry survives, what was touched is refused."""

from datetime import date
from itertools import product

from .....router.tokens.tokens import (
    BounceToken,
    ReplyToken,
    TokenKey,
    bounce_local_part,
    bounce_token_in,
    make_bounce_token,
    make_reply_token,
    read_bounce_token,
    read_reply_token,
    reply_local_part,
    reply_token_in,
)
from ....kit.pure import PureCase

KEY = TokenKey(b"a secret of the database", "3e1a5f7c-0000-4000-8000-123456789abc")
OTHER_DATABASE = TokenKey(KEY.secret, "ffffffff-0000-4000-8000-123456789abc")
OTHER_SECRET = TokenKey(b"another secret", KEY.database)
ISSUED = date(2026, 10, 3)
ALPHABET = "abcdefghijklmnopqrstuvwxyz234567"


class TestReplyToken(PureCase):
    token = ReplyToken(
        model_id=312, res_id=48_211, parent_id=1_204_551, partner_id=9_417, issued=ISSUED
    )

    def test_what_it_carries_comes_back(self):
        numbers = (0, 1, 15, 16, 255, 256, 4_095, 65_536, 16_777_215)
        for model_id, res_id, parent_id in product((1, 400), numbers, numbers):
            token = ReplyToken(model_id, res_id, parent_id, 77, ISSUED)
            with self.subTest(token=token):
                self.assertEqual(read_reply_token(KEY, make_reply_token(KEY, token))[0], token)

    def test_local_part_fits_40_characters_even_with_large_ids(self):
        large = ReplyToken(1_000, 16_777_215, 268_435_455, 16_777_215, date(2069, 1, 1))
        for token in (self.token, large, ReplyToken(0, 0)):
            text = make_reply_token(KEY, token)
            local = reply_local_part(text)
            self.assertLessEqual(len(local), 40)
            self.assertEqual(local, local.lower())
            self.assertEqual(read_reply_token(KEY, text)[0], token)

    def test_ids_beyond_the_room_give_no_token_rather_than_a_weak_one(self):
        for token in (
            ReplyToken(2**31, 2**31, 2**31, 2**31, ISSUED),
            ReplyToken(2**40, 1, 1, 1, ISSUED),
            ReplyToken(-1, 1, 1, 1, ISSUED),
            ReplyToken(1, 1, 1, 1, date(2024, 12, 31)),
            ReplyToken(1, 1, 1, 1, date(2080, 1, 1)),
        ):
            with self.subTest(token=token):
                self.assertEqual(make_reply_token(KEY, token), "")

    def test_any_changed_character_is_refused(self):
        text = make_reply_token(KEY, self.token)
        for at, char in product(range(len(text)), ALPHABET):
            if text[at] != char:
                forged = text[:at] + char + text[at + 1 :]
                found, reason = read_reply_token(KEY, forged)
                self.assertIsNone(found, forged)
                self.assertTrue(reason)

    def test_a_cut_or_lengthened_token_is_refused(self):
        text = make_reply_token(KEY, self.token)
        for forged in (*(text[:size] for size in range(len(text))), f"{text}a", f"{text}{text}"):
            with self.subTest(forged=forged):
                self.assertIsNone(read_reply_token(KEY, forged)[0])

    def test_reasons_name_what_is_wrong(self):
        text = make_reply_token(KEY, self.token)
        for key, forged, reason in (
            (OTHER_DATABASE, text, "signed by another database"),
            (OTHER_SECRET, text, "the signature is wrong"),
            (KEY, "c" + text[1:], "version 2 is unknown"),
            (KEY, text[:-1] + "1", "not a token"),
            (KEY, "", "not a token"),
            (KEY, text[:10], "the signature is wrong"),
        ):
            with self.subTest(forged=forged):
                self.assertEqual(read_reply_token(key, forged), (None, reason))

    def test_upper_case_survives(self):
        text = make_reply_token(KEY, self.token)
        self.assertEqual(read_reply_token(KEY, text.upper())[0], self.token)

    def test_two_days_two_partners_and_two_records_differ(self):
        texts = {
            make_reply_token(KEY, ReplyToken(312, res_id, 5, partner_id, issued))
            for res_id, partner_id, issued in product((1, 2), (3, 4), (ISSUED, date(2026, 10, 4)))
        }
        self.assertEqual(len(texts), 8)

    def test_mac_keeps_its_size_for_usual_databases(self):
        # 34 characters hold 5 bits of version, 8 of database, 14 of day; the numbers below take
        # 15 + 19 + 27 + 19. What remains must be far from the floor of 40.
        self.assertGreaterEqual(33 * 5 - (8 + 14 + 15 + 19 + 27 + 19), 60)
        self.assertEqual(len(make_reply_token(KEY, self.token)), 34)


class TestBounceToken(PureCase):
    def test_what_it_carries_comes_back_within_20_characters(self):
        for message_id, partner_id in product((0, 1, 99_999, 134_217_728), (0, 7, 16_777_216)):
            token = BounceToken(message_id, partner_id)
            text = make_bounce_token(KEY, token)
            with self.subTest(token=token):
                self.assertLessEqual(len(text), 20)
                self.assertEqual(read_bounce_token(KEY, text)[0], token)

    def test_forged_and_foreign_tokens_are_refused(self):
        text = make_bounce_token(KEY, BounceToken(1_204_551, 9_417))
        for key, forged in (
            (OTHER_DATABASE, text),
            (OTHER_SECRET, text),
            (KEY, text[:-1]),
            (KEY, text[:-1] + ("a" if text[-1] != "a" else "b")),
            (KEY, "c" + text[1:]),
            (KEY, "not!base32"),
        ):
            with self.subTest(forged=forged):
                found, reason = read_bounce_token(key, forged)
                self.assertIsNone(found)
                self.assertTrue(reason)

    def test_a_reply_token_is_no_bounce_token(self):
        text = make_reply_token(KEY, ReplyToken(1, 2))
        self.assertIsNone(read_bounce_token(KEY, text)[0])
        self.assertIsNone(read_reply_token(KEY, make_bounce_token(KEY, BounceToken(1, 2)))[0])


class TestTokenInAddress(PureCase):
    def test_addresses(self):
        token = make_reply_token(KEY, ReplyToken(1, 2))
        bounce = make_bounce_token(KEY, BounceToken(1, 2))
        for address, reply, bounced in (
            (f"{reply_local_part(token)}@example.com", token, ""),
            (f"REPLY-{token.upper()}@example.com", token, ""),
            (f"reply-{token}+x@example.com", token, ""),
            (f"{bounce_local_part(bounce)}@example.com", "", bounce),
            ("reply-to-us@example.com", "", ""),
            ("reply-@example.com", "", ""),
            ("replying-aaaaaaaaaa@example.com", "", ""),
            ("", "", ""),
        ):
            with self.subTest(address=address):
                self.assertEqual(reply_token_in(address), reply)
                self.assertEqual(bounce_token_in(address), bounced)
