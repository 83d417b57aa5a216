"""The outgoing account logs in without letting its password out: not even with Debugging on.

Imported before ``ir_mail_server_choice``, which keeps the way to connect for later.
"""

from odoo import models


class IrMailServer(models.Model):
    _name = "ir.mail_server"
    _inherit = ["ir.mail_server", "mail.catchall.secrets"]

    def _connect__(
        self,
        host=None,
        port=None,
        user=None,
        password=None,
        encryption=None,
        smtp_from=None,
        ssl_certificate=None,
        ssl_private_key=None,
        smtp_debug=False,
        mail_server_id=None,
        allow_archived=False,
    ):
        arguments = {
            "smtp_from": smtp_from,
            "ssl_certificate": ssl_certificate,
            "ssl_private_key": ssl_private_key,
            "smtp_debug": smtp_debug,
            "mail_server_id": mail_server_id,
            "allow_archived": allow_archived,
        }
        connect = super()._connect__
        # sudo: whose secrets are hidden, for whoever sends
        account = self.sudo().browse(mail_server_id or [])
        if not account.is_catchall:
            return connect(host, port, user, password, encryption, **arguments)
        try:
            with account._catchall_keeping_secrets():
                connection = connect(host, port, user, password, encryption, **arguments)
        except Exception as error:
            account._catchall_connected(error)
            raise
        account._catchall_connected(None)
        return connection

    def _catchall_connected(self, error):
        """Hook: the account has connected and logged in, or failed to with this error."""
