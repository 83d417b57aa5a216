"""One mail of a probe: what became of it."""

from odoo import fields, models


class MailCatchallProbeMail(models.Model):
    _name = "mail.catchall.probe.mail"
    _description = "Mail of a Probe"
    _order = "id"

    probe_id = fields.Many2one("mail.catchall.probe", required=True, index=True, ondelete="cascade")
    kind = fields.Selection(
        [
            ("random", "To an address that nobody has"),
            ("bcc", "Blind copy (Bcc)"),
            ("first", "To two addresses, the first"),
            ("second", "To two addresses, the second"),
            ("author", "From another author of the domain"),
            ("sub_address", "To an address with a plus sign"),
            ("near", "To a mistyped alias"),
            ("outside", "From outside"),
        ],
        "Tries",
        required=True,
    )
    address = fields.Char("Sent To")
    answer = fields.Char("Refused With")
    is_bounced = fields.Boolean("Came Back")
    at_recipient = fields.Boolean(help="The answer was about this address, not about the mail.")
    place = fields.Char("Arrived In")
    seconds = fields.Integer()
    found_date = fields.Datetime()
    header = fields.Text(groups="base.group_no_one")
    keys = fields.Json()  # names of its copies in the mailbox, for removing them
