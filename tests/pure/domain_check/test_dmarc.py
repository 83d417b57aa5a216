"""Our reader of DMARC records against the recorded verdicts of checkdmarc.

checkdmarc cannot be installed beside Odoo 19, so what it says of 700 records is kept in
``records/dmarc.json``.
"""

import json
from pathlib import Path

from ....domain_check.dmarc_record import is_dmarc, read_dmarc, write_tags
from ....domain_check.tags import read_tags
from ...kit.pure import PureCase

RECORDED = json.loads(
    (Path(__file__).parents[2] / "records" / "dmarc.json").read_text(encoding="utf-8")
)["records"]


class TestAgainstCheckdmarc(PureCase):
    def test_what_both_can_read_says_the_same(self):
        count = 0
        for text, theirs in RECORDED.items():
            if not isinstance(theirs, dict):
                continue
            ours = read_dmarc(text)
            with self.subTest(text=text):
                if ours is None:
                    # RFC 9989 takes a record without a policy for p=none, RFC 7489 for nothing.
                    self.assertEqual(theirs["p"], "none")
                    self.assertNotIn("p", read_tags(text))
                    continue
                said = {
                    "p": ours.policy,
                    "sp": ours.sub_policy,
                    "adkim": "s" if ours.strict_dkim else "r",
                    "aspf": "s" if ours.strict_spf else "r",
                    "t": "y" if ours.testing else "n",
                }
                self.assertEqual(said, said | theirs)
                count += 1
        self.assertGreater(count, 150)

    def test_what_one_sees_no_record_in_the_other_does_not_either(self):
        for text, theirs in RECORDED.items():
            with self.subTest(text=text):
                self.assertEqual(is_dmarc(text), theirs is not None)

    def test_every_error_of_theirs_is_one_of_ours(self):
        for text, theirs in RECORDED.items():
            if isinstance(theirs, str):
                ours = read_dmarc(text)
                with self.subTest(text=text, error=theirs):
                    self.assertTrue(ours is None or ours.wrong, ours)


class TestReading(PureCase):
    def test_tags_are_written_as_they_were(self):
        for text in ("v=DMARC1; p=none", "v=DMARC1; p=reject; sp=none; rua=mailto:a@b.test!10m"):
            self.assertEqual(write_tags(read_dmarc(text).tags), text)

    def test_domains_that_get_reports(self):
        read = read_dmarc("v=DMARC1; p=none; rua=mailto:a@B.test!10m, mailto:c@d.test,https://x")
        self.assertEqual(read.report_hosts, ("b.test", "d.test"))
