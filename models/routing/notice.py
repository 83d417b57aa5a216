"""“We could not deliver”: sent to verified senders, at most once a day, if at all.

Replying to unverified senders means replying to forged ones: the notice would reach somebody who
never wrote. So it goes to From alone, only if that is proved, only for a message that a person
wrote, and its headers say that no program may reply to it (RFC 3834).
"""

from datetime import timedelta

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

from ...router.acknowledge import names_in
from ...router.codes import AuthorCheck
from ...router.contact import is_forms, is_no_reply
from ...router.freemail import mailbox
from ...router.message.addresses import parse
from ...router.message.automatic import automatic_headers, suppressed_answers
from ...router.message.brief import shorten_in_html, shorten_in_text

ONCE_IN = timedelta(days=1)
# An older message (a mailbox fetched for the first time, a message replayed) is not news any more.
FRESH = timedelta(days=2)


class FetchmailServer(models.Model):
    _inherit = "fetchmail.server"

    catchall_notice_template_id = fields.Many2one(
        "mail.template",
        "Notify Sender",
        domain=[("model", "=", "mail.catchall.message")],
        help="Sent when an email is addressed to nobody here: only to senders whose address is "
        "verified, at most once a day to each, and never in reply to automatic emails. "
        "Leave empty to send nothing.",
    )


def send_notice(row, decision, mail):
    """Queue the notice in this transaction, so that it is never queued twice."""
    # sudo: the account's settings, whoever routes
    template = row.fetchmail_server_id.sudo().catchall_notice_template_id
    if not template or not _may_be_notified(row, decision, mail):
        return
    try:
        with row.env.cr.savepoint():
            _queue(row, template, mail)
    except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
        raise
    except Exception as error:  # shown with the message: a template that cannot be rendered
        row.error = row.env._("The sender could not be notified: %(error)s", error=error)


def _may_be_notified(row, decision, mail):
    sender = mail.sender.address
    now = fields.Datetime.now()
    if (
        decision.author_check is AuthorCheck.FAILED
        or not decision.proofs.of(sender)
        or not decision.answerable
        or mail.return_path == ""
        or not sender
        or is_no_reply(sender)
        or is_forms(sender)
        or suppressed_answers(mail)
        or row.notice_date
        or (row.received_date or now) < now - FRESH
    ):
        return False
    # Lanes never route two messages of one sender at once, so nobody else notifies them now.
    return mailbox(sender) not in _notified_since(row, now - ONCE_IN)


def _notified_since(row, date):
    """Mailboxes that got a notice since then: sub-addresses of one are one."""
    # sudo: also messages of other companies; only whether the sender is among them is used
    told = row.sudo().search_fetch([("notice_date", ">", date)], ["email_from"])
    senders = (parse(email_from or "") for email_from in told.mapped("email_from"))
    return {mailbox(found[0].address) for found in senders if found}


def _queue(row, template, mail):
    wanted = ("subject", "body_html", "email_from", "reply_to")
    # sudo: a template of the administrator's, rendered for whoever routes
    values = template.sudo()._generate_template(row.ids, wanted)[row.id]
    headers = automatic_headers("auto-replied")
    if mail.message_id:
        headers["In-Reply-To"] = mail.message_id
    strange = {row.subject or "", mail.subject, *names_in(mail)}
    # sudo: the gateway writes into the queue, as Odoo's own does. Not bound to this row: a
    # reply to the notice is a message like any other, it does not belong to the ledger.
    row.env["mail.mail"].sudo().create(
        {
            "subject": shorten_in_text(values.get("subject") or "", strange),
            "body_html": shorten_in_html(values.get("body_html") or "", strange),
            "email_from": values.get("email_from") or row.env.company.email_formatted,
            "reply_to": values.get("reply_to"),
            "email_to": mail.sender.address,
            "headers": repr(headers),
            "references": mail.message_id or False,
            "auto_delete": True,
            "message_type": "auto_comment",
        }
    )
    row.notice_date = fields.Datetime.now()
