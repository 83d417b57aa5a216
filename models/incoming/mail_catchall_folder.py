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
    copied_uids = fields.Text(
        "UIDs Copied",
        help="Copied to the folder for fetched emails, but not yet deleted where they came from.",
    )
    numbering = fields.Char(
        help="What the keys of emails name instead of UIDVALIDITY, since the server began its "
        "numbers anew without changing it.",
    )
    compare_to_uid = fields.Char(
        "Compare up to UID",
        default="0",
        help="Emails up to this UID are compared with those that were received before the server "
        "numbered the folder anew.",
    )
    batch_limit = fields.Integer(
        help="How many emails are asked for at once, since one of them broke the connection.",
    )
    listed_keys = fields.Text(
        help="The emails that a POP3 server listed at the last fetch. A name that was gone and "
        "comes back may be that of another email.",
    )
    skipped_until = fields.Datetime(
        "Left Alone until",
        help="Emails that arrived up to then and show up later are from before the date to fetch "
        "from: a POP3 server may list only the newest.",
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
