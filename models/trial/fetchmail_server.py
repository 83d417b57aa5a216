"""An account on trial: Odoo fetches it as before, the router only records what it would do."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..windows import list_window


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_shadow_since = fields.Datetime("On Trial Since", readonly=True, copy=False)

    @api.constrains("catchall_shadow", "is_catchall", "server_type", "imap_folder")
    def _check_catchall_shadow(self):
        for server in self.filtered("catchall_shadow"):
            if server.is_catchall:
                raise ValidationError(
                    self.env._(
                        "“%(server)s” is on trial, so it cannot be a catch-all mailbox yet. "
                        "Press “Switch”, or end the trial first.",
                        server=server.name,
                    )
                )
            if server.server_type == "local":
                raise ValidationError(
                    self.env._(
                        "“%(server)s” is fed by a local script, so there is no mailbox to switch "
                        "over later. Choose IMAP or POP3 for a trial.",
                        server=server.name,
                    )
                )
            if (server.imap_folder or "INBOX").upper() != "INBOX":
                raise ValidationError(
                    self.env._(
                        "“%(server)s”: Odoo itself reads only the folder INBOX, so a trial cannot "
                        "cover “%(folder)s”. Set the folder to INBOX.",
                        server=server.name,
                        folder=server.imap_folder,
                    )
                )

    @api.depends("catchall_shadow")
    def _compute_catchall_other_database(self):
        result = super()._compute_catchall_other_database()
        uuid = self._catchall_uuid()
        for server in self.filtered("catchall_shadow"):
            bound = server.catchall_database_uuid
            server.catchall_other_database = bool(bound and bound != uuid)
        return result

    def _catchall_is_ordinary(self):
        # one that was a catch-all account, and will be one again
        return super()._catchall_is_ordinary() and not self.catchall_shadow

    @api.model
    def _catchall_begin_trial(self, vals):
        if not vals.get("catchall_shadow"):
            return vals
        begins = {
            "catchall_shadow_since": fields.Datetime.now(),
            "catchall_database_uuid": self._catchall_uuid(),
        }
        return begins | vals

    def action_catchall_activate(self):
        """On an account that Odoo itself fetches, the router is tried beside it."""
        action = super().action_catchall_activate()
        if not self.is_catchall:
            action["context"]["default_start"] = "trial"
        return action

    def _catchall_first_headers(self):
        if self.catchall_shadow:
            # sudo: names of servers, for those who may see the account
            return self.env["mail.catchall.shadow"].sudo()._first_headers(self)
        return super()._catchall_first_headers()

    def _catchall_start_trial(self):
        """Test the login as the account will be fetched: by Odoo itself. Then watch it."""
        self.ensure_one()
        values = {"is_catchall": False, "catchall_shadow": True}
        if native := self.catchall_replaces_id:
            # A setup has created this account beside the one that Odoo fetches with, which it
            # replaces as soon as it starts: Odoo goes on as it did there.
            values |= {name: native[name] for name in ("original", "attach", "priority")}
            values["object_id"] = native.object_id.id
        self.write(values)
        self._onchange_catchall_known_hosts()
        try:
            self.button_confirm_login()
        except UserError as error:
            cause = error.__context__ or error
            raise UserError(self._catchall_explain(cause)) from error

    def action_catchall_end_trial(self):
        self.check_access("write")
        self.filtered("catchall_shadow").catchall_shadow = False
        return True

    def action_catchall_compare(self):
        self.ensure_one()
        domain = [("fetchmail_server_id", "=", self.id)]
        return list_window(self.env, "action_mail_catchall_shadow", domain, context={})
