"""Plain text as HTML: paragraphs, links and quotes; tables and code keep their columns."""

from ....content.plain import MAX_TAGS, to_html
from ...kit.effort import assert_in_proportion
from ...kit.pure import PureCase


class TestParagraphs(PureCase):
    def test_lines_and_paragraphs(self):
        self.assertEqual(
            to_html("Hello,\r\n\r\none\ntwo\n\n\nBye\n"), "<p>Hello,</p><p>one<br>two</p><p>Bye</p>"
        )
        self.assertEqual(to_html(" \r\n\t\r\n"), "")
        self.assertEqual(to_html("a < b & c > d"), "<p>a &lt; b &amp; c &gt; d</p>")

    def test_what_is_quoted_stands_in_a_quotation(self):
        self.assertEqual(
            to_html("Yes\n> Really?\n>> Well\n> \n>Who\nMe"),
            '<p>Yes</p><blockquote type="cite"><p>Really?</p><blockquote type="cite"><p>Well</p>'
            "</blockquote>"
            "<p>Who</p></blockquote><p>Me</p>",
        )

    def test_a_signature_begins_a_paragraph(self):
        self.assertEqual(to_html("Bye\n-- \nAnna"), "<p>Bye</p><p>--<br>Anna</p>")

    def test_links(self):
        for text, address, shown in (
            ("see https://x.test/a?b=1&c=2.", "https://x.test/a?b=1&amp;c=2", None),
            ("(http://x.test/a_(b))", "http://x.test/a_(b)", "http://x.test/a_(b)"),
            ("<https://x.test/>", "https://x.test/", "https://x.test/"),
            ("www.x.test, or", "http://www.x.test", "www.x.test"),
            ("「https://x.test/a」です", "https://x.test/a", None),
            ("siehe »https://x.test/a«", "https://x.test/a", None),
            ("to anna@x.test: now", "mailto:anna@x.test", "anna@x.test"),
        ):
            with self.subTest(text):
                shown = shown or address
                self.assertIn(f'<a href="{address}">{shown}</a>', to_html(text))
        for text in ("https:// no", "a@b", "www.", "javascript:alert(1)", "x" * 3_000 + "@x.test"):
            self.assertNotIn("<a", to_html(text), text[:30])
        self.assertNotIn('"><b', to_html('https://x.test/"><b'))

    def test_indented_lines_stay_where_they_are(self):
        for text in ("if (a) {\n  return 1;\n}", "- one\n  - two\n- three"):
            found = to_html(text)
            self.assertIn(text.replace("\n", "<br>"), found)
            self.assertIn("pre-wrap", found)
            self.assertNotIn("monospace", found)

    def test_tables_with_lines_between_their_rows(self):
        drawn = "+----+----+\n| a  | b  |\n+----+----+"
        self.assertIn("monospace", to_html(drawn))
        rows = "Item     Price\n\nTable    12.00\n\nChair     8.00"
        self.assertEqual(to_html(rows).count("monospace"), 3)
        self.assertNotIn("monospace", to_html("Item     Price\n\nPlease answer."))

    def test_what_a_mailbox_file_writes_is_no_quotation(self):
        self.assertNotIn("blockquote", to_html("Hello\n>From Vienna it is far."))
        self.assertEqual(to_html("> a\n>From b").count("<blockquote"), 1)

    def test_columns_stay_columns(self):
        table = "Item     Price\nTable    12.00\nChair     8.00"
        code = "def f():\n    return 1"
        for text in (table, code, "a\tb\nc\td", "| a | b |\n| c | d |"):
            with self.subTest(text):
                found = to_html(text)
                self.assertIn("monospace", found)
                self.assertIn(text.replace("\n", "<br>"), found)
        for text in ("Two sentences.  Two blanks.\nAnd more.  Again.", "a   b", "  indented\nonce"):
            self.assertNotIn("monospace", to_html(text), text)


class TestFlowed(PureCase):
    """RFC 3676."""

    def test_lines_that_end_with_a_blank_go_on(self):
        text = "A paragraph that \r\nflows.\r\nAnother.\r\n-- \r\nAnna \r\nB"
        self.assertEqual(
            to_html(text, flowed=True),
            "<p>A paragraph that flows.<br>Another.</p><p>--<br>Anna B</p>",
        )
        self.assertIn("that<br>flows", to_html(text))

    def test_delsp(self):
        self.assertEqual(to_html("日本 \n語", flowed=True, delsp=True), "<p>日本語</p>")

    def test_stuffed_lines_and_quotes(self):
        text = "> one \n> two\n>> three \n> four\n From here"
        self.assertEqual(
            to_html(text, flowed=True),
            '<blockquote type="cite"><p>one two</p><blockquote type="cite"><p>three</p>'
            "</blockquote><p>four</p></blockquote><p>From here</p>",
        )


class TestCosts(PureCase):
    def test_in_proportion(self):
        for bait in (">", "> \n", "https://x)", ")", "a@", "www.", "x  y\n", "\t", "> a\nb\n"):
            for flowed in (False, True):
                with self.subTest(bait, flowed=flowed):
                    assert_in_proportion(
                        self,
                        lambda size, bait=bait: bait * (size // len(bait)),
                        lambda text, flowed=flowed: to_html(text, flowed=flowed),
                        50_000,
                    )

    def test_a_long_text_is_one_block(self):
        for text in (
            "line\n" * MAX_TAGS,
            "https://x.test " * MAX_TAGS,
            ">" * 15 + "a\nb\n" * 3_900,
        ):
            self.assertLessEqual(to_html(text).count("<"), MAX_TAGS)
