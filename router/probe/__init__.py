"""The live probe of a mailbox: which mails try it, how they are known again, what they prove."""

from .conclude import Conclusion, Course, Line, Seen, Sent, conclude, received_at
from .letters import Letter, letters
from .mark import Kind, find_probe

__all__ = [
    "Conclusion",
    "Course",
    "Kind",
    "Letter",
    "Line",
    "Seen",
    "Sent",
    "conclude",
    "find_probe",
    "letters",
    "received_at",
]
