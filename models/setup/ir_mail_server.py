"""The outgoing account's side of a setup: its login, and a message that is begun and not sent."""

import smtplib

from odoo import models
from odoo.exceptions import UserError

from ...connections import trouble_of
from ...connections.login_trouble import SENTENCES


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _catchall_try_login(self):
        """Log in, and begin a message from the account to itself; nothing is sent.

        :raises Exception: whatever a login fails with; see ``_catchall_explain_login``
        """
        address = self._catchall_account_address()
        connection = self._connect__(mail_server_id=self.id, allow_archived=True, smtp_from=address)
        if connection is not None:  # None: in tests nothing is sent
            try:
                _begin_mail(connection, address)
            finally:
                connection.close()
        return self.env._(
            "Logged in to %(host)s as %(user)s. The server accepts mail from this account.",
            user=self.smtp_user,
            host=self.smtp_host,
        )

    def _catchall_explain_login(self, error):
        said = self._catchall_explain_connection(error)
        trouble = trouble_of(error)
        if isinstance(error, UserError) or trouble is None:
            return said
        if isinstance(error, smtplib.SMTPRecipientsRefused):
            code, reply = next(iter(error.recipients.values()))
            reply = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
            said = f"{code} {reply}"
        return self._catchall_redactor().text(self._catchall_explain_trouble(trouble, said))

    def _catchall_explain_trouble(self, trouble, said):
        """One sentence for the admin: the account, what happened, what to do."""
        return self.env._(
            SENTENCES[trouble],
            account=self.display_name,
            host=self.smtp_host,
            port=self.smtp_port,
            error=said,
        )


def _begin_mail(connection, address):
    connection.ehlo_or_helo_if_needed()
    code, reply = connection.mail(address)
    if code != 250:
        raise smtplib.SMTPSenderRefused(code, reply, address)
    code, reply = connection.rcpt(address)
    # A server that is busy (4xx) says nothing of the address.
    if code >= 500:
        raise smtplib.SMTPRecipientsRefused({address: (code, reply)})
    connection.rset()
