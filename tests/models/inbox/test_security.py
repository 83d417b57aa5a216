"""Who sees what, and what nobody may do by RPC."""

import base64

from odoo.addons.mail.tools.discuss import Store
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged

from ...kit.common import mail
from ...kit.security_case import MANAGER, SecurityCase


@tagged("post_install", "-at_install")
class TestLedgerAccess(SecurityCase):
    def test_those_without_the_right_see_nothing(self):
        row = self.route(mail())
        for user in (self.plain, self.portal, self.env.ref("base.public_user")):
            for record in (row, row.route_ids):
                with self.subTest(user=user.login, model=record._name):
                    with self.assertRaises(AccessError):
                        record.with_user(user).search([])
                    with self.assertRaises(AccessError):
                        record.with_user(user).read(["state" if record == row else "model"])

    def test_those_without_the_right_have_no_menu(self):
        root = self.env.ref("mail_catchall_router.menu_root")
        self.assertNotIn(root.id, self.env["ir.ui.menu"].with_user(self.plain)._visible_menu_ids())
        self.assertIn(root.id, self.env["ir.ui.menu"].with_user(self.sorter)._visible_menu_ids())

    def test_a_user_reads_mail_but_not_its_source(self):
        row = self.waiting().with_user(self.sorter)
        self.assertIn("Hello", row.body)
        self.assertIn("Received:", row.header_text)
        with self.assertRaises(AccessError):
            row.read(["source"])
        with self.assertRaises(AccessError):
            row.action_download()
        self.assertNotIn("source", row.fields_get())

    def test_a_manager_reads_the_exact_source(self):
        source = mail(to="nobody-at-all@example.com")
        row = self.route(source).with_user(self.manager)
        self.assertEqual(base64.b64decode(row.source), source)
        self.assertIn(f"/{row.id}/source", row.action_download()["url"])

    def test_nobody_writes_the_ledger_by_rpc(self):
        row = self.waiting()
        for user in (self.sorter, self.manager, self.system):
            for model, values in (
                ("mail.catchall.message", {"subject": "x"}),
                ("mail.catchall.route", {"model": "crm.lead", "target": "x"}),
            ):
                with self.subTest(user=user.login, model=model), self.assertRaises(AccessError):
                    self.env[model].with_user(user).create(values)
            for values in ({"state": "ignored"}, {"recipients": []}, {"trace": []}):
                with self.subTest(user=user.login, values=values), self.assertRaises(AccessError):
                    row.with_user(user).write(values)

    def test_nobody_writes_a_route_by_rpc(self):
        route = self.route(mail()).route_ids
        for user in (self.sorter, self.manager, self.system):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    route.with_user(user).write({"res_id": 1})
                with self.assertRaises(AccessError):
                    route.with_user(user).unlink()

    def test_only_a_manager_deletes(self):
        row = self.waiting()
        with self.assertRaises(AccessError):
            row.with_user(self.sorter).unlink()
        row.with_user(self.manager).unlink()
        self.assertFalse(row.exists())

    def test_inner_methods_are_no_rpc(self):
        row = self.waiting()
        for name in ("_settle", "_reopen", "_write_decision", "_read_source", "_wait_until"):
            with self.subTest(name), self.assertRaises(AccessError):
                call_kw(row.with_user(self.system), name, [row.ids], {})

    def test_accounts_and_passwords_are_for_administrators_of_odoo(self):
        for user in (self.plain, self.sorter, self.manager, self.portal):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.server.with_user(user).read(["password"])
                with self.assertRaises(AccessError):
                    self.env["fetchmail.server"].with_user(user).search([])
                with self.assertRaises(AccessError):
                    self.server.with_user(user).action_catchall_confirm_database()
                with self.assertRaises(AccessError):
                    self.server.with_user(user).fetch_mail()

    def test_the_screen_of_a_user_needs_no_account(self):
        row = self.waiting()
        Message = self.env["mail.catchall.message"].with_user(self.sorter)
        views = Message.get_views([(False, "list"), (False, "form"), (False, "search")])
        for kind in ("list", "form"):
            names = views["models"]["mail.catchall.message"]["fields"]
            spec = {name: {} for name in names if name in Message._fields}
            spec["route_ids"] = {"fields": {"record_name": {}, "model_name": {}}}
            shown = Message.web_search_read([("id", "=", row.id)], spec)["records"]
            self.assertEqual(shown[0]["account_name"], "Catch-all", kind)
        self.assertEqual(Message.search([("account_name", "ilike", "catch-all")]) & row, row)
        groups = Message.formatted_read_group(
            [("id", "=", row.id)], ["fetchmail_server_id"], ["__count"]
        )
        self.assertEqual(groups[0]["fetchmail_server_id"][1], "Catch-all")


