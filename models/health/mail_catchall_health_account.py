"""What both kinds of account share: a health row, and what a form shows of it."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..windows import notification
from .mail_catchall_health import LINKS

SEEN_FOR = timedelta(hours=1)  # before capabilities, quota and certificate are read again
SERVER_FIELDS = {
    *("server", "port", "is_ssl", "server_type", "user"),
    *("smtp_host", "smtp_port", "smtp_encryption", "smtp_user"),
}


class AccountHealth(models.AbstractModel):
    _name = "mail.catchall.health.account"
    _description = "Account with Health Status"

    catchall_health_id = fields.Many2one(
        "mail.catchall.health",
        "Health",
        compute="_compute_catchall_health_id",
        search="_search_catchall_health_id",
    )
    catchall_health_level = fields.Selection(
        related="catchall_health_id.level", related_sudo=False, string="Health Status"
    )
    catchall_health_findings = fields.Json(
        related="catchall_health_id.shown_findings", related_sudo=False
    )
    catchall_health_graph = fields.Text(related="catchall_health_id.graph", related_sudo=False)
    catchall_health_quota = fields.Float(
        related="catchall_health_id.quota_percent", related_sudo=False
    )
    catchall_health_quota_known = fields.Boolean(
        related="catchall_health_id.quota_known", related_sudo=False
    )
    catchall_health_quota_text = fields.Char(
        related="catchall_health_id.quota_text", related_sudo=False
    )
    catchall_health_seen_date = fields.Datetime(
        related="catchall_health_id.seen_date", related_sudo=False
    )
    catchall_health_certificate_end = fields.Datetime(
        related="catchall_health_id.certificate_end", related_sudo=False
    )
    catchall_health_capabilities = fields.Html(
        related="catchall_health_id.capabilities_html", related_sudo=False, string="Capabilities"
    )
    catchall_health_oldest_id = fields.Many2one(
        related="catchall_health_id.oldest_message_id", related_sudo=False
    )
    catchall_health_oldest_age = fields.Char(
        related="catchall_health_id.oldest_age", related_sudo=False
    )
    catchall_health_failed_id = fields.Many2one(
        related="catchall_health_id.last_failed_id", related_sudo=False
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_catchall_health_id(self):
        rows = self.env["mail.catchall.health"]
        # Who may open an account need not be of its company: then the form says nothing of it.
        rows = rows._of(self._origin) if rows.has_access("read") else {}
        for account in self:
            account.catchall_health_id = rows.get(account._origin.id)

    @api.model
    def _search_catchall_health_id(self, operator, value):
        if operator != "in":
            return NotImplemented
        # sudo: ids of accounts come of it, which the search keeps to those that may be read
        rows = self.env["mail.catchall.health"].sudo()
        link = LINKS[self._name]
        return [("id", "in", rows.search([("id", "in", list(value))])[link].ids)]

    def _catchall_keep_health(self):
        """An account has its row as long as it is an active catch-all account."""
        rows = self.env["mail.catchall.health"].sudo()  # sudo: rows are written by us alone
        known = rows._of(self)
        for account in self:
            if not (account.is_catchall and account.active):
                known.get(account.id, rows).unlink()
            elif account.id not in known:
                # sudo: rows are written by us alone
                rows._add(account.sudo())
        self.invalidate_recordset(["catchall_health_id"])

    def _catchall_look_again(self):
        """The account's row, if it is time to look at the server again, else an empty one."""
        row = self.sudo().catchall_health_id  # sudo: facts are kept, whoever fetches or sends
        fresh = row.seen_date and row.seen_date > fields.Datetime.now() - SEEN_FOR
        return row.browse() if fresh or self.env.context.get("catchall_check_now") else row

    def action_catchall_check_health(self):
        """Check the server now, over a connection of its own, and show the result on the form."""
        self.ensure_one()
        self.check_access("write")
        # sudo: the account's password is read on behalf of whoever may write it
        account = self.sudo().with_context(catchall_check_now=True)
        try:
            account._catchall_connect_to_see()
        except Exception as error:
            if not isinstance(error, (OSError, UserError, *account._catchall_server_errors())):
                raise
            text = account._catchall_explain_connection(error)
            return notification(text, "danger", sticky=True)
        return notification(self.env._("The server has been checked."))

    def action_catchall_statistics(self):
        self.ensure_one()
        return self.catchall_health_id.action_statistics()
