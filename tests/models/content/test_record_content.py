"""What a message of tests/mails holds stands on its record, in a real Odoo."""

import json

from odoo.tests import TransactionCase, tagged

from ...scoring.content_scoring import content_problems
from ...scoring.odoo_sides import Router
from ...scoring.odoo_world import MAILS, OdooWorld

EXPECTED = json.loads((MAILS / "expected.json").read_text(encoding="utf-8"))
WANTED = json.loads((MAILS / "content.json").read_text(encoding="utf-8"))


@tagged("post_install", "-at_install")
class TestRecordContent(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.router = Router(OdooWorld(cls.env))

    def test_each_record_shows_what_the_message_holds(self):
        for name, wanted in WANTED.items():
            expected = EXPECTED[name]
            with self.subTest(mail=name, phenomenon=expected["phenomenon"]):
                outcome = self.router.run((MAILS / name).read_bytes(), expected)
                self.assertEqual(content_problems(wanted, outcome), [], outcome)
