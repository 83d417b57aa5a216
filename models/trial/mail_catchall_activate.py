"""The first activation may also begin a trial: Odoo goes on fetching the account."""

from odoo import fields, models


class CatchallActivate(models.TransientModel):
    _inherit = "mail.catchall.activate"

    start = fields.Selection(
        selection_add=[
            (
                "trial",
                "Trial first: Odoo continues as before, and the router only records what it would "
                "do",
            ),
        ],
        ondelete={"trial": "set default"},
    )

    def action_activate(self):
        self.ensure_one()
        if self.start != "trial":
            return super().action_activate()
        self.fetchmail_server_id._catchall_start_trial()
        return {"type": "ir.actions.act_window_close"}
