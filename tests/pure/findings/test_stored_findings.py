"""What a finding is, in memory and stored."""

from ....findings import Finding, Level, Record, Wording, gravest_first, grown_worse
from ...kit.pure import PureCase


class TestStored(PureCase):
    def test_levels_by_gravity(self):
        expected = [("ok", 0), ("note", 1), ("warning", 2), ("bad", 3)]
        self.assertEqual([(str(level), level.gravity) for level in Level], expected)

    def test_the_stored_form(self):
        record = Record("n.test", "TXT", "v")
        self.assertEqual(record, Record("n.test", "TXT", "v", False))
        for finding, stored in (
            (
                Finding("spf_ok", Level.OK),
                {"code": "spf_ok", "level": "ok", "values": {}, "record": None, "text": ""},
            ),
            (
                Finding("spf_bad", Level.BAD, {"a": "b"}, record, "Said."),
                {
                    **{"code": "spf_bad", "level": "bad", "values": {"a": "b"}},
                    **{"record": ["n.test", "TXT", "v", False], "text": "Said."},
                },
            ),
        ):
            with self.subTest(code=finding.code):
                self.assertEqual(finding.to_json(), stored)
                self.assertEqual(Finding.from_json(stored), finding)
        bare = Finding.from_json({"code": "x", "level": "note", "values": None, "text": None})
        self.assertEqual(bare, Finding("x", Level.NOTE, {}, None, ""))

    def test_codes_that_are_gone_are_left_out(self):
        wording = Wording({"a_ok": "A."}, {"a": "A", "a_long": "B"})
        stored = [Finding(code, Level.OK).to_json() for code in ("a_ok", "b_ok")]
        self.assertEqual(wording.load(stored), [Finding("a_ok", Level.OK)])
        self.assertEqual(wording.load([]), [])
        self.assertEqual(
            [wording.subject(code) for code in ("a", "a_x", "ab", "")], ["a", "a", "", ""]
        )
        self.assertEqual(Wording(), Wording({}, {}))

    def test_what_is_new_counts_from_a_warning_on(self):
        now = [Finding(str(level), level) for level in Level]
        self.assertEqual([item.code for item in grown_worse(now, [])], ["warning", "bad"])
        before = [Finding("warning", Level.NOTE), Finding("bad", Level.BAD)]
        self.assertEqual([item.code for item in grown_worse(now, before)], ["warning"])
        self.assertEqual(
            [str(item.level) for item in gravest_first(now)], ["bad", "warning", "note", "ok"]
        )
