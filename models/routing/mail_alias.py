"""What an alias accepts besides mail written by people, and how much of it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# A job board or a shop writes more than a person does: this many times the limit of people.
MACHINE_FACTOR = 5


class MailAlias(models.Model):
    _inherit = "mail.alias"

    catchall_accepts_bulk = fields.Boolean(
        "Accept Newsletters and Lists",
        help="Bulk mail to this alias creates records like other mail. Otherwise it goes to To "
        "Sort.",
    )
    catchall_accepted_lists = fields.Text(
        "Accepted Lists",
        help="List-Ids, one per line, whose mail this alias accepts although it accepts no other "
        "bulk mail. “Accept This List” on an email in To Sort adds its list here.",
    )
    catchall_accepts_machine = fields.Boolean(
        "Accept Automated Emails",
        default=True,
        help="Emails from job boards, shops, web forms or monitoring systems create records. "
        "Otherwise they go to To Sort. Replies to a record always reach it.",
    )
    catchall_answered_forms = fields.Text(
        "Answered Forms",
        help="Web forms, shops and job boards whose visitors get automatic replies: the addresses "
        "or domains that they send from, one per line. The visitor stands in Reply-To there, and "
        "anybody can type any address into a form. The form's own address must be verified.",
    )
    catchall_sender_limit = fields.Integer(
        "Records per Sender",
        help="Once one sender has created this many records within two hours, further emails go to "
        "To Sort. 0 means Odoo's own limit (the system parameters mail.gateway.loop.threshold and "
        ".minutes).",
    )
    catchall_machine_limit = fields.Integer(
        "Records per Automated Sender",
        help="The same for newsletters and automated emails. 0 means five times the limit for "
        "people.",
    )

    @api.constrains("catchall_sender_limit", "catchall_machine_limit")
    def _check_catchall_limits(self):
        if any(min(a.catchall_sender_limit, a.catchall_machine_limit) < 0 for a in self):
            raise ValidationError(self.env._("A limit of new records must be 0 or more."))

    def _catchall_limit(self, *, is_machine):
        """Return how many new records one sender may create within Odoo's own time span."""
        # sudo: Odoo's own limit, read as Odoo reads it
        get_param = self.env["ir.config_parameter"].sudo().get_param
        people = self.catchall_sender_limit or int(get_param("mail.gateway.loop.threshold", 20))
        if not is_machine:
            return people
        return self.catchall_machine_limit or people * MACHINE_FACTOR

    def _catchall_accept_list(self, name):
        """Accept mail of the list of that (lower-case) List-Id from now on."""
        for alias in self:
            known = (alias.catchall_accepted_lists or "").split()
            if name not in known:
                alias.catchall_accepted_lists = "\n".join([*known, name])
