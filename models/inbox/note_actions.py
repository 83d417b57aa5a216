"""What colleagues do with an email that stays internal: three buttons on the note.

Whoever it claims to be of releases it under their own name; others send it on under theirs, quoted;
and a stranger is confirmed to be the customer. Each is kept with the received email and its record.
"""

import re

from markupsafe import Markup
from odoo import fields, models
from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError, UserError
from odoo.tools import parse_contact_from_email

from ...router.codes import NoteKind

_WHY = re.compile(r'<p class="o_catchall_why[^>]*>.*?</p>', re.DOTALL)
_QUOTE = Markup("<p>%s</p><blockquote>%s</blockquote>")


class MailMessage(models.Model):
    _inherit = "mail.message"

    def _to_store_defaults(self, target):
        fields_ = super()._to_store_defaults(target)
        if target.is_internal(self.env):
            for name in ("catchall_note", "catchall_claimed_id"):
                fields_.append(_shown(name))
        return fields_

    def catchall_release(self):
        """Make this note an ordinary message of the user whose address it claims.

        :return: what the web client shows now
        :raises AccessError: for everybody else, and whoever may not write on the record
        :raises UserError: when it is no such note, or no longer
        """
        note, record = self._catchall_open_note(NoteKind.UNPROVEN)
        user = self.env.user
        if note.catchall_claimed_id != user:
            raise AccessError(
                self.env._(
                    "Only the colleague whose address this email has can release it. You can send "
                    "it on under your own name."
                )
            )
        address = note.email_from
        note._catchall_publish(record, user.partner_id, user.email_formatted)
        record.message_subscribe(user.partner_id.ids)
        text = self.env._("Released the email of %(address)s: it is mine.", address=address)
        return self._catchall_note_done("released", record, text)

    def catchall_send_on(self):
        """Post what this note says on its record under one's own name, quoted; the note stays.

        :raises AccessError, UserError: as :meth:`catchall_release`
        """
        note, record = self._catchall_open_note(NoteKind.UNPROVEN)
        intro = self.env._("This email reached us from %(address)s:", address=note.email_from)
        copies = note.attachment_ids.copy({"res_model": "mail.compose.message", "res_id": 0})
        record.message_post(
            body=_QUOTE % (intro, note._catchall_body()),
            attachment_ids=copies.ids,
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )
        text = self.env._("Sent on the unproved email of %(address)s.", address=note.email_from)
        return self._catchall_note_done("sent_on", record, text)

    def catchall_is_customer(self):
        """Make this stranger's note an ordinary message of the record's contact.

        The address becomes a further address of the contact, so that later replies need no click.

        :raises AccessError, UserError: as :meth:`catchall_release`
        """
        note, record = self._catchall_open_note(NoteKind.STRANGER)
        address = note.email_from
        contact = self._catchall_contact(record, address)
        note._catchall_publish(record, contact, address)
        text = self.env._("%(address)s is the customer.", address=address)
        return self._catchall_note_done("customer", record, text)

    # ------------------------------------------------------------ how

    def _catchall_open_note(self, kind):
        """Return this note, readable in full, and its record, on which the user may write."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user._is_internal():
            raise AccessError(self.env._("Only colleagues can do this."))
        note = self.sudo()  # sudo: what it claims is nobody's to write; who may act on it is here
        if note.catchall_note != kind or not (note.model and note.res_id):
            raise UserError(self.env._("This email no longer waits for anybody."))
        record = self.env[note.model].browse(note.res_id)
        record.check_access(getattr(record, "_mail_post_access", "write"))
        return note, record

    def _catchall_body(self):
        return Markup(_WHY.sub("", self.body or "", count=1))  # sanitized when it was stored

    def _catchall_publish(self, record, author, email_from):
        """Make this note an ordinary message of ``author``, and tell those who were not told."""
        values = {
            "author_id": author.id,
            "email_from": email_from,
            "body": self._catchall_body(),
            "is_internal": False,
            "catchall_note": False,
            "catchall_claimed_id": False,
        }
        if self.subtype_id == self.env.ref("mail.mt_note"):
            values["subtype_id"] = self.env.ref("mail.mt_comment").id
        self.write(values)
        # As the gateway, so that the author is who it says, and is not told of their own message.
        thread = record.with_user(self.env.ref("base.user_root"))
        thread._notify_thread(self.with_env(thread.env), skip_existing=True)

    def _catchall_contact(self, record, sender):
        """Return the contact that has the sender's address from now on."""
        name, address = parse_contact_from_email(sender)
        if not address:
            raise UserError(self.env._("This email has no sender."))
        customer = record._mail_get_partners()[record.id][:1]
        contacts = self.env["res.partner"]
        known = contacts.search([("email_normalized", "=", address)])
        same = known.filtered(
            lambda item: item.commercial_partner_id == customer.commercial_partner_id
        )
        if same or known:
            contact = (same or known)[0]
        elif customer and not customer.email:
            customer.email = address
            contact = customer
        else:
            contact = contacts.create(
                {
                    "name": name or customer.name or address,
                    "email": address,
                    "type": "other" if customer else "contact",
                    "parent_id": customer.id,
                }
            )
        if contact.commercial_partner_id != customer.commercial_partner_id:
            record.message_subscribe(contact.ids)
        return contact

    def _catchall_note_done(self, action, record, text):
        """Write down who has done what with this note; return what the web client shows now."""
        # sudo: nobody may write the ledger by hand; these buttons are the way to do it
        routes = self.env["mail.catchall.route"].sudo()
        routes.search([("mail_message_id", "=", self.id)]).write(
            {
                "note_action": action,
                "note_user_id": self.env.uid,
                "note_date": fields.Datetime.now(),
            }
        )
        record._message_log(body=text)
        self.invalidate_recordset()
        note = self.sudo()  # sudo: as in _catchall_stays_internal
        now = {
            "catchall_note": note.catchall_note,
            "catchall_claimed_id": note.catchall_claimed_id.id,
        }
        return Store().add(self, extra_fields=now).get_result()


def _shown(name):
    def value(message):
        found = message.sudo()[name]  # sudo: as in _catchall_stays_internal
        return found.id if isinstance(found, models.BaseModel) else found

    return Store.Attr(name, value, predicate=lambda message: message._catchall_stays_internal())
