"""Who got a mail that is not finished: a retry never reaches a person twice."""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import email_normalize

from .short_cursor import short_cursor

KEPT = timedelta(days=30)  # longer than any retry


class MailCatchallDelivery(models.Model):
    _name = "mail.catchall.delivery"
    _description = "Recipient that a Mail Server Accepted"
    _log_access = False

    # No foreign key: its lock would wait for the transaction that is sending this very mail.
    mail_mail_id = fields.Integer(required=True, index=True)
    recipient = fields.Char(required=True)
    accepted_date = fields.Datetime(required=True, default=fields.Datetime.now)

    @api.model
    def _note(self, mail_id, recipients):
        accepted = [email_normalize(address, strict=False) or address for address in recipients]
        with short_cursor(self.env) as env:
            # Not by the ORM: this runs once a mail, in a transaction that does nothing else.
            env.cr.execute(
                """
                INSERT INTO mail_catchall_delivery (mail_mail_id, recipient, accepted_date)
                SELECT %s, unnest(%s), %s
                """,
                (mail_id, accepted, fields.Datetime.now()),
            )

    @api.model
    def _served(self, mail_ids):
        """Return {mail id: normalised addresses} of those that need no further try."""
        served = defaultdict(set)
        for delivery in self.sudo().search_fetch(
            [("mail_mail_id", "in", mail_ids)], ["mail_mail_id", "recipient"]
        ):
            served[delivery.mail_mail_id].add(delivery.recipient)
        return dict(served)

    @api.autovacuum
    def _gc_deliveries(self):
        self.search([("accepted_date", "<", fields.Datetime.now() - KEPT)], limit=100_000).unlink()
