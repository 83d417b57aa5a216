"""A row about a stranger's message: who wrote it to whom, what was decided, and its text made safe.

What the ledger and the trial have in common; the exact bytes are for administrators.
"""

import base64

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import plaintext2html

from ...content.preview import header_text, preview
from ...router.codes import AuthorCheck, selection
from ...router.message.mail import ReceivedMail
from ...router.message.readable import decoded_parts
from ..companies.of_account import is_shown
from ..credentials.login_mail import hidden_text, own_logins, shown_value, shown_values
from ..said import say
from .decision_story import recipients_table, trace_story
from .safe_body import safe_body

# To see which servers received an account's mail.
FIRST_ROWS = 100
HEADER_BYTES = 100_000


class CatchallReadable(models.AbstractModel):
    _name = "mail.catchall.readable"
    _inherit = "mail.catchall.source"
    _description = "Row that Shows a Message"

    fetchmail_server_id = fields.Many2one("fetchmail.server", "Account", readonly=True, index=True)
    account_name = fields.Char(
        compute="_compute_account_name",
        search="_search_account_name",
        help="Only administrators can open the account itself, because it holds passwords.",
    )
    company_id = fields.Many2one("res.company", readonly=True, index=True)
    size = fields.Integer("Size (bytes)", readonly=True)
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
    author_check = fields.Selection(selection(AuthorCheck), readonly=True)
    unproven = fields.Boolean(
        readonly=True,
        help="The sender's address is one of yours, or of a user, and nothing proves that they "
        "wrote the email. It has no colleague as author, stays internal on records, and is passed "
        "on to nobody outside until that colleague releases it.",
    )
    trace = fields.Json(
        "Decision Steps", readonly=True, help="Every step of the decision, in order."
    )
    explanation = fields.Char("Why", readonly=True)

    source = fields.Binary(
        compute="_compute_source",
        groups="mail_catchall_router.group_catchall_manager",
        help="The exact bytes of the email, as the mailbox delivered them.",
    )
    has_source = fields.Boolean("Source Is Here", readonly=True)
    # Made safe in safe_body.py: sanitising once more would drop what the screen needs.
    body = fields.Html(compute="_compute_readable", sanitize=False)
    header_text = fields.Text("Headers", compute="_compute_readable")
    attachment_names = fields.Char("Attachments", compute="_compute_readable")
    recipients_html = fields.Html("Evidence", compute="_compute_story", sanitize=True)
    trace_html = fields.Html("Decision", compute="_compute_story", sanitize=True)

    # Not for people: equal for all copies of one message.
    identity = fields.Char(readonly=True, index="btree_not_null")

    def write(self, vals):
        return super().write(shown_values(self.env, vals))

    def _write_with_source(self, values, source):
        return super()._write_with_source(shown_values(self.env, values, codes=True), source)

    def _insert_with_source(self, values, source, on_conflict):
        values = shown_values(self.env, values, codes=True)
        return super()._insert_with_source(values, source, on_conflict)

    @api.depends("fetchmail_server_id.name")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_account_name(self):
        for row in self:
            # sudo: the name alone, of an account that the reader's company has or shares
            account = row.fetchmail_server_id.sudo()
            row.account_name = account.name if is_shown(self.env, account) else False

    @api.model
    def _search_account_name(self, operator, value):
        # sudo: as above
        accounts = self.env["fetchmail.server"].sudo().with_context(active_test=False)
        found = accounts.search([("name", operator, value)])
        shown = found.filtered(lambda account: is_shown(self.env, account))
        return [("fetchmail_server_id", "in", shown.ids)]

    @api.depends("subject", "email_from")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.subject or row.email_from or row.message_id or str(row.id)

    @api.depends("recipients", "trace")
    def _compute_story(self):
        for row in self:
            row.recipients_html = recipients_table(self.env, row.recipients)
            row.trace_html = trace_story(self.env, row.trace)

    def _received_mail(self):
        self.ensure_one()
        return ReceivedMail.from_bytes(self._read_source())

    @api.model
    def _first_headers(self, account, domain=(), order="id"):
        """Return the beginnings of the first messages of an account in that order, as bytes."""
        mine = [("fetchmail_server_id", "=", account.id), ("has_source", "=", True)]
        rows = self.search([*mine, *domain], order=order, limit=FIRST_ROWS)
        return [source for _row, source in rows._read_sources(HEADER_BYTES)]

    def _compute_source(self):
        for row in self:
            source = b"" if row._hides_login() else row._read_source()
            row.source = base64.b64encode(source) if source else False

    def _hides_login(self):
        """Whether the bytes would let the user log in here as somebody else."""
        if self.env.su or self.env.user.has_group("base.group_erp_manager"):
            return False
        mail = self._received_mail()
        logins = own_logins(self.env, header_text(mail))
        return any(logins.find(data) for data in (mail.source, *decoded_parts(mail)))

    @api.depends("has_source")
    def _compute_readable(self):
        for row in self:
            shown = preview(row._received_mail())
            logins, instead = own_logins(self.env, shown.header), hidden_text(self.env)
            row.body = _body(self.env, logins, shown, instead)
            row.header_text = logins.hide_fields(shown.header, instead)
            row.attachment_names = shown_value(logins, ", ".join(shown.attachments))

    def _download(self):
        """Return the action that downloads the bytes; whoever calls has checked the group."""
        self.ensure_one()
        if self.has_source and self._hides_login():
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


def _body(env, logins, shown, instead):
    """The body as it may be shown; what cannot be shown without a login is not shown at all."""
    markup = logins.hide(shown.html)
    if markup is None:
        return plaintext2html(instead)
    notes = [Markup("<p><em>%s</em></p>") % say(env, note.as_json()) for note in shown.notes]
    body = Markup().join((*notes, safe_body(markup, shown.pictures)))
    # Once more as it came out: making it safe puts together what stood apart.
    return plaintext2html(instead) if logins.find(str(body)) else body
