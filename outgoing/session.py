"""An SMTP session that survives refusals and lost connections. It knows no Odoo.

Odoo keeps one ``smtplib.SMTP`` for many messages, calls ``send_message`` on it, ignores which
recipients were refused, and gives up a whole batch when the connection is lost. This stands in
its place: what is not defined here is the connection's own.

- A refusal that names the sender: the same message goes again at once as its fallback identities.
- A connection that is lost before the message's text was sent: once again in a new one.
- What was taken can be kept: the exact text, as the identity that the server took it from.
- A limit of the account: nothing more is sent in this session.
- Silence after the text (RFC 1047) may mean that it was accepted: that is written down before the
  text ends, and the caller decides when the same message, with the same Message-ID, goes again.
"""

import contextlib
import functools
import smtplib
from collections.abc import Callable, Iterable
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

from ..router.message.addresses import normalise
from .dispatch import AwaitedDispatches, Refused, dispatch_of
from .identity import OutgoingAccount, write_identity
from .refusals import Answer, DeliveryError, Outcome, Stage
from .watch import Watch
from .wire import prepare_for_wire

TEN_MINUTES = 600.0  # RFC 5321 §4.5.3.2.6: a server may take so long after the final dot
NO_UTF8 = Answer(
    553,  # RFC 6531 §3.5
    "5.6.7 The outgoing mail server does not support addresses with non-ASCII letters before the "
    "@ (SMTPUTF8). Write to another address of this recipient.",
)
Connection = Any  # smtplib.SMTP, or what a test puts in its place
# Its ``keep(message, source)`` takes a message that somebody got, and its bytes as they left.
SentCopies = Any


class Records:
    """What a session has to tell, at the moment at which it happens; by itself it forgets all."""

    def begun(self, mail_id: int, recipients: list[str], text: bytes) -> None:
        """The text begins to leave: from now on these may get it."""

    def settled(self, mail_id: int, taken: list[str], silent: list[str]) -> None:
        """The server has taken it for some, and of others it did not say; nobody else has it."""

    def refusal(self, refused: Refused, answer: Answer) -> None:
        """A message went through without what the server did not accept."""

    def limit(self, answer: Answer) -> None:
        """The account has sent enough for now."""


