"""A rule that has lost its conditions does nothing; one that never had any is about every email."""

from contextlib import suppress

from odoo.exceptions import ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from psycopg2 import IntegrityError

from ...kit.common import mail
from .test_rule_records import RuleCase


@tagged("post_install", "-at_install")
class TestLostConditions(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = new_test_user(cls.env, "anna.lost", "base.group_user", email="a@example.com")
        cls.lead = cls.env["crm.lead"].create({"name": "Collects"})

    def rules(self):
        """A rule of every action, each with two conditions."""
        what = (("subject", "contains", "never"), ("sender", "contains", "nobody"))
        team = self.value("crm.lead", "team_id", record_ref=f"crm.team,{self.team.id}")
        for action, values in (
            ("alias", {}),
            ("record", {"record_ref": f"crm.lead,{self.lead.id}"}),
            ("user", {"user_id": self.anna.id}),
            (
                "defaults",
                {
                    "model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "default_ids": [team],
                },
            ),
            ("accept", {}),
            ("quarantine", {}),
            ("ignore", {}),
        ):
            yield self.rule(action, *what, name=f"Does {action}", **values)

    def assert_does_nothing(self, rule):
        rule.invalidate_recordset()
        self.assertFalse(rule.condition_ids)
        self.assertIn("no condition", rule.problem)
        row = self.route(mail(sender=f"s{rule.id}@customer.test"))
        self.assertEqual((row.state, row.reason), ("routed", "alias"), row.explanation)
        self.assertFalse(row.rule_ids)
        self.assertIn(f"rule “{rule.name}” (no condition left)", row.trace_html)

    def test_one_by_one(self):
        for rule in self.rules():
            with self.subTest(rule.action):
                for condition in rule.condition_ids:
                    condition.unlink()
                self.assert_does_nothing(rule)
                rule.active = False

    def test_at_once(self):
        for rule in self.rules():
            with self.subTest(rule.action):
                with suppress(ValidationError), self.env.cr.savepoint():  # refused is as good
                    rule.condition_ids = [Command.clear()]
                rule.condition_ids.unlink()
                self.assert_does_nothing(rule)
                rule.active = False

    def test_behind_the_orms_back(self):
        """As the removal of an addon deletes what refers to its own data."""
        for rule in self.rules():
            with self.subTest(rule.action):
                self.env.flush_all()
                self.env.cr.execute(
                    "DELETE FROM mail_catchall_rule_condition WHERE rule_id = %s", [rule.id]
                )
                self.env.invalidate_all()
                self.assert_does_nothing(rule)
                rule.active = False

    def test_by_moving_them_to_another_rule(self):
        other = self.rule("quarantine", ("subject", "contains", "other"))
        for rule in self.rules():
            with self.subTest(rule.action):
                rule.condition_ids.rule_id = other
                self.assert_does_nothing(rule)
                rule.active = False

    def test_a_classification_that_is_gone(self):
        rule = self.rule(
            "quarantine",
            {"part": "verdict", "operator": "equals", "kind": "bulk"},
            name="About what is gone",
        )
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE mail_catchall_rule_condition SET kind = 'gone', negate = TRUE"
            " WHERE rule_id = %s",
            [rule.id],
        )
        self.env.invalidate_all()
        self.assertTrue(rule.problem)
        row = self.route(mail())
        self.assertEqual(row.reason, "alias")
        self.assertIn("About what is gone", row.trace_html)

    def test_a_value_that_is_gone(self):
        """The last value of a rule that sets values goes with its field."""
        field = self.env["ir.model.fields"].create(
            {
                "name": "x_gone",
                "field_description": "Gone",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "ttype": "char",
            }
        )
        rule = self.rule(
            "defaults",
            ("subject", "contains", "question"),
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            default_ids=[Command.create({"field_id": field.id, "value": "x"})],
        )
        rule.default_ids.unlink()
        rule.invalidate_recordset()
        self.assertTrue(rule.problem)
        self.assertEqual(self.route(mail()).reason, "alias")

    def test_an_account_or_a_company_that_narrows_a_rule_stays(self):
        """Without it the rule would be about everything."""
        account = self.server.copy({"name": "Other", "user": "other@example.com"})
        self.rule("ignore", ("subject", "contains", "x"), fetchmail_server_ids=account.ids)
        with self.assertRaises(IntegrityError), self.env.cr.savepoint():
            account.unlink()
            self.env.flush_all()


@tagged("post_install", "-at_install")
class TestEveryEmail(RuleCase):
    def test_a_rule_made_without_conditions_is_about_every_email(self):
        rule = self.rule("alias")
        self.assertTrue(rule.every_message)
        self.assertFalse(rule.problem)
        self.assertEqual(rule.summary, "Every email")
        self.assertEqual(self.route(mail()).rule_ids, rule)

    def test_it_is_about_its_conditions_as_soon_as_it_has_some(self):
        rule = self.rule("alias")
        rule.condition_ids = [
            Command.create({"part": "subject", "operator": "contains", "value": "x"})
        ]
        self.assertFalse(rule.every_message)
        rule.every_message = True
        self.assertFalse(rule.every_message)
        rule.condition_ids.unlink()
        self.assertTrue(rule.problem)

    def test_the_choice_is_made_in_the_form(self):
        with Form(self.Rule) as form:
            form.name, form.alias_id = "By form", self.jobs
            self.assertTrue(form.every_message)
            with form.condition_ids.new() as condition:
                condition.part, condition.value = "subject", "x"
            self.assertFalse(form.every_message)
            form.condition_ids.remove(0)
            self.assertFalse(form.every_message)
        rule = form.save()
        self.assertTrue(rule.problem)
        self.assertEqual(self.route(mail("One")).reason, "alias")
        with Form(rule) as form:
            form.every_message = True
        self.assertFalse(rule.problem)
        self.assertEqual(self.route(mail("Two")).rule_ids, rule)

    def test_nobody_dismisses_every_email(self):
        rule = self.rule("ignore", ("subject", "contains", "x"))
        rule.condition_ids.unlink()
        with self.assertRaises(ValidationError):
            rule.every_message = True
        other = self.rule("alias")
        with self.assertRaises(ValidationError):
            other.action = "ignore"

    def test_rules_from_before(self):
        with_conditions = self.rule("alias", ("subject", "contains", "x"))
        without, lost = self.rule("quarantine"), self.rule("ignore", ("subject", "contains", "x"))
        lost.condition_ids.unlink()
        self.env.flush_all()
        # As an update finds them: the column is new.
        self.env.cr.execute("UPDATE mail_catchall_rule SET every_message = NULL")
        self.Rule._init_column("every_message")
        self.env.invalidate_all()
        found = [rule.every_message for rule in (with_conditions, without, lost)]
        self.assertEqual(found, [False, True, False])
