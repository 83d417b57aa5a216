"""A transaction of its own for what happened on the wire.

What a server accepted or refused is a fact. Written in the sending transaction it would be rolled
back with it, and a rolled-back transaction runs again: the mail would leave twice.
"""

import logging
from contextlib import contextmanager

import psycopg2
from odoo import modules

_logger = logging.getLogger(__name__)


@contextmanager
def short_cursor(env):
    """Yield an environment that commits at once. A failure is logged: it must not stop a mail."""
    if modules.module.current_test:
        yield env  # as core's send_after_commit: tests commit nothing
        return
    try:
        with env.registry.cursor() as cr:
            # A crash of PostgreSQL may lose it, a crash of Odoo does not; no mail waits for a disk.
            cr.execute("SET LOCAL synchronous_commit TO OFF")
            yield env(cr=cr)
    except psycopg2.Error:
        _logger.exception("Catch-all: what the mail server answered could not be kept")
