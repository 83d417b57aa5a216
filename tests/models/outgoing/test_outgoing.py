"""What customers see of mail that leaves through the one account, and where their replies go."""

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from ...kit.outgoing_case import HOST, OutgoingCase, Sent


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestAuthors(OutgoingCase):
    def test_colleague_keeps_the_own_address(self):
        sent = self.post(self.contact, self.user_a)
        self.assertEqual(sent["From"], f"User A <user_a@{self.own}>")
        self.assertEqual(sent.envelope, f"all@{self.own}")
        self.assertEqual(sent["Return-Path"], f"all@{self.own}")
        self.assertEqual(sent.to, ["customer@shop.example"])
        self.assertEqual(sent["Sender"], "")

    def test_colleague_behind_the_account(self):
        self.account.catchall_from_policy = "account"
        sent = self.post(self.contact, self.user_a)
        self.assertEqual(sent["From"], f"User A <all@{self.own}>")
        self.assertEqual(sent.envelope, f"all@{self.own}")

    def test_sender_header_is_an_option(self):
        self.account.catchall_sender_header = True
        sent = self.post(self.contact, self.user_a)
        self.assertEqual(sent["Sender"], f"YourTestCompany <all@{self.own}>")

    def test_private_address_is_told_nowhere(self):
        for user, name in ((self.user_gmail, "Marc"), (self.portal, "Portal P")):
            record = self.contact
            with self.subTest(user=name):
                if user == self.portal:
                    record = record.sudo()
                with self.mock_mail_gateway():
                    record.with_user(user).sudo().message_post(
                        body="Hello",
                        author_id=user.partner_id.id,
                        email_from=user.email_formatted,
                        partner_ids=self.customer.ids,
                        message_type="comment",
                    )
                sent = self.only()
                self.assertEqual(sent["From"], f"{name} via YourTestCompany <all@{self.own}>")
                self.assertNotIn(user.email, sent.raw)
                self.assertNotIn("private.marc", sent.raw)

    def test_subdomain_is_a_stranger(self):
        self.user_a.email = f"user_a@mail.{self.own}"
        sent = self.post(self.contact, self.user_a)
        self.assertEqual(sent["From"], f"User A via YourTestCompany <all@{self.own}>")

    def test_another_companys_domain_is_a_stranger_here(self):
        self.user_a.email = f"user_a@{self.own_2}"
        sent = self.post(self.lead, self.user_a)
        self.assertEqual(sent["From"], f"User A via YourTestCompany <all@{self.own}>")

    def test_display_formats(self):
        self.account.catchall_name_format = "{name} | {company}"
        self.assertEqual(
            self.post(self.contact, self.user_a)["From"],
            f"User A | YourTestCompany <user_a@{self.own}>",
        )

    def test_names_cannot_open_a_header(self):
        self.company_admin.name = "Evil\r\nBcc: company@evil.example"
        self.user_gmail.name = 'Eve\nBcc: name@evil.example" <eve@evil.example>'
        self.customer.name = "C\r\nBcc: customer@evil.example"
        with self.mock_mail_gateway():
            self.contact.with_user(self.user_gmail).message_post(
                body="Hello",
                subject="Hi\r\nBcc: subject@evil.example",
                partner_ids=self.customer.ids,
            )
        sent = self.only()
        self.assertEqual(sent.to, ["customer@shop.example"])
        self.assertIsNone(sent.message["Bcc"])
        head = sent.raw.partition("\n\n")[0]
        self.assertNotRegex(head, r"(?m)^Bcc")
        self.assertEqual(len(sent.message["From"].addresses), 1)

    def test_prepared_twice_is_the_same(self):
        self.account.catchall_name_format = "{name} ({company})"
        Server = self.env["ir.mail_server"]
        for author in (f"user_a@{self.own}", "Marc <private.marc@gmail.com>"):
            with self.subTest(author=author), self.mock_mail_gateway():
                session = Server._connect__(mail_server_id=self.account.id)
                message = Server._build_email__(author, ["c@shop.example"], "S", "B")
                Server.send_email(message, smtp_session=session)
                Server.send_email(message, smtp_session=session)
                self.assertEqual(len(self.emails), 2)
                first, second = self.emails
                # whatever the order of the header fields
                lines = [sorted(item["message"].splitlines()) for item in (first, second)]
                self.assertEqual(*lines)
                self.assertEqual(first["smtp_from"], second["smtp_from"])


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServerChoice(OutgoingCase):
    def server_of(self, email_from, domain=None, servers=None):
        Server = self.env["ir.mail_server"]
        if domain:
            Server = Server.with_context(
                domain_notifications_email=domain.default_from_email,
                domain_bounce_address=domain.bounce_email,
            )
        server, _address = Server._find_mail_server(email_from, servers)
        return server

    def test_filters_of_other_servers_do_not_matter(self):
        for author in (
            f"anyone@{self.own}",
            f"specific_user@{self.own}",
            f"notifications.test@{self.own}",
            "marc@gmail.com",
            False,
        ):
            with self.subTest(author=author):
                self.assertEqual(self.server_of(author), self.account)

    def test_each_company_sends_through_its_own_account(self):
        account_2 = self.make_account(f"all@{self.own_2}", self.domain_2)
        cases = (
            (f"a@{self.own}", self.domain, self.account),
            (f"a@{self.own}", self.domain_2, account_2),
            ("marc@gmail.com", self.domain_2, account_2),
            (f"a@{self.own_2}", None, account_2),
            ("marc@gmail.com", None, self.account),
        )
        for author, domain, expected in cases:
            with self.subTest(author=author, domain=domain and domain.name):
                self.assertEqual(self.server_of(author, domain), expected)
        everything = self.env["ir.mail_server"].search([])
        self.assertEqual(self.server_of("x@y.z", self.domain_2, everything), account_2)

    def test_companies_in_one_queue(self):
        account_2 = self.make_account(f"all@{self.own_2}", self.domain_2)
        lead_2 = self.env["crm.lead"].create(
            {"name": "L2", "team_id": False, "company_id": self.company_2.id}
        )
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "email_from": f"user_a@{self.own}",
                "email_to": "customer@shop.example",
                "use_default_to": False,
                "subject": "S",
                "body_html": "<p>B</p>",
            }
        )
        with self.mock_mail_gateway():
            template.send_mail(lead_2.id, force_send=True)
        sent = self.only()
        self.assertEqual(sent["From"], f"Company 2 <all@{self.own_2}>")
        self.assertEqual(sent.envelope, f"all@{self.own_2}")
        self.assertEqual(sent.address("Reply-To"), self.domain_2.catchall_email)
        self.assertTrue(sent["Message-Id"].endswith(f"@{self.own_2}>"), sent["Message-Id"])
        self.assertTrue(account_2)

    def test_domain_without_account_stays_with_ordinary_servers(self):
        server = self.server_of("a@gmail.com", self.mail_alias_domain_c3)
        self.assertFalse(server.is_catchall)
        self.assertEqual(server, self.mail_server_default)

    def test_personal_server_stays(self):
        personal = self.env["ir.mail_server"].create(
            {
                "name": "Personal",
                "smtp_host": "x",
                "owner_user_id": self.user_a.id,
                "smtp_user": self.user_a.email,
                "from_filter": self.user_a.email,
            }
        )
        self.user_a.outgoing_mail_server_id = personal
        sent = self.post(self.contact, self.user_a)
        connected = self.connect_mocked.call_args_list[-1].kwargs
        self.assertEqual(connected["mail_server_id"], personal.id)
        self.assertIn(f"<user_a@{self.own}>", sent["From"])
        self.post(self.contact, self.user_gmail)
        connected = self.connect_mocked.call_args_list[-1].kwargs
        self.assertEqual(connected["mail_server_id"], self.account.id)

    def test_server_that_a_mail_names_stays(self):
        mail = self.mail(
            email_from=f"user_a@{self.own}",
            mail_server_id=self.mail_server_default.id,
            reply_to="",
        )
        sent = self.send(mail)
        connected = self.connect_mocked.call_args_list[-1].kwargs
        self.assertEqual(connected["mail_server_id"], self.mail_server_default.id)
        self.assertEqual(sent["Reply-To"], f"user_a@{self.own}", "not our mail")

    def test_account_that_a_mail_names(self):
        mail = self.mail(email_from="marc@gmail.com", mail_server_id=self.account.id)
        sent = self.send(mail)
        self.assertEqual(sent["From"], f"YourTestCompany <all@{self.own}>")

    def test_one_session_carries_all_authors(self):
        mails = self.env["mail.mail"].union(
            *(
                self.mail(email_from=author, model="res.partner", res_id=self.contact.id)
                for author in (f"a@{self.own}", f"b@{self.own}", "marc@gmail.com")
            )
        )
        with self.mock_mail_gateway():
            mails.send()
        self.assertEqual(len(self.emails), 3)
        self.assertEqual(self.connect_mocked.call_count, 1)

    def test_code_that_sends_directly(self):
        Server = self.env["ir.mail_server"]
        with self.mock_mail_gateway():
            message = Server._build_email__(
                "Marc <marc@gmail.com>",
                ["customer@shop.example"],
                "S",
                "B",
                email_bcc=["b@shop.example"],
            )
            Server.send_email(message)
        sent = self.only()
        self.assertEqual(sent["From"], f"Marc via YourTestCompany <all@{self.own}>")
        self.assertEqual(sent.address("Reply-To"), self.domain.catchall_email)
        self.assertEqual(sent.to, ["customer@shop.example", "b@shop.example"])
        self.assertEqual(sent.envelope, f"all@{self.own}")
        self.assertTrue(sent["Message-Id"].endswith(f"@{self.own}>"))
        self.assertNotIn("marc@gmail.com", sent.raw)

    def test_archived_account_sends_nothing(self):
        self.account.active = False
        self.assertFalse(self.server_of(f"a@{self.own}").is_catchall)

    def test_connection_test_uses_the_account(self):
        self.assertEqual(self.account._get_test_email_from(), f"all@{self.own}")


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestAnswers(OutgoingCase):
    def template(self, **values):
        return self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "email_from": f'"User A" <user_a@{self.own}>',
                "email_to": "customer@shop.example",
                "use_default_to": False,
                "subject": "S",
                "body_html": "<p>B</p>",
                **values,
            }
        )

    def test_chatter_answers_go_to_the_record(self):
        cases = (
            (self.lead, f"sales.test@{self.own}"),
            (self.contact, self.domain.catchall_email),
        )
        for record, expected in cases:
            for user in (self.user_a, self.user_gmail):
                with self.subTest(record=record, user=user.login):
                    sent = self.post(record, user)
                    self.assertEqual(sent.address("Reply-To"), expected)

    def test_template_of_an_automated_action(self):
        alias = f"sales.test@{self.own}"
        self.partner_root.email = "bot@elsewhere.example"
        cases = (
            # the template's Reply-To, what the customer gets
            ("", alias),
            (f"user_a@{self.own}", f"user_a@{self.own}"),
            ("{{ object.env.user.email }}", "bot@elsewhere.example"),
            ("Someone@Elsewhere.example", "Someone@Elsewhere.example"),
            (f"jobs@{self.own}", f"jobs@{self.own}"),
            (f"jobs@{self.own_2}", f"jobs@{self.own_2}"),
        )
        for wanted, expected in cases:
            with self.subTest(wanted=wanted), self.mock_mail_gateway():
                template = self.template(reply_to=wanted)
                template.with_user(self.env.ref("base.user_root")).send_mail(
                    self.lead.id, force_send=True
                )
                self.assertEqual(self.only().address("Reply-To"), expected)

    def test_template_whose_author_is_the_alias(self):
        alias = f"sales.test@{self.own}"
        with self.mock_mail_gateway():
            self.template(email_from=alias, reply_to=alias).send_mail(self.lead.id, force_send=True)
        self.assertEqual(self.only().address("Reply-To"), alias)

    def test_server_action(self):
        action = self.env["ir.actions.server"].create(
            {
                "name": "Mail",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "state": "mail_post",
                "mail_post_method": "email",
                "template_id": self.template(email_from="{{ object.env.user.email_formatted }}").id,
            }
        )
        with self.mock_mail_gateway():
            action.with_context(active_model="crm.lead", active_id=self.lead.id).run()
            self.env["mail.mail"].process_email_queue()
        sent = self.only()
        self.assertEqual(sent.address("Reply-To"), f"sales.test@{self.own}")
        self.assertEqual(sent.address("From"), f"all@{self.own}")

    def test_composer_in_both_modes(self):
        # Core asks for the alias of a lead's team only where it writes to one record.
        cases = (
            ("comment", f"sales.test@{self.own}"),
            ("mass_mail", self.domain.catchall_email),
        )
        for mode, expected in cases:
            with self.subTest(mode=mode):
                composer = (
                    self.env["mail.compose.message"]
                    .with_user(self.user_a)
                    .with_context(
                        default_composition_mode=mode,
                        default_model="crm.lead",
                        default_res_ids=self.lead.ids,
                    )
                    .create({"body": "B", "subject": "S", "partner_ids": self.customer.ids})
                )
                with self.mock_mail_gateway():
                    composer._action_send_mail()
                    self.env["mail.mail"].process_email_queue()
                sent = self.only()
                self.assertEqual(sent["From"], f"User A <user_a@{self.own}>")
                self.assertEqual(sent.address("Reply-To"), expected)

    def test_answers_that_were_asked_for_elsewhere(self):
        author = f"user_a@{self.own}"
        cases = (
            (author, "helpdesk@elsewhere.example", "helpdesk@elsewhere.example"),
            (author, author, author),
            ("marc@gmail.com", "marc@gmail.com", f"sales.test@{self.own}"),
        )
        for email_from, wanted, expected in cases:
            with self.subTest(wanted=wanted):
                mail = self.mail(
                    email_from=email_from,
                    reply_to=wanted,
                    reply_to_force_new=True,
                    model="crm.lead",
                    res_id=self.lead.id,
                )
                self.assertEqual(self.send(mail).address("Reply-To"), expected)

    def test_mailing(self):
        """A trace finds its bounce by Message-ID, so the identifier is the one that left."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "in", self.customer.ids)],
                "email_from": self.user_gmail.email_formatted,
                "reply_to_mode": "new",
                "reply_to": self.user_gmail.email_formatted,
            }
        )
        with self.mock_mail_gateway():
            mailing.action_send_mail()
        sent = self.only()
        self.assertEqual(sent["From"], f"Marc via YourTestCompany <all@{self.own}>")
        self.assertEqual(sent.address("Reply-To"), self.domain.catchall_email)
        trace = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
        self.assertEqual(trace.message_id, sent["Message-Id"])
        self.assertEqual(trace.trace_status, "sent")
        self.assertTrue(sent["Message-Id"].endswith(f"@{self.own}>"))
        self.assertNotIn(self.user_gmail.email, sent.raw)

    def test_mail_group(self):
        group = self.env["mail.group"].create(
            {
                "name": "Group",
                "alias_name": "group",
                "access_mode": "public",
                "member_ids": [
                    Command.create({"email": "customer@shop.example"}),
                    Command.create({"email": "private.marc@gmail.com"}),
                ],
            }
        )
        with self.mock_mail_gateway():
            group.message_post(
                body="Hello", subject="S", email_from="Marc <private.marc@gmail.com>"
            )
            self.env["mail.mail"].process_email_queue()
        sent = self.only()
        self.assertEqual(sent["From"], f"Marc via YourTestCompany <all@{self.own}>")
        self.assertEqual(sent.address("Reply-To"), f"group@{self.own}")
        self.assertNotIn("private.marc", sent.raw)

    def test_mail_without_a_record(self):
        sent = self.send(self.mail(email_from=f"user_a@{self.own}", reply_to=False))
        self.assertEqual(sent.address("Reply-To"), self.domain.catchall_email)

    def test_mail_whose_record_is_gone(self):
        mail = self.mail(email_from="a@b.c", reply_to=False, model="crm.lead", res_id=self.lead.id)
        self.lead.unlink()
        sent = self.send(mail.exists() or self.mail(email_from="a@b.c", reply_to=False))
        self.assertEqual(sent.address("Reply-To"), self.domain.catchall_email)

    def test_password_mail(self):
        with self.mock_mail_gateway():
            self.user_a.with_context(create_user=False).action_reset_password()
        (sent,) = map(Sent, self.emails)
        self.assertEqual(sent.envelope, f"all@{self.own}")
        self.assertTrue(sent.address("From").endswith(f"@{self.own}"))
        self.assertTrue(sent.address("Reply-To").endswith(f"@{self.own}"))

    def test_answer_lands_on_the_record(self):
        sent = self.post(self.lead, self.user_a)
        answer = (
            f"From: Customer <customer@shop.example>\nTo: {sent['Reply-To']}\n"
            f"Subject: Re: Greetings\nMessage-ID: <answer@shop.example>\n"
            f"In-Reply-To: {sent['Message-Id']}\n\nThank you"
        )
        with self.mock_mail_gateway():
            self.env["mail.thread"].message_process(False, answer)
        self.assertIn("Thank you", self.lead.message_ids[0].body)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestMessageId(OutgoingCase):
    def test_every_identifier_names_the_domain(self):
        sent = self.post(self.lead, self.user_a)
        message = self.lead.message_ids[0]
        self.assertEqual(sent["Message-Id"], message.message_id)
        self.assertRegex(
            message.message_id,
            rf"^<[^@]+-openerp-{self.lead.id}-crm.lead-thread-[a-z2-7]+@{self.own}>$",
        )
        self.assertNotIn(f"@{HOST}>", sent.raw)

    def test_notification_outside_a_thread(self):
        with self.mock_mail_gateway():
            message = (
                self.env["mail.thread"]
                .with_user(self.user_a)
                .message_notify(body="B", subject="S", partner_ids=self.customer.ids)
            )
        self.assertTrue(message.message_id.endswith(f"@{self.own}>"), message.message_id)
        self.assertEqual(self.only()["Message-Id"], message.message_id)

    def test_received_identifiers_stay(self):
        given = f"<1.2-openerp-3-crm.lead@{HOST}>"
        message = self.lead.message_post(body="B", message_type="email", message_id=given)
        self.assertEqual(message.message_id, given)

    def test_company_without_account_has_its_own_domain(self):
        lead = self.env["crm.lead"].create(
            {"name": "L3", "team_id": False, "company_id": self.company_3.id}
        )
        message = lead.with_company(self.company_3).message_post(
            body="B", email_from="x@elsewhere.example"
        )
        own = self.company_3.alias_domain_id.name
        self.assertTrue(message.message_id.endswith(f"@{own}>"), message.message_id)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestNoAccount(OutgoingCase):
    """Law 6: installing changes nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.account.is_catchall = False

    def test_plain_odoo(self):
        sent = self.post(self.lead, self.user_a)
        self.assertEqual(sent["From"], f"User A <user_a@{self.own}>")
        self.assertEqual(sent.envelope, self.domain.bounce_email)
        self.assertEqual(sent["Return-Path"], self.domain.bounce_email)
        self.assertTrue(sent["Message-Id"].endswith(f"@{HOST}>"))

    def test_plain_template_mail(self):
        mail = self.mail(
            email_from="marc@gmail.com", reply_to="", model="crm.lead", res_id=self.lead.id
        )
        self.assertFalse(mail.record_alias_domain_id)
        sent = self.send(mail)
        self.assertEqual(sent["Reply-To"], "marc@gmail.com")

    def test_no_header_of_ours_leaves_but_the_loop_mark(self):
        self.account.is_catchall = True
        for server, expected in (
            (self.account, {"x-catchall-loop"}),
            (self.mail_server_default, set()),
        ):
            mail = self.mail(email_from="marc@gmail.com", mail_server_id=server.id)
            names = {name.lower() for name in self.send(mail).message}
            ours = {name for name in names if name.startswith("x-catchall")}
            self.assertEqual(ours, expected)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestAccountForm(OutgoingCase):
    def test_an_account_needs_an_address(self):
        with self.assertRaisesRegex(ValidationError, "address of the catch-all account"):
            self.account.smtp_user = "apikey"
        self.account.write({"smtp_user": "apikey", "catchall_address": f"box@{self.own}"})
        self.assertEqual(self.post(self.lead, self.user_a).envelope, f"box@{self.own}")

    def test_two_accounts_never_share_a_domain(self):
        other = self.make_account(f"other@{self.own_2}", self.domain_2)
        for domains in (self.domain, self.domain | self.domain_2, self.domain.browse()):
            with self.subTest(domains=domains.mapped("name")):
                with self.assertRaisesRegex(ValidationError, self.own):
                    other.catchall_alias_domain_ids = domains
                self.env.invalidate_all()
        other.active = False
        other.catchall_alias_domain_ids = self.domain
        with self.assertRaisesRegex(ValidationError, self.own):
            other.active = True

    def test_empty_means_all_domains(self):
        self.account.catchall_alias_domain_ids = False
        Server = self.env["ir.mail_server"].with_context(
            domain_bounce_address=self.mail_alias_domain_c3.bounce_email
        )
        self.assertEqual(Server._find_mail_server("x@y.z")[0], self.account)
        new = self.env["mail.alias.domain"].create({"name": "new.example"})
        Server = Server.with_context(domain_bounce_address=new.bounce_email)
        self.assertEqual(Server._find_mail_server("x@y.z")[0], self.account)

    def test_a_personal_server_is_no_catchall(self):
        with self.assertRaisesRegex(ValidationError, "personal server"):
            self.account.owner_user_id = self.user_a

    def test_formats_name_somebody(self):
        with self.assertRaisesRegex(ValidationError, "all authors"):
            self.account.catchall_foreign_name_format = "Support"

    def test_a_copy_is_no_second_account(self):
        self.assertFalse(self.account.copy().is_catchall)

    def test_form(self):
        with Form(self.env["ir.mail_server"]) as form:
            form.name = "Account"
            form.smtp_host = "smtp.example"
            form.smtp_user = f"all@{self.own_2}"
            form.is_catchall = True
            form.catchall_alias_domain_ids.add(self.domain_2)
        account = form.record
        self.assertEqual(account.catchall_from_policy, "auto")
        self.assertEqual(
            self.env["ir.mail_server"]._catchall_directory().accounts[self.domain_2.id], account.id
        )

    @mute_logger("odoo.sql_db")
    def test_oauth_accounts(self):
        for kind in ("gmail", "outlook"):
            with self.subTest(kind=kind):
                if kind not in dict(self.account._fields["smtp_authentication"].selection):
                    self.fail(f"the OAuth addon for {kind} is not installed")
                self.account.write(
                    {
                        "smtp_authentication": kind,
                        "smtp_encryption": "starttls",
                        "smtp_pass": False,
                        "from_filter": f"all@{self.own}",
                        "catchall_from_policy": "account",
                    }
                )
                self.assertEqual(
                    self.env["ir.mail_server"]._find_mail_server(f"b@{self.own}")[0], self.account
                )
                with self.mock_mail_gateway():
                    # the login needs a token: only what comes after it is ours
                    self.patch(type(self.account), "_smtp_login__", lambda *_args: None)
                    self.contact.with_user(self.user_a).message_post(
                        body="B", partner_ids=self.customer.ids
                    )
                sent = self.only()
                self.assertEqual(sent["From"], f"User A <all@{self.own}>")
                self.assertEqual(sent.envelope, f"all@{self.own}")
