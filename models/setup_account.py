"""What both kinds of account have in common: the way back to the set-up that they belong to."""

from odoo import fields, models

from .mail_catchall_setup import LINKS


class SetupAccount(models.AbstractModel):
    _name = "mail.catchall.setup.account"
    _description = "Account of a Set-up"

    catchall_setup_id = fields.Many2one(
        "mail.catchall.setup", "Set-up", compute="_compute_catchall_setup_id"
    )

    def _compute_catchall_setup_id(self):
        setups = self.env["mail.catchall.setup"]
        if not setups.has_access("read"):
            self.catchall_setup_id = False
            return
        for account in self:
            ids = account._origin.ids
            links = LINKS[self._name]
            found = setups.search(["|", *((name, "in", ids) for name in links)], limit=1)
            account.catchall_setup_id = found.state != "running" and found

    def action_catchall_setup(self):
        """Go on with the set-up: after a provider's page, Odoo shows the account."""
        self.ensure_one()
        return self.catchall_setup_id._open()
