"""From Odoo's fetch to the router's: what Odoo has fetched stays as it is, the rest is ours."""

from odoo import fields, models
from odoo.exceptions import UserError

from ...incoming import CONNECTION_ERRORS, ImapFolder, MailboxError
from ..windows import form_window
from .handover import known_uids
from .summary import OPEN


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def action_catchall_switch(self):
        """Ask what becomes of the mail that Odoo lost, then make the account live."""
        self.ensure_one()
        self.check_access("write")
        return form_window(
            self.env["mail.catchall.switch"],
            self.env._("Switch to the Mail Router"),
            dialog=True,
            default_fetchmail_server_id=self.id,
        )

    def _catchall_switch(self, *, replay_lost):
        """Make the account live: what Odoo has fetched stays as it is, all else is the router's.

        The account is locked meanwhile, so that Odoo fetches nothing between the look into the
        mailbox and the commit.

        :return: number of lost messages that are routed now
        """
        self.ensure_one()
        self.check_access("write")
        server = self.sudo()  # sudo: the password, on behalf of whoever may write the account
        server._catchall_check_may_switch()
        server._catchall_take_over_mailbox()
        server.write(
            {
                "is_catchall": True,
                "catchall_shadow": False,
                # POP3: what Odoo has fetched it has deleted; all that is left is to be fetched
                "fetch_since": server._get_connection_type() == "imap" and fields.Datetime.now(),
                "state": "done",
                "error_date": False,
                "error_message": False,
            }
        )
        lost = self.env["mail.catchall.shadow"].sudo()  # sudo: bytes that Odoo lost, routed once
        if replay_lost:
            lost = lost.search([("fetchmail_server_id", "=", server.id), *OPEN], order="id")
            lost._route_now()
        server._catchall_jobs()._trigger()
        return len(lost)

    def _catchall_check_may_switch(self):
        if not self.catchall_shadow:
            raise UserError(
                self.env._(
                    "“%(server)s” is not on trial, so there is nothing to switch.",
                    server=self.name,
                )
            )
        if self.catchall_other_database:
            raise UserError(
                self.env._(
                    "“%(server)s” was set up in another database, of which this one is a copy. "
                    "Confirm first that this is the database to use.",
                    server=self.name,
                )
            )
        if not self.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Odoo is fetching “%(server)s” right now. Try again in a moment.",
                    server=self.name,
                )
            )

    def _catchall_take_over_mailbox(self):
        """Note which messages of the mailbox Odoo has fetched, before the router reads it."""
        try:
            with self._catchall_connection(allow_archived=True) as connection:
                if self._get_connection_type() == "imap":
                    self._catchall_skip_known(ImapFolder(connection, self.imap_folder or "INBOX"))
        except (*CONNECTION_ERRORS, MailboxError) as error:
            raise UserError(self._catchall_explain(error)) from error

    def _catchall_skip_known(self, folder):
        first, known = known_uids(self, folder)
        marks = self.env["mail.catchall.folder"]
        marks._of(self, folder.name).unlink()
        marks.create(
            {
                "fetchmail_server_id": self.id,
                "name": folder.name,
                "uidvalidity": str(folder.uidvalidity),
                "first_uid": str(first),
                "last_uid": "0",
                "skipped_keys": "\n".join(folder.key(uid) for uid in known) or False,
            }
        )
