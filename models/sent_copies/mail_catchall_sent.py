"""Copies of what was sent, on their way to the Sent folder of the account's mailbox.

Sending only writes a row here (copy_queue.py), in a transaction of its own. A job of its own talks
to the mailbox: one that is slow or away neither delays an email nor fails it.
"""

import logging
from datetime import timedelta
from imaplib import IMAP4

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...incoming import MailboxError
from ...outgoing.refusals import retry_minutes
from ...sent_copies.sent_folder import SentFolder

_logger = logging.getLogger(__name__)

KEPT = timedelta(days=30)  # of what could not be put there
BATCH = 200


class MailCatchallSent(models.Model):
    _name = "mail.catchall.sent"
    _inherit = ["mail.catchall.source", "mail.catchall.of.account"]
    _description = "Copy for the Sent Folder"
    _order = "id desc"
    _rec_name = "subject"
    _log_access = False
    _catchall_accounts = {"server_id": "ir.mail_server"}

    # No foreign key: its lock would wait for the transaction that is sending this very message.
    server_id = fields.Integer("Outgoing Account", required=True)
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

    @api.model
    def _wake(self, when=None):
        # sudo: the job is woken by whoever sends
        self.env.ref("mail_catchall_router.ir_cron_catchall_sent").sudo()._trigger(when)

    @api.model
    def _cron_put_copies(self):
        due = [("state", "=", "waiting"), ("next_try_date", "<=", fields.Datetime.now())]
        for server_id, _count in self._read_group(due, ["server_id"], ["__count"]):
            rows = self.search([*due, ("server_id", "=", server_id)], order="id", limit=BATCH)
            if not rows._put_copies():
                break
        if self.search_count(due, limit=1):
            self._wake()

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
                if row.exists():  # else an administrator has removed it meanwhile
                    claimed = row
                    if not row._put_copy(folder, mailbox):
                        return False
                left -= row
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

    def _put_copy(self, folder, mailbox):
        """Append one copy; return False when the job's time is over.

        :raises IMAP4.abort: when the connection is lost
        """
        commit = self.env["ir.cron"]._commit_progress
        # Committed before: an email that kills the worker counts as tried.
        self.attempts += 1
        if not commit(0):
            self.attempts -= 1
            return False
        try:
            folder.keep(self._read_source(), self.message_id, self.sent_date)
        except IMAP4.abort:
            raise
        except (MailboxError, IMAP4.error) as error:
            self._postpone(mailbox._catchall_explain(error))
        else:
            self.unlink()
        commit(1)
        return True

    def _postpone(self, error):
        """Try again later each time, and give up after four days."""
        self.error = error
        waiting = self.filtered(lambda row: retry_minutes(row.attempts))
        for row in waiting:
            minutes = retry_minutes(row.attempts)
            row.next_try_date = fields.Datetime.now() + timedelta(minutes=minutes)
        if given_up := self - waiting:
            given_up._give_up(error)
        if waiting:
            self._wake(min(waiting.mapped("next_try_date")))

    def _give_up(self, error):
        account = self.env["ir.mail_server"].browse(self[0].server_id)
        failed = [("server_id", "=", account.id), ("state", "=", "failed")]
        told = self.search_count(failed, limit=1)
        self.write({"state": "failed", "next_try_date": False})
        self._drop_sources()
        if not told:
            account._catchall_tell_admins(
                self.env._("Copies of mail from %s could not be stored", account.display_name),
                self.env._(
                    "The email was sent, but for four days no copy of it could be stored in the "
                    "Sent folder. Open the outgoing account to see the list. The last error: %s",
                    error,
                ),
            )

    @api.autovacuum
    def _gc_copies(self):
        old = [("state", "=", "failed"), ("sent_date", "<", fields.Datetime.now() - KEPT)]
        self.search(old, limit=100_000).unlink()
