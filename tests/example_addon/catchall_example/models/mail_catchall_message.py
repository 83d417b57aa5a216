from odoo import fields, models

from ..codes import ExampleReason


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    reason = fields.Selection(
        selection_add=ExampleReason.selection(),
        # what becomes of these messages when this addon is uninstalled
        ondelete={
            str(ExampleReason.INVITATION): "set unmatched",
            str(ExampleReason.PLURAL): "set alias",
        },
    )
