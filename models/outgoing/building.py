"""A message is built: no value opens another header line, nothing names a host of ours, and what
``mail.mail`` knows of it stays with it.
"""

import functools
import socket
from email.utils import make_msgid, parseaddr

from odoo import api, models, tools

from ...outgoing.calendar import organizers, with_address, without_addresses, without_hosts
from ...outgoing.dispatch import attach, dispatch_of
from ...outgoing.header_text import clean_value, mailboxes, parsed_header
from ...outgoing.identity import Author
from ...outgoing.references import readable_references, with_domain
from ...router.message.addresses import normalise
from .session import sending_session


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

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
        # long: core's arguments, twice
        email_from = self.env.context.get("catchall_senders", {}).get(message_id, email_from)
        session = sending_session(self.env)
        dispatch = session and session.dispatches.take(message_id, email_to)
        if domain := self._catchall_alias_domain(email_from):
            # A line break in a header value makes EmailMessage raise, and sending fails for good.
            email_from, subject, reply_to, references = map(
                clean_value, (email_from, subject, reply_to, references)
            )
            email_to, email_cc, email_bcc = map(clean_value, (email_to, email_cc, email_bcc))
            headers = {key: clean_value(value) for key, value in (headers or {}).items()}
            name = self._catchall_directory().names[domain.id]
            if not message_id:
                message_id = self._catchall_message_id(object_id, name)
            references = readable_references(references or "")
            if dispatch:
                # core has put it into the context; the account writes it when it is known
                headers.pop("Return-Path", None)
            if email_from:
                email_from = parsed_header("From", email_from)
            attachments = [_safe_attachment(item, name) for item in attachments or ()]
            private = session and self._catchall_private(email_from, attachments, headers)
            # Whoever gets the email knows the own address; a password is reset by it.
            if private := set(private or ()) - _addresses(email_to):
                hide = functools.partial(
                    without_addresses, private=private, address=session.account.address
                )
                body, body_alternative = hide(body or ""), hide(body_alternative or "")
                attachments = [_without_private(item, hide.keywords) for item in attachments]
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
        if dispatch:
            attach(message, dispatch)
        if session:
            _let_others_read_from(message, session.account.address)
        return message

    def _catchall_private(self, email_from, attachments, headers):
        """Private addresses of users that an invitation, or an email that nobody wrote, may tell.

        What a person wrote stays: the own address may stand there on purpose.
        """
        calendars = [content for _name, content, *_kind in filter(_is_calendar, attachments)]
        written = "Auto-Submitted" not in headers or "List-Unsubscribe" in headers
        if written and not calendars:
            return ()
        named = {normalise(each) for calendar in calendars for each in organizers(calendar)}
        named.update(mailbox.address for mailbox in mailboxes(str(email_from or "")))
        ours = frozenset(self._catchall_directory().names.values())
        foreign = [each for each in named if each and each.rpartition("@")[2] not in ours]
        if not foreign:
            return ()
        # sudo: which of these addresses belong to users, and which to companies, whoever sends
        users = (
            self.env["res.users"]
            .sudo()
            .search_fetch(
                [("email_normalized", "in", foreign), ("share", "=", False)], ["email_normalized"]
            )
        )
        # sudo: as above
        companies = self.env["res.company"].sudo().search([])  # pylint: disable=no-search-all
        public = {normalise(company.email or "") for company in companies}
        return tuple(set(users.mapped("email_normalized")) - public)

    @api.model
    def _catchall_message_id(self, object_id, domain):
        if object_id:
            message_id = tools.mail.generate_tracking_message_id(object_id)
            return with_domain(message_id, domain, (socket.gethostname(),))
        return make_msgid(domain=domain)


def _let_others_read_from(message, address):
    """An author without an address that ``parseaddr`` finds has this one until the message is
    prepared: other addons read From before (``mail_outbound_static`` fails where there is none).
    """
    written = str(message["From"] or "")
    if "@" not in parseaddr(written)[1]:
        author = dispatch_of(message).author = Author.parse(written)
        message.replace_header("From", author.address or address)


def _addresses(email_to):
    """The addresses of core's list of recipients, or of its text."""
    listed = [email_to] if isinstance(email_to, str) else email_to or ()
    return {mailbox.address for written in listed for mailbox in mailboxes(str(written))}


def _is_calendar(attachment):
    name, content, *kind = attachment
    named = kind[:1] == ["text/calendar"] or str(name).endswith(".ics")
    return named and isinstance(content, bytes)


def _safe_attachment(attachment, domain):
    """An invitation identifies its event by the machine that created it."""
    name, content, *kind = attachment
    if _is_calendar(attachment):
        content = without_hosts(content, domain, (socket.gethostname(),))
    return (clean_value(name), content, *kind)


def _without_private(attachment, hidden):
    name, content, *kind = attachment
    return (name, with_address(content, **hidden) if _is_calendar(attachment) else content, *kind)
