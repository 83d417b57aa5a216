"""Runs inside Odoo: every message of tests/mails through one side, outcomes as JSON to a file.

As a test case of Odoo's own, so that nothing is sent and everything can be undone; in a database
without the addon its `__init__` must not be imported, for Odoo would load its models' classes.
"""

from __future__ import annotations

import importlib
import json
import sys
import unittest
from pathlib import Path
from types import ModuleType
from typing import Any

from ..paths import ADDON, CHECKOUT


def main() -> None:
    """Arguments: odoo.conf, database, `plain` or `ours`, the file for the outcomes, messages."""
    conf, database, side, result, *names = sys.argv[1:]
    from odoo.tools import config

    config.parse_config(["-c", conf, "-d", database, "--log-handler", ":CRITICAL"])
    from odoo.modules import module
    from odoo.modules.registry import Registry

    Registry(database)
    package = f"odoo.addons.{ADDON}"
    if side == "plain":
        package = ADDON
        _package(package, CHECKOUT)
    _package(f"{package}.tests", CHECKOUT / "tests")
    case = _case(
        importlib.import_module(f"{package}.tests.scoring.odoo_sides"), package, side, names
    )
    module.current_test = case
    outcome = unittest.TestSuite([case]).run(unittest.TestResult())
    for _failed, trace in outcome.errors + outcome.failures:
        sys.exit(trace)
    Path(result).write_text(json.dumps(case.outcomes), "utf-8")


def _package(name: str, folder: Path) -> None:
    """Make a package whose `__init__` is not run."""
    made = ModuleType(name)
    made.__path__ = [str(folder)]
    sys.modules[name] = made


def _case(sides: Any, package: str, side: str, names: list[str]) -> Any:
    from odoo.tests import TransactionCase

    odoo_world = importlib.import_module(f"{package}.tests.scoring.odoo_world")

    class Side(TransactionCase):  # type: ignore[misc]
        """All messages, one after the other, each undone before the next."""

        test_tags = frozenset({"standard"})  # Odoo gives them to tests of modules only
        test_module = ADDON
        outcomes: dict[str, Any] = {}

        def runTest(self) -> None:  # noqa: N802 - unittest's name
            expected = json.loads((odoo_world.MAILS / "expected.json").read_text("utf-8"))
            world = odoo_world.OdooWorld(self.env)
            router = self._plain(world) if side == "plain" else sides.Router(world)
            for name in names:
                item = expected[name]
                outcome = router.run((odoo_world.MAILS / name).read_bytes(), item)
                wanted = sorted(world.expected_place(target) for target in item["targets"])
                self.outcomes[name] = {**outcome, "wanted": wanted}

        def _plain(self, world: Any) -> Any:
            self.env.flush_all()
            self.registry_enter_test_mode()
            return sides.PlainOdoo(world, self.registry.cursor)

    return Side("runTest")


if __name__ == "__main__":
    main()
