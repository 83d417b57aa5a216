"""The ways to find a mail's place, in their order (DESIGN §6)."""

from .alias import AliasStep
from .base import Found, Step
from .fallback import Fallback
from .sub_address import SubAddress
from .thread import Thread

STEPS: tuple[Step, ...] = (
    Thread(),  # In-Reply-To and References: the record knows the conversation
    AliasStep(),  # the address says it
    SubAddress(),  # sales+web@ is sales@
    Fallback(),  # what the admin wants done with the rest
)

__all__ = ["STEPS", "Found", "Step"]
