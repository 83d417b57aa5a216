"""Answering machines (RFC 3834 and what is older than it)."""

from .. import headers
from ..case import Case
from ..decision import Reason
from .base import Effect, Evidence, Verdict

_MARKERS = ("x-autoreply", "x-autorespond", "x-autoresponder", "x-autoresponse")


class AutoReply(Verdict):
    """An answering machine wrote this: it may join a thread, it never opens one."""

    name = "auto_reply"
    reason = Reason.AUTO_REPLY
    effect = Effect.THREAD_ONLY

    def check(self, case: Case) -> Evidence | None:
        """RFC 3834 §5: ``Auto-Submitted: auto-replied``; else the markers of its ancestors."""
        submitted = case.mail.first(headers.AUTO_SUBMITTED).partition(";")[0].strip().lower()
        if submitted.startswith("auto-replied"):
            return Evidence(f"Auto-Submitted: {submitted}")
        if submitted == "no":
            return None
        for name in _MARKERS:
            if case.mail.has(name):
                return Evidence(f"{name} is set")
        if case.mail.first(headers.PRECEDENCE).strip().lower() == "auto_reply":
            return Evidence("Precedence: auto_reply")
        return None
