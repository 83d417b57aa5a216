"""What both kinds of account have in common: the way back to the setup that one belongs to."""

from odoo import fields, models

from .mail_catchall_setup import LINKS


class SetupAccount(models.AbstractModel):
    _name = "mail.catchall.setup.account"
    _description = "Account of a Setup"

    catchall_setup_id = fields.Many2one(
        "mail.catchall.setup", "Setup", compute="_compute_catchall_setup_id"
    )

    def _compute_catchall_setup_id(self):
        setups = self.env["mail.catchall.setup"]
        if not setups.has_access("read"):
            self.catchall_setup_id = False
            return
        for account in self:
            links = [(name, "in", account._origin.ids) for name in LINKS[self._name]]
            found = setups.search(["|", *links], limit=1)
            account.catchall_setup_id = found.state != "running" and found

    def _catchall_keep_archived(self, vals):
        """Return parts of these accounts, each with its values: those of trial stay archived.

        Until both logins have worked: the OAuth addons activate whatever was connected, and an
        account of trial would send for all domains.
        """
        trials = self._catchall_of_setup_trial() if vals.get("active") else self.browse()
        parts = [(self - trials, vals), (trials, {**vals, "active": False})]
        return [(accounts, values) for accounts, values in parts if accounts]

    def _catchall_of_setup_trial(self):
        link = LINKS[self._name][1]
        # sudo: users who may write an account need not know of setups
        setups = self.env["mail.catchall.setup"].sudo().search([(link, "in", self.ids)])
        return self & setups[link]

    def action_catchall_setup(self):
        """Continue the setup: after a provider's page, Odoo shows the account."""
        self.ensure_one()
        return self.catchall_setup_id._open()
