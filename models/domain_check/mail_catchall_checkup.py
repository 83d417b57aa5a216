"""The history of domain checks: one row per run, and what a change for the worse sets off."""

from datetime import timedelta

from markupsafe import Markup
from odoo import api, fields, models

from ...dns_lookup import Resolver
from ...dns_lookup.client import Status
from ...domain_check.check import check_domain
from ...domain_check.sentences import WORDING
from ...findings import gravest_first, grown_worse, worst
from ..dns_server import dns_server
from ..findings.rendering import LEVELS, bullet_list, render, sentence
from ..windows import form_window, notification

KEPT = timedelta(days=400)
MAX_WHILE_WAITING = 3  # domains; each may take 20 seconds
# Nothing was found out: no reason to wake anybody, and no proof that something is fixed.
_UNKNOWN = tuple(f"_{status}" for status in (Status.TIMEOUT, Status.REFUSED, Status.NO_NETWORK))


class MailCatchallCheckup(models.Model):
    _name = "mail.catchall.checkup"
    _inherit = "mail.catchall.of.account"
    _description = "Domain Check"
    _order = "id desc"
    _rec_name = "domain"
    _catchall_accounts = {"alias_domain_id": "mail.alias.domain"}

    alias_domain_id = fields.Many2one(
        "mail.alias.domain", required=True, index=True, ondelete="cascade"
    )
    domain = fields.Char(required=True)
    date = fields.Datetime("Checked", required=True, default=fields.Datetime.now)
    level = fields.Selection(LEVELS, "Result", required=True)
    findings = fields.Json("Stored Findings", required=True)
    shown_findings = fields.Json("Findings", compute="_compute_shown_findings")
    summary = fields.Char("Most Urgent", compute="_compute_shown_findings")
    # Who was listed at the time, so that a new one is noticed. {"ids": [...]}: an empty list would
    # be stored as none.
    known_users = fields.Json("Users Listed Then", readonly=True)
    user_ids = fields.Many2many(
        "res.users", string="Users without a Mailbox", compute="_compute_user_ids"
    )

    @api.depends("findings")
    @api.depends_context("lang")
    def _compute_shown_findings(self):
        for checkup in self:
            found = gravest_first(WORDING.load(checkup.findings))
            checkup.shown_findings = render(checkup.env, found, WORDING)
            checkup.summary = checkup.shown_findings[0]["text"] if found else False

    @api.depends("alias_domain_id")
    def _compute_user_ids(self):
        for checkup in self:
            checkup.user_ids = checkup.alias_domain_id._catchall_users_without_mailbox()

    @api.model
    def _run(self, alias_domain):
        """Check one alias domain now and keep the result; takes 20 seconds at the most."""
        facts = alias_domain._catchall_checkup_facts()
        with Resolver(dns_server(self.env)) as dns:
            found = check_domain(facts, dns, dns.at_once)
        before = self.search([("alias_domain_id", "=", alias_domain.id)], limit=1)
        checkup = self.create(
            {
                "alias_domain_id": alias_domain.id,
                "domain": facts.domain,
                "level": str(worst(found)),
                "findings": [finding.to_json() for finding in found],
                "known_users": {"ids": alias_domain._catchall_users_without_mailbox().ids},
            }
        )
        if before and before.domain == checkup.domain:
            checkup._tell_worse(before)
        return checkup

    def _worse_than(self, before):
        """Findings that matter and were not there, or not as serious, at the check before."""
        worse = grown_worse(WORDING.load(self.findings), WORDING.load(before.findings))
        return [finding for finding in worse if not finding.code.endswith(_UNKNOWN)]

    def _users_since(self, before):
        """Users without a mailbox who were not listed at the check before."""
        if not (before.known_users and self.known_users):
            return self.env["res.users"]
        known = set(before.known_users["ids"])
        return self.env["res.users"].browse(i for i in self.known_users["ids"] if i not in known)

    def _tell_worse(self, before):
        sentences = [sentence(self.env, item, WORDING) for item in self._worse_than(before)]
        if new := self._users_since(before):
            sentences.append(
                self.env._(
                    "Nobody reads mail to %s: it comes back to the catch-all mailbox. Let these"
                    " users get their notifications in Odoo's inbox, or mark who has a mailbox.",
                    ", ".join(new.mapped("email")[:10]),
                )
            )
        if not sentences:
            return
        intro = self.env._("The domain check found new problems:")
        self.env["ir.mail_server"]._catchall_tell_admins(
            self.env._("The mail domain %s needs attention", self.domain),
            Markup("<p>%s</p>%s") % (intro, bullet_list(sentences)),
        )

    @api.model
    def _cron_check_domains(self):
        domains = self.env["ir.mail_server"]._catchall_all_domains()._catchall_served()
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(domains))
        for domain in domains:
            self._run(domain)
            if not commit(1):
                break

    @api.autovacuum
    def _gc_checkups(self):
        old = self.search([("date", "<", fields.Datetime.now() - KEPT)])
        newest = self._read_group([], ["alias_domain_id"], ["id:max"])
        (old - self.browse(newest_id for _domain, newest_id in newest)).unlink()

    def action_check_again(self):
        self.ensure_one()
        return self.alias_domain_id.action_catchall_check()

    @api.model
    def action_check_all(self):
        """Check every alias domain that an account serves; if there is none, all of them."""
        self.env["mail.alias.domain"].check_access("write")
        everything = self.env["ir.mail_server"]._catchall_all_domains()
        domains = everything._catchall_served() or everything
        if len(domains) > MAX_WHILE_WAITING:
            # sudo: waking the job is not configuring it
            self.env.ref("mail_catchall_router.ir_cron_catchall_checkup").sudo()._trigger()
            text = self.env._("The domains are being checked. Come back in a minute.")
            return notification(text, "info", then=None)
        checkups = self.browse()
        for domain in domains:
            checkups |= self.sudo()._run(domain)  # sudo: rows are written by checks alone
        if len(checkups) == 1:
            return checkups.sudo(False)._open()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "mail_catchall_router.action_mail_catchall_checkup"
        )

    def _open(self):
        return form_window(self, self.env._("Domain Check"))
