"""Emails whose account was archived wait for it: another server is not what they were meant for,
and core gives them up for good.
"""

from datetime import timedelta

from odoo import fields, models

WAIT = timedelta(hours=1)


class MailMail(models.Model):
    _inherit = "mail.mail"

    def send(self, auto_commit=False, raise_exception=False, post_send_callback=None):
        waiting = self._catchall_wait_for_archived()
        if waiting and post_send_callback:
            post_send_callback(waiting.ids)
        return super(MailMail, self - waiting).send(
            auto_commit=auto_commit,
            raise_exception=raise_exception,
            post_send_callback=post_send_callback,
        )

    def _catchall_wait_for_archived(self):
        """Postpone those whose account is archived, and say so on them; return them."""
        waiting, when = self.browse(), fields.Datetime.now() + WAIT
        archived = self.env["ir.mail_server"]._catchall_archived()
        if not archived:
            return waiting
        for mail in self.filtered(lambda mail: mail.state == "outgoing"):
            # sudo: the account of an email, whoever sends
            own = mail.sudo()
            account = (own.mail_server_id or own.catchall_server_id) & archived
            if not account:
                account = mail._catchall_without_server(archived)
            if account:
                waiting += mail
                mail.write(
                    {
                        "scheduled_date": when,
                        "catchall_server_id": account.id,
                        "failure_reason": self.env._(
                            "Waiting: the outgoing account %s is archived. The email leaves when "
                            "the account is restored.",
                            account.name,
                        ),
                    }
                )
        if waiting:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(when)
        return waiting

    def _catchall_without_server(self, archived):
        """The archived account of the email's domain, if no other server could send it."""
        # sudo: whether there is any server, whoever sends
        Server = self.env["ir.mail_server"].sudo()
        if Server.search_count([], limit=1):
            return archived.browse()
        domain = self.record_alias_domain_id
        return archived.filtered(
            lambda account: (
                not account.catchall_alias_domain_ids or domain in account.catchall_alias_domain_ids
            )
        )[:1]


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _catchall_archived(self):
        # sudo: which accounts are archived, whoever sends
        return (
            self.sudo()
            .with_context(active_test=False)
            .search([("is_catchall", "=", True), ("active", "=", False)])
        )

    def _catchall_resume_waiting(self):
        """An account is back: what waited for it leaves with the next run of the queue."""
        back = self.exists().filtered("active")  # also called when one was deleted
        due = [("catchall_server_id", "in", back.ids), ("state", "=", "outgoing")]
        # sudo: emails of whoever wrote them
        if back and (waiting := self.env["mail.mail"].sudo().search(due)):
            waiting.write({"scheduled_date": False, "failure_reason": False})
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger()
