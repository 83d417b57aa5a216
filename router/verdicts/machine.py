"""Programs: forms, shops, job boards, monitors."""

from ..case import Case
from ..message.automatic import automatic_sign
from ..message.lists import is_own_group
from .base import Effect, Evidence, Verdict


class Machine(Verdict):
    """A program wrote this: it creates its record as usual, and is never answered.

    ``X-Auto-Response-Suppress`` alone does not make a machine: Exchange's users may set it.
    """

    name = "machine"
    reason = None
    effect = Effect.NOTE

    def check(self, case: Case) -> Evidence | None:
        """RFC 3834 §5 and what is older; auto-responders were taken out before."""
        sign = automatic_sign(
            case.mail, through_own_group=is_own_group(case.mail, case.policy.domains)
        )
        return Evidence(sign) if sign else None
