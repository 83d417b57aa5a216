"""What belongs to a rule: it has the rule's company, and is written by those who may write it."""

from odoo import api, fields, models


class CatchallRulePart(models.AbstractModel):
    _name = "mail.catchall.rule.part"
    _description = "Part of a Routing Rule"

    rule_id = fields.Many2one("mail.catchall.rule", required=True, index=True, ondelete="cascade")
    company_id = fields.Many2one(related="rule_id.company_id", store=True, index=True)

    @api.model_create_multi
    def create(self, vals_list):
        # Before: a constraint that fails would tell what another company's rule has.
        for vals in vals_list:
            self._check_new_rule(vals)
        parts = super().create(vals_list)
        parts._check_rule()
        return parts

    def write(self, vals):
        self._check_rule()
        self._check_new_rule(vals)
        result = super().write(vals)
        self._check_rule()
        return result

    def unlink(self):
        self._check_rule()
        return super().unlink()

    @api.model
    def _check_new_rule(self, vals):
        rule = self.env["mail.catchall.rule"].browse(vals.get("rule_id"))
        rule.check_access("write")

    def _check_rule(self):
        """Odoo asks for rights on the part; what counts is the rule that it belongs to."""
        self.rule_id.check_access("write")
        self.rule_id._check_company()
        self.rule_id._forget_every_message()
