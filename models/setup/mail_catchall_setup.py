"""The setup of a domain: from an address and a password to two accounts that work.

One row per domain, kept, so that an interrupted setup can be continued, and running it again
changes what is there instead of adding to it. Passwords are never on the row: they go straight to
accounts of trial, which keep them to themselves (``mail.catchall.secrets``).
"""

from odoo import api, fields, models
from odoo.exceptions import RedirectWarning, UserError, ValidationError

from ...dns_lookup.client import is_mail_domain
from ...router.message.addresses import normalise, normalise_domain
from ..windows import form_window

# What a test was made with: another value, and it says nothing any more.
TESTED = {
    *("address", "domain", "user", "login", "incoming_type", "server", "port", "is_ssl"),
    *("smtp_host", "smtp_port", "smtp_encryption", "outgoing_user"),
}
PASSWORDS = {"password", "outgoing_password"}
# Which fields of a setup name an account.
LINKS = {
    "fetchmail.server": ("fetchmail_server_id", "trial_incoming_id"),
    "ir.mail_server": ("mail_server_id", "trial_outgoing_id"),
}
OAUTH_MODULES = {"gmail": "google_gmail", "outlook": "microsoft_outlook"}


class MailCatchallSetup(models.Model):
    _name = "mail.catchall.setup"
    _description = "Setup of a Catch-all Domain"
    _rec_name = "domain"
    _order = "domain"

    address = fields.Char(
        "Catch-all Address",
        required=True,
        help="The mailbox that receives everything sent to any address of your domain.",
    )
    domain = fields.Char(
        compute="_compute_domain",
        store=True,
        readonly=False,
        required=True,
        precompute=True,
        help="The part after the @ in the addresses that your customers write to.",
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        default=lambda self: self.env.companies.filtered(lambda c: not c.alias_domain_id),
        help="The companies that send from this domain.",
    )
    companies_chosen = fields.Boolean(default=True, readonly=True)  # and not set up yet
    user = fields.Char(
        "User Name",
        compute="_compute_user",
        store=True,
        readonly=False,
        precompute=True,
        help="What you log in with: with most providers, the full email address.",
    )
    password = fields.Char(
        compute="_compute_passwords",
        inverse="_inverse_password",
        help="Some providers require an app password, created in the mailbox's settings.",
    )
    password_hint = fields.Char(compute="_compute_passwords")
    login = fields.Selection(
        [
            ("password", "With a password"),
            ("gmail", "With Google (OAuth)"),
            ("outlook", "With Microsoft (OAuth)"),
        ],
        default="password",
        required=True,
    )

    incoming_type = fields.Selection(
        [("imap", "IMAP"), ("pop", "POP3")], "Protocol", default="imap", required=True
    )
    server = fields.Char("Incoming Server")
    port = fields.Integer("Incoming Port", default=993)
    is_ssl = fields.Boolean("SSL/TLS", default=True)
    forwarders = fields.Char(
        "Forwarded By",
        help="Does another server take your domain's email and pass it on to this mailbox: a "
        "gateway, a filter, a forwarding service? Name its hosts, separated by commas, as they "
        "stand in the Received headers. What they say of a sender is believed. Empty: email comes "
        "straight from the servers that DNS names for your domain.",
    )
    smtp_host = fields.Char("Outgoing Server")
    smtp_port = fields.Integer("Outgoing Port", default=587)
    smtp_encryption = fields.Selection(
        lambda self: self.env["ir.mail_server"]._fields["smtp_encryption"].selection,
        "Encryption",
        default="starttls_strict",
        required=True,
    )
    outgoing_user = fields.Char(
        "Other User Name", help="Only if another provider sends the mail, such as a relay."
    )
    outgoing_password = fields.Char(
        "Other Password", compute="_compute_passwords", inverse="_inverse_outgoing_password"
    )
    outgoing_password_hint = fields.Char(compute="_compute_passwords")

    provider = fields.Char("Provider Code", readonly=True)  # the code of a preset
    provider_html = fields.Html("Provider", compute="_compute_provider_html")
    provider_commands = fields.Text("Commands", compute="_compute_provider_html")
    evidence = fields.Char(readonly=True)
    mx_hosts = fields.Json("MX Hosts", readonly=True)
    origin = fields.Selection(
        [
            ("named", "The domain publishes its servers in DNS."),
            ("documented", "The provider was recognised, so its servers are known."),
            ("guessed", "The servers are guesses. Compare them with your provider's instructions."),
            ("silent", "No name server answered, so the servers are guesses."),
            ("kept", "The servers are those of the existing accounts."),
        ],
        readonly=True,
    )
    detected_domain = fields.Char(readonly=True)  # what DNS was asked about

    fetchmail_server_id = fields.Many2one(
        "fetchmail.server", "Incoming Account", readonly=True, copy=False
    )
    mail_server_id = fields.Many2one(
        "ir.mail_server", "Outgoing Account", readonly=True, copy=False
    )
    alias_domain_id = fields.Many2one(
        "mail.alias.domain", "Email Domain", readonly=True, copy=False
    )
    # Archived accounts that hold the password of what is tried; see logins.py.
    trial_incoming_id = fields.Many2one(
        "fetchmail.server", "Incoming Account to Try", readonly=True, copy=False
    )
    trial_outgoing_id = fields.Many2one(
        "ir.mail_server", "Outgoing Account to Try", readonly=True, copy=False
    )

    checks = fields.Json("Stored Checks", readonly=True, copy=False)  # see _keep_checks

    # ------------------------------------------------------------ what is typed

    @api.depends("address")
    def _compute_domain(self):
        for setup in self:
            _local, _at, domain = normalise(setup.address or "").rpartition("@")
            setup.domain = domain or setup.domain

    @api.depends("address")
    def _compute_user(self):
        for setup in self:
            setup.user = normalise(setup.address or "") or setup.user

    def _compute_passwords(self):
        stored = self.env._("Stored. Type to replace it.")
        for setup in self:
            # sudo: whether there is one; nobody is told which
            incoming = (setup.trial_incoming_id or setup.fetchmail_server_id).sudo()
            outgoing = (setup.trial_outgoing_id or setup.mail_server_id).sudo()
            setup.password = setup.outgoing_password = False
            setup.password_hint = bool(incoming.password) and stored
            own = setup.outgoing_user and outgoing.smtp_pass
            setup.outgoing_password_hint = bool(own) and stored

    @api.onchange("login")
    def _onchange_login(self):
        if self.login != "password":
            self.is_ssl = True
            self.smtp_encryption = "starttls"  # as Odoo's OAuth addons insist
        elif self.smtp_encryption == "starttls":
            self.smtp_encryption = "starttls_strict"

    @api.constrains("address", "domain")
    def _check_address(self):
        for setup in self:
            address = normalise(setup.address or "")
            domain = address.rpartition("@")[2]
            if not address.isascii() or "@" not in address or not is_mail_domain(domain):
                raise ValidationError(
                    self.env._(
                        "“%s” is not a valid email address. Enter one such as catchall@domain.com.",
                        setup.address,
                    )
                )
            if not is_mail_domain(normalise_domain(setup.domain or "")):
                raise ValidationError(
                    self.env._(
                        "“%s” is not a valid email domain. Enter the part after the @ in the "
                        "addresses that your customers write to, such as domain.com.",
                        setup.domain,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._tidy(vals)
            self._check_known(vals)
        setups = super().create(vals_list)
        setups._forget_passwords()
        return setups

    def write(self, vals):
        vals = dict(vals)
        self._tidy(vals)
        if TESTED & vals.keys():
            vals["checks"] = False
        if "company_ids" in vals:
            vals["companies_chosen"] = True
        for setup in self:
            if setup._moves(vals):
                setup._let_go()
            if "outgoing_user" in vals:
                setup._change_outgoing_user(vals)
        result = super().write(vals)
        if PASSWORDS & vals.keys():  # not while one of them is being handed on
            self._forget_passwords()
        return result

    def _moves(self, vals):
        """Whether values make this the setup of another domain, or of a mailbox elsewhere."""
        if not {"address", "domain"} & vals.keys():
            return False
        old = normalise(self.address).rpartition("@")[2]
        new = normalise(vals.get("address") or self.address).rpartition("@")[2]
        domain = vals.get("domain") or (new if "address" in vals else self.domain)
        return (new, domain) != (old, self.domain)

    def _forget_passwords(self):
        """What was typed would stay in the cache, and be sent back to the form."""
        self.invalidate_recordset(PASSWORDS, flush=False)

    @api.model
    def _tidy(self, vals):
        for name in ("address", "domain", "user", "server", "smtp_host", "outgoing_user"):
            if vals.get(name):
                vals[name] = vals[name].strip()
        if vals.get("domain"):
            vals["domain"] = normalise_domain(vals["domain"])

    @api.model
    def _check_known(self, vals):
        """One setup per domain: instead of a second one, the existing one is continued."""
        domain = vals.get("domain") or normalise(vals.get("address") or "").rpartition("@")[2]
        known = self.search([("domain", "=", domain)], limit=1)
        if known:
            raise RedirectWarning(
                self.env._("%s already has a setup. Continue it.", domain),
                known._open(),
                self.env._("Open the Setup"),
            )

    _domain_uniq = models.Constraint("UNIQUE(domain)", "This domain already has a setup.")

    def unlink(self):
        trials = self.trial_incoming_id, self.trial_outgoing_id
        result = super().unlink()
        for accounts in trials:
            accounts.unlink()
        return result

    # ------------------------------------------------------------ buttons

    def action_start(self):
        return self.fetchmail_server_id.action_catchall_activate()

    def action_probe(self):
        return self.fetchmail_server_id.action_catchall_probe()

    def action_checkup(self):
        return self.alias_domain_id.action_catchall_check()

    def action_install_login(self):
        """Install Odoo's addon for the login of this provider; the page then loads anew."""
        self.ensure_one()
        name = OAUTH_MODULES.get(self.login)
        module = self.env["ir.module.module"].search([("name", "=", name)])
        if not module:
            raise UserError(
                self.env._(
                    "The addon %(module)s is not available. It is part of Odoo: look for it in "
                    "Odoo's addons folder, update the list of apps, and try again.",
                    module=name,
                )
            )
        module.button_immediate_install()
        return {"type": "ir.actions.client", "tag": "reload"}

    @api.model
    def action_open(self):
        """What the menu opens: an empty setup at first, later the existing ones."""
        known = self.search([], limit=2)
        if len(known) == 1:
            return known._open()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_catchall_router.action_mail_catchall_setup"
        )
        if not known:
            action["views"] = [(False, "form")]
        return action

    def _open(self):
        return form_window(self, self.env._("Setup"))
