"""One fetch by POP3: all that the ledger does not have yet."""

from ...incoming import Pop3Mailbox
from ...router.message.mail import ReceivedMail
from .fetch_session import FetchSession


class PopFetch(FetchSession):
    """The one folder of a POP3 mailbox."""

    def run(self):
        mailbox = self._mailbox(Pop3Mailbox.name)
        by_key = {ref.key: ref for ref in mailbox.refs()}
        skipped = self._skipped(mailbox, by_key)
        new = [item for item in self._without_known(by_key) if item.key not in skipped]
        self._store_oversize(mailbox, new, is_junk=False)
        for batch in self._batches(new):
            self._store(mailbox, batch, is_junk=False)
            self._commit()
        self._commit()
        if self.server.after_fetch == "delete":
            mailbox.delete([by_key[key].number for key in self.ledger.stored(by_key)])
            self._commit()

    def _mailbox(self, name):
        return Pop3Mailbox(self.connection)

    def _refs(self, mailbox, keys):
        return mailbox.refs()

    def _skipped(self, mailbox, by_key):
        """Keys of messages that arrived before the date to fetch from, determined once.

        POP3 tells no date of arrival: the messages' own headers do, at the first fetch.
        """
        mark = self.env["mail.catchall.folder"]._of(self.server, mailbox.name)
        if not mark:
            since = self.server.fetch_since
            old = [
                ref.key
                for ref in (by_key.values() if since else ())
                if (arrived := ReceivedMail.from_bytes(mailbox.header(ref)).arrived)
                and arrived < since
            ]
            where = {"fetchmail_server_id": self.server.id, "name": mailbox.name}
            mark = mark.create({**where, "skipped_keys": "\n".join(old)})
            self._commit()
        return set((mark.skipped_keys or "").split("\n"))
