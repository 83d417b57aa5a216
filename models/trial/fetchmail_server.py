"""An account on trial: Odoo fetches it as before, the router only records what it would do."""

import poplib
from imaplib import IMAP4

from markupsafe import Markup
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...incoming import ImapFolder, MailboxError
from ...trial.comparison import Verdict
from .handover import known_uids
from .observer import CONTEXT, TrialObserver

# Lost by Odoo, still here, and nobody has done anything about it.
OPEN = [
    ("lost", "=", True),
    ("replayed", "=", False),
    ("reviewed", "=", False),
    ("has_source", "=", True),
]
_COLOURS = {"same": "secondary", "better": "success", "differs": "warning", "pending": "info"}
_BAR = Markup('<div class="progress" style="height: 1rem" aria-hidden="true">%s</div>')
_PART = Markup('<div class="progress-bar bg-%s" style="width: %.2f%%"></div>')
_LEGEND = Markup('<div class="d-flex flex-wrap column-gap-3 small mt-1">%s</div>')
_ENTRY = Markup('<span><span class="badge text-bg-%s">%s</span> %s</span>')


def _bar(counts, labels):
    """Draw counts by verdict: one bar in parts, and below it what each colour stands for."""
    total = sum(counts.values())
    shown = {verdict: count for verdict, count in counts.items() if count}
    if not shown:
        return False
    parts = [_PART % (_COLOURS[name], 100 * count / total) for name, count in shown.items()]
    entries = [_ENTRY % (_COLOURS[name], count, labels[name]) for name, count in shown.items()]
    return _BAR % Markup("").join(parts) + _LEGEND % Markup("").join(entries)


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_shadow = fields.Boolean(
        "On Trial",
        readonly=True,
        copy=False,
        help="Odoo fetches this account as before. For each email, what the Mail Router would have "
        "done is recorded.",
    )
    catchall_shadow_since = fields.Datetime("On Trial Since", readonly=True, copy=False)
    catchall_trial_count = fields.Integer("Emails", compute="_compute_catchall_trial")
    catchall_trial_open_count = fields.Integer(
        "Lost and Still Open", compute="_compute_catchall_trial"
    )
    catchall_trial_text = fields.Char("Comparison", compute="_compute_catchall_trial")
    # Made of numbers and our own words alone: sanitising would drop the widths of the bars.
    catchall_trial_bar = fields.Html(compute="_compute_catchall_trial", sanitize=False)

    @api.constrains("catchall_shadow", "is_catchall", "server_type", "imap_folder")
    def _check_catchall_shadow(self):
        for server in self.filtered("catchall_shadow"):
            if server.is_catchall:
                raise ValidationError(
                    self.env._(
                        "“%(server)s” is on trial, so it cannot be a catch-all mailbox yet. "
                        "Press “Switch”, or end the trial first.",
                        server=server.name,
                    )
                )
            if server.server_type == "local":
                raise ValidationError(
                    self.env._(
                        "“%(server)s” is fed by a local script, so there is no mailbox to switch "
                        "over later. Choose IMAP or POP3 for a trial.",
                        server=server.name,
                    )
                )
            if (server.imap_folder or "INBOX").upper() != "INBOX":
                raise ValidationError(
                    self.env._(
                        "“%(server)s”: Odoo itself reads only the folder INBOX, so a trial cannot "
                        "cover “%(folder)s”. Set the folder to INBOX.",
                        server=server.name,
                        folder=server.imap_folder,
                    )
                )

    @api.depends("catchall_shadow")
    def _compute_catchall_other_database(self):
        result = super()._compute_catchall_other_database()
        uuid = self._catchall_uuid()
        for server in self.filtered("catchall_shadow"):
            bound = server.catchall_database_uuid
            server.catchall_other_database = bool(bound and bound != uuid)
        return result

    @api.depends("catchall_shadow", "catchall_shadow_since")
    def _compute_catchall_trial(self):
        # sudo: numbers of messages, for those who manage accounts
        Shadow = self.env["mail.catchall.shadow"].sudo()
        labels = dict(Shadow._fields["verdict"]._description_selection(self.env))
        for server in self:
            if not server.catchall_shadow_since:
                server.catchall_trial_count = server.catchall_trial_open_count = 0
                server.catchall_trial_text = server.catchall_trial_bar = False
                continue
            mine = [("fetchmail_server_id", "in", server._origin.ids)]
            groups = Shadow._read_group(
                [*mine, ("observed_date", ">=", server.catchall_shadow_since)],
                ["verdict", "lost"],
                ["__count"],
            )
            counts = dict.fromkeys((str(verdict) for verdict in Verdict), 0)
            for verdict, _lost, count in groups:
                counts[verdict] += count
            lost = sum(count for _verdict, is_lost, count in groups if is_lost)
            server.catchall_trial_count = sum(counts.values())
            server.catchall_trial_open_count = Shadow.search_count([*mine, *OPEN])
            server.catchall_trial_text = server._catchall_trial_sentence(counts, lost)
            server.catchall_trial_bar = _bar(counts, labels)

    def _catchall_trial_sentence(self, counts, lost):
        total = sum(counts.values())
        if not total:
            return self.env._("Odoo has not fetched any mail since.")
        lines = [
            self.env._("Emails: %(count)s.", count=total),
            self.env._("Same: %(count)s.", count=counts["same"]),
        ]
        if lost:
            lines.append(self.env._("Lost by Odoo: %(count)s.", count=lost))
        if others := counts["better"] + counts["differs"] - lost:
            lines.append(self.env._("Otherwise different: %(count)s.", count=others))
        if counts["pending"]:
            lines.append(self.env._("Not known yet: %(count)s.", count=counts["pending"]))
        return " ".join(lines)

    # ------------------------------------------------------------
    # Beside Odoo's own fetch
    # ------------------------------------------------------------

    def _catchall_on_trial(self):
        return self.filtered(
            lambda server: (
                server.catchall_shadow
                and not server.is_catchall
                and not server.catchall_other_database
            )
        )

    def _fetch_mail(self, batch_limit=50):
        watched = self._catchall_on_trial()
        if not watched:
            return super()._fetch_mail(batch_limit)
        observer = TrialObserver(self.env.registry, watched.ids)
        try:
            observed = self.with_context(**{CONTEXT: observer})
            return super(FetchmailServer, observed)._fetch_mail(batch_limit)
        finally:
            observer.close()

    def _catchall_check_may_connect(self):
        # The lock on the account is held from here on. Somebody may have pressed "Switch" between
        # the moment in which Odoo listed its accounts and the one in which it locked this one.
        observer = self.env.context.get(CONTEXT)
        switched = isinstance(observer, TrialObserver) and self.id in observer.account_ids
        if switched and self.is_catchall:
            raise UserError(
                self.env._(
                    "“%(server)s” has just become a catch-all mailbox. It is fetched separately.",
                    server=self.name,
                )
            )
        return super()._catchall_check_may_connect()

    # ------------------------------------------------------------
    # Starting, switching, ending
    # ------------------------------------------------------------

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._catchall_trial_values(vals) for vals in vals_list])

    def write(self, vals):
        return super().write(self._catchall_trial_values(vals))

    @api.model
    def _catchall_trial_values(self, vals):
        """A trial begins now, and in this database."""
        if not vals.get("catchall_shadow"):
            return vals
        begins = {
            "catchall_shadow_since": fields.Datetime.now(),
            "catchall_database_uuid": self._catchall_uuid(),
        }
        return begins | vals

    def _catchall_start_trial(self):
        """Test the login as the account will be fetched: by Odoo itself. Then watch it."""
        self.ensure_one()
        values = {"is_catchall": False, "catchall_shadow": True}
        if native := self.catchall_replaces_id:
            # A setup has created this account beside the one that Odoo fetches with, which it
            # replaces as soon as it starts: Odoo goes on as it did there.
            values |= {name: native[name] for name in ("original", "attach", "priority")}
            values["object_id"] = native.object_id.id
        self.write(values)
        self._onchange_catchall_known_hosts()
        try:
            self.button_confirm_login()
        except UserError as error:
            cause = error.__context__ or error
            raise UserError(self._catchall_explain(cause)) from error

    def action_catchall_end_trial(self):
        """Stop recording; what was recorded stays, and Odoo goes on as before."""
        self.check_access("write")
        self.filtered("catchall_shadow").catchall_shadow = False
        return True

    def action_catchall_compare(self):
        """Open what was recorded for this account."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "mail_catchall_router.action_mail_catchall_shadow"
        )
        action["domain"] = [("fetchmail_server_id", "=", self.id)]
        action["context"] = {}
        return action

    def action_catchall_switch(self):
        """Ask what becomes of the mail that Odoo lost, then make the account live."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Switch to the Mail Router"),
            "res_model": "mail.catchall.switch",
            "view_mode": "form",
            "target": "new",
            "context": {"default_fetchmail_server_id": self.id},
        }

    def _catchall_switch(self, *, replay_lost):
        """Make the account live: what Odoo has fetched stays as it is, all else is the router's.

        The account is locked meanwhile, so that Odoo fetches nothing between the look into the
        mailbox and the commit.

        :return: number of lost messages that are routed now
        """
        self.ensure_one()
        self.check_access("write")
        server = self.sudo()  # sudo: the password, on behalf of whoever may write the account
        if not server.catchall_shadow:
            raise UserError(
                self.env._(
                    "“%(server)s” is not on trial, so there is nothing to switch.",
                    server=server.name,
                )
            )
        if server.catchall_other_database:
            raise UserError(
                self.env._(
                    "“%(server)s” was set up in another database, of which this one is a copy. "
                    "Confirm first that this is the database to use.",
                    server=server.name,
                )
            )
        if not server.try_lock_for_update(allow_referencing=True):
            raise UserError(
                self.env._(
                    "Odoo is fetching “%(server)s” right now. Try again in a moment.",
                    server=server.name,
                )
            )
        server._catchall_take_over_mailbox()
        server.write(
            {
                "is_catchall": True,
                "catchall_shadow": False,
                # POP3: what Odoo has fetched it has deleted; all that is left is to be fetched
                "fetch_since": server._get_connection_type() == "imap" and fields.Datetime.now(),
                "state": "done",
                "error_date": False,
                "error_message": False,
            }
        )
        lost = self.env["mail.catchall.shadow"].sudo()  # sudo: bytes that Odoo lost, routed once
        if replay_lost:
            lost = lost.search([("fetchmail_server_id", "=", server.id), *OPEN], order="id")
            lost._route_now()
        server.catchall_cron_id._trigger()
        return len(lost)

    def _catchall_take_over_mailbox(self):
        """Note which messages of the mailbox Odoo has fetched, before the router reads it."""
        connection = None
        try:
            connection = self._connect__(allow_archived=True)
            if self._get_connection_type() != "imap":
                return
            folder = ImapFolder(connection, self.imap_folder or "INBOX")
            first, known = known_uids(self, folder)
            marks = self.env["mail.catchall.folder"]
            marks.search(
                [("fetchmail_server_id", "=", self.id), ("name", "=", folder.name)]
            ).unlink()
            marks.create(
                {
                    "fetchmail_server_id": self.id,
                    "name": folder.name,
                    "uidvalidity": str(folder.uidvalidity),
                    "first_uid": str(first),
                    "last_uid": "0",
                    "skipped_keys": "\n".join(folder.key(uid) for uid in known) or False,
                }
            )
        except (OSError, IMAP4.error, poplib.error_proto, MailboxError) as error:
            raise UserError(self._catchall_explain(error)) from error
        finally:
            self._catchall_disconnect(connection)
