"""What is known of an account's provider, by its host or its login, and what it has refused."""

from odoo import SUPERUSER_ID, api, models

from ...providers.detect import find_by_account


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
        """The preset of the account's provider, or None."""
        return find_by_account(self.smtp_host or "", self.smtp_authentication)

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

    def _catchall_record_refusal(self, refused, answer):
        """Called by the session when a message went through without what the server refused."""
        self.env["mail.catchall.refusal"]._record(self.id, str(answer), refused)

    def action_catchall_forget_from(self):
        """Try the authors' own addresses and bounce addresses again, with the next message."""
        self.env["mail.catchall.refusal"].search([("server_id", "in", self.ids)]).unlink()
        self.invalidate_recordset(
            [
                "catchall_from_learned",
                "catchall_from_answer",
                "catchall_envelope_learned",
                "catchall_envelope_answer",
            ]
        )

    def _catchall_tell_admins(self, subject, body):
        """Tell those who can do something about an account, as each of them wants to be told."""
        admins = self.env.ref("base.group_system").sudo().all_user_ids.filtered("active")
        self.env["mail.thread"].with_user(SUPERUSER_ID).message_notify(
            subject=subject, body=body, partner_ids=admins.partner_id.ids, force_send=False
        )
