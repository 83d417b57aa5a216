"""One fetch of one account: read what is new, write it down, commit, acknowledge.

An object in memory does this; the account and the ledger only store. What differs between the
protocols is in ``imap_fetch`` and ``pop_fetch``.
"""

from ...incoming.base import batches
from ...ledger.codes import LedgerReason, LedgerState
from .ledger import Ledger

BATCH_BYTES = 8_000_000  # held in memory at once, except for a single larger message
BATCH_COUNT = 200


class FetchSession:
    """A connection to a mailbox, and the environment that writes the ledger."""

    def __init__(self, server, connection, env):
        self.server = server
        self.connection = connection
        self.env = env
        self.ledger = Ledger(server, env)
        self.max_bytes = server.max_message_mb * 1_000_000

    def run(self):
        """Fetch everything that is new; commits after each batch."""
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

    def _acknowledge_later(self, mailbox, ref):
        """The bytes are in the ledger, once the caller's transaction is committed."""

    # --- the ledger

    def _too_large(self, refs):
        return [ref for ref in refs if ref.size > self.max_bytes]

    def _batches(self, refs):
        small = [ref for ref in refs if ref.size <= self.max_bytes]
        return batches(small, BATCH_BYTES, BATCH_COUNT)

    def _without_known(self, by_key):
        """Values of ``by_key`` whose key the ledger does not have, in their order."""
        known = self.ledger.known(by_key)
        return [value for key, value in by_key.items() if key not in known]

    def _store(self, mailbox, batch, is_junk):
        """Write a batch into the ledger; return the refs of those whose bytes are in it."""
        stored = []
        for fetched in mailbox.fetch(batch):
            if fetched.source is None:
                self._insert(mailbox, fetched.ref, is_junk, **self._refused_values(fetched))
            else:
                self._insert(mailbox, fetched.ref, is_junk, fetched.source)
                stored.append(fetched.ref)
        self.env["mail.catchall.message"]._wake_lanes()
        return stored

    def _store_oversize(self, mailbox, refs, is_junk):
        for ref in self._too_large(refs):
            self._insert(mailbox, ref, is_junk, **self._oversize_values(ref))

    def _insert(self, mailbox, ref, is_junk, source=None, **failure):
        values = {"is_junk": is_junk, "received": ref.received, "size": ref.size, **failure}
        self.ledger.insert(ref.key, source, mailbox.name, **values)

    def _commit(self):
        self.env.cr.commit()  # pylint: disable=invalid-commit

    # --- why the ledger has no bytes of a message

    def _refused_values(self, fetched):
        return _failed(
            LedgerReason.ERROR,
            self.server.env._(
                "The mail server of “%(account)s” did not return this email "
                "(%(answer)s). Route it again to retry, or look for it in the mailbox.",
                account=self.server.name,
                answer=fetched.error,
            ),
        )

    def _oversize_values(self, ref):
        return _failed(
            LedgerReason.OVERSIZE,
            self.server.env._(
                "The size of this email is %(size)s MB, more than the %(limit)s MB that the "
                "account “%(account)s” allows. It is still only in the mailbox. Raise the limit, "
                "then route it again, or read it in the mailbox.",
                size=f"{ref.size / 1_000_000:.1f}",
                limit=self.server.max_message_mb,
                account=self.server.name,
            ),
        )

    def _gone_values(self):
        return _failed(
            LedgerReason.ERROR,
            self.env._(
                "This email is no longer in the mailbox of “%(account)s”, or the "
                "mail server does not return it. Look for it in the mailbox by "
                "its subject and date.",
                account=self.server.name,
            ),
        )


def _failed(reason, error):
    return {"state": str(LedgerState.FAILED), "reason": str(reason), "error": error}
