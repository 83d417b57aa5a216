"""How many new records one sender may create, counted on the ledger."""

from datetime import timedelta

from odoo import fields


def exceeds_rate(row, route, decision):
    """Whether this sender created more records by this alias than it allows.

    Odoo's own search (mail_thread.py, _detect_loop_sender) has no index and slows down with
    every record. A sender is From with the customer behind it: a job board's applicants all
    come from one address, and each has another Reply-To.
    """
    if not route.alias or route.res_id:
        return False
    # sudo: limits, system parameters and trusted senders are read as Odoo does, never shown
    alias = row.env["mail.alias"].sudo().browse(route.alias.id)
    minutes = int(row.env["ir.config_parameter"].sudo().get_param("mail.gateway.loop.minutes", 120))
    limit = alias._catchall_limit(is_machine=not decision.answerable)
    row.env.cr.execute(
        """
        SELECT count(*) FROM mail_catchall_message m
          JOIN mail_catchall_route r ON r.catchall_message_id = m.id
         WHERE m.sender_key = %s AND COALESCE(m.contact, '') = %s
           AND r.target = %s AND m.id <> %s AND m.fetched_date >= %s
        """,
        [
            row.sender_key,
            decision.contact,
            route.target,
            row.id,
            fields.Datetime.now() - timedelta(minutes=minutes),
        ],
    )
    if row.env.cr.fetchone()[0] < limit:
        return False
    # sudo: as above
    allowed = row.env["mail.gateway.allowed"].sudo()
    return not allowed.search_count([("email_normalized", "=", decision.contact)], limit=1)
