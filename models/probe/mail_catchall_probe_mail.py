"""One message of a probe: what became of it."""

from odoo import fields, models


class MailCatchallProbeMail(models.Model):
    _name = "mail.catchall.probe.mail"
    _description = "Email of a Mailbox Test"
    _order = "id"

    probe_id = fields.Many2one("mail.catchall.probe", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("random", "To an address that nobody uses"),
            ("bcc", "Blind copy (Bcc)"),
            ("first", "To two addresses: the first"),
            ("second", "To two addresses: the second"),
            ("author", "From another author of the domain"),
            ("sub_address", "To an address with a plus sign"),
            ("near", "To a mistyped alias"),
            ("outside", "From outside"),
        ],
        "Tests",
        required=True,
    )
    address = fields.Char("Sent To")
    answer = fields.Char("Refusal")
    is_bounced = fields.Boolean("Bounced")
    at_recipient = fields.Boolean(help="The refusal was about this address, not about the email.")
    place = fields.Char("Arrived In")
    seconds = fields.Integer()
    found_date = fields.Datetime()
    header = fields.Text(groups="base.group_no_one")
    keys = fields.Json()  # names of its copies in the mailbox, for removing them
