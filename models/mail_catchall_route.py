"""One place that a mail reached. The row that says so is written in the same transaction."""

from odoo import api, fields, models


class CatchallRoute(models.Model):
    _name = "mail.catchall.route"
    _description = "Route of a Received Mail"
    _order = "id"
    _rec_name = "record_name"

    catchall_message_id = fields.Many2one(
        "mail.catchall.message", "Received Mail", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="catchall_message_id.company_id", store=True, index=True)
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference("Record", model_field="model")
    alias_id = fields.Many2one("mail.alias", index="btree_not_null", ondelete="set null")
    mail_message_id = fields.Many2one(
        "mail.message", "Message", index="btree_not_null", ondelete="set null"
    )
    target = fields.Char(required=True, help="Key of the place: a mail reaches each once.")
    identity = fields.Char(index="btree_not_null", help="Equal for all copies of one mail.")
    record_name = fields.Char(compute="_compute_record_name")
    model_name = fields.Char("Kind", compute="_compute_record_name")

    _target_unique = models.UniqueIndex(
        "(catchall_message_id, target)", "This mail has reached that place already."
    )
    _identity_target_unique = models.UniqueIndex(
        "(identity, target) WHERE identity IS NOT NULL",
        "A copy of this mail has reached that place already.",
    )
    _record_index = models.Index("(model, res_id)")

    @api.depends("model", "res_id")
    def _compute_record_name(self):
        for route in self:
            Model = self.env.get(route.model)
            route.model_name = self.env["ir.model"]._get(route.model).name or route.model
            record = Model.browse(route.res_id).exists() if Model is not None else None
            if not record:
                route.record_name = self.env._("deleted")
            elif record.has_access("read"):
                route.record_name = record.display_name
            else:
                route.record_name = self.env._("a record you may not see")

    def _open_records(self):
        """Open the one record, or a list of the first model's."""
        if len(self) == 1:
            return self.action_open_record()
        model = self[:1].model
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Records"),
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.filtered(lambda r: r.model == model).mapped("res_id"))],
        }

    def action_open_record(self):
        """Open the record."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.model,
            "res_id": self.res_id,
            "view_mode": "form",
        }
