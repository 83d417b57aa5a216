"""Rules of the administrator: from the form to the record, and who may write them."""

from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger
from psycopg2 import IntegrityError

from ...kit.common import CatchallCase, deliver, mail

USER = "mail_catchall_router.group_catchall_user"
MANAGER = "mail_catchall_router.group_catchall_manager"


class RuleCase(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["mail.catchall.rule"]
        cls.jobs = cls.alias("jobs", "hr.applicant")

    def rule(self, action="alias", *conditions, user=None, **values):
        """A rule; conditions are (part, operator, value) or dicts."""
        named = [
            item
            if isinstance(item, dict)
            else dict(zip(("part", "operator", "value"), item, strict=True))
            for item in conditions
        ]
        values.setdefault("name", "A rule")
        if action == "alias":
            values.setdefault("alias_id", self.jobs.id)
        Rule = self.Rule.with_user(user) if user else self.Rule
        return Rule.create(
            {
                "action": action,
                "condition_ids": [Command.create(item) for item in named],
                **values,
            }
        )

    def value(self, model, field, **values):
        return Command.create(
            {"field_id": self.env["ir.model.fields"]._get(model, field).id, **values}
        )


@tagged("post_install", "-at_install")
class TestRules(RuleCase):
    def test_route_to_an_alias(self):
        rule = self.rule("alias", ("subject", "contains", "application"))
        row = self.route(mail(subject="My Application"))
        self.assertEqual((row.state, row.reason), ("routed", "rule"), row.explanation)
        self.assertEqual(row.route_ids.mapped("alias_id"), self.jobs)
        self.assertEqual(self.record(row)._name, "hr.applicant")
        self.assertEqual(row.rule_ids, rule)
        self.assertEqual(self.route(mail(subject="Other")).reason, "alias")

    def test_add_to_a_record(self):
        lead = self.env["crm.lead"].create({"name": "Collects them"})
        self.rule(
            "record", ("sender", "equals", "@customer.test"), record_ref=f"crm.lead,{lead.id}"
        )
        row = self.route(mail("Into it"))
        self.assertEqual(self.record(row), lead)
        self.assertIn("Into it", row.route_ids.mail_message_id.body)

    def test_deliver_to_a_user(self):
        anna = new_test_user(self.env, "anna.rules", "base.group_user", email="anna@example.com")
        self.rule("user", user_id=anna.id)
        row = self.route(mail())
        self.assertEqual((row.reason, row.route_ids.target), ("rule", f"user:{anna.id}"))
        self.assertEqual(
            row.route_ids.mail_message_id.notification_ids.res_partner_id, anna.partner_id
        )

    def test_values_on_new_records(self):
        tag = self.env["crm.tag"].create({"name": "By mail"})
        medium = self.env["utm.medium"].create({"name": "A rule's"})
        choice = self.env["ir.model.fields.selection"].search(
            [
                ("field_id.model", "=", "crm.lead"),
                ("field_id.name", "=", "priority"),
                ("value", "=", "2"),
            ]
        )
        self.rule(
            "defaults",
            model_id=self.env["ir.model"]._get_id("crm.lead"),
            default_ids=[
                self.value("crm.lead", "tag_ids", record_ref=f"crm.tag,{tag.id}"),
                self.value("crm.lead", "medium_id", record_ref=f"utm.medium,{medium.id}"),
                self.value("crm.lead", "priority", selection_id=choice.id),
            ],
        )
        row = self.route(mail())
        self.assertEqual(row.reason, "alias")  # the address placed it, the rule added to it
        lead = self.record(row)
        self.assertEqual((lead.tag_ids, lead.medium_id, lead.priority), (tag, medium, "2"))
        medium.unlink()
        self.assertEqual(self.route(mail("Later")).state, "routed")

    def test_values_of_a_field_of_ones_own(self):
        self.env["ir.model.fields"].create(
            {
                "name": "x_way",
                "field_description": "Way",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "ttype": "char",
            }
        )
        self.rule(
            "alias",
            alias_id=self.sales.id,
            default_ids=[self.value("crm.lead", "x_way", value="by mail")],
        )
        self.assertEqual(self.record(self.route(mail())).x_way, "by mail")

    def test_hold_and_ignore(self):
        for action, state in (("quarantine", "quarantined"), ("ignore", "ignored")):
            with self.subTest(action):
                self.rule(action, ("subject", "equals", action))
                row = self.route(mail(subject=action))
                self.assertEqual((row.state, row.reason), (state, "rule"))
                self.assertFalse(row.route_ids)

    def test_accept_a_newsletter(self):
        self.rule("accept", {"part": "verdict", "operator": "equals", "kind": "bulk"})
        row = self.route(mail(List_Id="<news.shop.test>"))
        self.assertEqual((row.state, row.reason), ("routed", "alias"))

    def test_accounts_companies_and_order(self):
        other = self.server.copy({"name": "Other", "user": "other@example.com"})
        company = self.env["res.company"].create({"name": "Elsewhere", "alias_domain_id": False})
        self.rule("ignore", ("subject", "wildcard", "*"), fetchmail_server_ids=other.ids)
        self.rule("ignore", ("subject", "wildcard", "*"), company_id=company.id)
        late = self.rule("quarantine", ("subject", "wildcard", "*"), sequence=20)
        early = self.rule("alias", sequence=5)
        row = self.route(mail())
        self.assertEqual(row.rule_ids, early)
        early.active = False
        self.assertEqual(self.route(mail("Two")).rule_ids, late)

    def test_company_by_its_domain(self):
        self.rule("quarantine", company_id=self.env.company.id)
        self.assertEqual(self.route(mail()).reason, "rule")

    def test_a_rule_whose_target_is_gone_does_nothing_and_says_so(self):
        lead = self.env["crm.lead"].create({"name": "Soon gone"})
        rule = self.rule("record", record_ref=f"crm.lead,{lead.id}")
        self.assertFalse(rule.problem)
        lead.unlink()
        rule.invalidate_recordset()
        self.assertTrue(rule.problem)
        self.assertEqual(self.route(mail()).reason, "alias")

    def test_hits_are_counted_and_found(self):
        rule = self.rule("alias")
        rows = self.route(mail("One")) | self.route(mail("Two", sender="two@customer.test"))
        self.assertEqual(rule.hit_count, 2)
        self.assertEqual(rule.last_hit_date, max(rows.mapped("fetched_date")))
        found = self.env["mail.catchall.message"].search(rule.action_open_mails()["domain"])
        self.assertEqual(found, rows)

    def test_hits_lock_no_rule(self):
        self.rule("alias")
        row = self.receive(mail())
        deliver(row)
        self.env.flush_all()
        self.env.cr.execute("SELECT xmax FROM mail_catchall_rule")
        self.assertNotIn("UPDATE", str(self.env.cr.fetchall()))
        self.assertTrue(row.rule_ids)

    def test_form(self):
        with Form(self.Rule) as form:
            form.name = "By form"
            form.action = "alias"
            form.alias_id = self.jobs
            with form.condition_ids.new() as condition:
                condition.part = "size"
                self.assertEqual(condition.operator, "larger")
                condition.value = "100"
            with form.condition_ids.new() as condition:
                condition.part = "verdict"
                condition.kind = "machine"
            form.action = "accept"
            self.assertFalse(form.stop)
        rule = form.save()
        self.assertIn("100", rule.summary)


@tagged("post_install", "-at_install")
class TestRuleChecks(RuleCase):
    def test_conditions_that_mean_nothing_are_refused(self):
        for condition in (
            ("subject", "regex", "("),
            ("subject", "regex", "(?<=x)y"),
            ("subject", "contains", "  "),
            ("header", "contains", "x"),
            ("size", "larger", "many"),
            ("subject", "larger", "5"),
            ("size", "contains", "5"),
        ):
            with self.subTest(condition), self.assertRaises(ValidationError):
                self.rule("alias", condition)

    def test_rules_that_cannot_be_carried_out_are_refused(self):
        for action, values in (
            ("alias", {"alias_id": False}),
            ("record", {}),
            ("user", {}),
            ("user", {"user_id": self.env.ref("base.public_user").id}),
            ("defaults", {"model_id": self.env["ir.model"]._get_id("crm.lead")}),
            ("ignore", {}),
        ):
            with self.subTest(action=action, values=values), self.assertRaises(ValidationError):
                self.rule(action, **values)

    def test_only_named_fields_may_be_set(self):
        for name in (
            "message_follower_ids",
            "create_uid",
            "active",
            "email_from",
            "expected_revenue",
        ):
            with self.subTest(name), self.assertRaises(ValidationError):
                self.rule(
                    "alias",
                    alias_id=self.sales.id,
                    default_ids=[self.value("crm.lead", name, value="1")],
                )

    def test_a_field_of_another_model_is_refused(self):
        with self.assertRaises(ValidationError):
            self.rule(
                "alias", default_ids=[self.value("crm.lead", "team_id", record_ref="crm.team,1")]
            )

    def test_each_field_once(self):
        tag = self.env["crm.tag"].create({"name": "Twice"})
        values = [self.value("crm.lead", "tag_ids", record_ref=f"crm.tag,{tag.id}")] * 2
        with self.assertRaises(IntegrityError), mute_logger("odoo.sql_db"):
            self.rule("alias", alias_id=self.sales.id, default_ids=values)


@tagged("post_install", "-at_install")
class TestRuleAccess(RuleCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sorter = new_test_user(cls.env, "rule_sorter", f"base.group_user,{USER}")
        cls.manager = new_test_user(cls.env, "rule_manager", f"base.group_user,{MANAGER}")
        cls.seller = new_test_user(
            cls.env,
            "rule_seller",
            f"base.group_user,{MANAGER},sales_team.group_sale_salesman_all_leads",
        )
        cls.plain = new_test_user(cls.env, "rule_plain", "base.group_user")

    def test_who_reads_and_who_writes(self):
        rule = self.rule("quarantine", ("subject", "contains", "x"))
        self.assertEqual(rule.with_user(self.sorter).name, "A rule")
        with self.assertRaises(AccessError):
            rule.with_user(self.sorter).name = "Mine"
        with self.assertRaises(AccessError):
            rule.condition_ids.with_user(self.sorter).value = "y"
        with self.assertRaises(AccessError):
            self.Rule.with_user(self.plain).search([])
        rule.with_user(self.manager).name = "Ours"

    def test_nobody_makes_by_a_rule_what_he_may_not_make_himself(self):
        lead = self.env["crm.lead"].create({"name": "Not theirs"})
        for action, values, refusal in (
            ("alias", {"alias_id": self.sales.id}, AccessError),
            # a kind of record that is not even offered to them
            ("record", {"record_ref": f"crm.lead,{lead.id}"}, ValueError),
        ):
            with self.subTest(action):
                with self.assertRaises(refusal):
                    self.rule(action, user=self.manager, **values)
                self.assertTrue(self.rule(action, user=self.seller, **values))

    def test_values_are_checked_for_whoever_sets_them(self):
        secret = self.env["crm.team"].create({"name": "Secret"})
        self.env["ir.rule"].create(
            {
                "name": "hidden team",
                "model_id": self.env["ir.model"]._get_id("crm.team"),
                "domain_force": f"[('id', '!=', {secret.id})]",
            }
        )
        values = [self.value("crm.lead", "team_id", record_ref=f"crm.team,{secret.id}")]
        with self.assertRaises(AccessError):
            self.rule("alias", user=self.seller, alias_id=self.sales.id, default_ids=values)

    def test_a_manager_without_odoos_administration_works_the_form(self):
        tag = self.env["crm.tag"].create({"name": "By form"})
        with Form(self.Rule.with_user(self.seller)) as form:
            form.name = "By form"
            form.alias_id = self.sales
            with form.default_ids.new() as line:
                line.field_id = self.env["ir.model.fields"]._get("crm.lead", "tag_ids")
                line.record_ref = f"crm.tag,{tag.id}"
        self.assertEqual(self.record(self.route(mail())).tag_ids, tag)

    def test_other_companies_rules_are_not_seen_but_hold(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        self.rule("quarantine", company_id=company.id)
        self.assertFalse(self.Rule.with_user(self.manager).search([]))


@tagged("post_install", "-at_install")
class TestTryIt(RuleCase):
    def test_a_rule_is_tried_and_changes_nothing(self):
        rows = [
            self.route(mail(subject=subject, sender=f"{subject}@customer.test"))
            for subject in ("invoice", "offer", "application")
        ]
        rows.append(self.route(mail(subject="application", to="nobody-at-all@example.com")))
        rule = self.rule("alias", ("subject", "contains", "application"), active=False)
        before = [(row.state, row.reason, row.route_ids.ids) for row in rows]
        window = rule.action_try()
        preview = self.env[window["res_model"]].browse(window["res_id"])
        self.assertEqual((preview.hits, preview.changed_count), (2, 2))
        self.assertGreaterEqual(preview.position, 4)
        lines = {line.catchall_message_id: line for line in preview.line_ids}
        self.assertEqual(set(lines), set(rows[2:]))
        self.assertIn("jobs@example.com", lines[rows[3]].then + str(lines[rows[3]].trace))
        self.assertEqual(before, [(row.state, row.reason, row.route_ids.ids) for row in rows])
        self.assertFalse(rule.hit_count)

    def test_a_rule_that_changes_nothing_lists_nothing(self):
        self.route(mail())
        window = self.rule("alias", alias_id=self.sales.id).action_try()
        preview = self.env[window["res_model"]].browse(window["res_id"])
        self.assertEqual(preview.hits, 1)
        self.assertEqual(preview.changed_count, 0)  # the same place, now by a rule
