"""Attacks that were described beside the checkout: nobody gets in, nobody is spammed by us."""

import unittest

from odoo.tests import tagged

from ...kit.attacks.play import AttackCase
from ...kit.attacks.shared import FOLDER, MISSING, shared_cases
from ...kit.attacks.table import each_case


@tagged("post_install", "-at_install")
@unittest.skipUnless(FOLDER.is_dir(), MISSING)
@each_case(shared_cases())
class TestSharedAttacks(AttackCase):
    """``./dev test odoo test_attacks.py -k 4a`` plays one; kit/attacks/table.py shows all."""
