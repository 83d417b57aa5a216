"""What a record would send by itself to the sender of a message: it leaves, or waits for a click.

A note on the record says that it was held back and why. Whoever may change the record may send it.
"""

from functools import cached_property

from odoo import api, fields, models
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError, UserError
from odoo.tools.mail import email_split_and_format

from ...router.acknowledge import Held, Terms, named_in, names_in, read_forms, why_held
from ...router.codes import Acknowledge, selection
from ...router.freemail import mailbox
from ...router.message import addresses
from ...router.message.brief import shorten_in_html, shorten_in_text
from .acknowledge import is_known

# What replies to the message that made or reached a record, such as an acknowledgement.
AUTOMATIC_REPLIES = ("auto_comment", "email_outgoing", "out_of_office")
_SUBTYPE = "mail_catchall_router.mt_held_back"


class AutomaticReplies:
    """The emails that one message causes on its way along one route."""

    def __init__(self, delivery, decision, route):
        self.row, self.mail, self.env = delivery.row, delivery.mail, delivery.env
        self.directory, self.policy = delivery.batch.directory, delivery.policy
        self.decision, self.route, self.contact = decision, route, decision.contact
        # Whoever the record is about, or follows it, gets its messages by their own interest.
        # Asked now: the record work may make followers of those whom the message names.
        self._interested = self._known_to_record() if self._named else frozenset()

    def hold(self, model, res_id, mail_ids):
        """Hold back what may not leave of these emails, and shorten what strangers wrote in it."""
        self.record = self.env[model].browse(res_id)
        # sudo: the emails that the gateway has just queued
        for mail in self.env["mail.mail"].sudo().browse(sorted(mail_ids)).exists():
            if mail.state != "outgoing":
                continue
            mine = [
                address for address in mail._catchall_addresses() if self._is_concerned(address)
            ]
            if mine:
                self._shorten(mail)
            to_contact = any(map(self._is_contact, mine))
            why = self._why_held(mail) if to_contact else Held.NAMED
            held = {a for a in mine if not self._is_contact(a)} | (set(mine) if why else set())
            if held:
                mail._catchall_hold(held, why or Held.NAMED, self.record)

    def keep_inside(self, mail_ids):
        """Hold back whatever an application has written to somebody outside because of a note."""
        # sudo: the emails that the gateway has just queued
        for mail in self.env["mail.mail"].sudo().browse(sorted(mail_ids)).exists():
            if mail.state != "outgoing":
                continue
            everybody = mail._catchall_addresses()
            outside = {address for address in everybody if not self.directory.user(address)}
            if outside:
                self._shorten(mail)
                mail._catchall_hold(outside, Held.NOTE, self.record)
            elif not everybody:
                mail.cancel()  # to whom it would go, only another reader can say

    @cached_property
    def _named(self):
        """Mailboxes outside, beside the contact's, that the message brings in."""
        return {
            mailbox(address)
            for address in named_in(self.mail)
            if not self._is_contact(address)
            and address.rpartition("@")[2] not in self.policy.domains
            and not self.directory.user(address)
        }

    def _known_to_record(self):
        model, res_id = self.route.model, self.route.res_id
        # sudo: the gateway looks at records that nobody is logged in for
        record = self.env[model].sudo().browse(res_id).exists() if res_id else None
        if not record or not hasattr(record, "message_partner_ids"):
            return frozenset()
        partners = record.message_partner_ids | record._mail_get_partners()[record.id]
        return frozenset(map(mailbox, filter(None, partners.mapped("email_normalized"))))

    def _is_contact(self, address):
        return bool(self.contact) and mailbox(address) == mailbox(self.contact)

    def _is_concerned(self, address):
        return self._is_contact(address) or (
            mailbox(address) in self._named and mailbox(address) not in self._interested
        )

    def _why_held(self, mail):
        internal = self.directory.user(self.contact)
        if internal and mail.message_type not in AUTOMATIC_REPLIES:
            return None  # a colleague's notification
        why = self._why_nothing
        if why or internal:
            return why
        # sudo: nobody has rights on the counter
        claims = self.env["mail.catchall.acknowledged"].sudo()
        return claims._claim(self.contact, self._account)

    @cached_property
    def _account(self):
        return self.row.fetchmail_server_id.sudo()  # sudo: the account's settings, whoever routes

    @cached_property
    def _why_nothing(self):
        alias_id = self.route.alias.id if self.route.alias else False
        # sudo: what the alias accepts, whoever routes
        alias = self.env["mail.alias"].sudo().browse(alias_id)
        acknowledge = self._account.acknowledge or Acknowledge.PROVED
        terms = Terms(
            acknowledge,
            read_forms(alias.catchall_answered_forms or ""),
            acknowledge == Acknowledge.KNOWN and is_known(self.row, self.contact),
        )
        return why_held(self.mail, self.decision, terms, (self.record._name, self.record.id))

    def _shorten(self, mail):
        strange = {self.mail.subject, self.decision.contact_name, *names_in(self.mail)}
        if not self.route.res_id and self.record:
            strange.add(self.record.sudo().display_name or "")  # sudo: made of the message
        # Odoo's layouts show the record's name with "-" for "/" (mail_notification_layout).
        strange |= {text.replace("/", "-") for text in strange}
        mail.write(
            {
                "subject": shorten_in_text(mail.subject or "", strange),
                "body_html": shorten_in_html(mail.body_html or "", strange),
            }
        )


