"""A message of a trial that went wrong is routed after all: by the ledger, as any other."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...router.codes import State
from ...trial.comparison import Did
from ..incoming.ledger import Ledger
from ..windows import notification

INTERRUPTED = timedelta(minutes=15)  # no message takes Odoo as long: the process has ended


class CatchallShadow(models.Model):
    _inherit = "mail.catchall.shadow"

    can_route = fields.Boolean(compute="_compute_can_route")

    @api.depends("replayed", "has_source", "lost", "did", "state", "observed_date", "places")
    def _compute_can_route(self):
        for row in self:
            open_still = row.has_source and row.fetchmail_server_id and not row.replayed
            row.can_route = bool(open_still and row._went_wrong())

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
        message = self.env._("The email is being routed.")
        if len(rows) > 1:
            message = self.env._("Emails being routed: %(count)s.", count=len(rows))
        if left := len(self) - len(rows):
            message += " " + self.env._("Emails left as they are: %(count)s.", count=left)
        return notification(message)

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
            ledger, key = Ledger(row.fetchmail_server_id, self.env), f"trial:{row.id}"
            ledger.insert(key, row._read_source(), received=row.observed_date)
            row.catchall_message_id = ledger.row(key)
        self.env["mail.catchall.message"]._wake_lanes()
