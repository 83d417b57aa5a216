"""Message-IDs name the alias domain and the record.

A reply's References must not tell host names of ours, and must lead to the record also when the
message is gone: messages of templates are deleted once they were sent.
"""

import socket

from odoo import api, models

from ...outgoing.references import with_domain
from ...router.tokens.tokens import ThreadToken, make_thread_token, thread_suffix, thread_token_in


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
        if not directory.accounts or thread_token_in(message_id):
            return message_id
        domain_id = self._catchall_record_domain(values)
        if not domain_id:
            email_from = values.get("email_from") or ""
            domain_id = self.env["ir.mail_server"]._catchall_alias_domain(email_from).id
        return with_domain(
            message_id,
            directory.names.get(domain_id, ""),
            (socket.gethostname(),),
            self._catchall_thread_suffix(values) if directory.served(domain_id) else "",
        )

    def _catchall_record_domain(self, values):
        """The alias domain of the record's company, also of one that no catch-all account serves:
        its messages must not name another company's.
        """
        if domain_id := values.get("record_alias_domain_id"):
            return domain_id
        # sudo: the domain of a record's company, whoever writes
        company = self.env["res.company"].sudo().browse(values.get("record_company_id") or [])
        return company.alias_domain_id.id

    def _catchall_thread_suffix(self, values):
        """The signed name of the record, for messages that a reply should come back to."""
        model, res_id = values.get("model"), values.get("res_id")
        if values.get("reply_to_force_new") or not (isinstance(res_id, int) and res_id):
            return ""
        if not hasattr(self.env.get(model), "message_post") or self.env[model]._abstract:
            return ""
        token = ThreadToken(
            self.env["ir.model"]._get_id(model), res_id, is_note=self._catchall_is_note(values)
        )
        return thread_suffix(make_thread_token(self.env["mail.mail"]._catchall_token_key(), token))

    def _catchall_is_note(self, values):
        """Whether a reply stays among colleagues, as core sees it (mail_thread.py,
        ``_message_parse_extract_from_parent``).
        """
        subtype_id = values.get("subtype_id")
        if values.get("message_type") == "auto_comment" or not isinstance(subtype_id, int):
            return False
        # sudo: whether a kind of message is internal, for whoever writes one
        return self.env["mail.message.subtype"].sudo().browse(subtype_id).internal
