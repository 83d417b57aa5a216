"""One fetch of one account: read what is new, write it down, commit, acknowledge."""

import hashlib
import logging

import psycopg2
from odoo import fields
from odoo.tools import SQL

from ...incoming import Envelope, ImapFolder, Pop3Mailbox, find_junk_folder
from ...incoming.base import batches
from ...router.codes import Reason, State
from ...router.message.addresses import decode_words
from ...router.message.mail import ReceivedMail
from ...router.message.repair import printable

_logger = logging.getLogger(__name__)

BATCH_BYTES = 8_000_000  # held in memory at once, except for a single larger message
BATCH_COUNT = 200
# IMAP assigns rising UIDs, but with several deliveries at once a lower one may show up after a
# higher one: the last ones are compared with the ledger instead of being assumed known.
OVERLAP = 200


class FetchSession:
    """A connection to a mailbox, and the environment that writes the ledger."""

    def __init__(self, server, connection, env):
        self.server = server
        self.connection = connection
        self.env = env
        self.is_imap = server._get_connection_type() == "imap"
        self.max_bytes = server.max_message_mb * 1_000_000
        self.company_id = self._company_id()

    def run(self):
        """Fetch everything that is new; commits after each batch."""
        if not self.is_imap:
            self._run_pop()
            return
        main = self.server.imap_folder or "INBOX"
        self._run_folder(main, is_junk=False)
        if self.server.fetch_junk:
            junk = find_junk_folder(self.connection)
            if junk and junk != main:
                self._run_folder(junk, is_junk=True)

    def fetch_rows(self, rows):
        """Fetch the bytes of ledger rows that have none; in the caller's transaction."""
        by_folder = {}
        for row in rows:
            by_folder.setdefault(row.folder, []).append(row)
        for name, members in by_folder.items():
            by_key = {row.remote_key: row for row in members}
            mailbox = (
                ImapFolder(self.connection, name) if self.is_imap else Pop3Mailbox(self.connection)
            )
            if self.is_imap:
                uids = [int(key.rpartition(":")[2]) for key in by_key]
                envelopes = mailbox.envelopes(uids)
            else:
                envelopes = mailbox.envelopes()
            wanted = [item for item in envelopes if item.key in by_key]
            for envelope in wanted:
                if envelope.size > self.max_bytes:
                    by_key[envelope.key].write(self._oversize_values(envelope))
            for batch in batches(self._small_enough(wanted), BATCH_BYTES, BATCH_COUNT):
                for fetched in mailbox.fetch(batch):
                    if fetched.source is not None:
                        self._fill(by_key[fetched.envelope.key], fetched.source)
                        if self.is_imap:
                            self._acknowledge_later(mailbox, fetched.envelope)
            for row in members:
                if not row.has_source and row.state == State.RECEIVED:
                    row.write(
                        {
                            "state": str(State.FAILED),
                            "reason": str(Reason.ERROR),
                            "error": row.env._(
                                "This email is no longer in the mailbox of “%(account)s”, or the "
                                "mail server does not return it. Look for it in the mailbox by "
                                "its subject and date.",
                                account=self.server.name,
                            ),
                        }
                    )

    def _acknowledge_later(self, folder, envelope):
        # The caller's transaction may still be rolled back: the next fetch tells the mailbox.
        mark = self.env["mail.catchall.folder"].search(
            [
                ("fetchmail_server_id", "=", self.server.id),
                ("name", "=", folder.name),
                ("uidvalidity", "=", str(folder.uidvalidity)),
            ]
        )
        if mark:
            mark.pending_uids = f"{mark.pending_uids or ''} {envelope.number}"

    # --- IMAP

    def _run_folder(self, name, is_junk):
        folder = ImapFolder(self.connection, name)
        mark = self._mark(folder)
        self._acknowledge(folder, mark)
        first = max(int(mark.first_uid), int(mark.last_uid) + 1 - OVERLAP, 1)
        uids = self._unknown(folder, folder.uids_from(first), mark)
        for start in range(0, len(uids), 2_000):
            envelopes = folder.envelopes(uids[start : start + 2_000])
            self._store_oversize(folder, envelopes, is_junk)
            for batch in batches(self._small_enough(envelopes), BATCH_BYTES, BATCH_COUNT):
                stored = self._store(folder, batch, is_junk)
                self._advance(mark, batch[-1].number)
                mark.pending_uids = " ".join(str(envelope.number) for envelope in stored)
                self._commit()
                self._acknowledge(folder, mark)
            if envelopes:
                self._advance(mark, envelopes[-1].number)
            self._commit()

    def _mark(self, folder):
        """The folder's high-water mark; a new numbering (UIDVALIDITY) starts it anew."""
        Folder = self.env["mail.catchall.folder"]
        mark = Folder.search(
            [("fetchmail_server_id", "=", self.server.id), ("name", "=", folder.name)]
        )
        if mark and mark.uidvalidity == str(folder.uidvalidity):
            return mark
        values = {
            "uidvalidity": str(folder.uidvalidity),
            "first_uid": str(self._first_uid(folder)),
            "last_uid": "0",
            "pending_uids": False,
            "skipped_keys": False,
        }
        if mark:
            _logger.info("Folder %s of account %s is numbered anew", folder.name, self.server.id)
            mark.write(values)
        else:
            mark = Folder.create(
                {"fetchmail_server_id": self.server.id, "name": folder.name, **values}
            )
        self._commit()
        return mark

    def _first_uid(self, folder):
        """Lowest UID that arrived at or after the date to fetch from."""
        since = self.server.fetch_since
        if not since:
            return 1
        for envelope in folder.envelopes(folder.uids_from(1, since)):
            # SEARCH SINCE knows days only
            if envelope.received is None or envelope.received >= since:
                return envelope.number
        return folder.uidnext or 1

    def _advance(self, mark, uid):
        if uid > int(mark.last_uid):
            mark.last_uid = str(uid)

    def _unknown(self, folder, uids, mark):
        # skipped: what Odoo itself had fetched when the account was switched over
        skipped = set((mark.skipped_keys or "").split("\n"))
        by_key = {folder.key(uid): uid for uid in uids}
        return self._without_known({key: by_key[key] for key in by_key if key not in skipped})

    def _acknowledge(self, folder, mark):
        """Tell the mailbox what the ledger holds; if that is cut short, the next fetch does it."""
        uids = _numbers(mark.pending_uids)
        if not uids:
            return
        for start in range(0, len(uids), BATCH_COUNT):
            some = uids[start : start + BATCH_COUNT]
            if self.server.after_fetch == "delete":
                folder.delete(some)
            elif self.server.after_fetch == "move":
                folder.move(some, self.server.archive_folder)
            else:
                folder.mark_seen(some)
        mark.pending_uids = False
        self._commit()

    # --- POP3

    def _run_pop(self):
        mailbox = Pop3Mailbox(self.connection)
        by_key = {envelope.key: envelope for envelope in mailbox.envelopes()}
        skipped = self._skipped(mailbox, by_key)
        new = [item for item in self._without_known(by_key) if item.key not in skipped]
        self._store_oversize(mailbox, new, is_junk=False)
        for batch in batches(self._small_enough(new), BATCH_BYTES, BATCH_COUNT):
            self._store(mailbox, batch, is_junk=False)
            self._commit()
        self._commit()
        if self.server.after_fetch == "delete":
            self._delete_stored(mailbox, by_key)

    def _skipped(self, mailbox, by_key):
        """Keys of messages that arrived before the date to fetch from, determined once.

        POP3 tells no date of arrival: the messages' own headers do, at the first fetch.
        """
        Folder = self.env["mail.catchall.folder"]
        mark = Folder.search(
            [("fetchmail_server_id", "=", self.server.id), ("name", "=", mailbox.name)]
        )
        if not mark:
            since = self.server.fetch_since
            old = [
                envelope.key
                for envelope in (by_key.values() if since else ())
                if (arrived := ReceivedMail.from_bytes(mailbox.header(envelope)).arrived)
                and arrived < since
            ]
            mark = Folder.create(
                {
                    "fetchmail_server_id": self.server.id,
                    "name": mailbox.name,
                    "skipped_keys": "\n".join(old),
                }
            )
            self._commit()
        return set((mark.skipped_keys or "").split("\n"))

    def _delete_stored(self, mailbox, by_key):
        self.env.cr.execute(
            SQL(
                """SELECT remote_key FROM mail_catchall_message
                    WHERE fetchmail_server_id = %s AND remote_key = ANY(%s) AND has_source""",
                self.server.id,
                list(by_key),
            )
        )
        stored = [key for (key,) in self.env.cr.fetchall()]
        mailbox.delete([by_key[key].number for key in stored])
        self._commit()

    # --- the ledger

    def _small_enough(self, envelopes):
        return [envelope for envelope in envelopes if envelope.size <= self.max_bytes]

    def _without_known(self, by_key):
        """Values of ``by_key`` whose key the ledger does not have, in their order."""
        self.env.cr.execute(
            SQL(
                """SELECT remote_key FROM mail_catchall_message
                    WHERE fetchmail_server_id = %s AND remote_key = ANY(%s)""",
                self.server.id,
                list(by_key),
            )
        )
        known = {key for (key,) in self.env.cr.fetchall()}
        return [value for key, value in by_key.items() if key not in known]

    def _store(self, mailbox, batch, is_junk):
        """Write a batch into the ledger; return the envelopes of those whose bytes are in it."""
        stored = []
        for fetched in mailbox.fetch(batch):
            if fetched.source is None:
                self._insert(
                    mailbox,
                    fetched.envelope,
                    is_junk,
                    state=State.FAILED,
                    reason=Reason.ERROR,
                    error=self.server.env._(
                        "The mail server of “%(account)s” did not return this email "
                        "(%(answer)s). Route it again to retry, or look for it in the mailbox.",
                        account=self.server.name,
                        answer=fetched.error,
                    ),
                )
            else:
                self._insert(mailbox, fetched.envelope, is_junk, source=fetched.source)
                stored.append(fetched.envelope)
        self.env["mail.catchall.message"]._wake_lanes()
        return stored

    def _store_oversize(self, mailbox, envelopes, is_junk):
        for envelope in envelopes:
            if envelope.size > self.max_bytes:
                self._insert(mailbox, envelope, is_junk, **self._oversize_values(envelope))

    def _oversize_values(self, envelope):
        return {
            "state": str(State.FAILED),
            "reason": str(Reason.OVERSIZE),
            "error": self.server.env._(
                "The size of this email is %(size)s MB, more than the %(limit)s MB that the "
                "account “%(account)s” allows. It is still only in the mailbox. Raise the limit, "
                "then route it again, or read it in the mailbox.",
                size=f"{envelope.size / 1_000_000:.1f}",
                limit=self.server.max_message_mb,
                account=self.server.name,
            ),
        }

    def _insert(
        self,
        mailbox,
        envelope: Envelope,
        is_junk,
        *,
        source=None,
        state=State.RECEIVED,
        reason=None,
        error=None,
    ):
        """Write one row. By SQL: the ORM would encode the bytes, and log them when it fails."""
        now = fields.Datetime.now()
        values = {
            "fetchmail_server_id": self.server.id,
            "company_id": self.company_id,
            "folder": mailbox.name,
            "folder_is_junk": is_junk,
            "remote_key": envelope.key,
            "size": len(source) if source is not None else envelope.size,
            "received_date": envelope.received or now,
            "fetched_date": now,
            "state": str(state),
            "reason": str(reason) if reason else None,
            "error": error,
            "explanation": error,
            "attempts": 0,
            "has_source": source is not None,
            "create_uid": self.env.uid,
            "create_date": now,
            "write_uid": self.env.uid,
            "write_date": now,
            **described(source),
        }
        columns = SQL(", ").join(SQL.identifier(name) for name in [*values, "source"])
        bytea = psycopg2.Binary(source) if source is not None else None
        query = SQL(
            """INSERT INTO mail_catchall_message (%s) VALUES %s
               ON CONFLICT (fetchmail_server_id, remote_key) DO NOTHING""",
            columns,
            (*values.values(), bytea),
        )
        self.env.cr.execute(query, log_exceptions=False)

    def _fill(self, row, source):
        values = {"size": len(source), "has_source": True, **described(source)}
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value)
            for name, value in [*values.items(), ("source", psycopg2.Binary(source))]
        )
        query = SQL("UPDATE mail_catchall_message SET %s WHERE id = %s", assignments, row.id)
        self.env.cr.execute(query, log_exceptions=False)
        row.invalidate_recordset()

    def _commit(self):
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _company_id(self):
        companies = self.server.alias_domain_ids.company_ids
        return companies.id if len(companies) == 1 else None


def described(source, mail=None):
    """What the ledger shows of a message before it is routed, and the keys that keep order."""
    if source is None:
        return {}
    mail = mail or ReceivedMail.from_bytes(source)
    conversation = next(iter(mail.references), "") or mail.message_id
    return {
        "message_id": printable(mail.message_id)[:1000] or None,
        "email_from": _short(mail.first("from")),
        "email_to": _short(mail.first("to")),
        "subject": printable(mail.subject)[:500] or None,
        "sender_key": _key(mail.sender.address or (mail.return_path or "")),
        "thread_key": _key(conversation or hashlib.sha256(source).hexdigest()),
    }


def _numbers(text):
    return [int(item) for item in (text or "").split()]


def _short(value):
    return printable(decode_words(value[:2000]))[:500] or None


def _key(text):
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
