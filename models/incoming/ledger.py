"""Writing the ledger: what has come in, with its exact bytes, before anything is made of it.

By SQL: the ORM would encode the bytes, and log them when a query fails.
"""

import hashlib
from dataclasses import dataclass, replace

from odoo import fields
from odoo.tools import SQL

from ...incoming.fingerprint import content_key, header_key
from ...ledger.codes import LedgerState
from ...router.message import headers
from ...router.message.certified import all_references
from ...router.message.encoded_words import decode_words
from ...router.message.mail import ReceivedMail
from ...router.message.repair import printable
from ..companies.of_account import company_of

_LARGEST = 2**31 - 1  # what a column of type integer holds; a server may say more


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger holds of a message; ``header`` is "" where it never had one."""

    id: int
    key: str
    size: int
    header: str
    has_source: bool
    message_id: str


class Ledger:
    """The ledger of one account, written in the transaction of ``env``; nothing is committed."""

    def __init__(self, account, env):
        self.account = account
        self.env = env
        self._company_id = company_of(account).id or None

    def insert(
        self, key, source, folder="INBOX", *, is_junk=False, received=None, head=b"", **more
    ):
        """Write one row, unless the ledger has that key already, which is unique in the account.

        :param received: when the message arrived, in UTC; None: now
        :param head: the header of a message that has no source here
        :param more: other columns; without a source its ``size``, and why it is not here
        """
        now = fields.Datetime.now()
        values = {
            "fetchmail_server_id": self.account.id,
            "company_id": self._company_id,
            "folder": folder,
            "folder_is_junk": is_junk,
            "remote_key": key,
            "received_date": received or now,
            "fetched_date": now,
            "state": str(LedgerState.RECEIVED),
            "explanation": more.get("error"),
            "attempts": 0,
            "has_source": source is not None,
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
            **more,
            **described(head or None if source is None else source),
        }
        values["listed_size"] = min(values.get("size") or 0, _LARGEST) or None
        values["size"] = min(values.get("size") or 0, _LARGEST)
        if source is not None:
            values["size"] = len(source)
        if source or head:
            values["header_key"] = header_key(source or head)
        known = SQL("ON CONFLICT (fetchmail_server_id, remote_key) DO NOTHING")
        self.env["mail.catchall.message"]._insert_with_source(values, source, known)

    def fill(self, row, source: bytes):
        """Write the bytes of a row that had none."""
        values = {"size": len(source), "has_source": True, **described(source)}
        values["header_key"] = header_key(source)
        row._write_with_source(values, source)

    def known(self, keys) -> set[str]:
        """Return those of the keys that the ledger has."""
        return self._having(keys, SQL("TRUE"))

    def stored(self, keys) -> set[str]:
        """Return those of the keys whose bytes the ledger has."""
        return self._having(keys, SQL("has_source"))

    # ------------------------------------------------------------ which message it is

    def known_as(self, keys) -> dict[str, Known]:
        """What the ledger holds under these keys, by key."""
        found = self._known(SQL("remote_key = ANY(%s)", list(keys)))
        return {item.key: item for item in found}

    def under_other_keys(self, folder, prefix, headers, sizes) -> list[Known]:
        """Messages of a folder whose keys begin otherwise, of these headers; the oldest first.

        Rows from before their headers were noted are among them by their size.
        """
        return self._known(
            SQL(
                """folder = %s AND NOT starts_with(remote_key, %s) AND (header_key = ANY(%s)
                     OR header_key IS NULL AND has_source AND size = ANY(%s))""",
                folder,
                prefix,
                list(headers),
                [min(size, _LARGEST) for size in sizes],
            )
        )

    def twin(self, source, listed) -> Known | None:
        """The message with exactly these bytes whose key the mailbox does not list any more."""
        same = self._known(SQL("header_key = %s AND has_source", header_key(source)))
        content = content_key(source)
        for item in same:
            if item.key not in listed and content_key(self.source(item)) == content:
                return item
        return None

    def failed_twin(self, source, listed) -> Known | None:
        """A message of this header that was never handed out, and is not listed by its key."""
        same = self._known(SQL("header_key = %s AND NOT has_source", header_key(source)))
        return next((item for item in same if item.key not in listed), None)

    def _known(self, condition):
        self.env.cr.execute(
            SQL(
                """SELECT id, remote_key, COALESCE(listed_size, size, 0), header_key, has_source,
                          COALESCE(message_id, '')
                     FROM mail_catchall_message
                    WHERE fetchmail_server_id = %s AND %s ORDER BY id""",
                self.account.id,
                condition,
            )
        )
        found = (Known(*row) for row in self.env.cr.fetchall())
        return [item if item.header else self._with_header(item) for item in found]

    def _with_header(self, item):
        # Not written down: a lane may hold the row.
        return replace(item, header=header_key(self.source(item)) if item.has_source else "")

    def source(self, item) -> bytes:
        """Return the bytes that the ledger holds of it."""
        return self.env["mail.catchall.message"].browse(item.id)._read_source()

    def rename(self, item, key):
        """The mailbox calls this message otherwise now."""
        self.env.cr.execute(
            SQL("UPDATE mail_catchall_message SET remote_key = %s WHERE id = %s", key, item.id),
            log_exceptions=False,
        )

    def fits(self, item, size, head, read, *, loosely=False) -> bool:
        """Whether a message in the mailbox is the one that the ledger holds.

        :param size: what the mailbox says of it, in bytes
        :param head: its header, or all of it
        :param read: returns all of it; asked where the header fits and the size does not
        :param loosely: a header that the server writes anew each time counts by its Message-ID
        """
        if not item.header:
            return item.size == size
        if item.header != header_key(head):
            mine = printable(ReceivedMail.from_bytes(head).message_id)[:1000]
            return bool(loosely and mine and mine == item.message_id)
        if min(size, _LARGEST) == item.size or not item.has_source:
            return True
        return content_key(read()) == content_key(self.source(item))

    def _having(self, keys, condition):
        self.env.cr.execute(
            SQL(
                """SELECT remote_key FROM mail_catchall_message
                    WHERE fetchmail_server_id = %s AND remote_key = ANY(%s) AND %s""",
                self.account.id,
                list(keys),
                condition,
            )
        )
        return {key for (key,) in self.env.cr.fetchall()}

    def row(self, key):
        """Return the row of a key, or none."""
        return self.env["mail.catchall.message"].search(
            [("fetchmail_server_id", "=", self.account.id), ("remote_key", "=", key)]
        )


def described(source, mail=None):
    """What the ledger shows of a message before it is routed, and the keys that keep order."""
    if source is None:
        return {}
    mail = mail or ReceivedMail.from_bytes(source)
    conversation = next(iter(all_references(mail)), "") or mail.message_id
    return {
        "message_id": printable(mail.message_id)[:1000] or None,
        "email_from": _short(mail.first(headers.FROM)),
        "email_to": _short(mail.first(headers.TO)),
        "subject": printable(mail.subject)[:500] or None,
        "sender_key": _key(mail.sender.address or (mail.return_path or "")),
        "thread_key": _key(conversation or hashlib.sha256(source).hexdigest()),
    }


def _short(value):
    return printable(decode_words(value[:2000]))[:500] or None


def _key(text):
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
