"""A mail under decision: what every verdict and step looks at."""

from dataclasses import dataclass

from .decision import AuthorCheck, Directory, Policy, Recipient
from .mail import Field, ReceivedMail
from .received import Boundary


@dataclass(frozen=True, slots=True)
class Case:
    """The mail, who it was meant for, and the world it arrived in.

    ``recipients`` are those no step has placed yet; ``verdicts`` the reasons found so far.
    """

    mail: ReceivedMail
    directory: Directory
    policy: Policy
    boundary: Boundary
    recipients: tuple[Recipient, ...]
    author_check: AuthorCheck = AuthorCheck.UNVERIFIED
    verdicts: tuple[str, ...] = ()
    routed: bool = False

    def believed(self, name: str) -> tuple[Field, ...]:
        """Fields of that name that our own servers wrote (above the trust boundary)."""
        return tuple(item for item in self.mail.all(name) if self.boundary.believes(item.index))
