"""Emails that stay internal: what claims to be of a colleague unproved, and what strangers write.

Colleagues are told of such a note as of any reply. Nobody outside is told of it, and no email about
it carries an address that nobody has proved. Screens and buttons are in ``models/inbox``.
"""

from typing import Any, NamedTuple

from markupsafe import Markup
from odoo import fields, models
from odoo.tools import email_normalize, formataddr

from ...router.codes import AuthorCheck, NoteKind, selection
from .routing_context import current

# The first line of a note. A class, by which it is found again when the note becomes a message.
WHY = Markup('<p class="o_catchall_why alert alert-warning px-2 py-1"><em>%s</em></p>')


class Note(NamedTuple):
    """Why an email stays internal. ``claimed`` is the active user whose address it is, or empty."""

    kind: NoteKind
    claimed: Any
    why: Markup

    def values(self):
        """Values of the ``mail.message``."""
        return {"catchall_note": str(self.kind), "catchall_claimed_id": self.claimed.id}


def note_of(env, decision, route, user):
    """Return the :class:`Note` that an email becomes at a place, None for an ordinary message.

    :param user: the router's user whose address the contact has, or None
    """
    claimed, values = env["res.users"], {"address": decision.contact}
    if decision.unproven:
        kind = NoteKind.UNPROVEN
        claimed = claimed.browse(user.id if user else [])
        why = (
            env._(
                "Not proved: this email claims to come from %(address)s. It stays internal until "
                "that colleague releases it.",
                **values,
            )
            if claimed
            else env._(
                "Not proved: this email claims to come from %(address)s, an address of yours. It "
                "stays internal.",
                **values,
            )
        )
    elif not route.stranger:
        return None
    else:
        kind = NoteKind.STRANGER
        why = (
            env._(
                "Possibly forged: %(address)s failed the check of its domain. This reply stays "
                "internal.",
                **values,
            )
            if decision.author_check is AuthorCheck.FAILED
            else env._(
                "%(address)s is not known on this record. This reply stays internal.", **values
            )
        )
    return Note(kind, claimed, WHY % why)


class MailMessage(models.Model):
    _inherit = "mail.message"

    # Not for RPC: who may release a message must not be written by whoever may edit it.
    catchall_note = fields.Selection(
        selection(NoteKind), "Stays Internal", copy=False, groups=fields.NO_ACCESS
    )
    catchall_claimed_id = fields.Many2one(
        "res.users",
        "Claimed Sender",
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups=fields.NO_ACCESS,
    )

    def _catchall_stays_internal(self):
        """Whether this is an email that stays internal."""
        # sudo: no user may read or write why, but everybody who sees a message may know it
        return self.message_type == "email" and bool(self.sudo().catchall_note)

    def _catchall_senders(self):
        """Return whom to name in From instead of an unproved address: {Message-ID: mailbox}."""
        senders = {}
        for message in self.filtered(lambda item: item._catchall_stays_internal()):
            # sudo: as above
            if message.sudo().catchall_note != NoteKind.UNPROVEN:
                continue
            robot = self.env.ref("base.partner_root").sudo()  # sudo: its name and address only
            # sudo: an address of the alias domain, which is no secret
            spare = self.env["ir.mail_server"].sudo()._get_default_from_address()
            address = robot.email_normalized or spare
            if address == email_normalize(message.email_from or ""):
                address = spare if spare != address else robot.company_id.email
            senders[message.message_id] = formataddr((robot.name, address or ""))
        return senders


class MailThread(models.AbstractModel):
    _inherit = "mail.thread"

    def _get_message_create_valid_field_names(self):
        names = super()._get_message_create_valid_field_names()
        if current(self.env.cr):
            names = {*names, "catchall_note", "catchall_claimed_id"}
        return names

    def _notify_get_recipients(self, message, msg_vals=False, **kwargs):
        note = message.sudo()  # sudo: whoever it is that tells of it
        if not note._catchall_stays_internal():
            return super()._notify_get_recipients(message, msg_vals, **kwargs)
        # Core's own subtype of notes tells followers nothing. Nor does a forged To keep anybody
        # from being told: core thinks that who stands there has the email already.
        values = {**(msg_vals or {}), "incoming_email_to": "", "incoming_email_cc": ""}
        values["outgoing_email_to"] = ""
        if note.subtype_id == self.env.ref("mail.mt_note"):
            values["subtype_id"] = self.env.ref("mail.mt_comment").id
        told = self._catchall_responsible() | self._catchall_claimed(note)
        known = values.get("partner_ids", note.partner_ids.ids)
        values["partner_ids"] = list({*known, *told.partner_id.ids})
        recipients = super()._notify_get_recipients(message, values, **kwargs)
        return [item for item in recipients if item["uid"] and not item["share"]]

    def _catchall_responsible(self):
        """Return the active internal users who are responsible for a record."""
        users = self.env["res.users"]
        for name in ("user_id", "user_ids"):
            field = self._fields.get(name)
            if field and field.comodel_name == "res.users":
                users |= self.sudo()[name]  # sudo: the gateway asks
        return users.filtered(lambda user: user.active and not user.share)

    def _catchall_claimed(self, note):
        """Return the user who may release a note, where they may see its record."""
        claimed = note.catchall_claimed_id
        record = self.with_user(claimed) if claimed and self else None
        return claimed if record is not None and record.has_access("read") else claimed.browse()

    def _notify_thread_with_out_of_office(self, message, recipients_data, msg_vals=False, **kwargs):
        # An absence notice would tell a stranger that the address is read.
        if message._catchall_stays_internal():
            return self.env["mail.message"]
        return super()._notify_thread_with_out_of_office(
            message, recipients_data, msg_vals=msg_vals, **kwargs
        )
