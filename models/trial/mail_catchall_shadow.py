"""The trial: what Odoo did with each message, beside what the router would have done.

A row is written by ``observer.py`` while Odoo fetches an account as ever. It holds the exact
bytes, so that a message which Odoo lost can be routed after all.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain

from ...ledger.codes import STATES
from ...router.codes import selection
from ...trial.comparison import Comparison, Did
from ..windows import form_window

KEEP_BYTES = timedelta(days=14)  # of messages with which all is well
KEEP_ROWS = timedelta(days=90)
GC_ROWS = 5_000  # at once


class CatchallShadow(models.Model):
    _name = "mail.catchall.shadow"
    _inherit = "mail.catchall.readable"
    _description = "Email of a Trial"
    _order = "id desc"
    _rec_name = "subject"

    observed_date = fields.Datetime("Fetched by Odoo", readonly=True, index=True)
    observed_count = fields.Integer("Times Fetched", readonly=True, aggregator=None)

    did = fields.Selection(
        selection(Did), "Odoo", required=True, default=str(Did.PENDING), readonly=True
    )
    native_places = fields.Json("Records by Odoo", readonly=True)
    native_error = fields.Text("Odoo Error", readonly=True)
    bounced_to = fields.Char(readonly=True)
    lost = fields.Boolean(
        "Lost by Odoo",
        readonly=True,
        help="Odoo created nothing from it; the router would have kept or routed it.",
    )

    state = fields.Selection(selection(STATES), "Router", readonly=True)
    reason = fields.Selection("_reasons", readonly=True)
    places = fields.Json("Records by the Router", readonly=True)
    decision_error = fields.Text("Router Error", readonly=True)

    verdict = fields.Selection(
        selection(Comparison),
        "Comparison",
        required=True,
        default=str(Comparison.PENDING),
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
    replayed_state = fields.Selection(
        selection(STATES), "Current State", compute="_compute_replayed_state"
    )

    # Not for people: by these a message is known again.
    fingerprint = fields.Char(readonly=True)

    _fingerprint_unique = models.UniqueIndex(
        "(fetchmail_server_id, fingerprint)", "This email is already in the trial."
    )

    @api.model
    def _reasons(self):
        """Also those that another addon brings."""
        return self.env["mail.catchall.message"]._fields["reason"]._description_selection(self.env)

    @api.depends("catchall_message_id.state")
    @api.depends_context("uid", "allowed_company_ids")
    def _compute_replayed_state(self):
        for row in self:
            # The ledger may have found that it is for another company.
            row.replayed_state = row.catchall_message_id._filtered_access("read").state

    @api.autovacuum
    def _gc_trial_rows(self):
        """Forget what is settled; never a message that Odoo lost and nobody has looked at.

        :return: (rows done, rows that may be left), for Odoo to come again
        """
        now = fields.Datetime.now()
        reviewed, replayed = (Domain(name, "=", True) for name in ("reviewed", "replayed"))
        arrived = Domain([("did", "!=", str(Did.PENDING)), ("lost", "=", False)])
        settled = reviewed | replayed | arrived
        old = settled & Domain("observed_date", "<", now - KEEP_ROWS)
        forgotten = self.search(old, order="id", limit=GC_ROWS)
        forgotten.unlink()
        # Most of the space, and least of the use: messages that both did alike.
        alike = replayed | Domain("verdict", "=", str(Comparison.SAME))
        full = [("has_source", "=", True), ("observed_date", "<", now - KEEP_BYTES)]
        emptied = self.search(settled & alike & Domain(full), order="id", limit=GC_ROWS)
        emptied.has_source = False
        emptied._drop_sources()
        left = GC_ROWS if GC_ROWS in (len(forgotten), len(emptied)) else 0
        return len(forgotten) + len(emptied), left

    def _check_manager(self):
        self.check_access("read")
        if not self.env.user.has_group("mail_catchall_router.group_catchall_manager"):
            raise AccessError(
                self.env._(
                    "The trial requires the access right “Mail Router / Administrator”. "
                    "Ask an administrator to grant it."
                )
            )

    def action_review(self):
        """Say that somebody has looked at these messages: nothing is to be done about them."""
        self._check_manager()
        self.sudo().reviewed = True  # sudo: nobody writes these rows by hand otherwise
        return True

    def action_download(self):
        self.ensure_one()
        self._check_manager()
        return self._download()

    def action_open_ledger(self):
        self.ensure_one()
        return form_window(self.catchall_message_id)

    def action_open_native(self):
        self.ensure_one()
        places = [place for place in self.native_places or () if place["model"] in self.env]
        for place in places:
            if record := self.env[place["model"]].browse(place["res_id"]).exists():
                record.check_access("read")
                return record.get_formview_action()
        raise UserError(
            self.env._("The record that Odoo created from this email no longer exists.")
        )
