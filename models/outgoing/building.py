"""A message is built: no value opens another header line, nothing names a host of ours, and what
``mail.mail`` knows of it stays with it.
"""

import socket
from email.utils import make_msgid

from odoo import api, models, tools

from ...outgoing.calendar import without_hosts
from ...outgoing.dispatch import attach
from ...outgoing.header_text import clean_value, parsed_header
from ...outgoing.references import readable_references, with_domain
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
        return message

    @api.model
    def _catchall_message_id(self, object_id, domain):
        if object_id:
            message_id = tools.mail.generate_tracking_message_id(object_id)
            return with_domain(message_id, domain, (socket.gethostname(),))
        return make_msgid(domain=domain)


def _safe_attachment(attachment, domain):
    """An invitation identifies its event by the machine that created it."""
    name, content, *kind = attachment
    is_calendar = kind[:1] == ["text/calendar"] or str(name).endswith(".ics")
    if is_calendar and isinstance(content, bytes):
        content = without_hosts(content, domain, (socket.gethostname(),))
    return (clean_value(name), content, *kind)
