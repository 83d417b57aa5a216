"""Mail that nobody wrote says so: auto-responders stay silent, and we know it when it returns.

What a person wrote carries none of these headers, and neither does a reply to it:

- the chatter, the portal and the composer, also to many records at once (``comment``,
  ``email_outgoing`` from the composer's own button);
- the copies of a customer's message for those who follow the record (``email``). Odoo sends them by
  itself, so they carry the loop mark alone: two aliases that follow each other's records would
  go on for ever. One hop is no loop.

All else is automatic: templates of automations and stages, notices, tracking, assignments,
invitations, passwords, newsletters, and whatever OdooBot says. A type says it, not the user: an
automation runs as the user who clicked the button. A record's notice that a person triggers by a
wizard without the composer (sharing a link) counts as automatic too.
"""

from odoo import api, fields, models
from odoo.tools.mail import formataddr

from ...router.message import headers
from ...router.message.addresses import parse
from ...router.message.automatic import automatic_headers
from ...router.message.brief import brief
from ...router.tokens.loop_mark import LoopMark
from ..routing.held_back import AUTOMATIC_REPLIES
from ..routing.routing_context import current

LOOP_HEADER = headers.X_CATCHALL_LOOP.title()


class MailMail(models.Model):
    _inherit = "mail.mail"

    catchall_hops = fields.Integer(
        "Records Passed Through",
        readonly=True,
        copy=False,
        help="How many records the received email that caused this one has passed through, "
        "including the record of this one. 0: no received email caused it.",
    )
    catchall_by_person = fields.Boolean(
        "Sent by a Person",
        readonly=True,
        copy=False,
        help="A person clicked the button that sent it.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        if context := current(self.env.cr):
            vals_list = [{"catchall_hops": context.hops + 1, **values} for values in vals_list]
        return super().create(vals_list)

    def _prepare_outgoing_list(self, mail_server=False, doc_to_followers=None):
        emails = super()._prepare_outgoing_list(mail_server, doc_to_followers)
        if self.catchall_hops and self._catchall_is_automatic():
            # To shows the name that a stranger gave themselves, in an email that nobody wrote.
            for email in emails:
                for name in ("email_to", "email_cc"):
                    email[name] = [_with_brief_name(item) for item in email[name]]
        return emails

    def _catchall_is_automatic(self):
        self.ensure_one()
        if self.message_type == "email" or self.catchall_by_person:
            return False
        if self.message_type == "comment":
            # Not env.ref: it asks the database for every email whether the contact still exists.
            root_id = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
            return self.author_id.id == root_id
        return True

    def _catchall_automatic_headers(self):
        automatic = self._catchall_is_automatic()
        if not automatic and not (self.message_type == "email" and self.catchall_hops):
            return {}
        record = (
            f"{self.model},{self.res_id}" if self.model and self.res_id else f"mail.mail,{self.id}"
        )
        mark = LoopMark(record, min(max(self.catchall_hops, 1), 999))
        loop = {LOOP_HEADER: mark.header_value(self._catchall_token_key().secret)}
        if not automatic:
            return loop
        replies = self.catchall_hops and self.message_type in AUTOMATIC_REPLIES
        return loop | automatic_headers("auto-replied" if replies else "auto-generated")


def _with_brief_name(written):
    for mailbox in parse(written):
        if (shortened := brief(mailbox.name)) != mailbox.name:
            return formataddr((shortened, mailbox.address))
    return written


class MailComposeMessage(models.TransientModel):  # pylint: disable=no-wizard-in-models
    _inherit = "mail.compose.message"

    def action_send_mail(self):
        # The button. Automations and mass mailing call _action_send_mail.
        self = self.with_context(catchall_by_person=True)
        return super().action_send_mail()

    def _prepare_mail_values_static(self):
        values = super()._prepare_mail_values_static()
        if self.composition_mode == "mass_mail" and self.env.context.get("catchall_by_person"):
            values["catchall_by_person"] = True
        return values
