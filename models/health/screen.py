"""What a screen shows of an account's health: findings, quota, capabilities, emails per day."""

import json
from datetime import timedelta

import babel.dates
from markupsafe import Markup
from odoo import api, fields, models
from odoo.tools import SQL, get_lang

from ...findings import worst
from ...health.sentences import CAPABILITIES, WORDING
from ..findings.rendering import LEVELS, localise, render

DAYS = 14  # in the graph
_TABLE = Markup('<table class="table table-sm mb-0 o_catchall_capabilities">%s</table>')
_ROW = Markup(
    '<tr><td class="text-nowrap fw-bold">%s</td><td><span class="badge rounded-pill %s">%s</span>'
    "</td><td>%s</td></tr>"
)


class CatchallHealth(models.Model):
    _inherit = "mail.catchall.health"

    level = fields.Selection(LEVELS, "Health Status", compute="_compute_findings")
    shown_findings = fields.Json("Findings", compute="_compute_findings")
    summary = fields.Char("Most Urgent", compute="_compute_findings")
    last_date = fields.Datetime("Last Fetched or Sent", compute="_compute_findings")
    waiting_count = fields.Integer("Queued", compute="_compute_findings")
    failed_count = fields.Integer("Failed", compute="_compute_findings")
    oldest_message_id = fields.Many2one(
        "mail.catchall.message", "Oldest Queued Email", compute="_compute_findings"
    )
    oldest_age = fields.Char("Queued For", compute="_compute_findings")
    last_failed_id = fields.Many2one(
        "mail.catchall.message", "Last Failure", compute="_compute_findings"
    )
    quota_percent = fields.Float("Mailbox Used (%)", compute="_compute_quota")
    quota_known = fields.Boolean(compute="_compute_quota")
    quota_text = fields.Char("Space Used", compute="_compute_quota")
    capabilities_html = fields.Html(
        "Capabilities in Words", compute="_compute_capabilities_html", sanitize=False
    )
    graph = fields.Text("Emails per Day", compute="_compute_graph")

    @api.depends_context("lang", "tz", "uid", "allowed_company_ids")
    @api.depends("seen_date", "failing_since", "last_count")
    def _compute_findings(self):
        for row in self:
            # sudo: numbers and errors of all the account's messages, for those who manage accounts
            facts, linked = row.sudo()._facts()
            found = row._assess(facts)
            row.level = str(worst(found))
            row.shown_findings = render(row.env, found, WORDING)
            row.summary = row.shown_findings[0]["text"] if found else False
            row.update(linked)
            # Of an account that several companies share: no other company's email by its subject.
            for name in ("oldest_message_id", "last_failed_id"):
                row[name] = row[name]._filtered_access("read")
            row.waiting_count, row.failed_count = facts.waiting, facts.failed
            row.oldest_age = facts.waiting_since and localise(
                row.env, facts.now - facts.waiting_since
            )

    @api.depends("quota_resource", "quota_used", "quota_limit")
    def _compute_quota(self):
        for row in self:
            quota = row._quota()
            row.quota_known = quota is not None
            row.quota_percent = quota.percent if quota else 0
            row.quota_text = quota and quota.text

    @api.depends_context("lang")
    @api.depends("capabilities", "encryption", "size_limit")
    def _compute_capabilities_html(self):
        for row in self:
            account = row.sudo()._account()  # sudo: which protocol it speaks
            kind = account._get_connection_type() if row.kind == "incoming" else "smtp"
            known = CAPABILITIES.get(kind, {}) if row.capabilities else {}
            lines = [row._capability(name, *texts) for name, texts in known.items()]
            row.capabilities_html = _TABLE % Markup("").join(lines) if lines else False

    def _capability(self, name, present, missing):
        there = name in self.capabilities
        style = "text-bg-success" if there else "text-bg-secondary"
        words = self.env._("Yes") if there else self.env._("No")
        text = self.env._(present if there else missing)
        if name == "SIZE" and self.size_limit:
            size = f"{self.size_limit / 1024 / 1024:.1f} MB"
            text = self.env._("Emails of up to %(size)s are accepted.", size=size)
        if name == "AUTH" and there:
            methods = sorted(item[5:] for item in self.capabilities if item.startswith("AUTH="))
            text = f"{text} ({', '.join(methods)})" if methods else text
        return _ROW % (name, style, words, text)

    @api.depends_context("lang", "tz")
    @api.depends("last_count")
    def _compute_graph(self):
        for row in self:
            counts = row.sudo()._daily_counts()  # sudo: numbers, for those who manage accounts
            today, locale = fields.Date.context_today(row), get_lang(self.env).code
            days = [today - timedelta(days=ago) for ago in range(DAYS - 1, -1, -1)]
            values = [
                {
                    "label": babel.dates.format_skeleton("MMMd", day, locale=locale),
                    "value": counts.get(day, 0),
                    "type": "past",
                }
                for day in days
            ]
            row.graph = json.dumps([{"key": self.env._("Emails"), "values": values}])

    def _daily_counts(self):
        table, account, date = (
            ("mail_catchall_message", "fetchmail_server_id", "fetched_date")
            if self.kind == "incoming"
            else ("mail_catchall_delivery", "server_id", "accepted_date")
        )
        zone = self.env.context.get("tz") or self.env.user.tz or "UTC"
        self.env.cr.execute(
            SQL(
                """SELECT (%(date)s AT TIME ZONE 'UTC' AT TIME ZONE %(zone)s)::date, count(*)
                     FROM %(table)s WHERE %(account)s = %(id)s AND %(date)s > %(since)s
                    GROUP BY 1""",
                date=SQL.identifier(date),
                zone=zone,
                table=SQL.identifier(table),
                account=SQL.identifier(account),
                id=self._account().id,
                since=fields.Datetime.now() - timedelta(days=DAYS + 1),
            )
        )
        return dict(self.env.cr.fetchall())
