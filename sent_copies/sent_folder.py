"""The Sent folder of an IMAP mailbox: what left is kept there once, as a mail client does.

The same message is searched by its Message-ID before: a try whose answer was lost, or a provider
that keeps a copy by itself, must not leave a second one.
"""

import contextlib
import imaplib
import re
from datetime import datetime, timedelta, timezone

from ..incoming.answers import MONTHS
from ..incoming.base import MailboxError
from ..incoming.folders import find_special_folder, quote_folder
from ..incoming.imap import text_of

# What mail clients and providers call it where no folder is marked.
_SENT_NAMES = (
    *("sent", "sent items", "sent messages", "sent mail", "sent-mail"),
    *("inbox.sent", "inbox.sent items", "inbox.sent messages", "inbox/sent"),
    *("gesendet", "gesendete objekte", "gesendete elemente", "envoyés", "éléments envoyés"),
    *("enviados", "elementos enviados", "posta inviata", "verzonden items"),
)
_NEW_NAMES = ("Sent", "INBOX.Sent")  # the second where all folders lie in INBOX
# A message is tried again for four days, and the server's clock and time zone are its own.
_DAYS_BEFORE, _DAYS_AFTER = 6, 2


class SentFolder:
    r"""Where copies go: the named folder, else the one marked ``\Sent`` (RFC 6154), else one with a
    usual name. One that does not exist is made.
    """

    def __init__(self, connection: imaplib.IMAP4, name: str = "") -> None:
        """Find the folder.

        :raises MailboxError: when there is none and none can be made
        """
        self._connection = connection
        self.name = name or find_special_folder(connection, rb"\sent", _SENT_NAMES) or ""
        if not (self.name and self._opens(self.name)):
            self.name = self._make((self.name,) if self.name else _NEW_NAMES)

    def _opens(self, name: str) -> bool:
        status, _answer = self._connection.select(quote_folder(name), readonly=True)
        return bool(status == "OK")

    def _make(self, names: tuple[str, ...]) -> str:
        answer: list[object] = []
        for name in names:
            _status, answer = self._connection.create(quote_folder(name))
            with contextlib.suppress(imaplib.IMAP4.error):
                self._connection.subscribe(quote_folder(name))
            if self._opens(name):
                return name
        raise MailboxError(
            f"The mailbox has no folder “{names[0]}”, and it could not be created"
            f" ({text_of(answer)})."
        )

    def keep(self, source: bytes, message_id: str, sent: datetime) -> bool:
        r"""Append a message, marked as read, with its date (UTC), unless it is there.

        :return: whether it was appended
        :raises MailboxError: when the server refuses it
        """
        if self.holds(message_id, sent):
            return False
        status, answer = self._connection.append(
            quote_folder(self.name), r"(\Seen)", sent.replace(tzinfo=timezone.utc), source
        )
        if status != "OK":
            raise MailboxError(
                f"The server refused a copy for the folder “{self.name}”: {text_of(answer)}"
            )
        return True

    def holds(self, message_id: str, sent: datetime) -> bool:
        """Whether the folder holds a message with that Message-ID, of those days alone."""
        # A mailbox tells of what came since by its own means, or only when it is asked.
        self._connection.noop()
        first, last = sent - timedelta(days=_DAYS_BEFORE), sent + timedelta(days=_DAYS_AFTER)
        status, data = self._connection.uid(
            "SEARCH",
            *("SINCE", _day(first), "BEFORE", _day(last)),
            *("HEADER", "Message-ID", _quoted(message_id)),
        )
        if status != "OK":
            raise MailboxError(f"The server refused to search “{self.name}”: {text_of(data)}")
        return bool(data and data[0] and data[0].split())


def _day(when: datetime) -> str:
    return f"{when.day}-{MONTHS[when.month - 1]}-{when.year}"


def _quoted(text: str) -> str:
    printable = re.sub(r"[^\x20-\x7e]", "", text)
    return '"' + re.sub(r'(["\\])', r"\\\1", printable) + '"'
