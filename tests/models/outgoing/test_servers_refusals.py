"""What becomes of emails that a server does not take, in the words of public reports.

The first line of each docstring says what a server or a program does, what we do, and who saw it.
"""

import time
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import config, mute_logger

from ....models.outgoing.session import seconds_left
from ....models.short_cursor import ShortTransactions
from ....outgoing.refusals import RETRY_MINUTES
from ...kit.retry_case import QUIET, RetryCase
from ...kit.servers.smtp_script import CLOSE

DAILY = "550 5.4.5 Daily user sending limit exceeded. o65 - gsmtp"
HOURLY = (
    "550 Domain x has exceeded the max emails per hour (5/5 (100%)) allowed. Message discarded."
)


class RefusalsCase(RetryCase):
    def mails(self, count=1, **values):
        return self.env["mail.mail"].concat(
            *(
                self.mail(
                    **{"email_from": f"user_a@{self.own}", "subject": f"mail {number}", **values}
                )
                for number in range(count)
            )
        )

    def told(self, text):
        """Whom a notice with these words was sent to."""
        notices = self.env["mail.message"].search([("message_type", "=", "user_notification")])
        return notices.filtered(lambda notice: text in notice.body).notified_partner_ids

    def later(self, **passed):
        """Let time pass for what waits."""
        self.env.flush_all()
        self.env.cr.execute(
            """UPDATE mail_mail SET scheduled_date = scheduled_date - %(t)s,
                      catchall_waiting_since = catchall_waiting_since - %(t)s;
               UPDATE mail_catchall_delivery SET accepted_date = accepted_date - %(t)s""",
            {"t": timedelta(**passed)},
        )
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersLimitsInOdoo(RefusalsCase):
    def test_servers_limit_waits_and_goes_on(self):
        """Gmail: 550 5.4.5 in a queue → the rest waits, all once (gophish/gophish#1604)."""
        state = {"left": 2}

        def answer(command, _mail):
            if command == "END":
                state["left"] -= 1
                return DAILY if state["left"] < 0 else None
            return None

        mails = self.mails(5)
        with self.server(answer) as server:
            mails.send()
            self.assertEqual(mails.mapped("state"), ["sent"] * 2 + ["outgoing"] * 3)
            self.assertEqual(server.commands.count("END"), 3, "the rest was not asked for")
            for mail in mails[2:]:
                self.assertIn("5.4.5 Daily user sending limit", mail.failure_reason)
                self.assertEqual(mail.catchall_attempts, 0)
            self.assertEqual(self.account.catchall_waiting_count, 3)
            self.account.invalidate_recordset()
            self.assertEqual(self.account.catchall_limit_count, 2)
            self.assertIn("5.4.5", self.account.catchall_limit_answer)
            late = self.mails()
            late.send()
            self.assertEqual(late.state, "outgoing", "a later email would go first")
            state["left"] = 99
            self.later(hours=2)
            self.env["mail.mail"].process_email_queue((mails | late).ids)
        self.assertEqual(set((mails | late).mapped("state")), {"sent"})
        subjects = [mail.text.partition("Subject: ")[2].splitlines()[0] for mail in server.taken]
        self.assertEqual(subjects, [f"mail {number}" for number in range(5)] + ["mail 0"])

    def test_servers_limit_at_rcpt_in_odoo(self):
        """cPanel: 550 max emails per hour at RCPT → waits, goes later (freeCodeCamp/guide#1611)."""
        state = {"full": True}
        mails = self.mails(2)
        with self.server(
            lambda command, _mail: HOURLY if command == "RCPT" and state["full"] else None
        ) as server:
            mails.send()
            self.assertEqual(mails.mapped("state"), ["outgoing"] * 2)
            self.assertIn("max emails per hour", mails[0].failure_reason)
            state["full"] = False
            mails.send()
        self.assertEqual(len(server.taken), 2)
        self.assertEqual(mails.mapped("state"), ["sent"] * 2)

    def test_servers_limit_ends_after_five_days(self):
        """Zoho: blocked for long → ends after five days (stopstalk/stopstalk-deployment#132)."""
        mail = self.mails(author_id=self.user_a.partner_id.id)
        with self.server(lambda command, _mail: DAILY if command == "END" else None):
            mail.send()
            self.later(days=4)
            mail.send()
            self.assertEqual(mail.state, "outgoing")
            self.assertFalse(self.told("5.4.5") & self.user_a.partner_id)
            self.later(days=1, minutes=1)
            mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertIn(self.user_a.partner_id, self.told("5.4.5"))

    def test_servers_recipient_limit_in_odoo(self):
        """Gmail: 450 4.2.1 for one recipient → the others go on (zone-eu/wildduck#120)."""
        mails = self.mails(3)
        mails[0].email_to = "busy@shop.example"
        with self.server(self.refuse({"busy@shop.example": "450 4.2.1 at a rate that"})):
            mails.send()
        self.assertEqual(mails.mapped("state"), ["outgoing", "sent", "sent"])


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersLate(RefusalsCase):
    def test_servers_silence_is_written_down_first(self):
        """Microsoft: silent at the end → once more, later (freescout-help-desk/freescout#5457)."""
        mail = self.mails(author_id=self.user_a.partner_id.id)
        deliveries = self.env["mail.catchall.delivery"]
        seen = []

        def answer(command, _mail):
            if command == "END":
                seen.append(command)
                return CLOSE
            return None

        with self.server(answer):
            mail.send()
            message_id = mail.message_id
            self.assertEqual(mail.state, "outgoing")
            self.assertGreater(mail.scheduled_date, fields.Datetime.now() + timedelta(minutes=55))
            self.assertIn("at most twice", mail.failure_reason)
            self.assertIn("customer@shop.example", mail.failure_reason)
            self.assertTrue(deliveries._unsettled(mail.ids))
            mail.send()
            self.assertEqual(len(seen), 1, "too early")
            self.assertEqual(mail.state, "outgoing")
            self.later(hours=1, minutes=1)
            mail.send()
            self.assertEqual(len(seen), 2)
            self.assertEqual((mail.state, mail.message_id), ("exception", message_id))
            self.later(hours=9)
            mail.mark_outgoing()
            mail.send()
        self.assertIn(self.user_a.partner_id, self.told("may have received it"))

    def test_servers_worker_that_died_before_the_answer(self):
        """Odoo: a job ends while the 250 is awaited → no copy at once (mantisbt/mantisbt#790)."""
        mail = self.mails()
        deliveries, transactions = self.env["mail.catchall.delivery"], ShortTransactions(self.env)
        deliveries._note(
            transactions, self.account.id, mail.id, ["customer@shop.example"], transaction="t"
        )
        with self.server() as server:
            mail.send()
            self.assertEqual((mail.state, server.taken), ("outgoing", []))
            self.assertIn("may have received it", mail.failure_reason)
            self.later(hours=1, minutes=1)
            mail.send()
        self.assertEqual((mail.state, len(server.taken)), ("sent", 1))

    def test_servers_answer_settles_what_was_begun(self):
        """Any server: refuses after the dot → nobody has it (PHPMailer/PHPMailer#1072)."""
        mail = self.mails()
        state = {"left": 1}

        def answer(command, _mail):
            if command == "END" and state["left"]:
                state["left"] -= 1
                return "451 4.3.0 later"
            return None

        with self.server(answer) as server:
            mail.send()
            self.assertFalse(self.env["mail.catchall.delivery"]._unsettled(mail.ids))
            mail.send()
        self.assertEqual((mail.state, len(server.taken)), ("sent", 1))

    def test_servers_the_limit_of_the_job(self):
        """Odoo: ends jobs by force → waits no longer than allowed (mantisbt/mantisbt#790)."""
        for real, cron, expected in ((120, -1, 105), (120, 900, 600), (120, 0, 600), (0, -1, 600)):
            with (
                self.subTest(real=real, cron=cron),
                patch.dict(config.options, {"limit_time_real": real, "limit_time_real_cron": cron}),
            ):
                self.assertAlmostEqual(seconds_left(time.time()), expected, delta=2)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersTold(RefusalsCase):
    THREE = "a@shop.example, b@shop.example, c@shop.example"

    def test_servers_one_of_three_refused(self):
        """Any server: 550 for one of three → its author is told who (chatmail/core#8640)."""
        for first in ("550 5.1.1 unknown", "451 4.3.0 later"):
            with self.subTest(first=first):
                replies = {"b@shop.example": first}
                mail = self.mails(email_to=self.THREE, author_id=self.user_a.partner_id.id)
                with self.server(self.refuse(replies)) as server:
                    mail.send()
                    if first.startswith("451"):
                        self.assertEqual(mail.state, "outgoing")
                        replies["b@shop.example"] = "550 5.1.1 gone for good"
                        mail.send()
                    self.assertEqual(
                        [taken.recipients for taken in server.taken],
                        [["a@shop.example", "c@shop.example"]],
                    )
                said = f"b@shop.example: {replies['b@shop.example']}"
                self.assertEqual(self.told(said), self.user_a.partner_id)

    def test_servers_whole_email_refused(self):
        """Any server: 552 over SIZE → final, author told (freescout-help-desk/freescout#3065)."""
        mail = self.mails(author_id=self.user_a.partner_id.id)
        with self.server(lambda command, _mail: "552 5.3.4 too big" if command == "END" else None):
            mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertEqual(self.told("552 5.3.4 too big"), self.user_a.partner_id)

    def test_an_email_of_nobody_is_told_to_administrators(self):
        mail = self.mails(author_id=self.partner_root.id).with_user(1)
        with self.server(lambda command, _mail: "550 no" if command == "END" else None):
            self.env["mail.mail"].with_user(1).browse(mail.id).send()
        self.assertIn(self.partner_admin, self.told("550 no"))

    def test_servers_failure_texts(self):
        """Odoo: "via SMTP server 'None'" → account and server named (odoo/odoo#261776)."""
        for script in (
            {"answer": lambda command, _mail: "550 5.7.1 refused" if command == "END" else None},
            {"answer": lambda command, _mail: "550 5.7.1 refused" if command == "RCPT" else None},
            {"answer": lambda command, _mail: "451 4.7.1 refused" if command == "MAIL" else None},
        ):
            mail = self.mails()
            with self.server(**script):
                mail.send()
            self.check_text(mail.failure_reason, "refused")

    def test_servers_failure_texts_of_a_login(self):
        """Odoo: (535, b'...') of a login → the words alone (iiuni/projektzapisy#960)."""
        mail = self.mails()
        with self.server() as server:
            server.login = ("somebody", "right")
            server.extensions.append("AUTH PLAIN")
            self.account.write({"smtp_user": "somebody", "smtp_pass": "Tr0ub4dor"})
            mail.send()
            self.check_text(mail.failure_reason, "wrong password")
            self.account.catchall_address = f"all@{self.own}"
            mail.catchall_attempts = len(RETRY_MINUTES)
            mail.send()
            self.assertEqual(mail.state, "exception")
            self.check_text(mail.failure_reason, "wrong password")

    def check_text(self, text, words):
        self.assertIn(words, text)
        self.assertIn(self.account.name, text)
        self.assertIn("127.0.0.1", text)
        for wrong in ("None", "b'", 'b"', "Error", "Exception", "SMTPSender"):
            self.assertNotIn(wrong, text)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServersWaiting(RefusalsCase):
    def test_servers_trace_of_a_mailing(self):
        """Odoo: the trace of what waits is "sent" → outgoing until it is (odoo/odoo#4640)."""
        mailing = self.env["mailing.mailing"].create(
            {
                "subject": "News",
                "body_html": "<p>News</p>",
                "mailing_model_id": self.env["ir.model"]._get_id("res.partner"),
                "mailing_domain": [("id", "in", self.customer.ids)],
                "email_from": f"user_a@{self.own}",
                "keep_archives": True,
            }
        )
        state = {"left": 1}

        def answer(command, _mail):
            if command == "END" and state["left"]:
                state["left"] -= 1
                return "451 4.3.0 later"
            return None

        with self.server(answer) as server:
            mailing.action_send_mail()
            trace = self.env["mailing.trace"].search([("mass_mailing_id", "=", mailing.id)])
            self.assertEqual((trace.trace_status, trace.sent_datetime), ("outgoing", False))
            trace.mail_mail_id.send()
            self.assertEqual(len(server.taken), 1)
        self.assertEqual(trace.trace_status, "sent")
        self.assertTrue(trace.sent_datetime)

    def test_servers_archived_account(self):
        """Odoo: fails for good by an archived server → waits, says so (odoo/odoo#91240)."""
        state = {"later": True}
        waits, forced = self.mails(), self.mails(mail_server_id=self.account.id)
        with self.server(
            lambda command, _mail: "451 later" if command == "END" and state["later"] else None
        ) as server:
            waits.send()
            state["later"] = False
            self.account.active = False
            (waits | forced).send()
            for mail in waits | forced:
                self.assertEqual(mail.state, "outgoing")
                self.assertIn(self.account.name, mail.failure_reason)
                self.assertIn("archived", mail.failure_reason)
            self.assertEqual(server.taken, [])
            self.account.active = True
            self.env["mail.mail"].process_email_queue((waits | forced).ids)
        self.assertEqual((waits | forced).mapped("state"), ["sent"] * 2)
        self.assertEqual(len(server.taken), 2)

    def test_servers_archived_account_and_no_other_server(self):
        """Odoo: no server left, tries its own machine → waits (odoo/odoo#125423)."""
        self.env["ir.mail_server"].search([]).active = False
        mail = self.mails(record_alias_domain_id=self.domain.id)
        with self.server(), mute_logger(*QUIET):
            mail.send()
        self.assertEqual(mail.state, "outgoing")
        self.assertIn("archived", mail.failure_reason)
