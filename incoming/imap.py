"""One folder of an IMAP mailbox (RFC 3501), read by UID and never changed by reading.

The connection is an ``imaplib`` one that Odoo, or one of its OAuth addons, opened and logged in;
IMAPClient's parser reads the answers, which imaplib leaves raw.
"""

import contextlib
import imaplib
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any

from imapclient.exceptions import ProtocolError
from imapclient.imap_utf7 import decode as decode_utf7
from imapclient.imap_utf7 import encode as encode_utf7
from imapclient.response_parser import parse_fetch_response

from .base import Fetched, MailboxError, MessageRef

_SEARCH_WINDOW = 20_000  # UIDs asked for at once: the answer must fit imaplib's line limit
# imaplib cuts "* LIST" off: the answer begins with the flags.
_LIST = re.compile(rb'\s*\((?P<flags>[^()]*)\) (?:"[^"\\]*(?:\\.[^"\\]*)*"|NIL) (?P<name>.+)$')
_LITERAL = re.compile(rb"\{\d{1,10}\}\s*")
_ESCAPED = re.compile(rb"\\(.)")
_MAX_LIST = 10_000  # bytes of one answer; RFC 3501 has no limit, no server a name of that length
_JUNK_NAMES = ("junk", "spam", "junk e-mail", "junk email", "bulk mail", "inbox.junk", "inbox.spam")


def find_junk_folder(connection: imaplib.IMAP4) -> str | None:
    r"""Name of the Junk folder: the one marked ``\Junk`` (RFC 6154), else one that is called so."""
    return find_special_folder(connection, rb"\junk", _JUNK_NAMES)


def find_special_folder(connection: imaplib.IMAP4, flag: bytes, usual: Sequence[str]) -> str | None:
    """Name of the folder with that (lower-case) flag, else the first of the usual names."""
    names: dict[str, str] = {}
    for flags, name in _folders(connection):
        if flag in flags.lower().split():
            return name
        names[name.lower()] = name
    return next((names[name] for name in usual if name in names), None)


def _folders(connection: imaplib.IMAP4) -> Iterator[tuple[bytes, str]]:
    status, lines = connection.list()
    if status != "OK":
        return
    for line in lines:
        # A name with special characters comes as a literal: imaplib hands it over as a tuple.
        raw = b" ".join(line) if isinstance(line, tuple) else line
        if not raw or len(raw) > _MAX_LIST:
            continue
        match = _LIST.match(_LITERAL.sub(b"", raw))
        if match:
            name = match["name"].strip()
            if name.startswith(b'"') and name.endswith(b'"'):
                name = _ESCAPED.sub(rb"\1", name[1:-1])
            yield match["flags"], decode_utf7(name)


