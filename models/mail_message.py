"""Message-IDs name the alias domain: an answer's References must not tell host names of ours."""

import socket

from odoo import api, models

from ..router.identity import with_domain


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model
    def _get_message_id(self, values):
        return self._catchall_message_id(super()._get_message_id(values), values)

    @api.model_create_multi
    def create(self, vals_list):
        # message_notify and others make an identifier themselves, without _get_message_id.
        if self.env["ir.mail_server"]._catchall_directory().accounts:
            for values in vals_list:
                if values.get("message_id") and values.get("message_type") != "email":
                    values["message_id"] = self._catchall_message_id(values["message_id"], values)
        return super().create(vals_list)

    def _catchall_message_id(self, message_id, values):
        directory = self.env["ir.mail_server"]._catchall_directory()
        if not directory.accounts:
            return message_id
        domain_id = directory.served(values.get("record_alias_domain_id"))
        if not domain_id:
            email_from = values.get("email_from") or ""
            domain_id = self.env["ir.mail_server"]._catchall_alias_domain(email_from).id
        return with_domain(message_id, directory.names.get(domain_id, ""), (socket.gethostname(),))
