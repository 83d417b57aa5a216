"""Who got which message, and when: a retry never reaches a person twice, and an account with a
limit per minute or per day never exceeds it. What it said, as a key: a copy of it in the mailbox
that is read is known as one.
"""

from datetime import timedelta
from uuid import uuid4

from odoo import api, fields, models
from odoo.tools import email_normalize

from ...outgoing.refusals import UNSETTLED_MINUTES
from ...outgoing.session import Records
from ...router.message.mail import ReceivedMail

KEPT = timedelta(days=90)  # longer than any retry, and than a mailbox waits to be read


class MailCatchallDelivery(models.Model):
    _name = "mail.catchall.delivery"
    _inherit = "mail.catchall.of.account"
    _description = "Recipient Accepted by a Mail Server"
    _log_access = False
    _catchall_accounts = {"server_id": "ir.mail_server"}

    # No foreign keys: their locks would wait for the transaction that is sending this very message.
    mail_mail_id = fields.Integer("Email", required=True, index=True)
    server_id = fields.Integer("Outgoing Account", required=True)
    recipient = fields.Char(required=True)
    accepted_date = fields.Datetime(required=True)
    is_unsettled = fields.Boolean(
        "Outcome Unknown",
        help="The mail server has the text of the email and has not said whether it accepts it.",
    )
    transaction = fields.Char(help="Which attempt it was, while its outcome is unknown.")
    sender = fields.Char("From", help="The address in From, as the email left.")
    text_digest = fields.Char(
        index="btree_not_null",
        help="What the email said and when: date, subject, text and files. An email with the same "
        "in the mailbox that is fetched is a copy of it.",
    )

    _by_account = models.Index("(server_id, accepted_date)")

    @api.model
    def _note(self, transactions, server_id, mail_id, recipients, transaction=None, text=b""):
        """Commit at once who got a message, by the ``ShortTransactions`` of the session.

        :param transaction: the attempt that has only begun, so that they may or may not get it
        :param text: the bytes that leave
        """
        left = ReceivedMail.from_bytes(text) if text else None
        # Not by the ORM: this runs once per message, in a transaction that does nothing else.
        transactions.execute(
            """
            INSERT INTO mail_catchall_delivery
                (server_id, mail_mail_id, recipient, accepted_date, is_unsettled, transaction,
                 sender, text_digest)
            SELECT %s, %s, unnest(%s), %s, %s, %s, %s, %s
            """,
            (
                *(server_id, mail_id, _normalised(recipients)),
                *(fields.Datetime.now(), bool(transaction), transaction),
                *((left.sender.address, left.text_digest) if left else (None, None)),
            ),
        )

    @api.model
    def _settle(self, transactions, mail_id, transaction, taken, silent):
        """Commit at once what became of an attempt: nobody but these may have the message."""
        taken, silent = _normalised(taken), _normalised(silent)
        transactions.execute(
            """
            WITH taken AS (
                UPDATE mail_catchall_delivery SET is_unsettled = FALSE, accepted_date = %s
                 WHERE mail_mail_id = %s AND transaction = %s AND recipient = ANY(%s)
            )
            DELETE FROM mail_catchall_delivery
             WHERE mail_mail_id = %s AND transaction = %s AND NOT recipient = ANY(%s)
            """,
            (
                *(fields.Datetime.now(), mail_id, transaction, taken),
                *(mail_id, transaction, taken + silent),
            ),
        )

    @api.model
    def _served(self, mail_ids):
        """Return {mail id: normalised addresses} of those that need no further try."""
        known = [("mail_mail_id", "in", mail_ids), ("is_unsettled", "!=", True)]
        # sudo: who was served must be known to whoever sends, and is not shown
        groups = self.sudo()._read_group(known, ["mail_mail_id"], ["recipient:array_agg"])
        return {mail_id: set(recipients) for mail_id, recipients in groups}

    @api.model
    def _unsettled(self, mail_ids):
        """Return {mail id: {address: minutes until it goes once more}} of those who may have it."""
        known = [("mail_mail_id", "in", mail_ids), ("is_unsettled", "=", True)]
        # sudo: as above
        groups = self.sudo()._read_group(
            known, ["mail_mail_id", "recipient"], ["accepted_date:max"]
        )
        served = self._served([mail_id for mail_id, _recipient, _date in groups])
        now, found = fields.Datetime.now(), {}
        for mail_id, recipient, begun in groups:
            if recipient not in served.get(mail_id, ()):
                waited = (now - begun) // timedelta(minutes=1)
                found.setdefault(mail_id, {})[recipient] = max(0, UNSETTLED_MINUTES - waited)
        return found

    @api.model
    def _count_since(self, server_id, since):
        """How many recipients an account has served since then: that is what providers count."""
        # sudo: a number, for whoever sends
        return self.sudo().search_count(
            [("server_id", "=", server_id), ("accepted_date", ">", since)]
        )

    @api.autovacuum
    def _gc_deliveries(self):
        self.search([("accepted_date", "<", fields.Datetime.now() - KEPT)], limit=100_000).unlink()


class MailCatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def _sent_as(self, content):
        # sudo: who wrote what left, whoever sorts the inbox
        deliveries = self.env["mail.catchall.delivery"].sudo()
        known = deliveries.search_fetch([("text_digest", "=", content)], ["sender"])
        return super()._sent_as(content) | frozenset(known.mapped("sender"))


def _normalised(recipients):
    return [email_normalize(address, strict=False) or address for address in recipients]


class DeliveryRecords(Records):
    """What happens on the wire in one session, committed at once."""

    def __init__(self, account, transactions):
        self._account, self._transactions = account, transactions
        self._deliveries = account.env["mail.catchall.delivery"]
        self._transaction = None

    def begun(self, mail_id, recipients, text):
        self._transaction = uuid4().hex
        self._deliveries._note(
            *(self._transactions, self._account.id, mail_id, recipients),
            *(self._transaction, text),
        )

    def settled(self, mail_id, taken, silent):
        self._deliveries._settle(self._transactions, mail_id, self._transaction, taken, silent)

    def refusal(self, refused, answer):
        self._account._catchall_record_refusal(refused, answer)

    def limit(self, answer):
        self._account._catchall_record_limit(answer)
