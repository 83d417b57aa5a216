"""Aliases in the plural: jobs@ is job@."""

from odoo.addons.mail_catchall_router.router.steps import Found, Step
from odoo.addons.mail_catchall_router.router.steps.alias import route_to
from odoo.addons.mail_catchall_router.translatable import said
from odoo.tools import LazyTranslate

from .codes import ExampleReason

_lt = LazyTranslate(__name__)


class Plural(Step):
    """Recipients that are an alias once their last letter, an s, is cut."""

    name = "plural"
    label = _lt("Plurals")
    reason = ExampleReason.PLURAL
    by_address = True

    def find(self, case):
        """One route per alias; the recipients that it does not place are left to the next steps."""
        routes, remaining = [], []
        for recipient in case.recipients:
            local, _at, domain = recipient.address.rpartition("@")
            aliases = case.directory.aliases(f"{local.removesuffix('s')}@{domain}")
            routes += [route_to(alias, recipient.address) for alias in aliases]
            if not aliases:
                remaining.append(recipient)
        text = said(_lt("plural of an alias")) if routes else said(_lt("no plural"))
        return Found(text, tuple(routes), tuple(remaining))
