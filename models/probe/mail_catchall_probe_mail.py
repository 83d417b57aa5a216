"""One message of a probe: what became of it."""

from odoo import fields, models

from ...probe import Seen, Sent
from ...router.message.mail import ReceivedMail
from ...router.tokens.probe_mark import Kind


class MailCatchallProbeMail(models.Model):
    _name = "mail.catchall.probe.mail"
    _inherit = "mail.catchall.of.account"
    _description = "Email of a Mailbox Test"
    _order = "id"
    _catchall_accounts = {"probe_id.fetchmail_server_id": "fetchmail.server"}

    probe_id = fields.Many2one(
        "mail.catchall.probe", "Mailbox Test", required=True, index=True, ondelete="cascade"
    )
    kind = fields.Selection(
        [
            ("random", "To an address that nobody uses"),
            ("bcc", "Blind copy (Bcc)"),
            ("first", "To two addresses: the first"),
            ("second", "To two addresses: the second"),
            ("author", "From another author of the domain"),
            ("sub_address", "To an address with a plus sign"),
            ("near", "To a mistyped alias"),
            ("outside", "From outside"),
            ("forged", "With forged results of authentication"),
        ],
        "Tests",
        required=True,
    )
    address = fields.Char("Sent To")
    answer = fields.Char("Refusal")
    is_bounced = fields.Boolean("Bounced")
    at_recipient = fields.Boolean(
        "Recipient Was Refused", help="The refusal was about this address, not about the email."
    )
    place = fields.Char("Arrived In")
    seconds = fields.Integer()
    found_date = fields.Datetime("Found")
    header = fields.Text(groups="base.group_no_one")
    keys = fields.Json("Mailbox Keys")  # names of its copies in the mailbox, for removing them

    def _sent(self):
        return Sent(
            Kind(self.kind), self.address, self.answer or "", self.is_bounced, self.at_recipient
        )

    def _seen(self):
        mail, found = self._received(), self.found_date or None
        return Seen(Kind(self.kind), self.place, mail, self.seconds, found)

    def _received(self):
        """The message as it arrived: its header alone."""
        return ReceivedMail.from_bytes(self.header.encode("latin-1", "replace"))
