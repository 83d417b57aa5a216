"""Who got which message, and when: a retry never reaches a person twice, and an account with a
limit per minute or per day never exceeds it.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

KEPT = timedelta(days=30)  # longer than any retry


class MailCatchallDelivery(models.Model):
    _name = "mail.catchall.delivery"
    _inherit = "mail.catchall.of.account"
    _description = "Recipient Accepted by a Mail Server"
    _log_access = False
    _catchall_accounts = {"server_id": "ir.mail_server"}

    # No foreign keys: their locks would wait for the transaction that is sending this very message.
    mail_mail_id = fields.Integer("Email", required=True, index=True)
    server_id = fields.Integer("Outgoing Account", required=True)
    recipient = fields.Char(required=True)
    accepted_date = fields.Datetime(required=True)

    _by_account = models.Index("(server_id, accepted_date)")

    @api.model
    def _note(self, transactions, server_id, mail_id, recipients):
        """Commit at once who got a message, by the ``ShortTransactions`` of the session."""
        accepted = [email_normalize(address, strict=False) or address for address in recipients]
        # Not by the ORM: this runs once per message, in a transaction that does nothing else.
        transactions.execute(
            """
            INSERT INTO mail_catchall_delivery
                (server_id, mail_mail_id, recipient, accepted_date)
            SELECT %s, %s, unnest(%s), %s
            """,
            (server_id, mail_id, accepted, fields.Datetime.now()),
        )

    @api.model
    def _served(self, mail_ids):
        """Return {mail id: normalised addresses} of those that need no further try."""
        known = [("mail_mail_id", "in", mail_ids)]
        # sudo: who was served must be known to whoever sends, and is not shown
        groups = self.sudo()._read_group(known, ["mail_mail_id"], ["recipient:array_agg"])
        return {mail_id: set(recipients) for mail_id, recipients in groups}

    @api.model
    def _count_since(self, server_id, since):
        """How many recipients an account has served since then: that is what providers count."""
        # sudo: a number, for whoever sends
        return self.sudo().search_count(
            [("server_id", "=", server_id), ("accepted_date", ">", since)]
        )

    @api.autovacuum
    def _gc_deliveries(self):
        self.search([("accepted_date", "<", fields.Datetime.now() - KEPT)], limit=100_000).unlink()
