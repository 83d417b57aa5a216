"""The states and reasons of the ledger: the router's, and those that it never gives."""

from ..router.codes import Codes, Reason, State
from ..router.verdicts import VERDICTS


class LedgerState(Codes):
    """Where a message stands that is not decided yet, or cannot be."""

    RECEIVED = "received", "Queued"
    FAILED = "failed", "Failed"


class LedgerReason(Codes):
    """Why it is held or failed, whatever it says."""

    RATE = "rate", "Too many from one sender"
    OVERSIZE = "oversize", "Too large"
    ERROR = "error", "Error"
    BUDGET = "budget", "Too costly to process"


STATES = (LedgerState.RECEIVED, *State, LedgerState.FAILED)
REASONS = (*Reason, *(item.reason for item in VERDICTS if item.reason), *LedgerReason)
