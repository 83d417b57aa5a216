"""Wizards about another company's email: none is made, and none shows a word of it."""

from odoo.exceptions import AccessError
from odoo.tests import Form, tagged

from ...kit.companies_case import SECRET, CompaniesCase

LINE, PREVIEW = "mail.catchall.preview.line", "mail.catchall.preview"
ROUTE, ALIAS = "mail.catchall.route.wizard", "mail.catchall.alias.wizard"


@tagged("post_install", "-at_install")
class TestLinkedRows(CompaniesCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.system.group_ids |= cls.env.ref("base.group_multi_company")

    def wizard(self, model, user=None, **context):
        return self.env[model].with_user(user or self.sorter).with_context(**context)

    def line(self, row, user=None):
        preview = self.wizard(PREVIEW, user).create({"message_ids": row.ids, "total": 1})
        return self.wizard(LINE, user).create(
            {"preview_id": preview.id, "catchall_message_id": row.id}
        )

    def test_who_sorts_sees_their_own_email_in_a_line(self):
        row = self.waiting()
        line = self.line(row)
        self.assertEqual(line.email_from, row.email_from)
        spec = {"email_from": {}, "catchall_message_id": {"fields": {"display_name": {}}}}
        shown = line.web_read(spec)[0]
        self.assertEqual(shown["catchall_message_id"]["display_name"], row.subject)
        self.assertEqual(line.export_data(["email_from"])["datas"], [[row.email_from]])

    def test_none_is_made(self):
        row = self.mail_of_b()
        named = [(6, 0, row.ids)]
        for model, user, values in (
            (ROUTE, self.sorter, {"catchall_message_ids": named}),
            (ROUTE, self.sorter, {"catchall_message_ids": [(4, row.id)]}),
            (
                ALIAS,
                self.other_system,
                {
                    "catchall_message_ids": named,
                    "alias_name": "x",
                    "alias_domain_id": self.domain.id,
                    "model_id": self.env["ir.model"]._get_id("crm.lead"),
                },
            ),
            (PREVIEW, self.sorter, {"line_ids": [(0, 0, {"catchall_message_id": row.id})]}),
        ):
            with self.subTest(model, values=values), self.assertRaises(AccessError):
                self.wizard(model, user).create(values)
        with self.assertRaises(AccessError):
            self.line(row)

    def test_none_is_changed_to_it(self):
        mine, row = self.waiting(), self.mail_of_b()
        with self.assertRaises(AccessError):
            self.line(mine).catchall_message_id = row
        wizard = self.wizard(ROUTE).create({"catchall_message_ids": mine.ids})
        for command in ((4, row.id), (6, 0, row.ids)):
            with self.subTest(command), self.assertRaises(AccessError):
                wizard.write({"catchall_message_ids": [command]})

    def test_no_form_opens_with_it(self):
        row = self.mail_of_b()
        for model, user, context in (
            (LINE, self.sorter, {"default_catchall_message_id": row.id}),
            (ROUTE, self.sorter, {"default_catchall_message_ids": row.ids}),
            (ROUTE, self.sorter, {"active_ids": row.ids}),
            (ALIAS, self.other_system, {"default_catchall_message_ids": row.ids}),
            (ALIAS, self.other_system, {"active_ids": row.ids}),
        ):
            Wizard = self.wizard(model, user, **context)
            with self.subTest(model, context=context):
                with self.assertRaises(AccessError):
                    Wizard.default_get(list(Wizard._fields))
                with self.assertRaises(AccessError):
                    Form(Wizard)

    def test_no_onchange_looks_it_up(self):
        row = self.mail_of_b()
        for model, name, value in (
            (LINE, "catchall_message_id", row.id),
            (ROUTE, "catchall_message_ids", [[4, row.id]]),
            (ROUTE, "catchall_message_ids", [[6, 0, row.ids]]),
        ):
            spec = {name: {"fields": {"display_name": {}}}, "mail_count": {}}
            spec = {key: spec[key] for key in spec if key in self.env[model]._fields}
            with self.subTest(model, value=value), self.assertRaises(AccessError):
                self.wizard(model).onchange({name: value}, [name], spec)

    def test_a_line_that_was_there_tells_nothing(self):
        """The email went to another company after the line was made."""
        row = self.waiting()
        line = self.line(row)
        row.write({"company_id": self.company_b.id, "email_from": f"{SECRET}@x.test"})
        self.env.flush_all()
        self.env.invalidate_all()
        line = self.wizard(LINE).browse(line.id)
        with self.assertRaises(AccessError):
            line.read(["email_from"])
        with self.assertRaises(AccessError):
            line.export_data(["email_from"])
        self.assertFalse(line.search([("email_from", "ilike", SECRET)]))
        with self.assertRaises(AccessError):
            line.preview_id.action_go_on()

    def test_a_preview_looks_at_no_other_email(self):
        row = self.mail_of_b()
        preview = self.wizard(PREVIEW).create({"message_ids": row.ids, "total": 1})
        with self.assertRaises(AccessError):
            preview.action_go_on()
        self.assertFalse(preview.line_ids)

    def test_a_record_that_may_not_be_read(self):
        lead = self.env["crm.lead"].create({"name": SECRET, "company_id": self.company_b.id})
        self.sorter.group_ids |= self.env.ref("sales_team.group_sale_salesman_all_leads")
        values = {"catchall_message_ids": self.waiting().ids, "record_ref": f"crm.lead,{lead.id}"}
        with self.assertRaises(AccessError):
            self.wizard(ROUTE).create(values)
