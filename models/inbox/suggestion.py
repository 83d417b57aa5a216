"""What the router would not decide alone, offered to a person as one click."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...router.codes import State


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    suggestion = fields.Char(
        compute="_compute_suggestion",
        help="Existing addresses that resemble the one the email was sent to.",
    )
    suggested_alias_id = fields.Many2one("mail.alias", compute="_compute_suggestion")

    @api.depends("facts", "state")
    def _compute_suggestion(self):
        for row in self:
            waiting = row.state in (State.QUARANTINED, State.FAILED)
            addresses = row._suggested_addresses() if waiting else []
            aliases = self.env["mail.alias"].search([("alias_full_name", "in", addresses)])
            by_address = {alias.alias_full_name: alias for alias in aliases}
            row.suggestion = ", ".join(addresses)
            row.suggested_alias_id = next(
                (by_address[address] for address in addresses if address in by_address), False
            )

    def _suggested_addresses(self):
        """Return the suggestions of the router, the likeliest first, each once."""
        suggestions = (self.facts or {}).get("suggestions") or {}
        return list(dict.fromkeys(item for items in suggestions.values() for item in items))

    def action_route_suggested(self):
        """Route to the alias that was probably meant."""
        self.ensure_one()
        if not self.suggested_alias_id:
            raise UserError(
                self.env._("There is no suggestion for this email. Choose where to route it.")
            )
        return self.action_route(alias_id=self.suggested_alias_id.id)
