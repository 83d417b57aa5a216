"""The trial: what Odoo did with each message, beside what the router would have done.

A row is written by ``observer.py`` while Odoo fetches an account as ever. It holds the exact
bytes, so that a message which Odoo lost can be routed after all.
"""

import base64

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...credentials.login_links import hide_login_links
from ...router.codes import AuthorCheck, Reason, State
from ...router.message.mail import ReceivedMail
from ...router.message.readable import readable_body
from ...trial.comparison import Comparison, Did
from ..inbox.decision_story import recipients_table, trace_story
from ..inbox.safe_body import safe_body


class CatchallShadow(models.Model):
    _name = "mail.catchall.shadow"
    _description = "Email of a Trial"
    _order = "id desc"
    _rec_name = "subject"

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Account", readonly=True, index=True, ondelete="set null"
    )
    account_name = fields.Char(related="fetchmail_server_id.name", string="Account Name")
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    observed_date = fields.Datetime("Fetched by Odoo", readonly=True, index=True)
    observed_count = fields.Integer("Times Fetched", readonly=True, aggregator=None)
    size = fields.Integer("Size (bytes)", readonly=True)
    message_id = fields.Char("Message-ID", readonly=True, index="btree_not_null")
    email_from = fields.Char("From", readonly=True)
    email_to = fields.Char("To", readonly=True)
    subject = fields.Char(readonly=True)

    did = fields.Selection(
        Did.selection(), "Odoo", required=True, default=str(Did.PENDING), readonly=True
    )
    native_places = fields.Json(readonly=True)
    native_error = fields.Text("Odoo Error", readonly=True)
    bounced_to = fields.Char(readonly=True)
    lost = fields.Boolean(
        "Lost by Odoo",
        readonly=True,
        help="Odoo created nothing from it; the router would have kept or routed it.",
    )

    state = fields.Selection(State.selection(), "Router", readonly=True)
    reason = fields.Selection(Reason.selection(), readonly=True)
    places = fields.Json(readonly=True)
    recipients = fields.Json("Recipients with Evidence", readonly=True)
    recipient_names = fields.Char("Recipients", readonly=True)
    contact = fields.Char("Customer", readonly=True)
    author_check = fields.Selection(AuthorCheck.selection(), readonly=True)
    trace = fields.Json(readonly=True)
    explanation = fields.Char("Why", readonly=True)
    decision_error = fields.Text("Router Error", readonly=True)

    verdict = fields.Selection(
        Comparison.selection(),
        required=True,
        default=str(Comparison.PENDING),
        readonly=True,
        index=True,
    )
    reviewed = fields.Boolean(readonly=True)
    replayed = fields.Boolean("Routed Afterwards", readonly=True)
    catchall_message_id = fields.Many2one(
        "mail.catchall.message",
        "Received Email",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    replayed_state = fields.Selection(related="catchall_message_id.state", string="Current State")

    source = fields.Binary(
        compute="_compute_source",
        groups="mail_catchall_router.group_catchall_manager",
        help="The exact bytes that Odoo fetched.",
    )
    has_source = fields.Boolean(readonly=True)
    # Made safe in safe_body.py: sanitising once more would drop what the screen needs.
    body = fields.Html(compute="_compute_readable", sanitize=False)
    header_text = fields.Text("Headers", compute="_compute_readable")
    attachment_names = fields.Char("Attachments", compute="_compute_readable")
    recipients_html = fields.Html("Evidence", compute="_compute_story", sanitize=True)
    trace_html = fields.Html("Decision", compute="_compute_story", sanitize=True)

    # Not for people: by these a message is known again.
    fingerprint = fields.Char(readonly=True)
    identity = fields.Char(readonly=True, index="btree_not_null")

    _fingerprint_unique = models.UniqueIndex(
        "(fetchmail_server_id, fingerprint)", "This email is already in the trial."
    )

    def init(self):
        # as in the ledger: bytes that the ORM does not know, and that are not compressed twice
        self.env.cr.execute(
            """
            ALTER TABLE mail_catchall_shadow ADD COLUMN IF NOT EXISTS source bytea;
            ALTER TABLE mail_catchall_shadow ALTER COLUMN source SET STORAGE EXTERNAL;
            """
        )

    # ------------------------------------------------------------
    # Reading a message
    # ------------------------------------------------------------

    def _read_source(self):
        """Return the exact bytes of this message, ``b""`` when they are not kept (any more)."""
        self.ensure_one()
        self.env.cr.execute(SQL("SELECT source FROM mail_catchall_shadow WHERE id = %s", self.id))
        row = self.env.cr.fetchone()
        return bytes(row[0]) if row and row[0] is not None else b""

    def _compute_source(self):
        for row in self:
            source = b"" if row._hides_login() else row._read_source()
            row.source = base64.b64encode(source) if source else False

    def _hides_login(self):
        """Whether the bytes would let the user log in as somebody else, as in the ledger."""
        if self.env.su or self.env.user.has_group("base.group_erp_manager"):
            return False
        readable = readable_body(ReceivedMail.from_bytes(self._read_source()))
        text = f"{readable.text}\n{readable.html}"
        return self.env["mail.catchall.message"]._has_own_login(text)

    @api.depends("has_source")
    def _compute_readable(self):
        for row in self:
            readable = readable_body(ReceivedMail.from_bytes(row._read_source()))
            text, markup = hide_login_links(readable.text), hide_login_links(readable.html)
            row.body = safe_body(text, markup, readable.pictures)
            row.header_text = readable.header
            row.attachment_names = ", ".join(readable.attachments)

    @api.depends("recipients", "trace")
    def _compute_story(self):
        for row in self:
            row.recipients_html = recipients_table(self.env, row.recipients)
            row.trace_html = trace_story(self.env, row.trace)

    @api.depends("subject", "email_from")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.subject or row.email_from or row.message_id or str(row.id)

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("mail_catchall_router.group_catchall_manager"):
            raise AccessError(
                self.env._(
                    "The trial requires the access right “Mail Router / Administrator”. "
                    "Ask an administrator to grant it."
                )
            )

    def action_review(self):
        """Say that somebody has looked at these messages: nothing is to be done about them."""
        self._check_manager()
        self.sudo().reviewed = True  # sudo: nobody writes these rows by hand otherwise
        return True

    def action_download(self):
        """Download the exact bytes of this mail."""
        self.ensure_one()
        self._check_manager()
        if self._hides_login():
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

    def action_open_ledger(self):
        """Open the ledger's row of this mail."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.catchall.message",
            "res_id": self.catchall_message_id.id,
            "views": [(False, "form")],
        }

    def action_open_native(self):
        """Open what Odoo has made of this mail."""
        self.ensure_one()
        places = [place for place in self.native_places or () if place["model"] in self.env]
        for place in places:
            record = self.env[place["model"]].browse(place["res_id"]).exists()
            if record:
                record.check_access("read")
                return record.get_formview_action()
        raise UserError(
            self.env._("The record that Odoo created from this email no longer exists.")
        )
