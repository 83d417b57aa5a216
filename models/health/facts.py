"""The facts of an account, from the ledger, the queue and Odoo's jobs; no server is asked."""

from datetime import timedelta

from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL, config

from ...dns_lookup.client import is_loopback
from ...health.facts import Incoming, Jobs, Outgoing, Server
from ...ledger.codes import LedgerState
from ..routing.lane import lanes

FETCH_JOB = "mail.ir_cron_mail_gateway_action"
QUEUE_JOB = "mail.ir_cron_mail_scheduler_action"
RECENT = timedelta(days=7)


class CatchallHealth(models.Model):
    _inherit = "mail.catchall.health"

    def _facts(self):
        """Return (facts for ``health.assess``, what a screen shows of them as it is)."""
        return self._incoming_facts() if self.kind == "incoming" else self._outgoing_facts()

    # ------------------------------------------------------------ incoming

    def _incoming_facts(self):
        account, now = self.fetchmail_server_id, fields.Datetime.now()
        oldest, waiting, since = self._oldest_waiting()
        failures = [
            ("fetchmail_server_id", "=", account.id),
            ("state", "=", str(LedgerState.FAILED)),
        ]
        failed = self.env["mail.catchall.message"].search(failures, order="id desc", limit=1)
        fetched = account.search_count(
            [("state", "=", "done"), ("server_type", "!=", "local")], limit=2
        )
        facts = Incoming(
            now=now,
            server=self._server(account.server, checked=False),
            jobs=self._jobs(FETCH_JOB, account.catchall_cron_id),
            kind=account._get_connection_type(),
            after_fetch=account.after_fetch,
            confirmed=account.state == "done",
            other_database=account.catchall_other_database,
            last_fetch=account.date or None,
            last_count=self.last_count,
            last_seconds=self.last_seconds,
            every=self._interval(FETCH_JOB),
            several_accounts=fetched > 1,
            failing_since=account.error_date or None,
            error=account.error_message or "",
            waiting=waiting,
            waiting_since=since,
            failed=failed.search_count(failures) if failed else 0,
            last_failure=_last_line(failed.error or failed.explanation),
        )
        linked = {"oldest_message_id": oldest, "last_failed_id": failed.id}
        return facts, {"last_date": account.date, **linked}

    def _oldest_waiting(self):
        """Return (id of the oldest open message, how many are open, since when it is due).

        One that is tried again later is not late yet, nor one that waits for its original.
        """
        self.env.cr.execute(
            SQL(
                """SELECT id, count(*) OVER (),
                          GREATEST(fetched_date, COALESCE(next_try_date, fetched_date)) AS due
                     FROM mail_catchall_message
                    WHERE fetchmail_server_id = %s AND state = %s
                    ORDER BY due, id LIMIT 1""",
                self.fetchmail_server_id.id,
                str(LedgerState.RECEIVED),
            )
        )
        return self.env.cr.fetchone() or (False, 0, None)

    # ------------------------------------------------------------ outgoing

    def _outgoing_facts(self):
        account, now = self.mail_server_id, fields.Datetime.now()
        Mail = self.env["mail.mail"]
        waits = [("catchall_server_id", "=", account.id), ("state", "=", "outgoing")]
        waiting = Mail.search(waits, order="id", limit=1)
        failures = (
            Domain("state", "=", "exception")
            & Domain("write_date", ">", now - RECENT)
            & self._sent_by(account)
        )
        failed = Mail.search(failures, order="id desc", limit=1)
        deliveries = self.env["mail.catchall.delivery"]
        last = deliveries.search(
            [("server_id", "=", account.id)], order="accepted_date desc", limit=1
        )
        strict = account.smtp_encryption in ("ssl_strict", "starttls_strict")
        facts = Outgoing(
            now=now,
            server=self._server(account.smtp_host, checked=strict),
            jobs=self._jobs(QUEUE_JOB, self.env["ir.cron"]),
            last_sent=last.accepted_date or None,
            served_today=deliveries._count_since(account.id, now - timedelta(days=1)),
            failing_since=self.failing_since or None,
            error=self.failure or "",
            waiting=Mail.search_count(waits) if waiting else 0,
            waiting_since=waiting.create_date or None,
            last_answer=_last_line(waiting.failure_reason),
            failed=Mail.search_count(failures) if failed else 0,
            last_failure=_last_line(failed.failure_reason),
        )
        linked = {"oldest_message_id": False, "last_failed_id": False}
        return facts, {"last_date": last.accepted_date, **linked}

    def _sent_by(self, account):
        """Messages of this account; one refused for good is bound to its domain alone."""
        accounts = self.env["ir.mail_server"]._catchall_directory().accounts
        domains = [domain for domain, server in accounts.items() if server == account.id]
        return (
            Domain("catchall_server_id", "=", account.id)
            | Domain("mail_server_id", "=", account.id)
            | (
                Domain("mail_server_id", "=", False)
                & Domain("catchall_server_id", "=", False)
                & Domain("record_alias_domain_id", "in", domains)
            )
        )

    # ------------------------------------------------------------ both

    def _server(self, host, checked):
        return Server(
            seen=bool(self.seen_date),
            host=host or "",
            local=is_loopback(host or ""),
            encryption=self.encryption or "none",
            capabilities=frozenset(self.capabilities or ()),
            certificate_end=self.certificate_end or None,
            certificate_checked=checked,
            quota=self._quota(),
        )

    def _jobs(self, main_xmlid, own):
        main = self._job(main_xmlid)
        active_lanes = lanes(self.env)
        frequent = self._job(FETCH_JOB) | active_lanes
        late = [cron.nextcall for cron in frequent if cron.active and cron.nextcall]
        return Jobs(
            main=main.name or main_xmlid,
            main_active=main.active,
            own=own.name or "",
            own_active=own.active,
            lanes_active=bool(active_lanes),
            run_here=config["max_cron_threads"] > 0,
            # One that is due while another runs is no problem: without workers, all of them are.
            overdue=fields.Datetime.now() - max(late) if late else None,
        )

    def _job(self, xmlid):
        job = self.env.ref(xmlid, raise_if_not_found=False)
        return job.sudo() if job else self.env["ir.cron"]  # sudo: whether it is on, and when due

    def _interval(self, xmlid):
        job = self._job(xmlid)
        unit, number = job.interval_type or "minutes", max(job.interval_number, 1)
        return timedelta(days=30 * number) if unit == "months" else timedelta(**{unit: number})


def _last_line(text):
    """The line that says what happened: the last one of a traceback."""
    lines = [line.strip() for line in (text or "").splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
