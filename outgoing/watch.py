"""What happens on the wire while smtplib sends one message: how far it got, and for whom.

smtplib tells it only when all has gone well. When a connection is lost, it matters whether the
server has the whole text: then nobody knows whether it took the message (RFC 1047).
"""

import contextlib
import smtplib
from collections.abc import Callable
from typing import Any

from .refusals import Answer

TOO_BIG = "5.3.4 The message has {size:,} bytes, and the mail server takes {limit:,} (SIZE)."


class Watch:
    """The commands of one connection, for one message, until ``close``.

    ``text`` is what leaves, once it has begun to; ``begun`` is called before that with those whom
    the server has accepted and the text, and ``patience`` says for how many seconds its answer is
    waited for.
    """

    def __init__(
        self,
        connection: Any,
        begun: Callable[[list[str], bytes], object] | None = None,
        patience: Callable[[], float] | None = None,
    ) -> None:
        self.connection, self.text = connection, None
        self.accepted: list[str] = []
        self.refused: dict[str, Answer] = {}
        self.begun = self.is_ambiguous = False
        self._tell, self._patience = begun, patience
        self._kept: list[str] = []

    def expect(self, recipients: list[str]) -> None:
        """Watch the commands of a message to these recipients."""
        self.accepted = list(recipients)
        for name, watched in (("mail", self._mail), ("rcpt", self._rcpt), ("data", self._data)):
            if callable(getattr(type(self.connection), name, None)):
                setattr(self.connection, name, watched)
                self._kept.append(name)

    def close(self) -> None:
        """Leave the connection as it was."""
        while self._kept:
            with contextlib.suppress(AttributeError):
                delattr(self.connection, self._kept.pop())

    def forget(self) -> None:
        """The text is nobody's any more."""
        self.text, self.begun = None, False

    def _mail(self, sender: str, options: Any = ()) -> Any:
        """A server that announces a limit may hang up on what is bigger (RFC 1870 §6.1)."""
        limit = str(getattr(self.connection, "esmtp_features", {}).get("size", ""))
        sizes = [option[5:] for option in options if option.lower().startswith("size=")]
        if sizes and limit.isdigit() and 0 < int(limit) < int(sizes[0]):
            said = TOO_BIG.format(size=int(sizes[0]), limit=int(limit))
            raise smtplib.SMTPSenderRefused(552, said.encode(), sender)
        return type(self.connection).mail(self.connection, sender, options)

    def _rcpt(self, recipient: str, options: Any = ()) -> Any:
        code, said = type(self.connection).rcpt(self.connection, recipient, options)
        if code not in (250, 251):
            self.accepted = [address for address in self.accepted if address != recipient]
            self.refused[recipient] = Answer(code, said.decode("utf-8", "replace"), "rcpt")
        return code, said

    def _data(self, text: Any) -> Any:
        self.text, self.begun = text, True
        if self._tell:
            self._tell(self.accepted, text)
        with self._waiting():
            return type(self.connection).data(self.connection, text)

    @contextlib.contextmanager
    def _waiting(self) -> Any:
        """Notice when the whole text has left: that is when the second answer is read."""
        connection, replies = self.connection, 0
        getreply = getattr(type(connection), "getreply", None)
        socket: Any = getattr(connection, "sock", None)
        before = socket.gettimeout() if socket and self._patience else None
        if getreply is None:
            self.is_ambiguous = True
            yield
            return

        def watched() -> Any:
            nonlocal replies
            replies += 1
            self.is_ambiguous = replies > 1
            if before is not None and self.is_ambiguous and self._patience:
                socket.settimeout(self._patience())
            return getreply(connection)

        connection.getreply = watched
        try:
            yield
        finally:
            del connection.getreply
            if before is not None and connection.sock is socket:
                socket.settimeout(before)
