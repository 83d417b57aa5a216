from ...translatable import _lt, said
from ..case import Case
from ..message.calendar import calendar_reply
from .base import Effect, Evidence, Verdict


class CalendarReplyVerdict(Verdict):
    """A reply to an invitation: noted on the event or in the thread it replies to."""

    name = "calendar_reply"
    label = _lt("Reply to an invitation")
    effect = Effect.THREAD_ONLY
    overridable = True
    in_conditions = True

    def check(self, case: Case) -> Evidence | None:
        """``METHOD:REPLY`` (RFC 5546 §3.2.3) in a calendar that is the whole message or one of its
        alternatives. One that answers nothing of ours waits: a person may have added a word.
        """
        reply = calendar_reply(case.mail)
        if reply is None:
            return None
        text = _lt("a calendar with METHOD:REPLY (%(details)s)")
        return Evidence(said(text, details=reply.status or reply.uid[:200]))
