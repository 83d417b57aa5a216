"""The live probe of a mailbox: which messages try it, how they are known again, what they prove."""

from .conclude import Conclusion, conclude
from .course import Course, Seen, Sent
from .forged import forged_ids
from .hop_dates import received_at
from .messages import ProbeMessage, address_of, forged_probe, probe_messages

__all__ = [
    "Conclusion",
    "Course",
    "ProbeMessage",
    "Seen",
    "Sent",
    "address_of",
    "conclude",
    "forged_ids",
    "forged_probe",
    "probe_messages",
    "received_at",
]
