"""Messages that a mail server does not hand out: listed with its words, and tried again later.

A server may be unable to read one message (``NO``, ``BODY[] NIL`` or ``""``), cut it short, or end
the connection over it. None of that may hold up the others, and none is taken for the message.
"""

from contextlib import suppress
from datetime import timedelta

from odoo import fields

from ...incoming import CONNECTION_ERRORS, MailboxError
from ...ledger.codes import LedgerReason, LedgerState

AT_ONCE = 5  # attempts that each fetch makes; later ones wait
WAITS = (timedelta(hours=1), timedelta(hours=6), timedelta(days=1))
MAX_AT_ONCE = 50  # messages that one fetch tries again
GONE_FOR_GOOD = 12  # attempts after which one that is not listed is not looked for any more
SATISFIED = 3  # attempts after which what is short is all that there is


class RefusedMessages:
    """What a :class:`FetchSession` does about them."""

    def _store_refused(self, mailbox, fetched, is_junk):
        self._insert_failed(mailbox, fetched.ref, is_junk, self._refused_values(fetched))

    def _insert_failed(self, mailbox, ref, is_junk, values):
        """List it with what its header says, should the server hand out that much."""
        self._failed_now.add(ref.key)
        head = b""
        with suppress(*CONNECTION_ERRORS, MailboxError):
            head = mailbox.head(ref) or b""
        self._insert(mailbox, ref, is_junk, head=head, **values)

    def _retry(self, mailbox):
        """Try once more what is due in this folder; return the mailbox, perhaps another one."""
        due = [
            ("fetchmail_server_id", "=", self.server.id),
            ("folder", "=", mailbox.name),
            ("state", "=", str(LedgerState.FAILED)),
            ("has_source", "=", False),
            ("next_try_date", "<=", fields.Datetime.now()),
        ]
        rows = self.env["mail.catchall.message"].search(due, order="id", limit=MAX_AT_ONCE)
        for row in rows:
            if row.remote_key in self._failed_now:
                continue
            refs = self._refs(mailbox, [row.remote_key])
            ref = next((ref for ref in refs if ref.key == row.remote_key), None)
            if ref and self._too_large([ref]):
                row.write(self._oversize_values(ref) | {"next_try_date": False})
                self._commit()
            else:
                mailbox = self._retry_one(mailbox, row, ref)
        return mailbox

    def _retry_one(self, mailbox, row, ref):
        # Written before the attempt: it may end the connection, or Odoo.
        attempts = row.attempts + 1
        row.write({"attempts": attempts, "next_try_date": _next_try(attempts)})
        self._commit()
        try:
            fetched = next(iter(mailbox.fetch([ref])), None) if ref else None
        except CONNECTION_ERRORS as error:
            row.write(self._breaking_values(error) | {"next_try_date": row.next_try_date})
            self._commit()
            return self._recover(mailbox, error)
        if fetched is None:
            # It may be there again: a server that is at fault does not list everything.
            again = row.next_try_date if attempts < GONE_FOR_GOOD else False
            row.write(self._gone_values() | {"next_try_date": again})
        elif fetched.source is None and not (fetched.part and attempts >= SATISFIED):
            row.write(self._refused_values(fetched) | {"next_try_date": row.next_try_date})
        else:
            self._fill_row(mailbox, row, ref, fetched)
        self._commit()
        return mailbox

    def _fill_row(self, mailbox, row, ref, fetched):
        self.ledger.fill(row, fetched.source if fetched.source is not None else fetched.part)
        row._settle(LedgerState.RECEIVED, False, False, attempts=0, error=False)
        self._acknowledge_later(mailbox, ref)
        self.env["mail.catchall.message"]._wake_lanes()

    # --- why the ledger has no bytes of a message

    def _refused_values(self, fetched):
        error = self.server.env._(
            "The mail server of “%(account)s” did not return this email (%(answer)s). Each fetch "
            "tries again. Route it again to retry at once, or look for it in the mailbox.",
            account=self.server.name,
            answer=fetched.error,
        )
        return _failed(LedgerReason.ERROR, error) | {"next_try_date": fields.Datetime.now()}

    def _breaking_values(self, error):
        text = self.server.env._(
            "The mail server of “%(account)s” closes the connection when this email is fetched "
            "(%(answer)s). The others are fetched, and this one is tried again. Look for it in the "
            "mailbox, and move or delete it there.",
            account=self.server.name,
            answer=str(error),
        )
        return _failed(LedgerReason.ERROR, text) | {"next_try_date": fields.Datetime.now()}

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


def _next_try(attempts):
    """When it is tried again: at each fetch, then hourly, every six hours, once a day."""
    now = fields.Datetime.now()
    if attempts < AT_ONCE:
        return now
    return now + WAITS[min((attempts - AT_ONCE) // 6, len(WAITS) - 1)]
