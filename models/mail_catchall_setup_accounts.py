"""The accounts of a set-up: tried on archived ones first, so that what works is not put at risk.

What is typed goes to accounts of trial. Only when both have logged in does it reach an account
that is there already, or do they become the accounts themselves. An incoming account that Odoo
fetches natively goes on as it is until its successor starts.
"""

import logging
from concurrent.futures import ThreadPoolExecutor

from odoo import models
from odoo.exceptions import RedirectWarning, UserError, ValidationError

from ..observing import port_trouble, trouble_of
from ..router.addresses import normalise, normalise_domain
from ..router.headers import ENVELOPE_RECIPIENT
from .fetchmail_server_trust import _known_hosts
from .mail_catchall_setup import OAUTH_MODULES

_logger = logging.getLogger(__name__)

CLIENT_PARAMETERS = {"gmail": "google_gmail_client_id", "outlook": "microsoft_outlook_client_id"}
# What logs an account in; the expiry belongs to the token.
LOGIN_FIELDS = (
    *("password", "smtp_pass"),
    *("google_gmail_refresh_token", "google_gmail_access_token"),
    "google_gmail_access_token_expiration",
    *("microsoft_outlook_refresh_token", "microsoft_outlook_access_token"),
    "microsoft_outlook_access_token_expiration",
)
TOKENS = {"gmail": "google_gmail_refresh_token", "outlook": "microsoft_outlook_refresh_token"}


