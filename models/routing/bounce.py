"""What a bounce means for the message that it is about: its notification, and its author.

A bounce to a signed address of ours names one message and one recipient for certain; Odoo then also
counts it against the address. Any other is matched by the Message-IDs that it encloses, which
anybody could write: it marks the notification, and never counts towards a blacklist. What is only
likely to be a bounce is a note on the record of the message that it names: it fails nothing.
"""

from typing import Any, NamedTuple

from markupsafe import Markup
from odoo.tools import email_normalize

from ...router.tokens.tokens import TokenKey, bounce_token_in, read_bounce_token
from ..credentials.login_mail import shown_values
from .parsing import parse
from .routing_context import routing


class _Bounced(NamedTuple):
    """The message that came back, and whom it was for; ``proved`` by a signed address of ours."""

    message: Any
    partner: Any
    address: str
    proved: bool


def handle_bounce(row, decision, batch):
    """Mark exactly the message and the recipient of the report, and tell the author."""
    facts, env = decision.facts, row.env
    if not facts.get("permanent", True):
        return  # a delay: the message may still arrive
    policy = batch.directory.policy(row.fetchmail_server_id)
    bounced = _find_bounced(env, facts, TokenKey(policy.secret, policy.database))
    if not bounced.message or not bounced.address:
        return
    known = _notifications(env, bounced)
    fresh = known.filtered(lambda item: item.notification_status != "bounce")
    if known and not fresh:
        return  # a second report of the same
    with routing(env.cr, batch) as context:
        if bounced.proved:
            _count(row, decision, policy, bounced)
        if fresh:
            reason = _reason(env, bounced.address, facts)
            fresh.write(
                {
                    "notification_status": "bounce",
                    "failure_type": "mail_bounce",
                    "failure_reason": reason,
                }
            )
            context.inbox_only = True
            _tell_author(env, bounced.message, reason)


def note_likely_bounce(row, decision, batch):
    """Note on the record of the message that it is about that a bounce may wait in To Sort."""
    wanted = [("message_id", "in", decision.facts.get("bounced_message_ids") or [])]
    message = row.env["mail.message"].search(wanted, order="id desc", limit=1)
    record = _record(row.env, message)
    if record is None:
        return
    link = row._get_html_link()
    mention = f'data-oe-model="{row._name}" data-oe-id="{row.id}"'  # as the sanitizer writes it
    known = [("model", "=", record._name), ("res_id", "=", record.id), ("body", "like", mention)]
    if message.search_count(known, limit=1):
        return  # it is routed again
    body = row.env._(
        "An email that may say that “%(subject)s” was not delivered waits in To Sort: %(email)s",
        subject=message.subject or message.record_name or "",
        email=link,  # markup: the sentence is escaped around it
    )
    with routing(row.env.cr, batch):
        record._message_log(body=body, author_id=row.env.ref("base.partner_root").id)


def _record(env, message):
    """The record of a message, None where it has none that takes notes."""
    if not (message.model in env and message.res_id):
        return None
    record = env[message.model].browse(message.res_id)
    return record if hasattr(record, "message_notify") and record.exists() else None


def _find_bounced(env, facts, key):
    token, _why = read_bounce_token(key, bounce_token_in(facts.get("bounce_address") or ""))
    message = env["mail.message"].browse(token.message_id if token else []).exists()
    proved = bool(message)
    if not proved:
        wanted = [("message_id", "in", facts.get("bounced_message_ids") or [])]
        message = message.search(wanted, order="id desc", limit=1)
    partner = env["res.partner"].browse((token.partner_id if proved else 0) or []).exists()
    address = partner.email_normalized or facts.get("bounced_address") or ""
    return _Bounced(message, partner, address, proved)


def _count(row, decision, policy, bounced):
    """Let Odoo and its applications (mass mailing, say) count the bounce natively."""
    message, values = parse(row, row._received_mail(), decision, policy)
    values |= {
        "is_bounce": True,
        "bounced_email": bounced.address,
        "bounced_partner": bounced.partner,
        "bounced_msg_ids": [bounced.message.message_id],
        "bounced_message": bounced.message,
    }
    row.env["mail.thread"]._routing_handle_bounce(message, values)


def _notifications(env, bounced):
    # sudo: notifications are their recipients' own; here the gateway reports on them
    notifications = env["mail.notification"].sudo()
    sent = notifications.search(
        [("mail_message_id", "=", bounced.message.id), ("notification_type", "=", "email")]
    )
    if bounced.partner:
        return sent.filtered(lambda item: item.res_partner_id == bounced.partner)
    return sent.filtered(
        lambda item: (
            bounced.address
            in (
                item.res_partner_id.email_normalized,
                email_normalize(item.mail_email_address or ""),
            )
        )
    )


def _reason(env, address, facts):
    """Return what happened, why, and what the mail server answered: a sentence each."""
    why = facts.get("explanation")
    text = env._("The email to %s was not delivered.", address)
    text += " " + (env._(why) if why else env._("The mail server gave no reason."))
    if facts.get("diagnostic"):
        text += "\n" + env._("The mail server answered: %s", facts["diagnostic"])
    return shown_values(env, text)  # a server may quote a returned invitation


def _tell_author(env, message, reason):
    """Tell the colleague who wrote the message, in Odoo."""
    if not any(not user.share for user in message.author_id.user_ids):
        return
    thread = _record(env, message)
    if thread is None:
        thread = env["mail.thread"]
    thread.message_notify(
        partner_ids=message.author_id.ids,
        author_id=env.ref("base.partner_root").id,
        subject=env._("Not delivered: %s", message.subject or message.record_name or ""),
        body=Markup("<br/>").join(reason.splitlines()),
    )
