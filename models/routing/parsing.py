"""A row of the ledger as Odoo's engine reads it: from a repaired copy if needed."""

import email
import email.policy
import logging

from odoo.tools import email_normalize, formataddr
from odoo.tools.mail import email_split, email_split_and_format

from ...router.message.addresses import normalise
from ...router.message.repair import printable, repairs_for
from ..credentials.login_mail import without_own_logins

_logger = logging.getLogger(__name__)


def parse(row, decision, policy):
    """Parse a row's message as ``message_process`` does (mail_thread.py).

    :return: ``(EmailMessage, message_dict)``; the dict's sender is the customer
    """
    message, values = _parse_repaired(row)
    if row.fetchmail_server_id and not row.fetchmail_server_id.attach:
        values["attachments"] = []
    values = _scrub(values)
    _leave_out(values, policy)
    if not message.get("Message-Id"):
        # the same each time it is routed
        values["message_id"] = f"<{row.identity[:32]}@mail-catchall-router>"
    if not values.get("date"):
        values["date"] = row.received_date
    # Odoo looks for the author in all that stands there: more than one address, say.
    written = normalise(email_normalize(values.get("email_from") or "") or "")
    if decision.contact and decision.contact != written:
        sender = formataddr((decision.contact_name, decision.contact))
        values["email_from"] = values["from"] = sender
    return message, without_own_logins(row.env, values)  # last: names are strangers' texts too


def _parse_repaired(row):
    source, original = row._read_source(), row.fetchmail_server_id.original
    repairs = repairs_for(source)
    for repair in repairs:
        try:
            message = email.message_from_bytes(repair(source), policy=email.policy.SMTP)
            return message, row.env["mail.thread"].message_parse(message, save_original=original)
        except Exception as error:
            # Whatever a stranger's bytes do to the parser: the next copy is simpler. The last
            # one is made by us; if even that fails the lane keeps the error with the message.
            if repair is repairs[-1]:
                raise
            _logger.info(
                "Message %s of the ledger is read from a repaired copy (%s)",
                row.id,
                type(error).__name__,
            )


def _leave_out(values, policy):
    """Drop the mailbox's own address, which its Delivered-To puts among the recipients.

    Natively it ends up in the Cc of tasks, and replies to all would go to the catch-all.
    """
    for key in ("to", "cc", "recipients", "to_filtered", "cc_filtered"):
        kept = [
            mailbox
            for mailbox in email_split_and_format(values.get(key) or "")
            if normalise(email_normalize(mailbox) or "") not in policy.own_addresses
        ]
        if len(kept) < len(email_split(values.get(key) or "")):
            values[key] = ",".join(kept)


def _scrub(value):
    """Strings that PostgreSQL takes, in dicts, lists and Odoo's attachment tuples."""
    if isinstance(value, str):
        clean = printable(value)
        return value if clean == value else type(value)(clean)
    if isinstance(value, dict):
        return {key: _scrub(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_scrub(item) for item in value]
    if isinstance(value, tuple):
        items = [_scrub(item) for item in value]
        return type(value)(*items) if hasattr(value, "_fields") else tuple(items)
    return value
