"""Rules of one company, with their conditions and values, are not another company's business."""

from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, tagged

from ...kit.common import mail
from ...kit.companies_case import SECRET, CompaniesCase

CONDITION, DEFAULT = "mail.catchall.rule.condition", "mail.catchall.rule.default"


@tagged("post_install", "-at_install")
class TestRulesOfAnotherCompany(CompaniesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        field = cls.env["ir.model.fields"]._get("crm.lead", "x_word") or cls.env[
            "ir.model.fields"
        ].create(
            {
                "name": "x_word",
                "field_description": "Word",
                "model_id": cls.env["ir.model"]._get_id("crm.lead"),
                "ttype": "char",
            }
        )
        cls.rule = cls.env["mail.catchall.rule"].create(
            {
                "name": "Of company B",
                "company_id": cls.company_b.id,
                "action": "alias",
                "alias_id": cls.sales.id,
                "condition_ids": [
                    Command.create({"part": "subject", "operator": "contains", "value": SECRET})
                ],
                "default_ids": [Command.create({"field_id": field.id, "value": SECRET})],
            }
        )
        cls.parts = (cls.rule.condition_ids, cls.rule.default_ids)

    def _of_manager(self, record):
        return record.with_user(self.manager)

    def test_they_have_the_rules_company(self):
        for part in self.parts:
            self.assertEqual(part.company_id, self.company_b)
        self.rule.company_id = self.company_a
        for part in self.parts:
            with self.subTest(part._name):
                self.assertEqual(part.company_id, self.company_a)
                self.assertEqual(self._of_manager(part).value, SECRET)

    def test_they_are_not_read(self):
        for part in self.parts:
            model = self._of_manager(part)
            for how in (
                lambda m: m.read(["value"]),
                lambda m: m.web_read({"value": {}}),
                lambda m: m.export_data(["value"]),
                lambda m: m.mapped("value"),
                lambda m: m.copy(),
            ):
                with self.subTest(part._name, how=how), self.assertRaises(AccessError):
                    how(model)

    def test_they_are_not_found(self):
        found = [("value", "=like", f"{SECRET[0]}%")]
        for part in self.parts:
            Model = self._of_manager(part.browse())
            with self.subTest(part._name):
                self.assertEqual(Model.search_count(found), 0)
                self.assertFalse(Model.search(found) & part)
                self.assertFalse(Model.search_read(found, ["value"]))
                self.assertEqual(Model._read_group(found, [], ["__count"]), [(0,)])
                self.assertFalse(Model.formatted_read_group(found, ["value"], ["__count"]))
                self.assertFalse(Model.name_search(str(part.id)))

    def test_the_rule_does_not_give_them_away(self):
        Rule = self._of_manager(self.rule.browse())
        for domain in (
            [("condition_ids.value", "=like", "z%")],
            [("default_ids.value", "=like", "z%")],
            [("condition_ids", "any", [("value", "ilike", SECRET)])],
            [("name", "ilike", "company B")],
        ):
            with self.subTest(domain):
                self.assertFalse(Rule.search(domain))

    def test_they_are_not_changed(self):
        mine = self._of_manager(self.rule).create(
            {"name": "Mine", "action": "quarantine", "company_id": self.company_a.id}
        )
        for part in self.parts:
            theirs = self._of_manager(part)
            for name, change in (
                ("written", lambda m: m.write({"value": "anything"})),
                ("deleted", lambda m: m.unlink()),
                ("moved", lambda m: m.write({"rule_id": mine.id})),
            ):
                with self.subTest(part._name, change=name), self.assertRaises(AccessError):
                    change(theirs)
        with self.assertRaises(AccessError):
            mine.condition_ids = [Command.link(self.parts[0].id)]
        self.assertEqual(self.parts[0].value, SECRET)

    def test_none_is_added(self):
        """Also one of one's own, moved: it would change whom the rule is about."""
        values = {"part": "subject", "operator": "contains", "value": "x"}
        mine = self._of_manager(self.rule).create(
            {
                "name": "Mine",
                "action": "quarantine",
                "company_id": self.company_a.id,
                "condition_ids": [Command.create(values)],
            }
        )
        with self.assertRaises(AccessError):
            mine.condition_ids.rule_id = self.rule
        with self.assertRaises(AccessError):
            self._of_manager(self.env[CONDITION]).create({**values, "rule_id": self.rule.id})
        with self.assertRaises(AccessError):
            self._of_manager(self.env[DEFAULT]).create(
                {"rule_id": self.rule.id, "field_id": self.parts[1].field_id.id, "value": "x"}
            )
        self.assertEqual(len(self.rule.condition_ids), 1)

    def test_asking_where_an_email_would_go_does_not_tell(self):
        Message = self.env["mail.catchall.message"]
        source = mail(to="nobody-at-all@b-company.test", subject=f"A {SECRET}").decode()
        for user, told in ((self.manager, False), (self.other_manager, True)):
            with self.subTest(user.login):
                found = Message.with_user(user).where_would_this_go(source=source)
                self.assertEqual("Of company B" in str(found), told)
                self.assertEqual(found["state"] == "routed", told)

    def test_trying_it_does_not_tell(self):
        self.mail_of_b()
        Preview = self._of_manager(self.env["mail.catchall.preview"])
        with self.assertRaises(AccessError):
            Preview.create({"rule_id": self.rule.id, "message_ids": [], "total": 0})
        with self.assertRaises(AccessError):
            self._of_manager(self.rule).action_try()

    def test_matches_are_counted_as_far_as_they_are_seen(self):
        rule = self.rule_of_b("accept", company_id=False, sequence=1)
        row = self.mail_of_b()
        self.assertIn(rule, row.rule_ids)
        self.assertEqual(rule.with_user(self.other_manager).hit_count, 1)
        self.assertEqual(rule.with_user(self.manager).hit_count, 0)
        self.assertFalse(rule.with_user(self.manager).last_hit_date)
        with self.assertRaises(AccessError):
            rule.with_user(self.both).catchall_message_ids = [Command.unlink(row.id)]


@tagged("post_install", "-at_install")
class TestRulesForAllCompanies(CompaniesCase):
    """A rule without a company holds for everybody's mail: nobody writes it for one company."""

    def test_a_new_rule_is_for_ones_own_company(self):
        Rule = self.env["mail.catchall.rule"]
        mine = Rule.with_user(self.manager).create({"name": "Mine", "action": "quarantine"})
        self.assertEqual(mine.company_id, self.company_a)
        with Form(Rule.with_user(self.manager)) as form:
            form.name, form.action = "By form", "quarantine"
        self.assertEqual(form.record.company_id, self.company_a)
        ours = Rule.with_user(self.both).create({"name": "Ours", "action": "quarantine"})
        # a third company may have been here before
        everything = self.env["res.company"].search([])
        self.assertEqual(not ours.company_id, not everything - self.both.company_ids)

    def test_it_takes_all_companies_to_write_for_all(self):
        self.both.company_ids = self.env["res.company"].search([])
        shared = self.rule_of_b(company_id=False)
        theirs = shared.with_user(self.manager)
        mine = self.env["mail.catchall.rule"].with_user(self.manager)
        for name, change in (
            ("made", lambda: mine.create({"name": "A", "action": "accept", "company_id": False})),
            ("changed", lambda: theirs.write({"action": "accept"})),
            ("taken", lambda: theirs.write({"company_id": self.company_a.id})),
            ("deleted", theirs.unlink),
            ("emptied", theirs.condition_ids.unlink),
            ("reworded", lambda: theirs.condition_ids.write({"value": "x"})),
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                change()
        shared.with_user(self.both).write({"action": "accept"})
        shared.with_user(self.both).condition_ids.unlink()

    def test_one_company_stays_ones_own(self):
        mine = self.env["mail.catchall.rule"].with_user(self.manager)
        rule = mine.create({"name": "Mine", "action": "quarantine"})
        rule.name = "Still mine"
        for company in (False, self.company_b.id):
            with self.subTest(company), self.assertRaises(AccessError):
                rule.company_id = company
        with self.assertRaises(AccessError):
            mine.create({"name": "A", "action": "accept", "company_id": self.company_b.id})
