from odoo import fields, models
from odoo.addons.mail_catchall_router.router.codes import selection

from ..codes import ExampleReason
from ..invitation import Invitation


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    reason = fields.Selection(
        selection_add=selection([Invitation.reason, *ExampleReason]),
        # what becomes of these messages when this addon is uninstalled
        ondelete={
            Invitation.name: "set unmatched",
            str(ExampleReason.PLURAL): "set alias",
        },
    )
