"""The incoming account logs in without letting its password out: not even by a server's echo."""

from odoo import models


class FetchmailServer(models.Model):
    _name = "fetchmail.server"
    _inherit = ["fetchmail.server", "mail.catchall.secrets"]

    def _catchall_is_ordinary(self):
        # one that was a catch-all account, and will be one again
        return super()._catchall_is_ordinary() and not self.catchall_shadow

    def _catchall_explain(self, error):
        return self._catchall_redactor().text(super()._catchall_explain(error))
