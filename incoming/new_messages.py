"""What has come into a mailbox since a moment, in every folder where a provider may put it."""

import imaplib
import poplib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .base import MailboxError, MessageRef
from .folders import find_junk_folder, find_special_folder
from .imap import ImapFolder
from .pop3 import Pop3Mailbox

MAX_BYTES = 300_000  # of one message: what is larger is nobody's probe
MAX_MESSAGES = 300  # of one folder at once, the newest
_ALL_MAIL = ("all mail", "[gmail]/all mail", "archive", "all")

Marks = dict[str, Any]  # stored as JSON: by folder what was there already


@dataclass(frozen=True, slots=True)
class NewMessage:
    """A message that is new: the folder's name, its key in the mailbox, and its bytes."""

    folder: str
    key: str
    source: bytes


class ImapNewMessages:
    """New messages of an IMAP mailbox. ``places``: folder -> place, in the order of interest."""

    def __init__(self, connection: imaplib.IMAP4, folder: str, archive: str = "") -> None:
        self._connection = connection
        names = {folder: "inbox"}
        if junk := find_junk_folder(connection):
            names.setdefault(junk, "junk")
        for other in (archive, find_special_folder(connection, rb"\all", _ALL_MAIL)):
            if other:
                names.setdefault(other, other)
        self.places: Mapping[str, str] = names

    def marks(self) -> Marks:
        """What is there now, so that later only new messages are read."""
        return {folder.name: [folder.uidvalidity, folder.uidnext] for folder in self._folders()}

    def since(self, marks: Marks) -> Iterator[NewMessage]:
        """Messages that are new, and move the marks forward."""
        for folder in self._folders():
            validity, first = marks.get(folder.name) or (folder.uidvalidity, folder.uidnext)
            if validity != folder.uidvalidity:
                first = 1  # numbered anew: the messages of the last minutes are among them
            uids = folder.uids_from(first)
            if not uids:
                continue
            small = [ref for ref in folder.refs(uids[-MAX_MESSAGES:]) if ref.size <= MAX_BYTES]
            for fetched in folder.fetch(small) if small else ():
                if fetched.source is not None:
                    yield NewMessage(folder.name, fetched.ref.key, fetched.source)
            marks[folder.name] = [folder.uidvalidity, uids[-1] + 1]

    def delete(self, keys: Iterable[str]) -> None:
        """Remove messages by their keys, in whichever folder they are."""
        wanted = set(keys)
        for folder in self._folders():
            prefix = folder.key(0)[:-1]
            numbers = [key.removeprefix(prefix) for key in wanted if key.startswith(prefix)]
            uids = [int(number) for number in numbers if number.isdigit()]
            if uids:
                folder.delete(uids)

    def _folders(self) -> Iterator[ImapFolder]:
        for name, place in self.places.items():
            try:
                yield ImapFolder(self._connection, name)
            except MailboxError:
                if place == "inbox":
                    raise
                continue  # a folder that may not be opened is no place to look


class PopNewMessages:
    """The same of a POP3 mailbox, which has one folder."""

    places: Mapping[str, str] = {Pop3Mailbox.name: "inbox"}

    def __init__(self, connection: poplib.POP3) -> None:
        self._mailbox = Pop3Mailbox(connection)

    def marks(self) -> Marks:
        """Keys of all messages that are there now."""
        return {Pop3Mailbox.name: [ref.key for ref in self._mailbox.refs()]}

    def since(self, marks: Marks) -> Iterator[NewMessage]:
        """Messages that are new, and move the marks forward."""
        known = set(marks.get(Pop3Mailbox.name) or ())
        refs = self._mailbox.refs()
        new = [ref for ref in refs if ref.key not in known]
        small: Sequence[MessageRef] = [ref for ref in new[-MAX_MESSAGES:] if ref.size <= MAX_BYTES]
        for fetched in self._mailbox.fetch(small):
            if fetched.source is not None:
                yield NewMessage(Pop3Mailbox.name, fetched.ref.key, fetched.source)
        marks[Pop3Mailbox.name] = [ref.key for ref in refs]

    def delete(self, keys: Iterable[str]) -> None:
        """Remove messages by their keys."""
        wanted = set(keys)
        self._mailbox.delete([ref.number for ref in self._mailbox.refs() if ref.key in wanted])
