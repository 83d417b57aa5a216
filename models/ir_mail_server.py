"""The outgoing catch-all account: which mail leaves through it, and as whom.

Odoo chooses a server by its ``from_filter`` and lets the address of the session replace From. A
catch-all account is chosen by the alias domain of the record instead, one session carries all
authors, and ``router.identity`` decides From, Sender, Reply-To and the envelope in the one place
that every mail passes: ``_prepare_email_message__``.
"""

import functools
import json
import socket
from dataclasses import replace
from datetime import timedelta
from email.utils import make_msgid
from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import email_normalize

from ..router.addresses import normalise, normalise_domain
from ..router.identity import (
    FOREIGN_FORMAT,
    OWN_FORMAT,
    PLACEHOLDERS,
    Author,
    Mailbox,
    OutgoingAccount,
    ReplyTo,
    ascii_address,
    clean_name,
    clean_text,
    identify,
    mailboxes,
    with_domain,
    without_author,
    write_identity,
)
from ..sending.session import AccountSession

# What mail.mail knows and _prepare_email_message__ needs. It never leaves, as core's X-Msg-To-Add.
HINT_HEADER = "X-Catchall-Hint"
REWRITING_HOSTS = (".gmail.com", ".googlemail.com", ".office365.com", ".outlook.com")
DIRECTORY_FIELDS = {"is_catchall", "active", "catchall_alias_domain_ids", "owner_user_id"}


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

    is_catchall = fields.Boolean(
        "Catch-all Account",
        copy=False,  # two accounts never serve the same domain
        help="All mail of the email domains below leaves through this account, whoever writes it. "
        "The FROM filter is not used for it.",
    )
    catchall_address = fields.Char(
        "Address of the Account",
        help="The mailbox that this account sends from. Only needed when the username is not an "
        "email address.",
    )
    catchall_alias_domain_ids = fields.Many2many(
        "mail.alias.domain",
        "mail_catchall_server_alias_domain_rel",
        string="Email Domains",
        ondelete="restrict",  # a list that becomes empty would mean: all domains
        help="The domains whose mail leaves through this account. Empty: all of them.",
    )
    catchall_from_policy = fields.Selection(
        [
            ("auto", "The author's own address, until the provider refuses it"),
            ("keep", "The author's own address"),
            ("account", "The account's address, with the author's name"),
        ],
        "Customers See",
        default="auto",
        required=True,
        help="An author of another domain, such as a portal user, is always shown with the "
        "account's address. Choose the account's address where the provider changes or refuses "
        "other addresses, as Gmail and Microsoft 365 usually do.",
    )
    catchall_reply_policy = fields.Selection(
        [
            ("record", "The record's alias, or the catch-all address"),
            ("signed", "An address of its own for every record and recipient"),
        ],
        "Answers Go To",
        default="record",
        required=True,
        help="An address of its own (reply-...@your domain) brings an answer to its record also "
        "where the customer's mail program drops all references to the mail that it answers. It "
        "is used for domains whose catch-all mailbox is fetched here.",
    )
    catchall_name_format = fields.Char(
        "Name of an Author",
        default=OWN_FORMAT,
        required=True,
        help="How authors with an address of your domains are shown. "
        "{name} is the author, {company} the company of the record.",
    )
    catchall_foreign_name_format = fields.Char(
        "Name of an Outside Author",
        default=FOREIGN_FORMAT,
        required=True,
        help="How authors of other domains are shown, such as portal users. "
        "{name} is the author, {company} the company of the record.",
    )
    catchall_sender_header = fields.Boolean(
        "Add a Sender Header",
        help="Names the account beside the author. Outlook then shows 'account on behalf of "
        "author'. Usually not needed.",
    )

    catchall_minute_limit = fields.Integer(
        "Recipients a Minute",
        help="What the provider allows; further mail waits in the queue, in order. 0: no limit. "
        "Microsoft 365 allows 30 a minute.",
    )
    catchall_day_limit = fields.Integer(
        "Recipients a Day",
        help="What the provider allows in 24 hours; further mail waits in the queue, in order. "
        "0: no limit. Microsoft 365 allows 10,000, Google Workspace 2,000.",
    )
    catchall_from_learned = fields.Datetime(
        "Authors Refused Since",
        compute="_compute_catchall_from_learned",
        help="The provider refused to send as an author. Since then the account's own address "
        "is used. After 90 days it is tried again.",
    )
    catchall_from_answer = fields.Char(
        "Answer of the Provider", compute="_compute_catchall_from_learned"
    )
    catchall_waiting_count = fields.Integer(
        "Waiting for Another Try", compute="_compute_catchall_waiting_count"
    )

    # ------------------------------------------------------------------ rules

    @api.constrains("is_catchall", "catchall_address", "smtp_user", "owner_user_id")
    def _check_catchall_address(self):
        for server in self.filtered("is_catchall"):
            if server.owner_user_id:
                raise ValidationError(
                    self.env._(
                        "%(server)s is the personal server of %(user)s, so it cannot be a "
                        "catch-all account.",
                        server=server.display_name,
                        user=server.owner_user_id.display_name,
                    )
                )
            if not server._catchall_account_address():
                raise ValidationError(
                    self.env._(
                        "Fill in the address of the catch-all account %(server)s: its username is "
                        "not an email address.",
                        server=server.display_name,
                    )
                )

    @api.constrains("is_catchall", "active", "catchall_alias_domain_ids")
    def _check_catchall_domains(self):
        accounts = self.sudo().search([("is_catchall", "=", True)])
        everything = self._catchall_all_domains()
        for server in accounts & self.sudo():
            for other in accounts - server:
                named = server.catchall_alias_domain_ids, other.catchall_alias_domain_ids
                both = (named[0] or everything) & (named[1] or everything)
                if both or not any(named):
                    raise ValidationError(
                        self.env._(
                            "%(first)s and %(second)s are both catch-all accounts for "
                            "%(domains)s. Give each of them email domains of its own.",
                            first=server.display_name,
                            second=other.display_name,
                            domains=", ".join(both.mapped("name"))
                            or self.env._("all email domains"),
                        )
                    )

    @api.constrains("catchall_name_format", "catchall_foreign_name_format")
    def _check_catchall_formats(self):
        for server in self:
            for shown in (server.catchall_name_format, server.catchall_foreign_name_format):
                if not any(placeholder in shown for placeholder in PLACEHOLDERS):
                    raise ValidationError(
                        self.env._(
                            "%(format)s shows every author alike: use {name} or {company} in it.",
                            format=shown,
                        )
                    )

    _catchall_limits = models.Constraint(
        "CHECK(catchall_minute_limit >= 0 AND catchall_day_limit >= 0)",
        "A limit is a number of recipients, or 0 for none.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        servers = super().create(vals_list)
        if any(DIRECTORY_FIELDS & vals.keys() for vals in vals_list):
            self.env.registry.clear_cache()
        return servers

    def write(self, vals):
        result = super().write(vals)
        if DIRECTORY_FIELDS & vals.keys():
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    # ------------------------------------------------------------------ which account

    @api.model
    def _catchall_all_domains(self):
        # A handful, of all companies.
        return self.env["mail.alias.domain"].sudo().search([])  # pylint: disable=no-search-all

    @api.model
    @tools.ormcache()
    def _catchall_directory(self):
        """Cached, because every message asks for it; no account marked means: nothing to do."""
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
        """The alias domain of a mail, if a catch-all account serves it.

        The record's domain, which mail.mail puts into the context, wins over the author's, which
        wins over the current company's.
        """
        directory = self._catchall_directory()
        AliasDomain = self.env["mail.alias.domain"].sudo()
        if not directory.accounts:
            return AliasDomain
        for key in ("domain_bounce_address", "domain_notifications_email"):
            address = normalise(email_normalize(self.env.context.get(key)) or "")
            if domain_id := directory.by_address.get(address):
                return AliasDomain.browse(directory.served(domain_id) or [])
        author = normalise(email_normalize(email_from, strict=False) or "")
        domain_id = directory.served_by_name(author.rpartition("@")[2])
        domain_id = domain_id or directory.served(self.env.company.sudo().alias_domain_id.id)
        return AliasDomain.browse(domain_id or [])

    def _find_mail_server(self, email_from, mail_servers=None):
        directory = self._catchall_directory()
        if not directory.accounts:
            return super()._find_mail_server(email_from, mail_servers)
        if mail_servers is None:
            mail_servers = self.sudo().search(
                self._find_mail_server_allowed_domain(), order="sequence"
            )
        personal = mail_servers.filtered(
            lambda server: (
                server.active
                and server.owner_user_id
                and server.from_filter
                and self._match_from_filter(email_from, server.from_filter)
            )
        )
        if personal and email_normalize(email_from):
            return super()._find_mail_server(email_from, personal)
        domain = self._catchall_alias_domain(email_from)
        account = self.sudo().browse(directory.accounts.get(domain.id))
        if account:
            # One address for all authors: mail.mail then opens one session for all of them.
            return account, account._catchall_account_address()
        # Another domain's mail: any ordinary server is nearer than somebody else's account.
        ordinary = mail_servers.filtered(
            lambda server: (
                server.active and server.id not in directory.servers and not server.owner_user_id
            )
        )
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
        accounts = self._catchall_directory().servers
        if accounts and not mail_server_id and not host:
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
        connection = connect()
        if connection is None or mail_server_id not in accounts:
            return connection
        return self.sudo().browse(mail_server_id)._catchall_session(connection, connect)

    def _catchall_session(self, connection, connect):
        session = AccountSession(
            connection,
            connect,
            refuses_authors=bool(self.catchall_from_learned),
            accepted=functools.partial(self.env["mail.catchall.delivery"]._note, self.id),
            learned=self._catchall_learn,
        )
        session.catchall_server_id = self.id
        # Read once: every commit between two mails empties the cache of records.
        session.catchall_account = self._catchall_outgoing_account()
        session.catchall_companies = {}
        session.catchall_signed_domains = self._catchall_signed_domains()
        # Else core puts the session's address into From, and chooses the envelope by it.
        session.from_filter = session.smtp_from = False
        return session

    def _get_test_email_from(self):
        self.ensure_one()
        if self.is_catchall:
            return self._catchall_account_address()
        return super()._get_test_email_from()

    # ------------------------------------------------------------------ what was learned

    @api.depends("is_catchall")
    def _compute_catchall_from_learned(self):
        learned = self.env["mail.catchall.refusal"].sudo()._latest(self.ids)
        for server in self:
            refusal = learned.get(server.id)
            server.catchall_from_learned = refusal and refusal.create_date
            server.catchall_from_answer = refusal and refusal.answer

    def _catchall_learn(self, answer):
        """Called by the session when a mail went through as the account, not as its author."""
        self.env["mail.catchall.refusal"]._learn(self.id, str(answer))

    def action_catchall_forget_from(self):
        """Try the authors' own addresses again, with the next mail."""
        self.env["mail.catchall.refusal"].search([("server_id", "in", self.ids)]).unlink()
        self.invalidate_recordset(["catchall_from_learned", "catchall_from_answer"])

    @api.depends("is_catchall")
    def _compute_catchall_waiting_count(self):
        counts = dict(
            self.env["mail.mail"]
            .sudo()
            ._read_group(
                [("catchall_server_id", "in", self.ids), ("state", "=", "outgoing")],
                ["catchall_server_id"],
                ["__count"],
            )
        )
        for server in self:
            server.catchall_waiting_count = counts.get(server._origin, 0)

    def action_catchall_waiting(self):
        """The mails that the server did not take yet, with its answers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Waiting for Another Try"),
            "res_model": "mail.mail",
            "view_mode": "list,form",
            "domain": [("catchall_server_id", "=", self.id), ("state", "=", "outgoing")],
        }

    def _catchall_budget(self):
        """What the account may send now, as its provider counts; None: there is no limit.

        :return: recipients that may be served now, whether that is all of the limit, the time
          until there are more, and how many these are at most
        """
        self.ensure_one()
        now, count = fields.Datetime.now(), self.env["mail.catchall.delivery"]._count_since
        budgets = []
        if limit := self.catchall_minute_limit:
            left = limit - count(self.id, now - timedelta(minutes=1))
            budgets.append((left, left == limit, timedelta(minutes=1), limit))
        if limit := self.catchall_day_limit:
            left = limit - count(self.id, now - timedelta(days=1))
            budgets.append((left, left == limit, timedelta(hours=1), limit))
        return min(budgets, default=None)

    def _catchall_tell_admins(self, subject, body):
        """Tell those who can do something about an account, as each of them wants to be told."""
        admins = self.env.ref("base.group_system").sudo().all_user_ids.filtered("active")
        self.env["mail.thread"].with_user(SUPERUSER_ID).message_notify(
            subject=subject, body=body, partner_ids=admins.partner_id.ids, force_send=False
        )

    @api.onchange("is_catchall", "smtp_host", "smtp_authentication")
    def _onchange_catchall_from_policy(self):
        """Gmail rewrites a foreign From without a word, Microsoft refuses it: do not try."""
        if self.is_catchall and (self.smtp_host or "").lower().endswith(REWRITING_HOSTS):
            self.catchall_from_policy = "account"

    # ------------------------------------------------------------------ as whom

    def _catchall_account_address(self):
        """The mailbox behind the account, or "" when nothing names it."""
        self.ensure_one()
        account = self.sudo()
        return ascii_address(account.catchall_address or "") or ascii_address(
            account.smtp_user or ""
        )

    def _catchall_outgoing_account(self):
        self.ensure_one()
        directory = self._catchall_directory()
        return OutgoingAccount(
            address=self._catchall_account_address(),
            domains=frozenset(
                directory.names[domain_id]
                for domain_id, server_id in directory.accounts.items()
                if server_id == self.id
            ),
            from_policy=self.catchall_from_policy,
            sender_header=self.catchall_sender_header,
            own_format=self.catchall_name_format,
            foreign_format=self.catchall_foreign_name_format,
        )

    def _catchall_signed_domains(self):
        """Names of the domains in which every local part arrives here, if that is to be used."""
        if self.catchall_reply_policy != "signed":
            return frozenset()
        mailboxes_here = (
            self.env["fetchmail.server"]
            .sudo()
            .search([("is_catchall", "=", True), ("state", "=", "done")])
        )
        domains = mailboxes_here.alias_domain_ids
        if any(not mailbox.alias_domain_ids for mailbox in mailboxes_here):
            domains = self._catchall_all_domains()
        return frozenset(normalise_domain(domain.name) for domain in domains)

    def _build_email__(
        self,
        email_from,
        email_to,
        subject,
        body,
        email_cc=None,
        email_bcc=None,
        reply_to=False,
        attachments=None,
        message_id=None,
        references=None,
        object_id=False,
        subtype="plain",
        headers=None,
        body_alternative=None,
        subtype_alternative="plain",
    ):
        if domain := self._catchall_alias_domain(email_from):
            # A line break in a header value makes EmailMessage raise, and the mail fails for good.
            email_from, subject, reply_to, references = map(
                _clean_value, (email_from, subject, reply_to, references)
            )
            email_to, email_cc, email_bcc = map(_clean_value, (email_to, email_cc, email_bcc))
            headers = {key: _clean_value(value) for key, value in (headers or {}).items()}
            if not message_id:
                name = self._catchall_directory().names[domain.id]
                message_id = self._catchall_message_id(object_id, name)
        return super()._build_email__(
            email_from,
            email_to,
            subject,
            body,
            email_cc=email_cc,
            email_bcc=email_bcc,
            reply_to=reply_to,
            attachments=attachments,
            message_id=message_id,
            references=references,
            object_id=object_id,
            subtype=subtype,
            headers=headers,
            body_alternative=body_alternative,
            subtype_alternative=subtype_alternative,
        )

    @api.model
    def _catchall_message_id(self, object_id, domain):
        if object_id:
            message_id = tools.mail.generate_tracking_message_id(object_id)
            return with_domain(message_id, domain, (socket.gethostname(),))
        return make_msgid(domain=domain)

    def _prepare_email_message__(self, message, smtp_session):
        hint = json.loads(message[HINT_HEADER] or "{}")
        del message[HINT_HEADER]
        server = self.sudo().browse(getattr(smtp_session, "catchall_server_id", False) or [])
        if not server:
            return super()._prepare_email_message__(message, smtp_session)
        if not hasattr(message, "catchall_origin"):
            # A mail that is prepared again has our From already; who wrote it stays what it was.
            message.catchall_origin = Author.parse(str(message["From"] or "")), hint
        identity = server._catchall_identify(message, smtp_session)
        write_identity(message, identity)
        # Core takes the envelope from this key when the session has no FROM filter.
        contextual = self.with_context(domain_bounce_address=identity.envelope)
        return super(IrMailServer, contextual)._prepare_email_message__(message, smtp_session)

    def _catchall_identify(self, message, session):
        """The identity of a mail, and what the session may fall back to.

        The hint says what mail.mail has found out from the record.
        """
        author, hint = message.catchall_origin
        wanted = mailboxes(str(message["Reply-To"] or ""))
        settled = bool(hint.get("mail") and wanted)
        domain = self.env["mail.alias.domain"]
        if not settled or not hint.get("company"):
            domain = self._catchall_alias_domain(author.address)
        reply_to = ReplyTo(
            wanted=wanted,
            record=None if settled else self._catchall_mailbox(domain, author),
            own_domains=frozenset(self._catchall_directory().names.values()),
            settled=settled,
        )
        account = replace(
            session.catchall_account,
            company=self._catchall_company_name(hint.get("company"), domain, session),
            refuses_authors=session.refuses_authors,
        )
        identity = identify(author, account, reply_to)
        message.catchall_key = hint.get("mail", 0)
        message.catchall_fallback = (
            without_author(identity, author, account) if account.from_policy == "auto" else None
        )
        return identity

    def _catchall_company_name(self, company_id, alias_domain, session):
        company_id = company_id or (alias_domain.company_ids[:1] or self.env.company).id
        names = session.catchall_companies
        if company_id not in names:
            names[company_id] = self.env["res.company"].sudo().browse(company_id).name
        return names[company_id]

    def send_email(
        self,
        message,
        mail_server_id=None,
        smtp_server=None,
        smtp_port=None,
        smtp_user=None,
        smtp_password=None,
        smtp_encryption=None,
        smtp_ssl_certificate=None,
        smtp_ssl_private_key=None,
        smtp_debug=False,
        smtp_session=None,
    ):
        served = self._catchall_served(message, smtp_session)
        if served:
            left = self._prepare_smtp_to_list(message, smtp_session)
            if all(email_normalize(address, strict=False) in served for address in left):
                return message["Message-Id"]
            skipped = [*self.env.context.get("send_smtp_skip_to", ()), *served]
            self = self.with_context(send_smtp_skip_to=skipped)
        return super().send_email(
            message,
            mail_server_id=mail_server_id,
            smtp_server=smtp_server,
            smtp_port=smtp_port,
            smtp_user=smtp_user,
            smtp_password=smtp_password,
            smtp_encryption=smtp_encryption,
            smtp_ssl_certificate=smtp_ssl_certificate,
            smtp_ssl_private_key=smtp_ssl_private_key,
            smtp_debug=smtp_debug,
            smtp_session=smtp_session,
        )

    def _catchall_served(self, message, smtp_session):
        """Who got this mail already, in an attempt that failed for somebody else."""
        served = getattr(smtp_session, "catchall_served", None)
        if not served or HINT_HEADER not in message:
            return set()
        return served.get(json.loads(message[HINT_HEADER])["mail"], set())

    def _catchall_mailbox(self, alias_domain, author):
        """Where answers come back when no record has an alias: the domain's catch-all address."""
        address = ascii_address(alias_domain.sudo().catchall_email or "")
        return Mailbox(clean_name(author.name), address or self._catchall_account_address())


def _clean_value(value):
    """The value of a header without line breaks; lists of addresses one by one."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, (list, tuple)):
        return [_clean_value(item) for item in value]
    return value
