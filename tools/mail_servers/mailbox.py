"""Reading and filling mailboxes of the private mail domain."""

from __future__ import annotations

import contextlib
import email
import email.policy
import imaplib
import itertools
import os
import re
import shutil
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage

from ..console import Failure
from ..paths import is_root
from .dovecot import FOLDERS, Dovecot

_counter = itertools.count()


class Mailboxes:
    """The mailbox side of a mail domain; needs host, imap_port, passwords and dovecot."""

    host: str
    imap_port: int
    passwords: dict[str, str]
    dovecot: Dovecot

    @contextmanager
    def imap(self, user: str, folder: str = "", readonly: bool = True) -> Iterator[imaplib.IMAP4]:
        """Open an IMAP session, with a folder selected if one is given."""
        client = imaplib.IMAP4(self.host, self.imap_port, timeout=60)
        try:
            client.login(user, self.passwords[user])
            if folder:
                answer, data = client.select(f'"{folder}"', readonly=readonly)
                if answer != "OK":
                    raise Failure(f"{user} has no folder {folder}: {data!r}")
            yield client
        finally:
            with contextlib.suppress(imaplib.IMAP4.error, OSError):
                client.logout()

    def messages(self, user: str, folder: str = "INBOX") -> list[bytes]:
        """Return the exact bytes of all messages of a folder; none becomes seen."""
        with self.imap(user, folder) as client:
            _answer, data = client.uid("FETCH", "1:*", "(BODY.PEEK[])")
            return [item[1] for item in data if isinstance(item, tuple)]

    def flags(self, user: str, folder: str = "INBOX") -> dict[int, set[str]]:
        """Return the flags of all messages of a folder by UID."""
        found = {}
        with self.imap(user, folder) as client:
            _answer, data = client.uid("FETCH", "1:*", "(FLAGS)")
            for line in data:
                uid = re.search(rb"UID (\d+)", line or b"")
                names = re.search(rb"FLAGS \(([^)]*)\)", line or b"")
                if uid and names:
                    found[int(uid[1])] = set(names[1].decode().split())
        return found

    def wait_for(
        self,
        user: str,
        predicate: Callable[[EmailMessage], object] = bool,
        timeout: float = 30,
        folder: str = "INBOX",
    ) -> EmailMessage:
        """Wait for a message that the predicate accepts and return it, parsed."""
        deadline = time.monotonic() + timeout
        while True:
            raws = self.messages(user, folder)
            for raw in raws:
                message = email.message_from_bytes(raw, policy=email.policy.default)
                if predicate(message):
                    return message
            if time.monotonic() > deadline:
                raise Failure(
                    f"The expected message for {user} did not come within {timeout:.0f} s;"
                    f" {len(raws)} others are in {folder}."
                )
            time.sleep(0.1)

    def wait_count(self, user: str, count: int, timeout: float = 60, folder: str = "INBOX") -> None:
        """Wait until a folder holds at least that many messages."""
        deadline = time.monotonic() + timeout
        while (have := self.count(user, folder)) < count:
            if time.monotonic() > deadline:
                raise Failure(f"{user} has {have} messages in {folder}, not {count}.")
            time.sleep(0.05)

    def count(self, user: str, folder: str = "INBOX") -> int:
        """Return how many messages a folder holds."""
        with self.imap(user) as client:
            _answer, data = client.status(f'"{folder}"', "(MESSAGES)")
            found = re.search(rb"MESSAGES (\d+)", data[0] or b"")
            return int(found[1]) if found else 0

    def append(self, user: str, raw: bytes, folder: str = "INBOX", flags: str = "") -> None:
        """Put one message into a folder through IMAP, as a provider's filter would."""
        with self.imap(user) as client:
            crlf = re.sub(rb"\r?\n", b"\r\n", raw)
            answer, data = client.append(f'"{folder}"', flags or None, None, crlf)
            if answer != "OK":
                raise Failure(f"{user}'s folder {folder} refused the message: {data!r}")

    def append_many(self, user: str, raws: Iterable[bytes], folder: str = "INBOX") -> int:
        """Put many messages into a folder fast, as files; return how many."""
        maildir = self.dovecot.maildir(user, folder)
        owner = self.dovecot.owner
        if not (maildir / "new").exists():
            with self.imap(user, folder):
                pass  # Dovecot makes the Maildir when it is opened first
        count = 0
        for raw in raws:
            count += 1
            name = f"{int(time.time())}.M{next(_counter):08}P{os.getpid()}.{socket.gethostname()}"
            part = maildir / "tmp" / name
            part.write_bytes(raw)
            if is_root():
                shutil.chown(part, owner.pw_uid, owner.pw_gid)
            part.rename(maildir / "new" / name)
        return count

    def clear(self, user: str, *folders: str) -> None:
        """Delete all messages of the named folders, of all folders by default."""
        for folder in folders or ("INBOX", *FOLDERS):
            with self.imap(user, folder, readonly=False) as client:
                _answer, data = client.search(None, "ALL")
                if data[0]:
                    client.store("1:*", "+FLAGS.SILENT", r"(\Deleted)")
                    client.expunge()
