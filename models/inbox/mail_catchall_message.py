"""The ledger: every message that a catch-all account received, with what became of it and why.

The model stores and has buttons. The work is done by objects in memory: lanes and deliveries in
``models/routing``, the question of where a message would go in ``mail_catchall_where.py``.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...ledger.codes import REASONS, STATES, LedgerState
from ...router.codes import Reason, State, selection
from ...router.message.mail import ReceivedMail
from ...router.verdicts.bulk import Bulk
from ..routing.by_hand import route_by_hand
from ..routing.lane import Lane, lanes
from ..routing.odoo_directory import OdooDirectory
from ..routing.signatures import signed_by
from ..windows import form_window
from .decision_story import why_line
from .mail_catchall_where import where_would_this_go

# Of whoever held the row: written with everything that says what became of it.
_UNCLAIMED = {"claim_pid": False, "claim_start": False}
_UNSETTLED = {"next_try_date": False, "waiting_since": False, "waiting_for": False}


class CatchallMessage(models.Model):
    _name = "mail.catchall.message"
    _inherit = "mail.catchall.readable"
    _description = "Received Email"
    _order = "id desc"
    _rec_name = "subject"

    folder = fields.Char(readonly=True, help="The mailbox folder that the email was in.")
    folder_is_junk = fields.Boolean("From Junk", readonly=True)
    remote_key = fields.Char(
        "Mailbox Key",
        readonly=True,
        help="How the mailbox identifies this email: folder, UIDVALIDITY and UID, or POP3 UIDL.",
    )
    received_date = fields.Datetime("Received", readonly=True, index=True)
    fetched_date = fields.Datetime("Fetched", readonly=True)

    state = fields.Selection(
        selection(STATES), required=True, default=str(LedgerState.RECEIVED), readonly=True
    )
    reason = fields.Selection(selection(REASONS), readonly=True, index=True)
    verdicts = fields.Char(
        "Classifications",
        readonly=True,
        help="The kinds of email that the router found this to be.",
    )
    facts = fields.Json(readonly=True)

    attempts = fields.Integer(readonly=True, aggregator=None)
    error = fields.Text(readonly=True)
    next_try_date = fields.Datetime("Next Attempt", readonly=True)
    route_ids = fields.One2many("mail.catchall.route", "catchall_message_id", "Records")
    route_count = fields.Integer("Number of Records", compute="_compute_route_count")
    has_notes = fields.Boolean(compute="_compute_route_count")

    rule_ids = fields.Many2many(
        "mail.catchall.rule",
        "catchall_message_rule_rel",
        "message_id",
        "rule_id",
        "Rules",
        readonly=True,
        help="The routing rules that matched this email.",
    )
    list_name = fields.Char(
        "List",
        compute="_compute_list_name",
        help="The newsletter or mailing list that sent this email.",
    )
    reply_to = fields.Char(
        "Reply-To",
        compute="_compute_reply_to",
        help="Another address that the email asks to reply to. The customer is still its sender, "
        "who may be a person. If a web form sends these emails, say so once: the customer is then "
        "the address in Reply-To.",
    )
    suggestion = fields.Char(
        compute="_compute_suggestion",
        help="Existing addresses that resemble the one the email was sent to.",
    )
    suggested_alias_id = fields.Many2one("mail.alias", compute="_compute_suggestion")
    dkim_result = fields.Json("Stored Signature Result", readonly=True)
    dkim_text = fields.Char("Signature", compute="_compute_dkim_text")
    notice_date = fields.Datetime("Sender Notified", readonly=True)

    # Not for people: what lanes need (models/routing).
    claim_pid = fields.Integer("Claimed by Connection", readonly=True)
    claim_start = fields.Char("Start of That Connection", readonly=True)
    # What tells two messages of one mailbox key apart (models/incoming).
    header_key = fields.Char(readonly=True)
    listed_size = fields.Integer("Size in the Mailbox (bytes)", readonly=True, aggregator=None)
    sender_key = fields.Char(readonly=True)
    thread_key = fields.Char(readonly=True)
    waiting_since = fields.Datetime(readonly=True)
    # No foreign key: its lock would make lanes wait for each other.
    waiting_for = fields.Integer(
        "Waits for Email", readonly=True, index="btree_not_null", aggregator=None
    )

    _remote_key_unique = models.UniqueIndex(
        "(fetchmail_server_id, remote_key)", "This email of the mailbox has already been received."
    )
    _open_index = models.Index("(id) WHERE state = 'received'")
    _state_index = models.Index("(state, id)")
    _notice_index = models.Index("(notice_date) WHERE notice_date IS NOT NULL")
    _header_index = models.Index("(fetchmail_server_id, header_key) WHERE header_key IS NOT NULL")
    _sender_index = models.Index("(sender_key, fetched_date)")

    # ------------------------------------------------------------ what is shown

    @api.depends("route_ids.note")
    def _compute_route_count(self):
        for row in self:
            row.route_count = len(row.route_ids)
            row.has_notes = any(row.route_ids.mapped("note"))

    @api.depends("dkim_result")
    def _compute_dkim_text(self):
        for row in self:
            found = row.dkim_result or {}
            parts = [found.get("result"), found.get("domain"), found.get("detail")]
            row.dkim_text = ", ".join(filter(None, parts))

    def _compute_list_name(self):
        for row in self:
            row.list_name = (row.facts or {}).get("list", False)

    @api.depends("facts")
    def _compute_reply_to(self):
        for row in self:
            row.reply_to = (row.facts or {}).get("reply_to", False)

    @api.depends("facts", "state")
    def _compute_suggestion(self):
        for row in self:
            waiting = row.state in (State.QUARANTINED, LedgerState.FAILED)
            addresses = row._suggested_addresses() if waiting else []
            aliases = self.env["mail.alias"].search([("alias_full_name", "in", addresses)])
            by_address = {alias.alias_full_name: alias for alias in aliases}
            row.suggestion = ", ".join(addresses)
            row.suggested_alias_id = next(
                (by_address[address] for address in addresses if address in by_address), False
            )

    def _suggested_addresses(self):
        """Return the suggestions of the router, the likeliest first, each once."""
        suggestions = (self.facts or {}).get("suggestions") or {}
        return list(dict.fromkeys(item for items in suggestions.values() for item in items))

    # ------------------------------------------------------------ what becomes of a row

    @api.model
    def _cron_route(self):
        """Route one batch; Odoo calls again as long as the lane reports remaining messages."""
        Lane(self.env).run()

    @api.model
    def _wake_lanes(self):
        """Run every lane as soon as this transaction is committed."""
        for lane in self._lanes():
            lane._trigger()

    @api.model
    def _lanes(self):
        """The active jobs that route."""
        return lanes(self.env)

    def _received_mail(self):
        self.ensure_one()
        return ReceivedMail.from_bytes(self._read_source(), folder_is_junk=self.folder_is_junk)

    def _identity(self, mail):
        """The key of all copies of this message: ``identity`` once it is decided about."""
        return mail.identity(self.remote_key or str(self.id))

    def _signed_by(self):
        """Domains whose signature of this message was verified here, for the router."""
        return signed_by(self)

    def _sent_as(self, content):
        """Hook: the addresses in From under which Odoo has sent this very content.

        :param str content: its ``ReceivedMail.text_digest``
        :rtype: frozenset[str]
        """
        return frozenset()

    def _settled_before(self, mail):
        """Hook: the targets that this message is not to reach again, None when nothing is known.

        Asked where no other row of the ledger is a copy of it.
        """
        return None

    def _settle(self, state, reason=None, explanation=None, **values):
        """Write what became of these rows: whoever held them lets go, and nothing is awaited."""
        if reason is not None:
            values["reason"] = reason and str(reason)
        if explanation is not None:
            values["explanation"] = explanation
        self.write({"state": str(state), **_UNCLAIMED, **_UNSETTLED, **values})

    def _wait_until(self, when, explanation, **values):
        """Leave this row queued until then; a lane wakes for it."""
        queued = {
            "state": str(LedgerState.RECEIVED),
            "next_try_date": when,
            "explanation": explanation,
        }
        self.write({**queued, **_UNCLAIMED, **values})
        for lane in self._lanes()[:1]:
            lane._trigger(when + timedelta(seconds=1))

    def _write_decision(self, decision):
        self._settle(
            decision.state,
            decision.reason,
            why_line(self.env, decision),
            recipients=[item.as_json() for item in decision.recipients],
            recipient_names=", ".join(item.address for item in decision.recipients),
            author_check=str(decision.author_check),
            unproven=decision.unproven,
            verdicts=", ".join(decision.verdicts),
            trace=[line.as_json() for line in decision.trace],
            facts=decision.facts or False,
            contact=decision.contact,
            error=False,
            **({"rule_ids": [fields.Command.set(decision.rules)]} if decision.rules else {}),
        )

    def _keeps_records(self, decision):
        """Whether a message that would go nowhere now has records: they stay, and it with them."""
        return decision.state is not State.ROUTED and bool(self.route_ids)

    def _keep_records(self):
        reason = Reason.ALIAS if self.route_ids.alias_id else Reason.REPLY
        self._settle(State.ROUTED, reason, self.env._("Keeps its existing records"))

    def _reopen(self):
        """Put rows back to the start; those whose bytes are not here are fetched again first."""
        self._settle(
            LedgerState.RECEIVED,
            False,
            False,
            attempts=0,
            error=False,
            rule_ids=[fields.Command.clear()],
        )
        missing = self.filtered(lambda row: row.fetchmail_server_id and not row.has_source)
        for server, rows in missing.grouped("fetchmail_server_id").items():
            server._catchall_fetch_again(rows)

    # ------------------------------------------------------------ what would become of it

    def _preview_decision(self, directory=None):
        """Return what the router would decide about this message now; it changes nothing.

        What is said while a message is delivered (an application refuses it, a sender wrote too
        often) is not known before.

        :param directory: an :class:`OdooDirectory` to ask, when many rows are asked about
        :return: :class:`~..router.decision.Decision`, None while only the mailbox has the bytes
        """
        self.ensure_one()
        self._check_can_sort()
        row = self.sudo()  # sudo: the user may see the message; the decision looks at all there is
        if not row.has_source:
            return None
        directory = (directory or OdooDirectory(row.env)).for_row(row)
        policy = directory.policy(row.fetchmail_server_id)
        chain = self.env["mail.catchall.chain"]
        return chain._decide(row._received_mail(), directory, policy, row._signed_by())

    def _would_change(self, decision):
        """Whether a decision differs from what became of this row."""
        fresh = {route.target for route in decision.routes} - set(self.route_ids.mapped("target"))
        if fresh:
            return True
        if self.route_ids:
            return False  # it keeps the records it has
        return (self.state, self.reason) != (str(decision.state), str(decision.reason))

    @api.model
    def where_would_this_go(self, address=None, source=None, account_id=None, sender=None):
        """Say what the router would do, with its full trace. Nothing is written.

        :param str address: an address of ours; or
        :param source: a whole message, as bytes or text
        :param int account_id: the incoming account whose settings count; that of the domain by
            default
        :param str sender: who writes to ``address``; a stranger by default
        :return: dict of ``state``, ``reason``, ``outcome`` (a line for people), ``author_check``,
            ``unproven``, ``contact``, and ``recipients``, ``routes`` and ``trace``, each a list of
            dicts
        :raises UserError: when what was given holds neither an address nor a message
        """
        self._check_can_sort()
        return where_would_this_go(self.env, address, source, account_id, sender)

    # ------------------------------------------------------------ buttons

    def _check_can_sort(self):
        """Raise unless the user works the inbox, and may see these messages (company rules)."""
        self.check_access("read")
        if not self.env.user.has_group("mail_catchall_router.group_catchall_user"):
            raise AccessError(
                self.env._(
                    "Sorting received mail requires the access right “Mail Router / User”. "
                    "Ask an administrator to grant it."
                )
            )

    def _open_wizard(self, model, name):
        ids = {"default_catchall_message_ids": self.ids, "active_ids": self.ids}
        return form_window(self.env[model], name, dialog=True, **ids)

    def action_route(self, alias_id=None, model=None, res_id=None):
        """Route these messages to an alias or to a record; without arguments, ask which.

        :param alias_id: id of a ``mail.alias``
        :param model, res_id: an existing record (``res_id``), or a model to make a new one of
        """
        self._check_can_sort()
        if not alias_id and not model:
            return self._open_wizard("mail.catchall.route.wizard", self.env._("Route To"))
        for row in self:
            route_by_hand(row, alias_id=alias_id, model=model, res_id=res_id)
        return True

    def action_create_alias(self):
        """Ask for a new alias for the address these messages were meant for, and route them."""
        self._check_can_sort()
        if not self.env.user.has_group("base.group_system"):
            raise AccessError(
                self.env._(
                    "Only an administrator may create aliases. Route the email to an existing "
                    "alias, or ask an administrator to create a new one."
                )
            )
        return self._open_wizard("mail.catchall.alias.wizard", self.env._("Create Alias"))

    def action_ignore(self):
        """Dismiss these messages: they stay in the ledger and create nothing."""
        self._check_can_sort()
        routed = self.filtered(lambda row: row.state == State.ROUTED)
        if routed:
            raise UserError(
                self.env._(
                    "“%(subject)s” has already been routed. Archive or delete its record instead.",
                    subject=routed[0].display_name,
                )
            )
        dismissed = self.env._("Dismissed by %(user)s", user=self.env.user.name)
        # sudo: nobody may write the ledger by hand; this button is the way to do it.
        self.sudo()._settle(State.IGNORED, explanation=dismissed)
        return True

    def action_replay(self):
        """Route these messages again, as if they had just arrived. No record is made twice."""
        self._check_can_sort()
        self.sudo()._reopen()  # sudo: as above
        self.env["mail.catchall.message"]._wake_lanes()
        return True

    def action_download(self):
        self.ensure_one()
        self.check_access("read")
        if not self.env.user.has_group("mail_catchall_router.group_catchall_manager"):
            raise AccessError(
                self.env._(
                    "Downloading the source requires the access right “Mail Router / "
                    "Administrator”. Ask an administrator to grant it."
                )
            )
        return self._download()

    def action_open_records(self):
        self.ensure_one()
        return self.route_ids._open_records()

    def action_route_suggested(self):
        self.ensure_one()
        if not self.suggested_alias_id:
            raise UserError(
                self.env._("There is no suggestion for this email. Choose where to route it.")
            )
        return self.action_route(alias_id=self.suggested_alias_id.id)

    def action_preview(self):
        self._check_can_sort()
        return self.env["mail.catchall.preview"]._open(rows=self)

    def action_accept_list(self):
        """Accept the lists of these messages for the aliases they were sent to, and route them."""
        self._check_can_sort()
        for row in self:
            if row.reason != Bulk.reason or not row.list_name:
                raise UserError(
                    self.env._(
                        "“%(subject)s” is not a mailing-list message. Route it by hand.",
                        subject=row.display_name,
                    )
                )
            row._named_aliases()._catchall_accept_list(row.list_name)
        return self.action_replay()

    def _named_aliases(self):
        """Return the aliases this message was sent to, whose records the user may create."""
        self.ensure_one()
        # sudo: which aliases there are; what the user may do with them is checked below
        directory = OdooDirectory(self.sudo().env)
        ids = {
            alias.id
            for item in self.recipients or []
            for alias in directory.aliases(item["address"])
        }
        # sudo: administrators alone write aliases; what the user may do is checked here
        aliases = self.env["mail.alias"].sudo().browse(sorted(ids))
        if not aliases:
            raise UserError(
                self.env._(
                    "“%(subject)s” was not sent to an alias. Route it by hand.",
                    subject=self.display_name,
                )
            )
        for alias in aliases:
            self.env[alias.alias_model_id.model].check_access("create")
        return aliases
