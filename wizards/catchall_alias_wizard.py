"""Create an alias for an address that mail came to, and route the mail there."""

from odoo import api, fields, models


class CatchallAliasWizard(models.TransientModel):
    _name = "mail.catchall.alias.wizard"
    _description = "Create Alias for Received Mail"

    catchall_message_ids = fields.Many2many("mail.catchall.message", string="Mails", required=True)
    alias_name = fields.Char("Address", required=True)
    alias_domain_id = fields.Many2one(
        "mail.alias.domain", "Domain", required=True, ondelete="cascade"
    )
    model_id = fields.Many2one(
        "ir.model",
        "Makes",
        required=True,
        ondelete="cascade",
        domain=[("is_mail_thread", "=", True), ("transient", "=", False), ("abstract", "=", False)],
        help="What kind of record each mail to this address makes.",
    )

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        rows = self.env["mail.catchall.message"].browse(self.env.context.get("active_ids"))
        address = next((item["address"] for row in rows for item in row.recipients or []), "")
        local, _at, domain = address.rpartition("@")
        values["alias_name"] = local
        known = self.env["mail.alias.domain"].search([("name", "=", domain)], limit=1)
        values["alias_domain_id"] = (known or self.env.company.alias_domain_id).id
        return values

    def action_create(self):
        """Create the alias and route the mails to it."""
        self.ensure_one()
        alias = self.env["mail.alias"].create(
            {
                "alias_name": self.alias_name,
                "alias_domain_id": self.alias_domain_id.id,
                "alias_model_id": self.model_id.id,
            }
        )
        self.catchall_message_ids.action_route(alias_id=alias.id)
        if len(self.catchall_message_ids) == 1:
            return self.catchall_message_ids.action_open_records()
        return True
