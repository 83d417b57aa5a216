"""A POP3 mailbox (RFC 1939), read by UIDL: the only name of a message that outlives a session."""

import poplib
from collections.abc import Iterator, Sequence

from .base import Fetched, MailboxError, MessageRef
from .fingerprint import is_cut_short


class Pop3Mailbox:
    """The messages of one POP3 session."""

    name = "INBOX"

    def __init__(self, connection: poplib.POP3) -> None:
        """Take a connection that is logged in."""
        self._connection = connection

    def refs(self) -> list[MessageRef]:
        """Every message in the mailbox, in the server's order.

        :raises MailboxError: when the server has no UIDL
        """
        sizes = {
            number: int(size.split()[0])
            for number, size in _numbered(self._connection.list()[1])
            if size.split()[0].isdigit()
        }
        try:
            names = list(_numbered(self._connection.uidl()[1]))
        except poplib.error_proto as error:
            raise MailboxError(
                "The POP3 server does not support UIDL, without which messages cannot be told "
                f"apart. Use IMAP for this account. ({answer_of(error)})"
            ) from error
        return [MessageRef(f"pop:{name}", number, sizes.get(number, 0)) for number, name in names]

    def fetch(self, batch: Sequence[MessageRef]) -> Iterator[Fetched]:
        """The exact bytes of a batch; one that the server refuses comes without."""
        for ref in batch:
            try:
                source = self.source(ref)
            except poplib.error_proto as error:
                self._connection.noop()  # raises if the line is dead, not the message refused
                yield Fetched(ref, None, answer_of(error))
                continue
            if is_cut_short(source, ref.size):
                yield Fetched(ref, None, f"{len(source)} of {ref.size} bytes", source)
            else:
                yield Fetched(ref, source)

    def source(self, ref: MessageRef) -> bytes:
        """The exact bytes of one message.

        :raises poplib.error_proto: when the server refuses it
        """
        return self._read(f"RETR {ref.number}")

    def _read(self, command: str) -> bytes:
        """Read an answer of many lines as poplib does, but of any length and with their own ends.

        poplib gives up in the middle of an answer whose line is longer than its limit: a page of
        HTML without a line break would cost its own message and all that come after it.
        """
        self._connection._shortcmd(command)  # type: ignore[attr-defined]
        lines: list[bytes] = []
        while (line := self._connection.file.readline()) not in (b".\r\n", b".\n"):
            if not line:
                raise ConnectionError(
                    "the POP3 server closed the connection in the middle of a message"
                )
            lines.append(line[1:] if line.startswith(b".") else line)
        return b"".join(lines)

    def header(self, ref: MessageRef) -> bytes:
        """The header alone (TOP, RFC 1939 §7); ``b""`` where the server has no TOP."""
        try:
            return self._read(f"TOP {ref.number} 0")
        except poplib.error_proto:
            return b""

    def head(self, ref: MessageRef) -> bytes | None:
        """The header, by reading all where there is no TOP; None where the server refuses both."""
        return self.header(ref) or self.whole(ref)

    def whole(self, ref: MessageRef) -> bytes | None:
        """All of a message; None where the server refuses it."""
        try:
            return self.source(ref)
        except poplib.error_proto:
            return None

    def delete(self, numbers: Sequence[int]) -> None:
        """Mark for deletion; the server deletes when the session ends with QUIT."""
        for number in numbers:
            self._connection.dele(number)


def answer_of(error: poplib.error_proto) -> str:
    """What a server said; poplib hands its bytes on."""
    said = error.args[0] if error.args else ""
    return said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)


def _numbered(lines: Sequence[bytes]) -> Iterator[tuple[int, str]]:
    for line in lines:
        number, _space, text = line.partition(b" ")
        if number.isdigit() and text.strip():
            yield int(number), text.strip().decode("ascii", "backslashreplace")
