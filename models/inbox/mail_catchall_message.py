"""The ledger: every message that a catch-all account received, with what became of it and why."""

import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...credentials.login_links import hide_login_links
from ...router.codes import AuthorCheck, Reason, State
from ...router.message.mail import ReceivedMail
from ...router.message.readable import readable_body
from .decision_story import recipients_table, trace_story
from .safe_body import safe_body


class CatchallMessage(models.Model):
    _name = "mail.catchall.message"
    _description = "Received Email"
    _order = "id desc"
    _rec_name = "subject"

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Account", readonly=True, index=True, ondelete="set null"
    )
    account_name = fields.Char(
        "Account Name",
        related="fetchmail_server_id.name",
        help="Only administrators can open the account itself, because it holds passwords.",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    folder = fields.Char(readonly=True, help="The mailbox folder that the email was in.")
    folder_is_junk = fields.Boolean("From Junk", readonly=True)
    remote_key = fields.Char(
        readonly=True,
        help="How the mailbox identifies this email: folder, UIDVALIDITY and UID, or POP3 UIDL.",
    )
    size = fields.Integer("Size (bytes)", readonly=True)
    received_date = fields.Datetime("Received", readonly=True, index=True)
    fetched_date = fields.Datetime("Fetched", readonly=True)

    state = fields.Selection(
        State.selection(), required=True, default=str(State.RECEIVED), readonly=True
    )
    reason = fields.Selection(Reason.selection(), readonly=True, index=True)
    message_id = fields.Char("Message-ID", readonly=True, index="btree_not_null")
    email_from = fields.Char("From", readonly=True)
    email_to = fields.Char("To", readonly=True)
    contact = fields.Char(
        "Customer",
        readonly=True,
        help="The customer's address on the records. It is not always the From address: web forms, "
        "shops and groups put their own address there and the customer's in Reply-To.",
    )
    subject = fields.Char(readonly=True)
    recipients = fields.Json(
        "Recipients with Evidence",
        readonly=True,
        help="The addresses that the email was meant for, each with its evidence.",
    )
    recipient_names = fields.Char("Recipients", readonly=True)
    author_check = fields.Selection(AuthorCheck.selection(), readonly=True)
    verdicts = fields.Char(
        readonly=True, help="The kinds of email that the router found this to be."
    )
    trace = fields.Json(readonly=True, help="Every step of the decision, in order.")
    facts = fields.Json(readonly=True)
    explanation = fields.Char("Why", readonly=True)

    attempts = fields.Integer(readonly=True, aggregator=None)
    error = fields.Text(readonly=True)
    next_try_date = fields.Datetime(readonly=True)
    route_ids = fields.One2many("mail.catchall.route", "catchall_message_id", "Records")
    route_count = fields.Integer(compute="_compute_route_count")

    source = fields.Binary(
        compute="_compute_source",
        groups="mail_catchall_router.group_catchall_manager",
        help="The exact bytes that the mailbox delivered.",
    )
    has_source = fields.Boolean(readonly=True)
    # Made safe in safe_body.py: sanitising once more would drop what the screen needs.
    body = fields.Html(compute="_compute_readable", sanitize=False)
    header_text = fields.Text("Headers", compute="_compute_readable")
    attachment_names = fields.Char("Attachments", compute="_compute_readable")
    recipients_html = fields.Html("Evidence", compute="_compute_recipients_html", sanitize=True)
    trace_html = fields.Html("Decision", compute="_compute_trace_html", sanitize=True)

    # Not for people: what lanes need, see models/routing/lane.py.
    claim_pid = fields.Integer(readonly=True)
    claim_start = fields.Char(readonly=True)
    sender_key = fields.Char(readonly=True)
    thread_key = fields.Char(readonly=True)
    identity = fields.Char(readonly=True, index="btree_not_null")

    _remote_key_unique = models.UniqueIndex(
        "(fetchmail_server_id, remote_key)", "This email of the mailbox has already been received."
    )
    _open_index = models.Index("(id) WHERE state = 'received'")
    _state_index = models.Index("(state, id)")
    _sender_index = models.Index("(sender_key, fetched_date)")

    def init(self):
        # The exact bytes stand in a column that the ORM does not know: its Binary holds base64,
        # a third more, and a failing INSERT would write the whole message into the log.
        # EXTERNAL: mail is mostly base64 and compressed files, compressing it again costs time.
        self.env.cr.execute(
            """
            ALTER TABLE mail_catchall_message ADD COLUMN IF NOT EXISTS source bytea;
            ALTER TABLE mail_catchall_message ALTER COLUMN source SET STORAGE EXTERNAL;
            """
        )

    # ------------------------------------------------------------
    # Reading a message
    # ------------------------------------------------------------

    def _read_source(self):
        """Return the exact bytes of this message; ``b""`` when only the mailbox has them."""
        self.ensure_one()
        self.env.cr.execute(SQL("SELECT source FROM mail_catchall_message WHERE id = %s", self.id))
        row = self.env.cr.fetchone()
        return bytes(row[0]) if row and row[0] is not None else b""

    def _settled_before(self, mail):
        """Hook: the targets that this mail is not to reach again, None when nothing is known.

        Asked where no other row of the ledger is a copy of it.
        """
        return None

    def _received_mail(self):
        self.ensure_one()
        return ReceivedMail.from_bytes(self._read_source(), folder_is_junk=self.folder_is_junk)

    def _compute_source(self):
        for row in self:
            source = row._read_source()
            row.source = base64.b64encode(source) if source else False

    @api.depends("has_source")
    def _compute_readable(self):
        for row in self:
            readable = readable_body(row._received_mail())
            text, markup = hide_login_links(readable.text), hide_login_links(readable.html)
            row.body = safe_body(text, markup, readable.pictures)
            row.header_text = readable.header
            row.attachment_names = ", ".join(readable.attachments)

    @api.depends("route_ids")
    def _compute_route_count(self):
        for row in self:
            row.route_count = len(row.route_ids)

    @api.depends("recipients")
    def _compute_recipients_html(self):
        for row in self:
            row.recipients_html = recipients_table(self.env, row.recipients)

    @api.depends("trace")
    def _compute_trace_html(self):
        for row in self:
            row.trace_html = trace_story(self.env, row.trace)

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def _check_can_sort(self):
        """Raise unless the user works the inbox, and may see these messages (company rules)."""
        self.check_access("read")
        if not self.env.user.has_group("mail_catchall_router.group_catchall_user"):
            raise AccessError(
                self.env._(
                    "Sorting received mail requires the access right “Mail Router / User”. "
                    "Ask an administrator to grant it."
                )
            )

    def _open_wizard(self, xmlid, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": xmlid,
            "view_mode": "form",
            "target": "new",
            "context": {"default_catchall_message_ids": self.ids, "active_ids": self.ids},
        }

    def action_route(self, alias_id=None, model=None, res_id=None):
        """Route these messages to an alias or to a record; without arguments, ask which.

        :param alias_id: id of a ``mail.alias``
        :param model, res_id: an existing record (``res_id``), or a model to make a new one of
        """
        self._check_can_sort()
        if not alias_id and not model:
            return self._open_wizard("mail.catchall.route.wizard", self.env._("Route To"))
        for row in self:
            row._route_by_hand(alias_id=alias_id, model=model, res_id=res_id)
        return True

    def action_create_alias(self):
        """Ask for a new alias for the address these messages were meant for, and route them."""
        self._check_can_sort()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "Only an administrator may create aliases. Route the email to an existing "
                    "alias, or ask an administrator to create a new one."
                )
            )
        return self._open_wizard("mail.catchall.alias.wizard", self.env._("Create Alias"))

    def action_ignore(self):
        """Dismiss these messages: they stay in the ledger and create nothing."""
        self._check_can_sort()
        routed = self.filtered(lambda row: row.state == State.ROUTED)
        if routed:
            raise UserError(
                self.env._(
                    "“%(subject)s” has already been routed. Archive or delete its record instead.",
                    subject=routed[0].display_name,
                )
            )
        # sudo: nobody may write the ledger by hand; this button is the way to do it.
        self.sudo().write(
            {
                "state": str(State.IGNORED),
                "explanation": self.env._("Dismissed by %(user)s", user=self.env.user.name),
            }
        )
        return True

    def action_replay(self):
        """Route these messages again, as if they had just arrived. No record is made twice."""
        self._check_can_sort()
        self.sudo()._reopen()  # sudo: as above
        self.env["mail.catchall.message"]._wake_lanes()
        return True

    def action_download(self):
        """Download the exact bytes of this mail."""
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("mail_catchall_router.group_catchall_manager"):
            raise AccessError(
                self.env._(
                    "Downloading the source requires the access right “Mail Router / "
                    "Administrator”. Ask an administrator to grant it."
                )
            )
        if not self.source and self.has_source:
            raise AccessError(
                self.env._(
                    "Anyone who has this email can log in as somebody else. Only users who may set "
                    "passwords (Administration / Access Rights) can download its source."
                )
            )
        return {
            "type": "ir.actions.act_url",
            "url": f"/web/content/{self._name}/{self.id}/source"
            f"?download=true&filename=mail-{self.id}.eml",
            "target": "self",
        }

    def action_open_records(self):
        """Open the records that this message reached."""
        self.ensure_one()
        return self.route_ids._open_records()

    def _reopen(self):
        """Put rows back to the start; those whose bytes are not here are fetched again first."""
        self.write(
            {
                "state": str(State.RECEIVED),
                "reason": False,
                "attempts": 0,
                "error": False,
                "next_try_date": False,
                "waiting_since": False,
                "waiting_for": False,
                "claim_pid": False,
                "claim_start": False,
                "explanation": False,
                "rule_ids": [fields.Command.clear()],
            }
        )
        missing = self.filtered(lambda row: not row.has_source)
        for server in missing.fetchmail_server_id:
            server._catchall_fetch_again(
                missing.filtered(lambda r, s=server: r.fetchmail_server_id == s)
            )

    @api.depends("subject", "email_from")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.subject or row.email_from or row.message_id or str(row.id)
