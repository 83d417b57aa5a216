"""Who gets an automatic reply, and how often: what the admin decides, and what has left.

The decision is made in ``router/acknowledge.py``, the emails are held back in ``held_back.py``.
"""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...router.acknowledge import PER_HOUR, Held, limited_domain, over_limit
from ...router.codes import Acknowledge, AuthorCheck, selection
from ...router.freemail import mailbox

ONCE_IN, LIMITED_IN = timedelta(days=1), timedelta(hours=1)


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    acknowledge = fields.Selection(
        selection(Acknowledge),
        "Automatic Replies To",
        default=str(Acknowledge.PROVED),
        required=True,
        help="Who gets what a record sends by itself when an email arrives, such as the "
        "confirmation of an application. Verified: the sender's address or the server that "
        "the email came from is verified. Known: also whoever wrote a verified email before, or "
        "was sent an email by one of your users. A mailbox gets one per day. What is held "
        "back stands on the record, and a click sends it.",
    )
    acknowledge_limit = fields.Integer(
        "Automatic Replies per Hour",
        default=PER_HOUR,
        help="How many automatic replies the emails of this account may cause within an hour. One "
        "domain may take a tenth of them, a free email provider half.",
    )

    @api.constrains("acknowledge_limit")
    def _check_acknowledge_limit(self):
        if any(server.acknowledge_limit < 1 for server in self):
            raise ValidationError(
                self.env._("The number of automatic replies per hour must be at least 1.")
            )


class CatchallAcknowledged(models.Model):
    _name = "mail.catchall.acknowledged"
    _description = "Mailbox That Got an Automatic Reply"
    _log_access = False

    mailbox = fields.Char(required=True, help="The address, without what follows a plus.")
    domain = fields.Char(required=True)
    # No foreign key: its lock would make lanes wait for each other.
    server_id = fields.Integer("Account")
    sent_date = fields.Datetime(required=True)

    _mailbox_unique = models.UniqueIndex("(mailbox)")
    _by_account = models.Index("(server_id, sent_date)")

    @api.model
    def _claim(self, address, server):
        """Note that an automatic email leaves to this address now, or return why it may not.

        The unique index keeps two lanes from sending one each: the second waits for the first,
        and is replayed. Of the limits, what another lane has not committed yet is not counted.

        :return: :class:`Held` or None
        """
        now, domain = fields.Datetime.now(), limited_domain(address)
        last_hour = [("server_id", "=", server.id or 0), ("sent_date", ">", now - LIMITED_IN)]
        held = over_limit(
            domain,
            self.search_count([*last_hour, ("domain", "=", domain)]),
            self.search_count(last_hour),
            server.acknowledge_limit or PER_HOUR,
        )
        if held:
            return held
        self.env.cr.execute(
            """
            INSERT INTO mail_catchall_acknowledged AS sent (mailbox, domain, server_id, sent_date)
            VALUES (%s, %s, %s, %s)
            ON CONFLICT (mailbox) DO UPDATE
               SET domain = EXCLUDED.domain, server_id = EXCLUDED.server_id,
                   sent_date = EXCLUDED.sent_date
             WHERE sent.sent_date <= %s
            RETURNING id
            """,
            [mailbox(address), domain, server.id or 0, now, now - ONCE_IN],
        )
        return None if self.env.cr.fetchone() else Held.TODAY

    @api.autovacuum
    def _gc_acknowledged(self):
        self.search([("sent_date", "<", fields.Datetime.now() - ONCE_IN)], limit=100_000).unlink()


def is_known(row, contact):
    """Whether this sender wrote a proved message before, or got an email from a person of ours."""
    earlier = [
        *(("sender_key", "=", row.sender_key), ("contact", "=", contact), ("id", "!=", row.id)),
        ("author_check", "=", str(AuthorCheck.VERIFIED)),
    ]
    # sudo: whether there is one, for whoever routes
    if row.sudo().search_count(earlier, limit=1):
        return True
    written = [
        ("res_partner_id.email_normalized", "=", contact),
        ("notification_type", "=", "email"),
        ("notification_status", "=", "sent"),
        ("mail_message_id.message_type", "in", ("comment", "email_outgoing")),
    ]
    # sudo: as above
    return bool(row.env["mail.notification"].sudo().search_count(written, limit=1))
