"""Mails of a catch-all account: whose record they are about, and where answers come back."""

import json
from collections import defaultdict

from odoo import api, models

from ..router.identity import Author, ReplyTo, choose_reply_to, clean_name, mailboxes
from .ir_mail_server import HINT_HEADER


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["ir.mail_server"]._catchall_directory().accounts:
            self._catchall_add_record_company(vals_list)
        return super().create(vals_list)

    @api.model
    def _catchall_add_record_company(self, vals_list):
        """A template's mail does not say which company its record is of; the account needs it.

        Core leaves it to the company of whoever sends, which for a scheduled action is the first
        one.
        """
        by_model = defaultdict(list)
        for values in vals_list:
            model, res_id = values.get("model"), values.get("res_id")
            known = values.get("mail_message_id") or "record_alias_domain_id" in values
            if model in self.env and res_id and not known:
                by_model[model].append(values)
        for model, values_of_model in by_model.items():
            res_ids = [values["res_id"] for values in values_of_model]
            records = self.env[model].sudo().browse(res_ids).exists()
            companies = records._mail_get_companies(default=self.env.company)
            domains = records._mail_get_alias_domains(default_company=self.env.company)
            for values in values_of_model:
                if values["res_id"] in records._ids:
                    values["record_alias_domain_id"] = domains[values["res_id"]].id
                    values.setdefault("record_company_id", companies[values["res_id"]].id)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if not (mail_server and mail_server.sudo().is_catchall):
            return emails
        company = self.record_company_id or self.env.company
        hint = json.dumps({"company": clean_name(company.sudo().name), "reply_to": True})
        answers = {}
        for email in emails:
            wanted = email["reply_to"] or ""
            if wanted not in answers:
                answers[wanted] = self._catchall_reply_to(mail_server.sudo(), wanted)
            email["reply_to"] = answers[wanted]
            email["headers"] = {**email["headers"], HINT_HEADER: hint}
        return emails

    def _catchall_reply_to(self, account, wanted):
        """The Reply-To of this mail: an answer to it comes back to its record."""
        author = Author.read(self.email_from or "")
        directory = account._catchall_directory()
        reply_to = ReplyTo(
            wanted=mailboxes(wanted),
            chosen=self.reply_to_force_new,
            own_domains=frozenset(directory.names.values()),
        )
        chosen = choose_reply_to(author, reply_to)
        if not chosen:
            chosen = self._catchall_aliases(reply_to.wanted) or (
                self._catchall_record_mailbox(account, author),
            )
        return ", ".join(map(str, chosen))

    def _catchall_aliases(self, wanted):
        aliases = (
            self.env["mail.alias"]
            .sudo()
            .search_fetch(
                [("alias_full_name", "in", [mailbox.address for mailbox in wanted])],
                ["alias_full_name"],
            )
        )
        known = set(aliases.mapped("alias_full_name"))
        return tuple(mailbox for mailbox in wanted if mailbox.address in known)

    def _catchall_record_mailbox(self, account, author):
        """The alias of the record, else the catch-all address of its company's domain."""
        Model = self.env[self.model if self.model in self.env else "mail.thread"].sudo()
        company = self.record_company_id or self.env.company
        record = Model.browse(self.res_id if Model._name == self.model else False).exists()
        answers = record.with_company(company)._notify_get_reply_to(author_id=self.author_id.id)
        for mailbox in mailboxes(answers[record.id] or ""):
            return mailbox
        domain = self.record_alias_domain_id or company.sudo().alias_domain_id
        return account._catchall_mailbox(domain, author)
