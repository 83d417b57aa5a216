"""Telling an IMAP mailbox what the ledger holds: marked as read, moved or deleted.

A server may refuse that: for good (rights, a read-only mailbox, a folder that must be called
otherwise), for now (quota), or for one message. Fetching goes on, the account says what is
refused, and the next fetch tries again. What waits is never done to another message.
"""

from ...incoming import Refused
from .fetch_session import BATCH_COUNT

MAX_PENDING = 5_000  # of a mailbox that refuses for ever: the newest
GIVE_UP = 3  # single messages refused one after the other: it is not about them


class Acknowledge:
    """What an :class:`ImapFetch` does after the bytes are safe."""

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._refusing = set()  # folders that have refused in this fetch

    def refusal(self, folder):
        """What the server will refuse after a fetch, in a sentence, or ""; nothing is changed."""
        try:
            folder.try_changes(self.server.after_fetch, self.server.archive_folder)
        except Refused as error:
            return self._refusal_note(folder, error.answer)
        return ""

    def _pending(self, mark):
        return [int(uid) for uid in (mark.pending_uids or "").split()]

    def _set_pending(self, mark, uids):
        uids = list(dict.fromkeys(uids))[-MAX_PENDING:]
        mark.pending_uids = " ".join(map(str, uids)) or False

    def _acknowledge_later(self, mailbox, ref):
        # The caller's transaction may still be rolled back: the next fetch tells the mailbox.
        mark = self._folder_row(mailbox)
        if mark.uidvalidity == str(mailbox.uidvalidity):
            self._set_pending(mark, [*self._pending(mark), ref.number])

    def _acknowledge_left(self, folder, mark):
        """What an earlier fetch could not tell; first it is seen that these are its messages."""
        left = self._pending(mark)
        for start in range(0, len(left), BATCH_COUNT):
            if folder.name in self._refusing:
                return
            some = left[start : start + BATCH_COUNT]
            compared = self._compare(folder, self._known_uids(folder, some))
            fitting = [uid for uid in some if compared.get(uid)]
            self._drop_pending(mark, set(some) - set(fitting))
            self._acknowledge(folder, mark, fitting)

    def _acknowledge(self, folder, mark, uids):
        if not uids or folder.name in self._refusing:
            return
        done = set()
        try:
            self._tell(folder, mark, uids)
            done = set(uids)
        except Refused as error:
            self._refusing.add(folder.name)
            done = self._tell_singly(folder, mark, uids)
            if len(done) < len(uids):
                self.notes.append(self._refusal_note(folder, error.answer))
        self._drop_pending(mark, done)

    def _tell_singly(self, folder, mark, uids):
        """One message that cannot be moved keeps a server from moving all beside it."""
        done, refused = set(), 0
        for uid in uids if len(uids) > 1 else ():
            try:
                self._tell(folder, mark, [uid])
                done.add(uid)
                refused = 0
            except Refused:
                refused += 1
                if refused >= GIVE_UP:
                    break
        return done

    def _drop_pending(self, mark, uids):
        if uids:
            self._set_pending(mark, [uid for uid in self._pending(mark) if uid not in uids])
            self._commit()

    def _tell(self, folder, mark, uids):
        if folder.read_only:
            raise Refused("", "READ-ONLY")
        after, target = self.server.after_fetch, self.server.archive_folder
        if after == "delete":
            folder.delete(uids)
        elif after == "seen":
            folder.mark_seen(uids)
        elif folder.can_move or target == folder.name:
            folder.move(uids, target)
        else:
            self._copy_and_delete(folder, mark, uids, target)

    def _copy_and_delete(self, folder, mark, uids, target):
        """Noted in between: where deleting is refused, nothing is copied a second time."""
        copied = {int(uid) for uid in (mark.copied_uids or "").split()}
        if fresh := [uid for uid in uids if uid not in copied]:
            folder.copy_to(fresh, target)
            copied.update(fresh)
            mark.copied_uids = " ".join(map(str, sorted(copied)))
            self._commit()
        folder.delete(uids)
        mark.copied_uids = " ".join(map(str, sorted(copied - set(uids)))) or False

    def _refusal_note(self, folder, answer):
        if folder.read_only:
            return self.env._(
                "“%(account)s”: emails arrive, but the server opens “%(folder)s” read-only, so they"
                " stay in the mailbox as they are. Give the account full rights in the mailbox.",
                account=self.server.name,
                folder=folder.name,
            )
        return self.env._(
            "“%(account)s”: emails arrive, but the server refuses what is to happen in the mailbox "
            "after fetching: %(wish)s (“%(answer)s”). Each fetch tries again. Check the rights of "
            "the account, the space in the mailbox and the name of the folder, or choose something "
            "else under “After Fetching”.",
            account=self.server.name,
            wish=self._wish(folder),
            answer=answer,
        )

    def _wish(self, folder):
        wishes = {
            "delete": self.env._("delete in “%(folder)s”", folder=folder.name),
            "seen": self.env._("mark as read in “%(folder)s”", folder=folder.name),
            "move": self.env._("move to “%(folder)s”", folder=self.server.archive_folder),
        }
        return wishes[self.server.after_fetch]
