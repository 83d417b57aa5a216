"""The screen of “Where would this go?”."""

import base64
import binascii

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..windows import form_window
from .decision_outcome import decision_outcome
from .decision_story import recipients_table, trace_story
from .where import ROUTER_ACCOUNTS, decide_where


class CatchallWhere(models.TransientModel):
    _name = "mail.catchall.where"
    _description = "Where Would This Go?"

    about = fields.Selection(
        [("address", "An address"), ("text", "A pasted email"), ("file", "An email file")],
        required=True,
        default="address",
    )
    address = fields.Char()
    sender = fields.Char(help="Leave empty for an unknown sender.")
    text = fields.Text("Message Source")
    file = fields.Binary("File (.eml)", attachment=False)
    file_name = fields.Char()
    account_choice = fields.Selection("_selection_account", "Account")
    outcome = fields.Char(readonly=True)
    state = fields.Char(readonly=True)
    recipients = fields.Json(readonly=True)
    trace = fields.Json(readonly=True)
    recipients_html = fields.Html(compute="_compute_html", sanitize=True)
    trace_html = fields.Html(compute="_compute_html", sanitize=True)

    @api.model
    def _selection_account(self):
        # sudo: names of accounts, for those who sort their mail
        accounts = self.env["fetchmail.server"].sudo().search(ROUTER_ACCOUNTS)
        return [(str(account.id), account.name) for account in accounts]

    @api.depends("recipients", "trace")
    def _compute_html(self):
        for wizard in self:
            wizard.recipients_html = recipients_table(self.env, wizard.recipients)
            wizard.trace_html = trace_story(self.env, wizard.trace)

    def action_ask(self):
        """Decide, and show it in the same window."""
        self.ensure_one()
        self.env["mail.catchall.message"]._check_can_sort()
        decision = decide_where(
            self.env,
            address=self.address if self.about == "address" else None,
            source=self._source(),
            account_id=int(self.account_choice or 0),
            sender=self.sender,
        )
        self.write(
            {
                "outcome": decision_outcome(self.env, decision),
                "state": str(decision.state),
                "recipients": [item.as_json() for item in decision.recipients],
                "trace": [finding.as_json() for finding in decision.trace],
            }
        )
        return form_window(self, self.env._("Where Would This Go?"), dialog=True)

    def _source(self):
        if self.about == "address":
            return None
        if self.about == "text":
            source = (self.text or "").encode("utf-8", "replace")
        else:
            try:
                source = base64.b64decode(self.file or b"", validate=False)
            except binascii.Error:
                source = b""
        if not source.strip():
            raise UserError(self.env._("Paste an email with its header, or choose a file."))
        return source
