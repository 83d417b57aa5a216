"""What an alias takes beside the mail of people: newsletters, programs, and how much of it."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

# A job board or a shop writes more than a person does: so many times the limit of people.
MACHINE_FACTOR = 5


class MailAlias(models.Model):
    _inherit = "mail.alias"

    catchall_accepts_bulk = fields.Boolean(
        "Accept Newsletters and Lists",
        help="Bulk mail to this alias makes records as other mail does. Otherwise it waits to be "
        "sorted.",
    )
    catchall_accepted_lists = fields.Text(
        "Accepted Lists",
        help="List-Ids, one a line, whose mail this alias takes although it takes no other bulk "
        "mail. “Accept this list” on a mail that waits adds its list here.",
    )
    catchall_accepts_machine = fields.Boolean(
        "Accept Mail of Programs",
        default=True,
        help="What job boards, shops, web forms or monitors send makes records. Otherwise it "
        "waits to be sorted. Answers to a record reach it in any case.",
    )
    catchall_sender_limit = fields.Integer(
        "Records per Sender",
        help="More new records than this from one sender within two hours wait to be sorted. "
        "0: Odoo's own limit (the system parameters mail.gateway.loop.threshold and .minutes).",
    )
    catchall_machine_limit = fields.Integer(
        "Records per Program",
        help="The same for newsletters and mail of programs. 0: five times the limit of people.",
    )

    @api.constrains("catchall_sender_limit", "catchall_machine_limit")
    def _check_catchall_limits(self):
        if any(min(a.catchall_sender_limit, a.catchall_machine_limit) < 0 for a in self):
            raise ValidationError(self.env._("A limit of new records is 0 or more."))

    def _catchall_limit(self, *, is_machine):
        """Return how many new records one sender may make within Odoo's own time span."""
        # sudo: Odoo's own limit, read as Odoo reads it
        get_param = self.env["ir.config_parameter"].sudo().get_param
        people = self.catchall_sender_limit or int(get_param("mail.gateway.loop.threshold", 20))
        if not is_machine:
            return people
        return self.catchall_machine_limit or people * MACHINE_FACTOR

    def _catchall_accept_list(self, name):
        """Take mail of the list of that (lower-case) List-Id from now on."""
        for alias in self:
            known = (alias.catchall_accepted_lists or "").split()
            if name not in known:
                alias.catchall_accepted_lists = "\n".join([*known, name])
