"""One fetch by IMAP: folder by folder, from its high-water mark on."""

import logging

from ...incoming import ImapFolder, find_junk_folder
from .fetch_session import BATCH_COUNT, FetchSession

_logger = logging.getLogger(__name__)

LISTED = 2_000  # messages whose sizes are asked for before the first of them is read
# IMAP assigns rising UIDs, but with several deliveries at once a lower one may show up after a
# higher one: the last ones are compared with the ledger instead of being assumed known.
OVERLAP = 200


class ImapFetch(FetchSession):
    """The folder that is read, and the Junk folder."""

    def run(self):
        main = self.server.imap_folder or "INBOX"
        self._run_folder(main, is_junk=False)
        if self.server.fetch_junk:
            junk = find_junk_folder(self.connection)
            if junk and junk != main:
                self._run_folder(junk, is_junk=True)

    def _mailbox(self, name):
        return ImapFolder(self.connection, name)

    def _refs(self, mailbox, keys):
        return mailbox.refs([int(key.rpartition(":")[2]) for key in keys])

    def _acknowledge_later(self, mailbox, ref):
        # The caller's transaction may still be rolled back: the next fetch tells the mailbox.
        mark = self.env["mail.catchall.folder"]._of(self.server, mailbox.name)
        if mark.uidvalidity == str(mailbox.uidvalidity):
            mark.pending_uids = f"{mark.pending_uids or ''} {ref.number}"

    def _run_folder(self, name, is_junk):
        folder = ImapFolder(self.connection, name)
        mark = self._mark(folder)
        self._acknowledge(folder, mark)
        first = max(int(mark.first_uid), int(mark.last_uid) + 1 - OVERLAP, 1)
        uids = self._unknown(folder, folder.uids_from(first), mark)
        for start in range(0, len(uids), LISTED):
            refs = folder.refs(uids[start : start + LISTED])
            self._store_oversize(folder, refs, is_junk)
            for batch in self._batches(refs):
                stored = self._store(folder, batch, is_junk)
                self._advance(mark, batch[-1].number)
                mark.pending_uids = " ".join(str(ref.number) for ref in stored)
                self._commit()
                self._acknowledge(folder, mark)
            if refs:
                self._advance(mark, refs[-1].number)
            self._commit()

    def _mark(self, folder):
        """The folder's high-water mark; a new numbering (UIDVALIDITY) starts it anew."""
        mark = self.env["mail.catchall.folder"]._of(self.server, folder.name)
        if mark and mark.uidvalidity == str(folder.uidvalidity):
            return mark
        values = {
            "uidvalidity": str(folder.uidvalidity),
            "first_uid": str(self._first_uid(folder)),
            "last_uid": "0",
            "pending_uids": False,
            "skipped_keys": False,
        }
        if mark:
            _logger.info("Folder %s of account %s is numbered anew", folder.name, self.server.id)
            mark.write(values)
        else:
            where = {"fetchmail_server_id": self.server.id, "name": folder.name}
            mark = mark.create({**where, **values})
        self._commit()
        return mark

    def _first_uid(self, folder):
        """Lowest UID that arrived at or after the date to fetch from."""
        since = self.server.fetch_since
        if not since:
            return 1
        for ref in folder.refs(folder.uids_from(1, since)):
            # SEARCH SINCE knows days only
            if ref.received is None or ref.received >= since:
                return ref.number
        return folder.uidnext or 1

    def _advance(self, mark, uid):
        if uid > int(mark.last_uid):
            mark.last_uid = str(uid)

    def _unknown(self, folder, uids, mark):
        # skipped: what Odoo itself had fetched when the account was switched over
        skipped = set((mark.skipped_keys or "").split("\n"))
        by_key = {folder.key(uid): uid for uid in uids}
        return self._without_known({key: by_key[key] for key in by_key if key not in skipped})

    def _acknowledge(self, folder, mark):
        """Tell the mailbox what the ledger holds; if that is cut short, the next fetch does it."""
        uids = [int(uid) for uid in (mark.pending_uids or "").split()]
        if not uids:
            return
        for start in range(0, len(uids), BATCH_COUNT):
            some = uids[start : start + BATCH_COUNT]
            if self.server.after_fetch == "delete":
                folder.delete(some)
            elif self.server.after_fetch == "move":
                folder.move(some, self.server.archive_folder)
            else:
                folder.mark_seen(some)
        mark.pending_uids = False
        self._commit()
