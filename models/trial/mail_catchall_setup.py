"""The buttons of a setup whose account is on trial."""

from odoo import models


class MailCatchallSetup(models.Model):
    _inherit = "mail.catchall.setup"

    def action_compare(self):
        return self.fetchmail_server_id.action_catchall_compare()

    def action_switch(self):
        return self.fetchmail_server_id.action_catchall_switch()
