"""Which account a message leaves through: the one that serves the alias domain of its record.

One session of it then carries the messages of all authors (session.py). What is cached about both
follows every change of an account (``_catchall_forget_directory``) and of an alias domain.
"""

import functools
import smtplib
from typing import NamedTuple

from odoo import api, models, tools
from odoo.tools import email_normalize

from ...router.message.addresses import normalise, normalise_domain


class OutgoingDirectory(NamedTuple):
    """Which account serves which alias domain: ids and names only, so that it can be cached."""

    servers: frozenset[int]  # all catch-all accounts
    accounts: dict[int, int]  # alias domain -> server
    names: dict[int, str]  # alias domain, of any account or none -> its name
    by_address: dict[str, int]  # bounce or default-from address -> alias domain

    def served(self, domain_id):
        """Return the alias domain's id when an account serves it, else False."""
        return domain_id in self.accounts and domain_id

    def served_by_name(self, name):
        """Return the first served alias domain of that name, else False."""
        return next((id_ for id_ in self.accounts if name and self.names[id_] == name), False)


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    @api.model
    def _catchall_all_domains(self):
        # A handful, of all companies.
        # sudo: names and addresses of domains alone, whoever sends
        return self.env["mail.alias.domain"].sudo().search([])  # pylint: disable=no-search-all

    @api.model
    @tools.ormcache()
    def _catchall_directory(self):
        """Cached, because every message asks for it; no account marked means: nothing to do."""
        # sudo: which accounts there are, whoever sends; ids alone are kept
        servers = self.sudo().search([("is_catchall", "=", True), ("owner_user_id", "=", False)])
        if not servers:
            return OutgoingDirectory(frozenset(), {}, {}, {})
        domains = self._catchall_all_domains()
        accounts = {
            domain.id: server.id
            for server in servers
            for domain in (server.catchall_alias_domain_ids or domains)
        }
        by_address = {}
        # Where two domains share an address, the one that has an account comes last and stays.
        for domain in domains.sorted(lambda domain: domain.id in accounts):
            by_address[normalise(domain.default_from_email or "")] = domain.id
            by_address[normalise(domain.bounce_email or "")] = domain.id
        by_address.pop("", None)
        names = {domain.id: normalise_domain(domain.name) for domain in domains}
        return OutgoingDirectory(frozenset(servers.ids), accounts, names, by_address)

    @api.model
    def _catchall_alias_domain(self, email_from=""):
        """The alias domain of a message, if a catch-all account serves it.

        The record's domain, which mail.mail puts into the context, wins over the author's, which
        wins over the current company's.
        """
        directory = self._catchall_directory()
        # sudo: a domain's own addresses, whoever sends
        AliasDomain = self.env["mail.alias.domain"].sudo()
        if not directory.accounts:
            return AliasDomain
        for key in ("domain_bounce_address", "domain_notifications_email"):
            address = normalise(email_normalize(self.env.context.get(key)) or "")
            if domain_id := directory.by_address.get(address):
                return AliasDomain.browse(directory.served(domain_id))
        author = normalise(email_normalize(email_from, strict=False) or "")
        domain_id = directory.served_by_name(author.rpartition("@")[2])
        # sudo: the domain of the company, whoever sends
        domain_id = domain_id or directory.served(self.env.company.sudo().alias_domain_id.id)
        return AliasDomain.browse(domain_id)

    def _find_mail_server(self, email_from, mail_servers=None):
        directory = self._catchall_directory()
        if not directory.accounts:
            return super()._find_mail_server(email_from, mail_servers)
        if mail_servers is None:
            # sudo: as Odoo itself does here
            mail_servers = self.sudo().search(
                self._find_mail_server_allowed_domain(), order="sequence"
            )
        active = mail_servers.filtered("active")
        owned = active.filtered("owner_user_id")
        personal = owned.filtered("from_filter").filtered(
            lambda server: self._match_from_filter(email_from, server.from_filter)
        )
        if personal and email_normalize(email_from):
            return super()._find_mail_server(email_from, personal)
        domain = self._catchall_alias_domain(email_from)
        # sudo: an account sends for people who may not open it
        account = self.sudo().browse(directory.accounts.get(domain.id))
        if account:
            # One address for all authors: mail.mail then opens one session for all of them.
            return account, account._catchall_account_address()
        # Another domain's mail: any ordinary server is better than somebody else's account.
        ordinary = (active - owned).filtered(lambda server: server.id not in directory.servers)
        return super()._find_mail_server(email_from, ordinary or mail_servers)

    def _connect__(
        self,
        host=None,
        port=None,
        user=None,
        password=None,
        encryption=None,
        smtp_from=None,
        ssl_certificate=None,
        ssl_private_key=None,
        smtp_debug=False,
        mail_server_id=None,
        allow_archived=False,
    ):
        # long: core's arguments, twice
        accounts = self._catchall_directory().servers
        named = mail_server_id and not self._catchall_named_by_default(mail_server_id)
        if accounts and not named and not host:
            # sudo: as Odoo itself does in this method
            server, address = self.sudo()._find_mail_server(smtp_from)
            if server and server.id in accounts:
                mail_server_id, smtp_from = server.id, address
        connect = functools.partial(
            super()._connect__,
            host,
            port,
            user,
            password,
            encryption,
            smtp_from=smtp_from,
            ssl_certificate=ssl_certificate,
            ssl_private_key=ssl_private_key,
            smtp_debug=smtp_debug,
            mail_server_id=mail_server_id,
            allow_archived=allow_archived,
        )
        # sudo: whose secrets are kept and whose session it is, for whoever sends
        account = self.sudo().browse(mail_server_id or [])
        if not account.is_catchall:
            return connect()
        log_in = functools.partial(account._catchall_log_in, functools.partial(_readably, connect))
        connection = log_in()
        if connection is None or account.id not in accounts:  # archived: a setup tries it
            return connection
        return account._catchall_session(connection, log_in)

    def _catchall_named_by_default(self, server_id):
        """Whether nobody named this server for a message: OCA's ``mail_outbound_static`` takes the
        first one, without looking at it, for code that sends by itself and names none.

        Its ``send_email`` says in the context what it went by. Its list of domains is a choice.
        """
        domain = self.env.context.get("email_domain")
        if not domain or self.env.context.get("mail_server_id") != server_id:
            return False
        if not hasattr(self, "_get_mail_sever") or self._get_mail_sever(domain) != server_id:
            return False
        # sudo: a list of domains, whoever sends
        listed = self.sudo().browse(server_id).domain_whitelist
        return domain not in self._get_domain_whitelist(listed)

    def _get_test_email_from(self):
        self.ensure_one()
        if self.is_catchall:
            return self._catchall_account_address()
        return super()._get_test_email_from()


def _readably(connect):
    """Connect; an error says what the server said, and not how Python holds it: (535, b'...')."""
    try:
        return connect()
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error
        if isinstance(said, bytes):
            said = said.decode("utf-8", "replace")
        error.args = (f"{error.smtp_code} {said}",)
        raise


class MailAliasDomain(models.Model):
    _inherit = "mail.alias.domain"

    @api.model_create_multi
    def create(self, vals_list):
        domains = super().create(vals_list)
        self.env.registry.clear_cache()
        return domains

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
