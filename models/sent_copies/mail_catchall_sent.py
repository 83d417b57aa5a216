"""Copies of what was sent, on their way to the Sent folder of the account's mailbox.

Sending only writes a row here, in a transaction of its own. A job of its own talks to the mailbox:
one that is slow or away neither delays an email nor fails it.
"""

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from imaplib import IMAP4

import psycopg2
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...incoming import MailboxError
from ...outgoing.refusals import retry_minutes
from ...sent_copies.sent_folder import SentFolder
from ..outgoing.short_cursor import short_cursor

_logger = logging.getLogger(__name__)

# One email leaves once for each recipient: the copy waits so long for a customer's.
COLLECT = timedelta(seconds=20)
MAX_BYTES = 50 * 1024 * 1024  # of one copy
MAX_WAITING_BYTES = 500 * 1024 * 1024  # of all copies of an account
MAX_WAITING = 5_000
KEPT = timedelta(days=30)  # of what could not be put there
BATCH = 200


@dataclass
class CopyQueue:
    """What one session knows of its account's copies, so that it need not ask for every mail."""

    server_id: int
    kept: int = 0
    count: int = 0
    size: int = 0
    woken: datetime = datetime.min


class MailCatchallSent(models.Model):
    _name = "mail.catchall.sent"
    _description = "Copy for the Sent Folder"
    _order = "id desc"
    _rec_name = "subject"
    _log_access = False

    # No foreign key: its lock would wait for the transaction that is sending this very mail.
    server_id = fields.Integer(required=True)
    message_id = fields.Char("Message-ID", required=True)
    subject = fields.Char()
    size = fields.Integer("Size (bytes)", aggregator=None)
    sent_date = fields.Datetime("Sent", required=True)
    rank = fields.Integer(
        aggregator=None, help="Whose copy it is: a customer's copy takes precedence."
    )
    state = fields.Selection(
        [("waiting", "Waiting"), ("failed", "Failed")], required=True, default="waiting"
    )
    attempts = fields.Integer(aggregator=None)
    next_try_date = fields.Datetime("Next Attempt")
    error = fields.Text()

    _mail_unique = models.UniqueIndex(
        "(server_id, message_id)", "There is already a copy of this email."
    )
    _waiting_index = models.Index("(next_try_date) WHERE state = 'waiting'")

    def init(self):
        # As in the ledger: the ORM's Binary holds base64, and a failing INSERT would log it all.
        self.env.cr.execute(
            """
            ALTER TABLE mail_catchall_sent ADD COLUMN IF NOT EXISTS source bytea;
            ALTER TABLE mail_catchall_sent ALTER COLUMN source SET STORAGE EXTERNAL;
            """
        )

    # ------------------------------------------------------------
    # While sending
    # ------------------------------------------------------------

    @api.model
    def _keep(self, queue, message, source):
        """Called by the session for each email that somebody got, with its bytes as they left.

        :param CopyQueue queue: what the session knows of the account's copies
        """
        _author, hint = getattr(message, "catchall_origin", (None, {}))
        if not hint.get("copy"):
            return
        values = {
            "server_id": queue.server_id,
            "message_id": " ".join(str(message["Message-Id"]).split()),
            "subject": " ".join(str(message["Subject"] or "").split())[:200],
            "size": len(source),
            "sent_date": fields.Datetime.now(),
            "rank": hint["copy"],
        }
        with short_cursor(self.env) as env:
            env["mail.catchall.sent"]._insert(queue, values, source)

    @api.model
    def _insert(self, queue, values, source):
        """One row per email, whoever its recipient; a customer's copy replaces a colleague's."""
        problem = self._no_room(queue, values["size"])
        ready = values["sent_date"] + COLLECT
        values |= {
            "state": "failed" if problem else "waiting",
            "error": problem or None,
            "next_try_date": None if problem else ready,
            "attempts": 0,
            "source": None if problem else psycopg2.Binary(source),
        }
        columns = SQL(", ").join(map(SQL.identifier, values))
        # Not by the ORM: once per email, in a transaction that does nothing else.
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO mail_catchall_sent (%s) VALUES %s
                ON CONFLICT (server_id, message_id) DO UPDATE
                   SET source = EXCLUDED.source, size = EXCLUDED.size, rank = EXCLUDED.rank
                 WHERE mail_catchall_sent.rank < EXCLUDED.rank
                   AND mail_catchall_sent.attempts = 0
                   AND mail_catchall_sent.state = 'waiting'
                   AND EXCLUDED.state = 'waiting'
                """,
                columns,
                tuple(values.values()),
            ),
            log_exceptions=False,  # it would log the email
        )
        if not problem and ready >= queue.woken + COLLECT / 2:
            queue.woken = ready
            self._wake(ready)

    @api.model
    def _no_room(self, queue, size):
        """Why an email gets no copy, "" when it does: the queue is bounded.

        Asked for a session's first email and every hundredth; in between the session counts itself.
        """
        if queue.kept % 100 == 0:
            self.env.cr.execute(
                """
                SELECT count(*), COALESCE(sum(size), 0) FROM mail_catchall_sent
                 WHERE server_id = %s AND state = 'waiting'
                """,
                [queue.server_id],
            )
            queue.count, queue.size = self.env.cr.fetchone()
        if size > MAX_BYTES:
            return self.env._(
                "The email is too large for a copy (limit: 50 MB). The email itself was sent."
            )
        if queue.count >= MAX_WAITING or queue.size + size > MAX_WAITING_BYTES:
            return self.env._(
                "Too many copies are already waiting for the mailbox (%s), so this one was left "
                "out. The email itself was sent.",
                queue.count,
            )
        queue.kept, queue.count, queue.size = queue.kept + 1, queue.count + 1, queue.size + size
        return ""

    @api.model
    def _wake(self, when):
        # sudo: the job is woken by whoever sends
        self.env.ref("mail_catchall_router.ir_cron_catchall_sent").sudo()._trigger(when)

    # ------------------------------------------------------------
    # In the background
    # ------------------------------------------------------------

    @api.model
    def _cron_put_copies(self):
        due = [("state", "=", "waiting"), ("next_try_date", "<=", fields.Datetime.now())]
        for server_id, _count in self._read_group(due, ["server_id"], ["__count"]):
            rows = self.search([*due, ("server_id", "=", server_id)], order="id", limit=BATCH)
            if not rows._put_copies():
                break
        if self.search_count(due, limit=1):
            self._trigger_now()

    def _trigger_now(self):
        # sudo: waking the job is not configuring it
        self.env.ref("mail_catchall_router.ir_cron_catchall_sent").sudo()._trigger()

    def _put_copies(self):
        """Append an account's copies; return False when the job's time is over."""
        commit = self.env["ir.cron"]._commit_progress
        account = self.env["ir.mail_server"].browse(self[0].server_id).exists()
        if not account:
            self.unlink()  # the account is gone: its copies are dropped
            return bool(commit(0))
        mailbox = connection = None
        left, claimed = self, self.browse()
        try:
            mailbox = account._catchall_sent_mailbox()
            connection = mailbox._connect__()
            folder = SentFolder(connection, account._catchall_sent_folder_name(mailbox))
            for row in self:
                if not row.exists():
                    left -= row  # an administrator has removed it meanwhile
                    continue
                # Committed before: an email that kills the worker counts as tried.
                row.attempts += 1
                if not commit(0):
                    row.attempts -= 1
                    return False
                claimed = row
                try:
                    folder.keep(row._read_source(), row.message_id, row.sent_date)
                except IMAP4.abort:
                    raise
                except (MailboxError, IMAP4.error) as error:
                    row._postpone(mailbox._catchall_explain(error))
                else:
                    row.unlink()
                left -= row
                commit(1)
        except (OSError, IMAP4.error, MailboxError, UserError) as error:
            # The mailbox cannot be reached: all wait. The account's form shows why.
            self.env.cr.rollback()
            _logger.info("Copies of %s do not reach the mailbox", account.name, exc_info=True)
            left = left.exists()
            for row in left - claimed:
                row.attempts += 1
            left._postpone(mailbox._catchall_explain(error) if mailbox else str(error))
            commit(0)
        finally:
            if connection is not None:
                mailbox._catchall_disconnect(connection)
        return True

    def _read_source(self):
        self.ensure_one()
        self.env.cr.execute(SQL("SELECT source FROM mail_catchall_sent WHERE id = %s", self.id))
        return bytes(self.env.cr.fetchone()[0])

    def _postpone(self, error):
        """Try again later each time, and give up after four days."""
        now = fields.Datetime.now()
        given_up = self.browse()
        for row in self:
            minutes = retry_minutes(row.attempts)
            row.error = error
            row.next_try_date = now + timedelta(minutes=minutes)
            if not minutes:
                given_up += row
        if given_up:
            given_up._give_up(error)
        waiting = self - given_up
        if waiting:
            self._wake(min(waiting.mapped("next_try_date")))

    def _give_up(self, error):
        account = self.env["ir.mail_server"].browse(self[0].server_id)
        told = self.search_count(
            [("server_id", "=", account.id), ("state", "=", "failed")], limit=1
        )
        self.write({"state": "failed", "next_try_date": False})
        self.env.cr.execute(
            SQL("UPDATE mail_catchall_sent SET source = NULL WHERE id IN %s", tuple(self.ids))
        )
        if not told:
            account._catchall_tell_admins(
                self.env._("Copies of mail from %s could not be stored", account.display_name),
                self.env._(
                    "The mail was sent, but for four days no copy of it could be stored in the "
                    "Sent folder. Open the outgoing account to see the list. The last error: %s",
                    error,
                ),
            )

    @api.autovacuum
    def _gc_copies(self):
        self.search(
            [("state", "=", "failed"), ("sent_date", "<", fields.Datetime.now() - KEPT)],
            limit=100_000,
        ).unlink()
