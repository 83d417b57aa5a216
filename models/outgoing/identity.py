"""The sender identity of outgoing mail: every message passes ``_prepare_email_message__``, and
``outgoing/identity.py`` decides there what the customer sees.
"""

import socket
from dataclasses import replace
from email.utils import make_msgid

from odoo import api, models, tools
from odoo.tools import email_normalize

from ...outgoing.calendar import without_hosts
from ...outgoing.identity import (
    Author,
    Mailbox,
    OutgoingAccount,
    ReplyTo,
    ascii_address,
    clean_name,
    clean_text,
    identify,
    mailboxes,
    parsed_header,
    with_domain,
    without_author,
    write_identity,
)
from ...outgoing.references import readable_references
from ...outgoing.session import AccountSession
from ...router.message.addresses import normalise_domain
from ...router.tokens.tokens import bounce_local_part

# What mail.mail knows and _prepare_email_message__ needs. It travels among the headers of core's
# arguments, is taken out when the message is built, and never leaves.
HINT_HEADER = "X-Catchall-Hint"


class Hint(dict):
    """What mail.mail says about a message; a class, so that no typed header can pass for one."""


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _catchall_outgoing_account(self):
        self.ensure_one()
        directory = self._catchall_directory()
        return OutgoingAccount(
            address=self._catchall_account_address(),
            domains=frozenset(
                directory.names[domain_id]
                for domain_id, server_id in directory.accounts.items()
                if server_id == self.id
            ),
            from_policy=self.catchall_from_policy,
            sender_header=self.catchall_sender_header,
            own_format=self.catchall_name_format,
            foreign_format=self.catchall_foreign_name_format,
        )

    def _catchall_signed_domains(self):
        """Names of the domains whose replies go to signed addresses."""
        if self.catchall_reply_policy == "record":
            return frozenset()
        return self._catchall_fetched_domains(verified=self.catchall_reply_policy == "auto")

    def _catchall_fetched_domains(self, verified=False):
        """Names of the domains in which every local part arrives here.

        :param verified: only those for which a probe has seen it
        """
        wanted = [("is_catchall", "=", True), ("state", "=", "done")]
        if verified:
            wanted.append(("catchall_verified_date", "!=", False))
        # sudo: names of domains only, for whoever sends
        mailboxes_here = self.env["fetchmail.server"].sudo().search(wanted)
        domains = mailboxes_here.alias_domain_ids
        if any(not mailbox.alias_domain_ids for mailbox in mailboxes_here):
            domains = self._catchall_all_domains()
        return frozenset(normalise_domain(domain.name) for domain in domains)

    def _build_email__(
        self,
        email_from,
        email_to,
        subject,
        body,
        email_cc=None,
        email_bcc=None,
        reply_to=False,
        attachments=None,
        message_id=None,
        references=None,
        object_id=False,
        subtype="plain",
        headers=None,
        body_alternative=None,
        subtype_alternative="plain",
    ):
        headers = dict(headers or {})
        hint = headers.pop(HINT_HEADER, None)
        if domain := self._catchall_alias_domain(email_from):
            # A line break in a header value makes EmailMessage raise, and sending fails for good.
            email_from, subject, reply_to, references = map(
                _clean_value, (email_from, subject, reply_to, references)
            )
            email_to, email_cc, email_bcc = map(_clean_value, (email_to, email_cc, email_bcc))
            headers = {key: _clean_value(value) for key, value in headers.items()}
            name = self._catchall_directory().names[domain.id]
            if not message_id:
                message_id = self._catchall_message_id(object_id, name)
            references = readable_references(references or "")
            if isinstance(hint, Hint):
                # core has put it into the context; the account writes it when it is known
                headers.pop("Return-Path", None)
            if email_from:
                email_from = parsed_header("From", email_from)
            attachments = [
                (_clean_value(file_name), *rest)
                for file_name, *rest in (_without_hosts(item, name) for item in attachments or ())
            ]
        message = super()._build_email__(
            email_from,
            email_to,
            subject,
            body,
            email_cc=email_cc,
            email_bcc=email_bcc,
            reply_to=reply_to,
            attachments=attachments,
            message_id=message_id,
            references=references,
            object_id=object_id,
            subtype=subtype,
            headers=headers,
            body_alternative=body_alternative,
            subtype_alternative=subtype_alternative,
        )
        message.catchall_hint = hint if isinstance(hint, Hint) else Hint()
        return message

    @api.model
    def _catchall_message_id(self, object_id, domain):
        if object_id:
            message_id = tools.mail.generate_tracking_message_id(object_id)
            return with_domain(message_id, domain, (socket.gethostname(),))
        return make_msgid(domain=domain)

    def _prepare_email_message__(self, message, smtp_session):
        server = self.sudo().browse(getattr(smtp_session, "catchall_server_id", False) or [])
        if not server:
            return super()._prepare_email_message__(message, smtp_session)
        if not hasattr(message, "catchall_origin"):
            # A message that is prepared again has our From already; its author stays the same.
            hint = getattr(message, "catchall_hint", {})
            message.catchall_origin = Author.parse(str(message["From"] or "")), hint
        identity = server._catchall_identify(message, smtp_session)
        write_identity(message, identity)
        # Core takes the envelope from this key when the session has no FROM filter.
        contextual = self.with_context(domain_bounce_address=identity.envelope)
        return super(IrMailServer, contextual)._prepare_email_message__(message, smtp_session)

    def _catchall_identify(self, message, session):
        """The identity of a message, and what the session may fall back to.

        The hint says what mail.mail has found out from the record.
        """
        author, hint = message.catchall_origin
        wanted = mailboxes(str(message["Reply-To"] or ""))
        settled = bool(hint.get("mail") and wanted)
        domain = self.env["mail.alias.domain"]
        if not settled or not hint.get("company"):
            domain = self._catchall_alias_domain(author.address)
        reply_to = ReplyTo(
            wanted=wanted,
            record=None if settled else self._catchall_mailbox(domain, author),
            own_domains=frozenset(self._catchall_directory().names.values()),
            settled=settled,
        )
        account = replace(
            session.catchall_account,
            company=self._catchall_company_name(hint.get("company"), domain, session),
            refuses_authors=session.refuses_authors,
        )
        identity = identify(author, account, reply_to)
        message.catchall_key = hint.get("mail", 0)
        fallbacks = []
        if account.from_policy == "auto" and (plain := without_author(identity, author, account)):
            fallbacks.append(("author", plain))
        if bounce := _bounce_address(identity, hint, session):
            fallbacks.insert(0, ("envelope", identity))
            identity = replace(identity, envelope=bounce)
        message.catchall_fallbacks = tuple(fallbacks)
        return identity

    def _catchall_company_name(self, company_id, alias_domain, session):
        company_id = company_id or (alias_domain.company_ids[:1] or self.env.company).id
        names = session.catchall_companies
        if company_id not in names:
            names[company_id] = self.env["res.company"].sudo().browse(company_id).name
        return names[company_id]

    def send_email(
        self,
        message,
        mail_server_id=None,
        smtp_server=None,
        smtp_port=None,
        smtp_user=None,
        smtp_password=None,
        smtp_encryption=None,
        smtp_ssl_certificate=None,
        smtp_ssl_private_key=None,
        smtp_debug=False,
        smtp_session=None,
    ):
        served = self._catchall_served(message, smtp_session)
        if served:
            left = self._prepare_smtp_to_list(message, smtp_session)
            if all(email_normalize(address, strict=False) in served for address in left):
                return message["Message-Id"]
            skipped = [*self.env.context.get("send_smtp_skip_to", ()), *served]
            self = self.with_context(send_smtp_skip_to=skipped)
        return super().send_email(
            message,
            mail_server_id=mail_server_id,
            smtp_server=smtp_server,
            smtp_port=smtp_port,
            smtp_user=smtp_user,
            smtp_password=smtp_password,
            smtp_encryption=smtp_encryption,
            smtp_ssl_certificate=smtp_ssl_certificate,
            smtp_ssl_private_key=smtp_ssl_private_key,
            smtp_debug=smtp_debug,
            smtp_session=smtp_session,
        )

    def _prepare_smtp_to_list(self, message, smtp_session):
        """Core compares A-labels, which it makes here, with what mail.mail has validated as it was
        typed: recipients with a domain beyond ASCII would be left out.
        """
        validated = self.env.context.get("send_validated_to")
        if validated and isinstance(smtp_session, AccountSession):
            written = [*validated, *filter(None, map(_with_a_labels, validated))]
            self = self.with_context(send_validated_to=written)
        return super()._prepare_smtp_to_list(message, smtp_session)

    def _catchall_served(self, message, smtp_session):
        """Who got this message already, in an attempt that failed for somebody else."""
        served = getattr(smtp_session, "catchall_served", None)
        hint = getattr(message, "catchall_hint", {})
        return served.get(hint.get("mail"), set()) if served else set()

    def _catchall_mailbox(self, alias_domain, author):
        """Where replies come back when no record has an alias: the domain's catch-all address."""
        address = ascii_address(alias_domain.sudo().catchall_email or "")
        return Mailbox(clean_name(author.name), address or self._catchall_account_address())


