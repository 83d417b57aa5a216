"""What a provider has refused: to send as an author of ours, or from a bounce address."""

import logging
from datetime import timedelta

from odoo import api, fields, models

from .short_cursor import short_cursor

_logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)  # providers change their mind, and so do admins at the provider


class MailCatchallRefusal(models.Model):
    _name = "mail.catchall.refusal"
    _description = "Address Refused by a Mail Server"
    _order = "id desc"

    # A row of its own: who sends may hold the account's row, where OAuth keeps its tokens.
    server_id = fields.Many2one("ir.mail_server", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("author", "Author"), ("envelope", "Bounce Address")], default="author", required=True
    )
    answer = fields.Char(required=True)

    @api.model
    def _record(self, server_id, answer, kind="author"):
        """Commit at once what a server has refused, and tell the administrators of the first."""
        with short_cursor(self.env) as env:
            refusals = env["mail.catchall.refusal"].sudo()
            known = refusals._latest([server_id], kind)
            refusals.create({"server_id": server_id, "answer": answer, "kind": kind})
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
        server = self.env["ir.mail_server"].sudo().browse(server_id)
        if kind == "author":
            _logger.warning("Catch-all account %s may not send as others: %s", server.name, answer)
            subject = self.env._("%s cannot send as your users", server.display_name)
            text = self.env._(
                "The mail server refused an author's address, so customers now see the account's "
                "address with the author's name. The server answered: %s",
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
