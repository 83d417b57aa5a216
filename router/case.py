"""A message under decision: what every verdict and step looks at."""

from dataclasses import dataclass

from .codes import AuthorCheck, StrangerReplies
from .directory import Directory
from .message import headers
from .message.addresses import Mailbox
from .message.mail import Field, ReceivedMail
from .places import Recipient
from .policy import Policy
from .rules.rules import Hit
from .sent import OwnCopy
from .tokens.reading import ReadToken
from .trust.authentication import NO_DMARC, Dmarc
from .trust.proofs import NO_PROOFS, Proofs
from .trust.received import Boundary
from .trust.stamps import first_unstamped

NOBODY = Mailbox()


@dataclass(frozen=True, slots=True)
class Case:
    """The message, who it was meant for, and the world it arrived in.

    ``recipients`` are those no step has placed yet; ``tokens`` the signed reply addresses among
    those found. ``verdicts`` are the names of those that hold so far; ``is_machine``: one of them
    says that a program wrote it; ``answerable``: none of them forbids that something of ours is
    sent back by itself. ``routed``: a step has found a place. ``only_threads``: an automatic
    reply, which may join what it answers and opens nothing. ``hits``: the administrator's rules
    that hold.

    ``author``: who wrote it, ready for Odoo: From, or the person behind a web form. ``proofs``
    say whose address is proved, ``author_check`` whether the author's is, for whatever place.
    ``unproven``: the author's address is one of ours, and nothing proves it. ``own``: whether it is
    a copy of a message that we sent.
    """

    mail: ReceivedMail
    directory: Directory
    policy: Policy
    boundary: Boundary
    recipients: tuple[Recipient, ...]
    author_check: AuthorCheck = AuthorCheck.UNVERIFIED
    dmarc: Dmarc = NO_DMARC
    proofs: Proofs = NO_PROOFS
    author: Mailbox = NOBODY
    unproven: bool = False
    tokens: tuple[ReadToken, ...] = ()
    verdicts: tuple[str, ...] = ()
    is_machine: bool = False
    answerable: bool = True
    routed: bool = False
    only_threads: bool = False
    hits: tuple[Hit, ...] = ()
    own: OwnCopy = OwnCopy.NO

    @property
    def sender_check(self) -> AuthorCheck:
        """Whether the one in From is proved, for whatever place: what a rule may believe.

        A reply address proves its customer for one record, and a form's customer is not its sender.
        """
        if self.proofs.of(self.mail.sender.address):
            return AuthorCheck.VERIFIED
        verified = self.author_check is AuthorCheck.VERIFIED
        return AuthorCheck.UNVERIFIED if verified else self.author_check

    def may_speak_on(self, *, familiar: bool) -> bool:
        """Whether what the author wrote is shown to everybody on a record, else it is a note.

        :param familiar: the author is somebody whom the record knows by this address. From says
            so, unless the check of our own servers failed. An address that stands elsewhere is
            somebody else's word: it counts where a group or form of ours is proved to have said it.
        """
        if self.unproven or self.author_check is AuthorCheck.FAILED:
            return False
        if len(self.mail.addresses(headers.FROM)) > 1 or len(self.mail.all(headers.FROM)) > 1:
            return False  # of which of them did our servers check the domain?
        author, sender = self.author.address, self.mail.sender.address
        is_ours = self.directory.is_ours
        if author != sender and not (is_ours(sender) and self.proofs.of(sender)):
            return False
        return bool(familiar or is_ours(author))

    @property
    def holds_strangers(self) -> bool:
        """Whether a reply of somebody whom the record does not know waits for a person.

        Not where it claims to be of one of us: that person must see it to release it. Nor does an
        automatic reply.
        """
        held = self.policy.stranger_replies == StrangerReplies.SORT
        return held and not self.unproven and not self.only_threads

    def stamped(self, name: str) -> tuple[Field, ...]:
        """Fields of that name that our own servers wrote, above the trust boundary, or filters
        directly below its hop.

        A sender may write there as well: good for what speaks against a message, never for it.
        """
        end = first_unstamped(self.mail, self.boundary)
        return tuple(item for item in self.mail.all(name) if item.index < end)
