"""What an account has learned: its provider does not send as others, or from bounce addresses."""

import logging
from datetime import timedelta

from odoo import api, fields, models

from .short_cursor import short_cursor

_logger = logging.getLogger(__name__)

KEPT = timedelta(days=90)  # providers change their mind, and so do admins at the provider


class MailCatchallRefusal(models.Model):
    _name = "mail.catchall.refusal"
    _description = "Refusal of an Author by a Mail Server"
    _order = "id desc"

    # A row of its own: who sends may hold the account's row, where OAuth keeps its tokens.
    server_id = fields.Many2one("ir.mail_server", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [("author", "Author"), ("envelope", "Bounce Address")], default="author", required=True
    )
    answer = fields.Char(required=True)

    @api.model
    def _learn(self, server_id, answer, kind="author"):
        with short_cursor(self.env) as env:
            refusals = env["mail.catchall.refusal"].sudo()
            known = refusals._latest([server_id], kind)
            refusals.create({"server_id": server_id, "answer": answer, "kind": kind})
            if not known and kind == "author":
                refusals._tell_admins(server_id, answer)

    @api.model
    def _latest(self, server_ids, kind="author"):
        """Return {server id: its newest refusal} of those that still count."""
        since = fields.Datetime.now() - KEPT
        found = self.search(
            [
                ("server_id", "in", server_ids),
                ("create_date", ">=", since),
                ("kind", "=", kind),
            ]
        )
        return {refusal.server_id.id: refusal for refusal in reversed(found)}

    @api.model
    def _tell_admins(self, server_id, answer):
        """Once: nothing was lost, but customers see another address than before."""
        server = self.env["ir.mail_server"].sudo().browse(server_id)
        _logger.warning("Catch-all account %s may not send as others: %s", server.name, answer)
        server._catchall_tell_admins(
            self.env._("%s does not send as your users", server.display_name),
            self.env._(
                "The mail server refused the address of an author, so customers now see the "
                "account's address with the author's name. It answered: %s",
                answer,
            ),
        )

    @api.autovacuum
    def _gc_refusals(self):
        self.search([("create_date", "<", fields.Datetime.now() - KEPT)]).unlink()
