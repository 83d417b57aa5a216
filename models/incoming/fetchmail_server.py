"""Catch-all accounts: the mailbox is emptied into the ledger, which is committed first.

Odoo's own ``_fetch_mail`` marks a message as handled whether or not it could be processed
(mail/models/fetchmail.py). For a catch-all account nothing is processed here: bytes are written
down, committed, and only then acknowledged to the mailbox. The lanes do the rest.
"""

import logging
import poplib
import time
from imaplib import IMAP4

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import exception_to_unicode

from ...connections import trouble_of
from ...incoming import ImapFolder, MailboxError
from ...router.message import addresses
from .fetch_session import FetchSession

_logger = logging.getLogger(__name__)


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    is_catchall = fields.Boolean(
        "Catch-all Mailbox",
        help="This mailbox receives the mail for every address of your domain. Each email is kept, "
        "the Mail Router finds its recipients, and nothing is lost or returned to the sender.",
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
        "mx1.provider.net. Hosts under your own domains are known already. What earlier servers "
        "added to an email is not trusted.",
    )
    near_miss_policy = fields.Selection(
        [
            ("alias", "Deliver to aliases"),
            ("all", "Deliver to aliases and users"),
            ("suggest", "Suggest only"),
            ("off", "Off"),
        ],
        "Mistyped Addresses",
        default="alias",
        required=True,
        help="What happens to an email for an address that is one letter away from a known one.",
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
    catchall_database_uuid = fields.Char(readonly=True, copy=False)
    catchall_other_database = fields.Boolean(compute="_compute_catchall_other_database")
    catchall_folder_ids = fields.One2many("mail.catchall.folder", "fetchmail_server_id")
    catchall_cron_id = fields.Many2one("ir.cron", readonly=True, copy=False)
    catchall_waiting_count = fields.Integer(compute="_compute_catchall_counts")
    catchall_quarantined_count = fields.Integer(compute="_compute_catchall_counts")
    catchall_failed_count = fields.Integer(compute="_compute_catchall_counts")

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

    @api.depends("catchall_database_uuid", "is_catchall")
    def _compute_catchall_other_database(self):
        uuid = self._catchall_uuid()
        for server in self:
            bound = server.catchall_database_uuid
            server.catchall_other_database = bool(server.is_catchall and bound and bound != uuid)

    def _compute_catchall_counts(self):
        if not self.env["mail.catchall.message"].has_access("read"):
            # an Odoo administrator without access to the inbox can still open accounts
            self.catchall_waiting_count = 0
            self.catchall_quarantined_count = 0
            self.catchall_failed_count = 0
            return
        counts = {
            (server.id, state): count
            for server, state, count in self.env["mail.catchall.message"]._read_group(
                [
                    ("fetchmail_server_id", "in", self.ids),
                    ("state", "in", ("received", "quarantined", "failed")),
                ],
                ["fetchmail_server_id", "state"],
                ["__count"],
            )
        }
        for server in self:
            server.catchall_waiting_count = counts.get((server.id, "received"), 0)
            server.catchall_quarantined_count = counts.get((server.id, "quarantined"), 0)
            server.catchall_failed_count = counts.get((server.id, "failed"), 0)

    @api.model
    def _catchall_uuid(self):
        # sudo: the database's own name, compared and never shown
        return self.env["ir.config_parameter"].sudo().get_param("database.uuid")

    @api.model_create_multi
    def create(self, vals_list):
        servers = super().create(vals_list)
        servers._catchall_keep_consistent()
        return servers

    def write(self, vals):
        result = super().write(vals)
        if {"is_catchall", "state", "active", "name"} & vals.keys():
            self._catchall_keep_consistent()
        return result

    def unlink(self):
        crons = self.catchall_cron_id
        result = super().unlink()
        crons.sudo().unlink()  # sudo: they exist for these accounts alone
        return result

    def _catchall_keep_consistent(self):
        """Bind new catch-all accounts to this database, and give each a fetch job of its own."""
        for server in self.filtered("is_catchall"):
            if not server.catchall_database_uuid:
                server.catchall_database_uuid = self._catchall_uuid()
            if not server.catchall_cron_id:
                server.catchall_cron_id = server._catchall_create_cron()
        for server in self.filtered("catchall_cron_id"):
            active = server.is_catchall and server.active and server.state == "done"
            name = self.env._("Catch-all: fetch %(account)s", account=server.name)
            cron = server.catchall_cron_id.sudo()  # sudo: the job belongs to the account
            if cron.active == active and cron.name == name:
                continue
            # One that is running may not be changed; it asks the account before it fetches.
            if cron.try_lock_for_update(allow_referencing=True):
                cron.write({"active": active, "name": name})

    def _catchall_create_cron(self):
        # sudo: whoever may set up an account gets its job. Its own interval is only a safety net:
        # Odoo's fetch job wakes it, so that the interval is set in one place.
        return (
            self.env["ir.cron"]
            .sudo()
            .create(
                {
                    "name": self.env._("Catch-all: fetch %(account)s", account=self.name),
                    "model_id": self.env["ir.model"]._get_id(self._name),
                    "state": "code",
                    "code": f"model.browse({self.id})._cron_catchall_fetch()",
                    "user_id": self.env.ref("base.user_root").id,
                    "interval_number": 1,
                    "interval_type": "hours",
                    "active": False,
                }
            )
        )

    def action_catchall_confirm_database(self):
        """The admin confirms that this copy of the database is the one that reads the mailbox."""
        self.check_access("write")
        self.write({"catchall_database_uuid": self._catchall_uuid(), "error_message": False})
        return True

    def action_catchall_activate(self):
        """Ask from which date on to fetch, then test and confirm the account."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Start Fetching"),
            "res_model": "mail.catchall.activate",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_fetchmail_server_id": self.id,
                # an account that Odoo itself fetches: try the router beside it
                **({} if self.is_catchall else {"default_start": "trial"}),
            },
        }

    def button_confirm_login(self):
        """For a catch-all account, errors say what to do and the folder must exist."""
        catchall = self.filtered("is_catchall")
        for server in catchall:
            try:
                super(FetchmailServer, server).button_confirm_login()
                server._catchall_check_folder()
            except Exception as error:
                # natively a UserError made while handling what really happened
                cause = error.__context__ or error
                raise UserError(server._catchall_explain(cause)) from error
        others = self - catchall
        return super(FetchmailServer, others).button_confirm_login() if others else True

    def _catchall_check_folder(self):
        if self._get_connection_type() != "imap":
            return
        connection = self._connect__(allow_archived=True)
        try:
            ImapFolder(connection, self.imap_folder or "INBOX")
        finally:
            connection.disconnect()

    def action_catchall_open_ledger(self):
        """Open the ledger of this account; the context names the state."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_catchall_router.action_mail_catchall_message"
        )
        action["domain"] = [("fetchmail_server_id", "=", self.id)]
        if state := self.env.context.get("catchall_state"):
            action["domain"].append(("state", "=", state))
        action["context"] = {}
        return action

    # ------------------------------------------------------------
    # Fetching
    # ------------------------------------------------------------

    @api.model
    def _fetch_mails(self, **kw):
        """Let Odoo's cron only wake the jobs of catch-all accounts, so that none waits for another.

        A single account has nothing to wait for: it is fetched here, as in plain Odoo.
        """
        servers = self.search([("state", "=", "done"), ("server_type", "!=", "local")])
        catchall = servers.filtered("is_catchall")
        if len(servers) > 1 and catchall:
            for server in catchall:
                server.catchall_cron_id.sudo()._trigger()  # sudo: waking it is not configuring it
            self = self.with_context(catchall_dispatched=True)
        return super()._fetch_mails(**kw)

    def _cron_catchall_fetch(self):
        self.exists().filtered(lambda s: s.active and s.state == "done")._fetch_mail()

    def _fetch_mail(self, batch_limit=50):
        catchall = self.filtered("is_catchall")
        others = self - catchall
        result = super(FetchmailServer, others)._fetch_mail(batch_limit) if others else None
        if self.env.context.get("catchall_dispatched"):
            return result
        for server in catchall:
            result = server._catchall_fetch() or result
        return result

    def _connect__(self, allow_archived=False):
        self._catchall_check_may_connect()
        if not self.is_catchall:
            return super()._connect__(allow_archived=allow_archived)
        with self._catchall_keeping_secrets():
            connection = super()._connect__(allow_archived=allow_archived)
            self._catchall_logged_in(connection)
        return connection

    def _catchall_check_may_connect(self):
        """Hook: raise a UserError where this account must not be connected to now."""

    def _catchall_logged_in(self, connection):
        """Hook: the account has connected and logged in; its secrets are kept meanwhile."""

    def _catchall_fetch(self):
        """Fill the ledger from the mailbox; return the exception that stopped it, or None."""
        self.ensure_one()
        server = self.with_context(fetchmail_cron_running=True)
        if not server.try_lock_for_update(allow_referencing=True):
            _logger.info("Catch-all account %s is being fetched already", server.id)
            return None
        if server.catchall_other_database:
            error = UserError(
                self.env._(
                    "“%(server)s” was set up in another database, of which this one is a copy. "
                    "Two databases that read the same mailbox take each other's mail. Open the "
                    "account and confirm that this is the database to use.",
                    server=server.name,
                )
            )
            server._catchall_note_error(error)
            return error
        started, connection = time.monotonic(), None
        # The ledger is written by a cursor of its own: its commits must not give up the lock on
        # the account, which the transaction of this one holds.
        with self.env.registry.cursor() as ledger_cr:
            try:
                connection = server._connect__()
                session = FetchSession(server, connection, self.env(cr=ledger_cr))
                session.run()
                server.write({"error_date": False, "error_message": False})
                failure = None
            except Exception as error:
                # Shown on the account's form. What was stored so far is committed, and the next
                # fetch goes on after it.
                ledger_cr.rollback()
                _logger.info("Fetching catch-all account %s failed", server.id, exc_info=True)
                server._catchall_note_error(error)
                failure = error
            finally:
                server._catchall_disconnect(connection)
        server.date = fields.Datetime.now()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        server._catchall_fetched(time.monotonic() - started)
        return failure

    def _catchall_fetched(self, seconds):
        """Hook: a fetch has ended, well or not, after so many seconds; all of it is committed."""

    def _catchall_note_error(self, error):
        # Unlike plain Odoo: a catch-all account is never switched off for its errors. Mail waits in
        # the mailbox, and the account says since when and why.
        self.write(
            {
                "error_date": self.error_date or fields.Datetime.now(),
                "error_message": self._catchall_explain(error),
            }
        )

    def fetch_mail(self):
        self.ensure_one()
        if not self.is_catchall:
            return super().fetch_mail()
        self.check_access("write")
        # sudo: as in plain Odoo; the account's password is read on behalf of whoever may write it
        error = self.sudo()._fetch_mail()
        if error is not None:
            raise UserError(self._catchall_explain(error)) from error
        return None

    def _catchall_explain(self, error):
        """One sentence for the admin: the account, what happened, what to do."""
        name = self.display_name
        text = _readable(error)
        if isinstance(error, (UserError, MailboxError)):
            return text
        trouble = trouble_of(error)
        if trouble is None:
            return self.env._(
                "“%(account)s”: an unexpected error occurred (%(error)s). The details are in "
                "Odoo's log. The mail is safe in the mailbox, and fetching is retried "
                "automatically.",
                account=name,
                error=text,
            )
        return self._catchall_explain_trouble(trouble, getattr(error, "strerror", None) or text)

    def _catchall_fetch_again(self, rows):
        """Fetch rows whose bytes are still only in the mailbox (too large, refused)."""
        self.ensure_one()
        connection = None
        try:
            # sudo: the password; the caller checked its rights
            connection = self.sudo()._connect__()
            FetchSession(self.sudo(), connection, self.env).fetch_rows(rows)
        except (OSError, IMAP4.error, poplib.error_proto, MailboxError) as error:
            raise UserError(self.sudo()._catchall_explain(error)) from error
        finally:
            self._catchall_disconnect(connection)

    def _catchall_disconnect(self, connection):
        if connection is None:
            return
        try:
            connection.disconnect()
        except (OSError, IMAP4.error, poplib.error_proto):
            _logger.info("Catch-all account %s: the connection ended early", self.id)

    # ------------------------------------------------------------
    # What the router asks
    # ------------------------------------------------------------

    def _catchall_own_hosts(self):
        """Names of hosts of ours beside those under our own domains."""
        names = [part.strip() for part in (self.own_hosts or "").split(",")]
        names.append(self.server or "")
        return frozenset(addresses.normalise_domain(name) for name in names if name.strip())


def _readable(error):
    """What an exception says; imaplib and poplib hand on the server's bytes."""
    if error.args and isinstance(error.args[0], bytes):
        return error.args[0].decode("utf-8", "replace")
    return exception_to_unicode(error)
