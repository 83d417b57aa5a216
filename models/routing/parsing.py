"""A row of the ledger as Odoo's engine reads it: from a repaired copy if needed."""

import email
import email.policy
import logging
import re
from datetime import timedelta, timezone

import dateutil.parser
from markupsafe import Markup
from odoo import fields
from odoo.tools import email_normalize, formataddr, parse_contact_from_email
from odoo.tools.mail import email_split, email_split_and_format, prepend_html_content

from ...content.reader import read
from ...router.message import headers
from ...router.message.addresses import normalise
from ...router.message.bounded import bounded, text_only
from ...router.message.certified import certified_inside
from ...router.message.mail import ReceivedMail
from ...router.message.repair import ORIGINAL, printable, repairs_for
from ..content.mail_thread import READ
from ..credentials.login_mail import without_own_logins
from ..said import say

_logger = logging.getLogger(__name__)

# Whose From names nobody (RFC 2606 §2: no mail server has this name).
UNREADABLE = "unreadable@sender.invalid"
LAST_CLOCK_RESET = 1980  # clocks without a battery begin in 1970 or 1980
MAX_SUBJECT = 2_000  # characters
CLOCKS_DIFFER = timedelta(days=2)
# What Odoo reads of whom a message names, and where (mail_thread.py, message_parse).
NAMING = ("to", "cc", "recipients", "to_filtered", "cc_filtered")
_NAMED_BY = (*headers.ADDRESSED, "delivered-to")
_BETWEEN_WORDS = re.compile(r"[\s<>\",;:()\[\]]+")


def parse(row, mail, decision, policy):
    """Parse a row's message as ``message_process`` does (mail_thread.py).

    :param mail: the message as the router reads it
    :return: ``(EmailMessage, message_dict)``; the dict's sender is the customer
    """
    message, values, over, notes = _parse_bounded(row, mail)
    for note in notes:
        _say_above(values, say(row.env, note.as_json()))
    if over:
        _say_what_is_left_out(row, mail, values, over)
    if row.fetchmail_server_id and not row.fetchmail_server_id.attach:
        values["attachments"] = []
    values = _scrub(values)
    _leave_out(values, mail, policy)
    if not message.get("Message-Id"):
        # the same each time it is routed
        values["message_id"] = f"<{row.identity[:32]}@mail-catchall-router>"
    inner = certified_inside(mail)
    if inner and inner.mail.subject:
        values["subject"] = inner.mail.subject  # without "POSTA CERTIFICATA:"
    values["date"] = _date(row, mail, values.get("date"))
    contact = decision.contact or UNREADABLE
    if not _names(values.get("email_from") or "", contact, decision.contact_name):
        sender = formataddr((decision.contact_name, contact))
        values["email_from"] = values["from"] = sender
    return message, without_own_logins(row.env, values)  # last: names are strangers' texts too


def _names(sender, contact, name):
    """Whether Odoo has read the contact and no less of the name than the router has.

    Odoo looks for the author in all that stands there: more than one address, say. Outlook's
    quotes around an address are no part of it, and a comma without quotes does not end a name.
    """
    read, address = parse_contact_from_email(sender)
    address = email_normalize(sender) or address
    if address.startswith("'") or normalise(address) != contact:
        return False
    return len(read) >= len(name) or read not in name


def _date(row, mail, written):
    """When the message was written; when it arrived, where the sender's clock cannot be right."""
    arrived = mail.arrived if mail.has(headers.RECEIVED) else None
    written = _datetime(written) if _is_date(mail.first(headers.DATE)) else None
    for date in (written, arrived):
        if date and date.year > LAST_CLOCK_RESET and date < row.received_date + CLOCKS_DIFFER:
            return date
    return row.received_date


def _is_date(value):
    """Whether Odoo can read a date; of one that it cannot it says "now" (message_parse)."""
    try:
        date = dateutil.parser.parse(value[:200], fuzzy=True)
        date.replace(tzinfo=date.tzinfo or timezone.utc).astimezone(timezone.utc)
    except Exception:  # as Odoo does: whatever a stranger's text makes of that parser
        return False
    return True


def _datetime(written):
    """Odoo's text as a date; None for the year 101, as some programs wrote 2001."""
    try:
        return fields.Datetime.to_datetime(written)
    except ValueError:
        return None


def _parse_bounded(row, mail):
    """Parse what of a message is within the limits; also return those that it is over, and notes.

    Text and files are what our own parser reads (content/reader.py); Odoo's reads the header.
    """
    copy, content = bounded(mail), None
    repairs = repairs_for(copy.source)
    for repair in repairs:
        try:
            # In this order: what Odoo's parser holds while it works is free before files are read.
            message = _message(repair(copy.source), mail)
            content = content or read(ReceivedMail.from_bytes(copy.source) if copy.over else mail)
            if content.over:
                message = _message(text_only(copy.source), mail)
            thread = row.env["mail.thread"].with_context(**{READ: (mail.source, content)})
            original = row.fetchmail_server_id.original
            values = thread.message_parse(message, save_original=original)
            over = (*copy.over, *content.over)
            return message, values, over, dict.fromkeys(content.notes)
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


def _message(source, mail):
    """A message as Odoo reads one, with the subject that we have read."""
    message = email.message_from_bytes(source, policy=email.policy.SMTP)
    subject = printable(mail.subject)[:MAX_SUBJECT]
    if message.get("Subject", "") != subject:
        del message["Subject"]
        if subject:
            message["Subject"] = subject
    return message


def _say_what_is_left_out(row, mail, values, over):
    """Attach the message as it came, and say on the record why it is not shown as it came."""
    reasons = ", ".join(say(row.env, limit.text.as_json()) for limit in over)
    text = row.env._(
        "This email was built in a way that would stall mail programs (%(reasons)s). Only what "
        "could be read safely is shown. The original is attached as %(file)s.",
        reasons=reasons,
        file=ORIGINAL,
    )
    _say_above(values, text)
    attachment = row.env["mail.thread"]._Attachment(ORIGINAL, mail.source, {})
    values["attachments"] = [*values.get("attachments", []), attachment]


def _say_above(values, text):
    """Put a sentence of ours above the text of a message."""
    body, note = values.get("body") or "", Markup("<p><em>%s</em></p>") % text
    # text and Markup are never glued together: one of them would be escaped
    values["body"] = prepend_html_content(body, type(body)(note))


def _leave_out(values, mail, policy):
    """Drop the mailbox's own address, and what is an address for Odoo's reader alone.

    The mailbox stands among the recipients by its Delivered-To: natively it ends up in the Cc of
    tasks, and replies to all would go to the catch-all. And ``a@x.test <y>`` names nobody, whom
    Odoo would write to.
    """
    named = {item.address for name in _NAMED_BY for item in mail.addresses(name)}
    named -= policy.own_addresses
    for key in NAMING:
        words = _BETWEEN_WORDS.split((values.get(key) or "").lower())
        if named.issuperset(word for word in words if "@" in word):
            continue  # splitting a list of two thousand takes a second
        kept = [
            mailbox
            for mailbox in email_split_and_format(values.get(key) or "")
            if normalise(email_normalize(mailbox) or "") in named
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
