"""Copies in the Sent folder: what is kept, once each, and that sending never depends on it."""

from contextlib import contextmanager
from email import message_from_bytes, policy
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ....models.sent_copies import copy_queue
from ....outgoing.dispatch import dispatch_of
from ....outgoing.refusals import RETRY_MINUTES
from ...kit.retry_case import RetryCase
from ...kit.servers.scripted_sent import ScriptedSent


class SentCase(RetryCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Copy = cls.env["mail.catchall.sent"]
        cls.account.catchall_sent_copy = "people"
        cls.mailbox = cls.env["fetchmail.server"].create(
            {
                "name": "Mailbox",
                "server_type": "imap",
                "server": "127.0.0.1",
                "port": 1,
                "is_ssl": False,
                "user": f"all@{cls.own}",
                "password": "secret",
                "is_catchall": True,
                "state": "done",
            }
        )

    def copies(self):
        self.Copy.invalidate_model()  # rows are written past the ORM
        return self.Copy.search([("server_id", "=", self.account.id)])

    def sent(self, mail=None):
        """Send a message that a person wrote; return what the server got, and the copies."""
        with self.server() as server:
            (mail or self.posted()).send()
            return server.taken, self.copies()

    @contextmanager
    def imap(self, **quirks):
        with ScriptedSent(**quirks) as server:
            self.mailbox.port = server.port
            yield server

    def put(self):
        """Run the job as a cron does, some time later."""
        self.copies().next_try_date = fields.Datetime.now()
        self.env.flush_all()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["mail.catchall.sent"]._cron_put_copies()
        self.env.invalidate_all()


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestWhatIsKept(SentCase):
    def test_one_copy_of_a_mail_for_two_people_with_the_exact_bytes(self):
        taken, copy = self.sent()
        self.assertEqual(len(taken), 2)
        self.assertEqual(len(copy), 1)
        self.assertIn(copy._read_source().decode(), [mail.text for mail in taken])
        message = message_from_bytes(copy._read_source(), policy=policy.default)
        self.assertEqual(message["Message-Id"].strip(), copy.message_id)
        self.assertEqual((copy.subject, copy.size), ("S", len(copy._read_source())))

    def test_the_customers_copy_stands_before_a_colleagues(self):
        mail = self.posted()
        colleague = self.user_gmail.partner_id
        mail.recipient_ids = colleague
        self.sent(mail)
        self.assertEqual(self.copies().rank, 1)
        mail.write({"state": "outgoing", "recipient_ids": [(6, 0, self.customer.ids)]})
        self.sent(mail)
        self.assertEqual(self.copies().rank, 2)
        self.assertIn(b"customer@shop.example", self.copies()._read_source())
        mail.write({"state": "outgoing", "recipient_ids": [(6, 0, colleague.ids)]})
        self.sent(mail)
        self.assertIn(b"customer@shop.example", self.copies()._read_source())

    def test_as_the_identity_that_the_provider_took(self):
        def strict(command, mail):
            refused = command == "END" and "<all@" not in mail.text
            return "553 5.7.1 Sender address rejected: not owned by user" if refused else None

        mail = self.posted()
        with self.server(strict) as server:
            mail.send()
        self.assertEqual(self.copies()._read_source().decode(), server.taken[0].text)
        self.assertIn(f"<all@{self.own}>".encode(), self.copies()._read_source())

    def test_a_blind_copy_is_not_told(self):
        with self.server() as server:
            Server = self.env["ir.mail_server"]
            session = Server._connect__(mail_server_id=self.account.id)
            message = Server._build_email__(
                f"user_a@{self.own}",
                ["customer@shop.example"],
                "S",
                "B",
                email_bcc=["secret@shop.example"],
            )
            dispatch_of(message).copy_rank = 2
            Server.send_email(message, smtp_session=session)
            self.assertEqual(len(server.taken[0].recipients), 2)
        self.assertNotIn(b"secret@shop.example", self.copies()._read_source())

    def test_what_nobody_wrote_and_what_is_not_wanted(self):
        automatic = {
            "email_from": f"user_a@{self.own}",
            "message_type": "email_outgoing",
            "model": "crm.lead",
            "res_id": self.lead.id,
        }
        login = {**automatic, "model": "res.users", "res_id": self.user_a.id}
        for choice, mail, expected in (
            ("none", self.posted(), 0),
            ("people", self.mail(**automatic), 0),
            ("all", self.mail(**automatic), 1),
            ("all", self.mail(**login), 0),
            ("all", self.mail(email_from=f"user_a@{self.own}"), 0),
            ("people", self.mail(message_type="email", email_from="x@y.test"), 0),
            ("people", self.posted(), 1),
        ):
            with self.subTest(choice=choice, type=mail.message_type):
                self.copies().unlink()
                self.account.catchall_sent_copy = choice
                self.assertEqual(len(self.sent(mail)[1]), expected)

    def test_a_newsletter_never(self):
        if "mailing_id" not in self.env["mail.mail"]._fields:
            self.skipTest("mass_mailing is not installed")
        self.account.catchall_sent_copy = "all"
        mailing = self.env["mailing.mailing"].create(
            {"subject": "N", "mailing_model_id": self.env["ir.model"]._get_id("res.partner")}
        )
        taken, copies = self.sent(self.mail(mailing_id=mailing.id, email_from=f"a@{self.own}"))
        self.assertEqual((len(taken), len(copies)), (1, 0))

    def test_where_the_provider_keeps_a_copy_itself(self):
        with self.server():
            mail = self.posted()
            with patch.object(type(self.account), "_catchall_provider", lambda _self: _Keeps()):
                self.account.invalidate_recordset(["catchall_keeps_sent"])
                self.assertTrue(self.account.catchall_keeps_sent)
                mail.send()
        self.account.invalidate_recordset(["catchall_keeps_sent"])
        self.assertFalse(self.copies())

    def test_refused_mail_has_no_copy(self):
        with self.server(lambda command, _mail: "550 no" if command == "END" else None):
            self.posted().send()
        self.assertFalse(self.copies())

    def test_the_queue_is_bounded_and_says_so(self):
        for name, limit in (("MAX_BYTES", 10), ("MAX_WAITING", 0), ("MAX_WAITING_BYTES", 10)):
            with self.subTest(limit=name), patch.object(copy_queue, name, limit):
                self.copies().unlink()
                taken, copy = self.sent()
                self.assertEqual(len(taken), 2, "the message leaves all the same")
                self.assertEqual(copy.state, "failed")
                self.assertTrue(copy.error)


class _Keeps:
    keeps_sent = True


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestMailbox(SentCase):
    def test_appended_once_as_read_with_its_date(self):
        _taken, copy = self.sent()
        source, message_id = copy._read_source(), copy.message_id
        sent = copy.sent_date
        with self.imap() as server:
            self.put()
            self.assertFalse(self.copies())
            ((flags, date, raw),) = server.kept["Sent Items"]
            self.assertEqual((flags, raw), ("\\Seen", source))
            self.assertIn(str(sent.year), date)
            # the same message once more, as after a crash between APPEND and commit
            copy_queue.CopyQueue(self.env, self.account.id, "people").insert(
                self.env,
                {
                    "server_id": self.account.id,
                    "message_id": message_id,
                    "size": 1,
                    "sent_date": sent,
                    "rank": 2,
                },
                source,
            )
            self.put()
            self.assertFalse(self.copies())
            self.assertEqual(len(server.kept["Sent Items"]), 1)

    def test_connection_lost_after_the_append(self):
        self.sent()
        with self.imap(ends_at=b"APPEND") as server, mute_logger("odoo"):
            self.put()
            self.assertEqual(self.copies().attempts, 1)
            self.assertEqual(len(server.kept["Sent Items"]), 1)
            server.ends_at = b"nothing"
            self.put()
            self.assertFalse(self.copies())
            self.assertEqual(len(server.kept["Sent Items"]), 1)

    def test_the_folder(self):
        inbox = b'(\\HasNoChildren) "/" INBOX'
        for setting, folders, makes, expected in (
            ("", (inbox, b'(\\HasNoChildren) "/" "Gesendete Objekte"'), True, "Gesendete Objekte"),
            ("", (inbox,), True, "Sent"),
            ("Copies", (inbox,), True, "Copies"),
            ("", (inbox,), False, None),
        ):
            with self.subTest(setting=setting, folders=folders):
                self.copies().unlink()
                self.account.catchall_sent_folder = setting
                self.sent()
                with self.imap(folders=folders, makes_folders=makes) as server, mute_logger("odoo"):
                    self.put()
                if expected:
                    self.assertEqual(len(server.kept[expected]), 1)
                else:
                    self.assertIn("could not be created", self.copies().error)

    def test_a_mailbox_that_is_away_is_tried_later_each_time(self):
        with self.imap() as server:
            port = server.port
        self.mailbox.port = port  # nobody listens there any more
        _taken, copy = self.sent()
        with mute_logger("odoo"):
            for attempt, minutes in enumerate(RETRY_MINUTES, 1):
                self.put()
                self.assertEqual((copy.state, copy.attempts), ("waiting", attempt))
                wait = (copy.next_try_date - fields.Datetime.now()).total_seconds() / 60
                self.assertAlmostEqual(wait, minutes, delta=1)
            self.account.invalidate_recordset()
            self.assertIn("nothing answers", self.account.catchall_sent_error)
            self.assertEqual(self.account.catchall_sent_waiting_count, 1)
            told = [("subject", "like", "could not be stored")]
            before = self.env["mail.message"].search_count(told)
            self.put()
        self.assertEqual((copy.state, copy.next_try_date), ("failed", False))
        self.env.cr.execute("SELECT source FROM mail_catchall_sent WHERE id = %s", [copy.id])
        self.assertIsNone(self.env.cr.fetchone()[0])
        self.assertEqual(self.env["mail.message"].search_count(told), before + 1)
        self.account.invalidate_recordset()
        self.assertEqual(self.account.catchall_sent_failed_count, 1)
        self.account.action_catchall_forget_copies()
        self.assertFalse(self.copies())

    def test_a_mail_that_is_refused_holds_up_no_other(self):
        self.sent()
        with self.imap(refuses=b"APPEND") as server, mute_logger("odoo"):
            self.put()
            first = self.copies()
            self.assertIn("the mailbox is full", first.error)
            self.sent(self.posted())
            server.refuses = b"nothing"
            self.copies().filtered(lambda copy: copy != first).next_try_date = "2026-01-01"
            self.account.action_catchall_copies_now()
            self.put()
            self.assertEqual(len(server.kept["Sent Items"]), 2)

    def test_no_mailbox_belongs_to_the_account(self):
        self.sent()
        self.mailbox.state = "draft"
        with mute_logger("odoo"):
            self.put()
        self.assertIn("No incoming account (IMAP)", self.copies().error)

    def test_the_mailbox_is_found(self):
        self.assertEqual(self.account._catchall_sent_mailbox(), self.mailbox)
        self.mailbox.user = "login-without-address"
        self.assertEqual(self.account._catchall_sent_mailbox(), self.mailbox, "by the domain")
        self.mailbox.alias_domain_ids = self.domain_2
        self.assertFalse(self.account._catchall_find_mailbox())
        self.account.catchall_sent_account_id = self.mailbox
        self.assertEqual(self.account._catchall_sent_mailbox(), self.mailbox, "as chosen")

    def test_a_copy_of_the_database_leaves_the_mailbox_alone(self):
        self.sent()
        self.mailbox.catchall_database_uuid = "another"
        with self.imap() as server, mute_logger("odoo"):
            self.put()
            self.assertFalse(server.kept["Sent Items"])
        self.assertIn("another database", self.copies().error)

    def test_copies_never_go_where_mail_is_read(self):
        self.sent()
        self.account.catchall_sent_folder = "inbox"
        with self.imap() as server, mute_logger("odoo"):
            self.put()
            self.assertFalse(server.kept["INBOX"])
        self.assertIn("fetched as new mail", self.copies().error)

    def test_pop_has_no_folders(self):
        self.mailbox.server_type = "pop"
        with self.assertRaises(ValidationError):
            self.account.catchall_sent_account_id = self.mailbox

    def test_of_an_account_that_is_gone(self):
        _taken, copy = self.sent()
        copy.server_id = 0
        copy.next_try_date = fields.Datetime.now()
        with self.enter_registry_test_mode(), self.registry.cursor() as cr:
            self.env(cr=cr)["mail.catchall.sent"]._cron_put_copies()
        self.env.invalidate_all()
        self.assertFalse(copy.exists())


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestRights(SentCase):
    def test_who_may(self):
        _taken, copy = self.sent()
        user = new_test_user(self.env, "no_admin", "base.group_user")
        admin = new_test_user(self.env, "an_admin", "base.group_system")
        with self.assertRaises(AccessError):
            copy.with_user(user).read(["subject"])
        self.assertTrue(copy.with_user(admin).read(["subject"]))
        self.assertNotIn("source", copy.fields_get())
        with self.assertRaises(AccessError):
            copy.with_user(admin).write({"subject": "X"})
        for action in ("action_catchall_copies_now", "action_catchall_forget_copies"):
            with self.assertRaises(AccessError):
                getattr(self.account.with_user(user), action)()
            getattr(self.account.with_user(admin), action)()