class ImapFolder:
    """A folder that is selected for the time of one fetch."""

    def __init__(self, connection: imaplib.IMAP4, name: str) -> None:
        """Select the folder.

        :raises MailboxError: when there is no such folder
        """
        self._connection = connection
        self.name = name
        status, answer = connection.select(quote_folder(name))
        if status != "OK":
            names = ", ".join(sorted(known for _flags, known in _folders(connection))[:20])
            raise MailboxError(
                f"The mailbox has no folder “{name}” ({text_of(answer)}). Its folders are: {names}."
            )
        self.uidvalidity = self._number("UIDVALIDITY")
        self.uidnext = self._number("UIDNEXT")
        self._exists = self._number("EXISTS")
        self._capabilities: frozenset[str] = frozenset()

    def _number(self, code: str) -> int:
        _code, data = self._connection.response(code)
        return int(data[-1]) if data and data[-1] else 0

    def _can(self, capability: str) -> bool:
        """Whether the server offers it now: imaplib knows only what it said before the login."""
        if not self._capabilities:
            _status, data = self._connection.capability()
            self._capabilities = frozenset(text_of(data).upper().split())
        return capability in self._capabilities

    def key(self, uid: int) -> str:
        """Name of a message that no other message of the account ever has (RFC 3501 §2.3.1.1)."""
        return f"imap:{self.name}:{self.uidvalidity}:{uid}"

    def uids_from(self, first: int, since: datetime | None = None) -> list[int]:
        """UIDs at or above ``first``, ascending; ``since`` (UTC) leaves out earlier days."""
        found: list[int] = []
        end = self.uidnext
        # Without UIDNEXT, or with few possible UIDs, one question is enough.
        windows = (
            range(first, end, _SEARCH_WINDOW)
            if end - first > _SEARCH_WINDOW and self._exists > _SEARCH_WINDOW
            else [first]
        )
        for start in windows:
            last = f"{start + _SEARCH_WINDOW - 1}" if len(windows) > 1 else "*"
            criteria = ["UID", f"{start}:{last}"]
            if since:
                # The server compares days of its own time zone: a day earlier misses nothing.
                day = since - timedelta(days=1)
                criteria += ["SINCE", f"{day.day}-{MONTHS[day.month - 1]}-{day.year}"]
            found += self._search(*criteria)
        # "n:*" always answers with the last message, be its UID below n (RFC 3501 §6.4.8).
        return sorted({uid for uid in found if uid >= first})

    def unread(self) -> list[int]:
        """UIDs of the messages that nobody has read yet, ascending."""
        return sorted(self._search("UNSEEN"))

    def _search(self, *criteria: str) -> list[int]:
        data = self._ask("to search", "SEARCH", *criteria)
        return [int(uid) for uid in (data[0] or b"").split()]

    def headers(self, uids: Sequence[int], *names: str) -> dict[int, bytes]:
        """Only these header fields of each message; reading them changes nothing."""
        found: dict[int, bytes] = {}
        for uid, values in self._list(uids, f"BODY.PEEK[HEADER.FIELDS ({' '.join(names)})]"):
            for key, value in values.items():
                if key.startswith(b"BODY[HEADER.FIELDS") and isinstance(value, bytes):
                    found[uid] = value
        return found

    def refs(self, uids: Sequence[int]) -> list[MessageRef]:
        """Sizes and dates of arrival; a UID that vanished meanwhile is left out."""
        found: list[MessageRef] = []
        for uid, values in self._list(uids, "RFC822.SIZE INTERNALDATE"):
            if b"RFC822.SIZE" not in values:
                continue  # news of another message's flags, which may come at any time
            received = values.get(b"INTERNALDATE")
            if received is not None:
                received = received.astimezone(timezone.utc).replace(tzinfo=None)
            size = int(values[b"RFC822.SIZE"] or 0)
            found.append(MessageRef(self.key(uid), uid, size, received))
        return sorted(found, key=lambda ref: ref.number)

    def _list(self, uids: Sequence[int], items: str) -> Iterator[tuple[int, dict[bytes, Any]]]:
        for start in range(0, len(uids), 500):
            some = _uid_set(uids[start : start + 500])
            yield from _parse(self._ask("to list", "FETCH", some, f"(UID {items})")).items()

    def fetch(self, batch: Sequence[MessageRef]) -> Iterator[Fetched]:
        r"""The exact bytes of a batch, by ``BODY.PEEK[]``: reading sets no ``\Seen``."""
        sources = self._fetch_sources([ref.number for ref in batch])
        for ref in batch:
            source = sources.get(ref.number)
            if source is None and len(batch) > 1:
                # Some servers refuse a whole batch for one message they cannot read themselves.
                source = self._fetch_sources([ref.number]).get(ref.number)
            if source is None and not self.refs([ref.number]):
                continue  # somebody has deleted it meanwhile
            error = "" if source is not None else "the server did not return this message"
            yield Fetched(ref, source, error)

    def _fetch_sources(self, uids: Sequence[int]) -> dict[int, bytes]:
        try:
            status, data = self._connection.uid("FETCH", _uid_set(uids), "(UID BODY.PEEK[])")
        except imaplib.IMAP4.abort:
            raise  # the connection is gone: the next fetch goes on where this one was
        except imaplib.IMAP4.error:
            return {}
        if status != "OK":
            return {}
        return {
            uid: values[b"BODY[]"]
            for uid, values in _parse(data).items()
            if isinstance(values.get(b"BODY[]"), bytes)
        }

    # --- after the bytes are safe

    def mark_seen(self, uids: Sequence[int]) -> None:
        r"""Set ``\Seen``."""
        self._store(uids, "\\Seen")

    def delete(self, uids: Sequence[int]) -> None:
        """Delete exactly these messages (UIDPLUS, RFC 4315); without it they are only flagged.

        A plain EXPUNGE would also remove what other programs flagged.
        """
        self._store(uids, "\\Deleted")
        if self._can("UIDPLUS"):
            self._ask("EXPUNGE in", "EXPUNGE", _uid_set(uids))

    def move(self, uids: Sequence[int], target: str) -> None:
        """Move to another folder (RFC 6851, else copy and delete), creating it if need be."""
        if target == self.name or not uids:
            return
        verb = "MOVE" if self._can("MOVE") else "COPY"
        status, _answer = self._connection.uid(verb, _uid_set(uids), quote_folder(target))
        if status != "OK":
            with contextlib.suppress(imaplib.IMAP4.error):
                self._connection.create(quote_folder(target))
            self._ask(f"{verb} in", verb, _uid_set(uids), quote_folder(target))
        if verb == "COPY":
            self.delete(uids)

    def _store(self, uids: Sequence[int], flag: str) -> None:
        self._ask("STORE in", "STORE", _uid_set(uids), "+FLAGS.SILENT", f"({flag})")

    def _ask(self, what: str, *arguments: str) -> list[Any]:
        """The answer to a command; ``what`` it wants is said where the server refuses it."""
        status, data = self._connection.uid(*arguments)
        if status != "OK":
            raise MailboxError(f"The server refused {what} “{self.name}”: {text_of(data)}")
        return data


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def _parse(data: Iterable[object]) -> dict[int, dict[bytes, Any]]:
    items = [item for item in data if item is not None]
    try:
        return dict(parse_fetch_response(items, normalise_times=False)) if items else {}
    except ProtocolError as error:
        raise MailboxError(f"The server sent an answer that is not valid IMAP: {error}") from error


def _uid_set(uids: Sequence[int]) -> str:
    """Shortest sequence set (RFC 3501 §9): ``1:3,7``."""
    ranges: list[list[int]] = []
    for uid in sorted(set(uids)):
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(f"{low}:{high}" if low != high else f"{low}" for low, high in ranges)


def quote_folder(name: str) -> str:
    """A folder's name as the protocol writes it (RFC 3501 §5.1.3)."""
    encoded: str = encode_utf7(name).decode("ascii")
    return '"' + encoded.replace("\\", "\\\\").replace('"', '\\"') + '"'


def text_of(data: Sequence[object]) -> str:
    """What a server answered, for people."""
    return " ".join(
        item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
        for item in data
        if item
    )
