from collections.abc import Sequence
from typing import Protocol

from .message.mail import ReceivedMail
from .places import Alias, ReplyTarget, ThreadMessage, User
from .rules.rules import Rule
from .sent import SentMessage
from .tokens.tokens import ReplyToken


class Directory(Protocol):
    """What the router asks of the world. Odoo answers in production, a dict in tests."""

    def aliases(self, address: str) -> Sequence[Alias]:
        """Active aliases of exactly this normalised address."""

    def user(self, address: str) -> User | None:
        """The internal user whose address this is."""

    def is_ours(self, address: str) -> bool:
        """Whether an address is one of our domains', of a company of ours, or of any internal
        user, archived ones and those with a foreign address included.
        """

    def addresses_of_login(self, login: str) -> frozenset[str]:
        """Every address that a login to our mail servers may write from, itself included."""

    def familiar(self, model: str, res_id: int, address: str) -> bool:
        """Whether a record knows who writes from that address: its correspondents."""

    def thread(self, message_ids: Sequence[str]) -> ThreadMessage | None:
        """The newest message known by one of these Message-IDs that belongs to a record."""

    def event(self, uid: str) -> tuple[str, int] | None:
        """Model and id of the event of ours whose invitation carried this UID (RFC 5545)."""

    def delivered(self, mail: ReceivedMail) -> frozenset[str] | None:
        """Targets (:attr:`Route.target`) that an earlier copy of this message has reached.

        None when there was no earlier copy; empty when there was one that went nowhere.
        """

    def sent(self, mail: ReceivedMail, content: str) -> SentMessage | None:
        """The message of ours that this one may be a copy of, None when there is none.

        :param content: the key of what it says (``ReceivedMail.text_digest``), ``""`` where From is
            nobody of ours
        """

    def reply_target(self, token: ReplyToken, sender: str) -> ReplyTarget | None:
        """The record of a signed address whose signature is good; None when it is gone.

        :param sender: the author's normalised address, ``""`` when there is none
        """

    def known_addresses(self, domain: str) -> Sequence[str]:
        """Every address of a domain of ours: aliases and users, archived ones as well.

        Asked once per mistyped address: the answer should be made once per batch.
        """

    def rules(self) -> Sequence[Rule]:
        """The administrator's rules, in their order."""
