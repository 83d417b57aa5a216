"""What a session of an account knows: read once when it is opened, as each message needs it."""

import functools
import threading
import time

from odoo import models
from odoo.http import request
from odoo.tools import config

from ...outgoing.identity import OutgoingAccount
from ...outgoing.session import TEN_MINUTES, AccountSession
from ...router.message.addresses import normalise_domain
from ..short_cursor import ShortTransactions
from .mail_catchall_delivery import DeliveryRecords

MARGIN = 15.0  # seconds, to write down what happened


def sending_session(env) -> AccountSession | None:
    """The session that ``mail.mail`` sends through now, if it is one of a catch-all account."""
    return env.context.get("catchall_session")


def seconds_left(opened: float) -> float:
    """How long an answer may be waited for before Odoo ends this job or request by force.

    ``limit_time_real_cron`` holds for jobs, -1 means as ``limit_time_real`` (``process_limit`` and
    ``PreforkServer`` in odoo/service/server.py); 0 is no limit.

    :param opened: when the session was; a thread knows better when its work began
    """
    limit = config["limit_time_real"]
    if not request and config["limit_time_real_cron"] >= 0:
        limit = config["limit_time_real_cron"]
    if not limit:
        return TEN_MINUTES
    began = getattr(threading.current_thread(), "start_time", None) or opened
    spent = time.time() - began
    return min(TEN_MINUTES, max(limit - spent - MARGIN, MARGIN))


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _catchall_session(self, connection, connect):
        """Stand in for a connection that core has opened; ``connect`` opens another one."""
        transactions = ShortTransactions(self.env)
        return AccountSession(
            self._catchall_greet(connection),
            lambda: self._catchall_greet(connect()),
            self._catchall_outgoing_account(),
            records=DeliveryRecords(self, transactions),
            patience=functools.partial(seconds_left, time.time()),
            ended=transactions.close,
            copies=self._catchall_copies(),
        )

    def _catchall_outgoing_account(self):
        """All that a session needs to know of the account: every commit between two messages
        empties the cache of records.
        """
        bounces = self.catchall_envelope_policy == "verp" and not self.catchall_envelope_learned
        return OutgoingAccount(
            server_id=self.id,
            address=self._catchall_account_address(),
            domains=self._catchall_served_domains(),
            from_policy=self.catchall_from_policy,
            refuses_authors=bool(self.catchall_from_learned),
            sender_header=self.catchall_sender_header,
            own_format=self.catchall_name_format,
            foreign_format=self.catchall_foreign_name_format,
            signed_domains=self._catchall_signed_domains(),
            bounce_domains=self._catchall_fetched_domains() if bounces else frozenset(),
        )

    def _catchall_copies(self):
        """Hook: what wants copies of the messages of a session, or None."""

    def _catchall_served_domains(self):
        """Names of the domains whose mail is sent through this account."""
        directory = self._catchall_directory()
        return frozenset(
            directory.names[domain_id]
            for domain_id, server_id in directory.accounts.items()
            if server_id == self.id
        )

    def _catchall_signed_domains(self):
        """Names of the domains whose replies go to signed addresses."""
        if self.catchall_reply_policy == "record":
            return frozenset()
        return self._catchall_fetched_domains(verified=self.catchall_reply_policy == "auto")

    def _catchall_fetched_domains(self, verified=False):
        """Names of the domains in which every local part arrives here.

        :param verified: only those for which a probe has seen it
        """
        wanted = [("is_catchall", "=", True), ("state", "=", "done")]
        if verified:
            wanted.append(("catchall_verified_date", "!=", False))
        # sudo: names of domains only, for whoever sends
        mailboxes_here = self.env["fetchmail.server"].sudo().search(wanted)
        domains = mailboxes_here.alias_domain_ids
        if any(not mailbox.alias_domain_ids for mailbox in mailboxes_here):
            domains = self._catchall_all_domains()
        return frozenset(normalise_domain(domain.name) for domain in domains)
