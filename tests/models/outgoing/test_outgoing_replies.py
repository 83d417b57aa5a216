"""What a message says about where it came from: its Message-ID, its References, and EHLO.

The Message-ID carries the record, so that a reply finds it when the message is gone from Odoo.
"""

import smtplib
import socket
from contextlib import contextmanager
from unittest.mock import patch

from odoo.tests import tagged

from ....router.tokens.tokens import read_thread_token, thread_token_in
from ...kit.common import CatchallCase, mail
from ...kit.outgoing_case import HOST, OutgoingCase
from ...kit.retry_case import RetryCase
from ...kit.servers.smtp_script import ScriptedServer


class AnswerCase(CatchallCase, OutgoingCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.own = cls.domain.name
        cls.server.state = "done"
        cls.outgoing = cls.make_account(
            f"catchall@{cls.own}", cls.domain, catchall_reply_policy="record"
        )
        cls.user_a.email = f"user_a@{cls.own}"
        cls.lead = cls.env["crm.lead"].create({"name": "Lead", "team_id": False})
        cls.lead.partner_id = cls.customer

    def template(self, record, **values):
        """Send a template's message, which is deleted once it was sent; return what left."""
        template = self.env["mail.template"].create(
            {
                "name": "T",
                "model_id": self.env["ir.model"]._get_id(record._name),
                "email_from": f"user_a@{self.own}",
                "email_to": "customer@shop.example",
                "use_default_to": False,
                "subject": "S",
                "body_html": "<p>B</p>",
                "auto_delete": True,
                **values,
            }
        )
        with self.mock_mail_gateway(mail_unlink_sent=True):
            template.send_mail(record.id, force_send=True)
        sent = self.only()
        self.assertFalse(
            self.env["mail.message"].search([("message_id", "=", sent["Message-Id"])]),
            "the message was to be deleted",
        )
        return sent

    def answer(self, references, sender="Customer <customer@shop.example>", to=None):
        return self.route(
            mail(
                "Thank you",
                to=to or f"catchall@{self.own}",
                sender=sender,
                subject="Re: S",
                References=references,
            )
        )


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestMessageIdToken(AnswerCase):
    def token(self, message_id):
        key = self.env["mail.mail"]._catchall_token_key()
        return read_thread_token(key, thread_token_in(message_id))[0]

    def check_names(self, message_id, record, is_note=False):
        token = self.token(message_id)
        self.assertTrue(token, message_id)
        self.assertEqual(token.model_id, self.env["ir.model"]._get_id(record._name))
        self.assertEqual((token.res_id, token.is_note), (record.id, is_note))
        self.assertTrue(message_id.endswith(f"@{self.own}>"), message_id)
        self.assertIn(f"-openerp-{record.id}-{record._name}", message_id)
        self.assertLess(len(message_id), 200)

    def test_whatever_sends_names_the_record(self):
        self.check_names(self.post(self.lead, self.user_a)["Message-Id"], self.lead)
        self.check_names(self.template(self.lead)["Message-Id"], self.lead)
        note = self.lead.message_post(body="N", subtype_xmlid="mail.mt_note")
        self.check_names(note.message_id, self.lead, is_note=True)
        with self.mock_mail_gateway():
            composer = self.env["mail.compose.message"].create(
                {
                    "composition_mode": "mass_mail",
                    "model": "crm.lead",
                    "res_ids": self.lead.ids,
                    "subject": "S",
                    "body": "<p>B</p>",
                    "email_from": f"user_a@{self.own}",
                    "partner_ids": self.customer.ids,
                }
            )
            composer.action_send_mail()
        sent = self.only()
        self.check_names(sent["Message-Id"], self.lead)
        self.assertEqual(sent["References"].split(), [sent["Message-Id"].strip()])

    def test_what_the_composer_remembers_is_what_leaves(self):
        values = {"model": "crm.lead", "res_id": self.lead.id, "email_from": f"a@{self.own}"}
        message_id = self.env["mail.message"]._get_message_id(values)
        sent = self.send(self.mail(message_id=message_id, **values))
        self.assertEqual(sent["Message-Id"].strip(), message_id)

    def test_nothing_to_name(self):
        Message = self.env["mail.message"]
        for values in (
            {"model": False, "res_id": False},
            {"model": "crm.lead", "res_id": self.lead.id, "reply_to_force_new": True},
            {"model": "ir.ui.view", "res_id": 1},
        ):
            with self.subTest(values=values):
                message_id = Message._get_message_id({"email_from": f"a@{self.own}", **values})
                self.assertEqual(thread_token_in(message_id), "")
                self.assertTrue(message_id.endswith(f"@{self.own}>"), message_id)

    def test_without_an_account_odoo_is_as_before(self):
        self.env["ir.mail_server"].search([("is_catchall", "=", True)]).is_catchall = False
        message = self.lead.message_post(body="B")
        self.assertEqual(thread_token_in(message.message_id), "")
        self.assertTrue(message.message_id.endswith(f"@{HOST}>"))

    def test_references_are_not_encoded(self):
        first = self.post(self.lead, self.user_a)
        answered = self.env["mail.message"].search([("message_id", "=", first["Message-Id"])])
        with self.mock_mail_gateway():
            self.lead.with_user(self.user_a).message_post(
                body="Again",
                parent_id=answered.id,
                partner_ids=self.customer.ids,
                message_type="comment",
                subtype_xmlid="mail.mt_comment",
            )
        sent = self.only()
        self.assertNotIn("=?", sent.raw.partition("References:")[2].partition("\nSubject")[0])
        self.assertIn(first["Message-Id"].strip(), sent["References"].split())

    def test_no_header_tells_the_host(self):
        sent = self.post(self.lead, self.user_a)
        head = sent.raw.partition("\n\n")[0]
        for name in {HOST, socket.getfqdn()} - {"localhost"}:
            self.assertNotIn(f"@{name}", head)
            self.assertNotRegex(head, rf"(?i)\b{name}\b")

    def test_an_invitation_does_not_tell_it_either(self):
        if "calendar.event" not in self.env:
            self.skipTest("calendar is not installed")
        with self.mock_mail_gateway():
            self.env["calendar.event"].with_user(self.user_a).create(
                {
                    "name": "Visit",
                    "start": "2100-01-01 10:00:00",
                    "stop": "2100-01-01 11:00:00",
                    "partner_ids": [(6, 0, self.customer.ids)],
                }
            )
        (invitation,) = [
            part.get_payload(decode=True)
            for part in self.only().message.walk()
            if part.get_content_type() == "text/calendar"
        ]
        self.assertRegex(invitation.decode(), rf"(?m)^UID:[^@]+@{self.own}\r?$")
        self.assertNotIn(f"@{HOST}\r", invitation.decode())

    def test_answer_to_a_deleted_template_mail_lands_on_the_record(self):
        sent = self.template(self.lead)
        for to in (None, f"sales@{self.own}"):
            with self.subTest(to=to):
                row = self.answer(sent["Message-Id"], to=to)
                self.assertEqual((row.state, row.reason), ("routed", "reply"), row.explanation)
                self.assertEqual(self.record(row), self.lead)
                message = self.lead.message_ids[0]
                self.assertIn("Thank you", message.body)
                self.assertFalse(message.is_internal)
                self.assertEqual(message.author_id, self.customer)

    def test_answer_of_the_records_own_address(self):
        lead = self.env["crm.lead"].create({"name": "L", "email_from": "x@shop.example"})
        row = self.answer(self.template(lead)["Message-Id"], sender="x@shop.example")
        self.assertEqual(self.record(row), lead)
        self.assertFalse(lead.message_ids[0].is_internal)

    def test_answer_of_a_colleague_of_the_customer(self):
        company = self.env["res.partner"].create(
            {"name": "Shop", "is_company": True, "email": "info@shop.example"}
        )
        self.customer.parent_id = company
        row = self.answer(self.template(self.lead)["Message-Id"], sender="boss@shop.example")
        self.assertEqual(self.record(row), self.lead)
        self.assertFalse(self.lead.message_ids[0].is_internal)

    def test_stranger_who_quotes_it_is_not_let_in(self):
        row = self.answer(self.template(self.lead)["Message-Id"], sender="eve@evil.example")
        self.assertEqual(self.record(row), self.lead)
        self.assertTrue(self.lead.message_ids[0].is_internal)
        self.assertFalse(self.lead.message_ids[0].notified_partner_ids)

    def test_colleague_who_only_quotes_it_is_no_author(self):
        sent = self.template(self.lead)
        self.lead.message_subscribe(self.user_a.partner_id.ids)
        row = self.answer(sent["Message-Id"], sender=f"User A <user_a@{self.own}>")
        self.assertEqual(row.author_check, "unverified")
        self.assertEqual(self.record(row), self.lead)
        self.assertFalse(self.lead.message_ids[0].author_id)

    def test_forged_token_waits_for_a_person(self):
        message_id = self.template(self.lead)["Message-Id"].strip()
        token = thread_token_in(message_id)
        forged = message_id.replace(token, token[:-1] + ("a" if token[-1] != "a" else "b"))
        row = self.answer(forged)
        self.assertEqual((row.state, row.reason), ("quarantined", "unmatched"))
        self.assertFalse(row.route_ids)
        self.assertIn("the signature is wrong", str(row.trace))

    def test_answer_to_a_note_stays_among_colleagues(self):
        note = self.lead.message_post(body="N", subtype_xmlid="mail.mt_note")
        message_id = note.message_id
        note.unlink()
        self.lead.message_subscribe(self.customer.ids)
        self.record(self.answer(message_id))
        self.assertTrue(self.lead.message_ids[0].is_internal)

    def test_record_whose_model_refuses_such_mail_when_it_is_new(self):
        """As an invoice without an attachment: a "thanks" is no new invoice."""
        sent = self.template(self.lead)
        Lead = type(self.env["crm.lead"])

        def refuse(_self, _message, _values, route, raise_exception=True):
            raise AssertionError(f"asked about {route}")

        with patch.object(Lead, "_routing_check_route", refuse):
            row = self.answer(sent["Message-Id"])
        self.assertEqual(row.state, "routed", row.error)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestGreeting(RetryCase):
    """What EHLO says, on a real connection."""

    @contextmanager
    def greeted(self, **values):
        greetings, ehlo = [], smtplib.SMTP.ehlo

        def noted(connection, name=""):
            greetings.append(name or connection.local_hostname)
            return ehlo(connection, name)

        with self.server() as server, patch.object(smtplib.SMTP, "ehlo", noted):
            self.account.write(values)
            yield greetings, server

    def test_without_a_login(self):
        with self.greeted() as (greetings, server):
            self.mail(email_from=f"user_a@{self.own}").send()
            self.assertEqual(len(server.taken), 1)
        self.assertEqual(greetings[-1], self.own)

    def test_with_a_login_the_machine_is_never_named(self):
        with (
            self.greeted(smtp_user="all@gmail.test", smtp_pass="x") as (greetings, server),
            patch.object(smtplib.SMTP, "login", lambda session, *_args: session.ehlo()),
        ):
            self.mail(email_from=f"user_a@{self.own}").send()
            self.assertEqual(len(server.taken), 1)
        self.assertEqual(greetings, [self.own])

    def test_in_a_new_connection(self):
        lost = []

        def answer(command, _mail):
            if command == "MAIL" and not lost:
                lost.append(command)
                return "421 later"
            return None

        with self.greeted() as (greetings, _old), ScriptedServer(answer) as server:
            self.account.smtp_port = server.port
            self.mail(email_from=f"user_a@{self.own}").send()
            self.assertEqual((server.sessions, len(server.taken)), (2, 1))
        self.assertEqual(greetings[-1], self.own)

    def test_other_servers_are_greeted_as_before(self):
        with self.greeted() as (greetings, server):
            other = self.env["ir.mail_server"].create(
                {"name": "Other", "smtp_host": "127.0.0.1", "smtp_port": server.port}
            )
            self.mail(email_from=f"user_a@{self.own}", mail_server_id=other.id).send()
            self.assertEqual(len(server.taken), 1)
        self.assertEqual(set(greetings), {smtplib.SMTP().local_hostname})

    def test_account_at_a_foreign_domain_names_a_domain_of_ours(self):
        self.account.catchall_address = "ours@provider.example"
        self.assertEqual(self.account._catchall_greeting(), self.own)
