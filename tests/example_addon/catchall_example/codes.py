"""Why a message stands where it does: what this addon adds to the list."""

from odoo.addons.mail_catchall_router.router.codes import Codes


class ExampleReason(Codes):
    PLURAL = "plural", "Alias in the plural"
