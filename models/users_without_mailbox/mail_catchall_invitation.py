"""The login link of a user without a mailbox, for the person who passes it on."""

from odoo import fields, models


class CatchallInvitation(models.TransientModel):
    _name = "mail.catchall.invitation"
    _inherit = "mail.catchall.linked.rows"
    _description = "Login Link of a User without a Mailbox"

    user_id = fields.Many2one("res.users", required=True, readonly=True, ondelete="cascade")
    # Not stored: a link that logs somebody in stands in no table, export or backup.
    url = fields.Char("Link", compute="_compute_url")
    hours = fields.Integer("Valid for (Hours)", compute="_compute_url")

    def _compute_url(self):
        parameters = self.env["ir.config_parameter"].sudo()  # sudo: two numbers, no secrets
        for invitation in self:
            user = invitation.user_id
            new = not user.login_date
            partner = user.partner_id.with_context(create_user=new)
            # This checks that the current user may write that user.
            invitation.url = partner._get_signup_url()
            name = "signup" if new else "reset_password"
            invitation.hours = int(
                parameters.get_param(f"auth_signup.{name}.validity.hours", 144 if new else 4)
            )
