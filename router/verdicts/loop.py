"""Our own automatic mail that came back."""

from .. import headers
from ..case import Case
from ..decision import Reason
from .base import Effect, Evidence, Verdict

# Odoo puts this into the references of every notice it sends by itself (mail_thread.py,
# _detect_loop_headers): whatever refers to it is an answer to a machine.
_NOTICE = "-loop-detection-bounce-email@"


class Loop(Verdict):
    """An answer to an automatic notice of ours."""

    name = "loop"
    reason = Reason.LOOP
    effect = Effect.IGNORE

    def check(self, case: Case) -> Evidence | None:
        """Look for the mark of Odoo's own notices among the references."""
        references = (*case.mail.references, *case.mail.in_reply_to)
        if any(_NOTICE in reference for reference in references):
            return Evidence(f"{headers.REFERENCES} name an automatic notice of ours")
        return None
