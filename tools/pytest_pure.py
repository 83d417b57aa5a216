"""A pytest plugin for the pure tests: the addon's package without its `__init__`.

The tests import relatively (`from ..router.chain import Chain`), and the addon's
`__init__` imports Odoo. Packages that are known already are not imported again, so they
are put in place beforehand, empty. Importing Odoo is refused: a pure test that needs it
must fail, also where Odoo happens to be installed.
"""

from __future__ import annotations

import sys
from types import ModuleType

from tools.paths import ADDON, ADDON_LINK, link_addon


def _package(name: str, folder: str) -> None:
    module = ModuleType(name)
    module.__path__ = [folder]
    module.__file__ = f"{folder}/__init__.py"
    module.__package__ = name
    sys.modules[name] = module


link_addon()
_package(ADDON, str(ADDON_LINK))
_package(f"{ADDON}.tests", str(ADDON_LINK / "tests"))
sys.modules["odoo"] = None  # type: ignore[assignment]
