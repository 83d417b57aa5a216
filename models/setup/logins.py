"""The logins of a setup: tried on archived accounts, so that what works is not put at risk.

What is typed goes to these accounts of trial, the passwords with it.
"""

import logging
from concurrent.futures import ThreadPoolExecutor

import psycopg2
from odoo import models
from odoo.exceptions import RedirectWarning, UserError

from ...connections import port_trouble, trouble_of
from ...dns_lookup.client import is_loopback
from ...findings import Finding, Level
from ...router.message.addresses import normalise
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

    # ------------------------------------------------------------ accounts of trial, their secrets

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
            lender = self.fetchmail_server_id or self._find_native()
            self.trial_incoming_id = self._create_trial(lender)
        return self.trial_incoming_id

    def _trial_outgoing(self):
        if not self.trial_outgoing_id:
            address = {"catchall_address": self.address}
            self.trial_outgoing_id = self._create_trial(self.mail_server_id, **address)
        return self.trial_outgoing_id

    def _create_trial(self, lender, **values):
        """An archived account with the secrets of another one, or with none."""
        values |= {"name": self.address, "active": False, "is_catchall": True}
        return self.env[lender._name].create({**values, **self._secrets_of(lender)})

    def _secrets_of(self, account):
        """What logs an account in, to hand it from one account to another; never to a person."""
        names = [name for name in LOGIN_FIELDS if name in account._fields]
        # sudo: accounts of the same person, between which a secret is moved
        found = {name: account.sudo()[name] for name in names}
        return {name: value for name, value in found.items() if value}

    def _incoming_values(self):
        oauth = self.login != "password"
        return {
            "server_type": self.login if oauth else self.incoming_type,
            "server": self.server,
            "port": self.port,
            "is_ssl": oauth or self.is_ssl,
            "user": self.user,
        }

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

    # ------------------------------------------------------------ logging in

    def _can_log_in(self):
        if self.needs_module:
            return False
        self._trial_incoming()
        self._trial_outgoing()
        if self.login == "password":
            # sudo: whether there is one; nobody is told which
            return bool(self.trial_incoming_id.sudo().password and self._outgoing_password_known())
        return self.incoming_connected and self.outgoing_connected

    def _outgoing_password_known(self):
        # sudo: whether there is one; nobody is told which
        outgoing, incoming = self.trial_outgoing_id.sudo(), self.trial_incoming_id.sudo()
        if not outgoing.smtp_pass and not self.outgoing_user and incoming.password:
            outgoing.smtp_pass = incoming.password
        return bool(outgoing.smtp_pass)

    def _note_missing_password(self):
        # sudo: as above
        missing = not self.trial_incoming_id.sudo().password
        about, user = ("incoming", self.user) if missing else ("outgoing", self.outgoing_user)
        text = self.env._("Enter the password of %(user)s, then continue.", user=user)
        self._keep_checks({about: Finding("password_missing", Level.BAD, text=text)})

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
        self.ensure_one()
        account = self._trial_incoming()
        account.write(self._incoming_values())
        return self._connect_page(account)

    def action_connect_outgoing(self):
        self.ensure_one()
        account = self._trial_outgoing()
        account.write(self._outgoing_values())
        return self._connect_page(account)

    def _connect_page(self, account):
        try:
            return getattr(account, f"open_{OAUTH_MODULES[self.login]}_uri")()
        except UserError as error:
            # sudo: whether the parameter is set
            parameters = self.env["ir.config_parameter"].sudo()
            if parameters.get_param(CLIENT_PARAMETERS[self.login]):
                raise
            raise RedirectWarning(
                self.env._(
                    "Odoo has no credentials for this provider yet. Create an OAuth client there, "
                    "and enter its client ID and secret under Settings > General Settings > Emails."
                ),
                self.env.ref("base_setup.action_general_configuration").id,
                self.env._("Open Settings"),
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
        checks = [self._check(incoming, troubles[0]), self._check(outgoing, troubles[1])]
        self._keep_checks(dict(zip(("incoming", "outgoing"), checks, strict=True)))
        if self._logins_work():
            self._apply()

    def _check(self, account, trouble):
        """Log in to one account; return the finding."""
        direction = "incoming" if account._name == "fetchmail.server" else "outgoing"
        if trouble:
            text = account._catchall_explain_trouble(*trouble)
            return Finding(f"{direction}_{trouble[0]}", Level.BAD, text=text)
        try:
            text = account._catchall_try_login()
        except psycopg2.Error:
            raise  # the transaction is lost, and Odoo tries the request again
        except Exception as error:
            # Whatever a login fails with is told on the screen; an OAuth addon raises what it
            # likes. Only what nobody foresaw goes to the log as it is.
            code, text = trouble_of(error), account._catchall_explain_login(error)
            unforeseen = code is None and not isinstance(error, UserError)
            _logger.info("The setup of %s: %s", self.domain, text, exc_info=unforeseen)
            return Finding(f"{direction}_{code or 'other'}", Level.BAD, text=text)
        unsafe = not self.is_ssl if direction == "incoming" else self.smtp_encryption == "none"
        host = self.server if direction == "incoming" else self.smtp_host
        if unsafe and not is_loopback(host or ""):
            text += " " + self.env._(
                "The connection is not encrypted: anyone on the network path can read the "
                "password and the mail. Choose an encrypted connection if the server offers one."
            )
            return Finding(f"{direction}_ok", Level.NOTE, text=text)
        return Finding(f"{direction}_ok", Level.OK, text=text)
