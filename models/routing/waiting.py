"""A reply waits for the message that it replies to, when that one is in the ledger but not routed.

Lanes keep the messages of one thread in order as far as their References tell. Two ways lead past
that: the original failed and is tried again later, or it was fetched after its reply. The reply
then stays queued, and looks again each minute; the lane that routes the original wakes it at once.
After ten minutes it goes on alone. What waits itself holds nobody.
"""

from datetime import timedelta

from odoo import fields

from ...ledger.codes import LedgerState
from ...router.message.certified import all_references
from ...router.message.mail import MAX_REFERENCES

LONGEST = timedelta(minutes=10)
LOOK_AGAIN = timedelta(minutes=1)


def waits_for_original(row, mail):
    """Put a row aside while a message that it replies to is still to be routed.

    :return: whether it waits; nothing else may be done with the row then
    """
    now = fields.Datetime.now()
    # Odoo names a message in its own References: a copy of it would wait for another copy.
    references = [item for item in all_references(mail) if item != mail.message_id]
    if not references or (row.waiting_since and row.waiting_since + LONGEST <= now):
        return False
    original = _unrouted_original(row, references[-MAX_REFERENCES:])
    if not original:
        return False
    since = row.waiting_since or now
    row._wait_until(
        min(now + LOOK_AGAIN, since + LONGEST),
        row.env._("Waiting for the email that it replies to"),
        waiting_since=since,
        waiting_for=original,
        attempts=max(row.attempts - 1, 0),  # nothing was tried
    )
    return True


def _unrouted_original(row, references):
    """Return the id of a row with one of these Message-IDs that is on its way, else None.

    One that itself waits is none: a stranger's messages that reply to each other, under the
    Message-ID of somebody's thread, would hold every reply there.
    """
    received = str(LedgerState.RECEIVED)
    row.env.cr.execute(
        """
        SELECT m.id FROM mail_catchall_message m
         WHERE m.message_id = ANY(%s) AND m.state = %s AND m.has_source AND m.id <> %s
           AND NOT EXISTS (SELECT 1 FROM mail_catchall_message o
                            WHERE o.id = m.waiting_for AND o.state = %s)
         ORDER BY m.id DESC LIMIT 1
        """,
        [list(references), received, row.id, received],
    )
    found = row.env.cr.fetchone()
    return found and found[0]


def wake_replies(env, ids):
    """Let those go on that waited for one of these rows; called after their commit."""
    env.cr.execute(
        """
        UPDATE mail_catchall_message SET next_try_date = NULL
         WHERE id IN (SELECT w.id FROM mail_catchall_message w
                        JOIN mail_catchall_message o ON o.id = w.waiting_for
                       WHERE w.waiting_for = ANY(%s) AND w.state = 'received'
                         AND COALESCE(w.claim_pid, 0) = 0 AND o.state <> 'received'
                         FOR UPDATE OF w SKIP LOCKED)
        RETURNING id
        """,
        [ids],
    )
    rows = env["mail.catchall.message"].browse(row_id for (row_id,) in env.cr.fetchall())
    if rows:
        rows.invalidate_recordset(["next_try_date"])
        rows._wake_lanes()
