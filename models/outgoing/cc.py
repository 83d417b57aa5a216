"""Cc: who stood in To or Cc of a received email is shown with it, offered when somebody replies,
and written to by nobody but that somebody.

Odoo puts them among the recipients of the next message and makes contacts of them. A stranger may
write any address into Cc, so here it takes a click. Who is chosen gets a message of their own by
Odoo's ``outgoing_email_to``: no contact, no follower, and their reply comes back to the record.
"""

from odoo import api, fields, models
from odoo.addons.mail.tools.discuss import Store

from ...outgoing.cc import named_beside, offered
from ...outgoing.header_text import format_address
from ...router.message.addresses import normalise, parse
from ..routing.odoo_directory import OdooDirectory


def _texts(message):
    return (message.incoming_email_to or "", message.incoming_email_cc or "")


def _addresses(emails):
    return {mailbox.address for email in emails if email for mailbox in parse(email)}


class MailMessage(models.Model):
    _inherit = "mail.message"

    catchall_others = fields.Json("Also Sent To", compute="_compute_catchall_others")

    def _compute_catchall_others(self):
        self.catchall_others = False
        received = self._catchall_written_to_others()
        is_ours = self.env["ir.mail_server"]._catchall_is_ours() if received else None
        for message in received:
            author = _addresses([message.email_from])
            message.catchall_others = [
                [mailbox.name, mailbox.address]
                for mailbox in offered(_texts(message), is_ours, author)
            ]

    def _catchall_written_to_others(self):
        """Return those of these messages that a catch-all account has received, with To or Cc."""
        named = self.filtered(lambda item: item.message_type == "email" and any(_texts(item)))
        # sudo: whether a message was received, for whoever may read it
        Route = self.env["mail.catchall.route"].sudo()
        routes = Route.search([("mail_message_id", "in", named.ids)]) if named else Route
        return named.filtered(lambda message: message in routes.mail_message_id)

    def _to_store_defaults(self, target):
        fields_ = super()._to_store_defaults(target)
        if target.is_internal(self.env):
            others = Store.Attr("catchall_others", predicate=lambda item: item.catchall_others)
            fields_.append(others)
        return fields_


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model
    def _catchall_is_ours(self):
        """Return a test for addresses that are ours: what is sent there comes in here again."""
        directory = OdooDirectory(self.env)
        # sudo: addresses of accounts are compared, never shown
        incoming = self.env["fetchmail.server"].sudo().search([("is_catchall", "=", True)])
        outgoing = self.sudo().search([("is_catchall", "=", True)])  # sudo: as above
        accounts = {
            *_addresses(incoming.mapped("user")),
            *(server._catchall_account_address() for server in outgoing),
        }
        return lambda address: (
            address in accounts or directory.is_ours(address) or bool(directory.aliases(address))
        )


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    # ------------------------------------------------------------ who is offered

    def _catchall_received(self):
        """Return the messages of these records that were written to others too, newest first."""
        # sudo: what a record has received, for whoever may read it
        routes = self.env["mail.catchall.route"].sudo()
        routes = routes.search([("model", "=", self._name), ("res_id", "in", self.ids)])
        messages = routes.mail_message_id._catchall_written_to_others()
        return messages.filtered(lambda item: item.res_id in self.ids).sorted("id", reverse=True)

    def _catchall_cc_offered(self):
        """Return whom a reply may go to as well, as ``Mailbox``: named by the last email.

        What is an internal note was written by somebody whom nothing proves: it offers nobody.
        """
        self.ensure_one()
        received = self._sort_suggested_messages(self._catchall_received())[:1]
        if not received:
            return ()
        partners = self.message_partner_ids
        known = self._catchall_written_to(received) | _addresses(partners.mapped("email"))
        return offered(_texts(received), self.env["ir.mail_server"]._catchall_is_ours(), known)

    def _catchall_written_to(self, message, primary_email=False, partners=None):
        """Return the addresses that a reply to this message goes to without Cc."""
        suggested = self._message_add_default_recipients()[self.id]
        people = suggested["partners"] | message.author_id
        people |= partners or self.env["res.partner"]
        if message.message_type != "email":
            people |= message.partner_ids  # somebody of ours has chosen them
        emails = [*suggested["email_to_lst"], primary_email, message.email_from]
        return _addresses([*emails, *people.mapped("email")])

    def _message_get_suggested_recipients_batch(
        self,
        reply_discussion=False,
        reply_message=None,
        no_create=True,
        primary_email=False,
        additional_partners=None,
    ):
        received = self._catchall_received() if "message_ids" in self._fields else None
        options = {
            "reply_discussion": reply_discussion,
            "reply_message": reply_message,
            "primary_email": primary_email,
            "additional_partners": additional_partners,
        }
        if not received:
            return super()._message_get_suggested_recipients_batch(no_create=no_create, **options)
        # Core would make contacts of those in Cc.
        found = super()._message_get_suggested_recipients_batch(no_create=True, **options)
        discussion = self._sort_suggested_messages(self.message_ids) if reply_discussion else []
        for record in self:
            of_record = (item for item in discussion if item.res_id == record.id)
            message = reply_message or next(of_record, self.env["mail.message"])
            written_to = record._catchall_written_to(message, primary_email, additional_partners)
            texts = [text for item in received if item.res_id == record.id for text in _texts(item)]
            named = {mailbox.address for mailbox in named_beside(texts, lambda _address: False)}
            found[record.id] = [
                item
                for item in found[record.id]
                if normalise(item["email"] or "") not in named - written_to
            ]
            if not no_create:
                record._catchall_make_contacts(found[record.id])
        return found

    def _catchall_make_contacts(self, recipients):
        """Make contacts of those whom a reply is suggested to, as core does for "Reply All"."""
        for item in recipients:
            if item["email"] and not item["partner_id"]:
                partner = self._partner_find_from_emails_single(
                    [format_address(parse(item["email"])[0])], no_create=False
                )
                item["partner_id"] = partner.id

    def _thread_to_store(self, store, fields, *, request_list=None):
        result = super()._thread_to_store(store, fields, request_list=request_list)
        if "suggestedRecipients" in (request_list or ()) and self.env.user._is_internal():
            for record in self:
                cc = [[item.name, item.address] for item in record._catchall_cc_offered()]
                store.add(record, {"catchall_cc": cc}, as_thread=True)
        return result

    # ------------------------------------------------------------ who is written to

    @api.model
    def _get_allowed_message_params(self):
        return super()._get_allowed_message_params() | {"catchall_cc"}

    def message_post(self, *, catchall_cc=None, **kwargs):
        """Post a message; ``catchall_cc`` are the addresses that its author has chosen as Cc.

        Others than those whom an email of the record names are left out, and so are all from a
        note: whoever posts may choose among these, and write to nobody else by it.
        """
        if catchall_cc and self._catchall_may_cc(kwargs):
            chosen = {normalise(item) for item in catchall_cc if isinstance(item, str)}
            partners = self.env["res.partner"].browse(kwargs.get("partner_ids") or [])
            chosen -= _addresses(partners.mapped("email"))  # they get it already
            received = self._sort_suggested_messages(self._catchall_received())
            named = [text for message in received for text in _texts(message)]
            followers = _addresses(self.message_partner_ids.mapped("email"))
            is_ours = self.env["ir.mail_server"]._catchall_is_ours()
            cc = [item for item in offered(named, is_ours, followers) if item.address in chosen]
            to = [kwargs.get("outgoing_email_to"), *map(format_address, cc)]
            kwargs["outgoing_email_to"] = ", ".join(filter(None, to))
        return super().message_post(**kwargs)

    def _catchall_may_cc(self, values):
        """Whether a message of these values may go to somebody in Cc: a colleague's, no note."""
        subtype_id = values.get("subtype_id")
        if values.get("subtype_xmlid"):
            subtype_id = self.env["ir.model.data"]._xmlid_to_res_id(values["subtype_xmlid"])
        # sudo: whether a kind of message is internal, for whoever writes one
        subtype = self.env["mail.message.subtype"].sudo().browse(subtype_id or [])
        is_note = not subtype or subtype.internal or values.get("is_internal")
        return self.env.user._is_internal() and not is_note


