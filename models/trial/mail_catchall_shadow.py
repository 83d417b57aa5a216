"""The trial: what Odoo did with each message, beside what the router would have done.

A row is written by ``observer.py`` while Odoo fetches an account as ever. It holds the exact
bytes, so that a message which Odoo lost can be routed after all.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ...incoming import Envelope
from ...router.codes import State
from ...router.places import Alias, Route
from ...trial.comparison import Did, Verdict
from ..inbox.decision_outcome import outcome_line, place_name
from ..incoming.fetch_session import FetchSession

INTERRUPTED = timedelta(minutes=15)  # no mail takes Odoo as long: the process has ended
KEEP_BYTES = timedelta(days=14)  # of messages with which all is well
KEEP_ROWS = timedelta(days=90)
GC_ROWS = 5_000  # at once


class _Trial:
    """Stands for the folder of a message that the trial has kept."""

    name = "INBOX"


class CatchallShadow(models.Model):
    _name = "mail.catchall.shadow"
    _inherit = "mail.catchall.readable"
    _description = "Email of a Trial"
    _order = "id desc"
    _rec_name = "subject"

    observed_date = fields.Datetime("Fetched by Odoo", readonly=True, index=True)
    observed_count = fields.Integer("Times Fetched", readonly=True, aggregator=None)

    did = fields.Selection(
        Did.selection(), "Odoo", required=True, default=str(Did.PENDING), readonly=True
    )
    native_places = fields.Json(readonly=True)
    native_error = fields.Text("Odoo Error", readonly=True)
    bounced_to = fields.Char(readonly=True)
    lost = fields.Boolean(
        "Lost by Odoo",
        readonly=True,
        help="Odoo created nothing from it; the router would have kept or routed it.",
    )
    native_text = fields.Char("What Odoo Did", compute="_compute_texts")

    state = fields.Selection(State.selection(), "Router", readonly=True)
    reason = fields.Selection("_reasons", readonly=True)
    places = fields.Json(readonly=True)
    decision_error = fields.Text("Router Error", readonly=True)
    router_text = fields.Char("What the Router Would Have Done", compute="_compute_texts")

    verdict = fields.Selection(
        Verdict.selection(),
        required=True,
        default=str(Verdict.PENDING),
        readonly=True,
        index=True,
    )
    reviewed = fields.Boolean(readonly=True)
    replayed = fields.Boolean("Routed Afterwards", readonly=True)
    catchall_message_id = fields.Many2one(
        "mail.catchall.message",
        "Received Email",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    replayed_state = fields.Selection(related="catchall_message_id.state", string="Current State")
    can_route = fields.Boolean(compute="_compute_can_route")

    # Not for people: by these a message is known again.
    fingerprint = fields.Char(readonly=True)

    _fingerprint_unique = models.UniqueIndex(
        "(fetchmail_server_id, fingerprint)", "This email is already in the trial."
    )

    @api.model
    def _reasons(self):
        """Also those that another addon brings."""
        return self.env["mail.catchall.message"]._fields["reason"]._description_selection(self.env)

    @api.depends("did", "native_places", "state", "places", "bounced_to", "native_error")
    def _compute_texts(self):
        names = self._record_names()
        for row in self:
            row.native_text = row._native_line(names)
            row.router_text = row._router_line(names)

    def _record_names(self):
        """Names of all records that these rows name, as far as the user may see them."""
        wanted = {}
        for row in self:
            for place in (*(row.native_places or ()), *(row.places or ())):
                if place["res_id"] and place["model"] in self.env:
                    wanted.setdefault(place["model"], set()).add(place["res_id"])
        names = {}
        for model, ids in wanted.items():
            records = self.env[model].browse(sorted(ids)).exists()
            readable = records._filtered_access("read") if records else records
            names |= {(model, record.id): record.display_name for record in readable}
        return names

    def _place_line(self, place, names):
        # sudo: the kind's name only, which every user sees in menus
        kind = self.env["ir.model"].sudo()._get(place["model"]).name or place["model"]
        name = names.get((place["model"], place["res_id"]), place["res_id"])
        return f"{kind} “{name}”"

    def _native_line(self, names):
        places = [self._place_line(place, names) for place in self.native_places or ()]
        made = [
            self.env._("new: %(record)s", record=text) if place.get("new") else text
            for place, text in zip(self.native_places or (), places, strict=True)
        ]
        back = self.bounced_to and self.env._("bounced to %(sender)s", sender=self.bounced_to)
        if made:
            return ", ".join(filter(None, [*made, back]))
        if self.did == Did.BOUNCED:
            return self.env._("Bounced to %(sender)s", sender=self.bounced_to)
        said = dict(self._fields["did"]._description_selection(self.env)).get(self.did, "")
        if self.did == Did.FAILED:
            return " · ".join(filter(None, [said, self.native_error, back]))
        return said

    def _router_line(self, names):
        if self.decision_error:
            return self.env._("No decision: %(error)s", error=self.decision_error)
        places = [
            self._place_line(place, names) if place["res_id"] else self._new_place(place)
            for place in self.places or ()
            if place["model"] in self.env or place["user_id"]
        ]
        if not places:
            return outcome_line(self.env, self.state, self.reason, ())
        # the places say that it is routed, and a list has little room
        reason = outcome_line(self.env, "", self.reason, ())
        return " · ".join(filter(None, [", ".join(places), reason]))

    def _new_place(self, place):
        alias = Alias(place["alias_id"], place["address"], place["model"])
        return place_name(
            self.env,
            Route(
                place["model"],
                alias=alias if place["alias_id"] else None,
                user_id=place["user_id"],
                address=place["address"],
                defaults=tuple((name, None) for name in place["defaults"]),
            ),
        )

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    @api.depends("replayed", "has_source", "lost", "did", "state", "observed_date", "places")
    def _compute_can_route(self):
        for row in self:
            row.can_route = bool(
                row.has_source
                and not row.replayed
                and row.fetchmail_server_id
                and row._went_wrong()
            )

    def _went_wrong(self):
        """Whether routing it now would lead somewhere that Odoo has not been."""
        if self.did == Did.PENDING:  # long ago: the process was ended, and nobody fetched it again
            return self.observed_date < fields.Datetime.now() - INTERRUPTED
        if self.did == Did.NOTHING:  # it may be another message with a Message-ID that is known
            return self.state == State.ROUTED
        if self.did == Did.RECORD:
            native = {place["target"] for place in self.native_places or ()}
            return {place["target"] for place in self.places or ()} > native
        return self.lost

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("mail_catchall_router.group_catchall_manager"):
            raise AccessError(
                self.env._(
                    "The trial requires the access right “Mail Router / Administrator”. "
                    "Ask an administrator to grant it."
                )
            )

    def action_route_now(self):
        """Route what went wrong: into the ledger, whose lanes place each message once."""
        self._check_manager()
        rows = self.filtered("can_route")
        if not rows:
            raise UserError(
                self.env._(
                    "None of these emails can be routed now: Odoo has delivered them, they have "
                    "already been routed, or their source is no longer kept."
                )
            )
        rows.sudo()._route_now()  # sudo: nobody writes the ledger by hand; this button is the way
        left = len(self) - len(rows)
        message = (
            self.env._("Emails being routed: %(count)s.", count=len(rows))
            if len(rows) > 1
            else self.env._("The email is being routed.")
        )
        if left:
            message += " " + self.env._("Emails left as they are: %(count)s.", count=left)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _route_now(self):
        """Put these messages into the ledger; one that somebody else puts there just now is not."""
        for row in self:
            # A second click waits here, and finds nothing to do once the first one is committed.
            self.env.cr.execute(
                """UPDATE mail_catchall_shadow SET replayed = TRUE
                    WHERE id = %s AND replayed IS NOT TRUE AND has_source RETURNING id""",
                [row.id],
            )
            if not self.env.cr.fetchone():
                continue
            row.invalidate_recordset()
            session = FetchSession(row.fetchmail_server_id, None, self.env)
            source, key = row._read_source(), f"trial:{row.id}"
            envelope = Envelope(key, 0, len(source), row.observed_date)
            session._insert(_Trial, envelope, False, source=source)
            row.catchall_message_id = self.env["mail.catchall.message"].search(
                [
                    ("fetchmail_server_id", "=", row.fetchmail_server_id.id),
                    ("remote_key", "=", key),
                ]
            )
        self.env["mail.catchall.message"]._wake_lanes()

    def action_review(self):
        """Say that somebody has looked at these messages: nothing is to be done about them."""
        self._check_manager()
        self.sudo().reviewed = True  # sudo: nobody writes these rows by hand otherwise
        return True

    def action_download(self):
        """Download the exact bytes of this mail."""
        self.ensure_one()
        self._check_manager()
        return self._download()

    def action_open_ledger(self):
        """Open the ledger's row of this mail."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "mail.catchall.message",
            "res_id": self.catchall_message_id.id,
            "views": [(False, "form")],
        }

    def action_open_native(self):
        """Open what Odoo has made of this mail."""
        self.ensure_one()
        places = [place for place in self.native_places or () if place["model"] in self.env]
        for place in places:
            record = self.env[place["model"]].browse(place["res_id"]).exists()
            if record:
                record.check_access("read")
                return record.get_formview_action()
        raise UserError(
            self.env._("The record that Odoo created from this email no longer exists.")
        )

    # ------------------------------------------------------------
    # Retention
    # ------------------------------------------------------------

    @api.autovacuum
    def _gc_trial_rows(self):
        """Forget what is settled; never a message that Odoo lost and nobody has looked at.

        :return: (rows done, rows that may be left), for Odoo to come again
        """
        now = fields.Datetime.now()
        settled = SQL(
            "(reviewed OR replayed OR (did <> %s AND lost IS NOT TRUE))",
            str(Did.PENDING),
        )
        self.env.cr.execute(
            SQL(
                """DELETE FROM mail_catchall_shadow WHERE id IN (
                    SELECT id FROM mail_catchall_shadow
                     WHERE observed_date < %s AND %s ORDER BY id LIMIT %s)""",
                now - KEEP_ROWS,
                settled,
                GC_ROWS,
            )
        )
        done = self.env.cr.rowcount
        # Most of the space, and least of the use: messages that both did alike.
        self.env.cr.execute(
            SQL(
                """UPDATE mail_catchall_shadow SET source = NULL, has_source = FALSE
                    WHERE id IN (SELECT id FROM mail_catchall_shadow
                                  WHERE observed_date < %s AND has_source
                                    AND (verdict = %s OR replayed)
                                    AND %s
                                  ORDER BY id LIMIT %s)""",
                now - KEEP_BYTES,
                str(Verdict.SAME),
                settled,
                GC_ROWS,
            )
        )
        emptied = self.env.cr.rowcount
        self.invalidate_model()
        return done + emptied, GC_ROWS if GC_ROWS in (done, emptied) else 0
