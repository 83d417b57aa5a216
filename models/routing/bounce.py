"""What a bounce means for the message that it is about: its notification, and its author.

A bounce to a signed address of ours names one message and one recipient for certain; Odoo then also
counts it against the address. Any other is matched by the Message-IDs that it encloses, which
anybody could write: it marks the notification, and never counts towards a blacklist.
"""

from markupsafe import Markup
from odoo import models
from odoo.tools import email_normalize

from ...router.tokens.tokens import TokenKey, bounce_token_in, read_bounce_token
from .routing_transaction import routing


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def _handle_bounce(self, decision, batch):
        """Mark exactly the message and the recipient of the report, and tell the author."""
        facts = decision.facts
        if not facts.get("permanent", True):
            return  # a delay: the message may still arrive
        token = self._bounce_token(decision, batch)
        bounced = self.env["mail.message"].browse(token.message_id if token else []).exists()
        proved = bool(bounced)
        if not proved:
            bounced = self.env["mail.message"].search(
                [("message_id", "in", facts.get("bounced_message_ids") or [])],
                order="id desc",
                limit=1,
            )
        partner = self.env["res.partner"].browse((token.partner_id if proved else 0) or [])
        partner = partner.exists()
        address = partner.email_normalized or facts.get("bounced_address") or ""
        if not bounced or not address:
            return
        known = self._bounced_notifications(bounced, partner, address)
        news = known.filtered(lambda item: item.notification_status != "bounce")
        if not news and (known or not proved):
            return  # a second report of the same, or about a message that this address never got
        with routing(self.env.cr, batch) as guard:
            if proved:
                self._count_bounce(decision, bounced, partner, address)
            if news:
                reason = self._bounce_reason(address, facts)
                news.write(
                    {
                        "notification_status": "bounce",
                        "failure_type": "mail_bounce",
                        "failure_reason": reason,
                    }
                )
                guard.inbox_only = True
                self._tell_author(bounced, reason)

    def _count_bounce(self, decision, bounced, partner, address):
        """Let Odoo and its applications (mass mailing, say) count the bounce natively."""
        message, values = self.env["mail.thread"]._catchall_parse(self, decision)
        values |= {
            "is_bounce": True,
            "bounced_email": address,
            "bounced_partner": partner,
            "bounced_msg_ids": [bounced.message_id],
            "bounced_message": bounced,
        }
        self.env["mail.thread"]._routing_handle_bounce(message, values)

    def _bounce_token(self, decision, batch):
        policy = batch.directory.policy(self.fetchmail_server_id)
        text = bounce_token_in(decision.facts.get("bounce_address") or "")
        token, _why = read_bounce_token(TokenKey(policy.secret, policy.database), text)
        return token

    def _bounced_notifications(self, bounced, partner, address):
        # sudo: notifications are their recipients' own; here the gateway reports on them
        notifications = self.env["mail.notification"].sudo()
        sent = notifications.search(
            [("mail_message_id", "=", bounced.id), ("notification_type", "=", "email")]
        )
        return sent.filtered(
            lambda item: (
                item.res_partner_id == partner
                if partner
                else address
                in (
                    item.res_partner_id.email_normalized,
                    email_normalize(item.mail_email_address or ""),
                )
            )
        )

    def _bounce_reason(self, address, facts):
        if why := facts.get("explanation"):
            lines = [
                self.env._(
                    "The email to %(address)s was not delivered: %(why)s.", address=address, why=why
                )
            ]
        else:
            lines = [
                self.env._(
                    "The email to %(address)s was not delivered. The mail server gave no reason.",
                    address=address,
                )
            ]
        if facts.get("diagnostic"):
            lines.append(self.env._("The mail server answered: %s", facts["diagnostic"]))
        return "\n".join(lines)

    def _tell_author(self, bounced, reason):
        """Tell the colleague who wrote the message, in Odoo."""
        if not any(not user.share for user in bounced.author_id.user_ids):
            return
        is_record = bounced.model in self.env and bounced.res_id
        thread = self.env[bounced.model].browse(bounced.res_id) if is_record else None
        if thread is None or not hasattr(thread, "message_notify") or not thread.exists():
            thread = self.env["mail.thread"]
        thread.message_notify(
            partner_ids=bounced.author_id.ids,
            author_id=self.env.ref("base.partner_root").id,
            subject=self.env._("Not delivered: %s", bounced.subject or bounced.record_name or ""),
            body=Markup("<br/>").join(reason.splitlines()),
        )
