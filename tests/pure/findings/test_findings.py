"""Findings in the order of gravity, and those that an older version has stored."""

from ....domain_check.sentences import WORDING as DOMAIN_CHECK
from ....findings import Finding, Level, Record, Wording, gravest_first, grown_worse, worst
from ....probe.sentences import WORDING as PROBE
from ...kit.pure import PureCase

OK, NOTE, WARNING, BAD = (Finding(str(level), level) for level in Level)


class TestFindings(PureCase):
    def test_the_gravest_level_counts_and_comes_first(self):
        self.assertEqual(worst([OK, BAD, NOTE]), Level.BAD)
        self.assertEqual(worst([]), Level.OK)
        other = Finding("other", Level.WARNING)
        found = gravest_first([OK, WARNING, other, BAD, NOTE])
        self.assertEqual(found, [BAD, WARNING, other, NOTE, OK])

    def test_what_has_grown_worse(self):
        milder = Finding("bad", Level.WARNING)
        for now, before, expected in (
            ([OK, NOTE, WARNING, BAD], [], [WARNING, BAD]),
            ([WARNING, BAD], [WARNING, BAD], []),
            ([BAD], [milder], [BAD]),
            ([milder], [BAD], []),
            ([], [BAD], []),
        ):
            with self.subTest(now=now, before=before):
                self.assertEqual(grown_worse(now, before), expected)

    def test_what_older_versions_have_stored_is_read(self):
        record = Record("example.com", "TXT", "v=spf1 mx ~all", True)
        values = {"domain": "example.com"}
        (finding,) = DOMAIN_CHECK.load(
            [
                {
                    "code": "spf_missing",
                    "level": "bad",
                    "values": values,
                    "record": ["example.com", "TXT", "v=spf1 mx ~all", True],
                },
                {"code": "spf_of_old", "level": "bad", "values": {}, "record": None},
            ]
        )
        self.assertEqual(finding, Finding("spf_missing", Level.BAD, values, record))
        line = {"code": "junk", "level": "warning", "values": {}, "how_to": False}
        self.assertEqual(PROBE.load([line]), [Finding("junk", Level.WARNING)])
        check = {"code": "incoming_login", "level": "bad", "text": "No."}
        self.assertEqual(Finding.from_json(check), Finding("incoming_login", Level.BAD, text="No."))
        self.assertEqual(PROBE.load(None), [])

    def test_a_subject_is_what_a_code_begins_with(self):
        wording = Wording(subjects={"mx": "MX", "mta_sts": "MTA-STS"})
        for code, subject in (
            ("mx_ok", "mx"),
            ("mta_sts_ok", "mta_sts"),
            ("mx", "mx"),
            ("mxx_ok", ""),
            ("mta_ok", ""),
        ):
            self.assertEqual(wording.subject(code), subject)
