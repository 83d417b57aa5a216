"""Whether a folder still has the numbers that it had: UIDs may begin again (a restored backup).

A server that tells changes UIDVALIDITY (RFC 3501 §2.3.1.1). Some do not: then the last message
that was fetched is another one. What was received before is known again by its content.
"""

import logging
import time

from ...incoming.fingerprint import header_key

_logger = logging.getLogger(__name__)

CHECKED = 20  # messages that are compared at most: the last ones
COMPARED = 500  # headers that are read at once


class Numbering:
    """What an :class:`ImapFetch` does about it."""

    def _is_numbered_anew(self, folder, mark, found):
        last = int(mark.last_uid)
        below = [uid for uid in found if uid <= last or not last]
        if not below and last and not folder.uidnext:
            below = [uid for uid in [folder.highest()] if 0 < uid <= last]
        known = self._known_uids(folder, below)
        compared = self._compare(folder, self._suspects(mark, known))
        if not all(compared.values()):
            return True
        return not compared and 0 < folder.uidnext <= last

    def _known_uids(self, folder, uids):
        """What the ledger holds of each UID, as far as it holds something."""
        by_key = {folder.key(uid): uid for uid in uids}
        known = self.ledger.known_as(by_key)
        return {uid: known[key] for key, uid in by_key.items() if key in known}

    def _suspects(self, mark, known):
        """The last one that is there; and those that should have been moved or deleted."""
        suspects = {max(known)} if known else set()
        if self.server.after_fetch != "seen":
            pending = set(self._pending(mark))
            suspects |= {uid for uid, item in known.items() if item.has_source} - pending
        return {uid: known[uid] for uid in sorted(suspects)[-CHECKED:]}

    def _compare(self, folder, known):
        """Whether each UID is the message that the ledger holds; those not there are left out."""
        compared = {}
        uids = sorted(known)
        heads = folder.heads(uids) if uids else {}
        for ref in folder.refs(uids) if uids else ():
            head = heads.get(ref.number) or folder.source(ref)
            # Nothing to compare with says nothing.
            compared[ref.number] = not head or self.ledger.fits(
                *(known[ref.number], ref.size, head),
                lambda ref=ref: folder.source(ref),
                loosely=True,
            )
        return compared

    def _number_anew(self, folder, mark):
        """Begin anew: keys of before are never given again, and nothing waits for them."""
        _logger.info("Folder %s of account %s is numbered anew", folder.name, self.server.id)
        validity, highest = str(folder.uidvalidity), folder.uidnext - 1
        folder.numbering = f"{validity}.{time.time_ns() // 1_000_000}"
        mark.write(
            {
                "uidvalidity": validity,
                "numbering": folder.numbering,
                "first_uid": str(self._first_uid(folder)),
                "last_uid": "0",
                "pending_uids": False,
                "copied_uids": False,
                "skipped_keys": False,
                "compare_to_uid": str(highest if highest > 0 else folder.highest()),
            }
        )
        self._commit()

    def _not_known_by_content(self, folder, mark, refs):
        """Those that were not received under another number; the others get their new keys."""
        limit = int(mark.compare_to_uid or 0)
        doubtful = [ref for ref in refs if ref.number <= limit]
        known = set()
        for start in range(0, len(doubtful), COMPARED):
            known |= self._known_by_content(folder, mark, doubtful[start : start + COMPARED])
        return [ref for ref in refs if ref.number not in known]

    def _known_by_content(self, folder, mark, refs):
        heads = folder.heads([ref.number for ref in refs])
        candidates = self.ledger.under_other_keys(
            folder.name,
            folder.key(0)[:-1],
            map(header_key, heads.values()),
            [ref.size for ref in refs],
        )
        known, waiting = set(), []
        for ref in refs:
            head = heads.get(ref.number)
            item = head and next(
                (
                    item
                    for item in candidates
                    if self.ledger.fits(item, ref.size, head, lambda ref=ref: folder.source(ref))
                ),
                None,
            )
            if item:
                candidates.remove(item)
                self._rename(item, ref.key)
                known.add(ref.number)
                waiting += [ref.number] if item.has_source else []
        self._set_pending(mark, [*self._pending(mark), *waiting])
        self._commit()
        return known
