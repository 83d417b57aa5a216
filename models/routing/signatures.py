"""Our own DKIM verification, where our servers write no results: after claim, before routing.

DNS is asked while no transaction is open, and no message waits for it longer than its limit: what
could not be verified in time is routed like a message without a signature.
"""
# Each result is committed by itself, before the routing.
# pylint: disable=invalid-commit

import logging
import time
from functools import cached_property, partial

from odoo import fields
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...router.trust.believed import tells_signatures
from ...router.trust.boundary import boundary_of
from ...signatures.dkim import SECONDS, verify
from ...signatures.keys import KeyCache, ask_dns
from ..dns_server import dns_server
from .odoo_directory import OdooDirectory

_logger = logging.getLogger(__name__)

# For all messages of a batch: a lane's pass has other work, and dead name servers are many.
BATCH_SECONDS = 10
_CONCLUSIVE = ("pass", "fail", "none")
_keys = {}  # name server -> its KeyCache, for all lanes of this process


def verify_signatures(env, ids):
    """Verify what is claimed and write the results down, each in a transaction of its own."""
    deadline = time.monotonic() + BATCH_SECONDS
    policies = _Policies(env)
    ask = None
    for row in env["mail.catchall.message"].browse(ids):
        seconds = min(SECONDS, deadline - time.monotonic())
        if seconds <= 0:
            return
        try:
            if _wants_verification(row, policies.of):
                ask = ask or dkim_keys(env)
                _verify(row, ask, seconds, policies.of(row.fetchmail_server_id))
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            env.cr.rollback()  # a person holds the row: it goes on without
        except Exception:
            # Without a result the sender counts as not verified, which is the safe answer.
            env.cr.rollback()
            _logger.exception("The signature of message %s could not be verified", row.id)


class _Policies:
    """The policies of accounts, made for those that ask for a verification."""

    def __init__(self, env):
        self._env = env

    @cached_property
    def _directory(self):
        return OdooDirectory(self._env)

    def of(self, account):
        return self._directory.policy(account)


def signed_by(row):
    """Return the domains whose signature of a row's message was verified, for the router."""
    found = row.dkim_result or {}
    # sudo: a setting of the account, read on behalf of those who sort the inbox
    if found.get("result") != "pass" or not row.fetchmail_server_id.sudo().verify_dkim:
        return ()
    return (found["domain"],)


def dkim_keys(env):
    """Return the function that looks keys up, with a memory that all lanes here share."""
    server = dns_server(env)
    if server not in _keys:
        _keys.clear()
        _keys[server] = KeyCache(partial(ask_dns, server))
    return _keys[server]


def _wants_verification(row, policy_of):
    """Whether nothing else tells of its signatures; a result stays, as do the message's bytes."""
    if not row.fetchmail_server_id.verify_dkim:
        return False
    if (row.dkim_result or {}).get("result") in _CONCLUSIVE:
        return False
    mail, policy = row._received_mail(), policy_of(row.fetchmail_server_id)
    return not tells_signatures(mail, boundary_of(mail, policy), policy)


def _verify(row, ask, seconds, policy):
    mail = row._received_mail()
    author = mail.sender.domain
    others = [signer for domain, signer in policy.signers if domain == author]
    row.env.cr.commit()
    found = verify(mail, ask, others=others, seconds=seconds)
    row.dkim_result = found.as_json() | {"checked": fields.Datetime.now().isoformat()}
    row.env.cr.commit()
