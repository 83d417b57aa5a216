"""Odoo's answers to the router's questions, for one batch of messages: a plain object, no model."""

from functools import cached_property
from itertools import chain

from ...router.codes import NearMissPolicy, StrangerReplies
from ...router.directory import Directory
from ...router.message import addresses
from ...router.message.lists import is_under
from ...router.places import Alias, ReplyTarget, ThreadMessage, User
from ...router.policy import Policy
from ...router.sent import SentMessage
from .correspondents import is_correspondent


class _Everywhere(frozenset):
    """The places of a message that Odoo has dealt with: there is none that it is still to reach."""

    def __contains__(self, _target):
        return True


EVERYWHERE = _Everywhere()


class OdooDirectory(Directory):
    """Answers from an environment.

    Aliases and accounts are read once per batch: an alias that is created meanwhile counts from
    the next batch on.
    """

    def __init__(self, env):
        self.env = env
        self.row = None
        self._policies = {}
        self._aliases, self._local_aliases = self._load_aliases()

    def for_row(self, row):
        """Set the ledger row under decision, which :meth:`delivered` must not find itself."""
        self.row = row
        return self

    # --- the router's questions: router/directory.py says what is returned

    def aliases(self, address):
        """Return the aliases of exactly this address, or of its local part where they allow it."""
        found = self._aliases.get(address)
        if found:
            return found
        local, _at, domain = address.rpartition("@")
        if local in self._local_aliases and self._is_local_domain(domain):
            return self._local_aliases[local]
        return ()

    def alias(self, alias_id):
        """Return the alias of this id, None where it has no address."""
        return next((alias for alias in self._addressed if alias.id == alias_id), None)

    def user(self, address):
        return self._users.get(address)

    def is_ours(self, address):
        ours = (*self._own_domains, *self._allowed_domains)
        return address in self._ours or is_under(address.rpartition("@")[2], ours)

    def is_users(self, address):
        """Whether an address is that of an internal user, an archived one included."""
        return address in self._users_ever

    def addresses_of_login(self, login):
        user = self.user(login) or self._logins.get(login)
        mine = (address for address, other in self._users.items() if user and other.id == user.id)
        return frozenset({login, *mine})

    def familiar(self, model, res_id, address):
        # sudo: the gateway looks at records that nobody is logged in for
        record = self.env[model].sudo().browse(res_id).exists()
        if record and "message_partner_ids" not in record._fields:
            return True  # a mailing list has members, and says itself who may write to it
        return bool(record) and is_correspondent(record, address)

    def thread(self, message_ids):
        self.env.cr.execute(
            """
            SELECT id, model, res_id FROM mail_message
             WHERE message_id = ANY(%s) AND model IS NOT NULL AND COALESCE(res_id, 0) <> 0
             ORDER BY id DESC LIMIT 1
            """,
            [list(message_ids)],
        )
        row = self.env.cr.fetchone()
        return ThreadMessage(*row) if row and row[1] in self.env else None

    def event(self, uid):
        """Return the event whose invitation was sent with this UID, wherever it is kept.

        Odoo gives each invitation a UID of its own and keeps it in the attachment alone, whose
        words are indexed; its host may have been replaced on the way out. Events that Google or
        Microsoft keep in step carry theirs.
        """
        if "calendar.event" not in self.env:
            return None
        # sudo: the gateway looks at records that nobody is logged in for
        Event = self.env["calendar.event"].sudo().with_context(active_test=False)
        google = uid.removesuffix("@google.com")
        for name, value in (("ms_universal_event_id", uid), ("google_id", google)):
            if name in Event._fields:
                event = Event.search([(name, "=", value)], limit=1)
                if event:
                    return Event._name, event.id
        if "@" not in uid:
            return None
        carried = [
            ("res_model", "=", Event._name),
            ("mimetype", "=", "text/calendar"),
            ("index_content", "=like", f"%UID:{like_escaped(uid.rpartition('@')[0])}@%"),
        ]
        # sudo: the gateway looks at files that nobody is logged in for
        files = self.env["ir.attachment"].sudo()
        invitation = files.search(carried, order="id desc", limit=1)
        event = Event.browse(invitation.res_id or []).exists()
        return (Event._name, event.id) if event else None

    def delivered(self, mail):
        row = self.row
        if row is None:
            return None
        self.env.cr.execute(
            """
            SELECT m.id, array_remove(array_agg(r.target), NULL)
              FROM mail_catchall_message m
              LEFT JOIN mail_catchall_route r ON r.catchall_message_id = m.id
             WHERE m.identity = %s AND m.id <> %s AND m.state <> 'received'
               AND (m.id < %s OR r.id IS NOT NULL)
             GROUP BY m.id
            """,
            [row._identity(mail), row.id, row.id],
        )
        copies = self.env.cr.fetchall()
        if copies:
            return frozenset(target for _id, targets in copies for target in targets)
        settled = row._settled_before(mail)
        return self.posted_before(mail) if settled is None else settled

    def known_addresses(self, domain):
        return self._known.get(domain, ())

    def rules(self):
        return self._rules

    def read_rules(self, records):
        """Return rules as the router reads them; one whose target is gone is left out."""
        known = chain(self._addressed, *self._local_aliases.values())
        by_id = {alias.id: alias for alias in known}
        return tuple(filter(None, (record._router_rule(by_id) for record in records)))

    def rules_shown_to(self, env):
        """Return the rules that count when this user asks, as the gateway reads them.

        Those of a company that the user does not work in are about that company's mail alone; told
        what becomes of it, they could be guessed word for word.
        """
        return env["mail.catchall.rule"].search([]).sudo()  # sudo: its alias and accounts as well

    def use_rules(self, rules):
        """Answer with these rules instead of Odoo's, to see what they would change."""
        self._rules = rules

    def reply_target(self, token, sender):
        # sudo: the gateway looks at records that nobody is logged in for
        model = self.env["ir.model"].sudo().browse(token.model_id).exists().model
        if model not in self.env or not hasattr(self.env[model], "message_post"):
            return None
        # sudo: as above
        record = self.env[model].sudo().browse(token.res_id).exists()
        if not record:
            return None
        # sudo: as above
        partner = self.env["res.partner"].sudo().browse(token.partner_id).exists()
        is_partner = bool(sender) and partner.email_normalized == sender
        return ReplyTarget(
            model=model,
            res_id=record.id,
            parent_id=token.parent_id,
            familiar=is_partner or is_correspondent(record, sender, partner),
            is_partner=is_partner,
            closed=_is_closed(record),
            alias=self._alias_of(record),
        )

    def _alias_of(self, record):
        """Return the alias that a record came by, else the first that makes its kind."""
        Route = self.env["mail.catchall.route"].sudo()  # sudo: whoever asks
        to_record = [("model", "=", record._name), ("res_id", "=", record.id)]
        route = Route.search([*to_record, ("alias_id", "!=", False)], limit=1)
        making = [
            alias
            for alias in self._addressed
            if alias.model == record._name and not alias.force_thread_id
        ]
        came_by = [alias for alias in making if alias.id == route.alias_id.id]
        return next(iter(came_by or making), None)

    def posted_before(self, mail):
        """Return where a message is that no row of the ledger has made, None when it is new.

        What plain Odoo has received, before the account became a catch-all, is nowhere made again:
        Odoo itself takes a Message-ID once. Somebody else's message with that Message-ID is another
        one, and so is what a row of other content made, or what Odoo has sent.
        """
        if not mail.message_id:
            return None
        self.env.cr.execute(
            """
            SELECT 1 FROM mail_message mm
             WHERE mm.message_id = %s AND mm.message_type = 'email'
               AND strpos(coalesce(lower(mm.email_from), ''), %s) > 0
               AND NOT EXISTS (SELECT 1 FROM mail_catchall_route r
                                WHERE r.mail_message_id = mm.id)
             LIMIT 1
            """,
            [mail.message_id, mail.sender.address],
        )
        return EVERYWHERE if self.env.cr.fetchone() else None

    def sent(self, mail, content):
        if content and (senders := self.env["mail.catchall.message"]._sent_as(content)):
            return SentMessage(senders)
        if not mail.message_id:
            return None
        self.env.cr.execute(
            "SELECT 1 FROM mail_message WHERE message_id = %s AND message_type <> 'email' LIMIT 1",
            [mail.message_id],
        )
        return SentMessage() if self.env.cr.fetchone() else None

    def company_id(self, decision):
        """Return the id of the company whose domain the message was meant for, if it is one."""
        names = {item.address.rpartition("@")[2] for item in decision.recipients}
        ids = {self._companies.get(name) for name in names}
        return ids.pop() if len(ids) == 1 else None

    # --- what the admin decided

    def policy(self, server):
        """Return the :class:`Policy` of an account; an archived or deleted one has the default."""
        if server.id not in self._policies:
            self._policies[server.id] = self._load_policy(server)
        return self._policies[server.id]

    def _load_policy(self, server):
        # sudo: what the admin set up is read whoever sorts the inbox, and none of it is shown
        account = server.sudo()
        domains = account.alias_domain_ids.exists()
        # sudo: as above
        domains = domains or self.env["mail.alias.domain"].sudo().search([])
        bounces = frozenset(map(addresses.normalise, filter(None, domains.mapped("bounce_email"))))
        own = {*domains.mapped("catchall_email"), account.user}
        allowed = self._allowed_domains
        # sudo: the secret that signs reply addresses, which the router checks
        get_param = self.env["ir.config_parameter"].sudo().get_param
        return Policy(
            domains=frozenset(addresses.normalise_domain(name) for name in domains.mapped("name"))
            | frozenset(allowed),
            own_addresses=bounces.union(map(addresses.normalise, filter(None, own))) - {""},
            own_hosts=account._catchall_own_hosts(),
            envelope_header=account.envelope_header or "",
            trusted_authserv_ids=frozenset(_split(account.trusted_authserv_ids)),
            near_miss=account.near_miss_policy or NearMissPolicy.ALIAS,
            account=account.id or 0,
            stranger_replies=account.stranger_replies or StrangerReplies.NOTE,
            fallback_model=account.object_id.model or "",
            accept_any_domain=bool(self._local_aliases) and not allowed,
            bounce_addresses=bounces,
            secret=(get_param("database.secret") or "").encode(),
            database=get_param("database.uuid") or "",
            **account._catchall_proof_policy(self.is_users),
        )

    def _is_local_domain(self, domain):
        allowed = self._allowed_domains
        return not allowed or domain in allowed or domain in self._own_domains

    @property
    def _allowed_domains(self):
        # sudo: mail.catchall.domain.allowed is Odoo's own system parameter for local aliases
        value = self.env["ir.config_parameter"].sudo().get_param("mail.catchall.domain.allowed")
        return _split(value)

    def _load_aliases(self):
        self.env["mail.alias"].flush_model()
        self.env.cr.execute(
            """
            SELECT a.id, m.model, COALESCE(a.alias_force_thread_id, 0) AS force_thread_id,
                   a.alias_contact = 'everyone' AS public,
                   COALESCE(a.catchall_accepts_bulk, FALSE) AS accepts_bulk,
                   COALESCE(a.catchall_accepts_machine, TRUE) AS accepts_machine,
                   a.catchall_accepted_lists AS lists, a.alias_incoming_local AS is_local,
                   a.alias_name AS name, a.alias_full_name AS full_name
              FROM mail_alias a JOIN ir_model m ON m.id = a.alias_model_id
             WHERE a.alias_name IS NOT NULL AND a.alias_name <> ''
             ORDER BY a.id
            """
        )
        exact, local = {}, {}
        for row in self.env.cr.dictfetchall():
            if row["model"] not in self.env:
                continue
            address = addresses.normalise(row.pop("full_name") or "")
            name, is_local = row.pop("name"), row.pop("is_local")
            lists = frozenset((row.pop("lists") or "").lower().split())
            alias = Alias(address=address or name, accepted_lists=lists, **row)
            if address:
                exact.setdefault(address, []).append(alias)
            if is_local:
                local.setdefault(name.lower(), []).append(alias)
        # sudo: names of domains and their companies only
        domains = self.env["mail.alias.domain"].sudo().search([])
        self._own_domains = {addresses.normalise_domain(name) for name in domains.mapped("name")}
        self._companies = {
            addresses.normalise_domain(domain.name): domain.company_ids.id
            for domain in domains
            if len(domain.company_ids) == 1
        }
        return exact, local

    @property
    def _addressed(self):
        """The aliases that have an address."""
        return chain.from_iterable(self._aliases.values())

    @cached_property
    def _rules(self):
        # sudo: rules hold for every message, whoever sorts the inbox and whatever they may see
        return self.read_rules(self.env["mail.catchall.rule"].sudo().search([]))

    @cached_property
    def _known(self):
        # sudo: addresses are compared, never shown to whoever sorts the inbox
        users = self.env["res.users"].sudo().with_context(active_test=False).search([])
        domains = self.env["mail.alias.domain"].sudo().search([])
        known = {
            *self._aliases,
            *(user.email_normalized for user in users),
            *(addresses.normalise(user.login) for user in users),
            *(item.catchall_email for item in domains),
            *(item.bounce_email for item in domains),
            *(item.default_from_email for item in domains),
        }
        by_domain = {}
        for address in filter(None, known):
            by_domain.setdefault(address.rpartition("@")[2], []).append(address)
        return by_domain

    @cached_property
    def _ours(self):
        companies = self.env["res.company"].sudo().search([])  # sudo: addresses are compared
        of_companies = {company.partner_id.email_normalized for company in companies}
        return self._users_ever | of_companies - {False}

    @cached_property
    def _users_ever(self):
        # sudo: addresses are compared, never shown. Whoever was a user may be believed to be one.
        users = self.env["res.users"].sudo().with_context(active_test=False)
        users = users.search([("share", "=", False)])
        return frozenset(
            address
            for user in users
            for address in (user.email_normalized, addresses.normalise(user.login))
            if address
        )

    @cached_property
    def _logins(self):
        """Users by a login that is no address: what a mail server of ours may know them by."""
        # sudo: users are matched, never shown
        users = self.env["res.users"].sudo().search([("share", "=", False)])
        return {
            user.login.lower(): User(user.id, user.email_normalized or "")
            for user in users
            if "@" not in user.login
        }

    @cached_property
    def _users(self):
        # sudo: users are matched, never shown. By their contact's address, as Odoo finds authors.
        users = self.env["res.users"].sudo().search([("share", "=", False)], order="id desc")
        return {
            address: User(user.id, address)
            for user in users
            for address in {user.email_normalized, addresses.normalise(user.login)}
            if address
        }


def _is_closed(record):
    """Whether a record's work is done: archived, closed, or in a folded stage."""
    fields = record._fields
    if "active" in fields and not record.active:
        return True
    if "is_closed" in fields and record.is_closed:
        return True
    stage = record.stage_id if "stage_id" in fields else None
    return bool(stage and "fold" in stage._fields and stage.fold)


def like_escaped(text):
    """The text for a LIKE pattern."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _split(value):
    return [part.strip().lower() for part in (value or "").split(",") if part.strip()]
