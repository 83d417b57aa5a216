"""One folder of an IMAP mailbox (RFC 3501), read by UID and never changed by reading.

The connection is an ``imaplib`` one that Odoo, or one of its OAuth addons, opened and logged in;
IMAPClient's parser reads the answers, which imaplib leaves raw.
"""

import imaplib
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from .answers import MONTHS, read_numbers, read_sizes, read_values
from .base import Fetched, MessageRef, Refused
from .fingerprint import is_cut_short
from .folders import list_folders, quote_folder, quote_raw

_SEARCH_WINDOW = 20_000  # UIDs asked for at once: the answer must fit imaplib's line limit
_IDENTITY = '("name" "Odoo" "vendor" "Odoo")'


def introduce(connection: imaplib.IMAP4, *, asking: bool = False) -> bool:
    """Say who we are (ID, RFC 2971), where the server knows that command; return whether it does.

    163.com, 126.com and yeah.net let nobody into a folder who has not. ``asking``: for what it
    offers after the login, too.
    """
    offered = set(getattr(connection, "capabilities", ()))
    if asking and "ID" not in offered:
        _status, data = connection.capability()
        offered = set(text_of(data).upper().split())
    if "ID" in offered:
        _say_id(connection)
    return "ID" in offered


def _say_id(connection: imaplib.IMAP4) -> None:
    imaplib.Commands.setdefault("ID", ("NONAUTH", "AUTH", "SELECTED"))
    try:
        connection._simple_command("ID", _IDENTITY)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        return  # one that knows no such command says BAD


