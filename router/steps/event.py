from ...translatable import _lt, said
from ..case import Case
from ..codes import Reason
from ..message.calendar import calendar_reply
from ..places import Route
from .base import Found, Step


class EventStep(Step):
    """The event of ours whose invitation the message replies to, by the event's UID.

    Whoever was invited knows the UID, and so does everybody they sent it on to: it is a note.
    """

    name = "event"
    label = _lt("Calendar events")
    reason = Reason.REPLY
    joins_thread = True

    def find(self, case: Case) -> Found:
        """A note on the event, unless the thread has taken the message."""
        if case.routed:
            return Found(said(_lt("the conversation already names the record")))
        reply = calendar_reply(case.mail) if "calendar_reply" in case.verdicts else None
        if reply is None:
            return Found(said(_lt("no reply to an invitation")))
        place = case.directory.event(reply.uid) if reply.uid else None
        if place is None:
            return Found(said(_lt("no event of ours has this UID")))
        model, res_id = place
        text = said(_lt("note on %(record)s"), record=f"{model} {res_id}")
        return Found(text, (Route(model, res_id, internal=True),), ())
