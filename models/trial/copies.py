"""Copies of a message, with a trial: what Odoo dealt with meanwhile is not placed again by the
ledger, and what the trial would have placed is placed there.
"""

from odoo import models

from ...trial.comparison import Did
from ..routing.odoo_directory import EVERYWHERE, OdooDirectory

_NATIVE = """SELECT 1 FROM mail_message mm
              WHERE mm.message_id = %s AND mm.message_type = 'email'
                AND mm.create_date >= %s
                AND NOT EXISTS (SELECT FROM mail_catchall_route r WHERE r.mail_message_id = mm.id)
              LIMIT 1"""


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def _settled_before(self, mail):
        """Besides, what Odoo has made of a message while its account was on trial.

        What it has dealt with is not routed again, however it comes into the ledger: fetched again
        (somebody marked it as unread, or a process was ended before it could tell the mailbox), or
        by *Route Now*, which is for the places that Odoo has missed.
        """
        settled = super()._settled_before(mail)
        account = self.fetchmail_server_id.sudo()  # sudo: a date, for whoever sorts the inbox
        since = account.catchall_shadow_since
        if settled is not None or not since:
            return settled
        self.env["mail.catchall.shadow"].flush_model()
        self.env.cr.execute(
            """SELECT did, lost, catchall_message_id, native_places FROM mail_catchall_shadow
                WHERE identity = %s AND fetchmail_server_id = %s""",
            [mail.fingerprint, account.id],
        )
        known = self.env.cr.fetchall()
        if any(message_id == self.id for _did, _lost, message_id, _places in known):
            native = {place["target"] for *_row, places in known for place in places or ()}
            if native or not any(did == Did.PENDING for did, *_row in known):
                return frozenset(native) or None
        elif any(did != Did.PENDING and not lost for did, lost, *_row in known):
            return EVERYWHERE
        elif any(lost for _did, lost, *_row in known):
            return None
        if not mail.message_id:
            return None
        # Whether a message is there that no row of the ledger has made.
        self.env.cr.execute(_NATIVE, [mail.message_id, since])
        return EVERYWHERE if self.env.cr.fetchone() else None


class TrialDirectory(OdooDirectory):
    """Odoo's answers while nothing is really routed; ``row`` is of the trial."""

    def delivered(self, mail):
        """Return the targets that earlier copies would have reached, None when there are none."""
        self.env["mail.catchall.shadow"].flush_model()
        self.env.cr.execute(
            """
            SELECT place ->> 'target' FROM mail_catchall_shadow s
              LEFT JOIN LATERAL jsonb_array_elements(
                CASE jsonb_typeof(s.places) WHEN 'array' THEN s.places ELSE '[]' END) place ON TRUE
             WHERE s.identity = %(identity)s AND s.id < %(id)s
            UNION ALL
            SELECT r.target FROM mail_catchall_message m
              LEFT JOIN mail_catchall_route r ON r.catchall_message_id = m.id
             WHERE m.identity = %(identity)s AND m.state <> 'received'
            """,
            {"identity": mail.fingerprint, "id": self.row.id},
        )
        copies = self.env.cr.fetchall()
        if copies:
            return frozenset(target for (target,) in copies if target)
        return frozenset() if self.posted_before(mail) else None
