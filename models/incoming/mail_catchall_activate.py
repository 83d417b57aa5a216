"""The first activation of a catch-all account asks from which date on to fetch."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class CatchallActivate(models.TransientModel):
    _name = "mail.catchall.activate"
    _inherit = "mail.catchall.linked.rows"
    _description = "Start Fetching a Catch-all Mailbox"

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Account", required=True, ondelete="cascade"
    )
    start = fields.Selection(
        [
            ("now", "Mail that arrives from now on"),
            ("date", "Mail that has arrived since a date"),
            ("all", "Everything in the mailbox"),
        ],
        required=True,
        default="now",
    )
    since = fields.Datetime(default=fields.Datetime.now)
    already_started = fields.Boolean(compute="_compute_already_started")

    @api.depends("fetchmail_server_id")
    def _compute_already_started(self):
        for wizard in self:
            server = wizard.fetchmail_server_id
            wizard.already_started = bool(server.is_catchall and server.catchall_folder_ids)

    def action_activate(self):
        """Keep the date, test the login, and confirm the account."""
        self.ensure_one()
        if self.start == "date" and not self.since:
            raise UserError(self.env._("Enter the date from which mail should be fetched."))
        server = self.fetchmail_server_id
        if not server.is_catchall:
            # By “Start Trial…” on an account that Odoo fetches, but another option was chosen.
            # sudo: how far it was read when it was live before; what is chosen now counts
            server.sudo().catchall_folder_ids.unlink()
            server.is_catchall = True
        since = {"now": fields.Datetime.now(), "date": self.since, "all": False}.get(self.start)
        if not self.already_started:
            server.fetch_since = since
        server.button_confirm_login()
        return {"type": "ir.actions.act_window_close"}
