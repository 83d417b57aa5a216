"""What is known of an account's provider, by its host or its login, and what it has refused: to
send as an author of ours, or from a bounce address.
"""

import logging
from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ...providers.detect import find_by_account
from ..short_cursor import short_cursor

_logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)  # providers change their mind, and so do admins at the provider


class MailCatchallRefusal(models.Model):
    _name = "mail.catchall.refusal"
    _inherit = "mail.catchall.of.account"
    _description = "Address Refused by a Mail Server"
    _order = "id desc"
    _catchall_accounts = {"server_id": "ir.mail_server"}

    # A row of its own: who sends may hold the account's row, where OAuth keeps its tokens.
    server_id = fields.Many2one(
        "ir.mail_server", "Outgoing Account", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [("author", "Author"), ("envelope", "Bounce Address"), ("limit", "Sending Limit")],
        default="author",
        required=True,
    )
    answer = fields.Char(required=True)
    day_count = fields.Integer(
        "Recipients in 24 Hours",
        aggregator=None,
        help="How many recipients the account had served in the 24 hours before.",
    )

    @api.model
    def _record(self, server_id, answer, kind="author", day_count=0):
        """Commit at once what a server has refused, and tell the administrators of the first."""
        with short_cursor(self.env) as env:
            # sudo: rows are written by us alone, whoever sends
            refusals = env["mail.catchall.refusal"].sudo()
            known = refusals._latest([server_id], kind)
            values = {"server_id": server_id, "answer": answer, "kind": kind}
            refusals.create({**values, "day_count": day_count})
            if not known:
                refusals._tell_admins(server_id, answer, kind)

    @api.model
    def _latest(self, server_ids, kind):
        """Return {server id: its newest refusal} of those that still count."""
        since = fields.Datetime.now() - KEPT
        found = self.search(
            [("server_id", "in", server_ids), ("create_date", ">=", since), ("kind", "=", kind)]
        )
        return {refusal.server_id.id: refusal for refusal in reversed(found)}

    @api.model
    def _tell_admins(self, server_id, answer, kind):
        """Once: nothing was lost, but something is not as it was set up."""
        # sudo: the name of the account, for its administrators
        server = self.env["ir.mail_server"].sudo().browse(server_id)
        if kind == "author":
            _logger.warning("Catch-all account %s may not send as others: %s", server.name, answer)
            subject = self.env._("%s cannot send as your users", server.display_name)
            text = self.env._(
                "The mail server refused an author's address, so customers now see the account's "
                "address with the author's name. The server answered: %s",
                answer,
            )
        elif kind == "limit":
            _logger.info("Catch-all account %s has reached a limit: %s", server.name, answer)
            subject = self.env._("%s has reached its provider's limit", server.display_name)
            text = self.env._(
                "The provider accepts no more mail from this account for now. The emails wait, and "
                "leave in order as soon as it does. No email was lost. Set “Recipients per Day” on "
                "the account to stay below the limit. The server answered: %s",
                answer,
            )
        else:
            _logger.warning("Catch-all account %s takes no bounce address: %s", server.name, answer)
            subject = self.env._("%s does not accept bounce addresses", server.display_name)
            text = self.env._(
                "The mail server refused a unique bounce address, so bounces now return to the "
                "account's address. They are then matched by the original email that they quote, "
                "which some servers leave out. No email was lost. Unique addresses are tried "
                "again after 90 days, or with “Forget this and try again” on the account's form. "
                "The server answered: %s",
                answer,
            )
        server._catchall_tell_admins(subject, text)

    @api.autovacuum
    def _gc_refusals(self):
        self.search([("create_date", "<", fields.Datetime.now() - KEPT)]).unlink()


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.onchange("is_catchall", "smtp_host", "smtp_authentication")
    def _onchange_catchall_from_policy(self):
        """Gmail rewrites a foreign From without a word, a relay sends as anybody of the domain.

        An unknown provider changes nothing: what a person chose stays.
        """
        preset = self._catchall_provider()
        if self.is_catchall and preset:
            self.catchall_from_policy = preset.from_policy

    def _catchall_provider(self):
        return find_by_account(self.smtp_host or "", self.smtp_authentication)

    @api.depends("is_catchall")
    def _compute_catchall_from_learned(self):
        # sudo: what was refused, for whoever may open the account
        refusals = self.env["mail.catchall.refusal"].sudo()
        for kind, name in (("author", "catchall_from"), ("envelope", "catchall_envelope")):
            latest = refusals._latest(self.ids, kind)
            for server in self:
                refusal = latest.get(server.id, refusals)
                server[f"{name}_learned"] = refusal.create_date
                server[f"{name}_answer"] = refusal.answer
        limits = refusals._latest(self.ids, "limit")
        for server in self:
            limit = limits.get(server.id, refusals)
            server.catchall_limit_learned = limit.create_date
            server.catchall_limit_answer = limit.answer
            server.catchall_limit_count = limit.day_count

    def _catchall_record_refusal(self, refused, answer):
        """Called by the session when a message went through without what the server refused."""
        self.env["mail.catchall.refusal"]._record(self.id, str(answer), refused)

    def _catchall_record_limit(self, answer):
        """Called by the session when the provider accepts no more mail of this account for now."""
        since = fields.Datetime.now() - timedelta(days=1)
        count = self.env["mail.catchall.delivery"]._count_since(self.id, since)
        self.env["mail.catchall.refusal"]._record(self.id, str(answer), "limit", day_count=count)

    def action_catchall_forget_from(self):
        """Try the authors' own addresses and bounce addresses again, with the next message."""
        self.env["mail.catchall.refusal"].search([("server_id", "in", self.ids)]).unlink()
        self.invalidate_recordset()

    def _catchall_tell_admins(self, subject, body):
        """Tell those who can do something about an account, as each of them wants to be told."""
        # sudo: who administers, whoever sends
        admins = self.env.ref("base.group_system").sudo().all_user_ids.filtered("active")
        self.env["mail.thread"].with_user(SUPERUSER_ID).message_notify(
            subject=subject, body=body, partner_ids=admins.partner_id.ids, force_send=False
        )
