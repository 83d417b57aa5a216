"""The base of tests that need neither a database nor Odoo.

In Odoo's own runner a plain unittest.TestCase is skipped, so there they are BaseCase.
"""

try:
    from odoo.tests import BaseCase as PureCase
except ImportError:
    from unittest import TestCase as PureCase

__all__ = ["PureCase"]
