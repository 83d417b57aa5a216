"""Fetching a catch-all account: bytes are written down and committed, and only then acknowledged.

Odoo's own ``_fetch_mail`` marks a message as handled whether or not it could be processed
(mail/models/fetchmail.py). For a catch-all account nothing is processed here: the lanes do that.
"""

import logging
import time
from contextlib import contextmanager

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import exception_to_unicode

from ...connections import meaning_of, trouble_of
from ...connections.login_trouble import SENTENCES, LoginTrouble
from ...incoming import CONNECTION_ERRORS, ImapFolder, MailboxError, Refused, introduce
from .imap_fetch import ImapFetch
from .pop_fetch import PopFetch

_logger = logging.getLogger(__name__)
ATTEMPTS = 3  # at one fetch, should somebody else write the same rows meanwhile


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    def button_confirm_login(self):
        """For a catch-all account, errors say what to do and the folder must exist."""
        catchall = self.filtered("is_catchall")
        for server in catchall:
            try:
                super(FetchmailServer, server).button_confirm_login()
                server._catchall_check_folder()
            except Exception as error:
                # natively a UserError made while handling what really happened
                cause = error.__context__ or error
                raise UserError(server._catchall_explain(cause)) from error
        others = self - catchall
        return super(FetchmailServer, others).button_confirm_login() if others else True

    def _fetch_mail(self, batch_limit=50):
        catchall = self.filtered("is_catchall")
        others = self - catchall
        result = super(FetchmailServer, others)._fetch_mail(batch_limit) if others else None
        if self.env.context.get("catchall_dispatched"):
            return result
        for server in catchall:
            result = server._catchall_fetch() or result
        return result

    def _connect__(self, allow_archived=False):
        self._catchall_check_may_connect()
        if not self.is_catchall:
            return super()._connect__(allow_archived=allow_archived)
        with self._catchall_keeping_secrets():
            connection = super()._connect__(allow_archived=allow_archived)
            if self._get_connection_type() == "imap":
                introduce(connection)
            self._catchall_logged_in(connection)
        return connection

    def _catchall_fetch(self):
        """Fill the ledger from the mailbox; return the exception that stopped it, or None."""
        self.ensure_one()
        server = self.with_context(fetchmail_cron_running=True)
        if not server.try_lock_for_update(allow_referencing=True):
            _logger.info("Catch-all account %s is being fetched already", server.id)
            return None
        if server.catchall_other_database:
            error = server._catchall_other_database_error()
            server._catchall_note_error(error)
            return error
        started = time.monotonic()
        failure = server._catchall_fill_ledger()
        server.date = fields.Datetime.now()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        server._catchall_fetched(time.monotonic() - started)
        return failure

    def _catchall_fill_ledger(self):
        # The ledger is written by a cursor of its own: its commits must not give up the lock on
        # the account, which the transaction of this one holds.
        with self.env.registry.cursor() as ledger_cr:
            for left in reversed(range(ATTEMPTS)):
                failure = self._catchall_run_session(ledger_cr)
                if failure is None:
                    return None
                # What was stored so far is committed, and the next run goes on after it.
                ledger_cr.rollback()
                error, logged_in = failure
                if not left or not isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
                    self._catchall_note_error(error, logged_in=logged_in)
                    return error
        return None

    def _catchall_run_session(self, ledger_cr):
        """Connect and fetch once; return what stopped it and whether the login held, or None."""
        logged_in = False
        try:
            with self._catchall_connection() as connection:
                logged_in = True
                session = fetch_session(self, connection, self.env(cr=ledger_cr))
                session.run()
            # What the mailbox refuses while mail arrives is said, and is no failure.
            notes = self._catchall_redactor().text("\n".join(session.notes))
            self.write({"error_date": False, "error_message": notes or False})
        except Exception as error:  # shown on the account's form
            _logger.info("Fetching catch-all account %s failed", self.id, exc_info=True)
            return error, logged_in
        return None

    def _catchall_note_error(self, error, *, logged_in=False):
        # Unlike plain Odoo: a catch-all account is never switched off for its errors. Mail waits in
        # the mailbox, and the account says since when and why.
        since = self.error_date or fields.Datetime.now()
        text = self._catchall_explain(error, logged_in=logged_in)
        self.write({"error_date": since, "error_message": text})

    def fetch_mail(self):
        self.ensure_one()
        if not self.is_catchall:
            return super().fetch_mail()
        self.check_access("write")
        # sudo: as in plain Odoo; the account's password is read on behalf of whoever may write it
        error = self.sudo()._fetch_mail()
        if error is not None:
            raise UserError(self.error_message or self._catchall_explain(error)) from error
        return None

    def _catchall_explain(self, error, *, logged_in=False):
        """One sentence for the admin, without secrets: the account, what happened, what to do."""
        return self._catchall_redactor().text(self._catchall_sentence(error, logged_in))

    def _catchall_sentence(self, error, logged_in):
        text = _readable(error)
        if isinstance(error, Refused):
            # What a folder or a message was refused for says nothing of the login, which held.
            trouble = meaning_of(error.answer)
            if trouble not in (None, LoginTrouble.LOGIN):
                return self._catchall_explain_trouble(trouble, error.answer)
        if isinstance(error, (UserError, MailboxError)):
            return text
        if isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY):
            return self.env._(
                "“%(account)s”: other jobs were changing the same emails. What was fetched is "
                "safe, and the next fetch continues by itself.",
                account=self.display_name,
            )
        trouble = trouble_of(error, logged_in=logged_in)
        if trouble is LoginTrouble.LOGIN and self.server_type not in ("imap", "pop"):
            trouble = LoginTrouble.OAUTH  # these accounts have no password
        if trouble is None:
            return self.env._(
                "“%(account)s”: an unexpected error occurred (%(error)s). The details are in "
                "Odoo's log. The mail is safe in the mailbox, and fetching is retried "
                "automatically.",
                account=self.display_name,
                error=text,
            )
        return self._catchall_explain_trouble(trouble, getattr(error, "strerror", None) or text)

    def _catchall_explain_trouble(self, trouble, said):
        """One sentence for the admin: the account, what happened, what to do."""
        return self.env._(
            SENTENCES[trouble],
            account=self.display_name,
            host=self.server,
            port=self.port,
            error=said,
        )

    def _catchall_fetch_again(self, rows):
        """Fetch rows whose bytes are still only in the mailbox (too large, refused)."""
        self.ensure_one()
        account = self.sudo()  # sudo: the password; the caller checked its rights
        try:
            with account._catchall_connection() as connection:
                fetch_session(account, connection, self.env).fetch_rows(rows)
        except (*CONNECTION_ERRORS, MailboxError) as error:
            raise UserError(account._catchall_explain(error)) from error

    @contextmanager
    def _catchall_connection(self, allow_archived=False):
        """A connection that is logged in, and ended afterwards, whatever comes of that."""
        connection = self._connect__(allow_archived=allow_archived)
        try:
            yield connection
        finally:
            self._catchall_disconnect(connection)

    def _catchall_disconnect(self, connection):
        if connection is None:
            return
        try:
            connection.disconnect()
        except CONNECTION_ERRORS:
            _logger.info("Catch-all account %s: the connection ended early", self.id)

    def _catchall_check_folder(self):
        """Open the folder, and ask for what is to happen in it after a fetch.

        :raises MailboxError: when there is no such folder, or nothing may be moved or deleted
        """
        if self._get_connection_type() != "imap":
            return
        with self._catchall_connection(allow_archived=True) as connection:
            folder = ImapFolder(connection, self.imap_folder or "INBOX")
            session = fetch_session(self, connection, self.env)
            if refusal := session.refusal(folder):
                # Without moving or deleting nobody would notice: emails that stay unread are read.
                if self.after_fetch != "seen":
                    raise MailboxError(refusal)
                self.error_message = refusal


def fetch_session(server, connection, env):
    """The session that fetches an account over a connection; ``env`` writes the ledger."""
    kind = ImapFetch if server._get_connection_type() == "imap" else PopFetch
    return kind(server, connection, env)


def _readable(error):
    """What an exception says; imaplib and poplib hand on the server's bytes."""
    if error.args and isinstance(error.args[0], bytes):
        return error.args[0].decode("utf-8", "replace")
    return exception_to_unicode(error)
