"""What is known of one message to one recipient, on its way from the record to the socket.

``mail.mail`` knows the record, the message alone reaches the account. Core hands only strings
from the one to the other, so the session keeps what was found out until the message is built;
from then on it stays with the message.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from email.message import EmailMessage
from typing import Literal

from ..router.tokens.tokens import bounce_local_part
from .identity import Author, Identity, OutgoingAccount, ReplyTo, identify, without_author

# What a server may refuse: to send as this author, or from this bounce address.
Refused = Literal["author", "envelope"]


@dataclass(slots=True, kw_only=True)
class Dispatch:
    """One message to one recipient; a message that no ``mail.mail`` sends has the defaults.

    ``message_id`` and ``recipients`` are core's arguments, by which the message is recognised when
    it is built. ``copy_rank`` says whose copy the Sent folder gets, 0: none. ``author`` is whom
    the message named before it was given an identity, ``identity`` the one that it was given.
    ``fallbacks`` are what the server may refuse next, and the identity of the same message without
    it.
    """

    mail_id: int = 0
    company_id: int = 0
    message_id: str = ""
    recipients: tuple[str, ...] = ()
    bounce_token: str = ""
    copy_rank: int = 0
    author: Author | None = None
    identity: Identity | None = None
    fallbacks: tuple[tuple[Refused, Identity], ...] = ()

    def identify(self, author: Author, account: OutgoingAccount, reply_to: ReplyTo) -> Identity:
        """Decide what the message says of its origin, and what to fall back to when refused."""
        self.author = author
        identity = identify(author, account, reply_to)
        self.fallbacks = ()
        if account.from_policy == "auto" and (plain := without_author(identity, author, account)):
            self.fallbacks = (("author", plain),)
        if bounce := self._bounce_address(identity, account):
            self.fallbacks = (("envelope", identity), *self.fallbacks)
            identity = replace(identity, envelope=bounce)
        self.identity = identity
        return identity

    def _bounce_address(self, identity: Identity, account: OutgoingAccount) -> str:
        """The envelope sender that names message and recipient, where it comes back, else ""."""
        # Of the same domain as From if possible: SPF then speaks for From (RFC 7489 §3.1.2).
        for domain in (identity.author.domain, identity.envelope.rpartition("@")[2]):
            if self.bounce_token and domain in account.bounce_domains:
                return f"{bounce_local_part(self.bounce_token)}@{domain}"
        return ""


def dispatch_of(message: EmailMessage) -> Dispatch:
    """Return what is known of a message, in the one attribute that a message gets from us."""
    dispatch: Dispatch = message.__dict__.setdefault("catchall_dispatch", Dispatch())
    return dispatch


def attach(message: EmailMessage, dispatch: Dispatch) -> None:
    """Keep a dispatch with its message, whoever changes, prepares or sends it."""
    message.__dict__["catchall_dispatch"] = dispatch


class AwaitedDispatches:
    """The dispatches of the ``mail.mail`` that is being sent, until their messages are built."""

    def __init__(self) -> None:
        self._awaited: list[Dispatch] = []

    def expect(self, dispatches: Iterable[Dispatch]) -> None:
        """Wait for the messages of the next ``mail.mail``, those of the last one no longer."""
        self._awaited = list(dispatches)

    def take(self, message_id: str, recipients: Iterable[str] | None) -> Dispatch | None:
        """Return the dispatch of a message that is being built; None: it is somebody else's.

        Where another addon has changed the recipients, a bounce must not blame one of ours.
        """
        wanted = tuple(recipients or ())
        of_mail = [known for known in self._awaited if known.message_id == message_id]
        for dispatch in of_mail:
            if dispatch.recipients == wanted:
                # Contacts may share name and address: each has its own.
                self._awaited = [known for known in self._awaited if known is not dispatch]
                return dispatch
        return replace(of_mail[0], bounce_token="") if of_mail else None
