"""A bounce to an address of ours that is signed: it names one mail and one recipient for certain.

Others are matched by what they enclose (``mail_catchall_routing``), which anybody could write.
"""

from markupsafe import Markup
from odoo import models

from ..router.tokens import TokenKey, bounce_token_in, read_bounce_token
from .routing_transaction import routing


class CatchallMessage(models.Model):
    _inherit = "mail.catchall.message"

    def _handle_bounce(self, decision, batch):
        token = self._bounce_token(decision, batch)
        bounced = self.env["mail.message"].browse(token.message_id if token else []).exists()
        if not bounced:
            return super()._handle_bounce(decision, batch)
        if not decision.facts.get("permanent", True):
            return None  # a delay: the mail may still arrive
        partner = self.env["res.partner"].browse(token.partner_id or []).exists()
        address = partner.email_normalized or decision.facts.get("bounced_address") or ""
        if not address:
            return None
        known = self._bounced_notifications(bounced, partner, address)
        news = known.filtered(lambda item: item.notification_status != "bounce")
        if known and not news:
            return None  # a second report of the same
        reason = self._bounce_reason(address, decision.facts)
        with routing(self.env.cr, batch) as guard:
            message, values = self.env["mail.thread"]._catchall_parse(self, decision)
            values |= {
                "is_bounce": True,
                "bounced_email": address,
                "bounced_partner": partner,
                "bounced_msg_ids": [bounced.message_id],
                "bounced_message": bounced,
            }
            self.env["mail.thread"]._routing_handle_bounce(message, values)
            if news:
                news.failure_reason = reason
                guard.inbox_only = True
                self._tell_author(bounced, reason)
        return None

    def _bounce_token(self, decision, batch):
        policy = batch.directory.policy(self.fetchmail_server_id)
        text = bounce_token_in(decision.facts.get("bounce_address") or "")
        token, _why = read_bounce_token(TokenKey(policy.secret, policy.database), text)
        return token

    def _bounced_notifications(self, bounced, partner, address):
        recipient = (
            ("res_partner_id", "=", partner.id) if partner else ("mail_email_address", "=", address)
        )
        return (
            self.env["mail.notification"]
            .sudo()
            .search(
                [
                    ("mail_message_id", "=", bounced.id),
                    ("notification_type", "=", "email"),
                    recipient,
                ]
            )
        )

    def _bounce_reason(self, address, facts):
        lines = [
            self.env._(
                "The mail to %(address)s did not arrive: %(why)s.",
                address=address,
                why=facts.get("explanation") or self.env._("the mail server gave no reason"),
            )
        ]
        if facts.get("diagnostic"):
            lines.append(self.env._("The mail server said: %s", facts["diagnostic"]))
        return "\n".join(lines)

    def _tell_author(self, bounced, reason):
        """Tell the colleague who wrote the mail, in Odoo."""
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
