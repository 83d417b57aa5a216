"""A trial in numbers, as the account's form shows it."""

from markupsafe import Markup
from odoo import api, fields, models

from ...trial.comparison import Comparison
from ..companies.of_account import is_shown

# Lost by Odoo, still here, and nobody has done anything about it.
OPEN = [
    ("lost", "=", True),
    ("replayed", "=", False),
    ("reviewed", "=", False),
    ("has_source", "=", True),
]
_COLOURS = {
    Comparison.SAME: "secondary",
    Comparison.BETTER: "success",
    Comparison.DIFFERS: "warning",
    Comparison.PENDING: "info",
}
_BAR = Markup('<div class="progress" style="height: 1rem" aria-hidden="true">%s</div>')
_PART = Markup('<div class="progress-bar bg-%s" style="width: %.2f%%"></div>')
_LEGEND = Markup('<div class="d-flex flex-wrap column-gap-3 small mt-1">%s</div>')
_ENTRY = Markup('<span><span class="badge text-bg-%s">%s</span> %s</span>')


def _bar(counts, labels):
    """Draw counts by verdict: one bar in parts, and below it what each colour stands for."""
    total = sum(counts.values())
    shown = {verdict: count for verdict, count in counts.items() if count}
    if not shown:
        return False
    parts = [_PART % (_COLOURS[name], 100 * count / total) for name, count in shown.items()]
    entries = [_ENTRY % (_COLOURS[name], count, labels[name]) for name, count in shown.items()]
    return _BAR % Markup("").join(parts) + _LEGEND % Markup("").join(entries)


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_trial_count = fields.Integer("Emails", compute="_compute_catchall_trial")
    catchall_trial_open_count = fields.Integer(
        "Lost and Still Open", compute="_compute_catchall_trial"
    )
    catchall_trial_text = fields.Char("Comparison", compute="_compute_catchall_trial")
    # Made of numbers and our own words alone: sanitising would drop the widths of the bars.
    catchall_trial_bar = fields.Html(
        "Comparison in Colours", compute="_compute_catchall_trial", sanitize=False
    )

    @api.depends("catchall_shadow", "catchall_shadow_since")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_catchall_trial(self):
        # sudo: numbers of messages, for those who manage accounts
        Shadow = self.env["mail.catchall.shadow"].sudo()
        labels = dict(Shadow._fields["verdict"]._description_selection(self.env))
        for server in self:
            if not (server.catchall_shadow_since and is_shown(self.env, server)):
                server.catchall_trial_count = server.catchall_trial_open_count = 0
                server.catchall_trial_text = server.catchall_trial_bar = False
                continue
            mine = [("fetchmail_server_id", "in", server._origin.ids)]
            groups = Shadow._read_group(
                [*mine, ("observed_date", ">=", server.catchall_shadow_since)],
                ["verdict", "lost"],
                ["__count"],
            )
            counts = dict.fromkeys((str(verdict) for verdict in Comparison), 0)
            for verdict, _lost, count in groups:
                counts[verdict] += count
            lost = sum(count for _verdict, is_lost, count in groups if is_lost)
            server.catchall_trial_count = sum(counts.values())
            server.catchall_trial_open_count = Shadow.search_count([*mine, *OPEN])
            server.catchall_trial_text = server._catchall_trial_sentence(counts, lost)
            server.catchall_trial_bar = _bar(counts, labels)

    def _catchall_trial_sentence(self, counts, lost):
        total = sum(counts.values())
        if not total:
            return self.env._("Odoo has not fetched any mail since.")
        lines = [
            self.env._("Emails: %(count)s.", count=total),
            self.env._("Same: %(count)s.", count=counts[Comparison.SAME]),
        ]
        if lost:
            lines.append(self.env._("Lost by Odoo: %(count)s.", count=lost))
        if others := counts[Comparison.BETTER] + counts[Comparison.DIFFERS] - lost:
            lines.append(self.env._("Otherwise different: %(count)s.", count=others))
        if counts[Comparison.PENDING]:
            lines.append(self.env._("Not known yet: %(count)s.", count=counts[Comparison.PENDING]))
        return " ".join(lines)
