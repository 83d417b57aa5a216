"""The company under attack: its people, aliases, accounts, and a conversation with a customer."""

from email import message_from_string
from email.utils import parseaddr
from itertools import count

from odoo import Command

from ..common import CatchallCase

SELLER = "base.group_user,sales_team.group_sale_salesman_all_leads"
ROUTER = "mail_catchall_router.group_catchall"
RESTRICTED = ("employees", "followers")
_numbers = count(1)


class AttackWorld(CatchallCase):
    """Domains example.com (company A) and b-company.test (company B); see :meth:`setUpClass`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.config_parameter"].set_param("mail.gateway.loop.threshold", 100_000)
        cls.env["mail.alias"].search([("alias_name", "!=", False)]).alias_name = False
        cls._make_companies()
        cls._make_people()
        cls._make_aliases()
        cls._make_accounts()

    # ------------------------------------------------------------ the set-up

    @classmethod
    def _make_companies(cls):
        cls.company = cls.env.company
        cls.company.email = "office@example.com"
        cls.domain.default_from = "notifications"
        cls.domain_b = cls.env["mail.alias.domain"].create(
            {"name": "b-company.test", "catchall_alias": "catchall", "bounce_alias": "bounce"}
        )
        cls.company_b = cls.env["res.company"].create(
            {
                "name": "Company B",
                "email": "office@b-company.test",
                "alias_domain_id": cls.domain_b.id,
            }
        )
        cls.env.ref("base.partner_root").email = "odoobot@example.com"

    @classmethod
    def _make_people(cls):
        cls.boss = cls._user("boss@example.com", notification_type="email")
        cls.colleague = cls._user("colleague@example.com")
        cls.remote = cls._user("remote", "remote@gmail.test", notification_type="email")
        cls._user("sorter@example.com", groups=f"base.group_user,{ROUTER}_user")
        cls._user("manager@example.com", groups=f"base.group_user,{ROUTER}_manager")
        cls._user("plain@example.com", groups="base.group_user")
        cls.former = cls._user("former@example.com")
        cls.leaver = cls._user("leaver", "leaver@gmail.test")
        (cls.former | cls.leaver).action_archive()
        Partner = cls.env["res.partner"]
        cls.ceo = Partner.create({"name": "Ceo", "email": "ceo@example.com"})
        cls.follower = Partner.create({"name": "Follower", "email": "follower@partner.test"})
        for user in cls.boss | cls.remote:
            cls.env["hr.employee"].create(
                {"name": user.name, "user_id": user.id, "work_email": user.email}
            )

    @classmethod
    def _user(cls, login, email=None, groups=SELLER, **values):
        """A user without a password: hashing one takes longer than an attack."""
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

    @classmethod
    def _make_aliases(cls):
        cls.sales = cls.alias("sales", "crm.lead", alias_contact="everyone")
        cls.staff = cls.alias("staff", "crm.lead", alias_contact="employees")
        cls.team = cls.env["crm.team"].create({"name": "Followed team"})
        cls.team.message_subscribe(cls.follower.ids)
        cls.followers = cls.alias(
            "followers",
            "crm.lead",
            alias_contact="followers",
            alias_parent_model_id=cls.env["ir.model"]._get_id("crm.team"),
            alias_parent_thread_id=cls.team.id,
        )
        job = cls.env["hr.job"].create({"name": "Opening"})
        cls.jobs = cls.alias("jobs", "hr.applicant", f"{{'job_id': {job.id}}}")
        stages = cls.env["hr.recruitment.stage"].search([], order="sequence, id")
        congratulations = "hr_recruitment.email_template_data_applicant_congratulations"
        stages[0].template_id = cls.env.ref(congratulations)

    @classmethod
    def _make_accounts(cls):
        cls.accounts = {
            "a": cls.server,
            "b": cls._account("b", alias_domain_ids=[Command.set(cls.domain_b.ids)]),
            "shared": cls._account("shared", own_hosts="host7.hoster.net, mail.hoster.net"),
            "trust": cls._account("trust", trusted_authserv_ids="mail.example.com"),
            "gmail": cls._account("gmail", own_hosts="mx.google.com"),
        }
        cls.server.state = "done"
        cls.outgoing = cls.env["ir.mail_server"].create(
            {
                "name": "Outgoing",
                "smtp_host": "smtp.example.com",
                "smtp_user": "catchall@example.com",
                "is_catchall": True,
                "catchall_from_policy": "keep",
                "catchall_reply_policy": "signed",
            }
        )

    @classmethod
    def _account(cls, name, **values):
        return cls.server.copy({"name": name, "is_catchall": True, **values})

    # ------------------------------------------------------------ the conversation

    def converse(self):
        """A lead of a customer who follows it, as the boss and remote do; the offer has left.

        :return: the words of messages that this conversation knows
        """
        number = next(_numbers)
        self.customer = self.env["res.partner"].create(
            {"name": f"Customer {number}", "email": f"customer{number}@cust.example.org"}
        )
        self.lead = self.env["crm.lead"].create(
            {"name": f"Chairs {number}", "partner_id": self.customer.id, "team_id": False}
        )
        people = self.customer | self.boss.partner_id | self.remote.partner_id
        self.lead.message_subscribe(people.ids)
        with self.mock_mail_gateway():
            self.offer = self.lead.with_user(self.colleague).message_post(
                body="Our offer", message_type="comment", subtype_xmlid="mail.mt_comment"
            )
        return {
            "KNOWN": self.offer.message_id,
            "CUSTOMER": self.customer.email,
            "TOKEN_CUSTOMER": self._reply_address(self.customer.email),
            "TOKEN_BOSS": self._reply_address(self.boss.email),
        }

    def _reply_address(self, recipient):
        (sent,) = [item for item in self.emails if recipient in item["smtp_to_list"]]
        return parseaddr(message_from_string(sent["message"])["Reply-To"])[1]

    # ------------------------------------------------------------ what a case may ask for

    def customer_follows_team(self):
        self.team.message_subscribe(self.customer.ids)

    def follower_follows_lead(self):
        self.lead.message_subscribe(self.follower.ids)

    def fix_alias(self):
        """An alias whose messages all stand on the customer's record."""
        self.alias("fixed", "crm.lead", alias_force_thread_id=self.lead.id)

    def forget_offer(self):
        """Delete the offer: the tokens in its Message-ID and Reply-To know the record alone."""
        self.offer.unlink()
        self.env.flush_all()
