"""Route mails by hand: to an alias, or to a record."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..router.decision import State


class CatchallRouteWizard(models.TransientModel):
    _name = "mail.catchall.route.wizard"
    _description = "Route Received Mail"

    catchall_message_ids = fields.Many2many("mail.catchall.message", string="Mails", required=True)
    target = fields.Selection(
        [("alias", "An alias: as if it had been sent there"), ("record", "An existing record")],
        required=True,
        default="alias",
    )
    alias_choice = fields.Selection("_alias_choices", "Alias")
    record_ref = fields.Reference("_record_models", "Record")

    @api.model
    def _alias_choices(self):
        # sudo: aliases are readable by administrators only; only those are offered whose records
        # this user may make.
        aliases = self.env["mail.alias"].sudo().search([("alias_name", "!=", False)])
        return [
            (str(alias.id), f"{alias.display_name} ({alias.alias_model_id.name})")
            for alias in aliases.sorted("display_name")
            if alias.alias_model_id.model in self.env
            and self.env[alias.alias_model_id.model].has_access("create")
        ]

    @api.model
    def _record_models(self):
        # sudo: names of models
        threads = self.env["ir.model"].sudo().search([("is_mail_thread", "=", True)], order="name")
        return [
            (model.model, model.name)
            for model in threads
            if model.model in self.env
            and not self.env[model.model]._abstract
            and self.env[model.model].has_access("write")
        ]

    def action_route(self):
        """Route every chosen mail that has not been routed."""
        self.ensure_one()
        rows = self.catchall_message_ids
        if self.target == "alias":
            if not self.alias_choice:
                raise UserError(self.env._("Choose the alias to route to."))
            rows.action_route(alias_id=int(self.alias_choice))
        else:
            if not self.record_ref:
                raise UserError(self.env._("Choose the record to route to."))
            rows.action_route(model=self.record_ref._name, res_id=self.record_ref.id)
        routed = rows.filtered(lambda row: row.state == State.ROUTED)
        return routed.action_open_records() if len(routed) == 1 else True
