"""One fetch by IMAP: folder by folder, from its high-water mark on."""

import logging

from ...incoming import ImapFolder, MailboxError, Refused, find_junk_folder
from .acknowledge import Acknowledge
from .fetch_session import BATCH_COUNT, FetchSession
from .numbering import Numbering

_logger = logging.getLogger(__name__)

LISTED = 2_000  # messages whose sizes are asked for before the first of them is read
# IMAP assigns rising UIDs, but with several deliveries at once a lower one may show up after a
# higher one: the last ones are compared with the ledger instead of being assumed known.
OVERLAP = 200


class ImapFetch(Acknowledge, Numbering, FetchSession):
    """The folder that is read, and the Junk folder."""

    def _run(self):
        main = self.server.imap_folder or "INBOX"
        self._run_folder(self._mailbox(main), is_junk=False)
        junk = find_junk_folder(self.connection) if self.server.fetch_junk else None
        if not junk or junk == main:
            return
        try:
            folder = self._mailbox(junk)
        except Refused as error:
            # What else is in the mailbox arrives; the account says what does not.
            self.notes.append(self._junk_note(junk, error.answer))
        else:
            self._run_folder(folder, is_junk=True)

    def _junk_note(self, name, answer):
        return self.env._(
            "“%(account)s”: the server does not open the Junk folder “%(folder)s” (“%(answer)s”). "
            "Emails in it are not fetched. Allow access to it, or switch off “Read the Junk "
            "Folder”.",
            account=self.server.name,
            folder=name,
            answer=answer,
        )

    def _mailbox(self, name):
        folder = ImapFolder(self.connection, name)
        mark = self._folder_row(folder)
        if mark.numbering and mark.uidvalidity == str(folder.uidvalidity):
            folder.numbering = mark.numbering
        return folder

    def _folder_row(self, folder):
        return self.env["mail.catchall.folder"]._of(self.server, folder.name)

    def _recover(self, mailbox, error):
        folder = super()._recover(mailbox, error)
        if folder.numbering != mailbox.numbering:
            raise MailboxError(str(error)) from error  # the next fetch compares what there is
        return folder

    def _refs(self, mailbox, keys):
        return mailbox.refs([int(key.rpartition(":")[2]) for key in keys])

    def _run_folder(self, folder, is_junk):
        mark = self._mark(folder)
        found = folder.uids_from(self._from(mark))
        if self._is_numbered_anew(folder, mark, found):
            self._number_anew(folder, mark)
            found = folder.uids_from(self._from(mark))
        uids = self._unknown(folder, found, mark)
        for start in range(0, len(uids), LISTED):
            listed = folder.refs(uids[start : start + LISTED])
            refs = self._not_known_by_content(folder, mark, listed)
            self._store_oversize(folder, refs, is_junk)
            folder = self._take(folder, mark, refs, is_junk)
            if listed:
                self._advance(mark, listed[-1].number)
            self._commit()
        folder = self._retry(folder)
        self._acknowledge_left(folder, mark)

    def _from(self, mark):
        return max(int(mark.first_uid), int(mark.last_uid) + 1 - OVERLAP, 1)

    def _settle(self, folder, mark, batch, stored):
        self._advance(mark, batch[-1].number)
        fresh = [ref.number for ref in stored]
        self._set_pending(mark, [*self._pending(mark), *fresh])
        self._commit()
        for start in range(0, len(fresh), BATCH_COUNT):
            self._acknowledge(folder, mark, fresh[start : start + BATCH_COUNT])

    def _mark(self, folder):
        """The folder's high-water mark; a new numbering (UIDVALIDITY) starts it anew."""
        mark = self._folder_row(folder)
        if mark and mark.uidvalidity == str(folder.uidvalidity):
            return mark
        if mark:
            self._number_anew(folder, mark)
            return mark
        where = {"fetchmail_server_id": self.server.id, "name": folder.name}
        first = {"uidvalidity": str(folder.uidvalidity), "first_uid": str(self._first_uid(folder))}
        mark = mark.create({**where, **first})
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
        return folder.uidnext or folder.highest() + 1

    def _advance(self, mark, uid):
        if uid > int(mark.last_uid):
            mark.last_uid = str(uid)

    def _unknown(self, folder, uids, mark):
        # skipped: what Odoo itself had fetched when the account was switched over
        skipped = set((mark.skipped_keys or "").split("\n"))
        by_key = {folder.key(uid): uid for uid in uids}
        return self._without_known({key: by_key[key] for key in by_key if key not in skipped})
