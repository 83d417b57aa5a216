"""People with one right each: who may see and do what."""

from odoo.tests import new_test_user

from .common import CatchallCase, mail

USER = "mail_catchall_router.group_catchall_user"


MANAGER = "mail_catchall_router.group_catchall_manager"


class SecurityCase(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.plain = new_test_user(cls.env, "plain", "base.group_user")
        cls.sorter = new_test_user(cls.env, "sorter", f"base.group_user,{USER}")
        cls.seller = new_test_user(
            cls.env, "seller", f"base.group_user,{USER},sales_team.group_sale_salesman_all_leads"
        )
        cls.manager = new_test_user(cls.env, "manager", f"base.group_user,{MANAGER}")
        cls.system = new_test_user(cls.env, "system", f"base.group_system,{MANAGER}")
        cls.portal = new_test_user(cls.env, "portal_user", "base.group_portal")

    def waiting(self):
        return self.route(mail(to="nobody-at-all@example.com"))
