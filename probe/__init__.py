"""The live probe of a mailbox: which messages try it, how they are known again, what they prove."""

from .conclude import Conclusion, Course, Line, Seen, Sent, conclude
from .test_messages import Letter, letters
from .hop_dates import received_at

__all__ = [
    "Conclusion",
    "Course",
    "Letter",
    "Line",
    "Seen",
    "Sent",
    "conclude",
    "letters",
    "received_at",
]
