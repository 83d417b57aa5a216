from ...translatable import _lt, said
from ..case import Case
from ..codes import Reason
from .base import Found, Step


class Quarantine(Step):
    """Nobody is left to ask: a person decides, and nothing is sent."""

    name = "quarantine"
    label = _lt("No recipient found")
    reason = Reason.UNMATCHED
    by_address = True

    def find(self, case: Case) -> Found:
        """Say what is left unplaced."""
        names = ", ".join(item.address for item in case.recipients[:5])
        if names:
            return Found(said(_lt("nobody receives mail for %(addresses)s"), addresses=names))
        return Found(said(_lt("no recipient at our domains")))
