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

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...router.codes import Reason, State
from .routing_transaction import Batch

_logger = logging.getLogger(__name__)

BATCH = 40  # messages in one transaction
BATCH_SECONDS = 20  # a batch that takes longer is cut: a cron pass has 60 s of CPU (prefork)
LOOK_AHEAD = 400  # rows looked at to fill a batch
MAX_ATTEMPTS = 3
RETRY_MINUTES = (1, 10)  # before the second and the third attempt
_CLAIM_LOCK = 0x6D636172  # "mcar": an advisory lock, held while a lane chooses its rows
_LANE_XMLID = "mail_catchall_router.ir_cron_catchall_route_%s"


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    @api.model
    def _cron_route(self):
        """Route one batch; called again by the cron as long as it reports remaining messages."""
        ids = self._claim(BATCH)
        try:
            if ids:
                self._verify_signatures(ids)
                self._route_claimed(ids)
        except BaseException:
            # The connection goes back to Odoo's pool and lives on: what it holds must be freed.
            self.env.cr.rollback()
            self._abandon(ids)
            raise
        # One that could claim nothing has nothing left to do: another lane holds what is open.
        remaining = self._count_claimable() if ids else 0
        seconds = self.env["ir.cron"]._commit_progress(processed=len(ids), remaining=remaining)
        if remaining and not seconds:
            # Odoo ends this run and would come back within a minute; woken it does so at once.
            self.env["ir.cron"].browse(self.env.context.get("cron_id"))._trigger()

    @api.model
    def _wake_lanes(self):
        """Run every lane as soon as this transaction is committed."""
        for lane in self._lanes():
            lane._trigger()

    @api.model
    def _lanes(self):
        lanes, number = self.env["ir.cron"].sudo(), 1  # sudo: waking a lane is not configuring it
        while lane := self.env.ref(_LANE_XMLID % number, raise_if_not_found=False):
            lanes |= lane.sudo()
            number += 1
        return lanes.filtered("active")

    # ------------------------------------------------------------
    # Claims
    # ------------------------------------------------------------

    @api.model
    def _claim(self, limit):
        """Claim up to ``limit`` rows for this connection, commit that, and return their ids.

        Lanes choose one after the other, under an advisory lock of the session: which rows may be
        taken depends on what the others hold (mail of one sender, and of one thread, stays in
        order). The lock is awaited in a transaction of its own, because the snapshot of a
        REPEATABLE READ transaction is as old as its first statement.
        """
        cr = self.env.cr
        cr.commit()
        cr.execute("SELECT pg_advisory_lock(%s)", [_CLAIM_LOCK])
        cr.commit()
        try:
            for _attempt in range(MAX_ATTEMPTS):
                try:
                    ids = self._mark_claimed(self._choose(limit))
                    cr.commit()
                    return ids
                except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                    cr.rollback()  # a person has just changed one of the rows: choose anew
            return []
        finally:
            cr.rollback()
            cr.execute("SELECT pg_advisory_unlock(%s)", [_CLAIM_LOCK])
            cr.commit()

    @api.model
    def _choose(self, limit):
        """Choose the next rows: oldest first, none that shares a conversation with a held one."""
        self.env.cr.execute(
            """
            SELECT m.id, m.sender_key, m.thread_key, COALESCE(m.claim_pid, 0) <> 0,
                   a.pid IS NOT NULL AND a.pid <> pg_backend_pid(), m.attempts
              FROM mail_catchall_message m
              LEFT JOIN pg_stat_activity a
                     ON a.pid = m.claim_pid
                    AND date_part('epoch', a.backend_start)::text = m.claim_start
             WHERE m.state = 'received' AND m.has_source
               AND (m.next_try_date IS NULL OR m.next_try_date <= now() AT TIME ZONE 'UTC')
             ORDER BY m.id LIMIT %s
            """,
            [LOOK_AHEAD],
        )
        chosen, busy = [], set()
        for row_id, sender, thread, claimed, alive, attempts in self.env.cr.fetchall():
            keys = {("sender", sender), ("thread", thread)}
            if alive or keys & busy:
                busy |= keys  # what comes later in the same conversation waits as well
                continue
            if claimed and attempts >= MAX_ATTEMPTS:
                self._give_up(row_id)
                continue
            if claimed or attempts:
                # Left behind by a process that died, or failed before: it goes alone, so that it
                # can take no other message along.
                return chosen or [row_id]
            chosen.append(row_id)
            if len(chosen) >= limit:
                break
        return chosen

    @api.model
    def _mark_claimed(self, ids):
        if not ids:
            return []
        self.env.cr.execute(
            """
            UPDATE mail_catchall_message
               SET claim_pid = pg_backend_pid(), attempts = attempts + 1,
                   claim_start = (SELECT date_part('epoch', backend_start)::text
                                    FROM pg_stat_activity WHERE pid = pg_backend_pid())
             WHERE id IN (SELECT id FROM mail_catchall_message
                           WHERE id = ANY(%s) AND state = 'received'
                             FOR UPDATE SKIP LOCKED)
            RETURNING id
            """,
            [ids],
        )
        claimed = sorted(row[0] for row in self.env.cr.fetchall())
        self.invalidate_model(["claim_pid", "claim_start", "attempts"])
        return claimed

    @api.model
    def _give_up(self, row_id):
        row = self.browse(row_id)
        row.write(
            {
                "state": str(State.FAILED),
                "reason": str(Reason.ERROR),
                "claim_pid": False,
                "error": row.error
                or self.env._(
                    "The Odoo process ended %(attempts)s times while routing this email. Check "
                    "the server's log for the cause (memory or time limits), fix it, then route "
                    "the email again.",
                    attempts=row.attempts,
                ),
                "explanation": self.env._("The Odoo process ended during routing"),
            }
        )

    @api.model
    def _abandon(self, ids):
        """Let go of claims that an error left open; each of these messages is then routed alone."""
        self.env.cr.execute(
            """
            UPDATE mail_catchall_message SET claim_pid = NULL, claim_start = NULL
             WHERE id = ANY(%s) AND state = 'received' AND claim_pid = pg_backend_pid()
            """,
            [ids],
        )
        self.env.cr.commit()

    @api.model
    def _count_claimable(self):
        """How many messages wait for a lane: unclaimed, or claimed by a process that died."""
        self.env.cr.execute(
            """
            SELECT count(*) FROM mail_catchall_message m
             WHERE m.state = 'received' AND m.has_source
               AND (m.next_try_date IS NULL OR m.next_try_date <= now() AT TIME ZONE 'UTC')
               AND NOT EXISTS (
                    SELECT FROM pg_stat_activity a
                     WHERE a.pid = m.claim_pid
                       AND date_part('epoch', a.backend_start)::text = m.claim_start)
            """
        )
        return self.env.cr.fetchone()[0]

    # ------------------------------------------------------------
    # Batches
    # ------------------------------------------------------------

    @api.model
    def _route_claimed(self, ids):
        """Route claimed rows in one transaction; one by one when that transaction breaks."""
        try:
            done = self._route_batch(ids)
            self.env.cr.commit()
        except Exception as error:
            # Not lost: the claims say that these rows were being routed. A serialization failure
            # or a constraint checked at commit spoils the batch, not the messages in it.
            self.env.cr.rollback()
            _logger.info("Batch of %s messages is routed one by one after: %s", len(ids), error)
            for row_id in ids:
                self._route_alone(row_id)
            done = len(ids)
        self._release(ids[done:])
        self._after_batch(ids[:done])

    @api.model
    def _route_alone(self, row_id):
        for attempt in range(MAX_ATTEMPTS):
            try:
                self._route_batch([row_id])
                self.env.cr.commit()
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as error:
                self.env.cr.rollback()
                if attempt + 1 == MAX_ATTEMPTS:
                    self._note_failure(self.browse(row_id), error)
                    self.env.cr.commit()
            except Exception as error:  # kept with the message, and shown in the ledger
                self.env.cr.rollback()
                self._note_failure(self.browse(row_id), error)
                self.env.cr.commit()
                return

    @api.model
    def _route_batch(self, ids):
        """Route rows in this transaction, a savepoint each; return how many the time allowed."""
        batch = Batch(self.env)
        deadline = time.monotonic() + BATCH_SECONDS
        for done, row in enumerate(self.browse(ids), 1):
            try:
                with self.env.cr.savepoint():
                    row._route(batch)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                raise
            except Exception as error:  # kept with the message, and shown in the ledger
                self._note_failure(row, error)
            if time.monotonic() > deadline:
                return done
        return len(ids)

    @api.model
    def _note_failure(self, row, error):
        """Keep what went wrong; try again later, or leave it to a person."""
        row.invalidate_recordset()
        details = "".join(traceback.format_exception(error))
        _logger.warning("Routing message %s of the ledger failed: %s", row.id, error)
        values = {"error": details[-20_000:], "claim_pid": False, "claim_start": False}
        if row.attempts >= MAX_ATTEMPTS:
            values |= {
                "state": str(State.FAILED),
                "reason": str(Reason.ERROR),
                "explanation": self.env._("Failed %(attempts)s times", attempts=row.attempts),
            }
        else:
            delay = RETRY_MINUTES[min(row.attempts, len(RETRY_MINUTES)) - 1]
            values["state"] = str(State.RECEIVED)
            values["next_try_date"] = fields.Datetime.now() + timedelta(minutes=delay)
            values["explanation"] = self.env._("Failed, will be retried")
            for lane in self._lanes()[:1]:
                lane._trigger(values["next_try_date"] + timedelta(seconds=1))
        row.write(values)

    @api.model
    def _release(self, ids):
        """Give back what the time did not allow, as if it had not been claimed."""
        if ids:
            self.env.cr.execute(
                """
                UPDATE mail_catchall_message
                   SET claim_pid = NULL, claim_start = NULL, attempts = GREATEST(attempts - 1, 0)
                 WHERE id = ANY(%s) AND state = 'received'
                """,
                [ids],
            )
            self.env.cr.commit()

    @api.model
    def _after_batch(self, ids):
        """Do what must not happen inside the routing transaction: alias status, the mail queue."""
        if self.env["mail.mail"].sudo().search_count([("state", "=", "outgoing")], limit=1):
            # sudo: the queue is woken, not read. It runs hourly otherwise.
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()
        self.env.cr.commit()
        rows = self.browse(ids).exists()
        for work in (rows._wake_answers, rows._mark_aliases_valid):
            try:
                work()
                self.env.cr.commit()
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                # Somebody changes the alias: its next message marks it. A reply looks again itself.
                self.env.cr.rollback()

    def _mark_aliases_valid(self):
        self.env.cr.execute(
            """
            UPDATE mail_alias SET alias_status = 'valid'
             WHERE id IN (SELECT a.id FROM mail_alias a
                            JOIN mail_catchall_route r ON r.alias_id = a.id
                           WHERE r.catchall_message_id = ANY(%s)
                             AND a.alias_status IS DISTINCT FROM 'valid'
                             FOR UPDATE OF a SKIP LOCKED)
            """,
            [self.ids],
        )
        self.env["mail.alias"].invalidate_model(["alias_status"])
