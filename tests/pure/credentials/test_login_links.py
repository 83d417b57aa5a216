"""A link that logs somebody in is not shown to whoever works through To Sort."""

from ....credentials.login_links import hide_login_links, login_tokens
from ...kit.pure import PureCase


class TestLoginLinks(PureCase):
    def test_the_token_goes_and_the_rest_stays(self):
        for text in (
            "http://x.test/web/reset_password?db=a&token=S3cr-et_1.x&signup_email=a%40b.c",
            '<a href="https://x.test/web/signup?db=a&amp;token=S3cr-et_1.x&amp;y=1">Accept</a>',
            "/web/login?token%3DS3cr-et_1.x",
            "/web/reset_password?TOKEN=S3cr-et_1.x",
        ):
            with self.subTest(text=text):
                shown = hide_login_links(text)
                self.assertNotIn("S3cr", shown)
                self.assertEqual(shown.lower().count("token"), 1)
                self.assertEqual(shown.endswith("</a>"), text.endswith("</a>"))

    def test_other_links_are_left_alone(self):
        for text in ("https://x.test/mail/view?token=abc", "the token=abc of /web/login", ""):
            with self.subTest(text=text):
                self.assertEqual(hide_login_links(text), text)

    def test_which_tokens_a_message_brings(self):
        for text, tokens in (
            ("https://x.test/web/signup?db=a&token=one&y=1 /web/login?token=two", ["one", "two"]),
            ("/web/reset_password?token=one /web/login?token=one", ["one"]),
            ("/web/login?token%3Da%2Bb", ["a+b"]),
            ("/web/login?login=a@b.c https://x.test/mail/view?token=abc", []),
        ):
            with self.subTest(text=text):
                self.assertEqual(login_tokens(text), tokens)

    def test_twenty_are_enough(self):
        links = " ".join(f"/web/login?token=t{number}" for number in range(25))
        self.assertEqual(login_tokens(links), [f"t{number}" for number in range(20)])
