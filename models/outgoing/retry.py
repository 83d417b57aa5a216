"""What becomes of messages that a server does not accept: core gives each of them up for good."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.tools.mail import email_normalize_all

from ...outgoing.refusals import retry_minutes
from ...router.message.addresses import normalise
from .session import sending_session

TRIES_BEFORE_ALARM = 3  # about twenty minutes: no restart takes that long


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Core comes here after each email, and after a batch whose server could not be reached."""
        mails = self
        if failure_type == "mail_smtp":
            mails -= self._catchall_postpone_unreachable()
        elif (session := sending_session(self.env)) and len(self) == 1:
            outcome = session.outcomes.get(self.id)
            if outcome and (outcome.refused or outcome.failure):
                served = {normalise(address) for address in outcome.accepted | outcome.earlier}
                success_pids, success_emails = _only_served(success_pids, success_emails, served)
                if outcome.try_again and self._catchall_next_try():
                    self._catchall_postpone(
                        session.account.server_id, outcome.reason, success_pids, success_emails
                    )
                    return True
                if not failure_type:
                    if not served:
                        # Core takes it from here: the state, the log, the caller who waits.
                        raise MailDeliveryException(outcome.reason)
                    failure_reason, failure_type = outcome.reason, "mail_email_invalid"
        if not mails:
            return True
        return super(MailMail, mails)._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def _catchall_postpone_unreachable(self):
        """Postpone those whose account could not be reached; return them."""
        servers = self.env["ir.mail_server"]._catchall_directory().servers
        postponed = self.browse()
        for server_id, _domain_id, _smtp_from, mail_ids in self._split_by_mail_configuration():
            if server_id in servers:
                for mail in self.browse(mail_ids).filtered(lambda mail: mail._catchall_next_try()):
                    mail._catchall_postpone(server_id, mail.failure_reason)
                    postponed += mail
        return postponed

    def _catchall_next_try(self):
        return retry_minutes(self.catchall_attempts + 1)

    def _catchall_postpone(self, server_id, reason, success_pids=(), success_emails=()):
        """Keep the email in the queue, later each time; who got it already is done."""
        attempt = self.catchall_attempts + 1
        if attempt == TRIES_BEFORE_ALARM:
            self._catchall_alarm(server_id, reason)
        when = fields.Datetime.now() + timedelta(minutes=retry_minutes(attempt))
        self.write(
            {
                "state": "outgoing",
                "scheduled_date": when,
                "catchall_attempts": attempt,
                "catchall_server_id": server_id,
                "failure_type": False,
                "failure_reason": self.env._("Odoo will try again. %s", reason or ""),
            }
        )
        open_ones = [
            ("notification_type", "=", "email"),
            ("mail_mail_id", "=", self.id),
            ("notification_status", "not in", ("sent", "canceled")),
        ]
        # sudo: notifications are their recipients' own; here sending reports on them
        notifications = self.env["mail.notification"].sudo().search(open_ones)
        done = notifications.filtered(
            lambda notification: (
                notification.res_partner_id in success_pids
                or notification.mail_email_address in success_emails
            )
        )
        cleared = {"failure_type": False, "failure_reason": False}
        done.write({"notification_status": "sent", **cleared})
        (notifications - done).write({"notification_status": "ready", **cleared})
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(when)

    def _catchall_alarm(self, server_id, reason):
        """Once an outage: the first email that waits this long tells the administrators."""
        waiting = [
            ("catchall_server_id", "=", server_id),
            ("state", "=", "outgoing"),
            ("catchall_attempts", ">=", TRIES_BEFORE_ALARM),
        ]
        # sudo: emails of all senders count
        if self.sudo().search_count(waiting, limit=1):
            return
        # sudo: the name of the account, for its administrators
        server = self.env["ir.mail_server"].sudo().browse(server_id)
        server._catchall_tell_admins(
            self.env._("%s does not accept mail", server.display_name),
            self.env._(
                "Mail is waiting in the queue and will be sent once the mail server accepts it "
                "again. The server answered: %s",
                reason or "",
            ),
        )

    def mark_outgoing(self):
        self.catchall_attempts = 0
        return super().mark_outgoing()


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.depends("is_catchall")
    def _compute_catchall_waiting_count(self):
        waiting = [("catchall_server_id", "in", self.ids), ("state", "=", "outgoing")]
        # sudo: a number, for whoever may open the account
        emails = self.env["mail.mail"].sudo()
        counts = dict(emails._read_group(waiting, ["catchall_server_id"], ["__count"]))
        for server in self:
            server.catchall_waiting_count = counts.get(server._origin, 0)

    def action_catchall_waiting(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting for Retry"),
            "res_model": "mail.mail",
            "view_mode": "list,form",
            "domain": [("catchall_server_id", "=", self.id), ("state", "=", "outgoing")],
        }


def _only_served(partners, emails, served):
    """Of core's lists of successes, those of whom the server took an address."""

    def got_it(email):
        return bool(served & set(map(normalise, email_normalize_all(email))))

    return (
        [partner for partner in partners if got_it(partner.email)],
        [email for email in emails if got_it(email)],
    )
