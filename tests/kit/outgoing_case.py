"""The companies, accounts and people of the tests of outgoing messages, and what left."""

import socket
from email import message_from_string, policy

from odoo import Command
from odoo.addons.mail.tests.common import MailCommon, mail_new_test_user
from odoo.tools.mail import email_normalize

HOST = socket.gethostname()


class OutgoingCase(MailCommon):
    """The main company's account, a second company's, and people who write through them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.domain, cls.domain_2 = cls.mail_alias_domain, cls.mail_alias_domain_c2
        cls.own, cls.own_2 = cls.domain.name, cls.domain_2.name
        cls.account = cls.make_account(f"all@{cls.own}", cls.domain)
        cls.user_a = cls.make_user("user_a", f'"User A" <user_a@{cls.own}>')
        cls.user_gmail = cls.make_user("user_gmail", "private.marc@gmail.com", name="Marc")
        cls.portal = cls.make_user("portal_p", "p@portal.example", groups="base.group_portal")
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "email": "customer@shop.example"}
        )
        cls.contact = cls.env["res.partner"].create({"name": "Record", "email": "r@shop.example"})
        cls.team = cls.env["crm.team"].create(
            {"name": "Sales", "alias_name": "sales.test", "alias_domain_id": cls.domain.id}
        )
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Lead", "team_id": cls.team.id, "company_id": cls.company_admin.id}
        )

    @classmethod
    def make_user(
        cls, login, email, groups="base.group_user,sales_team.group_sale_manager", **values
    ):
        return mail_new_test_user(
            cls.env,
            login=login,
            groups=groups,
            email=email_normalize(email),
            name=values.pop("name", login.replace("_", " ").title()),
            company_id=cls.company_admin.id,
            **values,
        )

    @classmethod
    def make_account(cls, address, domains, **values):
        return cls.env["ir.mail_server"].create(
            {
                "name": f"Account {address}",
                "smtp_host": "smtp.example",
                "smtp_user": address,
                "is_catchall": True,
                "catchall_alias_domain_ids": [Command.set(domains.ids)],
                "sequence": 50,
                **values,
            }
        )

    def post(self, record, user, **values):
        with self.mock_mail_gateway():
            record.with_user(user).message_post(
                body="Hello",
                subject="Greetings",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
                **values,
            )
        return self.only()

    def only(self):
        """Return the one message that the customer got; colleagues who follow get their own."""
        mails = [mail for mail in self.emails if "customer@shop.example" in mail["smtp_to_list"]]
        self.assertEqual(len(mails), 1, [mail["smtp_to_list"] for mail in self.emails])
        return Sent(mails[0])

    def send(self, mail):
        with self.mock_mail_gateway():
            mail.sudo().send()
        return self.only()

    def mail(self, **values):
        return self.env["mail.mail"].create(
            {"subject": "S", "body_html": "<p>B</p>", "email_to": "customer@shop.example", **values}
        )


class Sent:
    """One message as the SMTP session got it."""

    def __init__(self, recorded):
        self.envelope, self.to = recorded["smtp_from"], recorded["smtp_to_list"]
        self.raw = recorded["message"]
        self.message = message_from_string(self.raw, policy=policy.default)

    def __getitem__(self, name):
        return str(self.message[name] or "")

    def address(self, name):
        return ", ".join(address.addr_spec for address in self.message[name].addresses)
