"""Received emails: a sender that is a web form becomes a routing rule by one click."""

from odoo import models
from odoo.exceptions import UserError

from ...router.codes import State


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def action_sender_is_form(self):
        """Make a lasting rule: this sender is a web form, the customer is the one in Reply-To."""
        self._check_can_sort()
        for row in self:
            mail = row.sudo()._received_mail()  # sudo: only the sender's address is read
            if not (row.reply_to and mail.sender.address):
                raise UserError(
                    self.env._(
                        "“%(subject)s” names nobody in Reply-To who could be its customer.",
                        subject=row.display_name,
                    )
                )
            rules = self.env["mail.catchall.rule"]
            company = row.company_id or rules._default_company()
            # sudo: administrators alone write rules; this one only says who the customer is
            rules.sudo()._catchall_treat_as_form(mail.sender.address, company)
        waiting = self.filtered(lambda row: row.state == State.QUARANTINED)
        return waiting.action_replay() if waiting else True
