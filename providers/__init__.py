"""Providers of mailboxes: presets as data, how they are recognised, and their commands."""

from .detect import (
    BY_MX,
    BY_PANEL,
    PRESETS,
    SERVICES,
    Detection,
    detect,
    find_by_server,
    find_preset,
)
from .login import find_by_account, login_of
from .powershell import microsoft_commands
from .preset import Preset, Server
from .proposal import Proposal, propose
from .relays import RELAYS

__all__ = [
    "BY_MX",
    "BY_PANEL",
    "PRESETS",
    "RELAYS",
    "SERVICES",
    "Detection",
    "Preset",
    "Proposal",
    "Server",
    "detect",
    "find_by_account",
    "find_by_server",
    "find_preset",
    "login_of",
    "microsoft_commands",
    "propose",
]
