"""What really came of a message in Odoo: seen from outside, the same way for any router.

A router runs inside :func:`observed`; everything it did is undone afterwards.
"""

from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from odoo.tools import email_normalize_all, email_split

from ...router.message.addresses import normalise
from .odoo_content import content


class Observer:
    """Watches one message: what appears on records, and what goes out."""

    def __init__(self, world):
        self.env = world.env
        self.world = world
        self.routes = []  # as Odoo's engine was told: (model, thread id, ..., alias)
        self.mails = []  # (addresses, whether it belongs to a record)
        self.bounces = 0  # messages that were taken for a bounce
        self._last = self.env["mail.message"].search([], order="id desc", limit=1).id

    @property
    def messages(self):
        """What was posted as received mail, or sent to a user's inbox."""
        return (
            self.env["mail.message"]
            .search(
                [("id", ">", self._last), ("message_type", "in", ("email", "user_notification"))],
                order="id",
            )
            .filtered(lambda m: m.message_type == "email" or not m.model)
        )

    def outcome(self, sender):
        """Describe what happened, in JSON; ``sender`` are the addresses that must get no bounce."""
        messages = self.messages
        return {
            "records": sorted(f"{m.model}/{m.res_id}" for m in messages if m.model),
            "inboxes": len(messages.filtered(lambda m: not m.model)),
            "contacts": sorted({self._contact(message) for message in messages}),
            "internal_author": any(
                not user.share for message in messages for user in message.author_id.user_ids
            ),
            "bounced": any(sender & to and not on_record for to, on_record in self.mails),
            "answered": any(sender & to and on_record for to, on_record in self.mails),
            "taken_for_bounce": bool(self.bounces),
            "content": [content(message) for message in messages if message.model],
        }

    def _contact(self, message):
        """Whom a reply to the new record would go to; on an old one, who wrote."""
        author = _address(message.email_from)
        known = {(model, item.id) for (model, _n), item in self.world.records.items()}
        if not message.model or (message.model, message.res_id) in known:
            return author
        record = self.env[message.model].browse(message.res_id)
        if "email_from" in record._fields:
            return _address(record.email_from) or author
        partner = record.partner_id if "partner_id" in record._fields else self.env["res.partner"]
        return _address(partner.email) or author

    def saw_mail(self, mail):
        """Note a message that goes out."""
        to = {
            *email_normalize_all(mail.email_to or ""),
            *mail.recipient_ids.mapped("email_normalized"),
        }
        self.mails.append((to, bool(mail.model)))


def _address(value):
    """The one address in a field's text, in the router's form: domains of both spellings."""
    return next(map(normalise, email_split(value or "")), "")


@contextmanager
def observed(world):
    """Watch what happens inside, then undo it."""
    env = world.env
    env.flush_all()
    env.invalidate_all()
    observer = Observer(world)
    create = type(env["mail.mail"]).create
    process = type(env["mail.thread"])._message_route_process
    bounce = type(env["mail.thread"])._routing_handle_bounce

    def seen_create(self, vals_list):
        mails = create(self, vals_list)
        for mail in mails:
            observer.saw_mail(mail)
        return mails

    def seen_process(self, message, message_dict, routes):
        thread_id = process(self, message, message_dict, routes)
        observer.routes += [(model, res_id, alias) for model, res_id, _v, _u, alias in routes or ()]
        return thread_id

    def seen_bounce(self, message, message_dict):
        observer.bounces += 1
        return bounce(self, message, message_dict)

    with env.cr.savepoint() as savepoint, ExitStack() as stack:
        for model, name, method in (
            ("mail.mail", "create", seen_create),
            ("mail.thread", "_message_route_process", seen_process),
            ("mail.thread", "_routing_handle_bounce", seen_bounce),
        ):
            stack.enter_context(patch.object(type(env[model]), name, method))
        try:
            yield observer
        finally:
            savepoint.rollback()
            env.invalidate_all()
