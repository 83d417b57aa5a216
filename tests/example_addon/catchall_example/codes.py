"""Why a message stands where it does: what this addon adds to the list."""

from odoo.addons.mail_catchall_router.router.codes import Code


class ExampleReason(Code):
    INVITATION = "invitation", "Meeting request"
    PLURAL = "plural", "Alias in the plural"
