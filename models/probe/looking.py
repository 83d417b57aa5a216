"""Looking for the messages of a probe in the mailbox and the ledger, and removing them."""

import logging

import psycopg2
from odoo import fields, models
from odoo.exceptions import UserError

from ...incoming import ImapNewMessages, PopNewMessages
from ...probe import address_of, received_at
from ...probe.answers import is_answer, read_returned
from ...router.codes import State
from ...router.message import headers
from ...router.message.mail import ReceivedMail
from ...router.tokens.probe_mark import Kind, find_probe
from ...router.tokens.tokens import ProbeToken, make_probe_token
from ...router.verdicts.bounce import Bounce
from ...router.verdicts.probe import Probe
from ..routing.odoo_directory import OdooDirectory

_logger = logging.getLogger(__name__)

MAX_HEADER = 60_000  # characters that are kept
MAX_SIZE = 300_000  # bytes of a message of ours, or of a report about one


class MailCatchallProbe(models.Model):
    _inherit = "mail.catchall.probe"

    # ------------------------------------------------------------ looking

    def _look(self):
        """Look into the mailbox and the ledger, and weigh what is known then."""
        self.looks += 1
        error = self._try_mailbox(self._read, "could not look")
        # It is tried again as long as the probe lasts, and shown then.
        if error and self.state != "done" and self._is_over():
            self.mailbox_error = error
        self._read_ledger()
        self._weigh()
        self._look_later()

    def _note_marks(self):
        """Remember what lies in the mailbox before anything is sent; or why nobody can look."""

        def note(mailbox):
            self.marks = mailbox.marks()

        self.mailbox_error = self._try_mailbox(note, "could not log in")

    def _try_mailbox(self, work, failure):
        """Log in and do this; return what kept the probe from it, in words, or None."""
        try:
            self._with_mailbox(work)
        except psycopg2.Error:
            raise  # the transaction is lost; the job comes again
        except Exception as error:
            # Shown with the probe: a wrong password, a dead server, what an OAuth addon raises.
            _logger.info("The probe of %s %s", self.domain, failure, exc_info=True)
            return self.fetchmail_server_id._catchall_explain(error)
        return None

    def _with_mailbox(self, work):
        account = self.fetchmail_server_id.sudo()  # sudo: the account's password
        if account.catchall_other_database:
            raise UserError(
                self.env._(
                    "“%(server)s” was set up in another database, and this one is a copy of it. "
                    "Open the account and confirm that this database is the one to continue "
                    "with. Until then its mailbox is left alone.",
                    server=account.name,
                )
            )
        connection = account._connect__(allow_archived=True)
        try:
            if account._get_connection_type() == "imap":
                archive = account.archive_folder if account.after_fetch == "move" else ""
                work(ImapNewMessages(connection, account.imap_folder or "INBOX", archive or ""))
            else:
                work(PopNewMessages(connection))
        finally:
            account._catchall_disconnect(connection)

    def _read(self, mailbox):
        marks = dict(self.marks or {})
        for item in mailbox.since(marks):
            self._see(item.source, mailbox.places[item.folder], item.key)
        self.marks = marks

    def _read_ledger(self):
        """What an ordinary fetch has taken meanwhile."""
        # sudo: messages of ours are recognised whatever companies the tester has chosen
        ledger = self.env["mail.catchall.message"].sudo()
        wanted = [
            ("fetchmail_server_id", "=", self.fetchmail_server_id.id),
            ("fetched_date", ">=", self.start_date),
            ("size", "<", MAX_SIZE),
            ("state", "=", str(State.IGNORED)),
            ("reason", "in", [str(Probe.reason), str(Bounce.reason)]),
        ]
        for row, source in ledger.search(wanted, order="id")._read_sources():
            self._see(source, "junk" if row.folder_is_junk else "inbox", row.remote_key)

    def _see(self, source, place, key):
        """Note a message of this probe; others are ignored."""
        mail = ReceivedMail.from_bytes(source)
        token = find_probe(mail, self._key())
        if is_answer(mail):
            # It often quotes our subject, mark and all: it is not a message of ours that arrived.
            self._see_answer(mail, source, key)
            return
        if token is None or token.probe_id != self.id or not self._is_probe(mail):
            return
        kind = list(Kind)[token.part]
        found = self._part(kind, mail)
        if not found:
            if kind not in (Kind.OUTSIDE, Kind.FORGED):
                return
            address = address_of(self._key(), self.id, kind, self.domain)
            found = self.env["mail.catchall.probe.mail"].create(
                {"probe_id": self.id, "kind": str(kind), "address": address}
            )
        if key in (found.keys or []):
            return
        better = not found.place or (place == "inbox" and found.place != "inbox")
        values = {"keys": [*(found.keys or []), key]}
        if better:
            head = source.partition(b"\r\n\r\n")[0][:MAX_HEADER]
            waited = (fields.Datetime.now() - self.start_date).total_seconds()
            stamp = received_at(mail)
            on_the_way = (stamp - self.start_date).total_seconds() if stamp else waited
            # A server whose clock is wrong says nothing about the time on the way.
            seconds = on_the_way if 0 <= on_the_way <= waited else waited
            values |= {
                "place": place,
                "found_date": found.found_date or fields.Datetime.now(),
                "header": head.replace(b"\0", b"").decode("latin-1"),
                "seconds": found.seconds or max(1, round(seconds)),
            }
        found.write(values)

    def _is_probe(self, mail):
        """Whether the router makes nothing of a message with our mark. One that names an alias or a
        user as well is a message like any other, and must never be removed.
        """
        # sudo: all aliases and users count
        directory, policy = OdooDirectory(self.sudo().env), self._policy()
        decision = self.env["mail.catchall.chain"]._decide(mail, directory, policy)
        return decision.reason == Probe.reason

    def _part(self, kind, mail):
        """The row of a message. The two of one transaction carry one mark: their address tells."""
        if kind not in (Kind.FIRST, Kind.SECOND):
            return self.mail_ids.filtered(lambda row: row.kind == str(kind))[:1]
        pair = self.mail_ids.filtered(lambda row: row.kind in (str(Kind.FIRST), str(Kind.SECOND)))
        evidence = " ".join(
            item.value
            for item in mail.fields
            if item.name in headers.ENVELOPE_RECIPIENT or item.name == headers.RECEIVED
        ).lower()
        named = pair.filtered(lambda row: row.address in evidence)
        return (named.filtered(lambda row: not row.place) or named or pair)[:1]

    def _see_answer(self, mail, source, key):
        """A report or an automatic reply about messages of ours: those that it names."""
        returned = {item.address: item for item in read_returned(mail)}
        text, token_key = source.lower(), self._key()
        for row in self.mail_ids:
            # The mark, which nobody guesses: what is about a mistyped alias may be somebody's.
            mark = make_probe_token(token_key, ProbeToken(self.id, Kind(row.kind).part))
            if mark.encode() not in text or key in (row.keys or []):
                continue
            row.keys = [*(row.keys or []), key]
            item = returned.get(row.address)
            if item and item.permanent and not (row.place or row.answer):
                row.write({"answer": item.answer[:500], "is_bounced": True})

    # ------------------------------------------------------------ removing

    def _remove_mails(self):
        keys = [key for row in self.mail_ids for key in row.keys or []]
        if not keys:
            return
        # Those that stay are harmless: the router ignores them. The account's form has the error.
        self._try_mailbox(lambda mailbox: mailbox.delete(keys), "could not remove its messages")
        # What is still waiting for a lane stays until _gc_probe_mails: a lane may hold it.
        account = ("fetchmail_server_id", "=", self.fetchmail_server_id.id)
        settled = [account, ("remote_key", "in", keys), ("state", "=", str(State.IGNORED))]
        self.env["mail.catchall.message"].search(settled).unlink()
