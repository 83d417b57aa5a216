"""What the page of a setup shows: its step, the logins, and the results of the tests after it."""

from odoo import api, fields, models

from ...findings import Finding, Level, Wording, worst
from ..findings.rendering import LEVELS, render


class MailCatchallSetup(models.Model):
    _inherit = "mail.catchall.setup"

    shown_checks = fields.Json("Checks", compute="_compute_shown_checks")
    state = fields.Selection(
        [("mailbox", "Mailbox"), ("login", "Logins"), ("ready", "Ready"), ("running", "Running")],
        "Step",
        compute="_compute_state",
    )
    needs_module = fields.Boolean("Needs an Addon", compute="_compute_needs_module")
    incoming_connected = fields.Boolean(compute="_compute_connected")
    outgoing_connected = fields.Boolean(compute="_compute_connected")
    replaced_id = fields.Many2one(
        "fetchmail.server", related="fetchmail_server_id.catchall_replaces_id", related_sudo=False
    )
    on_trial = fields.Boolean(related="fetchmail_server_id.catchall_shadow", related_sudo=False)
    verified_date = fields.Datetime(
        related="fetchmail_server_id.catchall_verified_date", related_sudo=False
    )
    advice = fields.Char(related="mail_server_id.catchall_advice", related_sudo=False)
    probe_id = fields.Many2one(
        "mail.catchall.probe", "Last Mailbox Test", compute="_compute_results"
    )
    probe_level = fields.Selection(LEVELS, "Mailbox Test Result", compute="_compute_results")
    probe_summary = fields.Char("Mailbox Test", compute="_compute_results")
    checkup_id = fields.Many2one(
        "mail.catchall.checkup", "Last Domain Check", compute="_compute_results"
    )
    checkup_level = fields.Selection(LEVELS, "Domain Check Result", compute="_compute_results")
    checkup_summary = fields.Char("Domain Check", compute="_compute_results")

    @api.depends("checks")
    @api.depends_context("lang")
    def _compute_shown_checks(self):
        subjects = {
            "incoming": self.env._("Incoming mail"),
            "outgoing": self.env._("Outgoing mail"),
            "accounts": self.env._("Accounts"),
        }
        for setup in self:
            checks = setup._checks()
            cards = render(setup.env, checks.values(), Wording())
            setup.shown_checks = [
                {**card, "subject": subjects[about]}
                for about, card in zip(checks, cards, strict=True)
            ]

    def _checks(self):
        """What the last logins have shown: {"incoming", "outgoing" or "accounts": finding}."""
        return {about: Finding.from_json(data) for about, data in (self.checks or {}).items()}

    def _keep_checks(self, findings):
        self.checks = {about: finding.to_json() for about, finding in findings.items()}

    @api.depends(
        *("checks", "detected_domain", "domain", "mail_server_id", "alias_domain_id"),
        *("fetchmail_server_id.state", "fetchmail_server_id.active"),
    )
    def _compute_state(self):
        for setup in self:
            account = setup.fetchmail_server_id
            if account.active and account.state == "done" and setup.alias_domain_id:
                setup.state = "running"
            elif account and setup.mail_server_id and setup._logins_work():
                setup.state = "ready"
            else:
                found = setup.detected_domain and setup.detected_domain == setup.domain
                setup.state = "login" if found else "mailbox"

    def _logins_work(self):
        checks = self._checks()
        return bool(checks) and worst(checks.values()) is not Level.BAD

    @api.depends("login")
    def _compute_needs_module(self):
        known = self.env["fetchmail.server"]._fields["server_type"].get_values(self.env)
        for setup in self:
            setup.needs_module = setup.login not in ("password", *known)

    @api.depends("fetchmail_server_id", "alias_domain_id")
    def _compute_results(self):
        for setup in self:
            of_account = [("fetchmail_server_id", "=", setup.fetchmail_server_id.id)]
            of_domain = [("alias_domain_id", "=", setup.alias_domain_id.id)]
            setup.probe_id = self.env["mail.catchall.probe"].search(of_account, limit=1)
            setup.checkup_id = self.env["mail.catchall.checkup"].search(of_domain, limit=1)
            setup.probe_level, setup.probe_summary = setup.probe_id.level, setup.probe_id.summary
            setup.checkup_level = setup.checkup_id.level
            setup.checkup_summary = setup.checkup_id.summary
