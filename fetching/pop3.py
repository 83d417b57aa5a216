"""A POP3 mailbox (RFC 1939), read by UIDL: the only name of a mail that outlives a session."""

import poplib
from collections.abc import Iterator, Sequence

from .base import Envelope, Fetched, MailboxError


class Pop3Mailbox:
    """The mails of one POP3 session."""

    name = "INBOX"

    def __init__(self, connection: poplib.POP3) -> None:
        """Take a connection that is logged in."""
        self._connection = connection

    def envelopes(self) -> list[Envelope]:
        """Every mail in the mailbox, in the server's order.

        :raises MailboxError: when the server has no UIDL
        """
        sizes = dict(self._pairs(self._connection.list()[1]))
        try:
            names = list(self._named(self._connection.uidl()[1]))
        except poplib.error_proto as error:
            raise MailboxError(
                "The POP3 server does not support UIDL, without which mails cannot be told "
                f"apart. Use IMAP for this account. ({error})"
            ) from error
        return [
            Envelope(f"pop:{name}", number, int(sizes.get(number, 0))) for number, name in names
        ]

    def fetch(self, batch: Sequence[Envelope]) -> Iterator[Fetched]:
        """The exact bytes: poplib has undone the dot-stuffing, lines end with CRLF again."""
        for envelope in batch:
            try:
                lines = self._connection.retr(envelope.number)[1]
            except poplib.error_proto as error:
                yield Fetched(envelope, None, str(error))
                continue
            yield Fetched(envelope, b"\r\n".join(lines) + b"\r\n")

    def header(self, envelope: Envelope) -> bytes:
        """The header alone (TOP, RFC 1939 §7); ``b""`` where the server has no TOP."""
        try:
            return b"\r\n".join(self._connection.top(envelope.number, 0)[1]) + b"\r\n\r\n"
        except poplib.error_proto:
            return b""

    def delete(self, numbers: Sequence[int]) -> None:
        """Mark for deletion; the server deletes when the session ends with QUIT."""
        for number in numbers:
            self._connection.dele(number)

    @staticmethod
    def _pairs(lines: Sequence[bytes]) -> Iterator[tuple[int, int]]:
        for line in lines:
            number, _space, size = line.partition(b" ")
            if number.isdigit() and size.split()[:1] and size.split()[0].isdigit():
                yield int(number), int(size.split()[0])

    @staticmethod
    def _named(lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
        for line in lines:
            number, _space, name = line.partition(b" ")
            if number.isdigit() and name.strip():
                yield int(number), name.strip().decode("ascii", "backslashreplace")
