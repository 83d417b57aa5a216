"""The copies of a session's messages on their way into the table: one row per email, bounded."""

from datetime import datetime, timedelta

from odoo import fields
from odoo.tools import SQL

from ...outgoing.dispatch import dispatch_of
from ..short_cursor import short_cursor

# One email leaves once for each recipient: the copy waits so long for a customer's.
COLLECT = timedelta(seconds=20)
MAX_BYTES = 50 * 1024 * 1024  # of one copy
MAX_WAITING_BYTES = 500 * 1024 * 1024  # of all copies of an account
MAX_WAITING = 5_000
_A_CUSTOMERS_FIRST = SQL("""
    ON CONFLICT (server_id, message_id) DO UPDATE
       SET source = EXCLUDED.source, size = EXCLUDED.size, rank = EXCLUDED.rank
     WHERE known.rank < EXCLUDED.rank AND known.attempts = 0 AND known.state = 'waiting'
       AND EXCLUDED.state = 'waiting'
""")


class CopyQueue:
    """What one session knows of its account's copies, so that it need not ask for every message.

    ``wanted`` is the account's choice (``catchall_sent_copy``).
    """

    def __init__(self, env, server_id, wanted):
        self.env, self.server_id, self.wanted = env, server_id, wanted
        self._kept = self._count = self._size = 0
        self._woken = datetime.min

    def keep(self, message, source):
        """Called by the session for each message that somebody got, with its bytes as they left."""
        rank = dispatch_of(message).copy_rank
        if not rank:
            return
        values = {
            "server_id": self.server_id,
            "message_id": " ".join(str(message["Message-Id"]).split()),
            "subject": " ".join(str(message["Subject"] or "").split())[:200],
            "size": len(source),
            "sent_date": fields.Datetime.now(),
            "rank": rank,
        }
        with short_cursor(self.env) as env:
            self.insert(env, values, source)

    def insert(self, env, values, source):
        """One row per email, whoever its recipient; a customer's copy replaces a colleague's."""
        problem = self._no_room(env, values["size"])
        ready = values["sent_date"] + COLLECT
        values |= {
            "state": "failed" if problem else "waiting",
            "error": problem or None,
            "next_try_date": None if problem else ready,
            "attempts": 0,
        }
        copies = env["mail.catchall.sent"]
        copies._insert_with_source(values, None if problem else source, _A_CUSTOMERS_FIRST)
        if not problem and ready >= self._woken + COLLECT / 2:
            self._woken = ready
            copies._wake(ready)

    def _no_room(self, env, size):
        """Why an email gets no copy, "" when it does: the queue is bounded.

        Asked for a session's first email and every hundredth; in between the session counts itself.
        """
        if self._kept % 100 == 0:
            env.cr.execute(
                """
                SELECT count(*), COALESCE(sum(size), 0) FROM mail_catchall_sent
                 WHERE server_id = %s AND state = 'waiting'
                """,
                [self.server_id],
            )
            self._count, self._size = env.cr.fetchone()
        if size > MAX_BYTES:
            return env._(
                "The email is too large for a copy (limit: 50 MB). The email itself was sent."
            )
        if self._count >= MAX_WAITING or self._size + size > MAX_WAITING_BYTES:
            return env._(
                "Too many copies are already waiting for the mailbox (%s), so this one was left "
                "out. The email itself was sent.",
                self._count,
            )
        self._kept, self._count, self._size = self._kept + 1, self._count + 1, self._size + size
        return ""
