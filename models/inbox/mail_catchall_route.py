"""One place that a message reached. The row that says so is written in the same transaction."""

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...router.codes import NoteKind, selection
from ..windows import form_window


class CatchallRoute(models.Model):
    _name = "mail.catchall.route"
    _description = "Route of a Received Email"
    _order = "id"
    _rec_name = "record_name"

    catchall_message_id = fields.Many2one(
        "mail.catchall.message", "Received Email", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="catchall_message_id.company_id", store=True, index=True)
    model = fields.Char(required=True)
    res_id = fields.Many2oneReference("Record", model_field="model")
    alias_id = fields.Many2one("mail.alias", index="btree_not_null")
    mail_message_id = fields.Many2one("mail.message", "Message", index="btree_not_null")
    target = fields.Char(
        required=True, help="Key of the destination: an email reaches each one once."
    )
    identity = fields.Char(index="btree_not_null", help="The same for all copies of one email.")
    note = fields.Selection(
        selection(NoteKind),
        "Stays Internal",
        readonly=True,
        help="Why the email is an internal note there: nothing proves that the colleague it names "
        "wrote it, or the record does not know its sender.",
    )
    note_action = fields.Selection(
        [
            ("released", "Released by the colleague it names"),
            ("sent_on", "Sent on by another colleague"),
            ("customer", "Confirmed as the customer's"),
        ],
        "What Became of the Note",
        readonly=True,
    )
    note_user_id = fields.Many2one("res.users", "Done By", readonly=True)
    note_date = fields.Datetime("Done On", readonly=True)
    record_name = fields.Char(compute="_compute_record_name")
    model_name = fields.Char("Record Type", compute="_compute_record_name")

    _target_unique = models.UniqueIndex(
        "(catchall_message_id, target)", "This email has already reached that destination."
    )
    _identity_target_unique = models.UniqueIndex(
        "(identity, target) WHERE identity IS NOT NULL",
        "A copy of this email has already reached that destination.",
    )
    _record_index = models.Index("(model, res_id)")

    @api.depends("model", "res_id")
    @api.depends_context("uid", "lang", "allowed_company_ids")
    def _compute_record_name(self):
        """Names that this user may read; a few queries for each kind of record, not each route."""
        for model, routes in self.grouped("model").items():
            # sudo: the kind's name only, which every user sees in menus
            kind = self.env["ir.model"].sudo()._get(model).name or model
            names = routes._record_names(model)
            for route in routes:
                route.model_name = kind
                route.record_name = names.get(route.res_id, self.env._("deleted"))

    def _record_names(self, model):
        """Return the names of the records of one model, by id; those that are gone are left out."""
        if model not in self.env:
            return {}
        records = self.env[model].browse({route.res_id for route in self if route.res_id}).exists()
        readable = records._filtered_access("read")
        hidden = self.env._("a record you may not see")
        return {
            **dict.fromkeys((records - readable).ids, hidden),
            **{record.id: record.display_name for record in readable},
        }

    def _open_records(self):
        """Open the one record, or a list of the first model's."""
        if len(self) <= 1:
            return self.action_open_record() if self else False
        model = self[0].model
        return {
            "type": "ir.actions.act_window",
            "name": self.env["ir.model"].sudo()._get(model).name or model,  # sudo: as above
            "res_model": model,
            "view_mode": "list,form",
            "domain": [("id", "in", self.filtered(lambda r: r.model == model).mapped("res_id"))],
        }

    def action_open_record(self):
        self.ensure_one()
        if self.model not in self.env or not self.env[self.model].browse(self.res_id).exists():
            raise UserError(self.env._("This record has been deleted."))
        return form_window(self.env[self.model].browse(self.res_id))
