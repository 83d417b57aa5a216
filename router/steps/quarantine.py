from ...translatable import _lt
from ..case import Case
from ..codes import Reason
from .base import Found, Step


class Quarantine(Step):
    """Nobody is left to ask: a person decides, and nothing is sent."""

    name = "quarantine"
    label = _lt("No recipient found")
    reason = Reason.UNMATCHED

    def find(self, case: Case) -> Found:
        """Say what is left unplaced."""
        names = ", ".join(item.address for item in case.recipients[:5])
        return Found(
            f"nobody receives mail for {names}" if names else "no recipient at our domains"
        )
