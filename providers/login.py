"""How an account logs in to its provider, in the words of Odoo's OAuth addons."""

from .detect import PRESETS, find_by_server
from .preset import Preset

_OAUTH = {"google": "gmail", "microsoft": "outlook"}


def login_of(preset: Preset | None) -> str:
    """``gmail`` or ``outlook``, as Odoo's OAuth addons call it, else ``password``."""
    return _OAUTH[preset.code] if preset and preset.login == "oauth" else "password"


def find_by_account(host: str, login: str) -> Preset | None:
    """The provider of an account: by its server, else by a login that one provider alone has."""
    named = (PRESETS[code] for code, name in _OAUTH.items() if name == login)
    return find_by_server(host) or next(named, None)
