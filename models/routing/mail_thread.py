"""Handing one message to Odoo's own engine for one route. The engine does the record work."""

import ast
import email
import email.policy
import logging

from odoo import api, models
from odoo.tools import email_normalize, formataddr
from odoo.tools.mail import email_split, email_split_and_format

from ...router.codes import AuthorCheck
from ...router.message.addresses import normalise
from ...router.message.repair import printable, repairs_for
from .routing_transaction import RouteRefused, current

_logger = logging.getLogger(__name__)


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    @api.model
    def _catchall_parse(self, row, decision):
        """Parse a ledger row's message as ``message_process`` does, from a repaired copy if needed.

        :return: ``(EmailMessage, message_dict)``; the dict's sender is the customer
        """
        source = row._read_source()
        repairs = repairs_for(source)
        for repair in repairs:
            try:
                message = email.message_from_bytes(repair(source), policy=email.policy.SMTP)
                values = self.message_parse(message, save_original=row.fetchmail_server_id.original)
                break
            except Exception:
                # Whatever a stranger's bytes do to the parser: the next copy is simpler. The last
                # one is made by us; if even that fails the lane keeps the error with the message.
                if repair is repairs[-1]:
                    raise
                _logger.info("Message %s of the ledger is read from a repaired copy", row.id)
        if row.fetchmail_server_id and not row.fetchmail_server_id.attach:
            values["attachments"] = []
        values = row._without_own_logins(_scrub(values))
        _leave_out(values, current(self.env.cr).batch.directory.policy(row.fetchmail_server_id))
        if not message.get("Message-Id"):
            values["message_id"] = row._fallback_message_id()
        if not values.get("date"):
            values["date"] = row.received_date
        if decision.contact and decision.contact not in (values.get("email_from") or "").lower():
            sender = formataddr((decision.contact_name, decision.contact))
            values["email_from"] = values["from"] = sender
        return message, values

    @api.model
    def _catchall_deliver(self, row, message, values, route, decision):
        """Let Odoo's engine take one message along one route.

        :param dict values: a fresh copy of the message dict; the engine changes it
        :return: ``(res_id, mail.message)``
        :raises RouteRefused: when the alias or the record's application refuses the sender
        """
        alias = self.env["mail.alias"].browse(route.alias.id if route.alias else False)
        guard = current(self.env.cr)
        guard.contact = values.get("email_from") or ""
        guard.author_unproven = self._catchall_author_unproven(values, decision)
        if route.user_id:
            return self._catchall_notify_user(values, route, decision)
        self._catchall_set_parent(values, route)
        native = self._catchall_native_route(message, values, route, alias, decision)
        values.update(self._message_parse_post_process(message, values, [native]))
        if guard.author_unproven:
            values["author_id"] = False
        model, thread_id, custom_values, user_id, _alias = native
        # The alias is left out on purpose: with it the engine writes the alias's status inside
        # this transaction, which another lane would wait for. The lane writes it afterwards.
        res_id = self._message_route_process(
            message, values, [(model, thread_id, custom_values, user_id, None)]
        )
        res_id = res_id or thread_id or 0
        if route.continues and res_id:
            self._catchall_link(model, res_id, route.continues)
        return model, res_id

    @api.model
    def _catchall_set_parent(self, values, route):
        """Say what the message replies to; whether the reply is internal follows from that."""
        if not route.parent_id:
            # as message_route: no route by reference, so the parent means nothing
            values.pop("parent_id", None)
        elif values.get("parent_id") != route.parent_id:
            # A signed address names its message: without References, a reply to an internal
            # note would be shown to the customer.
            parent = self.env["mail.message"].browse(route.parent_id).exists()
            values.pop("parent_id", None)
            values.update(self._message_parse_extract_from_parent(parent))
        if route.internal:
            values["is_internal"] = True
            parent = self.env["mail.message"].browse(values.get("parent_id") or False)
            if parent.author_id.partner_share:
                values.pop("parent_id", None)  # whose author would be notified, outside

    @api.model
    def _catchall_link(self, model, res_id, older_id):
        """Note on a record which older one it goes on with."""
        record, older = self.env[model].browse([res_id, older_id])
        record._message_log(
            body=self.env._(
                "This is a reply to a closed or older conversation: %(record)s",
                record=older._get_html_link(),  # markup: the sentence is escaped around it
            )
        )

    @api.model
    def _catchall_notify_user(self, values, route, decision):
        """Put the message into a user's Odoo inbox; never by email, which would come back here."""
        guard = current(self.env.cr)
        author = self.env["res.partner"]
        if not guard.author_unproven:
            author = self._partner_find_from_emails_single([values["email_from"]], no_create=True)
        user = self.env["res.users"].browse(route.user_id)
        guard.inbox_only = True
        guard.posted = self.env["mail.thread"].message_notify(
            partner_ids=user.partner_id.ids,
            subject=values.get("subject") or False,
            body=values.get("body") or "",
            author_id=author.id,
            email_from=values.get("email_from") or "",
            attachments=values.get("attachments") or [],
            date=values.get("date"),
        )
        return "res.users", user.id

    @api.model
    def _catchall_native_route(self, message, values, route, alias, decision):
        """Return Odoo's five-tuple for a route, checked as ``message_route`` checks it."""
        guard = current(self.env.cr)
        user = self.env["res.users"]
        if not guard.author_unproven:
            user = self._mail_find_user_for_gateway(values["email_from"], alias=alias)
        proof_needed = alias.alias_contact in ("employees", "followers") or (
            guard.author_unproven and alias.alias_contact == "partners"
        )
        if proof_needed and decision.author_check is not AuthorCheck.VERIFIED:
            raise RouteRefused(
                self.env._(
                    "%(alias)s accepts only certain senders, and the address of this one is not "
                    "verified",
                    alias=alias.display_name,
                )
            )
        by_alias = alias and not route.parent_id
        custom = ast.literal_eval(alias.alias_defaults) if by_alias else None
        if route.defaults and not route.res_id:
            # the router keeps no lists: commands of many2many fields come as tuples
            wanted = {
                name: list(value) if isinstance(value, tuple) else value
                for name, value in route.defaults
            }
            custom = {**(custom or {}), **wanted}
        native = (route.model, route.res_id, custom, user.id or self.env.uid, alias)
        # Aliases are checked on their own model, replies on mail.thread, as natively: an invoice
        # would refuse a "thanks" otherwise. The original message may be gone.
        answers = route.parent_id or (route.res_id and not alias)
        Model = self.env["mail.thread"] if answers else self.env[route.model]
        if not hasattr(Model, "_routing_check_route"):
            Model = self.env["mail.thread"]
        checked = dict(values, email_from="") if guard.author_unproven else values
        result = Model._routing_check_route(message, checked, native, raise_exception=False)
        if not result:
            raise RouteRefused(
                self.env._("%(model)s does not accept emails of this kind", model=route.model)
            )
        if not guard.author_unproven:
            values["author_id"] = checked.get("author_id")
        return result

    @api.model
    def _catchall_author_unproven(self, values, decision):
        """Whether the sender's address is a colleague's, without proof that they wrote it."""
        if decision.author_check is AuthorCheck.VERIFIED:
            return False
        sender = email_normalize(values.get("email_from") or "")
        return bool(sender and current(self.env.cr).batch.directory.user(sender))


def _leave_out(values, policy):
    """Drop the mailbox's own address, which its Delivered-To puts among the recipients.

    Natively it ends up in the Cc of tasks, and replies to all would go to the catch-all.
    """
    for key in ("to", "cc", "recipients", "to_filtered", "cc_filtered"):
        kept = [
            mailbox
            for mailbox in email_split_and_format(values.get(key) or "")
            if normalise(email_normalize(mailbox) or "") not in policy.own_addresses
        ]
        if len(kept) < len(email_split(values.get(key) or "")):
            values[key] = ",".join(kept)


def _scrub(value):
    """Strings that PostgreSQL takes, in dicts, lists and Odoo's attachment tuples."""
    if isinstance(value, str):
        clean = printable(value)
        return value if clean == value else type(value)(clean)
    if isinstance(value, dict):
        return {key: _scrub(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_scrub(item) for item in value]
    if isinstance(value, tuple):
        items = [_scrub(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value
