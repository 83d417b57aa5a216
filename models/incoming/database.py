"""The database that reads a mailbox: a copy of it has the same accounts, and must not fetch."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_database_uuid = fields.Char("Database That Fetches", readonly=True, copy=False)
    catchall_other_database = fields.Boolean(
        "Set Up in Another Database", compute="_compute_catchall_other_database"
    )

    @api.depends("catchall_database_uuid", "is_catchall")
    def _compute_catchall_other_database(self):
        uuid = self._catchall_uuid()
        for server in self:
            bound = server.catchall_database_uuid
            server.catchall_other_database = bool(server.is_catchall and bound and bound != uuid)

    def _catchall_bind_database(self):
        unbound = self.filtered(lambda s: s.is_catchall and not s.catchall_database_uuid)
        unbound.catchall_database_uuid = self._catchall_uuid()

    def _catchall_other_database_error(self):
        return UserError(
            self.env._(
                "“%(server)s” was set up in another database, of which this one is a copy. "
                "Two databases that read the same mailbox take each other's mail. Open the "
                "account and confirm that this is the database to use.",
                server=self.name,
            )
        )

    @api.model
    def _catchall_uuid(self):
        # sudo: the database's own name, compared and never shown
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    def action_catchall_confirm_database(self):
        """The admin confirms that this copy of the database is the one that reads the mailbox."""
        self.check_access("write")
        self.write({"catchall_database_uuid": self._catchall_uuid(), "error_message": False})
        return True
