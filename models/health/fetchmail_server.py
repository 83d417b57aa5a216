"""The incoming account's health: what the server says at a login, and how a fetch went."""

import imaplib
import poplib
from contextlib import suppress
from dataclasses import replace

from odoo import models

from ...connections import see_imap, see_pop3, starttls_certificate


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def _catchall_logged_in(self, connection):
        if row := self._catchall_look_again():
            row._note_seen(self._catchall_see(connection))
        return super()._catchall_logged_in(connection)

    def _catchall_see(self, connection):
        is_imap = self._get_connection_type() == "imap"
        return (see_imap if is_imap else see_pop3)(connection)

    def _catchall_fetched(self, seconds):
        # sudo: facts are kept, whoever fetches
        self.sudo().catchall_health_id._note_fetch(seconds)
        return super()._catchall_fetched(seconds)

    def _catchall_connect_to_see(self):
        connection = self._connect__(allow_archived=True)
        seen = self._catchall_see(connection)
        with suppress(OSError, *self._catchall_server_errors()):
            connection.disconnect()
        if seen.encryption == "none":
            # Nobody sees the certificate otherwise: Odoo's connections do not use STARTTLS.
            kind = self._get_connection_type()
            end, name = starttls_certificate(kind, self.server, self.port)
            offered = {"STARTTLS" if kind == "imap" else "STLS"} if end else set()
            seen = replace(
                seen,
                certificate_end=end,
                certificate_name=name,
                capabilities=seen.capabilities | offered,
            )
        self.catchall_health_id._note_seen(seen)

    def _catchall_server_errors(self):
        return imaplib.IMAP4.error, poplib.error_proto

    def _catchall_explain_connection(self, error):
        return self._catchall_explain(error)
