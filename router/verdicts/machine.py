from ...translatable import _lt
from ..case import Case
from ..message.automatic import automatic_sign
from ..message.lists import is_own_group
from .base import Effect, Evidence, Verdict


class Machine(Verdict):
    """A program such as a web form or a job board: its mail creates records as a person's does.

    ``X-Auto-Response-Suppress`` alone does not make a machine: Exchange's users may set it.
    """

    name = "machine"
    label = _lt("Automated email")
    effect = Effect.NOTE
    in_conditions = True
    is_machine = True

    def check(self, case: Case) -> Evidence | None:
        """``Auto-Submitted: auto-generated`` (RFC 3834 §5), ``Precedence: bulk`` without
        list headers. Auto-responders were taken out before.
        """
        sign = automatic_sign(
            case.mail, through_own_group=is_own_group(case.mail, case.policy.domains)
        )
        return Evidence(sign) if sign else None
