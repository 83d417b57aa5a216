"""How much an account may send now, as its provider counts; what is beyond waits for its turn."""

from datetime import timedelta

from odoo import fields, models
from odoo.tools.mail import email_normalize_all


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _catchall_budget(self):
        """What the account may send now, as its provider counts; None: there is no limit.

        :return: recipients that may be served now, whether that is all of the limit, the time
          until there are more, and how many these are at most
        """
        self.ensure_one()
        now, count = fields.Datetime.now(), self.env["mail.catchall.delivery"]._count_since
        budgets = []
        if limit := self.catchall_minute_limit:
            left = limit - count(self.id, now - timedelta(minutes=1))
            budgets.append((left, left == limit, timedelta(minutes=1), limit))
        if limit := self.catchall_day_limit:
            left = limit - count(self.id, now - timedelta(days=1))
            budgets.append((left, left == limit, timedelta(hours=1), limit))
        return min(budgets, default=None)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def _catchall_throttle(self, server_id):
        """Return the emails that the account may send now; the others wait for their turn.

        They leave in order: an email waits also where older ones of the account do.
        """
        # sudo: the limits of the account, whoever sends
        account = self.env["ir.mail_server"].sudo().browse(server_id)
        budget = account._catchall_budget()
        if not budget:
            return self._catchall_follow_limited(server_id)
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

    def _catchall_follow_limited(self, server_id):
        """Of an account that its provider stopped, later emails wait until the first have gone."""
        stopped = [("catchall_waiting_since", "!=", False)]
        if when := self._catchall_last_turn(server_id, stopped):
            for mail in self:
                mail._catchall_wait(server_id, when)
            return self.browse()
        return self

    def _catchall_last_turn(self, server_id, more=()):
        """When the last of the account's emails that wait before these has its turn, or None.

        Asked of the database alone: thousands may wait, each with its text.
        """
        domain = [
            ("catchall_server_id", "=", server_id),
            ("state", "=", "outgoing"),
            ("catchall_attempts", "=", 0),
            ("scheduled_date", ">", fields.Datetime.now()),
            ("id", "<", min(self.ids, default=0)),
            *more,
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
