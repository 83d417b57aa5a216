"""The end of the line: a person decides."""

from ..case import Case
from ..codes import Reason
from .base import Found, Step


class Quarantine(Step):
    """Nobody is left to ask. The mail waits in the inbox of the ledger; nothing is sent."""

    name = "quarantine"
    reason = Reason.UNMATCHED
    last_resort = True

    def find(self, case: Case) -> Found:
        """Say what is left unplaced."""
        names = ", ".join(item.address for item in case.recipients[:5])
        return Found(
            f"nobody receives mail for {names}" if names else "no recipient at our domains"
        )
