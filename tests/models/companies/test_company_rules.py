"""Every model of the addon says whose its rows are; nothing runs with more rights than its reader.

New models and fields are found here by themselves.
"""

from contextlib import suppress

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ...kit.common import mail
from ...kit.companies_case import SECRET, CompaniesCase

# Of these the system's administrators see every row, and nobody else any, for the reason given.
SHARED = {
    "mail.catchall.acknowledged": "a mailbox gets one automatic reply a day, whosoever's",
}


def addon_models(env):
    return [
        env[name]
        for name in env.registry
        if name.startswith("mail.catchall.") and not env[name]._abstract
    ]


@tagged("post_install", "-at_install")
class TestEveryModel(CompaniesCase):
    def _domains(self, model):
        rules = self.env["ir.rule"].search(
            [("model_id.model", "=", model._name), ("groups", "=", False)]
        )
        return " ".join(rules.mapped("domain_force"))

    def test_every_model_has_a_company_rule_or_belongs_to_its_author(self):
        found = addon_models(self.env)
        self.assertGreater(len(found), 20)
        for model in found:
            with self.subTest(model=model._name):
                if model._name in SHARED:
                    access = self.env["ir.model.access"].search(
                        [("model_id.model", "=", model._name)]
                    )
                    self.assertEqual(access.group_id, self.env.ref("base.group_system"))
                    continue
                domains = self._domains(model)
                if model._transient:
                    self.assertIn("create_uid", domains)
                else:
                    self.assertIn("company_ids", domains)

    def test_wizards_check_what_they_are_about(self):
        checked = self.env["mail.catchall.linked.rows"]
        for model in addon_models(self.env):
            linked = [
                field
                for field in model._fields.values()
                if field.store and field.type in ("many2one", "many2many", "reference")
                if field.name not in ("create_uid", "write_uid")
            ]
            if model._transient and linked:
                with self.subTest(model=model._name):
                    self.assertIsInstance(model, type(checked))

    def test_no_related_field_runs_with_more_rights_than_its_reader(self):
        """A stored one is a copy, which the rules of its own row protect."""
        ours = [name for name in self.env.registry if name.startswith("mail.catchall.")]
        for name in (*ours, "fetchmail.server", "ir.mail_server", "mail.alias", "res.users"):
            for field in self.env[name]._fields.values():
                if field.related and not field.store and "mail_catchall_router" in field._modules:
                    with self.subTest(model=name, field=field.name):
                        self.assertFalse(field.compute_sudo)

    def test_rows_about_accounts_say_whose_they_are(self):
        health = self.server_b.catchall_health_id
        self.assertEqual(health.company_id, self.company_b)
        self.assertEqual(self.outgoing_b.catchall_health_id.company_id, self.company_b)
        self.server_b.alias_domain_ids = self.domain | self.domain_b
        health.invalidate_recordset()
        self.assertFalse(health.company_id)


