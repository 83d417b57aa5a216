"""Whether a user has a mailbox of their own, or only an address on the catch-all's domain."""

from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    catchall_has_mailbox = fields.Boolean(
        "Has a Mailbox",
        groups="base.group_erp_manager",
        help="The user reads mail to their address in their own mailbox. Without one, it "
        "arrives in the catch-all mailbox, and so would notifications by email.",
    )

    def action_catchall_use_inbox(self):
        """Notifications go to Odoo's inbox instead of an address that nobody reads."""
        self.write({"notification_type": "inbox"})
        return True

    def action_catchall_has_mailbox(self):
        """The user has a mailbox: notifications by email arrive."""
        self.write({"catchall_has_mailbox": True})
        return True
