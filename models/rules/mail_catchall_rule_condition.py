"""One condition of a rule: what of the message is compared with what."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...router.codes import AuthorCheck, selection
from ...router.rules.patterns import Operator, PatternError
from ...router.rules.rules import Aspect, Condition, SizeTest, text_test

LARGER, SMALLER = "larger", "smaller"


class CatchallRuleCondition(models.Model):
    _name = "mail.catchall.rule.condition"
    _inherit = "mail.catchall.rule.part"
    _description = "Condition of a Routing Rule"
    _order = "sequence, id"

    sequence = fields.Integer(default=10)
    part = fields.Selection(
        selection(Aspect), "Field", required=True, default=str(Aspect.RECIPIENT)
    )
    header = fields.Char(help="The name of the header, such as X-Mailer.")
    negate = fields.Boolean("Not")
    operator = fields.Selection(
        [*selection(Operator), (LARGER, "is larger than (kB)"), (SMALLER, "is smaller than (kB)")],
        compute="_compute_operator",
        store=True,
        readonly=False,
        required=True,
    )
    value = fields.Text(
        help="One value per line; one match is enough. Upper and lower case do not matter. "
        "For a sender or recipient, @example.com matches every address of that domain. "
        "Regular expressions follow the RE2 syntax and match anywhere in the text.",
    )
    kind = fields.Selection("_kinds", default="bulk")
    summary = fields.Char(compute="_compute_summary")

    @api.model
    def _kinds(self):
        """Bounces, receipts and loops are not among them: they go their own way."""
        return [
            *self.env["mail.catchall.chain"]._conditions(),
            (str(AuthorCheck.VERIFIED), self.env._("Sender: verified")),
            (str(AuthorCheck.UNVERIFIED), self.env._("Sender: not verified")),
            (str(AuthorCheck.FAILED), self.env._("Sender: forged?")),
        ]

    @api.depends("part")
    def _compute_operator(self):
        for condition in self:
            is_size = condition.part == Aspect.SIZE
            if is_size != (condition.operator in (LARGER, SMALLER)) or not condition.operator:
                condition.operator = LARGER if is_size else str(Operator.CONTAINS)
            if condition.part == Aspect.VERDICT:
                condition.operator = str(Operator.EQUALS)

    @api.depends("part", "header", "negate", "operator", "value", "kind")
    @api.depends_context("lang")
    def _compute_summary(self):
        parts, operators, kinds = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("part", "operator", "kind")
        )
        for item in self:
            what = item.header if item.part == Aspect.HEADER else parts.get(item.part)
            lines = (item.value or "").split("\n")
            value = f"“{lines[0][:60]}”{' …' if len(lines) > 1 else ''}"
            if item.part == Aspect.VERDICT:
                value = kinds.get(item.kind)
            words = {
                "field": what or "",
                "operator": operators.get(item.operator, ""),
                "value": value or "",
            }
            item.summary = (
                self.env._("not (%(field)s %(operator)s %(value)s)", **words)
                if item.negate
                else self.env._("%(field)s %(operator)s %(value)s", **words)
            )

    @api.constrains("part", "header", "operator", "value", "kind")
    def _check_condition(self):
        for condition in self:
            problem = condition._problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”, condition “%(condition)s”: %(problem)s",
                        rule=condition.rule_id.name,
                        condition=condition.summary,
                        problem=problem,
                    )
                )

    def _problem(self):
        if self.part == Aspect.HEADER and not (self.header or "").strip(" :"):
            return self.env._("Enter the name of the header.")
        if self.part == Aspect.SIZE and not (self.value or "").strip().isdecimal():
            return self.env._("Enter the size as a whole number of kB.")
        if (self.part == Aspect.SIZE) != (self.operator in (LARGER, SMALLER)):
            return self.env._("This operator does not fit this field. Choose another one.")
        try:
            self._router_condition()
        except PatternError as error:
            return self.env._("The value cannot be used: %(error)s.", error=str(error).rstrip("."))
        return ""

    def _is_usable(self):
        """Whether the addon that knows the kind of email is still installed."""
        return self.part != Aspect.VERDICT or self.kind in dict(self._kinds())

    def _router_condition(self):
        """Return this condition as the router reads it.

        :raises PatternError: when there is nothing to compare with, or no valid expression
        """
        self.ensure_one()
        part = Aspect(self.part)
        if part is Aspect.SIZE:
            test = SizeTest(int(self.value) * 1000, self.operator == LARGER)
        else:
            value = self.kind if part is Aspect.VERDICT else self.value
            test = text_test(part, Operator(self.operator), value or "")
        header = (self.header or "").strip(" :").lower() if part is Aspect.HEADER else ""
        return Condition(part, test, header, self.negate)
