"""The kinds of message, in order (docs/design.md#verdicts): the first that holds decides."""

from .auto_reply import AutoReply
from .base import Effect, Evidence, Verdict
from .bounce import Bounce
from .bulk import Bulk
from .calendar_reply import CalendarReplyVerdict
from .complaint import Complaint
from .forged import Forged
from .loop import Loop
from .machine import Machine
from .probe import Probe
from .receipt import Receipt
from .report import Report
from .spam import Spam

VERDICTS: tuple[Verdict, ...] = (
    Probe(),  # our own mailbox test
    Loop(),  # our own mail that came back
    Bounce(),  # a server says that a message of ours did not arrive
    Receipt(),  # it arrived, or was read
    Complaint(),  # it was called spam
    Report(),  # a server reports on a domain or an account of ours
    CalendarReplyVerdict(),  # "accepted": some calendars say "auto-replied" as well
    AutoReply(),  # an auto-responder
    Spam(),  # our own filter's judgement
    Forged(),  # somebody writes with another's address
    Bulk(),  # mail to many
    Machine(),  # a program, but one that means us: it goes its way
)

__all__ = ["VERDICTS", "Effect", "Evidence", "Verdict"]
