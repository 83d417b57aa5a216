"""Where the replies to an email go: to its record's alias, the catch-all, or an address of its own.

This is known per recipient and only when the email leaves: a template that a scheduled action
sends has no Reply-To at all, and core then takes the author's address.
"""

from odoo import fields, models

from ...outgoing.header_text import mailboxes, mailboxes_as_written
from ...outgoing.identity import Author, ReplyTo, choose_reply_to
from ...router.message.addresses import Mailbox, normalise
from ...router.tokens.tokens import ReplyToken, TokenKey, make_reply_token, reply_local_part
from .session import sending_session


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _catchall_reply_to(self, account, wanted):
        """The mailboxes of Reply-To: a reply to them comes back to this email's record."""
        author = Author.parse(self.email_from or "")
        reply_to = ReplyTo(
            wanted=mailboxes_as_written(wanted),
            chosen=self.reply_to_force_new or self._catchall_chose_author(author, wanted),
            own_domains=frozenset(account._catchall_directory().names.values()),
        )
        return (
            choose_reply_to(author, reply_to)
            or self._catchall_aliases(reply_to.wanted)
            or (self._catchall_record_mailbox(account, author),)
        )

    def _catchall_chose_author(self, author, wanted):
        """Whether somebody asked for replies to the author: Odoo alone writes that only where it
        has neither an alias nor a catch-all address.
        """
        own = normalise(author.address)
        named = any(mailbox.address == own for mailbox in mailboxes(wanted))
        return named and bool(self._catchall_computed_reply_to())

    def _catchall_signed(self, account, reply_to, partner):
        """The same with an address that names record and recipient, where the account wants it.

        It stands for the record's own address only: what a template or a person chose stays.
        """
        session = sending_session(self.env)
        domains = session.account.signed_domains if session else ()
        (mailbox, *others) = reply_to
        address = mailbox.address.lower()
        if others or mailbox.domain.lower() not in domains or self.reply_to_force_new:
            return reply_to
        if not (self.res_id and hasattr(self.env.get(self.model), "message_post")):
            return reply_to
        # sudo: an address that customers see
        catchall = (self.record_alias_domain_id.sudo().catchall_email or "").lower()
        if address != catchall:
            own = self._catchall_record_mailbox(account, Author.parse(self.email_from or ""))
            if address != own.address:
                return reply_to
        kept = self.is_notification or not self.auto_delete
        token = make_reply_token(
            self._catchall_token_key(),
            ReplyToken(
                model_id=self.env["ir.model"]._get_id(self.model),
                res_id=self.res_id,
                parent_id=self.mail_message_id.id if kept else 0,
                partner_id=partner.id if partner else 0,
                issued=fields.Date.today(),
            ),
        )
        if not token:
            return reply_to
        return (Mailbox(mailbox.name, f"{reply_local_part(token)}@{mailbox.domain.lower()}"),)

    def _catchall_token_key(self):
        # sudo: the secret that signs is read for whoever sends
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return TokenKey(
            (get_param("database.secret") or "").encode(), get_param("database.uuid") or ""
        )

    def _catchall_aliases(self, wanted):
        named = [("alias_full_name", "in", [mailbox.address for mailbox in wanted])]
        # sudo: which of these addresses are aliases of ours
        aliases = self.env["mail.alias"].sudo().search_fetch(named, ["alias_full_name"])
        known = set(aliases.mapped("alias_full_name"))
        return tuple(mailbox for mailbox in wanted if mailbox.address in known)

    def _catchall_record_mailbox(self, account, author):
        """The alias of the record, else the catch-all address of its company's domain."""
        for mailbox in self._catchall_computed_reply_to():
            return mailbox
        company = self.record_company_id or self.env.company
        # sudo: the reply address of a record, which customers see
        domain = self.record_alias_domain_id or company.sudo().alias_domain_id
        return account._catchall_mailbox(domain, author)

    def _catchall_computed_reply_to(self):
        """What Odoo computes for this record by itself, apart from the author's address."""
        # sudo: the reply address of a record, which customers see
        Model = self.env[self.model if self.model in self.env else "mail.thread"].sudo()
        company = self.record_company_id or self.env.company
        record = Model.browse(self.res_id if Model._name == self.model else False).exists()
        replies_to = record.with_company(company)._notify_get_reply_to(author_id=self.author_id.id)
        return mailboxes(replies_to[record.id] or "")
