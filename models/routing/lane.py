"""The lanes: cron jobs on any number of machines that share the messages to route.

A lane claims rows, commits the claim, and routes the batch in one transaction with a savepoint per
message. A lane that dies in between leaves claims of a database connection that is gone: the next
lane takes such messages one by one, and gives up on one after three attempts.
"""
# A lane is what commits: claims before the work, and batches of it.
# pylint: disable=invalid-commit

import logging
import time
import traceback
from datetime import timedelta

from odoo import fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...ledger.codes import LedgerReason, LedgerState
from ..credentials.login_mail import shown_values
from .claims import MAX_ATTEMPTS, Claims
from .delivery import Delivery
from .routing_context import Batch
from .signatures import verify_signatures
from .waiting import wake_replies

_logger = logging.getLogger(__name__)

BATCH = 40  # messages in one transaction
BATCH_SECONDS = 20  # a batch that takes longer is cut: a cron pass has 60 s of CPU (prefork)
RETRY_MINUTES = (1, 10)  # before the second and the third attempt
_XMLID = "mail_catchall_router.ir_cron_catchall_route_%s"


class Lane:
    """One run of one lane's job: a batch, from its claim to what follows its commit."""

    def __init__(self, env):
        self.env, self.cr = env, env.cr
        self.rows = env["mail.catchall.message"]
        self.claims = Claims(env)

    def run(self):
        """Route one batch; called again by the job as long as it reports remaining messages."""
        ids = self.claims.take(BATCH)
        try:
            if ids:
                verify_signatures(self.env, ids)
                self.route(ids)
        except BaseException:
            # The connection goes back to Odoo's pool and lives on: what it holds must be freed.
            self.cr.rollback()
            self.claims.let_go(ids)
            raise
        # One that could claim nothing has nothing left to do: another lane holds what is open.
        remaining = self.claims.count_left() if ids else 0
        seconds = self.env["ir.cron"]._commit_progress(processed=len(ids), remaining=remaining)
        if remaining and not seconds:
            # Odoo ends this run and would come back within a minute; woken it does so at once.
            self.env["ir.cron"].browse(self.env.context.get("cron_id"))._trigger()

    def route(self, ids):
        """Route claimed rows in one transaction; one by one when that transaction breaks."""
        try:
            done = self._route_batch(ids)
            self.cr.commit()
        except Exception as error:
            # Not lost: the claims say that these rows were being routed. A serialization failure
            # or a constraint checked at commit spoils the batch, not the messages in it.
            self.cr.rollback()
            why = shown_values(self.env, str(error))
            _logger.info("Batch of %s messages is routed one by one after: %s", len(ids), why)
            for row_id in ids:
                self._route_alone(row_id)
            done = len(ids)
        self.claims.let_go(ids[done:], tried=False)
        self._after_batch(ids[:done])

    def _route_alone(self, row_id):
        for attempt in range(MAX_ATTEMPTS):
            try:
                self._route_batch([row_id])
                self.cr.commit()
                return
            except Exception as error:  # kept with the message, and shown in the ledger
                self.cr.rollback()
                again = isinstance(error, PG_CONCURRENCY_EXCEPTIONS_TO_RETRY)
                if again and attempt + 1 < MAX_ATTEMPTS:
                    continue
                note_failure(self.rows.browse(row_id), error)
                self.cr.commit()
                return

    def _route_batch(self, ids):
        """Route rows in this transaction, a savepoint each; return how many the time allowed."""
        batch = Batch(self.env)
        deadline = time.monotonic() + BATCH_SECONDS
        for done, row in enumerate(self.rows.browse(ids), 1):
            try:
                with self.cr.savepoint():
                    for error in Delivery(row, batch).route()[:1]:
                        note_failure(row, error)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:  # kept with the message, and shown in the ledger
                note_failure(row, error)
            if time.monotonic() > deadline:
                return done
        return len(ids)

    def _after_batch(self, ids):
        """Do what must not happen inside the routing transaction: alias status, the mail queue."""
        # sudo: whether any email waits
        if self.env["mail.mail"].sudo().search_count([("state", "=", "outgoing")], limit=1):
            # sudo: the queue is woken, not read. It runs hourly otherwise.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        self.cr.commit()
        for work in (wake_replies, _mark_aliases_valid):
            try:
                work(self.env, ids)
                self.cr.commit()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody changes the alias: its next message marks it. A reply looks again itself.
                self.cr.rollback()


def lanes(env):
    """Return the active jobs of the lanes."""
    found, number = env["ir.cron"].sudo(), 1  # sudo: waking a lane is not configuring it
    while lane := env.ref(_XMLID % number, raise_if_not_found=False):
        # sudo: as above
        found |= lane.sudo()
        number += 1
    return found.filtered("active")


def note_failure(row, error):
    """Keep what went wrong with a row; try again later, or leave it to a person."""
    row.invalidate_recordset()
    shown = shown_values(row.env, ["".join(traceback.format_exception(error)), str(error)])
    details, summary = shown[0][-20_000:], shown[1]
    _logger.warning("Routing message %s of the ledger failed: %s", row.id, summary)
    if row.attempts >= MAX_ATTEMPTS:
        text = row.env._("Failed %(attempts)s times", attempts=row.attempts)
        row._settle(LedgerState.FAILED, LedgerReason.ERROR, text, error=details)
        return
    delay = RETRY_MINUTES[min(row.attempts, len(RETRY_MINUTES)) - 1]
    row._wait_until(
        fields.Datetime.now() + timedelta(minutes=delay),
        row.env._("Failed, will be retried"),
        error=details,
    )


def _mark_aliases_valid(env, ids):
    env.cr.execute(
        """
        UPDATE mail_alias SET alias_status = 'valid'
         WHERE id IN (SELECT a.id FROM mail_alias a
                        JOIN mail_catchall_route r ON r.alias_id = a.id
                       WHERE r.catchall_message_id = ANY(%s)
                         AND a.alias_status IS DISTINCT FROM 'valid'
                         FOR UPDATE OF a SKIP LOCKED)
        """,
        [ids],
    )
    env["mail.alias"].invalidate_model(["alias_status"])
