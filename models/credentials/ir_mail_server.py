"""The outgoing account logs in without letting its password out: not even with Debugging on."""

from odoo import models


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _catchall_log_in(self, connect):
        """Connect while this account's secrets are kept; the one place through which it does.

        :param connect: a function that opens a connection and logs in
        """
        try:
            with self._catchall_keeping_secrets():
                connection = connect()
        except Exception as error:
            self._catchall_connected(error)
            raise
        self._catchall_connected(None)
        return connection
