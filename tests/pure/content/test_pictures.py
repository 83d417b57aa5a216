"""Which file a picture of the text means."""

from ....content.content import File
from ....content.pictures import shown_pictures
from ...kit.effort import assert_in_proportion
from ...kit.pure import PureCase


def picture(content_id="", name="a.png", location="", data=b"x"):
    return File(name, data, "image/png", content_id=content_id, location=location)


class TestPictures(PureCase):
    def test_spellings_of_an_id(self):
        for source, content_id in (
            ("cid:a@x", "a@x"),
            ("CID:a@x", "a@x"),
            ("cid:A@X", "a@x"),
            ("cid:a%2B1@x", "a+1@x"),
            ("cid:a+1@x", "a%2B1@x"),
            ("cid:a%20b@x", "a b@x"),
            ("cid:a b@x", "a b@x"),
            ("cid:&lt;a@x&gt;", "a@x"),
            (" cid: a@x ", " <a@x> "),
            ("cid:a&amp;b@x", "a&b@x"),
            ("cid:größe@x", "größe@x"),
        ):
            with self.subTest(source):
                page, files, shown = shown_pictures(f'<img src="{source}">', [picture(content_id)])
                self.assertEqual(page, f'<img src="cid:{files[0].content_id}">')
                self.assertEqual(shown, {files[0].content_id})
                self.assertRegex(files[0].content_id, r"^[\w.@+-]+$")

    def test_what_agrees_is_left_as_it_is(self):
        page = "<p>x</p><img  alt='y' src=\"cid:a@x\" ><img src='cid:b@x'>"
        files = (picture("a@x"), picture("b@x"), picture("c@x"))
        self.assertEqual(shown_pictures(page, files), (page, files, {"a@x", "b@x"}))

    def test_other_ways_to_write_the_tag(self):
        for tag in (
            "<IMG SRC=cid:a@x>",
            "<img\nsrc = 'cid:a@x'\nalt=y>",
            '<img alt="" src="cid:a@x"/>',
        ):
            self.assertTrue(shown_pictures(tag, [picture("a@x")])[2], tag)

    def test_the_same_name_twice_is_two_pictures(self):
        files = (picture("a1@x"), picture("a2@x", data=b"y"))
        _page, _files, shown = shown_pictures('<img src="cid:a1@x"><img src="cid:a2@x">', files)
        self.assertEqual(shown, {"a1@x", "a2@x"})

    def test_ids_that_differ_in_case_are_two(self):
        page = '<img src="cid:a@x"><img src="cid:A@x">'
        found = shown_pictures(page, (picture("A@x"), picture("a@x")))
        self.assertEqual((found[0], found[2]), (page, {"A@x", "a@x"}))

    def test_an_id_that_is_made_is_nobody_elses(self):
        page = '<img src="cid:picture-2@content"><img src="b.png">'
        files = (picture("picture-2@content"), picture(name="b.png", data=b"y"))
        _page, files, shown = shown_pictures(page, files)
        self.assertEqual(len(shown), 2)
        self.assertEqual({item.content_id for item in files}, shown)

    def test_the_same_id_twice_is_the_first(self):
        page, files, _shown = shown_pictures('<img src="cid:a@x">', (picture("a@x"),) * 2)
        self.assertEqual(page, '<img src="cid:a@x">')
        self.assertEqual(len(files), 2)

    def test_locations(self):
        for source, location, base in (
            ("http://x.test/a.png", "http://x.test/a.png", ""),
            ("a.png", "http://x.test/b/a.png", "http://x.test/b/page.html"),
            ("../a.png", "http://x.test/a.png", "http://x.test/b/page.html"),
            ("b/a.png", "b/a.png", ""),
            ("./a.png", "a.png", ""),
            ("a.png", "", ""),
            ("cid:a.png", "", ""),
        ):
            with self.subTest(source):
                page, files, shown = shown_pictures(
                    f'<img src="{source}">', [picture(location=location)], base
                )
                self.assertEqual(page, '<img src="cid:picture-1@content">')
                self.assertEqual(shown, {files[0].content_id})

    def test_pictures_of_nobody(self):
        for source in ("http://y.test/a.png", "cid:b@x", "data:image/png;base64,eA==", "", "#"):
            page = f'<img src="{source}">'
            files = (picture("a@x", location="http://x.test/a.png"),)
            self.assertEqual(shown_pictures(page, files), (page, files, frozenset()))

    def test_hostile_pages_cost_no_time(self):
        for begin, piece in (
            ("", '<img src="'),
            ("", "<img "),
            ("<img", " src="),
            ("<img ", "x"),
            ('<img src="cid:', "<img src='"),
        ):
            with self.subTest(begin + piece):
                assert_in_proportion(
                    self,
                    lambda size, begin=begin, piece=piece: begin + piece * (size // len(piece)),
                    lambda page: shown_pictures(page, [picture("a@x")]),
                    500_000,
                )
