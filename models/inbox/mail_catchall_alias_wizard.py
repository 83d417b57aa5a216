"""Create an alias for an address that mail came to, and route that mail there."""

from odoo import api, fields, models
from odoo.exceptions import UserError


class CatchallAliasWizard(models.TransientModel):
    _name = "mail.catchall.alias.wizard"
    _inherit = "mail.catchall.linked.rows"
    _description = "Create Alias for Received Emails"

    catchall_message_ids = fields.Many2many("mail.catchall.message", string="Emails", required=True)
    mail_count = fields.Integer("Number of Emails", compute="_compute_mail_count")
    other_addresses = fields.Char(compute="_compute_mail_count")
    alias_name = fields.Char("Address", required=True)
    alias_domain_id = fields.Many2one("mail.alias.domain", "Domain", required=True)
    model_id = fields.Many2one(
        "ir.model",
        "Creates",
        required=True,
        domain=[("is_mail_thread", "=", True), ("transient", "=", False), ("abstract", "=", False)],
        help="The kind of record that each email to this address creates.",
    )
    alias_defaults = fields.Text(
        "Default Values",
        required=True,
        default="{}",
        help="Default values of each new record, as on Odoo's own aliases: {'team_id': 1}",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        rows = self.env["mail.catchall.message"].browse(self.env.context.get("active_ids"))
        address = next(iter(self._unknown_addresses(rows)), "")
        local, _at, domain = address.rpartition("@")
        values["alias_name"] = local
        known = self.env["mail.alias.domain"].search([("name", "=", domain)], limit=1)
        values["alias_domain_id"] = (known or self.env.company.alias_domain_id).id
        return values

    @api.model
    def _unknown_addresses(self, rows):
        """Return what the messages were meant for and no alias has, each once."""
        written = list(dict.fromkeys(item["address"] for r in rows for item in r.recipients or []))
        aliases = self.env["mail.alias"].search([("alias_full_name", "in", written)])
        known = set(aliases.mapped("alias_full_name"))
        return [address for address in written if address not in known]

    @api.depends("catchall_message_ids", "alias_name", "alias_domain_id")
    def _compute_mail_count(self):
        for wizard in self:
            wizard.mail_count = len(wizard.catchall_message_ids)
            chosen = f"{wizard.alias_name}@{wizard.alias_domain_id.name}"
            unknown = self._unknown_addresses(wizard.catchall_message_ids)
            others = [address for address in unknown if address != chosen]
            wizard.other_addresses = ", ".join(others[:5])

    def action_create(self):
        self.ensure_one()
        name = f"{self.alias_name}@{self.alias_domain_id.name}"
        if self.env["mail.alias"].search_count([("alias_full_name", "=", name)], limit=1):
            raise UserError(
                self.env._(
                    "%(address)s is already an alias. Route the email there instead.", address=name
                )
            )
        alias = self.env["mail.alias"].create(
            {
                "alias_name": self.alias_name,
                "alias_domain_id": self.alias_domain_id.id,
                "alias_model_id": self.model_id.id,
                "alias_defaults": self.alias_defaults,
            }
        )
        wizard = self.env["mail.catchall.route.wizard"].create(
            {
                "catchall_message_ids": [fields.Command.set(self.catchall_message_ids.ids)],
                "target": "alias",
                "alias_choice": str(alias.id),
            }
        )
        return wizard.action_route()
