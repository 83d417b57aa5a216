"""The verdict and the step of the example addon, which docs/extending.md shows."""

import sys
from types import ModuleType
from unittest.mock import patch

from ... import translatable
from ...router import codes, steps, verdicts
from ...router.case import Case
from ...router.message.mail import ReceivedMail
from ...router.places import Recipient
from ...router.recipients import find_recipients
from ...router.steps import alias
from ..kit.memory_directory import world_directory
from ..kit.pure import PureCase
from ..kit.sources import ROOT

EXAMPLE = ROOT / "tests" / "example_addon" / "catchall_example"
_ADDON = "odoo.addons.mail_catchall_router"
_ROUTER = f"{_ADDON}.router"


class TestExamples(PureCase):
    """Without Odoo: the names under which its modules import the router lead to the router."""

    def example(self, file, name):
        known = {
            f"{_ROUTER}.codes": codes,
            f"{_ROUTER}.steps": steps,
            f"{_ROUTER}.steps.alias": alias,
            f"{_ROUTER}.verdicts": verdicts,
            f"{_ADDON}.translatable": translatable,
            "odoo.tools": ModuleType("odoo.tools"),
        }
        known["odoo.tools"].LazyTranslate = lambda _module: str
        namespace = {}
        with patch.dict(sys.modules, known):
            for path in ("codes.py", file):
                source = (EXAMPLE / path).read_text("utf-8")
                source = source.replace("from .codes import ExampleReason\n", "")
                exec(compile(source, path, "exec"), namespace)
        return namespace[name]()

    def case(self, source, *recipients):
        directory = world_directory()
        mail = ReceivedMail.from_bytes(source)
        policy = directory.policy("default")
        found = tuple(Recipient(address, "to") for address in recipients)
        boundary = find_recipients(mail, directory, policy).boundary
        return Case(mail, directory, policy, boundary, found)

    def test_the_verdict_knows_an_invitation(self):
        verdict = self.example("invitation.py", "Invitation")
        self.assertTrue(verdict.check(self.case(b"Content-Type: Text/Calendar; x=y\r\n\r\n")))
        self.assertIsNone(verdict.check(self.case(b"Content-Type: text/plain\r\n\r\n")))

    def test_the_step_places_a_plural_and_leaves_the_rest(self):
        step = self.example("plural.py", "Plural")
        found = step.find(self.case(b"\r\n", "supports@example.com", "nobody@example.com"))
        self.assertEqual([route.alias.address for route in found.routes], ["support@example.com"])
        self.assertEqual([item.address for item in found.remaining], ["nobody@example.com"])
