"""A domain that is checked over a real socket, by a name server of our own."""

from odoo.tests import new_test_user

from ...models import dns_server
from .common import CatchallCase
from .good_domain import GOOD
from .servers.dns_server import DnsServer


class CheckupCase(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Checkup = cls.env["mail.catchall.checkup"]
        cls.system = new_test_user(cls.env, "checker", "base.group_system")
        cls.env["ir.mail_server"].search([]).write({"active": False})
        cls.env["ir.mail_server"].create(
            {
                "name": "Outgoing",
                "smtp_host": "mail.example.com",
                "smtp_user": "catchall@example.com",
                "is_catchall": True,
                "catchall_alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )

    def check(self, table=GOOD, user=None):
        """Press the button; return the row that the action opens."""
        with DnsServer(table) as server:
            host, port = server.address
            parameters = self.env["ir.config_parameter"].sudo()
            parameters.set_param(dns_server.PARAMETER, f"{host}:{port}")
            action = self.domain.with_user(user or self.system).action_catchall_check()
        return self.Checkup.browse(action["res_id"])

    def codes(self, checkup):
        return {finding["code"] for finding in checkup.findings}