@tagged("post_install", "-at_install")
class TestCompanies(SecurityCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["res.company"].create({"name": "Other"})
        cls.outsider = new_test_user(
            cls.env,
            "outsider",
            f"base.group_user,{MANAGER},sales_team.group_sale_salesman_all_leads",
            company_id=cls.other.id,
            company_ids=[(6, 0, cls.other.ids)],
        )

    def test_mail_of_another_company_is_invisible(self):
        row = self.route(mail())
        row.company_id = self.env.company
        self.assertTrue(row.route_ids)
        theirs = row.with_user(self.outsider)
        self.assertFalse(theirs.search([("id", "=", row.id)]))
        self.assertFalse(
            self.env["mail.catchall.route"]
            .with_user(self.outsider)
            .search([("catchall_message_id", "=", row.id)])
        )
        for name in ("read", "action_ignore", "action_replay", "action_route", "action_download"):
            with self.subTest(name), self.assertRaises(AccessError):
                getattr(theirs, name)()

    def test_mail_of_no_company_is_everybodys(self):
        row = self.waiting()
        row.company_id = False
        self.assertTrue(
            self.env["mail.catchall.message"].with_user(self.outsider).search([("id", "=", row.id)])
        )

    def test_mail_of_an_account_of_two_companies_is_nobodys_before_it_is_routed(self):
        domain = self.env["mail.alias.domain"].create({"name": "other.example"})
        self.other.alias_domain_id = domain
        self.assertEqual(self.receive(mail()).company_id, self.env.company)
        self.server.alias_domain_ids |= domain
        self.assertFalse(self.receive(mail()).company_id)

    def test_the_way_back_stays_in_the_company(self):
        row = self.route(mail())
        row.company_id = self.env.company
        message = row.route_ids.mail_message_id
        self.assertFalse(message.with_user(self.outsider).catchall_message_id)
        self.assertFalse(message.with_user(self.outsider).sudo().catchall_message_id)


@tagged("post_install", "-at_install")
class TestButtons(SecurityCase):
    def test_buttons_need_the_group(self):
        row = self.waiting()
        for user in (self.plain, self.portal):
            for name in ("action_ignore", "action_replay", "action_route", "action_create_alias"):
                with self.subTest(user=user.login, button=name), self.assertRaises(AccessError):
                    getattr(row.with_user(user), name)()
        self.assertEqual(row.state, "quarantined")

    def test_routing_to_an_alias_needs_the_right_to_make_its_record(self):
        row = self.waiting()
        with self.assertRaises(AccessError):
            row.with_user(self.sorter).action_route(alias_id=self.sales.id)
        self.assertEqual((row.state, len(row.route_ids)), ("quarantined", 0))
        row.with_user(self.seller).action_route(alias_id=self.sales.id)
        self.assertEqual((row.state, row.route_ids.model), ("routed", "crm.lead"))

    def test_routing_to_a_new_record_needs_the_right_to_make_it(self):
        row = self.waiting()
        with self.assertRaises(AccessError):
            row.with_user(self.sorter).action_route(model="crm.lead")
        self.assertEqual((row.state, len(row.route_ids)), ("quarantined", 0))
        row.with_user(self.seller).action_route(model="crm.lead")
        self.assertEqual((row.state, self.record(row)._name), ("routed", "crm.lead"))

    def test_routing_to_a_record_needs_the_right_to_write_it(self):
        lead = self.env["crm.lead"].create({"name": "A lead"})
        row = self.waiting()
        with self.assertRaises(AccessError):
            row.with_user(self.sorter).action_route(model="crm.lead", res_id=lead.id)
        self.assertFalse(row.route_ids)
        row.with_user(self.seller).action_route(model="crm.lead", res_id=lead.id)
        self.assertEqual(self.record(row), lead)

    def test_an_alias_cannot_be_used_to_write_into_a_record_of_others(self):
        user_record = self.env["res.partner"].create({"name": "Secret"})
        alias = self.alias("forced", "res.partner", alias_force_thread_id=user_record.id)
        row = self.waiting()
        with self.assertRaises(AccessError):
            row.with_user(self.sorter).action_route(alias_id=alias.id)

    def test_only_administrators_of_odoo_create_aliases(self):
        row = self.waiting()
        for user in (self.sorter, self.seller, self.manager):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    row.with_user(user).action_create_alias()
                with self.assertRaises(AccessError):
                    self.env["mail.catchall.alias.wizard"].with_user(user).create({})
        self.assertTrue(row.with_user(self.system).action_create_alias())

    def test_wizard_offers_only_what_the_user_may_do(self):
        Wizard = self.env["mail.catchall.route.wizard"]
        offered = dict(Wizard.with_user(self.sorter)._alias_choices())
        self.assertNotIn(str(self.sales.id), offered)
        self.assertNotIn("crm.lead", dict(Wizard.with_user(self.sorter)._record_models()))
        offered = dict(Wizard.with_user(self.seller)._alias_choices())
        self.assertIn(str(self.sales.id), offered)
        self.assertIn("crm.lead", dict(Wizard.with_user(self.seller)._record_models()))
        row = self.waiting()
        wizard = Wizard.with_user(self.sorter).create(
            {"catchall_message_ids": row.ids, "alias_choice": str(self.sales.id)}
        )
        with self.assertRaises(UserError):
            wizard.action_route()
        self.assertFalse(row.route_ids)

    def test_wizards_of_one_user_are_no_others(self):
        wizard = (
            self.env["mail.catchall.route.wizard"]
            .with_user(self.seller)
            .create({"catchall_message_ids": self.waiting().ids})
        )
        with self.assertRaises(AccessError):
            wizard.with_user(self.sorter).read(["target"])

    def test_a_routed_mail_cannot_be_ignored(self):
        row = self.route(mail())
        with self.assertRaises(UserError):
            row.with_user(self.sorter).action_ignore()

    def test_record_names_are_hidden_from_those_who_may_not_read_them(self):
        route = self.route(mail(subject="Top secret")).route_ids
        self.assertEqual(route.with_user(self.seller).record_name, "Top secret")
        self.assertNotIn("secret", route.with_user(self.sorter).record_name)


@tagged("post_install", "-at_install")
class TestWayBack(SecurityCase):
    def _stored(self, message, user):
        messages = message.with_user(user).with_context(lang="en_US")
        result = Store().add(messages).get_result()
        return result["mail.message"][0]

    def test_a_message_leads_back_to_its_mail(self):
        row = self.route(mail())
        message = row.route_ids.mail_message_id
        self.assertEqual(self._stored(message, self.seller)["catchall_message_id"], row.id)

    def test_those_without_the_right_get_no_hint(self):
        row = self.route(mail())
        message = row.route_ids.mail_message_id
        seller = new_test_user(
            self.env, "other_seller", "base.group_user,sales_team.group_sale_salesman_all_leads"
        )
        self.assertNotIn("catchall_message_id", self._stored(message, seller))
        with self.assertRaises(AccessError):
            message.with_user(seller).read(["catchall_message_id"])
        self.assertFalse(message.with_user(seller).sudo().catchall_message_id)

    def test_nothing_is_broadcast(self):
        """What goes over the bus is read by others than the one who formats it."""
        message = self.route(mail()).route_ids.mail_message_id.with_user(self.seller)
        store = Store(bus_channel=self.plain)
        store.add(message)
        self.assertNotIn("catchall_message_id", store.get_result()["mail.message"][0])

    def test_other_messages_have_no_way_back(self):
        lead = self.record(self.route(mail()))
        note = lead.message_post(body="A note")
        self.assertNotIn("catchall_message_id", self._stored(note, self.seller))

    def test_a_chatter_costs_one_query_more(self):
        lead = self.record(self.route(mail()))
        asked = lead.message_post(body="Which?", message_type="comment")
        for number in range(8):
            self.route(mail(f"Answer {number}", In_Reply_To=asked.message_id))
        messages = lead.message_ids.with_user(self.seller)
        messages = messages.filtered(lambda message: message.message_type == "email")
        self.assertEqual(len(messages), 9)
        self.env["mail.catchall.route"].with_user(self.seller).search([], limit=1)
        self.env.flush_all()
        with self.assertQueryCount(2):  # routes by message, then their fields
            self.assertTrue(all(message.catchall_message_id for message in messages))


@tagged("post_install", "-at_install")
class TestDownload(SecurityCase, HttpCase):
    def test_source_over_http(self):
        source = mail(to="nobody-at-all@example.com")
        row = self.route(source)
        url = row.with_user(self.manager).action_download()["url"]
        self.env.flush_all()
        self.authenticate("manager", "manager")
        answer = self.url_open(url)
        self.assertEqual((answer.status_code, answer.content), (200, source))
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        for login in ("sorter", "plain", "portal_user"):
            with self.subTest(login):
                self.authenticate(login, login)
                answer = self.url_open(url)
                self.assertNotEqual(answer.status_code, 200)
                self.assertNotIn(b"customer.test", answer.content)
        self.authenticate(None, None)
        self.assertNotIn(b"customer.test", self.url_open(url).content)