class MailCatchallSetup(models.Model):
    _inherit = "mail.catchall.setup"

    # ------------------------------------------------------------
    # Accounts that are there
    # ------------------------------------------------------------

    def _adopt(self):
        """Values of the accounts that serve the domain already, or log in as the same user."""
        incoming = self.fetchmail_server_id or self._find_incoming()
        outgoing = self.mail_server_id or self._find_outgoing()
        values = {"fetchmail_server_id": incoming.id, "mail_server_id": outgoing.id}
        native = incoming or self._find_native()
        if native.server:
            names = ("server", "port", "is_ssl", "user")
            values |= {name: native[name] for name in names} | {"origin": "kept"}
            oauth = native.server_type in OAUTH_MODULES
            values["login"] = native.server_type if oauth else "password"
            values["incoming_type"] = "imap" if oauth else native.server_type
        if outgoing.smtp_host:
            values |= {name: outgoing[name] for name in ("smtp_host", "smtp_port")}
            values |= {"smtp_encryption": outgoing.smtp_encryption, "origin": "kept"}
            other = normalise(outgoing.smtp_user or "") != normalise(values.get("user", self.user))
            values["outgoing_user"] = other and outgoing.smtp_user
        return values

    def _let_go(self):
        """Forget the accounts of another domain, with what they lent; what was typed stays."""
        accounts = self.fetchmail_server_id or self.mail_server_id or self.alias_domain_id
        lent = self.origin == "kept" or accounts
        trials = self.trial_incoming_id, self.trial_outgoing_id
        links = ("fetchmail_server_id", "mail_server_id", "alias_domain_id", "detected_domain")
        self.write({**dict.fromkeys(links, False), "checks": False})
        if lent:
            self.outgoing_user = False
            for trial in trials:
                trial.unlink()

    def _is_me(self, user):
        return normalise(user or "") in {normalise(self.user or ""), normalise(self.address)}

    def _free(self, field):
        """Accounts that no other set-up has."""
        return self.search([("id", "!=", self.id), (field, "!=", False)])[field]

    def _find_incoming(self):
        """The catch-all account that receives the domain, or an unconfirmed one of this user.

        One mailbox may receive several domains: two accounts would take each other's mail.
        """
        Account = self.env["fetchmail.server"]
        accounts = Account.search([("server_type", "!=", "local")])
        serving = (accounts - self._free("fetchmail_server_id")).filtered(
            lambda account: (
                (account.is_catchall or account.catchall_shadow)
                and self.domain in self._domains(account.alias_domain_ids)
            )
        )
        same = accounts.filtered(
            lambda account: (
                (account.is_catchall or account.catchall_shadow or account.state == "draft")
                and self._is_me(account.user)
            )
        )
        return serving[:1] or same[:1]

    def _find_native(self):
        """The account by which Odoo itself empties this mailbox, or none."""
        accounts = self.env["fetchmail.server"].search(
            [
                ("is_catchall", "=", False),
                ("catchall_shadow", "=", False),
                ("state", "=", "done"),
                ("server_type", "!=", "local"),
            ]
        )
        return accounts.filtered(lambda account: self._is_me(account.user))[:1]

    def _find_outgoing(self):
        domain = [
            ("owner_user_id", "=", False),
            ("smtp_authentication", "in", ("login", *OAUTH_MODULES)),
        ]
        servers = self.env["ir.mail_server"].search(domain)
        everything = servers._catchall_all_domains()
        serving = (servers - self._free("mail_server_id")).filtered(
            lambda server: (
                server.is_catchall
                and self._domains(server.catchall_alias_domain_ids or everything) <= {self.domain}
            )
        )
        return serving[:1] or servers.filtered(lambda server: self._is_me(server.smtp_user))[:1]

    @staticmethod
    def _domains(alias_domains):
        return {normalise_domain(domain.name) for domain in alias_domains}

    # ------------------------------------------------------------
    # Accounts of trial, and their secrets
    # ------------------------------------------------------------

    def _inverse_password(self):
        for setup in self.filtered("password"):
            setup._trial_incoming().write({"password": setup.password})
            if not setup.outgoing_user:
                setup._trial_outgoing().write({"smtp_pass": setup.password})
            setup.checks = False

    def _inverse_outgoing_password(self):
        for setup in self.filtered("outgoing_password"):
            setup._trial_outgoing().write({"smtp_pass": setup.outgoing_password})
            setup.checks = False

    def _change_outgoing_user(self, vals):
        """The password of one user is not told to the server of another."""
        user = normalise(vals["outgoing_user"] or "") or vals["outgoing_user"]
        if user == (normalise(self.outgoing_user or "") or self.outgoing_user):
            return
        server = self.env["ir.mail_server"].browse(
            vals.get("mail_server_id", self.mail_server_id.id) or []
        )
        own = server if user and server.smtp_user == vals["outgoing_user"] else server.browse()
        secrets = self._secrets_of(own)
        self._trial_outgoing().write({"smtp_pass": secrets.get("smtp_pass", False)})

    def _trial_incoming(self):
        if not self.trial_incoming_id:
            self.trial_incoming_id = self.env["fetchmail.server"].create(
                {
                    "name": self.address,
                    "active": False,
                    "is_catchall": True,
                    **self._secrets_of(self.fetchmail_server_id or self._find_native()),
                }
            )
        return self.trial_incoming_id

    def _trial_outgoing(self):
        if not self.trial_outgoing_id:
            self.trial_outgoing_id = self.env["ir.mail_server"].create(
                {
                    "name": self.address,
                    "active": False,
                    "is_catchall": True,
                    "catchall_address": self.address,
                    **self._secrets_of(self.mail_server_id),
                }
            )
        return self.trial_outgoing_id

    def _secrets_of(self, account):
        """What logs an account in, to hand it from one account to another; never to a person."""
        if not account:
            return {}
        names = [name for name in LOGIN_FIELDS if name in account._fields]
        # sudo: accounts of the same person, between which a secret is moved
        found = {name: account.sudo()[name] for name in names}
        return {name: value for name, value in found.items() if value}

    def _incoming_values(self):
        values = {
            "server_type": self.incoming_type,
            "server": self.server,
            "port": self.port,
            "is_ssl": self.is_ssl,
            "user": self.user,
        }
        if self.login == "password":
            return values
        return {**values, "server_type": self.login, "is_ssl": True}

    def _outgoing_values(self):
        own_login = self.outgoing_user or self.login == "password"
        # Odoo's OAuth addons refuse an account that has a password as well.
        return {
            **({} if own_login else {"smtp_pass": False}),
            "smtp_host": self.smtp_host,
            "smtp_port": self.smtp_port,
            "smtp_encryption": self.smtp_encryption if own_login else "starttls",
            "smtp_authentication": "login" if own_login else self.login,
            "smtp_user": self.outgoing_user or self.user,
            "catchall_address": self.address,
        }

    # ------------------------------------------------------------
    # Logging in
    # ------------------------------------------------------------

    def _can_log_in(self):
        """Whether both accounts have what they need to log in."""
        if not self._has_login_module():
            return False
        self._trial_incoming()
        self._trial_outgoing()
        if self.login == "password":
            # sudo: whether there is one; nobody is told which
            return bool(self.trial_incoming_id.sudo().password and self._outgoing_password_known())
        return self.incoming_connected and self.outgoing_connected

    def _outgoing_password_known(self):
        outgoing, incoming = self.trial_outgoing_id.sudo(), self.trial_incoming_id.sudo()
        if not outgoing.smtp_pass and not self.outgoing_user and incoming.password:
            outgoing.smtp_pass = incoming.password
        return bool(outgoing.smtp_pass)

    def _note_missing_password(self):
        # sudo: as above
        missing = not self.trial_incoming_id.sudo().password
        text = (
            self.env._("Enter the password of %(user)s, then go on.", user=self.user)
            if missing
            else self.env._("Enter the password of %(user)s, then go on.", user=self.outgoing_user)
        )
        self.checks = {"incoming" if missing else "outgoing": _line("password_missing", text)}

    def _compute_connected(self):
        for setup in self:
            token = TOKENS.get(setup.login)
            incoming = setup.trial_incoming_id or setup.fetchmail_server_id
            outgoing = setup.trial_outgoing_id or setup.mail_server_id
            known = token and token in incoming._fields
            # sudo: whether there is a token; nobody is told which
            setup.incoming_connected = bool(known and incoming.sudo()[token])
            own = setup.outgoing_user and outgoing.sudo().smtp_pass
            setup.outgoing_connected = bool(own or (known and outgoing.sudo()[token]))

    def action_connect_incoming(self):
        """Go to the provider's page that lets Odoo read the mailbox."""
        self.ensure_one()
        account = self._trial_incoming()
        account.write(self._incoming_values())
        return self._connect_page(account)

    def action_connect_outgoing(self):
        """Go to the provider's page that lets Odoo send."""
        self.ensure_one()
        account = self._trial_outgoing()
        account.write(self._outgoing_values())
        return self._connect_page(account)

    def _connect_page(self, account):
        # sudo: whether the parameter is set
        parameters = self.env["ir.config_parameter"].sudo()
        open_page = f"open_{OAUTH_MODULES[self.login]}_uri"
        try:
            return getattr(account, open_page)()
        except UserError as error:
            if parameters.get_param(CLIENT_PARAMETERS[self.login]):
                raise
            raise RedirectWarning(
                self.env._(
                    "Odoo has no credentials for this provider yet. Make an OAuth client there, "
                    "and enter its client ID and secret under Settings > General Settings > Emails."
                ),
                self.env.ref("base_setup.action_general_configuration").id,
                self.env._("Open the Settings"),
            ) from error

    def _try_logins(self):
        """Log in to both servers; what works is set up, what does not is said in a line each."""
        incoming, outgoing = self._trial_incoming(), self._trial_outgoing()
        incoming.write(self._incoming_values())
        outgoing.write(self._outgoing_values())
        ports = (
            (self.server, self.port, self.is_ssl),
            (self.smtp_host, self.smtp_port, self.smtp_encryption in ("ssl", "ssl_strict")),
        )
        with ThreadPoolExecutor(2) as pool:
            troubles = list(pool.map(lambda port: port_trouble(*port[:2], tls=port[2]), ports))
        checks = {
            "incoming": self._check(incoming, troubles[0]),
            "outgoing": self._check(outgoing, troubles[1]),
        }
        self.checks = checks
        if self._logins_work():
            self._apply()

    def _check(self, account, trouble):
        """Log in to one account; return the line for the screen."""
        direction = "incoming" if account._name == "fetchmail.server" else "outgoing"
        try:
            text = (
                account._catchall_explain_trouble(*trouble)
                if trouble
                else account._catchall_try_login()
            )
        except Exception as error:
            # Whatever a login fails with is told on the screen; an OAuth addon raises what it
            # likes. Only what nobody foresaw goes to the log as it is.
            code, text = trouble_of(error), account._catchall_explain_login(error)
            unforeseen = code is None and not isinstance(error, UserError)
            _logger.info("The set-up of %s: %s", self.domain, text, exc_info=unforeseen)
            return _line(f"{direction}_{code or 'other'}", text)
        if trouble:
            return _line(f"{direction}_{trouble[0]}", text)
        unsafe = not self.is_ssl if direction == "incoming" else self.smtp_encryption == "none"
        if unsafe and (self.server if direction == "incoming" else self.smtp_host) not in _LOOPBACK:
            text += " " + self.env._(
                "The connection is not encrypted: anybody on the way can read the password and "
                "the mail."
            )
            return _line(f"{direction}_ok", text, "note")
        return _line(f"{direction}_ok", text, "ok")

    # ------------------------------------------------------------
    # Setting up what has logged in
    # ------------------------------------------------------------

    def _apply(self):
        try:
            with self.env.cr.savepoint():
                self._apply_domain()
                self._apply_outgoing()
                self._apply_incoming()
        except (UserError, ValidationError) as error:
            # Another record stands in the way; its message says which and what to do.
            self.invalidate_recordset()
            self.checks = {**(self.checks or {}), "accounts": _line("accounts", str(error))}

    def _apply_domain(self):
        """The alias domain, its addresses, and the companies that write as it."""
        AliasDomain = self.env["mail.alias.domain"]
        domain = self.alias_domain_id or AliasDomain.search(
            [("name", "=ilike", self.domain)], limit=1
        )
        local, _at, own = normalise(self.address).rpartition("@")
        catchall = local if own == self.domain else "catchall"
        # Such as info@: Odoo's sales team has that alias from the start.
        taken = self.env["mail.alias"].search(
            [
                ("alias_name", "=", catchall),
                *("|", ("alias_domain_id", "=", False), ("alias_domain_id.name", "=", self.domain)),
            ],
            limit=1,
        )
        if not domain:
            domain = AliasDomain.create(
                {
                    "name": self.domain,
                    "catchall_alias": "catchall" if taken else catchall,
                    "bounce_alias": "bounce",
                    "default_from": catchall,
                }
            )
        elif not domain.default_from or "@" in domain.default_from:
            # Another domain's address: this account does not send for it.
            default = normalise_domain((domain.default_from or "").rpartition("@")[2])
            if default != self.domain:
                domain.default_from = catchall
        self.alias_domain_id = domain
        companies = self.company_ids or self.env.company
        if not self.company_ids or not self.companies_chosen:
            # One that writes as another domain by now does so by choice.
            companies = companies.filtered(lambda company: not company.alias_domain_id)
        companies.filtered(lambda c: c.alias_domain_id != domain).alias_domain_id = domain
        self.companies_chosen = False

    def _apply_outgoing(self):
        server, trial = self.mail_server_id, self.trial_outgoing_id
        preset = trial._catchall_provider()
        values = {"is_catchall": True, "active": True}
        if not server.is_catchall:
            values["catchall_from_policy"] = preset.from_policy if preset else "auto"
            values["catchall_minute_limit"] = preset.minute_limit if preset else 0
            values["catchall_day_limit"] = preset.day_limit if preset else 0
        if not server.is_catchall or server.catchall_alias_domain_ids:
            values["catchall_alias_domain_ids"] = [(4, self.alias_domain_id.id)]
        self._make_room(server or trial)
        if server:
            server.write({**self._outgoing_values(), **self._secrets_of(trial), **values})
            self.trial_outgoing_id = False
            trial.unlink()
        else:
            self.write({"mail_server_id": trial.id, "trial_outgoing_id": False})
            trial.write({**values, "name": self.address})

    def _make_room(self, own):
        """Another account that serves "all domains" goes on with those it has served so far."""
        others = self.env["ir.mail_server"].search(
            [("is_catchall", "=", True), ("id", "!=", own.id)]
        )
        rest = self.env["ir.mail_server"]._catchall_all_domains() - self.alias_domain_id
        for other in others.filtered(lambda server: not server.catchall_alias_domain_ids):
            if rest:
                other.catchall_alias_domain_ids = [(6, 0, rest.ids)]

    def _apply_incoming(self):
        account, trial = self.fetchmail_server_id, self.trial_incoming_id
        # On trial it goes on as it is: "Switch" makes it live.
        values = {"is_catchall": not account.catchall_shadow, "active": True}
        if account and not account.active:
            values["state"] = "draft"  # "Start Fetching" asks again which mail shall count
        if not account or account.alias_domain_ids or not account.is_catchall:
            values["alias_domain_ids"] = [(4, self.alias_domain_id.id)]
        if not account.own_hosts:
            # Hosts of the MX receive for this domain by definition; strangers write none of it.
            known = [*_known_hosts(self.server or ""), *(self.mx_hosts or ())]
            values["own_hosts"] = ", ".join(dict.fromkeys(known)) or False
        preset = self._preset()
        header = preset.envelope_header if preset else ""
        if header and header.lower() not in ENVELOPE_RECIPIENT and not account.envelope_header:
            values["envelope_header"] = header  # written by rules of the admin's, see the preset
        if account:
            account.write({**self._incoming_values(), **self._secrets_of(trial), **values})
            self.trial_incoming_id = False
            trial.unlink()
            return
        native = self._find_native()
        values |= {"name": self.address, "catchall_replaces_id": native.id}
        if native.object_id:
            values["object_id"] = native.object_id.id
        self.write({"fetchmail_server_id": trial.id, "trial_incoming_id": False})
        trial.write(values)


_LOOPBACK = ("localhost", "127.0.0.1", "::1")


def _line(code, text, level="bad"):
    return {"code": code, "level": level, "text": text}
