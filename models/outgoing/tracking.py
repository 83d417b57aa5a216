"""OCA's ``mail_tracking`` beside us: its rows say what became of an email, and no more.

It makes a row for each recipient at each attempt, and calls it sent when ``send_email`` returns:
also where the email waits, or left in an earlier attempt. Where an attempt raises it counts the
address as bounced, which is wrong as long as the email is tried again.
"""

from odoo import models

from ...router.message.addresses import normalise
from .session import sending_session


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _catchall_correct_tracking(self):
        """After an attempt: correct the rows that it made, of those who did not get it just now."""
        session = sending_session(self.env)
        if not session or "mail.tracking.email" not in self.env:
            return
        for mail in self:
            outcome = session.outcomes.get(mail.id)
            if outcome and (outcome.is_open or outcome.earlier):
                mail._catchall_correct_tracking_of(outcome)

    def _catchall_correct_tracking_of(self, outcome):
        got_it = {normalise(address) for address in outcome.accepted}
        refused = {normalise(address): answer for address, answer in outcome.refused.items()}
        # sudo: rows about recipients, written for whoever sends, as mail_tracking does
        rows = self.env["mail.tracking.email"].sudo().search([("mail_id", "=", self.id)])
        newest = {normalise(row.recipient_address or ""): row for row in rows.sorted("id")}
        for address, row in newest.items():
            answer = refused.get(address) or (outcome.failure if address not in got_it else None)
            if address in got_it or (answer is None and address not in outcome.earlier):
                continue
            if answer is not None and not answer.is_temporary:
                row.tracking_event_ids.filtered(lambda event: event.event_type == "sent").unlink()
                row.write({"state": "error", "error_description": str(answer)})
                row._partners_email_bounced_set("error")
            else:
                self._catchall_forget_tracking(row)

    def _catchall_forget_tracking(self, row):
        """Nothing has become of it yet; a bounce that was counted for it is none."""
        counted, address = row.state == "error", row.recipient_address
        row.tracking_event_ids.unlink()
        row.unlink()
        if counted and not row.email_is_bounced(address):
            # sudo: as mail_tracking marks them
            partners = self.env["res.partner"].sudo().search([("email", "=ilike", address)])
            partners.email_bounced = False
