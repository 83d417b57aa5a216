"""The accounts of a setup: which are there already, and what becomes of those of trial.

Only when both have logged in does what was typed reach an account that is there, or do the
accounts of trial become the accounts themselves. An incoming account that Odoo
fetches natively goes on as it is until its successor starts.
"""

from odoo import models
from odoo.exceptions import UserError, ValidationError

from ...findings import Finding, Level
from ...incoming.known_hosts import known_hosts
from ...incoming.pairs import read_names
from ...router.message.addresses import normalise, normalise_domain
from ...router.message.headers import ENVELOPE_RECIPIENT
from .mail_catchall_setup import LINKS, OAUTH_MODULES


class MailCatchallSetup(models.Model):
    _inherit = "mail.catchall.setup"

    # ------------------------------------------------------------ accounts that are there

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
            names = ("smtp_host", "smtp_port", "smtp_encryption")
            values |= {name: outgoing[name] for name in names} | {"origin": "kept"}
            other = normalise(outgoing.smtp_user or "") != normalise(values.get("user", self.user))
            values["outgoing_user"] = other and outgoing.smtp_user
        return values

    def _let_go(self):
        """Forget the accounts of another domain, with what they lent; what was typed stays."""
        accounts = self.fetchmail_server_id or self.mail_server_id or self.alias_domain_id
        lent = self.origin == "kept" or accounts
        links = ("fetchmail_server_id", "mail_server_id", "alias_domain_id", "detected_domain")
        self.write({**dict.fromkeys(links, False), "checks": False})
        if lent:
            self.outgoing_user = False
            self.trial_incoming_id.unlink()
            self.trial_outgoing_id.unlink()

    def _is_me(self, user):
        return normalise(user or "") in {normalise(self.user or ""), normalise(self.address)}

    def _taken(self, field):
        """Accounts that other setups have."""
        return self.search([("id", "!=", self.id), (field, "!=", False)])[field]

    def _find_incoming(self):
        """The catch-all account that receives the domain, or an unconfirmed one of this user.

        One mailbox may receive several domains: two accounts would take each other's mail.
        """
        Account = self.env["fetchmail.server"]
        accounts = Account.search([("server_type", "!=", "local")])
        ours = accounts.filtered(lambda account: account.is_catchall or account.catchall_shadow)
        serving = (ours - self._taken("fetchmail_server_id")).filtered(
            lambda account: self.domain in self._domains(account.alias_domain_ids)
        )
        same = accounts.filtered(
            lambda account: (
                (account in ours or account.state == "draft") and self._is_me(account.user)
            )
        )
        return serving[:1] or same[:1]

    def _find_native(self):
        """The account by which Odoo itself empties this mailbox, or none."""
        natively = [("is_catchall", "=", False), ("catchall_shadow", "=", False)]
        accounts = self.env["fetchmail.server"].search(
            [*natively, ("state", "=", "done"), ("server_type", "!=", "local")]
        )
        return accounts.filtered(lambda account: self._is_me(account.user))[:1]

    def _find_outgoing(self):
        servers = self.env["ir.mail_server"].search([("owner_user_id", "=", False)])
        # Not in the search: beside OCA's mail_environment it is no column.
        servers = servers.filtered(
            lambda server: server.smtp_authentication in ("login", *OAUTH_MODULES)
        )
        everything = servers._catchall_all_domains()
        serving = (servers - self._taken("mail_server_id")).filtered(
            lambda server: (
                server.is_catchall
                and self._domains(server.catchall_alias_domain_ids or everything) <= {self.domain}
            )
        )
        return serving[:1] or servers.filtered(lambda server: self._is_me(server.smtp_user))[:1]

    @staticmethod
    def _domains(alias_domains):
        return {normalise_domain(domain.name) for domain in alias_domains}

    # ------------------------------------------------------------ setting up what has logged in

    def _apply(self):
        try:
            with self.env.cr.savepoint():
                self._apply_domain()
                self._apply_outgoing()
                self._apply_incoming()
        except (UserError, ValidationError) as error:
            # Another record stands in the way; its message says which and what to do.
            self.invalidate_recordset()
            finding = Finding("accounts", Level.BAD, text=str(error))
            self._keep_checks({**self._checks(), "accounts": finding})

    def _apply_domain(self):
        """The alias domain, its addresses, and the companies that write as it."""
        AliasDomain = self.env["mail.alias.domain"]
        named = [("name", "=ilike", self.domain)]
        domain = self.alias_domain_id or AliasDomain.search(named, limit=1)
        local, _at, own = normalise(self.address).rpartition("@")
        catchall = local if own == self.domain else "catchall"
        # Such as info@: Odoo's sales team has that alias from the start.
        here = ["|", ("alias_domain_id", "=", False), ("alias_domain_id.name", "=", self.domain)]
        taken = self.env["mail.alias"].search([("alias_name", "=", catchall), *here], limit=1)
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
        self._hand_over(trial, self._outgoing_values(), values)

    def _hand_over(self, trial, typed, values):
        """The account that is there gets what was typed, or that of trial becomes the account."""
        link, trial_link = LINKS[trial._name]
        account = self[link]
        if account:
            account.write({**typed, **self._secrets_of(trial), **values})
            self[trial_link] = False
            trial.unlink()
        else:
            self.write({link: trial.id, trial_link: False})
            trial.write({"name": self.address, **values})

    def _make_room(self, own):
        """Another account that serves "all domains" goes on with those it has served so far."""
        others = self.env["ir.mail_server"].search(
            [("is_catchall", "=", True), ("id", "!=", own.id)]
        )
        rest = self.env["ir.mail_server"]._catchall_all_domains() - self.alias_domain_id
        everywhere = others.filtered(lambda server: not server.catchall_alias_domain_ids)
        if rest:
            everywhere.catchall_alias_domain_ids = rest

    def _own_hosts(self, chosen):
        """What an administrator chose, else the hosts of the MX; whoever forwards to them besides.

        Hosts of the MX receive for this domain by definition; strangers write none of it.
        """
        known = read_names(chosen) or [*known_hosts(self.server or ""), *(self.mx_hosts or ())]
        return ", ".join(dict.fromkeys([*known, *read_names(self.forwarders)])) or False

    def _apply_incoming(self):
        account, trial = self.fetchmail_server_id, self.trial_incoming_id
        # On trial it goes on as it is: "Switch" makes it live.
        values = {"is_catchall": not account.catchall_shadow, "active": True}
        if account and not account.active:
            values["state"] = "draft"  # "Start Fetching" asks again which messages to import
        if not account or account.alias_domain_ids or not account.is_catchall:
            values["alias_domain_ids"] = [(4, self.alias_domain_id.id)]
        values["own_hosts"] = self._own_hosts(account.own_hosts)
        preset = self._preset()
        header = preset.envelope_header if preset else ""
        if header and header.lower() not in ENVELOPE_RECIPIENT and not account.envelope_header:
            values["envelope_header"] = header  # written by rules of the admin's, see the preset
        if not account:
            native = self._find_native()
            values["catchall_replaces_id"] = native.id
            if native.object_id:
                values["object_id"] = native.object_id.id
        self._hand_over(trial, self._incoming_values(), values)
