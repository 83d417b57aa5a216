"""Folds in HTML: what is seen of replies of many programs, and that no letter is lost."""

from hypothesis import given, settings
from hypothesis import strategies as st

from ....content.folding import MARK, fold
from ...kit.effort import assert_in_proportion
from ...kit.folds import text
from ...kit.pure import PureCase
from .pages import SEEN

_PIECES = (
    *("<p>new</p>", "text<br>", "<br>", "<hr>", "<div>", "</div>", "<blockquote>", "</blockquote>"),
    *('<blockquote type="cite">', "<p>On 5 Oct 2026, at 09:12, Anna wrote:</p>", "&gt; old<br>"),
    *("<p>-- <br>Anna</p>", '<div class="gmail_quote">', '<div id="Signature">', "<!-- x -->"),
    *("<b>From:</b> a<br><b>Sent:</b> b<br><b>To:</b> c<br>", "<pre>a\n&gt; b\n-- \nc</pre>", " "),
    *("-----Original Message-----<br>", "Sent from my iPhone<br>", "<table><tr><td>a</td></tr>"),
    *('<img src="a">', "<span>", "</span>", "<p>PS: x</p>", "---- Forwarded message ----<br>"),
)


class TestFolding(PureCase):
    def test_what_is_seen_of_what_programs_write(self):
        for name, (page, expected, *first) in SEEN.items():
            with self.subTest(name):
                found = fold(page, is_reply=first != [False])
                self.assertEqual(text(found, folded=False), expected)

    def test_the_text_stays_the_same(self):
        for name, (page, *_rest) in SEEN.items():
            with self.subTest(name):
                self.assertEqual(text(fold(page, is_reply=True)), text(page))

    def test_a_page_in_which_nothing_folds_comes_as_it_is(self):
        many = "<pre>a\n" + "&gt; b\n" * 30_000 + "</pre>"
        whole = "<html><body>A &amp; B</body></html>"
        for page in ("<p>Hello<br>Anna</p>", whole, "", "  ", "<!-- -->", "a < b", many):
            with self.subTest(page[:50]):
                self.assertEqual(fold(page, is_reply=True), page)

    def test_a_whole_page_stays_one(self):
        page = (
            "<html><head><style>p {color: red}</style></head><body><p>a</p><blockquote type=cite>"
        )
        found = fold(page + "b</blockquote></body></html>", is_reply=True)
        self.assertIn("<style>p {color: red}</style>", found)
        self.assertEqual(text(found, folded=False), ["a"])

    def test_a_picture_that_is_shown_stands_apart_from_what_is_folded(self):
        page, _expected = SEEN["A picture below a quotation"]
        found = fold(page, is_reply=True)
        self.assertIn("</blockquote></div><div><img", found)

    @settings(max_examples=400, deadline=None)
    @given(st.lists(st.sampled_from(_PIECES), max_size=12), st.booleans())
    def test_any_page_keeps_its_text_and_something_to_see(self, pieces, is_reply):
        page = "".join(pieces)
        found = fold(page, is_reply=is_reply)
        if not page.strip():
            self.assertEqual(found, page)
            return
        self.assertEqual("".join(text(found)), "".join(text(page)))
        if any(char.isalnum() for char in "".join(text(page))):
            self.assertTrue("".join(text(found, folded=False)))

    def test_folding_again_changes_nothing_that_is_seen(self):
        for name, (page, *_rest) in SEEN.items():
            with self.subTest(name):
                once = fold(page, is_reply=True)
                self.assertEqual(
                    text(fold(once, is_reply=True), folded=False), text(once, folded=False)
                )

    def test_a_long_page_takes_linear_time(self):
        units = (
            *('<blockquote type="cite">a</blockquote>b', "a<br>", "<p>&gt; a</p>", "<div>"),
            *("<p>--<br>a</p>", "a\n&gt; b\n", '<img src="a">', '<div class="gmail_quote">a</div>'),
            *(
                "On 5 Oct 2026 at 09:12 a@b.example wrote:<br>&gt; a<br>b<br>",
                "<pre>a\n&gt; b</pre>",
            ),
        )

        def make(size):
            return ["x" + unit * (size // len(unit)) for unit in units]

        def work(pages):
            for page in pages:
                fold(page, is_reply=True)

        assert_in_proportion(self, make, work, 60_000)

    def test_marks_are_those_of_odoo(self):
        self.assertEqual(MARK, "data-o-mail-quote")
