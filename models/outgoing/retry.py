"""What becomes of messages that a server does not accept: core gives each of them up for good."""

from datetime import timedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.tools.mail import email_normalize_all

from ...outgoing.refusals import Outcome, retry_minutes
from ...router.message.addresses import normalise
from .session import sending_session

TRIES_BEFORE_ALARM = 3  # about twenty minutes: no restart takes that long


class MailMail(models.Model):
    _inherit = "mail.mail"

    catchall_waiting_since = fields.Datetime("Waiting Since", readonly=True, copy=False)

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Core comes here after each email, and after a batch whose server could not be reached."""
        mails = self
        self._catchall_correct_tracking()
        if failure_type == "mail_smtp":
            mails -= self._catchall_postpone_unreachable()
        elif (session := sending_session(self.env)) and len(self) == 1:
            outcome = session.outcomes.get(self.id)
            if outcome and outcome.is_open:
                served = {normalise(address) for address in outcome.served}
                success_pids, success_emails = _only_served(success_pids, success_emails, served)
                account = self.env["ir.mail_server"].browse(session.account.server_id)
                reason = account._catchall_answered(outcome)
                if minutes := outcome.next_minutes(*self._catchall_waited()):
                    counts = not outcome.waits_for_limit
                    self._catchall_postpone(
                        account.id, reason, minutes, success_pids, success_emails, counts=counts
                    )
                    return True
                if not failure_type:
                    if not served:
                        # Core takes it from here: the state, the log, the caller who waits.
                        raise MailDeliveryException(reason)
                    failure_reason, failure_type = reason, "mail_email_invalid"
                self._catchall_tell_author(reason)
        if not mails:
            return True
        return super(MailMail, mails)._postprocess_sent_message(
            success_pids,
            success_emails,
            failure_reason=failure_reason,
            failure_type=failure_type,
        )

    def _catchall_waited(self):
        """How often it was tried, with this time, and since when it waits."""
        now = fields.Datetime.now()
        return self.catchall_attempts + 1, now - (self.catchall_waiting_since or now)

    def _catchall_postpone_unreachable(self):
        """Postpone those whose account could not be reached; return them."""
        servers = self.env["ir.mail_server"]._catchall_directory().servers
        postponed = self.browse()
        for server_id, _domain_id, _smtp_from, mail_ids in self._split_by_mail_configuration():
            if server_id not in servers:
                continue
            account = self.env["ir.mail_server"].browse(server_id)
            for mail in self.browse(mail_ids):
                reason = account._catchall_answered(mail.failure_reason)
                if minutes := retry_minutes(mail.catchall_attempts + 1):
                    mail._catchall_postpone(server_id, reason, minutes)
                    postponed += mail
                else:
                    mail.failure_reason = reason
                    mail._catchall_tell_author(reason)
        return postponed

    def _catchall_postpone(
        self, server_id, reason, minutes, success_pids=(), success_emails=(), counts=True
    ):
        """Keep the email in the queue; who got it already is done.

        :param counts: whether it was an attempt that failed; a limit says nothing of the email
        """
        attempt = self.catchall_attempts + counts
        if counts and attempt == TRIES_BEFORE_ALARM:
            self._catchall_alarm(server_id, reason)
        now = fields.Datetime.now()
        when = now + timedelta(minutes=minutes)
        self.write(
            {
                "state": "outgoing",
                "scheduled_date": when,
                "catchall_attempts": attempt,
                "catchall_server_id": server_id,
                "catchall_waiting_since": self.catchall_waiting_since or now,
                "failure_type": False,
                "failure_reason": self.env._("Odoo will try again. %s", reason or ""),
            }
        )
        self._catchall_untrace()
        self._catchall_restore_body()
        self._catchall_settle_notifications(success_pids, success_emails)
        self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(when)

    def _catchall_untrace(self):
        """A mailing's trace is not "sent" yet: mass_mailing says so before it comes here."""
        if "mailing_trace_ids" in self._fields and self.mailing_id:
            # sudo: traces are written for whoever sends, as mass_mailing itself does
            traces = self.sudo().mailing_trace_ids
            traces.filtered(lambda trace: trace.trace_status in ("sent", "error")).write(
                {"trace_status": "outgoing", "sent_datetime": False, "failure_type": False}
            )

    def _catchall_settle_notifications(self, success_pids, success_emails):
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

    def _catchall_tell_author(self, reason):
        """Say that an email did not reach everybody, where no record's notification shows it."""
        if self.is_notification or ("mailing_id" in self._fields and self.mailing_id):
            return
        # sudo: who wrote it, whoever sends
        users = self.sudo().author_id.user_ids or self.sudo().create_uid
        people = users.filtered(
            lambda user: user.active and not user.share and user.id != SUPERUSER_ID
        )
        subject = self.env._("Not delivered: %s", self.subject or self.env._("(no subject)"))
        body = self.env._("This email did not reach all of its recipients. %s", reason)
        if not people:
            self._catchall_tell_once_a_day(subject, body)
            return
        self.env["mail.thread"].with_user(SUPERUSER_ID).message_notify(
            subject=subject, body=body, partner_ids=people.partner_id.ids, force_send=False
        )

    def _catchall_tell_once_a_day(self, subject, body):
        """Tell the administrators of an email that nobody wrote; of many alike, of the first."""
        # sudo: whether they were told, whoever sends
        told = self.env["mail.message"].sudo()
        alike = [
            ("message_type", "=", "user_notification"),
            ("subject", "=", subject),
            ("create_date", ">", fields.Datetime.now() - timedelta(days=1)),
        ]
        if not told.search_count(alike, limit=1):
            self.env["ir.mail_server"]._catchall_tell_admins(subject, body)

    def mark_outgoing(self):
        self.write({"catchall_attempts": 0, "catchall_waiting_since": False})
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

    def _catchall_answered(self, what):
        """Why an email did not leave, in words that name the account and its server.

        :param what: an ``Outcome``, an error, or a text
        """
        # sudo: the name of the account and its host, for whoever wrote the email
        own = self.sudo()
        account, server = own.name or "", own.smtp_host or ""
        text = what.reason if isinstance(what, Outcome) else str(what or "")
        said = self.env._(
            "%(account)s (%(server)s) answered: %(answer)s",
            account=account,
            server=server,
            answer=text or self.env._("nothing"),
        )
        if isinstance(what, Outcome) and (silent := what.silent):
            said += "\n" + self.env._(
                "The mail server has the email and did not say whether it accepts it, so these may "
                "have received it: %(recipients)s. It is sent to them at most twice, with the same "
                "Message-ID.",
                recipients=", ".join(silent),
            )
        return said

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
