"""One fetch by POP3: all that the ledger does not have yet."""

import poplib
from collections import Counter
from dataclasses import replace

from ...incoming import Pop3Mailbox
from ...incoming.fingerprint import content_key, header_key, is_cut_short
from ...incoming.pop3 import answer_of
from ...router.message.mail import ReceivedMail
from .fetch_session import FetchSession


class PopFetch(FetchSession):
    """The one folder of a POP3 mailbox.

    A UIDL should be one message's for ever (RFC 1939 §7). Servers give it again after a deletion
    (Cyrus), or to two messages at once: what is in doubt is told apart by its header and size.
    """

    def __init__(self, *arguments):
        super().__init__(*arguments)
        self._listings = {}

    def _run(self):
        mailbox = self._mailbox(Pop3Mailbox.name)
        mark = self._mark(mailbox)
        listing = self._listing(mailbox)
        skipped = self._skipped(mark, listing)
        new = [ref for ref in self._without_known(listing) if ref.key not in skipped]
        self._store_oversize(mailbox, new, is_junk=False)
        mailbox = self._take(mailbox, mark, new, is_junk=False)
        mailbox = self._retry(mailbox)
        self._commit()
        listing = self._listing(mailbox)
        if self.server.after_fetch == "delete":
            self._delete(mailbox, listing)
        names = "\n".join(listing) or "-"
        if mark.listed_keys != names:
            mark.listed_keys = names
        self._commit()

    def _delete(self, mailbox, listing):
        """Delete what the ledger holds; each was read, or compared with it, in this session."""
        refused = ""
        for key in self.ledger.stored(listing):
            try:
                mailbox.delete([listing[key].number])
            except poplib.error_proto as error:
                refused = answer_of(error)
        if refused:
            self.notes.append(
                self.env._(
                    "“%(account)s”: emails arrive, but the server refuses to delete them "
                    "(“%(answer)s”). Each fetch tries again.",
                    account=self.server.name,
                    answer=refused,
                )
            )

    def _mailbox(self, name):
        return Pop3Mailbox(self.connection)

    def _refs(self, mailbox, keys):
        return list(self._listing(mailbox).values())

    def _renewed(self, mailbox, batch):
        # Numbers are those of one session.
        listing = self._listing(mailbox)
        return [listing[ref.key] for ref in batch if ref.key in listing]

    # --- which message is which

    def _listing(self, mailbox):
        """The messages of this session by their keys."""
        if mailbox not in self._listings:
            self._listings[mailbox] = {ref.key: ref for ref in self._identified(mailbox)}
        return self._listings[mailbox]

    def _identified(self, mailbox):
        listed = mailbox.refs()
        known = self.ledger.known_as({ref.key for ref in listed})
        count = Counter(ref.key for ref in listed)
        last = max((ref.number for ref in listed if ref.key in known), default=0)
        before = self._listed_before()
        taken = set()
        for ref in listed:
            item, is_double = known.get(ref.key), count[ref.key] > 1
            in_doubt = item and self._is_in_doubt(ref, item, before, last)
            if in_doubt or is_double:
                ref = self._told_apart(mailbox, ref, item, is_double, taken)
            if ref:
                taken.add(ref.key)
                yield ref

    def _is_in_doubt(self, ref, item, before, last):
        if not item.has_source or ref.size not in (0, item.size):
            return ref.size not in (0, item.size)
        # What is to be deleted is looked at in any case, and a name that is given again is mostly
        # that of the last one.
        is_new = before is not None and ref.key not in before
        return self.server.after_fetch == "delete" or ref.number == last or is_new

    def _listed_before(self):
        mark = self.env["mail.catchall.folder"]._of(self.server, Pop3Mailbox.name)
        return None if mark.listed_keys is False else set(mark.listed_keys.split("\n"))

    def _told_apart(self, mailbox, ref, item, is_double, taken):
        """The message under a key that is its own; None where the server does not show it."""
        exactly = is_double and ref.size <= self.max_bytes
        head = mailbox.whole(ref) if exactly else mailbox.head(ref)
        if exactly and head is not None and is_cut_short(head, ref.size):
            self.notes.append(self._cut_short_note())
            return None  # by half a text nothing is told apart
        if head is None:
            return ref if item and not item.has_source and ref.key not in taken else None
        if item is None and ref.key not in taken:
            return ref
        if exactly and item and item.has_source:
            fits = content_key(self.ledger.source(item)) == content_key(head)
        else:
            fits = item and self.ledger.fits(item, ref.size, head, lambda: mailbox.source(ref))
        if fits and ref.key not in taken:
            return ref
        mark = content_key(head) if is_double else f"{header_key(head)} {ref.size}"
        return replace(ref, key=f"{ref.key} {mark}")

    def _cut_short_note(self):
        return self.env._(
            "“%(account)s”: the server gives several emails one name (UIDL), and one of them comes "
            "cut short. It stays in the mailbox, and each fetch tries again.",
            account=self.server.name,
        )

    def _is_settled(self, mailbox, fetched):
        key, mark = fetched.ref.key, self.env["mail.catchall.folder"]._of(self.server, mailbox.name)
        arrived = ReceivedMail.from_bytes(fetched.source).arrived if mark.skipped_until else None
        if arrived and arrived <= mark.skipped_until:
            mark.skipped_keys = f"{mark.skipped_keys or ''}\n{key}".strip()
            return True
        listed = set(self._listing(mailbox))
        known = self.ledger.twin(fetched.source, listed)
        failed = None if known else self.ledger.failed_twin(fetched.source, listed)
        if known or failed:
            self._rename(known or failed, key)  # the server calls it otherwise now
        if failed:
            row = self.env["mail.catchall.message"].browse(failed.id)
            self._fill_row(mailbox, row, fetched.ref, fetched)
        return bool(known or failed)

    # --- what is from before the date to fetch from

    def _mark(self, mailbox):
        """The row of the mailbox. POP3 tells no date of arrival: the messages' own headers do,
        at the first fetch.
        """
        mark = self.env["mail.catchall.folder"]._of(self.server, mailbox.name)
        if mark:
            return mark
        since, refs = self.server.fetch_since, mailbox.refs()
        dates = [
            (ref.key, ReceivedMail.from_bytes(mailbox.header(ref)).arrived)
            for ref in (refs if since else ())
        ]
        old = {key: date for key, date in dates if date and date < since}
        shown = [date for _key, date in dates if date]
        # What a server does not list yet is older than all that it lists.
        until = max(old.values()) if old else min(shown, default=None)
        values = {
            "fetchmail_server_id": self.server.id,
            "name": mailbox.name,
            "skipped_keys": "\n".join(old),
            "skipped_until": until and min(until, since),
        }
        mark = mark.create(values)
        self._commit()
        return mark

    def _skipped(self, mark, listing):
        """Keys of messages that are left alone. One that is gone may come back as another's."""
        skipped = set((mark.skipped_keys or "").split("\n"))
        if mark.skipped_until and (gone := skipped - set(listing)) - {""}:
            skipped -= gone
            mark.skipped_keys = "\n".join(sorted(skipped))
        return skipped
