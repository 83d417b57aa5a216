"""A customer's record, colleagues who follow it, and those who write to it without a proof."""

from email import message_from_string, policy

from odoo import Command
from odoo.addons.mail.tests.common import MockEmail

from ...router.tokens.tokens import ReplyToken, TokenKey, make_reply_token
from .common import CatchallCase, mail

SELLER = "base.group_user,sales_team.group_sale_salesman_all_leads"
PROVED = "mail.example.com; dkim=pass header.d={0}; dmarc=pass header.from={0}"


class NoteCase(CatchallCase, MockEmail):
    """``offer`` was sent by ``colleague`` to the lead's followers: boss and customer among them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 1000)
        cls.server.state = "done"
        cls.env["ir.mail_server"].create(
            {
                "name": "Outgoing",
                "smtp_host": "smtp.example.com",
                "smtp_user": "catchall@example.com",
                "is_catchall": True,
                "catchall_from_policy": "keep",
            }
        )
        cls.env.ref("base.partner_root").email = "odoobot@example.com"
        cls.env.company.email = "office@example.com"
        cls.boss = cls.user("boss@example.com", notification_type="email")
        cls.colleague = cls.user("colleague@example.com")
        cls.remote = cls.user("remote", "remote@gmail.test", notification_type="email")
        cls.leaver = cls.user("leaver", "leaver@gmail.test")
        cls.leaver.action_archive()
        for user in cls.boss | cls.remote:
            values = {"name": user.name, "user_id": user.id, "work_email": user.email}
            cls.env["hr.employee"].create(values)
        cls.ceo = cls.env["res.partner"].create({"name": "Ceo", "email": "ceo@example.com"})

    @classmethod
    def user(cls, login, email=None, groups=SELLER, **values):
        return cls.env["res.users"].create(
            {
                "name": login.partition("@")[0].title(),
                "login": login,
                "email": email or login,
                "notification_type": "inbox",
                "group_ids": [Command.set([cls.env.ref(name).id for name in groups.split(",")])],
                **values,
            }
        )

    def setUp(self):
        super().setUp()
        self.customer = self.env["res.partner"].create(
            {"name": "Carla Customer", "email": "carla@customer.test"}
        )
        self.lead = self.env["crm.lead"].create(
            {"name": "Chairs", "partner_id": self.customer.id, "team_id": False}
        )
        people = self.customer | self.boss.partner_id | self.remote.partner_id
        self.lead.message_subscribe(people.ids)
        with self.mock_mail_gateway():
            self.offer = self.lead.with_user(self.colleague).message_post(
                body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment"
            )

    def reply(self, sender, body="Our bank account is new", proved=None, **headers):
        """Receive and send on what somebody writes who knows the offer's Message-ID."""
        headers.setdefault("References", self.offer.message_id)
        headers.setdefault("to", "catchall@example.com")
        return self.play(mail(body, sender=sender, **headers), proved)

    def play(self, source, proved=None):
        """Route a message, and send what is queued then; ``left`` has what reached SMTP."""
        if proved:
            source = f"Authentication-Results: {PROVED.format(proved)}\r\n".encode() + source
        before = self.env["mail.mail"].search([])
        with self.mock_mail_gateway():
            row = self.route(source)
            self.flush_tracking()
            (self.env["mail.mail"].search([("state", "=", "outgoing")]) - before).send()
        self.left = [Left(item) for item in self.emails]
        return row

    def flush_tracking(self):
        self.env.flush_all()
        self.cr.precommit.run()

    def act(self, call):
        with self.mock_mail_gateway():
            result = call()
            self.env["mail.mail"].search([("state", "=", "outgoing")]).send()
        self.left = [Left(item) for item in self.emails]
        return result

    def message(self, row):
        """The message that a row became."""
        self.assertEqual(row.state, "routed", row.explanation or row.error)
        return row.route_ids.mail_message_id

    def token(self, partner):
        params = self.env["ir.config_parameter"].sudo()
        key = TokenKey(
            params.get_param("database.secret").encode(), params.get_param("database.uuid")
        )
        model_id = self.env["ir.model"]._get_id("crm.lead")
        token = ReplyToken(model_id, self.lead.id, self.offer.id, partner.id)
        return f"reply-{make_reply_token(key, token)}@example.com"

    def assert_note(self, message, kind="unproven"):
        """It is internal, tells why, has no author of ours, and reaches nobody outside."""
        self.assertEqual(message.sudo().catchall_note, kind)
        self.assertTrue(message.is_internal)
        self.assertIn("o_catchall_why", message.body)
        self.assertFalse(message.author_id)
        self.assertFalse(message.notified_partner_ids.filtered("partner_share"))
        outside = [to for item in self.left for to in item.to if not self.is_inside(to)]
        self.assertFalse(outside)

    def is_inside(self, address):
        users = self.boss | self.colleague | self.remote
        return address.endswith("@example.com") or address in users.mapped("email")


class Left:
    """One message as the SMTP session got it."""

    def __init__(self, recorded):
        self.to = recorded["smtp_to_list"]
        self.message = message_from_string(recorded["message"], policy=policy.default)
        self.sender = self.message["From"].addresses[0].addr_spec
        self.text = self.message.get_body().get_content()
