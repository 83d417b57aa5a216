"""Emails of a catch-all account: which company they are from, and what becomes of those that a
server does not accept. Core gives each of them up for good.
"""

from collections import defaultdict
from datetime import timedelta

from odoo import api, fields, models
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.tools.mail import email_normalize_all

from ...outgoing.refusals import retry_minutes
from ...outgoing.session import AccountSession
from ...router.message.addresses import normalise

TRIES_BEFORE_ALARM = 3  # about twenty minutes: no restart takes that long


class MailMail(models.Model):
    _inherit = "mail.mail"

    catchall_attempts = fields.Integer("Failed Attempts", readonly=True, copy=False)
    catchall_server_id = fields.Many2one(
        "ir.mail_server",
        "Waiting for Account",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The catch-all account whose mail server has not accepted this email yet.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["ir.mail_server"]._catchall_directory().accounts:
            self._catchall_add_record_company(vals_list)
        return super().create(vals_list)

    @api.model
    def _catchall_add_record_company(self, vals_list):
        """A template's email does not say which company its record is of; the account needs it.

        Core leaves it to the company of whoever sends, which for a scheduled action is the first
        one.
        """
        by_model = defaultdict(list)
        for values in vals_list:
            model, res_id = values.get("model"), values.get("res_id")
            known = values.get("mail_message_id") or "record_alias_domain_id" in values
            if model in self.env and not self.env[model]._abstract and res_id and not known:
                by_model[model].append(values)
        for model, values_of_model in by_model.items():
            res_ids = [values["res_id"] for values in values_of_model]
            records = self.env[model].sudo().browse(res_ids).exists()
            companies = records._mail_get_companies(default=self.env.company)
            domains = records._mail_get_alias_domains(default_company=self.env.company)
            for values in values_of_model:
                if values["res_id"] in records._ids:
                    values["record_alias_domain_id"] = domains[values["res_id"]].id
                    values.setdefault("record_company_id", companies[values["res_id"]].id)

    def _send(
        self,
        auto_commit=False,
        raise_exception=False,
        smtp_session=None,
        alias_domain_id=False,
        mail_server=False,
        post_send_callback=None,
    ):
        if isinstance(smtp_session, AccountSession):
            allowed = self._catchall_throttle(smtp_session.catchall_server_id)
            if post_send_callback and allowed != self:
                post_send_callback((self - allowed).ids)
            self = allowed.with_context(catchall_session=smtp_session)
            smtp_session.catchall_served = self.env["mail.catchall.delivery"]._served(self.ids)
        return super()._send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            smtp_session=smtp_session,
            alias_domain_id=alias_domain_id,
            mail_server=mail_server,
            post_send_callback=post_send_callback,
        )

    def _catchall_throttle(self, server_id):
        """Return the emails that the account may send now; the others wait for their turn.

        They leave in order: an email waits also where older ones of the account do.
        """
        account = self.env["ir.mail_server"].sudo().browse(server_id)
        budget = account._catchall_budget()
        if not budget:
            return self
        left, untouched, step, per_step = budget
        start, now = fields.Datetime.now(), self.browse()
        if last := self._catchall_last_turn(server_id):
            start, left, untouched = last, 0, False
        turn = 0
        for mail in self.sorted("id"):
            size = mail._catchall_recipient_count()
            if size > left and not untouched:
                turn, left = turn + 1, per_step
            # An email for more people than any turn has alone in its turn, rather than never.
            left, untouched = max(0, left - size), False
            if turn:
                mail._catchall_wait(server_id, start + turn * step)
            else:
                now += mail
        if waiting := self - now:
            cron = self.env.ref("mail.ir_cron_mail_scheduler_action")
            cron._trigger(sorted(set(waiting.mapped("scheduled_date"))))
        return now

    def _catchall_last_turn(self, server_id):
        """When the last of the account's emails that wait before these has its turn, or None.

        Asked of the database alone: thousands may wait, each with its text.
        """
        domain = [
            ("catchall_server_id", "=", server_id),
            ("state", "=", "outgoing"),
            ("catchall_attempts", "=", 0),
            ("scheduled_date", ">", fields.Datetime.now()),
            ("id", "<", min(self.ids)),
        ]
        # sudo: of other people's emails, a date
        (found,) = self.sudo()._read_group(domain, [], ["scheduled_date:max"])
        return found[0]

    def _catchall_recipient_count(self):
        named = [*email_normalize_all(self.email_to), *email_normalize_all(self.email_cc)]
        return max(1, len(self.recipient_ids) + len(named))

    def _catchall_wait(self, server_id, when):
        self.write(
            {
                "scheduled_date": when,
                "catchall_server_id": server_id,
                "failure_reason": self.env._(
                    "Waiting for its turn: the account limits how many recipients it sends to."
                ),
            }
        )

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        """Core comes here after each email, and after a batch whose server could not be reached."""
        mails = self
        if failure_type == "mail_smtp":
            mails -= self._catchall_postpone_unreachable()
        elif (session := self.env.context.get("catchall_session")) and len(self) == 1:
            outcome = session.outcomes.get(self.id)
            if outcome and (outcome.refused or outcome.failure):
                served = outcome.accepted | session.catchall_served.get(self.id, set())
                served = {normalise(address) for address in served}
                success_pids, success_emails = _only_served(success_pids, success_emails, served)
                if outcome.try_again and self._catchall_next_try():
                    self._catchall_postpone(
                        session.catchall_server_id, outcome.reason, success_pids, success_emails
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
        notifications = (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("notification_type", "=", "email"),
                    ("mail_mail_id", "=", self.id),
                    ("notification_status", "not in", ("sent", "canceled")),
                ]
            )
        )
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
        if self.sudo().search_count(waiting, limit=1):
            return
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


def _only_served(partners, emails, served):
    """Of core's lists of successes, those of whom the server took an address."""

    def got_it(email):
        return bool(served & set(map(normalise, email_normalize_all(email))))

    return (
        [partner for partner in partners if got_it(partner.email)],
        [email for email in emails if got_it(email)],
    )
