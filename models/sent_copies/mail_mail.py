"""Which emails a person expects in the Sent folder: those that somebody wrote, once each."""

from odoo import models

TO_A_COLLEAGUE, TO_A_CUSTOMER = 1, 2


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _catchall_dispatches(self, emails, session):
        dispatches = super()._catchall_dispatches(emails, session)
        if session.copies and self._catchall_wants_copy(session.copies.wanted):
            for email, dispatch in zip(emails, dispatches, strict=True):
                partner = email["partner_id"]
                inside = partner and not partner.partner_share
                dispatch.copy_rank = TO_A_COLLEAGUE if inside else TO_A_CUSTOMER
        return dispatches

    def _catchall_wants_copy(self, wanted):
        """Whether the account's choice (``catchall_sent_copy``) takes this email."""
        if "mailing_id" in self._fields and self.mailing_id:
            return False  # a newsletter would fill the folder
        if wanted == "all":
            # Links that log somebody in must not be in a mailbox that others read: passwords,
            # codes, invitations of users.
            return bool(self.model and self.res_id) and self.model != "res.users"
        # Mass mailing to many records is not personal either; the composer says so.
        written = self.message_type == "comment" and not self.catchall_by_person
        return written and not self._catchall_is_automatic()
