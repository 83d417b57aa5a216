"""Which lane holds which message: claims, taken and let go by SQL and committed at once.

A claim names the database connection of the lane, so that those of a dead process are free at
once, with no time-out to guess. Rows are let go in two ways alone: here for what stays queued, and
by ``_settle`` and ``_wait_until`` of the model, which write what became of them.
"""
# Claims are committed before the work, or a crash would hide what was being done.
# pylint: disable=invalid-commit

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL

from ...ledger.codes import LedgerReason, LedgerState

LOOK_AHEAD = 400  # rows looked at to fill a batch
MAX_ATTEMPTS = 3
_LOCK = 0x6D636172  # "mcar": an advisory lock, held while a lane chooses its rows

_WAITING = SQL(
    """m.state = 'received' AND m.has_source
       AND (m.next_try_date IS NULL OR m.next_try_date <= now() AT TIME ZONE 'UTC')"""
)
_HOLDER = SQL("a.pid = m.claim_pid AND date_part('epoch', a.backend_start)::text = m.claim_start")


class Claims:
    """What one connection claims of the ledger."""

    def __init__(self, env):
        self.env, self.cr = env, env.cr
        self._rows = env["mail.catchall.message"]

    def take(self, limit):
        """Claim up to ``limit`` rows for this connection, commit that, and return their ids.

        Lanes choose one after the other, under an advisory lock of the session: which rows may be
        taken depends on what the others hold (mail of one sender, and of one thread, stays in
        order). The lock is awaited in a transaction of its own, because the snapshot of a
        REPEATABLE READ transaction is as old as its first statement.
        """
        self.cr.commit()
        self.cr.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        self.cr.commit()
        try:
            for _attempt in range(MAX_ATTEMPTS):
                try:
                    ids = self._mark(self.choose(limit))
                    self.cr.commit()
                    return ids
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    self.cr.rollback()  # a person has just changed one of the rows: choose anew
            return []
        finally:
            self.cr.rollback()
            self.cr.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])
            self.cr.commit()

    def choose(self, limit):
        """Choose the next rows: oldest first, none that shares a conversation with a held one."""
        self.cr.execute(
            SQL(
                """
                SELECT m.id, m.sender_key, m.thread_key, COALESCE(m.claim_pid, 0) <> 0,
                       a.pid IS NOT NULL AND a.pid <> pg_backend_pid(), m.attempts
                  FROM mail_catchall_message m LEFT JOIN pg_stat_activity a ON %s
                 WHERE %s ORDER BY m.id LIMIT %s
                """,
                _HOLDER,
                _WAITING,
                LOOK_AHEAD,
            )
        )
        chosen, busy = [], set()
        for row_id, sender, thread, claimed, alive, attempts in self.cr.fetchall():
            keys = {("sender", sender), ("thread", thread)}
            if alive or keys & busy:
                busy |= keys  # what comes later in the same conversation waits as well
                continue
            if claimed and attempts >= MAX_ATTEMPTS:
                self._give_up(row_id)
                continue
            if claimed or attempts:
                # Left behind by a process that died, or failed before: it goes alone, so that it
                # can take no other message along.
                return chosen or [row_id]
            chosen.append(row_id)
            if len(chosen) >= limit:
                break
        return chosen

    def let_go(self, ids, *, tried=True):
        """Let go of what this connection holds and has not settled, and commit that.

        :param tried: whether the attempt counts; without, as if it had not been claimed
        """
        if not ids:
            return
        self.cr.execute(
            """
            UPDATE mail_catchall_message
               SET claim_pid = NULL, claim_start = NULL, attempts = GREATEST(attempts - %s, 0)
             WHERE id = ANY(%s) AND state = 'received' AND claim_pid = pg_backend_pid()
            """,
            [0 if tried else 1, ids],
        )
        self.cr.commit()

    def count_left(self):
        """How many messages wait for a lane: unclaimed, or claimed by a process that died."""
        self.cr.execute(
            SQL(
                """
                SELECT count(*) FROM mail_catchall_message m
                 WHERE %s AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE %s)
                """,
                _WAITING,
                _HOLDER,
            )
        )
        return self.cr.fetchone()[0]

    def _mark(self, ids):
        if not ids:
            return []
        self.cr.execute(
            """
            UPDATE mail_catchall_message
               SET claim_pid = pg_backend_pid(), attempts = attempts + 1,
                   claim_start = (SELECT date_part('epoch', backend_start)::text
                                    FROM pg_stat_activity WHERE pid = pg_backend_pid())
             WHERE id IN (SELECT id FROM mail_catchall_message
                           WHERE id = ANY(%s) AND state = 'received'
                             FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [ids],
        )
        claimed = sorted(row[0] for row in self.cr.fetchall())
        self._rows.invalidate_model(["claim_pid", "claim_start", "attempts"])
        return claimed

    def _give_up(self, row_id):
        row = self._rows.browse(row_id)
        row._settle(
            LedgerState.FAILED,
            LedgerReason.ERROR,
            self.env._("The Odoo process ended during routing"),
            error=row.error
            or self.env._(
                "The Odoo process ended %(attempts)s times while routing this email. Check "
                "the server's log for the cause (memory or time limits), fix it, then route "
                "the email again.",
                attempts=row.attempts,
            ),
        )