class ImapFolder:
    """A folder that is selected for the time of one fetch."""

    def __init__(self, connection: imaplib.IMAP4, name: str) -> None:
        """Select the folder.

        :raises MailboxError: when there is no such folder
        """
        self._connection = connection
        self.name = name
        self.read_only = False
        status, answer = self._select(quote_folder(name))
        if status != "OK":
            status, answer = self._select_otherwise(answer)
        if status != "OK":
            raise self._missing(text_of(answer))
        self.uidvalidity = self._number("UIDVALIDITY")
        self.uidnext = self._number("UIDNEXT")
        self.exists = self._number("EXISTS")
        # What stands for the numbering in keys: a server may begin anew without saying so.
        self.numbering = str(self.uidvalidity)
        self._capabilities: frozenset[str] = frozenset()

    def _select(self, quoted: str) -> tuple[str, list[Any]]:
        try:
            return self._connection.select(quoted)
        except imaplib.IMAP4.readonly:
            # The folder is open, and imaplib would refuse every further command.
            self.read_only = True
            self._connection.is_readonly = True
            return "OK", []
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            return "BAD", [str(error)]

    def _select_otherwise(self, refused: list[Any]) -> tuple[str, list[Any]]:
        """Once more as the server itself writes the name, and after saying who we are."""
        raw = next((item.raw for item in self._folders() if item.name == self.name), None)
        if raw is not None and quote_raw(raw) != quote_folder(self.name):
            return self._select(quote_raw(raw))
        if "unsafe" in text_of(refused).lower():
            _say_id(self._connection)
        elif not introduce(self._connection, asking=True):
            return "NO", refused
        return self._select(quote_folder(self.name))

    def _folders(self) -> list[Any]:
        try:
            return list(list_folders(self._connection))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return []

    def _missing(self, answer: str) -> Refused:
        known = sorted(item.name for item in self._folders())
        if self.name in known:
            text = f"The server does not open the folder “{self.name}” ({answer})."
        else:
            names = ", ".join(known[:20])
            text = f"The mailbox has no folder “{self.name}” ({answer}). Its folders are: {names}."
        return Refused(text, answer)

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
        return f"imap:{self.name}:{self.numbering}:{uid}"

    def uids_from(self, first: int, since: datetime | None = None) -> list[int]:
        """UIDs at or above ``first``, ascending; ``since`` (UTC) leaves out earlier days."""
        found: list[int] = []
        end = self.uidnext
        # Without UIDNEXT, or with few possible UIDs, one question is enough.
        windows = (
            range(first, end, _SEARCH_WINDOW)
            if end - first > _SEARCH_WINDOW and self.exists > _SEARCH_WINDOW
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

    def highest(self) -> int:
        """UID of the last message, or 0: for servers that name no UIDNEXT."""
        return max(self._search("UID", "*"), default=0) if self.exists else 0

    def _search(self, *criteria: str) -> list[int]:
        return read_numbers(self._ask("to search", "SEARCH", *criteria))

    def headers(self, uids: Sequence[int], *names: str) -> dict[int, bytes]:
        """Only these header fields of each message; reading them changes nothing."""
        items = f"BODY.PEEK[HEADER.FIELDS ({' '.join(names)})]"
        return dict(self._sections(uids, items, b"BODY[HEADER.FIELDS"))

    def heads(self, uids: Sequence[int]) -> dict[int, bytes]:
        """The whole header of each message, where the server hands it out."""
        try:
            return dict(self._sections(uids, "BODY.PEEK[HEADER]", b"BODY[HEADER]"))
        except Refused:
            return {}

    def head(self, ref: MessageRef) -> bytes | None:
        """The header of one message; None where the server does not hand it out."""
        return self.header(ref) or None

    def header(self, ref: MessageRef) -> bytes:
        """The same; ``b""`` where the server does not hand it out."""
        return self.heads([ref.number]).get(ref.number, b"")

    def source(self, ref: MessageRef) -> bytes:
        """The bytes of one message; ``b""`` where the server does not hand them out."""
        return self._fetch_sources([ref.number])[0].get(ref.number, b"")

    def _sections(
        self, uids: Sequence[int], items: str, name: bytes
    ) -> Iterator[tuple[int, bytes]]:
        for uid, values in read_values(self._list(uids, items)):
            for key, value in values.items():
                if key.startswith(name) and isinstance(value, bytes):
                    yield uid, value

    def refs(self, uids: Sequence[int]) -> list[MessageRef]:
        """Sizes and dates of arrival; a UID that vanished meanwhile is left out.

        One whose answer cannot be read is there all the same, with a size of 0.
        """
        asked = self._list(uids, "RFC822.SIZE INTERNALDATE")
        found = {
            uid: MessageRef(self.key(uid), uid, size, received)
            for uid, size, received in read_sizes(asked)
        }
        if missing := set(uids) - set(found):
            for uid in missing.intersection(self._search("UID", _uid_set(missing))):
                found[uid] = MessageRef(self.key(uid), uid, 0)
        return [found[uid] for uid in sorted(found)]

    def _list(self, uids: Sequence[int], items: str) -> Iterator[Any]:
        for start in range(0, len(uids), 500):
            some = _uid_set(uids[start : start + 500])
            yield from self._ask("to list", "FETCH", some, f"(UID {items})")

    def fetch(self, batch: Sequence[MessageRef]) -> Iterator[Fetched]:
        r"""The exact bytes of a batch, by ``BODY.PEEK[]``: reading sets no ``\Seen``."""
        sources, answer = self._fetch_sources([ref.number for ref in batch])
        for ref in batch:
            source = sources.get(ref.number)
            if len(batch) > 1 if source is None else is_cut_short(source, ref.size):
                # Some servers refuse a whole batch for one message they cannot read themselves.
                again, said = self._fetch_sources([ref.number])
                source, answer = again.get(ref.number, source), said or answer
            if source is None and not self.refs([ref.number]):
                continue  # somebody has deleted it meanwhile
            yield _fetched(ref, source, answer)

    def _fetch_sources(self, uids: Sequence[int]) -> tuple[dict[int, bytes], str]:
        """The bytes of each, and what the server said where it refuses them."""
        try:
            status, data = self._connection.uid("FETCH", _uid_set(uids), "(UID BODY.PEEK[])")
        except imaplib.IMAP4.abort:
            raise  # the connection is gone
        except imaplib.IMAP4.error as error:
            return {}, str(error)
        if status != "OK":
            return {}, text_of(data)
        wanted = set(uids)
        return {
            uid: values[b"BODY[]"]
            for uid, values in read_values(data)
            if uid in wanted and isinstance(values.get(b"BODY[]"), bytes)
        }, ""

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

    @property
    def can_move(self) -> bool:
        """Whether messages are moved in one step (RFC 6851)."""
        return self._can("MOVE")

    def move(self, uids: Sequence[int], target: str) -> None:
        """Move to another folder (else copy and delete), creating it if need be."""
        if target == self.name or not uids:
            return
        if self.can_move:
            self._transfer("MOVE", uids, target)
        else:
            self.copy_to(uids, target)
            self.delete(uids)

    def copy_to(self, uids: Sequence[int], target: str) -> None:
        """Copy to another folder, creating it if need be."""
        self._transfer("COPY", uids, target)

    def _transfer(self, verb: str, uids: Sequence[int], target: str) -> None:
        try:
            self._ask(f"{verb} in", verb, _uid_set(uids), quote_folder(target))
        except Refused:
            self._create(target)
            self._ask(f"{verb} in", verb, _uid_set(uids), quote_folder(target))

    def _create(self, name: str) -> None:
        """Make a folder; what is wrong with it, whoever uses it is told."""
        try:
            self._connection.create(quote_folder(name))
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error:
            return

    def _store(self, uids: Sequence[int], flag: str) -> None:
        self._ask("STORE in", "STORE", _uid_set(uids), "+FLAGS.SILENT", f"({flag})")

    def try_changes(self, after: str, target: str) -> None:
        """Ask for what is done after a fetch, on a UID that no message has: nothing changes.

        :param after: ``seen``, ``move`` to ``target``, or ``delete``
        :raises Refused: when the server refuses it, as it would later
        """
        if self.read_only:
            raise Refused(f"The server opens “{self.name}” read-only.", "READ-ONLY")
        nobody = [min(self.uidnext + 1_000_000, 4_294_967_290)]
        if after == "seen":
            self.mark_seen(nobody)
        elif after == "delete":
            self.delete(nobody)
        else:
            self.move(nobody, target)

    def _ask(self, what: str, *arguments: str) -> list[Any]:
        """The answer to a command; ``what`` it wants is said where the server refuses it."""
        try:
            status, data = self._connection.uid(*arguments)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            status, data = "BAD", [str(error)]
        if status != "OK":
            answer = text_of(data)
            raise Refused(f"The server refused {what} “{self.name}”: {answer}", answer)
        return data


def _fetched(ref: MessageRef, source: bytes | None, answer: str) -> Fetched:
    if source is not None and is_cut_short(source, ref.size):
        return Fetched(ref, None, f"{len(source)} of {ref.size} bytes", source)
    error = "" if source is not None else answer or "the server did not return this message"
    return Fetched(ref, source, error)


def _uid_set(uids: Iterable[int]) -> str:
    """Shortest sequence set (RFC 3501 §9): ``1:3,7``."""
    ranges: list[list[int]] = []
    for uid in sorted(set(uids)):
        if ranges and uid == ranges[-1][1] + 1:
            ranges[-1][1] = uid
        else:
            ranges.append([uid, uid])
    return ",".join(f"{low}:{high}" if low != high else f"{low}" for low, high in ranges)


def text_of(data: Sequence[object]) -> str:
    """What a server answered, for people."""
    return " ".join(
        item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)
        for item in data
        if item
    )
