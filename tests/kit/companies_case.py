"""Two companies with a domain and accounts each, and people who work in one of them alone."""

from odoo.tests import new_test_user

from .common import deliver, mail
from .security_case import MANAGER, USER, SecurityCase

SECRET = "zebra"  # a word that only company B may know


class CompaniesCase(SecurityCase):
    """``manager`` and ``sorter`` work in company A, ``other_manager`` in B, ``both`` in both."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company_a = cls.env.company
        cls.company_b = cls.env["res.company"].create({"name": "Company B"})
        cls.domain_b = cls.env["mail.alias.domain"].create({"name": "b-company.test"})
        cls.company_b.alias_domain_id = cls.domain_b
        cls.server_b = cls.server.copy(
            {
                "name": f"Account of {SECRET}",
                "user": "catchall@b-company.test",
                "password": "secret",
                "alias_domain_ids": [(6, 0, cls.domain_b.ids)],
                "is_catchall": True,
            }
        )
        outgoing = {"smtp_host": "smtp.b-company.test", "is_catchall": True}
        cls.outgoing_b = cls.env["ir.mail_server"].create(
            {
                "name": f"Outgoing of {SECRET}",
                "smtp_user": "catchall@b-company.test",
                "catchall_alias_domain_ids": [(6, 0, cls.domain_b.ids)],
                **outgoing,
            }
        )
        exporting = cls.env.ref("base.group_allow_export")
        (cls.sorter | cls.manager).group_ids |= exporting
        cls.other_manager = cls.colleague("other_manager", cls.company_b)
        cls.both = cls.colleague("both_manager", cls.company_a | cls.company_b)
        cls.other_system = cls.colleague("system_of_a", cls.company_a, "base.group_system")

    @classmethod
    def colleague(cls, login, companies, *groups):
        return new_test_user(
            cls.env,
            login,
            ",".join(("base.group_user", MANAGER, USER, *groups)),
            company_id=companies[0].id,
            company_ids=[(6, 0, companies.ids)],
        )

    def mail_of_b(self, **values):
        """A message of company B with the word in its subject; it waits, unless a rule has it."""
        values = {"to": "nobody-at-all@b-company.test", "subject": f"About a {SECRET}", **values}
        row = self.receive(mail(**values))
        row.write({"fetchmail_server_id": self.server_b.id, "company_id": self.company_b.id})
        deliver(row)
        self.assertEqual(row.company_id, self.company_b)
        return row

    def rule_of_b(self, action="quarantine", **values):
        return self.env["mail.catchall.rule"].create(
            {
                "name": f"Rule about {SECRET}",
                "company_id": self.company_b.id,
                "action": action,
                "condition_ids": [
                    (0, 0, {"part": "subject", "operator": "contains", "value": SECRET})
                ],
                **values,
            }
        )
