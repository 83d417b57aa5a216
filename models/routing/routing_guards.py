"""What Odoo must not do while a message is routed, each at the one method where it would.

All of them fall through to ``super()`` when no message is being routed on this cursor.
"""

from odoo import api, fields, models

from .routing_context import RouteRefused, current


class MailAlias(models.Model):
    _inherit = "mail.alias"

    @api.model_create_multi
    def create(self, vals_list):
        if context := current(self.env.cr):
            context.batch.aliases.clear()  # a record that brings an alias of its own
        return super().create(vals_list)

    def _alias_bounce_incoming_email(self, message, message_dict, set_invalid=True):
        # Natively a bounce to the From address, and a write on the alias by a cursor of
        # its own that may wait for this very transaction (mail_thread.py, _message_route_process).
        if current(self.env.cr):
            raise RouteRefused(
                self.env._(
                    "%(alias)s does not accept mail from this sender", alias=self.display_name
                )
            )
        return super()._alias_bounce_incoming_email(message, message_dict, set_invalid=set_invalid)


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    @api.model
    def _find_aliases(self, email_list):
        # Asked seven times per message for the same few addresses, by two queries each.
        context = current(self.env.cr)
        if not context:
            return super()._find_aliases(email_list)
        known = context.batch.aliases
        unknown = [email for email in email_list if email not in known]
        if unknown:
            found = set(super()._find_aliases(unknown))
            known.update({email: email in found for email in unknown})
        return [email for email in email_list if known[email]]


class IrCron(models.Model):
    _inherit = "ir.cron"

    def _trigger_list(self, at_list):
        # Each lead wakes the enrichment, each notification the queue: once a transaction is enough.
        context = current(self.env.cr)
        if not context or max(at_list, default=fields.Datetime.now()) > fields.Datetime.now():
            return super()._trigger_list(at_list)
        if self.id in context.woken | context.batch.woken:
            return self.env["ir.cron.trigger"]
        context.woken.add(self.id)
        return super()._trigger_list(at_list)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _routing_create_bounce_email(self, email_from, body_html, message, **mail_values):
        # account.move, mail.group and the loop detection reply through this one.
        if current(self.env.cr):
            raise RouteRefused(self.env._("The record's application refused the email"))
        return super()._routing_create_bounce_email(email_from, body_html, message, **mail_values)

    def message_post(self, **kwargs):
        context = current(self.env.cr)
        if not context or kwargs.get("message_type") != "email":
            return super().message_post(**kwargs)
        if context.author_hidden:
            # Records look the sender up again while they are made (project_task.message_new).
            kwargs["author_id"] = False
        if context.author_hidden or not kwargs.get("email_from"):
            kwargs["email_from"] = context.contact  # hr_applicant.message_new deletes it
        if note := context.note:
            kwargs |= note.values()
            kwargs |= {"is_internal": True, "body": note.why + (kwargs.get("body") or "")}
        context.posted = super().message_post(**kwargs)
        return context.posted

    def _notify_thread(self, message, msg_vals=False, **kwargs):
        context = current(self.env.cr)
        if not context:
            return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        # Core would make the emails of a delayed template later, in a scheduled action that knows
        # nothing of the message that caused it: they are made now, and leave later.
        kwargs["scheduled_date"], delayed = None, kwargs.get("scheduled_date")
        context.mail_date = self._is_notification_scheduled(delayed)
        try:
            return super()._notify_thread(message, msg_vals=msg_vals, **kwargs)
        finally:
            context.mail_date = False

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        recipients = super()._notify_get_recipients(message, msg_vals, **kwargs)
        if not (context := current(self.env.cr)):
            return recipients
        if context.note:  # nor does what else happens to the record tell anybody outside
            recipients = [item for item in recipients if item["uid"] and not item["share"]]
        if context.inbox_only:
            for recipient in recipients:
                recipient["notif"] = "inbox"
        return recipients

    def _message_subscribe(self, partner_ids=None, subtype_ids=None, customer_ids=None):
        if (context := current(self.env.cr)) and context.only_inside:
            # project.task makes followers of everybody in To and Cc, who is then mailed.
            partners = self.env["res.partner"].browse(partner_ids or [])
            partner_ids = partners.filtered(lambda partner: not partner.partner_share).ids
        return super()._message_subscribe(partner_ids, subtype_ids, customer_ids)

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        # message_new asks for the description of every field only to learn whether one of them
        # exists, and it is built anew for each message.
        context = current(self.env.cr)
        if not context or allfields is not None or attributes is not None:
            return super().fields_get(allfields, attributes)
        key = (self._name, self.env.uid, self.env.lang)
        if key not in context.batch.fields_get:
            context.batch.fields_get[key] = super().fields_get(allfields, attributes)
        return context.batch.fields_get[key]


class MailThreadCc(models.AbstractModel):
    _inherit = "mail.thread.cc"

    def message_update(self, msg_dict, update_vals=None):
        # Whoever stands in the record's Email cc is proposed for each answer from there.
        if (context := current(self.env.cr)) and context.only_inside:
            msg_dict = {**msg_dict, "cc": ""}
        return super().message_update(msg_dict, update_vals=update_vals)


class MailMail(models.Model):
    _inherit = "mail.mail"

    @api.model_create_multi
    def create(self, vals_list):
        context = current(self.env.cr)
        if context and context.mail_date:
            date = {"scheduled_date": context.mail_date}
            vals_list = [date | values for values in vals_list]
        mails = super().create(vals_list)
        if context:
            context.mail_ids += mails.ids
        return mails

    # What is sent meanwhile stays in the queue, which the lane wakes after its commit.

    def send(self, *args, **kwargs):
        return None if current(self.env.cr) else super().send(*args, **kwargs)

    def send_after_commit(self):
        return None if current(self.env.cr) else super().send_after_commit()
