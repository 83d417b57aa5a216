"""What waits because it looks like a bounce: a person says that it is one, for all at once."""

from odoo import models
from odoo.exceptions import UserError

from ...router.codes import State
from ...router.verdicts.bounce import Bounce
from ..windows import list_window


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def action_are_bounces(self):
        """Say that these messages, which look like bounces, are: they are dismissed as such."""
        self._check_can_sort()
        for row in self:
            if row.reason != Bounce.reason or row.state != State.QUARANTINED:
                raise UserError(
                    self.env._(
                        "“%(subject)s” does not wait as a likely bounce. Select the emails in To "
                        "Sort whose reason is “Bounce”, or dismiss it.",
                        subject=row.display_name,
                    )
                )
        confirmed = self.env._("Confirmed as a bounce by %(user)s", user=self.env.user.name)
        # sudo: nobody may write the ledger by hand; this button is the way to do it.
        self.sudo()._settle(State.IGNORED, explanation=confirmed)
        return True

    def action_likely_bounces(self):
        """Open all messages that wait as likely bounces."""
        domain = [("reason", "=", str(Bounce.reason)), ("state", "=", str(State.QUARANTINED))]
        return list_window(self.env, "action_mail_catchall_to_sort", domain, context={})
