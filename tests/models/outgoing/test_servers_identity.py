"""Whose name and which addresses leave: what somebody set stays, what is private leaves nowhere.

The first line of each docstring says what a server or a program does, what we do, and who saw it.
"""

from base64 import b64decode
from email import message_from_string, policy
from email.header import decode_header, make_header

from odoo.tests import tagged

from ...kit.outgoing_case import HOST
from ...kit.retry_case import RetryCase

VISITOR = "Jane.Doe@Visitor.Example"


class ServersCase(RetryCase):
    def sent(self, mail, **script):
        """What a server got of one email."""
        with self.server(**script) as server:
            mail.send()
        return [message_from_string(each.text, policy=policy.default) for each in server.taken]

    def only_sent(self, mail):
        (message,) = self.sent(mail)
        return message


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersReplyTo(ServersCase):
    def test_servers_website_form(self):
        """Website form: Reply-To is the visitor → it stays, in its case (odoo/odoo#94653)."""
        mail = self.mail(email_from=f'"Shop form submission" <office@{self.own}>', reply_to=VISITOR)
        self.assertEqual(self.only_sent(mail)["Reply-To"], VISITOR)

    def test_servers_form_of_a_company_without_address(self):
        """Website form: From holds <False> → a clean name, the account (odoo/odoo#184462)."""
        for written, name in (
            ('"Shop form submission" <False>', "Shop form submission"),
            ('"Shop form submission" <None>', "Shop form submission"),
            ("False", "YourTestCompany"),
            ("Shop form submission <False", "Shop form submission"),
            ('"Shop <x" form" <no address>', "YourTestCompany"),
            ('"False" <office@elsewhere.example>', "YourTestCompany"),
        ):
            with self.subTest(written=written):
                message = self.only_sent(self.mail(email_from=written, reply_to=VISITOR))
                self.assertEqual(message["From"].addresses[0].addr_spec, f"all@{self.own}")
                shown = message["From"].addresses[0].display_name
                self.assertIn(shown, (name, f"{name} via YourTestCompany"))
                self.assertEqual(message["Reply-To"], VISITOR)

    def test_servers_template_with_its_own_reply_to(self):
        """Template: Reply-To outside our domains → it stays, in its case (odoo/odoo#88063)."""
        for wanted in ("Service@Partner.Example", f"User_A@{self.own}", "A@b.example, C@d.example"):
            template = self.env["mail.template"].create(
                {
                    "name": "T",
                    "model_id": self.env["ir.model"]._get_id("crm.lead"),
                    "email_from": f"user_a@{self.own}",
                    "reply_to": wanted,
                    "email_to": "customer@shop.example",
                    "use_default_to": False,
                    "subject": "S",
                    "body_html": "<p>B</p>",
                }
            )
            with self.subTest(wanted=wanted), self.server() as server:
                template.send_mail(self.lead.id, force_send=True)
                (taken,) = server.taken
                self.assertIn(f"Reply-To: {wanted}", taken.text)

    def test_servers_send_mail(self):
        """Odoo: code that sends by itself sets Reply-To → it stays (OCA/OCB#1237)."""
        message = self.env["ir.mail_server"]._build_email__(
            f"user_a@{self.own}", ["customer@shop.example"], "S", "B", reply_to=VISITOR
        )
        with self.server() as server:
            self.env["ir.mail_server"].send_email(message)
        self.assertIn(f"Reply-To: {VISITOR}", server.taken[0].text)

    def test_servers_mailing(self):
        """Mailing: replies asked for elsewhere → they go there (odoo/odoo#92968)."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "in", self.customer.ids)],
                "email_from": f"user_a@{self.own}",
                "reply_to_mode": "new",
                "reply_to": "News@Agency.Example",
            }
        )
        with self.server() as server:
            mailing.action_send_mail()
        self.assertIn("Reply-To: News@Agency.Example", server.taken[0].text)

    def test_servers_what_odoo_computed_is_replaced(self):
        """Odoo: private Reply-To by itself → the record's own (Nitrokey/odoo-modules#170)."""
        mail = self.mail(
            email_from="marc@gmail.com",
            reply_to="marc@gmail.com",
            model="crm.lead",
            res_id=self.lead.id,
        )
        self.assertEqual(self.only_sent(mail)["Reply-To"].addresses[0].domain, self.own)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersPrivacy(ServersCase):
    def test_servers_invitation(self):
        """Invitation: ORGANIZER is a private address → the account's (calcom/cal.diy#20455)."""
        private = self.user_gmail.email
        with self.server() as server:
            self.env["calendar.event"].with_user(self.user_gmail).create(
                {
                    "name": "Visit",
                    "description": f"Ask {private.title()} for the way",
                    "start": "2100-01-01 10:00:00",
                    "stop": "2100-01-01 11:00:00",
                    "partner_ids": [(6, 0, (self.customer | self.user_gmail.partner_id).ids)],
                }
            )
            self.env["mail.mail"].process_email_queue()
        taken = [mail for mail in server.taken if mail.recipients == [self.customer.email]]
        self.assertTrue(taken)
        for mail in taken:
            message = message_from_string(mail.text, policy=policy.default)
            parts = [part for part in message.walk() if not part.is_multipart()]
            texts = [part.get_payload(decode=True).decode().lower() for part in parts]
            texts = [text.replace("\r\n ", "").replace("\n ", "") for text in texts]
            self.assertIn(f"mailto:all@{self.own}", "".join(texts))
            for told in (mail.text.lower(), *texts):
                self.assertNotIn("private.marc", told)

    def test_an_address_that_a_person_wrote_stays(self):
        with self.server() as server:
            self.lead.with_user(self.user_gmail).message_post(
                body="Call private.marc@gmail.com",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        (taken,) = [mail for mail in server.taken if mail.recipients == [self.customer.email]]
        text = message_from_string(taken.text, policy=policy.default)
        self.assertIn("private.marc@gmail.com", text.get_body().get_content())

    def test_servers_message_id_of_another_company(self):
        """Odoo: OdooBot writes for company B → no Message-ID of company A (odoo/odoo#16223)."""
        lead = self.env["crm.lead"].create(
            {"name": "B's", "company_id": self.company_2.id, "team_id": False}
        )
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id("crm.lead"),
                "email_from": "{{ object.env.user.email_formatted }}",
                "email_to": "customer@shop.example",
                "use_default_to": False,
                "subject": "S",
                "body_html": "<p>B</p>",
            }
        )
        mail_id = template.with_user(self.env.ref("base.user_root")).send_mail(lead.id)
        message_id = self.env["mail.mail"].browse(mail_id).message_id
        self.assertTrue(message_id.endswith(f"@{self.own_2}>"), message_id)
        self.assertNotIn("-rt", message_id.partition("@")[0].partition("crm.lead")[2])

    def test_servers_ordinary_server_of_a_company(self):
        """Odoo: company with an ordinary server → Message-ID of its own (odoo/odoo#16223)."""
        self.company_2.alias_domain_id = self.domain_2
        user_b = self.make_user(
            "user_b",
            f"user_b@{self.own_2}",
            company_ids=[(6, 0, (self.company_2 | self.company_admin).ids)],
        )
        lead = self.env["crm.lead"].create(
            {"name": "B's", "company_id": self.company_2.id, "team_id": False}
        )
        message = lead.with_user(user_b).message_post(body="Hello")
        self.assertTrue(message.message_id.endswith(f"@{self.own_2}>"), message.message_id)
        self.assertNotIn(HOST, message.message_id)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersHeaders(ServersCase):
    def test_servers_one_named_recipient(self):
        """Odoo: a comma behind the last recipient → none (odoo/odoo#287752)."""
        self.customer.name = "Carla"
        with self.server() as server:
            self.lead.with_user(self.user_a).message_post(
                body="Hello",
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        (taken,) = [mail for mail in server.taken if mail.recipients == [self.customer.email]]
        field = taken.text.partition("\r\nTo: ")[2].partition("\r\n")[0]
        self.assertEqual(field, '"Carla" <customer@shop.example>')

    def test_servers_list_unsubscribe(self):
        """Gmail: no link for an encoded List-Unsubscribe → a bare <URL> (odoo/odoo#289182)."""
        url = "https://shop.example/unsubscribe?" + "&".join(
            f"key{n}=" + "0123" * 6 for n in range(5)
        )
        mail = self.mail(
            email_from=f"user_a@{self.own}",
            headers=repr({"List-Unsubscribe": f"<{url}>", "X-Long": "word " * 40}),
        )
        with self.server() as server:
            mail.send()
        head = server.taken[0].text.partition("\r\n\r\n")[0]
        self.assertIn(f"\r\nList-Unsubscribe: <{url}>\r\n", head)
        self.assertNotIn("=?", head)
        self.assertLess(max(map(len, head.partition("X-Long")[2].split("\r\n"))), 79)

    def test_servers_accented_subject_and_name(self):
        """Yahoo: 554 for badly folded encoded words → valid ones (python/cpython#144156)."""
        subject = "Ihre Überweisung für die Größenänderung der Straßenbeleuchtung " * 3
        name = "Žofie Přílišžluťoučká-Größenverhältnisová z Českých Budějovic"
        mail = self.mail(
            email_from=f'"{name}" <user_a@{self.own}>',
            subject=subject,
            email_to=f'"{name}" <customer@shop.example>',
        )
        with self.server() as server:
            mail.send()
        head = server.taken[0].text.partition("\r\n\r\n")[0]
        raw = message_from_string(head + "\r\n\r\n")
        self.assertEqual(str(make_header(decode_header(raw["Subject"]))).strip(), subject.strip())
        for field, address in (("From", f"user_a@{self.own}"), ("To", "customer@shop.example")):
            decoded = str(make_header(decode_header(raw[field])))
            self.assertEqual(decoded.replace('"', ""), f"{name} <{address}>")
        for line in head.split("\r\n"):
            for word in filter(lambda word: word.startswith("=?"), line.split()):
                self.assertLessEqual(len(word), 75)
                b64decode(word.split("?")[3], validate=True).decode()
        self.assertTrue(head.isascii())

    def test_servers_without_8bitmime(self):
        """Any server: no 8BITMIME → nothing but ASCII on the wire (javaee/javamail#100)."""
        mail = self.mail(
            email_from=f'"Jörg" <user_a@{self.own}>', body_html="<p>Grüße</p>", subject="Grüße"
        )
        with self.server() as server:
            mail.send()
        self.assertTrue(server.taken[0].text.isascii())
        message = message_from_string(server.taken[0].text, policy=policy.default)
        self.assertIn("Grüße", message.get_body(("html",)).get_content())
        self.assertIn("Grüße", message.get_body(("plain",)).get_content())
