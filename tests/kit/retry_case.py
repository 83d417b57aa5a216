"""Outgoing messages over a real SMTP session, with a scripted server at its end."""

from contextlib import contextmanager
from unittest.mock import patch

from odoo.tools import mute_logger

from .outgoing_case import OutgoingCase
from .servers.smtp_script import ScriptedServer

NOT_OWNED = "553 5.7.1 <user_a>: Sender address rejected: not owned by user"


QUIET = (
    "odoo.addons.mail.models.mail_mail",
    "odoo.addons.base.models.ir_mail_server",
    "odoo.addons.mail_catchall_router.models.outgoing.mail_catchall_refusal",
)


class RetryCase(OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.partner"].create({"name": "Other", "email": "other@shop.example"})

    @contextmanager
    def server(self, answer=lambda command, mail: None):
        Server = type(self.env["ir.mail_server"])
        with ScriptedServer(answer) as server, mute_logger(*QUIET):
            self.account.write({"smtp_host": "127.0.0.1", "smtp_port": server.port})
            self.account.smtp_user = False
            with patch.object(Server, "_disable_send", lambda _self: False):
                yield server

    @classmethod
    def make_account(cls, address, domains, **values):
        # without a login, so that the scripted server need not know one
        return super().make_account(False, domains, catchall_address=address, **values)

    def posted(self):
        """A message of user A to two people, its ``mail.mail`` still in the queue."""
        with patch.object(type(self.env["mail.mail"]), "send", lambda *_args, **_kw: True):
            message = self.contact.with_user(self.user_a).message_post(
                body="Hello",
                subject="S",
                partner_ids=(self.customer | self.other).ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        mail = self.env["mail.mail"].sudo().search([("mail_message_id", "=", message.id)])
        mail.auto_delete = False
        return mail

    def status(self, mail):
        found = self.env["mail.notification"].search(
            [("mail_message_id", "=", mail.mail_message_id.id)]
        )
        return {
            notification.res_partner_id.name: notification.notification_status
            for notification in found
            if notification.notification_type == "email"
        }

    @staticmethod
    def refuse(replies):
        def answer(command, mail):
            return replies.get(mail.recipients[-1]) if command == "RCPT" else None

        return answer
