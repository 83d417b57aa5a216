"""An account on trial is fetched by Odoo as before, and its engine is watched without touching it.

Each override hands everything on as it came and only then, or before, takes a note of it.
"""

from odoo import api, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from .native_notes import MAX_NOTES, current_notes
from .observer import CONTEXT, TrialObserver


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def _fetch_mail(self, batch_limit=50):
        watched = self.filtered(
            lambda server: (
                server.catchall_shadow
                and not server.is_catchall
                and not server.catchall_other_database
            )
        )
        if not watched:
            return super()._fetch_mail(batch_limit)
        observer = TrialObserver(self.env.registry, watched.ids)
        try:
            self = self.with_context(**{CONTEXT: observer})
            return super()._fetch_mail(batch_limit)
        finally:
            observer.close()

    def _catchall_check_may_connect(self):
        # The lock on the account is held from here on. Somebody may have pressed "Switch" between
        # the moment in which Odoo listed its accounts and the one in which it locked this one.
        observer = self.env.context.get(CONTEXT)
        switched = isinstance(observer, TrialObserver) and self.id in observer.account_ids
        if switched and self.is_catchall:
            raise UserError(
                self.env._(
                    "“%(server)s” has just become a catch-all mailbox. It is fetched separately.",
                    server=self.name,
                )
            )
        return super()._catchall_check_may_connect()


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def message_process(self, model, message, *args, **kwargs):
        observer = self.env.context.get(CONTEXT)
        if not isinstance(observer, TrialObserver):  # which no client can pass
            return super().message_process(model, message, *args, **kwargs)
        # The engine gets the context that it has without us.
        context = {key: self.env.context[key] for key in self.env.context if key != CONTEXT}
        account_id = context.get("default_fetchmail_server_id")
        thread = self.with_context(context)  # pylint: disable=context-overridden
        if account_id not in observer.account_ids:
            return super(MailThread, thread).message_process(model, message, *args, **kwargs)
        return observer.process(
            thread,
            account_id,
            message,
            lambda: super(MailThread, thread).message_process(model, message, *args, **kwargs),
        )

    @api.model
    def _message_route_process(self, message, message_dict, routes):
        notes = current_notes.get()
        if notes and isinstance(routes, (list, tuple)):
            notes.routes = [
                (route[0], route[1] or 0, route[4].id if route[4] else 0)
                for route in routes[:MAX_NOTES]
            ]
        return super()._message_route_process(message, message_dict, routes)

    def _routing_create_bounce_email(self, email_from, body_html, message, **mail_values):
        result = super()._routing_create_bounce_email(email_from, body_html, message, **mail_values)
        if notes := current_notes.get():
            notes.bounced_to = email_normalize(email_from) or str(email_from or "?")[:200]
        return result

    @api.model
    def _routing_handle_bounce(self, email_message, message_dict):
        if notes := current_notes.get():
            notes.noted = True
        return super()._routing_handle_bounce(email_message, message_dict)


class MailMessage(models.Model):
    _inherit = "mail.message"

    @api.model_create_multi
    def create(self, vals_list):
        messages = super().create(vals_list)
        notes = current_notes.get()
        if notes and len(notes.posted) < MAX_NOTES:
            notes.posted += [
                (vals.get("model"), vals.get("res_id"))
                for vals in vals_list
                if vals.get("message_type") == "email" and vals.get("model")
            ]
        return messages
