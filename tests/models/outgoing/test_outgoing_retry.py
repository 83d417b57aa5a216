"""What becomes of a message that the account's server does not take, with a real SMTP session."""

from datetime import timedelta

from odoo import fields
from odoo.addons.base.models.ir_mail_server import MailDeliveryException
from odoo.tests import tagged
from odoo.tools import mute_logger

from ....models.short_cursor import ShortTransactions
from ....outgoing.refusals import RETRY_MINUTES
from ...kit.retry_case import NOT_OWNED, QUIET, RetryCase
from ...kit.servers.smtp_script import CLOSE


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestLearning(RetryCase):
    @staticmethod
    def strict(command, mail):
        """A provider that checks From when it has read the message."""
        return NOT_OWNED if command == "END" and "<all@" not in mail.text else None

    def test_refused_author_goes_as_the_account_and_is_remembered(self):
        with self.server(self.strict) as server:
            self.mail(email_from=f"User A <user_a@{self.own}>").send()
            self.assertEqual(len(server.taken), 1)
            self.assertIn(f'From: "User A" <all@{self.own}>', server.taken[0].text)
            self.account.invalidate_recordset()
            self.assertTrue(self.account.catchall_from_learned)
            self.assertIn("not owned", self.account.catchall_from_answer)
            self.mail(email_from=f"User B <user_b@{self.own}>").send()
            self.assertEqual(server.commands.count("END"), 3, "the second one was not tried twice")
        mails = self.env["mail.mail"].search([("email_from", "like", self.own)])
        self.assertEqual(set(mails.mapped("state")), {"sent"})

    def test_admins_are_told_once(self):
        domain = [("subject", "like", "cannot send as")]
        told = self.env["mail.message"].search_count(domain)
        with mute_logger(*QUIET):
            for _again in range(2):
                self.env["mail.catchall.refusal"]._record(self.account.id, "553 not owned")
        messages = self.env["mail.message"].search(domain)
        self.assertEqual(len(messages), told + 1)
        self.assertIn(self.partner_admin, messages[0].notified_partner_ids)
        self.assertIn("553 not owned", messages[0].body)

    def test_admins_are_told_once_about_bounce_addresses(self):
        domain = [("subject", "like", "does not accept bounce addresses")]
        with mute_logger(*QUIET):
            for _again in range(2):
                self.env["mail.catchall.refusal"]._record(
                    self.account.id, "553 5.7.1 not owned", "envelope"
                )
        message = self.env["mail.message"].search(domain)
        self.assertEqual(len(message), 1)
        self.assertIn(self.partner_admin, message.notified_partner_ids)
        self.assertIn("553 5.7.1 not owned", message.body)
        self.assertIn("Forget this and try again", message.body)
        self.account.invalidate_recordset()
        self.assertTrue(self.account.catchall_envelope_learned)
        self.assertFalse(self.account.catchall_from_learned, "it says nothing about authors")

    def test_forget_and_expiry(self):
        refusals = self.env["mail.catchall.refusal"]
        with mute_logger(*QUIET):
            refusals._record(self.account.id, "553 not owned")
        self.account.invalidate_recordset()
        self.assertTrue(self.account.catchall_from_learned)
        self.account.with_user(self.user_admin).action_catchall_forget_from()
        self.assertFalse(self.account.catchall_from_learned)
        with mute_logger(*QUIET):
            refusals._record(self.account.id, "553 not owned")
        self.env.cr.execute(
            "UPDATE mail_catchall_refusal SET create_date = %s",
            [fields.Datetime.now() - timedelta(days=91)],
        )
        self.env.invalidate_all()
        self.assertFalse(self.account.catchall_from_learned)
        refusals._gc_refusals()
        self.assertFalse(refusals.search_count([]))

    def test_strangers_need_no_learning(self):
        with self.server(self.strict) as server:
            self.mail(email_from="Marc <marc@gmail.com>").send()
        self.assertEqual(server.commands.count("END"), 1)
        self.account.invalidate_recordset()
        self.assertFalse(self.account.catchall_from_learned)

    def test_keep_is_kept(self):
        self.account.catchall_from_policy = "keep"
        mail = self.mail(email_from=f"user_a@{self.own}")
        with self.server(self.strict) as server:
            mail.send()
        self.assertEqual(server.taken, [])
        self.assertEqual(mail.state, "exception")
        self.assertIn("not owned", mail.failure_reason)

    def test_presets(self):
        Server = self.env["ir.mail_server"]
        # the selection has these once Odoo's addons for OAuth are installed
        logins = [("login", "L"), ("gmail", "G"), ("outlook", "O")]
        self.patch(Server._fields["smtp_authentication"], "selection", logins)
        for host, login, policy in (
            ("smtp.gmail.com", "login", "account"),
            ("smtp.office365.com", "login", "account"),
            ("smtp-mail.outlook.com", "login", "account"),
            ("smtp-relay.gmail.com", "login", "keep"),
            ("email-smtp.eu-west-1.amazonaws.com", "login", "keep"),
            ("smtp.fastmail.com", "login", "keep"),
            ("smtp.ionos.de", "login", "auto"),
            ("mail.example.com", "login", "auto"),
            (False, "gmail", "account"),
            (False, "outlook", "account"),
            ("smtp-relay.gmail.com", "gmail", "keep"),
        ):
            with self.subTest(host=host, login=login):
                values = {"smtp_host": host, "smtp_authentication": login}
                server = Server.new({"is_catchall": True, **values})
                server._onchange_catchall_from_policy()
                self.assertEqual(server.catchall_from_policy, policy)

    def test_an_unknown_provider_changes_nothing(self):
        values = {"is_catchall": True, "smtp_host": "x.test", "catchall_from_policy": "keep"}
        server = self.env["ir.mail_server"].new(values)
        server._onchange_catchall_from_policy()
        self.assertEqual(server.catchall_from_policy, "keep")


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestRecipients(RetryCase):
    def test_one_refused_recipient_does_not_stop_the_others(self):
        for refused in (self.customer, self.other):
            with self.subTest(refused=refused.name):
                mail = self.posted()
                replies = {refused.email: "550 5.1.1 unknown user"}
                with self.server(self.refuse(replies)) as server:
                    mail.send()
                got = [address for taken in server.taken for address in taken.recipients]
                left = self.customer | self.other
                self.assertEqual(got, (left - refused).mapped("email"))
                self.assertEqual(
                    self.status(mail),
                    {refused.name: "exception", (left - refused).name: "sent"},
                )

    def test_letters_beyond_ascii(self):
        """A domain is written in ASCII (IDNA); a name before the @ needs a server that can."""
        self.customer.email, self.other.email = "jörg@kunde.example", "user@bücher.example"
        mail = self.posted()
        with self.server() as server:
            mail.send()
        got = [address for taken in server.taken for address in taken.recipients]
        self.assertEqual(got, ["user@xn--bcher-kva.example"])
        self.assertEqual(
            self.status(mail), {self.customer.name: "exception", self.other.name: "sent"}
        )
        notification = mail.mail_message_id.notification_ids.filtered(
            lambda n: n.res_partner_id == self.customer
        )
        self.assertIn("jörg@kunde.example", notification.failure_reason)
        self.assertIn("another address", notification.failure_reason)
        self.assertNotEqual(mail.state, "outgoing", "it is not tried for ever")

    def test_everybody_refused(self):
        mail = self.posted()
        replies = {partner.email: "550 5.1.1 unknown" for partner in self.customer | self.other}
        with self.server(self.refuse(replies)):
            mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertIn("550 5.1.1 unknown", mail.failure_reason)
        self.assertEqual(set(self.status(mail).values()), {"exception"})

    def test_who_waits_for_the_result_is_told(self):
        mail = self.posted()
        replies = {partner.email: "550 5.1.1 unknown" for partner in self.customer | self.other}
        with self.server(self.refuse(replies)), self.assertRaises(MailDeliveryException):
            mail.send(raise_exception=True)

    def test_a_retry_reaches_only_who_is_left(self):
        mail = self.posted()
        replies = {self.customer.email: "450 4.2.0 greylisted"}
        with self.server(self.refuse(replies)) as server:
            before = fields.Datetime.now()
            mail.send()
            self.assertEqual([taken.recipients for taken in server.taken], [[self.other.email]])
            self.assertEqual(mail.state, "outgoing")
            self.assertGreater(mail.scheduled_date, before)
            self.assertIn("450 4.2.0", mail.failure_reason)
            self.assertEqual(self.status(mail), {"Customer": "ready", "Other": "sent"})
            message_id = mail.message_id

            replies.clear()
            mail.send()
        self.assertEqual([taken.recipients for taken in server.taken][1:], [[self.customer.email]])
        self.assertIn(message_id, server.taken[1].text)
        self.assertEqual(mail.state, "sent")
        self.assertEqual(self.status(mail), {"Customer": "sent", "Other": "sent"})

    def test_several_addresses_in_one_mail(self):
        replies = {"b@shop.example": "450 4.2.0 greylisted"}
        mail = self.mail(email_to="a@shop.example, b@shop.example", email_from=f"u@{self.own}")
        with self.server(self.refuse(replies)) as server:
            mail.send()
            replies.clear()
            mail.send()
        self.assertEqual(
            [taken.recipients for taken in server.taken], [["a@shop.example"], ["b@shop.example"]]
        )
        self.assertEqual(mail.state, "sent")

    def test_worker_that_died_after_the_server_took_it(self):
        mail = self.posted()
        emails = (self.customer | self.other).mapped("email")
        self.env["mail.catchall.delivery"]._note(
            ShortTransactions(self.env), self.account.id, mail.id, emails
        )
        with self.server() as server:
            mail.send()
        self.assertEqual(server.taken, [])
        self.assertEqual(mail.state, "sent")
        self.assertEqual(self.status(mail), {"Customer": "sent", "Other": "sent"})

    def test_deliveries_are_forgotten_after_a_while(self):
        deliveries = self.env["mail.catchall.delivery"]
        deliveries._note(ShortTransactions(self.env), self.account.id, 1, ["a@b.c"])
        deliveries._gc_deliveries()
        self.assertTrue(deliveries._served([1]))
        deliveries.search([]).accepted_date = fields.Datetime.now() - timedelta(days=91)
        deliveries._gc_deliveries()
        self.assertFalse(deliveries._served([1]))


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestServerAway(RetryCase):
    def test_dead_server_costs_no_mail(self):
        mail = self.posted()
        with self.server() as server:
            port = server.port
        with self.server():
            self.account.smtp_port = port  # nobody listens there any more
            mail.send()
            self.assertEqual((mail.state, mail.catchall_attempts), ("outgoing", 1))
            first = mail.scheduled_date
            self.assertGreater(first, fields.Datetime.now())
            self.assertEqual(set(self.status(mail).values()), {"ready"})
            mail.send()
            self.assertGreater(mail.scheduled_date, first)
            trigger = self.env["ir.cron.trigger"].search(
                [("cron_id", "=", self.env.ref("mail.ir_cron_mail_scheduler_action").id)]
            )
            self.assertIn(mail.scheduled_date, trigger.mapped("call_at"))

            mail.catchall_attempts = len(RETRY_MINUTES)
            mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertEqual(set(self.status(mail).values()), {"exception"})
        mail.action_retry()
        self.assertEqual((mail.state, mail.catchall_attempts), ("outgoing", 0))

    def test_an_outage_is_seen_and_told_once(self):
        mails = self.env["mail.mail"].concat(
            *(self.mail(email_from=f"user_a@{self.own}") for _mail in range(3))
        )
        with self.server() as server:
            port = server.port
        domain = [("subject", "like", "does not accept mail")]
        told = self.env["mail.message"].search_count(domain)
        with self.server():
            self.account.smtp_port = port
            for _attempt in range(2):
                mails.send()
            self.assertEqual(self.env["mail.message"].search_count(domain), told)
            for _attempt in range(2):
                mails.send()
            self.assertEqual(self.env["mail.message"].search_count(domain), told + 1)
        self.assertEqual(self.account.catchall_waiting_count, 3)
        action = self.account.action_catchall_waiting()
        self.assertEqual(self.env["mail.mail"].search(action["domain"]), mails.sorted(reverse=True))

    def test_server_that_is_no_account_is_cores_business(self):
        ordinary = self.mail_server_default
        mail = self.mail(email_from="a@b.c", mail_server_id=ordinary.id)
        with self.server() as server:
            port = server.port
        with self.server():
            ordinary.write({"smtp_host": "127.0.0.1", "smtp_port": port})
            mail.send()
        self.assertEqual(mail.state, "exception")

    def test_silence_after_the_text(self):
        mail = self.mail(email_from=f"user_a@{self.own}")
        state = {"left": 1}

        def answer(command, _mail):
            if command == "END" and state["left"]:
                state["left"] -= 1
                return CLOSE
            return None

        with self.server(answer) as server:
            mail.send()
            self.assertEqual(mail.state, "outgoing")
            message_id = mail.message_id
            self.env.cr.execute(
                "UPDATE mail_catchall_delivery SET accepted_date = accepted_date - %s",
                [timedelta(hours=1)],
            )
            mail.send()
        self.assertEqual(mail.state, "sent")
        self.assertEqual(len(server.taken), 1)
        self.assertIn(message_id, server.taken[0].text)

    def test_a_lost_connection_does_not_stop_the_batch(self):
        mails = self.env["mail.mail"].concat(
            *(self.mail(email_from=f"user_a@{self.own}") for _mail in range(3))
        )
        state = {"left": 1}

        def answer(command, _mail):
            if command == "MAIL" and len(server.taken) == 1 and state["left"]:
                state["left"] -= 1
                return CLOSE
            return None

        with self.server(answer) as server:
            mails.send()
        self.assertEqual(len(server.taken), 3)
        self.assertEqual(mails.mapped("state"), ["sent"] * 3)

    def test_refused_text_is_final(self):
        mail = self.mail(email_from=f"user_a@{self.own}")
        with self.server(lambda command, _mail: "554 5.7.1 spam" if command == "END" else None):
            mail.send()
        self.assertEqual(mail.state, "exception")
        self.assertIn("554 5.7.1 spam", mail.failure_reason)


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestLimits(RetryCase):
    def queue(self, count, **values):
        return self.env["mail.mail"].concat(
            *(
                self.mail(email_from=f"user_a@{self.own}", subject=f"mail {number}", **values)
                for number in range(count)
            )
        )

    def minutes(self, mails):
        now = fields.Datetime.now()
        return [
            round((mail.scheduled_date - now).total_seconds() / 60) if mail.scheduled_date else 0
            for mail in mails
        ]

    def test_a_minute_has_a_limit(self):
        self.account.catchall_minute_limit = 3
        mails = self.queue(8)
        with self.server() as server:
            mails.send()
            self.assertEqual(len(server.taken), 3)
            self.assertEqual(mails.mapped("state"), ["sent"] * 3 + ["outgoing"] * 5)
            self.assertEqual(self.minutes(mails), [0, 0, 0, 1, 1, 1, 2, 2])
            self.assertEqual(self.account.catchall_waiting_count, 5)

            late = self.queue(2)
            late.send()
            self.assertEqual(len(server.taken), 3, "a later message went first")
            self.assertEqual(self.minutes(late), [3, 3])

            self.env.cr.execute(
                "UPDATE mail_catchall_delivery SET accepted_date = accepted_date - %s",
                [timedelta(minutes=2)],
            )
            mails[3:6].send()
            self.assertEqual(len(server.taken), 6)
        subjects = [mail.text.partition("Subject: ")[2].splitlines()[0] for mail in server.taken]
        self.assertEqual(subjects, [f"mail {number}" for number in range(6)])

    def test_a_long_queue_leaves_minute_by_minute_in_order(self):
        """By Odoo's own job, which takes what is due; the clock is moved, nobody waits."""
        self.account.catchall_minute_limit = 50
        mails = self.queue(300)
        with self.server() as server:
            for minute in range(6):
                self.env["mail.mail"].process_email_queue(mails.ids)
                self.assertEqual(len(server.taken), 50 * (minute + 1))
                self.assertEqual(self.account.catchall_waiting_count, 250 - 50 * minute)
                self.env.cr.execute(
                    """UPDATE mail_catchall_delivery SET accepted_date = accepted_date - %(m)s;
                       UPDATE mail_mail SET scheduled_date = scheduled_date - %(m)s
                        WHERE scheduled_date IS NOT NULL""",
                    {"m": timedelta(minutes=1)},
                )
                self.env.invalidate_all()
        self.assertEqual(set(mails.mapped("state")), {"sent"})
        subjects = [mail.text.partition("Subject: ")[2].splitlines()[0] for mail in server.taken]
        self.assertEqual(subjects, [f"mail {number}" for number in range(300)])

    def test_a_day_has_a_limit(self):
        self.account.catchall_day_limit = 2
        mails = self.queue(4)
        with self.server() as server:
            mails.send()
        self.assertEqual(len(server.taken), 2)
        self.assertEqual(self.minutes(mails), [0, 0, 60, 60])

    def test_recipients_count_and_a_big_mail_goes_alone(self):
        self.account.catchall_minute_limit = 2
        many = self.queue(1, email_to="a@b.c, b@b.c, c@b.c, d@b.c")
        few = self.queue(1)
        with self.server() as server:
            (many | few).send()
        self.assertEqual([len(mail.recipients) for mail in server.taken], [4])
        self.assertEqual(self.minutes(few), [1])

    def test_no_limit(self):
        mails = self.queue(5)
        with self.server() as server:
            mails.send()
        self.assertEqual(len(server.taken), 5)
