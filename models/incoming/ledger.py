"""Writing the ledger: what has come in, with its exact bytes, before anything is made of it.

By SQL: the ORM would encode the bytes, and log them when a query fails.
"""

import hashlib

from odoo import fields
from odoo.tools import SQL

from ...ledger.codes import LedgerState
from ...router.message import headers
from ...router.message.encoded_words import decode_words
from ...router.message.mail import ReceivedMail
from ...router.message.repair import printable
from ..companies.of_account import company_of


class Ledger:
    """The ledger of one account, written in the transaction of ``env``; nothing is committed."""

    def __init__(self, account, env):
        self.account = account
        self.env = env
        self._company_id = company_of(account).id or None

    def insert(self, key, source, folder="INBOX", *, is_junk=False, received=None, **more):
        """Write one row, unless the ledger has that key already, which is unique in the account.

        :param received: when the message arrived, in UTC; None: now
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
            **described(source),
        }
        if source is not None:
            values["size"] = len(source)
        known = SQL("ON CONFLICT (fetchmail_server_id, remote_key) DO NOTHING")
        self.env["mail.catchall.message"]._insert_with_source(values, source, known)

    def fill(self, row, source: bytes):
        """Write the bytes of a row that had none."""
        values = {"size": len(source), "has_source": True, **described(source)}
        row._write_with_source(values, source)

    def known(self, keys) -> set[str]:
        """Return those of the keys that the ledger has."""
        return self._having(keys, SQL("TRUE"))

    def stored(self, keys) -> set[str]:
        """Return those of the keys whose bytes the ledger has."""
        return self._having(keys, SQL("has_source"))

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
    conversation = next(iter(mail.references), "") or mail.message_id
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
