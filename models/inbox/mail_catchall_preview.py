"""What would happen now to messages that are to be routed again, or by a new rule.

Nothing is changed. A thousand messages take longer than a click may: the work is cut after some
seconds, shown, and goes on at the next click.
"""

import time

from odoo import api, fields, models

from ..credentials.login_mail import shown_values
from ..routing.odoo_directory import OdooDirectory
from ..windows import form_window
from .decision_story import decision_outcome, row_outcome, trace_story

TRIED = 1000  # of the last messages, by a rule
SECONDS = 10.0  # a click


class CatchallPreview(models.TransientModel):
    _name = "mail.catchall.preview"
    _inherit = "mail.catchall.linked.rows"
    _description = "Routing Preview"

    rule_id = fields.Many2one("mail.catchall.rule", readonly=True, ondelete="cascade")
    message_ids = fields.Json("Emails", readonly=True)  # ids, in the order they are looked at
    total = fields.Integer(readonly=True)
    position = fields.Integer("Checked", readonly=True)
    hits = fields.Integer("Matches", readonly=True)
    left_out = fields.Integer(
        readonly=True,
        help="Emails with a login link or code. A condition could be used to read it letter by "
        "letter, so they are compared only for users who may set passwords.",
    )
    line_ids = fields.One2many(
        "mail.catchall.preview.line", "preview_id", "Comparisons", readonly=True
    )
    changed_count = fields.Integer("Emails That Change", compute="_compute_changed_count")

    @api.depends("line_ids.changed")
    def _compute_changed_count(self):
        for preview in self:
            preview.changed_count = len(preview.line_ids.filtered("changed"))

    @api.model
    def _open(self, rule=None, rows=None):
        """Look at rows, or at the last ones with and without a rule; return the window."""
        if rule:
            rows = self.env["mail.catchall.message"].search(
                [("has_source", "=", True)], order="id desc", limit=TRIED
            )
        preview = self.create(
            {"rule_id": rule.id if rule else False, "message_ids": rows.ids, "total": len(rows)}
        )
        return preview.action_go_on()

    def action_go_on(self):
        """Look at further messages for some seconds; show what was found."""
        self.ensure_one()
        deadline = time.monotonic() + SECONDS
        values, left = [], self.message_ids[self.position :]
        look = self._rule_comparer() if self.rule_id else self._row_comparer()
        done = 0
        for row in self.env["mail.catchall.message"].browse(left):
            if time.monotonic() > deadline:
                break
            done += 1
            if not row.exists():
                continue
            # Before any rule is asked: whether one matches tells what the hidden text is.
            if row.has_source and row._hides_login():
                self.left_out += 1
            elif found := look(row):
                values.append({"preview_id": self.id, "catchall_message_id": row.id, **found})
        self.position += done
        self.env["mail.catchall.preview.line"].create(shown_values(self.env, values))
        return form_window(self, self.rule_id.name or self.env._("Preview"), dialog=True)

    def _row_comparer(self):
        """Compare what became of each row with what would become of it now."""
        directory = self._directory()
        directory.use_rules(directory.read_rules(directory.rules_shown_to(self.env)))

        def look(row):
            decision = row._preview_decision(directory)
            if decision is None:
                return {"now": row_outcome(row), "then": self.env._("It will be fetched first.")}
            return {
                "now": row_outcome(row),
                "then": self.env._("It will keep its records.")
                if row._keeps_records(decision)
                else decision_outcome(self.env, decision, row.route_ids.mapped("target")),
                "changed": row._would_change(decision),
                "trace": [finding.as_json() for finding in decision.trace],
            }

        return look

    def _directory(self):
        # sudo: the decision looks at all there is; places are named as far as the user may see
        return OdooDirectory(self.sudo().env)

    def _rule_comparer(self):
        """Compare what would become of each row without the rule and with it, as it is now."""
        directory = self._directory()
        rule = self.rule_id.sudo()  # sudo: as the gateway reads rules
        others = directory.rules_shown_to(self.env) - rule
        without = directory.read_rules(others)
        together = directory.read_rules((others | rule).sorted(lambda r: (r.sequence, r.id)))

        def look(row):
            directory.use_rules(together)
            with_rule = row._preview_decision(directory)
            if rule.id not in with_rule.rules:
                return None
            self.hits += 1
            directory.use_rules(without)
            before = row._preview_decision(directory)
            if _outcome(before) == _outcome(with_rule):
                return None
            return {
                "now": decision_outcome(self.env, before),
                "then": decision_outcome(self.env, with_rule),
                "changed": True,
                "trace": [finding.as_json() for finding in with_rule.trace],
            }

        return look

    def action_replay(self):
        self.ensure_one()
        self.line_ids.filtered("changed").catchall_message_id.action_replay()
        return {"type": "ir.actions.act_window_close"}


class CatchallPreviewLine(models.TransientModel):
    _name = "mail.catchall.preview.line"
    _inherit = "mail.catchall.linked.rows"
    _description = "Line of a Routing Preview"
    _order = "changed desc, id"

    preview_id = fields.Many2one(
        "mail.catchall.preview", required=True, index=True, ondelete="cascade"
    )
    catchall_message_id = fields.Many2one("mail.catchall.message", "Email", required=True)
    email_from = fields.Char(related="catchall_message_id.email_from", related_sudo=False)
    received_date = fields.Datetime(related="catchall_message_id.received_date", related_sudo=False)
    now = fields.Char()
    then = fields.Char()
    changed = fields.Boolean()
    trace = fields.Json("Decision Steps")
    trace_html = fields.Html("Decision", compute="_compute_trace_html", sanitize=True)

    @api.depends("trace")
    def _compute_trace_html(self):
        for line in self:
            line.trace_html = trace_story(self.env, line.trace)


def _outcome(decision):
    """What of a decision a person would notice."""
    places = {(route.target, route.defaults) for route in decision.routes}
    return decision.state, places or decision.reason
