"""The way back: from a message in any chatter to the received email that it came from."""

from odoo import api, fields, models
from odoo.addons.mail.tools.discuss import Store

_GROUP = "mail_catchall_router.group_catchall_user"


class MailMessage(models.Model):
    _inherit = "mail.message"

    catchall_message_id = fields.Many2one(
        "mail.catchall.message",
        "Received Email",
        compute="_compute_catchall_message_id",
        groups=_GROUP,
    )

    @api.depends_context("uid", "allowed_company_ids")
    def _compute_catchall_message_id(self):
        self.catchall_message_id = False
        received = self.filtered(lambda message: message.message_type == "email")
        if not received or not self.env.user.has_group(_GROUP):
            return
        # One query for all messages of a chatter. The user's own rights and companies apply, also
        # where Odoo formats messages with more rights than they have.
        Route = self.env["mail.catchall.route"].sudo(False)
        for route in Route.search([("mail_message_id", "in", received.ids)]):
            route.mail_message_id.catchall_message_id = route.catchall_message_id

    def _to_store_defaults(self, target):
        fields_ = super()._to_store_defaults(target)
        # What goes to others (a channel, another user) cannot be checked for their rights here.
        if target.is_current_user(self.env) and self.env.user.has_group(_GROUP):
            fields_.append(
                Store.Attr(
                    "catchall_message_id",
                    lambda message: message.catchall_message_id.id,
                    predicate=lambda message: message.catchall_message_id,
                )
            )
        return fields_
