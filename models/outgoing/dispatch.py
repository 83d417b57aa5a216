"""What ``mail.mail`` knows of each message that it sends: for the message, and for its session."""

from odoo import models

from ...outgoing.dispatch import Dispatch
from ...outgoing.header_text import format_address
from ...router.tokens.tokens import BounceToken, make_bounce_token
from .session import sending_session


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        if not mail_server or mail_server.id not in mail_server._catchall_directory().servers:
            return emails
        marks = self._catchall_automatic_headers()
        # sudo: the settings of the account, whoever sends
        account, reply_to = mail_server.sudo(), {}
        for email in emails:
            # What an application says itself stays: a newsletter only keeps absence notes away.
            email["headers"] = {**marks, **email["headers"]}
            wanted = email["reply_to"] or ""
            if wanted not in reply_to:
                reply_to[wanted] = self._catchall_reply_to(account, wanted)
            signed = self._catchall_signed(account, reply_to[wanted], email["partner_id"])
            email["reply_to"] = ", ".join(map(format_address, signed))
        if session := sending_session(self.env):
            session.dispatches.expect(self._catchall_dispatches(emails, session))
        return emails

    def _catchall_dispatches(self, emails, session):
        """Hook: what is known of each of these emails, in their order.

        :param list emails: the values of each message, as core has them
        :param AccountSession session: the one that they are sent through
        :rtype: list[Dispatch]
        """
        company_id = self.record_company_id.id or self.env.company.id
        named = session.account.bounce_domains
        return [
            Dispatch(
                mail_id=self.id,
                company_id=company_id,
                message_id=email["message_id"],
                recipients=tuple(email["email_to"]),
                bounce_token=self._catchall_bounce_token(email["partner_id"]) if named else "",
            )
            for email in emails
        ]

    def _catchall_bounce_token(self, partner):
        token = BounceToken(self.mail_message_id.id, partner.id if partner else 0)
        return make_bounce_token(self._catchall_token_key(), token)