class MailMail(models.Model):
    _inherit = "mail.mail"

    catchall_held = fields.Selection(
        selection(Held), "Held Back Because", readonly=True, copy=False
    )
    catchall_held_note_id = fields.Many2one(
        "mail.message",
        "Note About It",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        help="The note on the record that says that this email was held back.",
    )

    def _catchall_addresses(self):
        """Normalised addresses of whoever gets this email, in order, each once."""
        partners = self.recipient_ids.mapped("email")
        written = [self.email_to, self.email_cc, *partners]
        found = (item.address for text in written for item in addresses.parse(text or ""))
        return list(dict.fromkeys(found))

    def _catchall_hold(self, held, why, record):
        """Hold this email back from these addresses, with a note on its record.

        :param record: where the note goes if the email is of no record itself
        """
        mail = self._catchall_only_for(held)
        mail.write({"state": "cancel", "catchall_held": str(why)})
        mail._catchall_notifications().write({"notification_status": "canceled"})
        own = self.env[self.model].browse(self.res_id) if self.model and self.res_id else record
        if hasattr(own, "_message_log"):
            mail.catchall_held_note_id = own._catchall_note_held(mail)

    def _catchall_only_for(self, held):
        """Return the email for these addresses alone; the others keep theirs."""
        if set(self._catchall_addresses()) <= held:
            return self
        concerned = self.recipient_ids.filtered(
            lambda partner: {item.address for item in addresses.parse(partner.email or "")} & held
        )
        values = {"recipient_ids": concerned.ids, "headers": self.headers}
        if self.is_notification:
            values["mail_message_id"] = self.mail_message_id.id
        left = {"recipient_ids": (self.recipient_ids - concerned).ids}
        for name in ("email_to", "email_cc"):
            values[name], left[name] = _split(self[name], held)
        mail = self.copy(values)
        moved = self._catchall_notifications().filtered(
            lambda item: (
                item.res_partner_id in concerned
                or addresses.normalise(item.mail_email_address or "") in held
            )
        )
        moved.mail_mail_id = mail
        self.write(left)
        return mail

    def _catchall_notifications(self):
        # sudo: of emails of the gateway
        return self.env["mail.notification"].sudo().search([("mail_mail_id", "in", self.ids)])

    def _catchall_release(self):
        """Queue what was held back: it leaves as it would have."""
        self.mark_outgoing()
        self.catchall_held = False
        self._catchall_notifications().write({"notification_status": "ready"})
        # sudo: the queue is woken, not read
        self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _catchall_note_held(self, mail):
        """Say on the record that an email was held back; return the note."""
        reasons = dict(mail._fields["catchall_held"]._description_selection(self.env))
        note = self._message_log(
            author_id=self.env.ref("base.partner_root").id,
            body=self.env._(
                "An automatic email to %(recipients)s was held back: %(reason)s.",
                recipients=", ".join(mail._catchall_addresses()),
                reason=reasons[mail.catchall_held],
            ),
        )
        # Of a kind of its own: only such notes are asked whether they have a button.
        note.subtype_id = self.env.ref(_SUBTYPE)
        return note


class MailMessage(models.Model):
    _inherit = "mail.message"

    def action_catchall_send_held(self):
        """Send what this note says was held back. Whoever may change the record decides."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only internal users can send what was held back."))
        record = self.env[self.model].browse(self.res_id)
        record.check_access("write")
        mails = self._catchall_held_mails()
        if not mails:
            raise UserError(self.env._("This email is not held back any more."))
        mails._catchall_release()
        record._message_log(
            body=self.env._(
                "Sent the automatic email to %(recipients)s that was held back.",
                recipients=", ".join(mails._catchall_addresses()),
            )
        )
        return True

    def _catchall_held_mails(self):
        held = [("catchall_held_note_id", "in", self.ids), ("state", "=", "cancel")]
        # sudo: emails are the administrators'; whether one is held shows its note
        return self.env["mail.mail"].sudo().search(held)

    @api.model
    def _catchall_held_subtype_id(self):
        return self.env["ir.model.data"]._xmlid_to_res_id(_SUBTYPE)

    def _to_store_defaults(self, target):
        return [
            *super()._to_store_defaults(target),
            Store.Attr(
                "catchall_held",
                lambda message: bool(message._catchall_held_mails()),
                predicate=lambda message: message.subtype_id.id == self._catchall_held_subtype_id(),
            ),
        ]


def _split(written, held):
    """The part of a list of addresses that names these, and the rest."""
    found = email_split_and_format(written or "")
    mine = [item for item in found if {box.address for box in addresses.parse(item)} & held]
    return ", ".join(mine) or False, ", ".join(item for item in found if item not in mine) or False
