"""Where would this go? The decision about an address, or about any message, changing nothing."""

import base64
import binascii
import re

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...router.message import headers
from ...router.message.addresses import normalise, normalise_domain, parse
from ...router.message.mail import ReceivedMail
from ..companies.of_account import is_shown
from ..routing.odoo_directory import OdooDirectory
from ..windows import form_window
from .decision_story import decision_outcome, place_name, recipients_table, trace_story

# Whose settings count when somebody asks: also those of an account that is on trial.
ROUTER_ACCOUNTS = ["|", ("is_catchall", "=", True), ("catchall_shadow", "=", True)]
MAX_BYTES = 50_000_000
MAX_FIELDS, MAX_FIELD_CHARS = 300, 5_000  # to find out whose account it is
_OUTLOOK = b"\xd0\xcf\x11\xe0"  # the container of a .msg file
_FIELD = re.compile(rb"[!-9;-~]{1,200}[ \t]*:")  # RFC 5322 §2.2
_QUOTED = re.compile(rb"(?m)^> ?")


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
    unproven = fields.Boolean(readonly=True)
    recipients = fields.Json(readonly=True)
    trace = fields.Json("Decision Steps", readonly=True)
    recipients_html = fields.Html("Evidence", compute="_compute_html", sanitize=True)
    trace_html = fields.Html("Decision", compute="_compute_html", sanitize=True)

    @api.model
    def _selection_account(self):
        # sudo: names of accounts, for those who sort their mail
        accounts = self.env["fetchmail.server"].sudo().search(ROUTER_ACCOUNTS)
        shown = accounts.filtered(lambda account: is_shown(self.env, account))
        return [(str(account.id), account.name) for account in shown]

    @api.depends("recipients", "trace")
    def _compute_html(self):
        for wizard in self:
            wizard.recipients_html = recipients_table(self.env, wizard.recipients)
            wizard.trace_html = trace_story(self.env, wizard.trace)

    def action_ask(self):
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
                "unproven": decision.unproven,
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


def where_would_this_go(env, address=None, source=None, account_id=None, sender=None):
    """Return the decision as names and codes; the arguments are those of the model's method."""
    decision = decide_where(env, address, source, account_id, sender)
    return {
        "state": str(decision.state),
        "reason": str(decision.reason),
        "outcome": decision_outcome(env, decision),
        "author_check": str(decision.author_check),
        "unproven": decision.unproven,
        "contact": decision.contact,
        "recipients": [item.as_json() for item in decision.recipients],
        "routes": [
            {"model": route.model, "place": place_name(env, route)} for route in decision.routes
        ],
        "trace": [line.as_json() for line in decision.trace],
    }


def decide_where(env, address=None, source=None, account_id=None, sender=None):
    """Decide about an address, or about any message; whoever calls has checked the right to sort.

    :raises UserError: when what was given holds neither an address nor a message
    """
    mail = _whole_message(env, source) if source else _plain_message(env, address, sender)
    # sudo: the decision looks at all there is; places are named as far as the user may see
    account = env["fetchmail.server"].sudo().browse(account_id or []).exists()
    account = account.filtered(lambda account: is_shown(env, account))
    directory = OdooDirectory(env(su=True))
    directory.use_rules(directory.read_rules(directory.rules_shown_to(env)))
    policy = directory.policy(account or _account_of(env, mail))
    return env["mail.catchall.chain"]._decide(mail, directory, policy)


def _account_of(env, mail):
    """The account that receives a domain which the message names, else the first one."""
    names = {
        box.address.rpartition("@")[2]
        for item in mail.fields[:MAX_FIELDS]
        if item.name in (*headers.ENVELOPE_RECIPIENT, *headers.ADDRESSED)
        for box in parse(item.value[:MAX_FIELD_CHARS])
    }
    # sudo: as in decide_where
    accounts = env["fetchmail.server"].sudo().search(ROUTER_ACCOUNTS)
    serving = accounts.filtered(
        lambda account: (
            not account.alias_domain_ids
            or names & {normalise_domain(item.name) for item in account.alias_domain_ids}
        )
    )
    return (serving or accounts)[:1]


def _whole_message(env, source):
    if isinstance(source, str):
        source = source.encode("utf-8", "surrogateescape")
    if len(source) > MAX_BYTES:
        raise UserError(
            env._("This email is larger than 50 MB. Paste its header alone: that is enough.")
        )
    if source.startswith(_OUTLOOK):
        raise UserError(
            env._(
                "This is an Outlook file (.msg). Save the email as .eml, or paste what the "
                "mail client shows under “Show original” or “Message source”."
            )
        )
    source = source.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n\t ")
    if source.startswith(b">"):
        source = _QUOTED.sub(b"", source)
    first = source.partition(b"\n")[0]
    if not (_FIELD.match(first) or first.startswith(b"From ")):
        raise UserError(
            env._(
                "This is not a complete message source. In the mail client, choose “Show "
                "original” or “Message source”, and paste all of it."
            )
        )
    return ReceivedMail.from_bytes(source)


def _plain_message(env, address, sender):
    """A plain message from a person to that address, as our own server would hand it over."""
    found = parse(" ".join((address or "").split()))
    address = normalise(found[0].address) if found else ""
    if not address:
        raise UserError(
            env._("Enter an address such as sales@your-domain.com, or provide a complete email.")
        )
    writers = parse(" ".join((sender or "").split()))
    writer = normalise(writers[0].address) if writers else "somebody@outside.invalid"
    lines = (f"X-Original-To: {address}", f"From: <{writer}>", f"To: <{address}>", "", "")
    return ReceivedMail.from_bytes("\r\n".join(lines).encode("utf-8", "replace"))
