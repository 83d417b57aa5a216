"""A value that a rule sets on the records it makes."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command

_RELATIONS = ("many2one", "many2many")
_NUMBERS = {"integer": int, "float": float}


class CatchallRuleDefault(models.Model):
    _name = "mail.catchall.rule.default"
    _inherit = "mail.catchall.rule.part"
    _description = "Value Set by a Routing Rule"

    field_id = fields.Many2one("ir.model.fields", required=True, ondelete="cascade")
    field_type = fields.Selection("_field_types", compute="_compute_field_type")
    relation_model_id = fields.Many2one(
        "ir.model", "Related Model", compute="_compute_relation_model_id"
    )
    value = fields.Char()
    flag = fields.Boolean("Yes")
    selection_id = fields.Many2one(
        "ir.model.fields.selection",
        "Choice",
        domain="[('field_id', '=', field_id)]",
        ondelete="cascade",
    )
    record_ref = fields.Reference("_all_models", "Record")

    _field_unique = models.UniqueIndex(
        "(rule_id, field_id)", "A rule can set each field only once."
    )

    @api.model
    def _all_models(self):
        # sudo: names of models
        return [(item.model, item.name) for item in self.env["ir.model"].sudo().search([])]

    @api.model
    def _field_types(self):
        return self.env["ir.model.fields"]._fields["ttype"]._description_selection(self.env)

    @api.depends("field_id")
    def _compute_field_type(self):
        for item in self:
            item.field_type = item.field_id.sudo().ttype  # sudo: what kind of field it is

    @api.depends("field_id")
    def _compute_relation_model_id(self):
        for item in self:
            # sudo: names of models and fields
            item.relation_model_id = self.env["ir.model"]._get(item.field_id.sudo().relation)

    @api.constrains("rule_id", "field_id", "value", "flag", "selection_id", "record_ref")
    def _check_default(self):
        for item in self:
            # sudo: names of fields
            field = item.field_id.sudo()
            name = field.field_description
            if field not in item.rule_id.allowed_field_ids:
                raise ValidationError(
                    self.env._("A rule cannot set “%(field)s” on these records.", field=name)
                )
            if field.ttype in _RELATIONS and (
                not item.record_ref or item.record_ref._name != field.relation
            ):
                raise ValidationError(self.env._("Choose a record for “%(field)s”.", field=name))
            # sudo: names of choices
            if field.ttype == "selection" and item.selection_id.sudo().field_id != field:
                raise ValidationError(self.env._("Choose a value for “%(field)s”.", field=name))
            try:
                item._router_default()
            except ValueError as error:
                raise ValidationError(
                    self.env._("Enter a number for “%(field)s”.", field=name)
                ) from error

    @api.model_create_multi
    def create(self, vals_list):
        defaults = super().create(vals_list)
        defaults._check_rights()
        return defaults

    def write(self, vals):
        result = super().write(vals)
        self._check_rights()
        return result

    def _check_rights(self):
        """The author of a rule may set these values themselves; no constraint, see the rule."""
        for item in self:
            field = item.field_id.sudo()  # sudo: names of fields
            Model = self.env[field.model]
            if not Model._has_field_access(Model._fields[field.name], "write"):
                raise AccessError(
                    self.env._(
                        "You may not set “%(field)s” yourself, so a rule may not set it for you.",
                        field=field.field_description,
                    )
                )
            if item.record_ref:
                item.record_ref.check_access("read")

    def _is_usable(self):
        """Whether the value exists still, and belongs to the model the rule is about now."""
        field = self.field_id.sudo()  # sudo: names of fields
        if field not in self.rule_id.allowed_field_ids:
            return False
        return field.ttype not in _RELATIONS or bool(self.record_ref and self.record_ref.exists())

    def _router_default(self):
        """Return ``(field, value)`` as ``create`` takes it."""
        self.ensure_one()
        # sudo: names of fields
        field = self.field_id.sudo()
        if field.ttype == "many2one":
            return field.name, self.record_ref.id
        if field.ttype == "many2many":
            return field.name, (Command.link(self.record_ref.id),)
        if field.ttype == "selection":
            # sudo: names of choices
            return field.name, self.selection_id.sudo().value
        if field.ttype == "boolean":
            return field.name, self.flag
        convert = _NUMBERS.get(field.ttype, str)
        return field.name, convert((self.value or "").strip())