def _bounce_address(identity, hint, session):
    """The envelope sender that names message and recipient, where it comes back to us, else ""."""
    token = hint.get("bounce")
    if not token or session.refuses_bounces:
        return ""
    # Of the same domain as From where that may be: SPF then speaks for From (RFC 7489 §3.1.2).
    for domain in (identity.author.domain, identity.envelope.rpartition("@")[2]):
        if domain in session.catchall_bounce_domains:
            return f"{bounce_local_part(token)}@{domain}"
    return ""


def _without_hosts(attachment, domain):
    """An invitation identifies its event by the machine that created it."""
    name, content, *kind = attachment
    is_calendar = kind[:1] == ["text/calendar"] or str(name).endswith(".ics")
    if not (is_calendar and isinstance(content, bytes)):
        return attachment
    return (name, without_hosts(content, domain, (socket.gethostname(),)), *kind)


def _clean_value(value):
    """The value of a header without line breaks; lists of addresses one by one."""
    if isinstance(value, str):
        # Python decodes an encoded word that was typed, and writes the line break in it (fixed in
        # 3.11.10, gh-121650).
        return clean_text(value).replace("=?", "= ?")
    if isinstance(value, (list, tuple)):
        return [_clean_value(item) for item in value]
    return value


def _with_a_labels(address):
    """The address with its domain as it stands in DNS (RFC 5890); the local part is left alone."""
    local, _at, domain = address.rpartition("@")
    return f"{local}@{normalise_domain(domain)}"
