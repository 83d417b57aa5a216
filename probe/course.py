"""The course of a probe so far: what was sent, what has arrived where, and how it was set up."""

from dataclasses import dataclass
from datetime import datetime

from ..router.message.mail import ReceivedMail
from ..router.policy import Policy
from ..router.tokens.probe_mark import Kind
from .answers import says_nobody

INBOX, JUNK = "inbox", "junk"


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that left; ``answer`` is the refusal of one that did not, or what came back.

    ``at_recipient``: it was the answer to RCPT, so it is about the address.
    """

    kind: Kind
    address: str
    answer: str = ""
    bounced: bool = False
    at_recipient: bool = False

    @property
    def is_nobodys(self) -> bool:
        """Whether a server said for good that nobody has the address."""
        at_recipient = self.bounced or self.at_recipient
        return bool(self.answer) and says_nobody(self.answer, at_recipient=at_recipient)


@dataclass(frozen=True, slots=True)
class Seen:
    """A message that arrived: ``place`` is INBOX, JUNK, or another folder's name; ``found``
    when it was seen there (naive, in UTC).
    """

    kind: Kind
    place: str
    mail: ReceivedMail
    seconds: int = 0
    found: datetime | None = None


@dataclass(frozen=True, slots=True)
class Course:
    """A probe so far. ``started`` and ``now`` are naive, in UTC; ``over`` when nobody waits."""

    domain: str
    started: datetime
    now: datetime
    over: bool
    sent: tuple[Sent, ...] = ()
    seen: tuple[Seen, ...] = ()
    pinned: str = ""
    folder: str = "INBOX"
    reads_junk: bool = True
    mailbox_error: str = ""
    sending_error: str = ""
    has_account: bool = True
    wants_outside: bool = True
    from_policy: str = "auto"  # of the outgoing account
    policy: Policy | None = None  # of the incoming account

    def by_kind(self, kind: Kind) -> Seen | None:
        """The copy of a message that is where it is fetched from, else any."""
        found = [item for item in self.seen if item.kind is kind]
        found.sort(key=lambda item: (item.place != INBOX, item.place != JUNK))
        return found[0] if found else None

    def sent_as(self, kind: Kind) -> Sent | None:
        """The message of that kind, if one was sent or tried."""
        return next((item for item in self.sent if item.kind is kind), None)

    @property
    def is_settled(self) -> bool:
        """Whether the fate of every message that was sent is known. Filters may drop the one with
        forged results, and that is no fault.
        """
        arrived = {item.kind for item in self.seen}
        awaited = [item for item in self.sent if item.kind is not Kind.FORGED]
        return all(item.answer or item.kind in arrived for item in awaited)