class MailScheduledMessage(models.Model):
    _inherit = "mail.scheduled.message"

    def _notification_parameters_whitelist(self):
        return super()._notification_parameters_whitelist() | {"catchall_cc"}


class MailComposeMessage(models.TransientModel):  # pylint: disable=no-wizard-in-models
    _inherit = "mail.compose.message"

    catchall_cc = fields.Json(
        "Cc",
        compute="_compute_catchall_cc",
        store=True,
        readonly=False,
        help="Who stood in To or Cc of the last email on the record, besides those in To. Nobody "
        "is written to who is not ticked.",
    )

    @api.depends("composition_mode", "model", "res_ids", "subtype_id", "parent_id")
    def _compute_catchall_cc(self):
        chosen = self.env.context.get("catchall_cc_chosen") or ()
        for composer in self:
            composer.catchall_cc = [
                {"name": item.name, "email": item.address, "chosen": item.address in chosen}
                for item in composer._catchall_cc_offered()
            ]

    def _catchall_cc_offered(self):
        self.ensure_one()
        is_reply = self.composition_mode == "comment" and not self.composition_batch
        if not (is_reply and self.model_is_thread) or self.subtype_is_log:
            return ()
        record = self.env[self.model].browse(self._evaluate_res_ids()[:1]).exists()
        return record._catchall_cc_offered() if record else ()

    def _prepare_mail_values_static(self):
        values = super()._prepare_mail_values_static()
        chosen = [item["email"] for item in self.catchall_cc or () if item.get("chosen")]
        if chosen and self.composition_mode == "comment" and self.model_is_thread:
            values["catchall_cc"] = chosen
        return values
