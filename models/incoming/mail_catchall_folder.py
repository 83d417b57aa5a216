"""How far a folder of a mailbox has been read."""

from odoo import fields, models


class CatchallFolder(models.Model):
    _name = "mail.catchall.folder"
    _description = "Folder of a Catch-all Mailbox"
    _order = "id"

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Account", required=True, index=True, ondelete="cascade"
    )
    name = fields.Char(required=True)
    uidvalidity = fields.Char(help="Changes when the server numbers the folder anew (RFC 3501).")
    first_uid = fields.Char(default="1", help="Mails below lie before the date to fetch from.")
    last_uid = fields.Char(default="0", help="All mails up to here are in the ledger.")
    # Kept here and not on the ledger's rows, which the lanes hold while they route.
    pending_uids = fields.Text(help="In the ledger already; the mailbox has not been told yet.")
    skipped_keys = fields.Text(
        help="Mails that are not fetched: by POP3 those from before the date to fetch from, by "
        "IMAP those that Odoo itself had fetched before the account was switched over."
    )

    _name_unique = models.UniqueIndex("(fetchmail_server_id, name)")
