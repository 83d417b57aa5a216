"""The incoming account's side of a setup: its login, and Odoo's own account that it replaces."""

from odoo import fields, models


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_replaces_id = fields.Many2one(
        "fetchmail.server",
        "Replaces",
        readonly=True,
        copy=False,
        help="Odoo fetches the same mailbox through this account. It stays active until the "
        "catch-all account starts and is then archived: two accounts would take each other's mail.",
    )

    def _catchall_archive_replaced(self):
        started = self.filtered("catchall_replaces_id")
        started.catchall_replaces_id.active = False
        started.catchall_replaces_id = False

    def _catchall_try_login(self):
        """Log in, open the folder, and say in a line that it worked.

        :raises Exception: whatever a login fails with; see ``_catchall_explain_login``
        """
        self._connect__(allow_archived=True).disconnect()
        self._catchall_check_folder()
        return self.env._("Logged in to %(host)s as %(user)s.", user=self.user, host=self.server)

    def _catchall_explain_login(self, error):
        return self._catchall_explain(error)
