"""One condition of a rule: what of the mail is compared with what."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...router.codes import AuthorCheck, Reason
from ...router.rules.patterns import Operator, PatternError
from ...router.rules.rules import Condition, Part, SizeTest, text_test

LARGER, SMALLER = "larger", "smaller"
# The verdicts that a rule can see; bounces, receipts and loops go their own way (DESIGN §5).
KINDS = [
    *(
        (str(reason), reason.label)
        for reason in (Reason.AUTO_REPLY, Reason.SPAM, Reason.FORGED, Reason.BULK)
    ),
    ("machine", "Written by a program"),
    *((str(check), f"Sender: {check.label.lower()}") for check in AuthorCheck),
]


class CatchallRuleCondition(models.Model):
    _name = "mail.catchall.rule.condition"
    _description = "Condition of a Mail Routing Rule"
    _order = "sequence, id"

    rule_id = fields.Many2one("mail.catchall.rule", required=True, index=True, ondelete="cascade")
    sequence = fields.Integer(default=10)
    part = fields.Selection(Part.selection(), "Look At", required=True, default=str(Part.RECIPIENT))
    header = fields.Char(help="The name of the header, such as X-Mailer.")
    negate = fields.Boolean("Not")
    operator = fields.Selection(
        [*Operator.selection(), (LARGER, "is larger than (kB)"), (SMALLER, "is smaller than (kB)")],
        "Compare",
        compute="_compute_operator",
        store=True,
        readonly=False,
        required=True,
    )
    value = fields.Text(
        "With",
        help="One value a line; one that agrees is enough. Upper and lower case do not matter. "
        "Of a sender or recipient, @example.com stands for all of that domain. "
        "Expressions are those of RE2, found anywhere in the text.",
    )
    kind = fields.Selection(KINDS, default="bulk")
    summary = fields.Char(compute="_compute_summary")

    @api.depends("part")
    def _compute_operator(self):
        for condition in self:
            is_size = condition.part == Part.SIZE
            if is_size != (condition.operator in (LARGER, SMALLER)) or not condition.operator:
                condition.operator = LARGER if is_size else str(Operator.CONTAINS)
            if condition.part == Part.VERDICT:
                condition.operator = str(Operator.EQUALS)

    @api.depends("part", "header", "negate", "operator", "value", "kind")
    @api.depends_context("lang")
    def _compute_summary(self):
        parts, operators, kinds = (
            dict(self._fields[name]._description_selection(self.env))
            for name in ("part", "operator", "kind")
        )
        for item in self:
            what = item.header if item.part == Part.HEADER else parts.get(item.part)
            lines = (item.value or "").split("\n")
            value = f"“{lines[0][:60]}”{' …' if len(lines) > 1 else ''}"
            if item.part == Part.VERDICT:
                value = kinds.get(item.kind)
            words = [what, operators.get(item.operator), value]
            words.insert(1, self.env._("not:") if item.negate else "")
            item.summary = " ".join(filter(None, words))

    @api.constrains("part", "header", "operator", "value", "kind")
    def _check_condition(self):
        for condition in self:
            problem = condition._problem()
            if problem:
                raise ValidationError(
                    self.env._(
                        "“%(rule)s”, condition “%(condition)s”: %(problem)s.",
                        rule=condition.rule_id.name,
                        condition=condition.summary,
                        problem=problem,
                    )
                )

    def _problem(self):
        if self.part == Part.HEADER and not (self.header or "").strip(" :"):
            return self.env._("name the header")
        if self.part == Part.SIZE and not (self.value or "").strip().isdecimal():
            return self.env._("the size is a number of kB")
        if (self.part == Part.SIZE) != (self.operator in (LARGER, SMALLER)):
            return self.env._("this cannot be compared so")
        try:
            self._router_condition()
        except PatternError as error:
            return str(error)
        return ""

    def _router_condition(self):
        """Return this condition as the router reads it.

        :raises PatternError: when there is nothing to compare with, or no valid expression
        """
        self.ensure_one()
        part = Part(self.part)
        if part is Part.SIZE:
            test = SizeTest(int(self.value) * 1000, self.operator == LARGER)
        else:
            value = self.kind if part is Part.VERDICT else self.value
            test = text_test(part, Operator(self.operator), value or "")
        header = (self.header or "").strip(" :").lower() if part is Part.HEADER else ""
        return Condition(part, test, header, self.negate)
