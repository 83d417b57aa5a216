"""A transaction of its own for what happened on the wire.

What a server accepted or refused is a fact. Written in the sending transaction it would be rolled
back with it, and a rolled-back transaction runs again: the email would leave twice.
"""

import logging
from contextlib import contextmanager

import psycopg2
from odoo import modules

_logger = logging.getLogger(__name__)

# A crash of PostgreSQL may lose it, a crash of Odoo does not; no message waits for a disk.
_QUICKLY = "SET LOCAL synchronous_commit TO OFF"


@contextmanager
def short_cursor(env):
    """Yield an environment that commits at once. A failure is logged: no message may stop at it."""
    if modules.module.current_test:
        yield env  # as core's send_after_commit: tests commit nothing
        return
    try:
        with env.registry.cursor() as cr:
            cr.execute(_QUICKLY)
            yield env(cr=cr)
    except psycopg2.Error:
        _logger.exception("Catch-all: what the mail server answered could not be kept")


class ShortTransactions:
    """One transaction for each statement, all by one connection: for what follows every message."""

    def __init__(self, env):
        self._env, self._cr = env, None

    def execute(self, query, parameters):
        """Run and commit it at once. A failure is logged: it must not stop a message."""
        if modules.module.current_test:
            self._env.cr.execute(query, parameters)
            return
        try:
            if self._cr is None:
                self._cr = self._env.registry.cursor()
            self._cr.execute(f"{_QUICKLY}; {query}", parameters)
            self._cr.commit()  # pylint: disable=invalid-commit
        except psycopg2.Error:
            _logger.exception("Catch-all: what the mail server answered could not be kept")
            self.close()

    def close(self):
        """Give the connection back; the next statement takes another one."""
        if self._cr is not None:
            self._cr.close()
            self._cr = None
