"""What an account has learned of its provider, and how much it may send now."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models

from ...providers import find_by_account


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    catchall_from_learned = fields.Datetime(
        "Authors Refused Since",
        compute="_compute_catchall_from_learned",
        help="The provider refused to send as an author. Since then, the account's own address "
        "has been used. After 90 days, the author's address is tried again.",
    )
    catchall_from_answer = fields.Char(
        "Provider's Answer", compute="_compute_catchall_from_learned"
    )
    catchall_envelope_learned = fields.Datetime(
        "Bounce Addresses Refused Since", compute="_compute_catchall_from_learned"
    )
    catchall_envelope_answer = fields.Char(
        "Provider's Answer on Bounce Addresses", compute="_compute_catchall_from_learned"
    )
    catchall_waiting_count = fields.Integer(
        "Waiting for Retry", compute="_compute_catchall_waiting_count"
    )

    @api.depends("is_catchall")
    def _compute_catchall_from_learned(self):
        refusals = self.env["mail.catchall.refusal"].sudo()
        learned = refusals._latest(self.ids)
        envelopes = refusals._latest(self.ids, "envelope")
        for server in self:
            refusal = learned.get(server.id)
            server.catchall_from_learned = refusal and refusal.create_date
            server.catchall_from_answer = refusal and refusal.answer
            refusal = envelopes.get(server.id)
            server.catchall_envelope_learned = refusal and refusal.create_date
            server.catchall_envelope_answer = refusal and refusal.answer

    def _catchall_learn(self, kind, answer):
        """Called by the session when a message went through without what the server refused."""
        self.env["mail.catchall.refusal"]._learn(self.id, str(answer), kind)

    def action_catchall_forget_from(self):
        """Try the authors' own addresses and bounce addresses again, with the next mail."""
        self.env["mail.catchall.refusal"].search([("server_id", "in", self.ids)]).unlink()
        self.invalidate_recordset(
            [
                "catchall_from_learned",
                "catchall_from_answer",
                "catchall_envelope_learned",
                "catchall_envelope_answer",
            ]
        )

    @api.depends("is_catchall")
    def _compute_catchall_waiting_count(self):
        counts = dict(
            self.env["mail.mail"]
            .sudo()
            ._read_group(
                [("catchall_server_id", "in", self.ids), ("state", "=", "outgoing")],
                ["catchall_server_id"],
                ["__count"],
            )
        )
        for server in self:
            server.catchall_waiting_count = counts.get(server._origin, 0)

    def action_catchall_waiting(self):
        """The messages that the server has not accepted yet, with its answers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting for Retry"),
            "res_model": "mail.mail",
            "view_mode": "list,form",
            "domain": [("catchall_server_id", "=", self.id), ("state", "=", "outgoing")],
        }

    def _catchall_budget(self):
        """What the account may send now, as its provider counts; None: there is no limit.

        :return: recipients that may be served now, whether that is all of the limit, the time
          until there are more, and how many these are at most
        """
        self.ensure_one()
        now, count = fields.Datetime.now(), self.env["mail.catchall.delivery"]._count_since
        budgets = []
        if limit := self.catchall_minute_limit:
            left = limit - count(self.id, now - timedelta(minutes=1))
            budgets.append((left, left == limit, timedelta(minutes=1), limit))
        if limit := self.catchall_day_limit:
            left = limit - count(self.id, now - timedelta(days=1))
            budgets.append((left, left == limit, timedelta(hours=1), limit))
        return min(budgets, default=None)

    def _catchall_tell_admins(self, subject, body):
        """Tell those who can do something about an account, as each of them wants to be told."""
        admins = self.env.ref("base.group_system").sudo().all_user_ids.filtered("active")
        self.env["mail.thread"].with_user(SUPERUSER_ID).message_notify(
            subject=subject, body=body, partner_ids=admins.partner_id.ids, force_send=False
        )

    @api.onchange("is_catchall", "smtp_host", "smtp_authentication")
    def _onchange_catchall_from_policy(self):
        """Gmail rewrites a foreign From without a word, a relay sends as anybody of the domain.

        An unknown provider changes nothing: what a person chose stays.
        """
        preset = self._catchall_provider()
        if self.is_catchall and preset:
            self.catchall_from_policy = preset.from_policy

    def _catchall_provider(self):
        """The preset of the account's provider, or None."""
        return find_by_account(self.smtp_host or "", self.smtp_authentication)
