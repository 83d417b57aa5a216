"""What an incoming account says of routing: whether senders hear of an unknown address."""

from odoo import fields, models


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_notice_template_id = fields.Many2one(
        "mail.template",
        "Notify Sender",
        domain=[("model", "=", "mail.catchall.message")],
        help="Sent when an email is addressed to nobody here: only to senders whose address is "
        "verified, at most once a day to each, and never in reply to automatic emails. "
        "Leave empty to send nothing.",
    )
