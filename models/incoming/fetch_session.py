"""One fetch of one account: read what is new, write it down, commit, acknowledge.

An object in memory does this; the account and the ledger only store. What differs between the
protocols is in ``imap_fetch`` and ``pop_fetch``, and what becomes of messages that a server does
not hand out in ``refused_messages``.
"""

import time
from collections import deque
from contextlib import suppress

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...connections import is_passing
from ...incoming import CONNECTION_ERRORS, Refused
from ...incoming.base import batches
from ...ledger.codes import LedgerState
from .ledger import Ledger
from .refused_messages import RefusedMessages

BATCH_BYTES = 8_000_000  # held in memory at once, except for a single larger message
BATCH_COUNT = 200
MAX_BREAKS = 30  # connections of one fetch that may end early: one message among 200 costs ten
PATIENCE = 300  # seconds from the first of them; the next fetch goes on with smaller batches
MAX_TURNED_DOWN = 3  # messages refused "for now" one after the other: it is not about them
MAX_RENAMES = 5  # tries, each of which waits until a lane lets go of the row


class FetchSession(RefusedMessages):
    """A connection to a mailbox, and the environment that writes the ledger."""

    def __init__(self, server, connection, env):
        self.server = server
        self.connection = connection
        self.env = env
        self.ledger = Ledger(server, env)
        self.max_bytes = server.max_message_mb * 1_000_000
        self.notes = []  # sentences: what the mailbox refuses while fetching goes on
        self._first_connection = connection
        self._breaks = []  # when a connection ended early
        self._suspected = set()  # keys of messages that, fetched alone, ended a connection
        self._failed_now = set()  # keys of messages that this fetch did not get

    def run(self):
        """Fetch everything that is new; commits after each batch."""
        try:
            self._run()
        finally:
            if self.connection is not self._first_connection:
                self.server._catchall_disconnect(self.connection)

    def _run(self):
        raise NotImplementedError

    def fetch_rows(self, rows):
        """Fetch the bytes of ledger rows that have none; in the caller's transaction."""
        for name, members in rows.grouped("folder").items():
            mailbox = self._mailbox(name)
            by_key = {row.remote_key: row for row in members}
            self._fill(mailbox, by_key)
            for row in members:
                if not row.has_source and row.state == LedgerState.RECEIVED:
                    row.write(self._gone_values())

    def _fill(self, mailbox, by_key):
        wanted = [ref for ref in self._refs(mailbox, by_key) if ref.key in by_key]
        for ref in self._too_large(wanted):
            by_key[ref.key].write(self._oversize_values(ref))
        for batch in self._batches(wanted):
            for fetched in mailbox.fetch(batch):
                if fetched.source is not None:
                    self.ledger.fill(by_key[fetched.ref.key], fetched.source)
                    self._acknowledge_later(mailbox, fetched.ref)

    # --- what differs between the protocols

    def _mailbox(self, name):
        """Open the folder of that name."""
        raise NotImplementedError

    def _refs(self, mailbox, keys):
        """The messages of these keys that are still there; others may be among them."""
        raise NotImplementedError

    def _renewed(self, mailbox, batch):
        """The same messages in a new connection."""
        return batch

    def _acknowledge_later(self, mailbox, ref):
        """The bytes are in the ledger, once the caller's transaction is committed."""

    # --- batch by batch

    def _too_large(self, refs):
        return [ref for ref in refs if ref.size > self.max_bytes]

    def _batches(self, refs, count=BATCH_COUNT):
        small = [ref for ref in refs if ref.size <= self.max_bytes]
        return batches(small, BATCH_BYTES, count or BATCH_COUNT)

    def _take(self, mailbox, mark, refs, is_junk):
        """Store these messages; return the mailbox, which is another one after a break.

        Where the connection ends, the batch is halved: the one message that does it is found.
        """
        waiting = deque(self._batches(refs, mark.batch_limit))
        while waiting:
            batch = waiting.popleft()
            try:
                stored = self._store(mailbox, batch, is_junk)
            except CONNECTION_ERRORS as error:
                mark.batch_limit = max(len(batch) // 2, 1)
                self._commit()  # the next fetch begins with as few, should this one not go on
                mailbox = self._recover(mailbox, error)
                batch = self._settle_stored(mailbox, mark, batch)
                waiting.extendleft(self._smaller(mailbox, mark, batch, is_junk, error))
                waiting = deque(self._renewed(mailbox, some) for some in waiting)
            else:
                self._settle(mailbox, mark, batch, stored)
        if mark.batch_limit:
            mark.batch_limit = 0
        return mailbox

    def _smaller(self, mailbox, mark, batch, is_junk, error):
        """What is to be tried instead of a batch that ended the connection, the last part first."""
        if len(batch) != 1:
            half = len(batch) // 2
            return [some for some in (batch[half:], batch[:half]) if some]
        [ref] = batch
        if ref.key not in self._suspected:
            self._suspected.add(ref.key)  # the line may have been cut by chance
            return [batch]
        self._insert_failed(mailbox, ref, is_junk, self._breaking_values(error))
        self._settle(mailbox, mark, batch, [])
        return []

    def _settle_stored(self, mailbox, mark, batch):
        """Return what is left of a batch that was broken off; the rest is in the ledger already.

        A lane may route that now. Written once more, PostgreSQL would refuse the row that the lane
        has changed since this transaction began.
        """
        keys = [ref.key for ref in batch]
        known, stored = self.ledger.known(keys), self.ledger.stored(keys)
        if done := [ref for ref in batch if ref.key in known]:
            self._settle(mailbox, mark, done, [ref for ref in done if ref.key in stored])
            self.env["mail.catchall.message"]._wake_lanes()
        return [ref for ref in batch if ref.key not in known]

    def _recover(self, mailbox, error):
        """Connect once more, and open the same folder; raise what ended the connection before,
        when it ends again and again.
        """
        now = time.monotonic()
        self._breaks.append(now)
        if len(self._breaks) > MAX_BREAKS or now - self._breaks[0] > PATIENCE:
            raise error
        with suppress(*CONNECTION_ERRORS, AttributeError):
            self.connection.sock.close()  # whoever says goodbye to it need not wait for an answer
        self.connection = self.server._connect__()
        return self._mailbox(mailbox.name)

    # --- the ledger

    def _without_known(self, by_key):
        """Values of ``by_key`` whose key the ledger does not have, in their order."""
        known = self.ledger.known(by_key)
        return [value for key, value in by_key.items() if key not in known]

    def _store(self, mailbox, batch, is_junk):
        """Write a batch into the ledger; return the refs of those whose bytes are in it.

        :raises Refused: when the server hands out nothing for now
        """
        stored, turned_down = [], 0
        for fetched in mailbox.fetch(batch):
            if fetched.source is None:
                turned_down += is_passing(fetched.error)
                if turned_down >= min(MAX_TURNED_DOWN, len(batch)) and not stored:
                    raise Refused(fetched.error, fetched.error)
                self._store_refused(mailbox, fetched, is_junk)
            else:
                if not self._is_settled(mailbox, fetched):
                    self._insert(mailbox, fetched.ref, is_junk, fetched.source)
                stored.append(fetched.ref)
        self.env["mail.catchall.message"]._wake_lanes()
        return stored

    def _is_settled(self, mailbox, fetched):
        """Hook: whether nothing is to be written of a message, whose bytes are here."""
        return False

    def _rename(self, item, key):
        """Write what the mailbox calls a message now, and keep all that was written before.

        The row may be held by a lane, which began before this transaction or after it.
        """
        for left in reversed(range(MAX_RENAMES)):
            self._commit()
            try:
                self.ledger.rename(item, key)
                self._commit()
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                if not left:
                    raise

    def _store_oversize(self, mailbox, refs, is_junk):
        for ref in self._too_large(refs):
            # Its header says which message it is: to people, and where it gets another number.
            head = mailbox.header(ref)
            self._insert(mailbox, ref, is_junk, head=head, **self._oversize_values(ref))

    def _insert(self, mailbox, ref, is_junk, source=None, **failure):
        values = {"is_junk": is_junk, "received": ref.received, "size": ref.size, **failure}
        self.ledger.insert(ref.key, source, mailbox.name, **values)

    def _settle(self, mailbox, mark, batch, stored):
        """A batch is in the ledger: keep that, and tell the mailbox."""
        self._commit()

    def _commit(self):
        self.env.cr.commit()  # pylint: disable=invalid-commit
