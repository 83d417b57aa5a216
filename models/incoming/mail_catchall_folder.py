"""How far a folder of a mailbox has been read."""

from odoo import api, fields, models


class CatchallFolder(models.Model):
    _name = "mail.catchall.folder"
    _inherit = "mail.catchall.of.account"
    _description = "Folder of a Catch-all Mailbox"
    _order = "id"
    _catchall_accounts = {"fetchmail_server_id": "fetchmail.server"}

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Account", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
    uidvalidity = fields.Char(
        "UIDVALIDITY", help="Changes when the server numbers the folder anew (RFC 3501)."
    )
    first_uid = fields.Char(
        "First UID",
        default="1",
        help="Emails with a lower UID arrived before the date to fetch from.",
    )
    last_uid = fields.Char(
        "Last UID", default="0", help="All emails up to this UID have been stored."
    )
    # Kept here and not on the ledger's rows, which the lanes hold while they route.
    pending_uids = fields.Text(
        "UIDs to Acknowledge", help="Already stored, but not yet acknowledged in the mailbox."
    )
    skipped_keys = fields.Text(
        help="Emails that are not fetched: with POP3, those from before the date to fetch from; "
        "with IMAP, those that Odoo itself had fetched before the account was switched."
    )

    _name_unique = models.UniqueIndex("(fetchmail_server_id, name)")

    @api.model
    def _of(self, account, name):
        """The row of that folder of an account, if it has been read before."""
        return self.search([("fetchmail_server_id", "=", account.id), ("name", "=", name)])
