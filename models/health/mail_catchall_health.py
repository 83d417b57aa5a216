"""The health of each account: one row of facts, from which findings are made when it is shown.

Facts are collected where a connection is open anyway, and written in transactions of their own:
neither a fetch nor a message waits for them, and a screen that shows them asks no server.
"""

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL
from psycopg2.extras import Json

from ...connections.quota import Quota
from ...health.assess import assess_incoming, assess_outgoing, to_announce
from ...health.sentences import WORDING
from ..findings.rendering import bullet_list, sentence
from ..short_cursor import short_cursor
from ..windows import form_window, list_window

LINKS = {"fetchmail.server": "fetchmail_server_id", "ir.mail_server": "mail_server_id"}


class CatchallHealth(models.Model):
    _name = "mail.catchall.health"
    _inherit = "mail.catchall.of.account"
    _description = "Account Health"
    _order = "kind, id"
    _catchall_accounts = {
        "fetchmail_server_id": "fetchmail.server",
        "mail_server_id": "ir.mail_server",
    }

    kind = fields.Selection(
        [("incoming", "Incoming"), ("outgoing", "Outgoing")], required=True, readonly=True
    )
    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Incoming Account", index=True, ondelete="cascade"
    )
    mail_server_id = fields.Many2one(
        "ir.mail_server", "Outgoing Account", index=True, ondelete="cascade"
    )

    # What a server has said.
    seen_date = fields.Datetime("Server Checked", readonly=True)
    capabilities = fields.Json(readonly=True)
    encryption = fields.Selection(
        [("ssl", "SSL/TLS"), ("starttls", "STARTTLS"), ("none", "None")], readonly=True
    )
    certificate_end = fields.Datetime("Certificate Expires", readonly=True)
    certificate_name = fields.Char("Issued To", readonly=True)
    size_limit = fields.Float("Maximum Email Size (bytes)", readonly=True, aggregator=None)
    quota_resource = fields.Char(readonly=True)
    quota_used = fields.Float(readonly=True, aggregator=None)
    quota_limit = fields.Float(readonly=True, aggregator=None)
    # How things went.
    last_count = fields.Integer("Emails in the Last Fetch", readonly=True, aggregator=None)
    last_seconds = fields.Float("Duration of the Last Fetch (s)", readonly=True, aggregator=None)
    last_row_id = fields.Integer("Last Email Counted", readonly=True, aggregator=None)
    failing_since = fields.Datetime(readonly=True)
    failure = fields.Char(readonly=True)
    told = fields.Json("Findings Reported", readonly=True)

    name = fields.Char("Account", compute="_compute_name")
    _one_account = models.Constraint(
        "CHECK(num_nonnulls(fetchmail_server_id, mail_server_id) = 1)",
        "A health row belongs to exactly one account.",
    )
    _incoming_unique = models.UniqueIndex("(fetchmail_server_id)", "An account has one health row.")
    _outgoing_unique = models.UniqueIndex("(mail_server_id)", "An account has one health row.")

    # ------------------------------------------------------------ rows

    @api.model
    def _of(self, accounts):
        """Return {account id: row} of accounts of one kind; those without a row are left out."""
        link = LINKS[accounts._name]
        return {row[link].id: row for row in self.search([(link, "in", accounts.ids)])}

    @api.model
    def _add(self, account):
        incoming = account._name == "fetchmail.server"
        values = {"kind": "incoming" if incoming else "outgoing", LINKS[account._name]: account.id}
        if incoming:
            newest = self.env["mail.catchall.message"].search(
                [("fetchmail_server_id", "=", account.id)], order="id desc", limit=1
            )
            values["last_row_id"] = newest.id
        return self.create(values)

    @api.model
    def _add_missing(self):
        """Rows for accounts that were there before; called by each update."""
        for model in LINKS:
            self.env[model].search([("is_catchall", "=", True)])._catchall_keep_health()

    def _account(self):
        self.ensure_one()
        return self.fetchmail_server_id or self.mail_server_id

    @api.depends("fetchmail_server_id.name", "mail_server_id.name")
    def _compute_name(self):
        for row in self:
            row.name = row.sudo()._account().name  # sudo: the name alone, no password

    # ------------------------------------------------------------ facts

    def _note(self, values):
        """Keep facts at once, whatever becomes of this transaction; never wait for anybody."""
        if not self:
            return
        assignments = SQL(", ").join(
            SQL("%s = %s", SQL.identifier(name), value) for name, value in values.items()
        )
        with short_cursor(self.env) as env:
            env.cr.execute(
                SQL(
                    """UPDATE mail_catchall_health h SET %s
                        WHERE h.id IN (SELECT id FROM mail_catchall_health WHERE id = %s
                                          FOR NO KEY UPDATE SKIP LOCKED)""",
                    assignments,
                    self.id,
                )
            )
        self.invalidate_recordset(list(values))

    def _note_seen(self, seen):
        quota, capabilities = seen.quota, set(seen.capabilities)
        values = {
            "seen_date": fields.Datetime.now(),
            "encryption": seen.encryption,
            "size_limit": seen.size or None,
            "quota_resource": quota and quota.resource,
            "quota_used": quota and quota.used,
            "quota_limit": quota and quota.limit,
        }
        if seen.certificate_end or seen.encryption != "none":
            values |= {
                "certificate_end": seen.certificate_end,
                "certificate_name": seen.certificate_name or None,
            }
        else:
            # Only the button asks for the certificate behind STARTTLS: what it saw stays.
            capabilities |= {"STARTTLS", "STLS"} & set(self.capabilities or ())
        self._note({**values, "capabilities": Json(sorted(capabilities))})

    def _forget_seen(self):
        """What another server said no longer holds."""
        names = [
            *("seen_date", "capabilities", "encryption", "size_limit"),
            *("certificate_end", "certificate_name"),
            *("quota_resource", "quota_used", "quota_limit"),
            *("failing_since", "failure"),
        ]
        self.write(dict.fromkeys(names, False))
        # At once: facts that a login of this very transaction brings must not come between.
        self.flush_recordset(names)

    def _note_fetch(self, seconds):
        """Keep how long a fetch took, and what it brought: the rows since the one before."""
        self._note(
            {
                "last_seconds": seconds,
                "last_count": SQL(
                    """(SELECT count(*) FROM mail_catchall_message m
                         WHERE m.fetchmail_server_id = h.fetchmail_server_id
                           AND m.id > COALESCE(h.last_row_id, 0))"""
                ),
                "last_row_id": SQL(
                    """GREATEST(h.last_row_id, (SELECT max(m.id) FROM mail_catchall_message m
                                WHERE m.fetchmail_server_id = h.fetchmail_server_id))"""
                ),
            }
        )

    def _note_connected(self, failure):
        """Keep since when no login succeeds; a success that follows a success changes nothing."""
        if failure:
            since = SQL("COALESCE(h.failing_since, %s)", fields.Datetime.now())
            self._note({"failing_since": since, "failure": failure})
        elif self.failing_since:
            self._note({"failing_since": None, "failure": None})

    def _quota(self):
        if not self.quota_resource:
            return None
        return Quota(self.quota_resource, int(self.quota_used), int(self.quota_limit))

    def _assess(self, facts):
        return (assess_incoming if self.kind == "incoming" else assess_outgoing)(facts)

    # ------------------------------------------------------------ telling

    @api.model
    def _cron_watch(self):
        """Tell administrators, once, of what does not fix itself."""
        self._add_missing()
        rows = self.search([])  # pylint: disable=no-search-all
        commit = self.env["ir.cron"]._commit_progress
        commit(remaining=len(rows))
        for row in rows:
            try:
                row._watch()
                self.env.flush_all()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()  # a fetch has just ended: next time
            if not commit(1):
                break

    def _watch(self):
        """In one transaction: told, and known to be told."""
        facts, _linked = self._facts()
        quota = self._quota()
        found = self._assess(facts)
        fresh, told = to_announce(found, self.told or {}, quota and quota.percent)
        if told != (self.told or {}):
            self.told = told
        if fresh:
            self.env["ir.mail_server"]._catchall_tell_admins(
                self.env._("The account %s needs attention", self.name),
                bullet_list(sentence(self.env, finding, WORDING) for finding in fresh),
            )

    # ------------------------------------------------------------ buttons

    def action_open_account(self):
        self.ensure_one()
        # sudo: only its id; the form checks the reader's rights
        return form_window(self.sudo()._account())

    def action_statistics(self):
        """The messages per day: received ones from the ledger, sent ones from the deliveries."""
        self.ensure_one()
        if self.kind == "incoming":
            domain = [("fetchmail_server_id", "=", self.fetchmail_server_id.id)]
            return list_window(self.env, "action_mail_catchall_statistics", domain)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Accepted Recipients"),
            "res_model": "mail.catchall.delivery",
            "views": [(False, "graph"), (False, "list")],
            "domain": [("server_id", "=", self.mail_server_id.id)],
            "context": {"graph_mode": "bar", "graph_groupbys": ["accepted_date:day"]},
        }

    def action_check(self):
        self.ensure_one()
        # as the user who pressed it: the account checks that they may write it
        account = self.sudo()._account()  # sudo: only which account it is
        return account.with_env(self.env).action_catchall_check_health()
