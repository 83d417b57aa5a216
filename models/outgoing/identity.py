"""The sender identity of outgoing mail: every message passes ``_prepare_email_message__``, and
``outgoing.identity`` decides there what the customer sees.
"""

from dataclasses import replace

from odoo import models

from ...outgoing.dispatch import dispatch_of
from ...outgoing.header_text import ascii_address, clean_name, mailboxes_as_written
from ...outgoing.identity import Author, ReplyTo, write_identity
from ...outgoing.session import AccountSession
from ...router.message.addresses import Mailbox


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _prepare_email_message__(self, message, smtp_session):
        if not isinstance(smtp_session, AccountSession):
            return super()._prepare_email_message__(message, smtp_session)
        # sudo: the settings of the account, whoever sends
        server = self.sudo().browse(smtp_session.account.server_id)
        identity = server._catchall_identify(message, smtp_session)
        write_identity(message, identity)
        # Core takes the envelope from this key when the session has no FROM filter.
        contextual = self.with_context(domain_bounce_address=identity.envelope)
        return super(IrMailServer, contextual)._prepare_email_message__(message, smtp_session)

    def _catchall_identify(self, message, session):
        dispatch = dispatch_of(message)
        # A message that is prepared again has our From already; its author stays the same.
        author = dispatch.author or Author.parse(str(message["From"] or ""))
        wanted = mailboxes_as_written(str(message["Reply-To"] or ""))
        settled = bool(dispatch.mail_id and wanted)
        domain = self.env["mail.alias.domain"]
        if not settled or not dispatch.company_id:
            domain = self._catchall_alias_domain(author.address)
        reply_to = ReplyTo(
            wanted=wanted,
            record=None if settled else self._catchall_mailbox(domain, author),
            own_domains=frozenset(self._catchall_directory().names.values()),
            settled=settled,
        )
        company = self._catchall_company_name(dispatch.company_id, domain, session)
        return dispatch.identify(author, replace(session.account, company=company), reply_to)

    def _catchall_company_name(self, company_id, alias_domain, session):
        company_id = company_id or (alias_domain.company_ids[:1] or self.env.company).id
        names = session.company_names
        if company_id not in names:
            # sudo: the name of the company, which customers see
            names[company_id] = self.env["res.company"].sudo().browse(company_id).name
        return names[company_id]

    def _catchall_mailbox(self, alias_domain, author):
        """Where replies come back when no record has an alias: the domain's catch-all address."""
        # sudo: an address that customers see
        address = ascii_address(alias_domain.sudo().catchall_email or "")
        return Mailbox(clean_name(author.name), address or self._catchall_account_address())
