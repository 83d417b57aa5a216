"""An SMTP session that survives refusals and lost connections. It knows no Odoo.

Odoo keeps one ``smtplib.SMTP`` for many messages, calls ``send_message`` on it, ignores which
recipients were refused, and gives up a whole batch when the connection is lost. This stands in
its place: what is not defined here is the connection's own.

- A refusal that names the sender: the same message goes again at once as its fallback identities.
- A connection that is lost before the message's text was sent: once again in a new one.
- What was taken can be kept: the exact text, as the identity that the server took it from.
- Silence after the text (RFC 1047) may mean that it was accepted: the caller decides when the
  same message, with the same Message-ID, goes again.
"""

import contextlib
import smtplib
from collections.abc import Callable, Iterable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

from .dispatch import AwaitedDispatches, Refused, dispatch_of
from .identity import OutgoingAccount, write_identity
from .refusals import Answer, DeliveryError, Outcome
from .wire import prepare_for_wire

NO_UTF8 = Answer(
    553,  # RFC 6531 §3.5
    "5.6.7 The outgoing mail server does not support addresses with non-ASCII letters before the "
    "@ (SMTPUTF8). Write to another address of this recipient.",
)
Connection = Any  # smtplib.SMTP, or what a test puts in its place
# Its ``keep(message, source)`` takes a message that somebody got, and its bytes as they left.
SentCopies = Any


