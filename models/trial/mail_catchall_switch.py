"""From a trial to the router: what becomes of the messages that Odoo lost meanwhile."""

from odoo import fields, models

from ..windows import notification


class CatchallSwitch(models.TransientModel):
    _name = "mail.catchall.switch"
    _description = "Switch to the Mail Router after a Trial"

    fetchmail_server_id = fields.Many2one("fetchmail.server", required=True, ondelete="cascade")
    trial_text = fields.Char(related="fetchmail_server_id.catchall_trial_text")
    open_count = fields.Integer(related="fetchmail_server_id.catchall_trial_open_count")
    replay_lost = fields.Boolean("Route Emails Lost by Odoo", default=True)

    def action_switch(self):
        self.ensure_one()
        server = self.fetchmail_server_id
        count = server._catchall_switch(replay_lost=self.replay_lost)
        message = self.env._("The Mail Router now fetches “%(account)s”.", account=server.name)
        if count:
            message += " " + self.env._("Lost emails being routed: %(count)s.", count=count)
        return notification(message, then={"type": "ir.actions.act_window_close"})
