"""Odoo's answers to the router while nothing is really routed."""

from ..routing.odoo_directory import OdooDirectory


class TrialDirectory(OdooDirectory):
    """Odoo's answers while nothing is really routed: earlier copies have reached places on trial.

    ``_row`` is the row of the trial that is being decided about.
    """

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
            {"identity": mail.fingerprint, "id": self._row.id},
        )
        copies = self.env.cr.fetchall()
        if copies:
            return frozenset(target for (target,) in copies if target)
        return frozenset() if self._posted_before(mail) else None
