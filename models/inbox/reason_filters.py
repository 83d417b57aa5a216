"""Filters of the received emails: one for each reason, also for those of other addons."""

from lxml import etree
from odoo import api, models


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        arch, view = super()._get_view(view_id, view_type, **options)
        # The label in the user's language: views are cached for each.
        reasons = self._fields["reason"]._description_selection(self.env)
        for anchor in arch.xpath("//separator[@name='reasons']"):
            for code, label in reversed(reasons):
                domain = repr([("reason", "=", code)])
                anchor.addnext(etree.Element("filter", name=code, string=label, domain=domain))
        return arch, view
