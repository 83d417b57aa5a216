"""What logs somebody in here is not shown to whoever works through To Sort."""

import base64
import hashlib
import hmac
import json
import os

from ....credentials.login_links import MAX_CHECKS, Logins, addresses_in
from ...kit.effort import assert_in_proportion, cpu_seconds
from ...kit.pure import PureCase
from ...kit.wrapped_links import CUT_OUT, EVERY, NOT_CUT_OUT, encoded_words

OURS, THEIRS = b"our secret", b"their secret"


def sign(values, secret=OURS, expires=1_800_000_000):
    """As ``hash_sign`` does (odoo/tools/misc.py)."""
    text = json.dumps(values)
    signature = hmac.new(secret, f"1:{text}:{expires}".encode(), hashlib.sha256).digest()
    token = b"\x01" + expires.to_bytes(8, "little") + signature + text.encode()
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def is_ours(token):
    raw = base64.urlsafe_b64decode(token + "===")
    text, expires = raw[41:].decode(), int.from_bytes(raw[1:9], "little")
    return sign(json.loads(text), expires=expires) == token


def link(token):
    return f"http://odoo.test/web/reset_password?db=x&token={token}&signup_email=a%40b.test"


TOKEN = sign([12, [3], None, "reset"])


class TestLoginLinks(PureCase):
    def test_the_token_goes_and_the_rest_stays(self):
        for name, wrap in CUT_OUT.items():
            with self.subTest(name):
                shown = Logins(is_ours).hide(wrap(link(TOKEN)))
                self.assertIn("***", shown)
                self.assertNotIn(TOKEN, shown)
                self.assertFalse(Logins(is_ours).find(shown))
                self.assertEqual(shown[:4], wrap(link(TOKEN))[:4])

    def test_what_cannot_be_cut_out_is_not_shown(self):
        for name, wrap in NOT_CUT_OUT.items():
            with self.subTest(name):
                self.assertIsNone(Logins(is_ours).hide(wrap(link(TOKEN))))

    def test_no_token_is_misread_whatever_its_letters(self):
        for number in range(12):
            token = sign([number + 1, list(range(number)), 1_700_000_000 + number, "signup"])
            for name, wrap in EVERY.items():
                with self.subTest(name, token=token):
                    self.assertEqual(Logins(is_ours).find(wrap(link(token))).tokens, (token,))

    def test_without_a_link_and_under_another_name(self):
        for text in (TOKEN, f"/mail/view?auth_signup_token={TOKEN}", f"{TOKEN}===", f"x{TOKEN}x"):
            with self.subTest(text):
                self.assertNotIn(TOKEN, Logins(is_ours).hide(text))

    def test_links_of_others_are_left_alone(self):
        for token in (sign([12, [3], None, "reset"], THEIRS), TOKEN[:-6] + "AAA", "x", "%FF", ""):
            for name, wrap in EVERY.items():
                with self.subTest(name, token=token):
                    text = wrap(link(token))
                    self.assertIs(Logins(is_ours).hide(text), text)

    def test_signed_fakes_hide_nothing(self):
        fakes = " ".join(link(sign([n, [], None, "x"], THEIRS)) for n in range(1, 900))
        shown = Logins(is_ours).hide(f"{fakes} {link(TOKEN)}")
        self.assertEqual(shown, f"{fakes} {link('***')}")

    def test_more_than_can_be_checked_is_not_shown(self):
        logins = Logins(lambda token: False)
        fakes = " ".join(sign([n, [], 1, ""], THEIRS) for n in range(1, MAX_CHECKS + 2))
        self.assertIsNone(logins.hide(fakes))
        self.assertTrue(logins.find(fakes).undecided)

    def test_deeper_than_any_program_wraps_is_not_shown(self):
        text = f"{'Hello ' * 20}&#65;"
        for _round in range(14):
            text = text.replace("&", "%26").replace("%", "&#37;")
        self.assertIsNone(Logins(is_ours).hide(text))

    def test_a_token_that_was_cut_off_is_hidden(self):
        text = f"see {link(TOKEN)}"
        end = text.index(TOKEN) + len(TOKEN)
        for left in range(4, 20, 3):
            with self.subTest(left=left):
                shown = Logins(is_ours).hide(text[: end - left])
                self.assertNotIn(TOKEN[:50], shown)

    def test_files(self):
        logins = Logins(is_ours)
        html = f"<p>caf\xe9 {link(TOKEN)}".encode("latin-1")
        self.assertEqual(logins.hide_bytes(html), html.replace(TOKEN.encode(), b"***"))
        self.assertIsNone(logins.hide_bytes(link(TOKEN).encode("utf-16")))
        self.assertIsNone(logins.hide_bytes(base64.encodebytes(link(TOKEN).encode())))
        self.assertIsNone(logins.hide_bytes(os.urandom(5000) + ".".join(TOKEN).encode()))
        picture = os.urandom(100_000)
        self.assertIs(logins.hide_bytes(picture), picture)

    def test_a_header_loses_the_field_that_cannot_be_shown(self):
        header = f"From: a\nX-Link: {encoded_words(link(TOKEN))}\nX-Other: {link(TOKEN)}\nTo: b"
        shown = Logins(is_ours).hide_fields(header.replace("\r", ""), "(hidden)")
        self.assertEqual(
            shown.split("\n"), ["From: a", "(hidden)", f"X-Other: {link('***')}", "To: b"]
        )

    def test_one_time_codes(self):
        logins = Logins(is_ours, lambda: frozenset({"012345"}))
        for text, shown in (
            ("Your code: 012345.", "Your code: ***."),
            ("<span>012345</span> of 2026-11-27", "<span>***</span> of 2026-11-27"),
            ("<b>012</b>345", None),
            ("012 345", None),
            (each_digit("012345"), None),
            ("1012345 or 0123456 or 543210", "1012345 or 0123456 or 543210"),
        ):
            with self.subTest(text):
                self.assertEqual(logins.hide(text), shown)

    def test_codes_are_asked_for_where_there_are_numbers(self):
        asked = []
        logins = Logins(is_ours, lambda: asked.append(1) or frozenset())
        logins.hide("<p>Hello 12345</p>")
        self.assertEqual(asked, [])
        logins.hide("<p>Hello 123456, 654321</p>")
        self.assertEqual(asked, [1])

    def test_addresses(self):
        text = '"A, B" <A.b@X.test>, c@x.test; see (d@x.test). mailto:c@x.test @'
        self.assertEqual(addresses_in(text)[:3], ["a.b@x.test", "c@x.test", "d@x.test"])

    def test_hostile_texts_cost_what_their_size_costs(self):
        fake = sign([12, [3], None, "reset"], THEIRS)
        for piece in (
            "%", "%25", "%41", "%2541", "&#65;", "&amp;", "&", "&#0", "&" + "a" * 31, "amp;", "<",
            '<a b="', "<a b='", "<!--", "<style>", "A", "V", "AQAAAAAAAAAA", "=?", "=?a?Q?",
            "=?a?Q?b?= ", "=", "= ", "=\r\n", "-2D", "-25", "; a*1=", ";", '";\n', "\\u0041", "1",
            "1 ", "a" * 15 + " ", f"{fake} ", f"/web/login?token={fake[:-5]} ", "\u200b", "\0",
        ):  # fmt: skip
            with self.subTest(piece):

                def make(size, piece=piece):
                    return piece * (size // len(piece))

                assert_in_proportion(self, make, lambda text: Logins(is_ours).find(text), 100_000)

    def test_a_megabyte_is_read_in_two_seconds(self):
        fakes = (f"/web/login?token={sign([n, [], 1, ''], THEIRS)} " for n in range(1, 3000))
        text = "%" * 200_000 + "&#65;" * 40_000 + "%2541" * 40_000 + "".join(fakes)
        text += "&amp;" * 40_000
        self.assertLess(cpu_seconds(Logins(is_ours).find, text[:1_000_000], runs=1), 2)


def each_digit(code):
    return "".join(f"&#{ord(digit)};" for digit in code)
