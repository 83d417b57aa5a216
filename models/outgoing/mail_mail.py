"""Emails of a catch-all account: which company they are from, and that its session is known while
they are sent.
"""

from collections import defaultdict

from odoo import api, fields, models

from ...outgoing.session import AccountSession


class MailMail(models.Model):
    _inherit = "mail.mail"

    catchall_attempts = fields.Integer("Failed Attempts", readonly=True, copy=False)
    catchall_server_id = fields.Many2one(
        "ir.mail_server",
        "Waiting for Account",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The catch-all account whose mail server has not accepted this email yet.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["ir.mail_server"]._catchall_directory().accounts:
            self._catchall_add_record_company(vals_list)
        return super().create(vals_list)

    @api.model
    def _catchall_add_record_company(self, vals_list):
        """A template's email does not say which company its record is of; the account needs it.

        Core leaves it to the company of whoever sends, which for a scheduled action is the first
        one.
        """
        by_model = defaultdict(list)
        for values in vals_list:
            model, res_id = values.get("model"), values.get("res_id")
            known = values.get("mail_message_id") or "record_alias_domain_id" in values
            if model in self.env and not self.env[model]._abstract and res_id and not known:
                by_model[model].append(values)
        for model, values_of_model in by_model.items():
            res_ids = [values["res_id"] for values in values_of_model]
            # sudo: whose company a record is of, whoever sends
            records = self.env[model].sudo().browse(res_ids).exists()
            companies = records._mail_get_companies(default=self.env.company)
            domains = records._mail_get_alias_domains(default_company=self.env.company)
            for values in values_of_model:
                if values["res_id"] in records._ids:
                    values["record_alias_domain_id"] = domains[values["res_id"]].id
                    values.setdefault("record_company_id", companies[values["res_id"]].id)

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        if senders := self.mail_message_id._catchall_senders():
            self = self.with_context(catchall_senders=senders)
        if isinstance(smtp_session, AccountSession):
            allowed = self._catchall_throttle(smtp_session.account.server_id)
            if post_send_callback and allowed != self:
                post_send_callback((self - allowed).ids)
            self = allowed.with_context(catchall_session=smtp_session)
            deliveries = self.env["mail.catchall.delivery"]
            smtp_session.resume(deliveries._served(self.ids), deliveries._unsettled(self.ids))
        return super()._send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            smtp_session=smtp_session,
            alias_domain_id=alias_domain_id,
            mail_server=mail_server,
            post_send_callback=post_send_callback,
        )
