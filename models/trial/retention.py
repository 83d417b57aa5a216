"""How long the messages of a trial are kept."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ...trial.comparison import Comparison, Did

KEEP_BYTES = timedelta(days=14)  # of messages with which all is well
KEEP_ROWS = timedelta(days=90)
GC_ROWS = 5_000  # at once


class CatchallShadow(models.Model):
    _inherit = "mail.catchall.shadow"

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
                str(Comparison.SAME),
                settled,
                GC_ROWS,
            )
        )
        emptied = self.env.cr.rowcount
        self.invalidate_model()
        return done + emptied, GC_ROWS if GC_ROWS in (done, emptied) else 0