class AccountSession:
    """A session of one account; what it knows of that changes when the server refuses something.

    ``connect`` opens another connection like the first. ``record_accepted`` is called with the key
    of the ``mail.mail`` and the recipients that the server took, before anything else can go
    wrong; ``record_refusal`` with what the server does not accept and the refusal after which the
    message went through without it; ``ended`` when the session ends.
    """

    # Core asks for both. Else it puts the session's address into From, and chooses the envelope
    # by it.
    from_filter = smtp_from = False

    def __init__(
        self,
        connection: Connection,
        connect: Callable[[], Connection],
        account: OutgoingAccount,
        *,
        record_accepted: Callable[[int, list[str]], None] = lambda mail_id, recipients: None,
        record_refusal: Callable[[Refused, Answer], None] = lambda refused, answer: None,
        ended: Callable[[], None] = lambda: None,
        copies: SentCopies | None = None,
    ) -> None:
        self.connection = connection
        self.account = account
        self.copies = copies
        self.dispatches = AwaitedDispatches()
        self.outcomes: dict[int, Outcome] = {}  # by mail_id
        self.company_names: dict[int, str] = {}  # of those that were looked up, by id
        self._dead: Answer | None = None
        self._connect = connect
        self._record_accepted, self._record_refusal = record_accepted, record_refusal
        self._ended = ended
        self._text: object = None  # of the message at hand, once it has begun to leave

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def resume(self, served: dict[int, set[str]]) -> None:
        """Begin with who got which message, by ``mail_id``, in an attempt of another session."""
        for mail_id, addresses in served.items():
            self.outcomes.setdefault(mail_id, Outcome()).earlier = addresses

    def served_earlier(self, message: EmailMessage) -> set[str]:
        """Who got a message already; their normalised addresses."""
        outcome = self.outcomes.get(dispatch_of(message).mail_id)
        return outcome.earlier if outcome else set()

    def send_message(
        self, message: EmailMessage, from_addr: str, to_addrs: Iterable[str], **_options: Any
    ) -> dict[str, Answer]:
        """Send one prepared message; return the refused recipients.

        One of a ``mail.mail`` has its outcome kept here, and raises only when the refusal is not
        about single recipients.

        :raises DeliveryError: when nobody got it
        """
        recipients = list(to_addrs)
        prepare_for_wire(message)
        mail_id = dispatch_of(message).mail_id
        outcome = self.outcomes.setdefault(mail_id, Outcome()) if mail_id else Outcome()
        try:
            refused = self._send_as_somebody(message, from_addr, recipients)
        except DeliveryError as error:
            outcome.failure = error.answer
            raise
        taken = [address for address in recipients if address not in refused]
        outcome.accepted.update(taken)
        outcome.refused.update(refused)
        if mail_id and taken:
            self._record_accepted(mail_id, taken)
        if self.copies and taken and isinstance(self._text, bytes):
            self.copies.keep(message, self._text)
        self._text = None
        if refused and not taken and not mail_id:
            raise DeliveryError(next(iter(refused.values())))
        return refused

    def _send_as_somebody(
        self, message: EmailMessage, from_addr: str, recipients: list[str]
    ) -> dict[str, Answer]:
        refusal = None
        for fallback in (*dispatch_of(message).fallbacks, None):
            try:
                refused = self._transmit(message, from_addr, recipients)
            except DeliveryError as error:
                if not (fallback and error.answer.names_sender):
                    raise
                answer = error.answer
            else:
                answers = list(refused.values())
                nobody = len(refused) == len(recipients)
                if not (fallback and nobody and all(each.names_sender for each in answers)):
                    if refusal and not nobody:
                        self._do_without(*refusal)
                    return refused
                answer = answers[0]
            part, identity = fallback
            refusal, from_addr = (part, answer), identity.envelope
            write_identity(message, identity)
        raise AssertionError("unreachable")

    def _do_without(self, refused: Refused, answer: Answer) -> None:
        if refused == "envelope":
            self.account = replace(self.account, bounce_domains=frozenset())
        else:
            self.account = replace(self.account, refuses_authors=True)
        self._record_refusal(refused, answer)

    def _transmit(
        self, message: EmailMessage, from_addr: str, recipients: list[str]
    ) -> dict[str, Answer]:
        """One transaction; in a new connection when the old one was lost before the text."""
        for last in (False, True):
            if self._dead:
                raise DeliveryError(self._dead)
            self._watch()
            beyond: dict[str, Answer] = {}
            try:
                beyond = self._beyond_ascii(recipients)
                able = [address for address in recipients if address not in beyond]
                if not able:
                    return beyond
                refused = self.connection.send_message(message, from_addr, able)
            except smtplib.SMTPRecipientsRefused as error:
                answers = {address: _answer(*reply) for address, reply in error.recipients.items()}
                final = list(answers.values())[-1]
                if last or final.code != 421:
                    # smtplib stops asking when the server says goodbye: nobody else was taken.
                    refusals = {address: answers.get(address, final) for address in recipients}
                    return {**refusals, **beyond}
            except smtplib.SMTPResponseException as error:
                closing = error.smtp_code == 421 and self._text is None
                if last or not closing:
                    raise DeliveryError(_answer(error.smtp_code, error.smtp_error)) from error
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                if last or self._text is not None:
                    self.connection.close()
                    raise DeliveryError(Answer(0, str(error))) from error
            else:
                answers = {address: _answer(*reply) for address, reply in (refused or {}).items()}
                return {**answers, **beyond}
            self._reconnect()
        raise AssertionError("unreachable")

    def _beyond_ascii(self, recipients: list[str]) -> dict[str, Answer]:
        """Recipients whom this server cannot be told of: letters beyond ASCII before the @ need
        SMTPUTF8 (RFC 6531). smtplib would refuse the whole message, and others with it.
        """
        beyond = [address for address in recipients if not address.isascii()]
        if not beyond:
            return {}
        self.connection.ehlo_or_helo_if_needed()
        return {} if self.connection.has_extn("smtputf8") else dict.fromkeys(beyond, NO_UTF8)

    def _watch(self) -> None:
        """Note when the text of a message begins to leave: from then on silence is ambiguous."""
        self._text = None
        connection = self.connection
        send = getattr(type(connection), "data", None)
        if send is None:
            return

        def data(text: Any) -> Any:
            self._text = text
            return send(connection, text)

        connection.data = data

    def _reconnect(self) -> None:
        try:
            self.connection.close()
            self.connection = self._connect()
        except Exception as error:
            # Whatever keeps us from connecting is told for every message that still waits.
            code = getattr(error, "smtp_code", 0)
            self._dead = Answer(code if 400 <= code < 500 else 0, str(error))

    def quit(self) -> Any:
        """Say goodbye; a connection that is gone already needs none."""
        self._ended()
        with contextlib.suppress(smtplib.SMTPServerDisconnected, OSError):
            return self.connection.quit()


def _answer(code: int, text: bytes | str) -> Answer:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return Answer(code, text)
