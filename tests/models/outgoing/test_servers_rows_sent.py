"""More of what servers do with what we send, from the button to the recipient."""

import smtplib
from email.utils import parseaddr

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kit.common import CatchallCase, mail
from ...kit.outgoing_case import OutgoingCase
from ...kit.servers.smtp_script import CLOSE
from .test_servers_refusals import RefusalsCase


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersRowsSent(RefusalsCase):
    def subjects(self, server):
        return [each.text.partition("Subject: ")[2].splitlines()[0] for each in server.taken]

    def test_servers_every_fourth(self):
        """Any server: hangs up at every fourth message → all are taken, once, in order
        (knadh/listmonk#1518).
        """
        state = {"asked": 0}

        def answer(command, _mail):
            if command == "MAIL":
                state["asked"] += 1
                return CLOSE if state["asked"] % 4 == 0 else None
            return None

        mails = self.mails(10)
        with self.server(answer) as server:
            mails.send()
            self.assertEqual(self.subjects(server), [f"mail {number}" for number in range(10)])
        self.assertEqual(set(mails.mapped("state")), {"sent"})

    def test_servers_says_goodbye_between_two(self):
        """Any server: 421 after some messages → a new connection, all are taken once
        (knadh/smtppool#18).
        """
        state = {"taken": 0}

        def answer(command, _mail):
            if command == "END":
                state["taken"] += 1
            if command == "MAIL" and state["taken"] and state["taken"] % 3 == 0:
                state["taken"] += 1
                return "421 4.7.0 Closing connection, come again"
            return None

        mails = self.mails(7)
        with self.server(answer) as server:
            mails.send()
            self.later(hours=1)
            mails.filtered(lambda each: each.state == "outgoing").send()
            self.assertEqual(sorted(self.subjects(server)), [f"mail {n}" for n in range(7)])
        self.assertEqual(set(mails.mapped("state")), {"sent"})

    def test_servers_limit_a_minute(self):
        """Any server: a limit a minute → the rest waits two minutes, and goes in order
        (mailcow/mailcow-dockerized#1497).
        """
        state = {"left": 3}

        def answer(command, _mail):
            if command == "END":
                state["left"] -= 1
                return "451 4.7.1 Ratelimit exceeded: 3 messages per minute" * (state["left"] < 0)
            return None

        mails = self.mails(8)
        with self.server(answer) as server:
            for _minute in range(3):
                self.env["mail.mail"].process_email_queue(mails.ids)
                state["left"] = 3
                self.later(minutes=3)
            self.assertEqual(self.subjects(server), [f"mail {number}" for number in range(8)])
        self.assertEqual(set(mails.mapped("state")), {"sent"})

    def test_servers_wrong_password(self):
        """Any server: 535 for a wrong password → user name and password are to be checked."""
        with self.server() as server:
            server.login = ("somebody", "right")
            server.extensions.append("AUTH PLAIN")
            self.account.write({"smtp_user": "somebody", "smtp_pass": "wrong"})
            self.account.catchall_address = f"all@{self.own}"
            with self.assertRaises(UserError) as caught:
                self.account.test_smtp_connection()
            self.assertIn("535 5.7.8", str(caught.exception))
            with self.assertRaises(smtplib.SMTPAuthenticationError) as refused:
                self.account._catchall_try_login()
        said = self.account._catchall_explain_login(refused.exception)
        self.assertIn("Check the user name and the password", said)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersAnswers(CatchallCase, OutgoingCase):
    def test_servers_answer_without_references(self):
        """Any program: answers to the Reply-To without References → lands on its record."""
        own = self.domain.name
        self.server.state = "done"
        self.make_account(f"catchall@{own}", self.domain, catchall_reply_policy="signed")
        self.user_a.email = f"user_a@{own}"
        lead = self.env["crm.lead"].create({"name": "Lead", "team_id": False})
        sent = self.post(lead, self.user_a)
        address = parseaddr(sent["Reply-To"])[1]
        for subject in ("AW: Greetings", "Something else"):
            source = mail(
                "Thank you", to=address, sender="C <customer@shop.example>", subject=subject
            )
            row = self.route(source)
            self.assertEqual((row.state, self.record(row)), ("routed", lead), row.explanation)
