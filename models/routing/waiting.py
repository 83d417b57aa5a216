"""A reply waits for the message that it replies to, while that one is not routed yet.

Lanes keep the messages of one thread in order as far as their References tell. Two ways lead past
that: the original failed and is tried again later, or it was fetched after its reply. The reply
then stays received, and looks again each minute; whoever routes the original wakes it at once.
After ten minutes it goes on alone.
"""

from datetime import timedelta

from odoo import fields, models

from ...router.codes import State

LONGEST = timedelta(minutes=10)
LOOK_AGAIN = timedelta(minutes=1)
MAX_REFERENCES = 32  # as the step that looks for the thread


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    waiting_since = fields.Datetime(readonly=True)
    # No foreign key: its lock would make lanes wait for each other.
    waiting_for = fields.Integer(readonly=True, index="btree_not_null", aggregator=None)

    def _waits_for_original(self, mail):
        """Put this row aside while a message that it replies to is still to be routed.

        :return: whether it waits; nothing else may be done with the row then
        """
        self.ensure_one()
        now = fields.Datetime.now()
        if not mail.references or (self.waiting_since and self.waiting_since + LONGEST <= now):
            return False
        original = self._unrouted_original(mail.references[-MAX_REFERENCES:])
        if not original:
            return False
        since = self.waiting_since or now
        next_try = min(now + LOOK_AGAIN, since + LONGEST)
        self.write(
            {
                "waiting_since": since,
                "waiting_for": original,
                "next_try_date": next_try,
                "attempts": max(self.attempts - 1, 0),  # nothing was tried
                "claim_pid": False,
                "claim_start": False,
                "explanation": self.env._("Waiting for the email that it replies to"),
            }
        )
        for lane in self._lanes()[:1]:
            lane._trigger(next_try + timedelta(seconds=1))
        return True

    def _unrouted_original(self, references):
        self.env.cr.execute(
            """
            SELECT id FROM mail_catchall_message
             WHERE message_id = ANY(%s) AND state = %s AND has_source AND id <> %s
             ORDER BY id DESC LIMIT 1
            """,
            [list(references), str(State.RECEIVED), self.id],
        )
        row = self.env.cr.fetchone()
        return row and row[0]

    def _wake_answers(self):
        """Let those go on that waited for one of these rows; called after their commit."""
        self.env.cr.execute(
            """
            UPDATE mail_catchall_message SET next_try_date = NULL
             WHERE id IN (SELECT w.id FROM mail_catchall_message w
                            JOIN mail_catchall_message o ON o.id = w.waiting_for
                           WHERE w.waiting_for = ANY(%s) AND w.state = 'received'
                             AND COALESCE(w.claim_pid, 0) = 0 AND o.state <> 'received'
                             FOR UPDATE OF w SKIP LOCKED)
            RETURNING id
            """,
            [self.ids],
        )
        woken = [row[0] for row in self.env.cr.fetchall()]
        if woken:
            self.browse(woken).invalidate_recordset(["next_try_date"])
            self._wake_lanes()
        return woken
