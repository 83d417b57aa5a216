"""The live probe of a mailbox: which messages try it, how they are known again, what they prove."""

from .conclude import Conclusion, Course, Line, Seen, Sent, conclude
from .letters import Letter, letters
from .mark import Kind, find_probe
from .way import received_at

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
