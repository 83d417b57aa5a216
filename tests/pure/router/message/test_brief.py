"""A stranger's words in automatic mail of ours: short, and without anything that becomes a link."""

from .....router.message.brief import MAX_CHARS, brief, shorten_in_html, shorten_in_text
from ....kit.effort import assert_in_proportion
from ....kit.pure import PureCase


class TestBrief(PureCase):
    def test_links_go(self):
        for text in (
            "BUY http://evil.test/ NOW",
            "BUY HTTPS://EVIL.TEST NOW",
            "BUY www.evil.test NOW",
            "BUY (www.evil.test) NOW",
            "BUY //evil.test NOW",
            "BUY evil.test/offer NOW",
            "BUY evil.test:8080 NOW",
            "BUY evil.test?x=1 NOW",
            "BUY someone@evil.test NOW",
            "BUY mailto:x NOW",
            "BUY <tel:+100> NOW",
            "BUY 192.0.2.1/x NOW",
            "BUY ｈｔｔｐ://evil.test NOW",
            "BUY ht\u200btp://evil.test NOW",
            "BUY evil\u3002test/x NOW",
            "BUY ＠evil.test NOW",
        ):
            with self.subTest(text):
                self.assertEqual(brief(text), "BUY NOW")

    def test_a_bare_domain_is_no_link_any_more(self):
        self.assertEqual(brief("see evil.test now"), "see evil. test now")
        self.assertEqual(brief("a.b.evil.test"), "a.b. evil. test")
        self.assertEqual(brief("evil\u3002test"), "evil. test")

    def test_what_people_write_stays(self):
        for text in (
            "Application as a carpenter",
            "Zoë O'Brien-Smith, M.D. (Ph.D.)",
            "Offer no. 4.711 of 2.11.2026: 50 %",
            "A & B <urgent>",
            "株式会社 山田",
            "",
        ):
            with self.subTest(text):
                self.assertEqual(brief(text), text)
        self.assertEqual(brief("Dr.Meier"), "Dr. Meier")
        self.assertEqual(brief("two\r\nlines\tand  blanks"), "two lines and blanks")

    def test_it_is_short(self):
        self.assertEqual(brief("word " * 12), "word " * 11 + "word")
        long = brief("words " * 100)
        self.assertLessEqual(len(long), MAX_CHARS)
        self.assertTrue(long.endswith("words…"), long)
        self.assertEqual(len(brief("x" * 500)), MAX_CHARS)


class TestShorten(PureCase):
    NAME = 'BUY "now" <b>http://evil.test/?a=1&b=2</b>'

    def test_subject(self):
        subject = shorten_in_text(f"Re: {self.NAME} (42)", [self.NAME])
        self.assertEqual(subject, 'Re: BUY "now" (42)')

    def test_html(self):
        escaped = "BUY &#34;now&#34; &lt;b&gt;http://evil.test/?a=1&amp;b=2&lt;/b&gt;"
        ours = '<a href="http://ours.test/">our <b>page</b> &amp; http://ours.test/</a>'
        found = shorten_in_html(f"<p>Dear {escaped},</p>{ours}", [self.NAME])
        self.assertEqual(found, f'<p>Dear BUY "now",</p>{ours}')

    def test_a_text_that_a_template_broke_into_parts(self):
        name = "Win www.evil.test today"
        self.assertEqual(shorten_in_html("<p>Hello www.evil.test</p>", [name]), "<p>Hello </p>")
        self.assertEqual(shorten_in_text("Win\n www.evil.test  today", [name]), "Win today")

    def test_a_template_that_takes_a_part_or_writes_it_in_capitals(self):
        for link in ("http://3232235777/login", "https://localhost/x", "tel:+491234567",
                     "http://[::1]/x", "evil.test/x", "//evil.test"):  # fmt: skip
            name = f"{link} Meier"
            for text in (f"Dear {link},", f"DEAR {name.upper()},", f"dear {link.lower()}!"):
                with self.subTest(text):
                    self.assertNotIn(link, shorten_in_text(text, [name]).lower())

    def test_a_name_without_a_blank_behind_it(self):
        for name in ("http://evil.test", "山田 http://evil.test"):
            with self.subTest(name):
                self.assertNotIn("http", shorten_in_text(f"{name}様", [name]))

    def test_ours_is_left_alone(self):
        text = '<p>See <a href="https://www.ours.test/">www.ours.test</a> &nbsp;http://x.test</p>'
        for strange in ("http://", "www.", "://", "a", "", " ", "urs.test", "ours.tes", "x@"):
            with self.subTest(strange):
                self.assertEqual(shorten_in_html(text, [strange]), text)

    def test_a_link_of_the_stranger_leaves_tags_alone(self):
        text = '<a href="https://ours.test/x">ours.test/x</a>'
        found = shorten_in_html(text, ["go to ours.test/x"])
        self.assertEqual(found, '<a href="https://ours.test/x"></a>')

    def test_the_effort_grows_with_the_text_alone(self):
        for piece in ("http://", "a.b", "<", "&", "@", "\\", "(", "a@b.cc ", "www. "):
            with self.subTest(piece):
                assert_in_proportion(
                    self,
                    lambda size, piece=piece: (piece * size, [piece * (size // 10), "x " * 1_000]),
                    lambda made: shorten_in_html(*made),
                    20_000,
                )
