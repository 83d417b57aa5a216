"""An account, incoming or outgoing: all that happens when one is created, written or deleted.

``fetchmail.server`` and ``ir.mail_server`` have no ``create``, ``write``, ``web_save`` or
``unlink`` of ours but these, so that their order can be read here. What a step does stands in the
room of its subject, in the method that is called. Where a step concerns one kind of account only,
the method does nothing here, and the model of that kind overrides it.
"""

from odoo import api, models

from ..health.mail_catchall_health_account import SERVER_FIELDS


class CatchallAccount(models.AbstractModel):
    _name = "mail.catchall.account"
    _inherit = [
        "mail.catchall.secrets",
        "mail.catchall.health.account",
        "mail.catchall.setup.account",
    ]
    _description = "Incoming or Outgoing Account"

    @api.model_create_multi
    def create(self, vals_list):
        prepared = [self._catchall_begin_trial(vals) for vals in vals_list]
        typed = [self._catchall_take_secrets(vals, vals.get("is_catchall")) for vals in prepared]
        written = [vals for vals, _secrets in typed]
        with self._catchall_creating(written):
            accounts = super().create(written)
        for account, (_vals, secrets) in zip(accounts, typed, strict=True):
            account._catchall_store_secrets(secrets)
        for account, vals in zip(accounts, prepared, strict=True):
            account._catchall_write_lost(vals)
            account._catchall_check_typed(vals, new=True)
        accounts._catchall_check_written(set().union(*vals_list))
        accounts._catchall_bind_database()
        accounts._catchall_keep_job()
        accounts._catchall_keep_health()
        accounts._catchall_forget_directory(set().union(*vals_list))
        return accounts

    def write(self, vals):
        vals = self._catchall_begin_trial(vals)
        for accounts, values, storing_secrets in self._catchall_divide(vals):
            with storing_secrets:
                for part, part_values in accounts._catchall_keep_archived(values):
                    super(CatchallAccount, part).write(part_values)
        self._catchall_check_typed(vals)
        self._catchall_check_written(vals)
        self._catchall_follow(vals)
        return True

    def _catchall_follow(self, vals):
        """Bring up to date what depends on the values that were written."""
        names = vals.keys()
        if names & {"is_catchall", "active"}:
            self._catchall_keep_health()
        if names & SERVER_FIELDS:
            self.sudo().catchall_health_id._forget_seen()  # sudo: rows are written by us alone
        if names & {"is_catchall", "active", "state", "name"}:
            self._catchall_bind_database()
            self._catchall_keep_job()
        if vals.get("state") == "done":
            self._catchall_archive_replaced()
        self._catchall_forget_directory(names)

    def web_save(self, vals, specification, next_id=None):
        return super().web_save(self._catchall_typed(vals), specification, next_id=next_id)

    def unlink(self):
        jobs = self._catchall_jobs()
        result = super().unlink()
        jobs.unlink()
        self._catchall_forget_directory({"active"})
        return result

    # ------------------------------------------------------------ steps of one kind of account

    @api.model
    def _catchall_begin_trial(self, vals):
        """Incoming: the values, with date and database where a trial begins."""
        return vals

    def _catchall_check_written(self, names):
        """Outgoing: raise a ValidationError where one of these fields lacks a value that it needs
        and that is known only when the inverse of a computed field was called.
        """

    def _catchall_bind_database(self):
        """Incoming: a new catch-all account belongs to this database, and not to a copy of it."""

    def _catchall_jobs(self):
        """Incoming: the fetch jobs of these accounts, for whoever may write the accounts."""
        return self.env["ir.cron"]

    def _catchall_keep_job(self):
        """Incoming: a catch-all account has a fetch job, active as long as the account is."""

    def _catchall_archive_replaced(self):
        """Incoming: Odoo's own account gives way to the one that was confirmed in its place."""

    def _catchall_forget_directory(self, names):
        """Outgoing: forget which account sends for which domain, if these fields decide that."""

    # ------------------------------------------------------------ hooks of a connection

    def _catchall_check_may_connect(self):
        """Incoming: raise a UserError where this account must not be connected to now."""

    def _catchall_logged_in(self, connection):
        """Incoming: the account has connected and logged in; its secrets are kept meanwhile."""

    def _catchall_fetched(self, seconds):
        """Incoming: a fetch has ended, well or not, after so many seconds; all is committed."""

    def _catchall_connected(self, error):
        """Outgoing: the account has connected and logged in, or failed to with this error."""


class FetchmailServer(models.Model):
    _name = "fetchmail.server"
    _inherit = ["fetchmail.server", "mail.catchall.account"]


class IrMailServer(models.Model):
    _name = "ir.mail_server"
    _inherit = ["ir.mail_server", "mail.catchall.account"]