@tagged("post_install", "-at_install")
class TestAccountsOfOthers(CompaniesCase):
    """Health, mailbox tests, queues, domain checks: of the reader's company, or of none."""

    @classmethod
    def setUpClass(cls):
        # long: a row of every model that is about accounts
        super().setUpClass()
        probe = cls.env["mail.catchall.probe"].create(
            {
                "fetchmail_server_id": cls.server_b.id,
                "domain": f"{SECRET}.test",
                "mail_ids": [(0, 0, {"kind": "bcc", "address": f"{SECRET}@b-company.test"})],
            }
        )
        now = "2026-11-02 10:00:00"
        sent = {"message_id": f"<{SECRET}@x>", "subject": SECRET, "sent_date": now}
        server = {"server_id": cls.outgoing_b.id}
        cls.rows = [
            cls.server_b.catchall_health_id,
            cls.outgoing_b.catchall_health_id,
            probe,
            probe.mail_ids,
            cls.env["mail.catchall.sent"].create({**server, **sent}),
            cls.env["mail.catchall.delivery"].create(
                {**server, "mail_mail_id": 1, "recipient": SECRET, "accepted_date": now}
            ),
            cls.env["mail.catchall.refusal"].create({**server, "answer": SECRET}),
            cls.env["mail.catchall.folder"].create(
                {"fetchmail_server_id": cls.server_b.id, "name": SECRET}
            ),
            cls.env["mail.catchall.checkup"].create(
                {
                    "alias_domain_id": cls.domain_b.id,
                    "domain": "b-company.test",
                    "level": "ok",
                    "findings": [{"code": "x", "level": "ok"}],
                }
            ),
            cls.env["mail.catchall.shadow"].create(
                {"fetchmail_server_id": cls.server_b.id, "company_id": cls.company_b.id}
            ),
            cls.env["mail.catchall.setup"].create(
                {
                    "address": f"{SECRET}@b-company.test",
                    "company_ids": [(6, 0, cls.company_b.ids)],
                }
            ),
        ]

    def test_another_companys_rows_are_not_there(self):
        for user in (self.manager, self.other_system):
            for row in self.rows:
                Model = self.env[row._name].with_user(user)
                if not Model.has_access("read"):
                    continue  # of no group of theirs
                with self.subTest(user=user.login, model=row._name):
                    self.assertNotIn(row.id, Model.search([]).ids)
                    self.assertEqual(Model.search_count([("id", "=", row.id)]), 0)
                    self.assertFalse(Model.search_read([("id", "=", row.id)], ["id"]))
                    self.assertFalse(row.with_user(user).has_access("read"))
                    groups = Model._read_group([("id", "=", row.id)], [], ["__count"])
                    self.assertEqual(groups, [(0,)])
                    for name in ("subject", "domain", "answer", "address", "fetchmail_server_id"):
                        if name in Model._fields:
                            with suppress(AccessError):  # the account itself is not theirs
                                self.assertFalse(Model.search([(name, "ilike", SECRET)]) & row)

    def test_ones_own_company_sees_them(self):
        colleague = self.colleague("system_of_b", self.company_b, "base.group_system")
        for row in self.rows:
            with self.subTest(model=row._name):
                self.assertTrue(row.with_user(colleague).has_access("read"))
                self.assertIn(row.id, self.env[row._name].with_user(colleague).search([]).ids)

    def test_an_account_of_no_company_is_everybodys(self):
        self.server_b.alias_domain_ids = False
        self.env.invalidate_all()
        for user in (self.manager, self.other_manager):
            with self.subTest(user.login):
                self.assertTrue(self.rows[0].with_user(user).name)

    def test_accounts_are_not_named(self):
        Where = self.env["mail.catchall.where"]
        for user, named in ((self.sorter, False), (self.other_manager, True), (self.both, True)):
            companies = user.company_ids.ids
            model = Where.with_user(user).with_context(allowed_company_ids=companies)
            with self.subTest(user.login):
                names = " ".join(dict(model._selection_account()).values())
                self.assertEqual(SECRET in names, named)

    def test_an_email_of_ours_does_not_name_their_account(self):
        self.server_b.alias_domain_ids = self.domain_b
        row = self.route(mail(to="nobody-at-all@example.com"))
        row.fetchmail_server_id = self.server_b
        self.env.invalidate_all()
        theirs = row.with_user(self.sorter)
        self.assertFalse(theirs.account_name)
        self.assertFalse(theirs.search([("account_name", "ilike", SECRET)]))
        self.assertEqual(row.with_user(self.env.user).sudo().account_name, self.server_b.name)

    def test_the_form_of_an_account_says_nothing_of_its_health(self):
        account = self.server_b.with_user(self.other_system)
        self.assertTrue(account.name)
        self.assertFalse(account.catchall_health_id)
        self.assertFalse(account.catchall_health_level)
        self.assertTrue(self.server.with_user(self.other_system).catchall_health_level)

    def test_the_form_of_an_account_counts_nothing(self):
        self.server_b.write({"is_catchall": False})
        self.server_b.write({"catchall_shadow": True, "catchall_shadow_since": "2026-01-01"})
        self.env["mail.catchall.shadow"].create(
            {
                "fetchmail_server_id": self.server_b.id,
                "company_id": self.company_b.id,
                "observed_date": "2026-11-02 10:00:00",
            }
        )
        self.env.flush_all()
        for user, count in ((self.other_system, 0), (self.env.user, 1)):
            with self.subTest(user.login):
                account, outgoing = self.server_b.with_user(user), self.outgoing_b.with_user(user)
                self.assertEqual(account.catchall_trial_count, count)
                self.assertEqual(outgoing.catchall_sent_waiting_count, count)

    def test_a_shared_account_shows_no_subject_of_another_company(self):
        self.server_b.alias_domain_ids = self.domain | self.domain_b
        row = self.mail_of_b()
        row.write({"state": "failed", "fetchmail_server_id": self.server_b.id})
        self.env.flush_all()
        self.env.invalidate_all()
        health = self.rows[0]
        self.assertEqual(health.with_user(self.other_manager).last_failed_id, row)
        self.assertFalse(health.with_user(self.manager).last_failed_id)
        shown = health.with_user(self.manager).read(["last_failed_id", "oldest_message_id"])
        self.assertNotIn(SECRET, str(shown))

    def test_a_wizard_of_somebody_else_is_not_read(self):
        wizard = self.env["mail.catchall.where"].with_user(self.other_manager)
        wizard = wizard.create({"about": "text", "text": SECRET})
        theirs = self.env["mail.catchall.where"].with_user(self.manager)
        self.assertFalse(theirs.search([("text", "ilike", SECRET)]))
        self.assertFalse(theirs.browse(wizard.id).has_access("read"))
