"""Every message of tests/mails ends in a real Odoo as in the pure core, records and all."""

import json

from odoo.tests import TransactionCase, tagged

from ...scoring.odoo_sides import Router
from ...scoring.odoo_world import MAILS, OdooWorld
from ...scoring.scoring import problems

EXPECTED = json.loads((MAILS / "expected.json").read_text(encoding="utf-8"))


@tagged("post_install", "-at_install")
class TestScoring(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.world = OdooWorld(cls.env)
        cls.router = Router(cls.world)

    def test_each_mail_ends_as_expected(self):
        for name, expected in EXPECTED.items():
            with self.subTest(mail=name, phenomenon=expected["phenomenon"]):
                outcome = self.router.run((MAILS / name).read_bytes(), expected)
                wanted = {self.world.expected_place(target) for target in expected["targets"]}
                self.assertEqual(problems(expected, wanted, outcome), [], outcome)
