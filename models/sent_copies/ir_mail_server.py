"""Copies of sent mail in the Sent folder of the account's own mailbox: the administrator's part."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...router.message.addresses import normalise, normalise_domain
from ..companies.of_account import is_shown
from .copy_queue import CopyQueue


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    catchall_sent_copy = fields.Selection(
        [
            ("none", "No copies"),
            ("people", "Emails written by people"),
            ("all", "Everything except newsletters"),
        ],
        "Sent Folder",
        default="none",
        required=True,
        help="Puts a copy of each email into the Sent folder of the account's mailbox, in the "
        "background, as a mail client would: one copy per email, however many recipients it has. "
        "Emails about a user's login are never copied.",
    )
    catchall_sent_account_id = fields.Many2one(
        "fetchmail.server",
        "Mailbox for Copies",
        domain="[('server_type', 'not in', ('pop', 'local'))]",
        help="The incoming account (IMAP) whose mailbox receives the copies. Leave empty to use "
        "the one with the same username, or else the catch-all mailbox of the account's email "
        "domain.",
    )
    catchall_sent_folder = fields.Char(
        "Folder for Copies",
        help="Leave empty to use the folder that the mailbox marks as its Sent folder, or else one "
        "with a usual name.",
    )
    catchall_keeps_sent = fields.Boolean(
        "Provider Keeps Copies", compute="_compute_catchall_keeps_sent"
    )
    catchall_sent_waiting_count = fields.Integer("Waiting Copies", compute="_compute_catchall_sent")
    catchall_sent_failed_count = fields.Integer("Failed Copies", compute="_compute_catchall_sent")
    catchall_sent_error = fields.Text("Last Copy Error", compute="_compute_catchall_sent")

    @api.depends("is_catchall", "smtp_host", "smtp_authentication")
    def _compute_catchall_keeps_sent(self):
        for server in self:
            preset = server._catchall_provider()
            server.catchall_keeps_sent = bool(preset and preset.keeps_sent)

    @api.depends("is_catchall", "catchall_sent_copy")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_catchall_sent(self):
        # sudo: numbers and the newest error, for whoever may open the account of their company
        copies = self.env["mail.catchall.sent"].sudo()
        shown = self._origin.filtered(lambda server: is_shown(self.env, server))
        domain = [("server_id", "in", shown.ids)]
        groups = copies._read_group(domain, ["server_id", "state"], ["__count"])
        counts = {(server_id, state): count for server_id, state, count in groups}
        for server in self:
            id_ = server._origin.id
            server.catchall_sent_waiting_count = counts.get((id_, "waiting"), 0)
            server.catchall_sent_failed_count = counts.get((id_, "failed"), 0)
            failing = [("server_id", "=", id_), *domain, ("error", "!=", False)]
            newest = copies.search(failing, order="state desc, id desc", limit=1)
            server.catchall_sent_error = newest.error

    @api.constrains("catchall_sent_account_id")
    def _check_catchall_sent_account(self):
        for server in self:
            # sudo: whether it is an IMAP account
            mailbox = server.catchall_sent_account_id.sudo()
            if mailbox and mailbox._get_connection_type() != "imap":
                raise ValidationError(
                    self.env._(
                        "“%(mailbox)s” is not an IMAP account, so it has no folder for copies of "
                        "sent mail. Choose an IMAP account for %(server)s.",
                        mailbox=mailbox.name,
                        server=server.display_name,
                    )
                )

    def _catchall_copies(self):
        if self.catchall_keeps_sent or self.catchall_sent_copy == "none":
            return super()._catchall_copies()
        return CopyQueue(self.env, self.id, self.catchall_sent_copy)

    def _catchall_sent_mailbox(self):
        """The incoming account whose mailbox gets the copies.

        :raises UserError: when there is none, or this database must not touch it
        """
        self.ensure_one()
        # sudo: the job has no user, and the mailbox's password is read to connect
        mailbox = self.sudo().catchall_sent_account_id or self.sudo()._catchall_find_mailbox()
        if not mailbox:
            raise UserError(
                self.env._(
                    "No incoming account (IMAP) belongs to %(server)s, so copies of sent mail "
                    "cannot be stored. Set one up with the same username, or choose a mailbox for "
                    "copies on the outgoing account.",
                    server=self.display_name,
                )
            )
        if mailbox.catchall_other_database:
            raise UserError(
                self.env._(
                    "“%(mailbox)s” was set up in another database, of which this one is a copy: "
                    "its Sent folder belongs to the other database. Confirm on the incoming "
                    "account that this is the database to use.",
                    mailbox=mailbox.name,
                )
            )
        return mailbox

    def _catchall_find_mailbox(self):
        mailboxes = self.env["fetchmail.server"].search(
            [("server_type", "not in", ("pop", "local")), ("state", "=", "done")]
        )
        own = {normalise(self.smtp_user or ""), self._catchall_account_address()} - {""}
        if same := mailboxes.filtered(lambda mailbox: normalise(mailbox.user or "") in own):
            return same[0]
        wanted, everything = self._catchall_greeting(), self._catchall_all_domains()
        for mailbox in mailboxes.filtered("is_catchall"):
            domains = mailbox.alias_domain_ids or everything
            if wanted in map(normalise_domain, domains.mapped("name")):
                return mailbox
        return mailboxes.browse()

    def _catchall_sent_folder_name(self, mailbox):
        """The folder that was set, or "" to look for it.

        :raises UserError: when copies would be fetched as new mail
        """
        name = (self.catchall_sent_folder or "").strip()
        read = (mailbox.imap_folder or "INBOX").strip() if mailbox.is_catchall else "INBOX"
        if name and name.lower() == read.lower():
            raise UserError(
                self.env._(
                    "“%(folder)s” is the folder that “%(mailbox)s” reads its mail from: copies of "
                    "sent mail would be fetched as new mail. Choose another folder for copies.",
                    folder=name,
                    mailbox=mailbox.name,
                )
            )
        return name

    def action_catchall_copies(self):
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Copies for the Sent Folder"),
            "res_model": "mail.catchall.sent",
            "view_mode": "list",
            "domain": [("server_id", "=", self.id)],
        }

    def action_catchall_copies_now(self):
        self.check_access("write")
        # sudo: rows are read-only for people, so that nobody changes what was sent
        due = [("server_id", "in", self.ids), ("state", "=", "waiting")]
        # sudo: as above
        waiting = self.env["mail.catchall.sent"].sudo().search(due)
        waiting.next_try_date = fields.Datetime.now()
        waiting._wake()

    def action_catchall_forget_copies(self):
        self.check_access("write")
        failed = [("server_id", "in", self.ids), ("state", "=", "failed")]
        self.env["mail.catchall.sent"].search(failed).unlink()
