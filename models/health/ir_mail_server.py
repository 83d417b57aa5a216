"""The outgoing account's health: what the server says at a login, and since when logins fail."""

import smtplib

from odoo import models
from odoo.tools import exception_to_unicode

from ...connections import see_smtp


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _catchall_session(self, connection, connect):
        session = super()._catchall_session(connection, connect)
        if row := self._catchall_look_again():
            row._note_seen(self._catchall_see(session.connection))
        return session

    def _catchall_see(self, connection):
        starttls = self.smtp_encryption in ("starttls", "starttls_strict")
        return see_smtp(connection, starttls=starttls)

    def _catchall_connected(self, error):
        row = self.sudo().catchall_health_id  # sudo: facts are kept, whoever sends
        row._note_connected(error and self._catchall_explain_connection(error))
        return super()._catchall_connected(error)

    def _catchall_connect_to_see(self):
        session = self._connect__(mail_server_id=self.id, allow_archived=True)
        if session is not None:  # None: in tests nothing is sent
            self.catchall_health_id._note_seen(self._catchall_see(session.connection))
            session.quit()

    def _catchall_server_errors(self):
        return (smtplib.SMTPException,)

    def _catchall_explain_connection(self, error):
        """What the server said or what happened, as a line."""
        if isinstance(error, smtplib.SMTPResponseException):
            text = error.smtp_error
            text = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
            text = f"{error.smtp_code} {text}"
        else:
            text = exception_to_unicode(error)
        return self._catchall_redactor().text(" ".join(text.split())[:500])