class AccountSession:
    """A session of one account; what it knows of that changes when the server refuses something.

    ``connect`` opens another connection like the first. ``records`` writes down at once what
    happens on the wire (``Records``). ``patience`` says for how many seconds the answer to a text
    may be waited for now; ``ended`` is called when the session ends.
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
        records: Records | None = None,
        patience: Callable[[], float] = lambda: TEN_MINUTES,
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
        self._records = records or Records()
        self._patience, self._ended = patience, ended
        self._watch = Watch(connection)
        self._asked_twice: set[tuple[int, str]] = set()  # mail_id and address: not a third time

    def __getattr__(self, name: str) -> Any:
        return getattr(self.connection, name)

    def resume(
        self, served: dict[int, set[str]], unsettled: dict[int, dict[str, int]] | None = None
    ) -> None:
        """Begin with who got which message, by ``mail_id``, in an attempt of another session.

        :param unsettled: who may have got it, with the minutes until it goes once more; 0: now
        """
        for mail_id, addresses in served.items():
            self.outcomes.setdefault(mail_id, Outcome()).earlier = set(addresses)
        for mail_id, waiting in (unsettled or {}).items():
            outcome = self.outcomes.setdefault(mail_id, Outcome())
            outcome.unsettled = {address: left for address, left in waiting.items() if left}
            outcome.earlier |= set(outcome.unsettled)
            self._asked_twice |= {(mail_id, address) for address, left in waiting.items()}

    @property
    def hold(self) -> Answer | None:
        """The limit of the account that was reached in this session."""
        return self._dead if self._dead and self._dead.is_limit else None

    def leave_waiting(self, message: EmailMessage) -> bool:
        """Whether a message of a ``mail.mail`` need not be tried, because of a limit."""
        mail_id = dispatch_of(message).mail_id
        if not (self.hold and mail_id):
            return False
        self.outcomes.setdefault(mail_id, Outcome()).failure = self.hold
        return True

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
            outcome.failure, error.server_id = error.answer, self.account.server_id
            raise
        taken = [address for address in recipients if address not in refused]
        outcome.accepted.update(taken)
        outcome.refused.update(refused)
        if mail_id and self._watch.begun:
            self._records.settled(mail_id, taken, self._lost(refused))
        if self.copies and taken and isinstance(self._watch.text, bytes):
            self.copies.keep(message, self._watch.text)
        self._watch.forget()
        if limit := next((answer for answer in refused.values() if answer.is_limit), None):
            self._reached(limit)
        if refused and not taken and not mail_id:
            raise DeliveryError(next(iter(refused.values())), self.account.server_id)
        return refused

    @staticmethod
    def _lost(refused: dict[str, Answer]) -> list[str]:
        return [address for address, answer in refused.items() if answer.is_silence]

    def _reached(self, limit: Answer) -> None:
        if not self.hold:
            self._records.limit(limit)
        self._dead = limit

    def _send_as_somebody(
        self, message: EmailMessage, from_addr: str, recipients: list[str]
    ) -> dict[str, Answer]:
        refusal = None
        for fallback in (*dispatch_of(message).fallbacks, None):
            part = fallback[0] if fallback else None
            try:
                refused = self._transmit(message, from_addr, recipients)
            except DeliveryError as error:
                answer = error.answer
                if not (part and _other_identity_helps(part, answer, from_addr)):
                    raise
            else:
                answers = list(refused.values())
                nobody = len(refused) == len(recipients)
                helps = part and all(
                    _other_identity_helps(part, each, from_addr) for each in answers
                )
                if not (nobody and answers and helps):
                    if refusal and not nobody:
                        self._do_without(*refusal)
                    return refused
                answer = answers[0]
            assert fallback
            refusal, from_addr = (fallback[0], answer), fallback[1].envelope
            write_identity(message, fallback[1])
        raise AssertionError("unreachable")

    def _do_without(self, refused: Refused, answer: Answer) -> None:
        if answer.code < 500:
            return  # it went through, but what is temporary says nothing of the next message
        if refused == "envelope":
            self.account = replace(self.account, bounce_domains=frozenset())
        else:
            self.account = replace(self.account, refuses_authors=True)
        self._records.refusal(refused, answer)

    def _transmit(
        self, message: EmailMessage, from_addr: str, recipients: list[str]
    ) -> dict[str, Answer]:
        """One transaction; in a new connection when the old one was lost before the text."""
        # long: all the ways in which smtplib says that something went wrong
        for last in (False, True):
            if self._dead:
                raise DeliveryError(self._dead)
            mail_id = dispatch_of(message).mail_id
            begun = functools.partial(self._records.begun, mail_id) if mail_id else None
            self._watch = Watch(self.connection, begun, self._patience)
            beyond: dict[str, Answer] = {}
            try:
                beyond = self._beyond_ascii(recipients)
                able = [address for address in recipients if address not in beyond]
                if not able:
                    return beyond
                self._watch.expect(able)
                refused = self.connection.send_message(message, from_addr, able)
            except smtplib.SMTPRecipientsRefused as error:
                answers = _answers(error.recipients)
                final = list(answers.values())[-1]
                if last or not (final.code == 421 or final.ends_session):
                    # smtplib stops asking when the server says goodbye: nobody else was taken.
                    refusals = {address: answers.get(address, final) for address in recipients}
                    return {**refusals, **beyond}
            except smtplib.SMTPResponseException as error:
                answer = _answer(error.smtp_code, error.smtp_error, _stage(error))
                closing = answer.code == 421 and self._watch.text is None
                if last or not (closing or answer.ends_session):
                    self._watch.close()
                    self._refused(mail_id, answer)
                    raise DeliveryError(answer) from error
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                if self._watch.is_ambiguous:
                    return {**self._silence(mail_id, able, error), **beyond}
                if last:
                    self.connection.close()
                    raise DeliveryError(Answer(0, str(error))) from error
            else:
                return {**_answers(refused or {}), **beyond}
            finally:
                self._watch.close()
            self._reconnect()
        raise AssertionError("unreachable")

    def _refused(self, mail_id: int, answer: Answer) -> None:
        """The server has answered: nobody got the text."""
        if mail_id and self._watch.begun:
            self._records.settled(mail_id, [], [])
        if answer.is_limit:
            self._reached(answer)
        elif answer.is_login:
            self._dead = answer  # it would say so of each message

    def _silence(self, mail_id: int, able: list[str], error: Exception) -> dict[str, Answer]:
        """After the text: the server may have taken it for all whom it had accepted before.

        :raises DeliveryError: where no ``mail.mail`` keeps who that was
        """
        self.connection.close()
        text = str(error) or "timed out"
        if isinstance(error, TimeoutError) or "timed out" in text:
            # Each of the others would wait as long, and the job has an end.
            self._dead = Answer(0, text)
        if not mail_id:
            raise DeliveryError(Answer(0, text, "data")) from error
        return {
            address: (
                Answer(0, text, "data", final=(mail_id, normalise(address)) in self._asked_twice)
                if address in self._watch.accepted
                else self._watch.refused.get(address, Answer(0, text))
            )
            for address in able
        }

    def _beyond_ascii(self, recipients: list[str]) -> dict[str, Answer]:
        """Recipients whom this server cannot be told of: letters beyond ASCII before the @ need
        SMTPUTF8 (RFC 6531). smtplib would refuse the whole message, and others with it.
        """
        beyond = [address for address in recipients if not address.isascii()]
        if not beyond:
            return {}
        self.connection.ehlo_or_helo_if_needed()
        return {} if self.connection.has_extn("smtputf8") else dict.fromkeys(beyond, NO_UTF8)

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


def _other_identity_helps(part: Refused, answer: Answer, from_addr: str) -> bool:
    if part == "envelope" and answer.refuses_envelope:
        return True
    named = from_addr.lower() in answer.text.lower() and 500 <= answer.code < 600
    if part == "envelope" and answer.stage == "rcpt" and named:
        return not (answer.is_login or answer.is_limit)
    return answer.names_sender


def _stage(error: smtplib.SMTPResponseException) -> Stage:
    if isinstance(error, smtplib.SMTPSenderRefused):
        return "mail"
    return "data" if isinstance(error, smtplib.SMTPDataError) else ""


def _answers(replies: dict[str, tuple[int, bytes]]) -> dict[str, Answer]:
    """Those to RCPT."""
    return {address: _answer(*reply, "rcpt") for address, reply in replies.items()}


def _answer(code: int, text: bytes | str, stage: Stage = "") -> Answer:
    if isinstance(text, bytes):
        text = text.decode("utf-8", "replace")
    return Answer(code, text, stage)
