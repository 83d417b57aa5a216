"""Our own DKIM verification, for accounts that ask for it: after the claim, before the routing.

DNS is asked while no transaction is open, and no message waits for it longer than its limit: what
could not be verified in time is routed like a message without a signature.
"""

import logging
import time

from odoo import api, fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...signatures.dkim import SECONDS, verify
from ...signatures.keys import DnsKeys, KeyCache

_logger = logging.getLogger(__name__)

# For all messages of a batch: a lane's pass has other work, and dead name servers are many.
BATCH_SECONDS = 10
_CONCLUSIVE = ("pass", "fail", "none")
_keys = {}  # name server -> its KeyCache, for all lanes of this process


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    dkim_result = fields.Json(readonly=True)
    dkim_text = fields.Char("Signature", compute="_compute_dkim_text")

    @api.depends("dkim_result")
    def _compute_dkim_text(self):
        for row in self:
            found = row.dkim_result or {}
            parts = [found.get("result"), found.get("domain"), found.get("detail")]
            row.dkim_text = ", ".join(part for part in parts if part)

    @api.model
    def _verify_signatures(self, ids):
        """Verify what is claimed and write the results down, each in a transaction of its own."""
        deadline = time.monotonic() + BATCH_SECONDS
        ask = None
        for row in self.browse(ids):
            seconds = min(SECONDS, deadline - time.monotonic())
            if seconds <= 0:
                return
            try:
                if row._wants_verification():
                    ask = ask or self._dkim_keys()
                    row._verify_signature(ask, seconds)
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()  # a person holds the row: it goes on without
            except Exception:
                # Without a result the sender counts as not verified, which is the safe answer.
                self.env.cr.rollback()
                _logger.exception("The signature of message %s could not be verified", row.id)

    def _wants_verification(self):
        """Whether this message's account asks for it; a result stays, as do the message's bytes."""
        if not self.fetchmail_server_id.verify_dkim:
            return False
        return (self.dkim_result or {}).get("result") not in _CONCLUSIVE

    def _verify_signature(self, ask, seconds):
        mail = self._received_mail()
        self.env.cr.commit()  # pylint: disable=invalid-commit
        found = verify(mail, ask, seconds=seconds)
        self.dkim_result = found.as_json() | {"checked": fields.Datetime.now().isoformat()}
        self.env.cr.commit()  # pylint: disable=invalid-commit

    def _signed_by(self):
        """Return the domains whose signature of this message was verified, for the router."""
        found = self.dkim_result or {}
        # sudo: a setting of the account, read on behalf of those who sort the inbox
        if found.get("result") != "pass" or not self.fetchmail_server_id.sudo().verify_dkim:
            return ()
        return (found["domain"],)

    @api.model
    def _dkim_keys(self):
        """Return the function that looks keys up, with a memory that all lanes here share."""
        server = self.env["mail.catchall.checkup"]._dns_server()
        if server not in _keys:
            _keys.clear()
            _keys[server] = KeyCache(DnsKeys(server))
        return _keys[server]
