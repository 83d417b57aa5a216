"""Route messages by hand: to an alias, or to a record."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..windows import notification

SHOWN_ERRORS = 5


class CatchallRouteWizard(models.TransientModel):
    _name = "mail.catchall.route.wizard"
    _inherit = "mail.catchall.linked.rows"
    _description = "Route Received Emails"

    catchall_message_ids = fields.Many2many("mail.catchall.message", string="Emails", required=True)
    mail_count = fields.Integer("Number of Emails", compute="_compute_mail_count")
    target = fields.Selection(
        [("alias", "An alias, as if it had been sent there"), ("record", "An existing record")],
        "Route To",
        required=True,
        default="alias",
    )
    alias_choice = fields.Selection("_alias_choices", "Alias")
    record_ref = fields.Reference("_record_models", "Record")

    @api.depends("catchall_message_ids")
    def _compute_mail_count(self):
        for wizard in self:
            wizard.mail_count = len(wizard.catchall_message_ids)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        rows = self.env["mail.catchall.message"].browse(self.env.context.get("active_ids"))
        suggested = rows.suggested_alias_id
        if len(suggested) == 1 and str(suggested.id) in dict(self._alias_choices()):
            values["alias_choice"] = str(suggested.id)
        return values

    @api.model
    def _alias_choices(self):
        # sudo: the alias's model is named for everybody; only those are offered whose records
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
        """Route the chosen messages; one that cannot go there does not stop the others."""
        self.ensure_one()
        target = self._chosen_target()
        routed, errors = self.env["mail.catchall.message"], []
        for row in self.catchall_message_ids:
            try:
                with self.env.cr.savepoint():
                    row.action_route(**target)
                routed |= row
            except UserError as error:
                errors.append(str(error))
        if not routed:
            raise UserError("\n".join(dict.fromkeys(errors[:SHOWN_ERRORS])))
        if len(self.catchall_message_ids) == 1:
            return routed.action_open_records()
        return self._report(routed, errors)

    def _chosen_target(self):
        if self.target == "alias":
            if not self.alias_choice:
                raise UserError(self.env._("Choose the alias to route to."))
            return {"alias_id": int(self.alias_choice)}
        if not self.record_ref:
            raise UserError(self.env._("Choose the record to route to."))
        return {"model": self.record_ref._name, "res_id": self.record_ref.id}

    def _report(self, routed, errors):
        """Say how many messages were routed and why others were not; then reload the list."""
        message = self.env._("Emails routed: %(count)s", count=len(routed))
        if errors:
            message = "\n".join([message, *dict.fromkeys(errors[:SHOWN_ERRORS])])
        close = {"type": "ir.actions.act_window_close", "infos": {"routed": len(routed)}}
        kind = "warning" if errors else "success"
        return notification(message, kind, close, sticky=bool(errors))
