"""Which emails a person expects in the Sent folder: those that somebody wrote, once each."""

from odoo import models

from ..outgoing.identity import HINT_HEADER

TO_A_COLLEAGUE, TO_A_CUSTOMER = 1, 2


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(
            mail_server=mail_server, doc_to_followers=doc_to_followers
        )
        session = self.env.context.get("catchall_session")
        if session and session.keep and self._catchall_wants_copy(session.catchall_copies):
            for email in emails:
                if hint := email["headers"].get(HINT_HEADER):
                    partner = email["partner_id"]
                    inside = partner and not partner.partner_share
                    hint["copy"] = TO_A_COLLEAGUE if inside else TO_A_CUSTOMER
        return emails

    def _catchall_wants_copy(self, copies):
        """Whether the account's choice (``catchall_sent_copy``) takes this mail."""
        if "mailing_id" in self._fields and self.mailing_id:
            return False  # a newsletter would fill the folder
        if copies == "all":
            # Links that log somebody in must not be in a mailbox that others read: passwords,
            # codes, invitations of users.
            return bool(self.model and self.res_id) and self.model != "res.users"
        # Mass mailing to many records is not personal either; the composer says so.
        written = self.message_type == "comment" and not self.catchall_by_person
        return written and not self._catchall_is_automatic()
