"""An account on trial is fetched by Odoo as before, and watched meanwhile."""

from odoo import models
from odoo.exceptions import UserError

from .observer import CONTEXT, TrialObserver


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def _catchall_on_trial(self):
        return self.filtered(
            lambda server: (
                server.catchall_shadow
                and not server.is_catchall
                and not server.catchall_other_database
            )
        )

    def _fetch_mail(self, batch_limit=50):
        watched = self._catchall_on_trial()
        if not watched:
            return super()._fetch_mail(batch_limit)
        observer = TrialObserver(self.env.registry, watched.ids)
        try:
            observed = self.with_context(**{CONTEXT: observer})
            return super(FetchmailServer, observed)._fetch_mail(batch_limit)
        finally:
            observer.close()

    def _catchall_check_may_connect(self):
        # The lock on the account is held from here on. Somebody may have pressed "Switch" between
        # the moment in which Odoo listed its accounts and the one in which it locked this one.
        observer = self.env.context.get(CONTEXT)
        switched = isinstance(observer, TrialObserver) and self.id in observer.account_ids
        if switched and self.is_catchall:
            raise UserError(
                self.env._(
                    "“%(server)s” has just become a catch-all mailbox. It is fetched separately.",
                    server=self.name,
                )
            )
        return super()._catchall_check_may_connect()
