"""The incoming catch-all account: what an admin sets, what its form shows, and its buttons."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...ledger.codes import LedgerState
from ...router.codes import NearMissPolicy, State, StrangerReplies, selection
from ...router.message import addresses
from ..windows import form_window, list_window

COUNTED = {
    str(LedgerState.RECEIVED): "catchall_waiting_count",
    str(State.QUARANTINED): "catchall_quarantined_count",
    str(LedgerState.FAILED): "catchall_failed_count",
}


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    is_catchall = fields.Boolean(
        "Catch-all Mailbox",
        help="This mailbox receives the mail for every address of your domain. Each email is kept, "
        "the Mail Router finds its recipients, and nothing is lost or returned to the sender.",
    )
    # What a trial does is in models/trial. That there is one concerns whoever lists accounts.
    catchall_shadow = fields.Boolean(
        "On Trial",
        readonly=True,
        copy=False,
        help="Odoo fetches this account as before. For each email, what the Mail Router would have "
        "done is recorded.",
    )
    alias_domain_ids = fields.Many2many(
        "mail.alias.domain",
        "catchall_fetchmail_server_alias_domain_rel",
        string="Domains",
        help="The domains whose mail arrives here. Leave empty for all alias domains.",
    )
    envelope_header = fields.Char(
        help="The header in which your provider records the address that an email was sent to, "
        "such as X-Original-To. Leave empty to look at all known headers.",
    )
    trusted_authserv_ids = fields.Char(
        "Trusted Authentication Results",
        help="The names, separated by commas, under which your provider adds "
        "Authentication-Results headers, such as mx.google.com.",
    )
    own_hosts = fields.Char(
        "Own Mail Hosts",
        help="The names, separated by commas, of the servers that receive mail for you, such as "
        "mx1.provider.net, and of those that forward mail to them, such as a spam filter in front "
        "of the mailbox or another provider. Hosts under your own domains are known already. What "
        "earlier servers added to an email is not trusted.",
    )
    near_miss_policy = fields.Selection(
        selection(NearMissPolicy),
        "Mistyped Addresses",
        default=str(NearMissPolicy.ALIAS),
        required=True,
        help="What happens to an email for an address that is one letter away from a known one.",
    )
    stranger_replies = fields.Selection(
        selection(StrangerReplies),
        "Replies by Strangers",
        default=str(StrangerReplies.NOTE),
        required=True,
        help="What happens to a reply whose sender the record does not know: neither its contact "
        "nor a follower, nobody of their company, and nobody a colleague has written to there. "
        "An internal note tells followers who are colleagues, and nobody outside.",
    )
    imap_folder = fields.Char("Folder", default="INBOX", help="The mailbox folder to read.")
    fetch_junk = fields.Boolean(
        "Read the Junk Folder",
        default=True,
        help="Emails that the provider marked as spam are fetched too, and go to To Sort.",
    )
    fetch_since = fields.Datetime(
        "Fetch From",
        copy=False,
        help="Mail that arrived earlier stays untouched. Leave empty to fetch all mail.",
    )
    after_fetch = fields.Selection(
        [("seen", "Mark as read"), ("move", "Move to a folder"), ("delete", "Delete")],
        "After Fetching",
        default="seen",
        required=True,
        help="What happens in the mailbox once an email is safely stored in Odoo.",
    )
    archive_folder = fields.Char(default="Archive")
    max_message_mb = fields.Integer(
        "Maximum Email Size (MB)",
        default=50,
        help="A larger email stays in the mailbox and is listed as failed in Received Emails.",
    )
    catchall_verified_date = fields.Datetime("Verified", readonly=True, copy=False)
    catchall_folder_ids = fields.One2many(
        "mail.catchall.folder", "fetchmail_server_id", "Folders Fetched"
    )
    catchall_waiting_count = fields.Integer("Emails Queued", compute="_compute_catchall_counts")
    catchall_quarantined_count = fields.Integer(
        "Emails to Sort", compute="_compute_catchall_counts"
    )
    catchall_failed_count = fields.Integer("Emails Failed", compute="_compute_catchall_counts")

    @api.constrains("is_catchall", "server_type")
    def _check_catchall_server_type(self):
        for server in self:
            if server.is_catchall and server.server_type == "local":
                raise ValidationError(
                    self.env._(
                        "“%(server)s” is fed by a local script, so there is no mailbox to read. "
                        "Choose IMAP or POP3 for a catch-all account.",
                        server=server.name,
                    )
                )

    @api.constrains("max_message_mb")
    def _check_max_message_mb(self):
        for server in self:
            if server.max_message_mb <= 0:
                raise ValidationError(
                    self.env._(
                        "“%(server)s”: the maximum email size must be at least 1 MB.",
                        server=server.name,
                    )
                )

    @api.constrains("after_fetch", "archive_folder", "imap_folder")
    def _check_archive_folder(self):
        for server in self.filtered(lambda s: s.is_catchall and s.after_fetch == "move"):
            if not server.archive_folder or server.archive_folder == server.imap_folder:
                raise ValidationError(
                    self.env._(
                        "“%(server)s”: choose an archive folder other than the one that is read.",
                        server=server.name,
                    )
                )

    def _compute_catchall_counts(self):
        messages, groups = self.env["mail.catchall.message"], []
        # an Odoo administrator without access to the inbox can still open accounts
        if messages.has_access("read"):
            groups = messages._read_group(
                [("fetchmail_server_id", "in", self.ids), ("state", "in", list(COUNTED))],
                ["fetchmail_server_id", "state"],
                ["__count"],
            )
        counts = {(server.id, state): count for server, state, count in groups}
        for server in self:
            for state, name in COUNTED.items():
                server[name] = counts.get((server.id, state), 0)

    def action_catchall_activate(self):
        """Ask from which date on to fetch, then test and confirm the account."""
        self.ensure_one()
        return form_window(
            self.env["mail.catchall.activate"],
            self.env._("Start Fetching"),
            dialog=True,
            default_fetchmail_server_id=self.id,
        )

    def action_catchall_open_ledger(self):
        """Open the ledger of this account; the context names the state."""
        self.ensure_one()
        domain = [("fetchmail_server_id", "=", self.id)]
        if state := self.env.context.get("catchall_state"):
            domain.append(("state", "=", state))
        return list_window(self.env, "action_mail_catchall_message", domain, context={})

    def _catchall_own_hosts(self):
        """Names of hosts of ours beside those under our own domains."""
        names = [part.strip() for part in (self.own_hosts or "").split(",")]
        names.append(self.server or "")
        return frozenset(addresses.normalise_domain(name) for name in names if name.strip())
