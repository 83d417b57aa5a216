"""The health of both accounts: what is collected, shown, told, and to whom."""

import json
from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from ...kit.common import CatchallCase, mail
from ...kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3
from ...kit.servers.smtp_script import ScriptedServer

HOUR = timedelta(hours=1)


class HealthCase(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.state = "done"
        cls.smtp = cls.env["ir.mail_server"].create(
            {
                "name": "Out",
                "smtp_host": "127.0.0.1",
                "catchall_address": "catchall@example.com",
                "is_catchall": True,
                "catchall_alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )
        cls.fetch_job = cls.env.ref("mail.ir_cron_mail_gateway_action")
        (cls.fetch_job | cls.Message._lanes()).write({"nextcall": "2100-01-01 00:00:00"})
        cls.fetch_job.active = True

    def row(self, account):
        self.env.invalidate_all()
        return account.catchall_health_id

    def codes(self, account):
        return {f["code"]: f["level"] for f in self.row(account).shown_findings}

    def sentence(self, account, code):
        found = [f["text"] for f in self.row(account).shown_findings if f["code"] == code]
        self.assertEqual(len(found), 1, self.row(account).shown_findings)
        return found[0]

    def fetch(self, server, env, **values):
        """Fetch as the account's job does; return the row as the form then sees it."""
        self.server.write(
            {"server": "127.0.0.1", "port": server.port, "is_ssl": False, "state": "done", **values}
        )
        self.env.flush_all()
        self.server.with_env(env)._fetch_mail()
        return self.row(self.server).with_env(env)


@tagged("post_install", "-at_install")
class TestRows(HealthCase):
    def test_an_account_has_a_row_while_it_is_an_active_catch_all_account(self):
        for account in (self.server, self.smtp):
            with self.subTest(account._name):
                row = self.row(account)
                self.assertEqual((len(row), row.name), (1, account.name))
                account.is_catchall = False
                self.assertFalse(row.exists())
                self.assertFalse(self.row(account))
                account.is_catchall = True
                self.assertTrue(self.row(account))
                account.active = False
                self.assertFalse(self.row(account))
                account.active = True
                self.assertTrue(self.row(account))
                account.unlink()

    def test_an_ordinary_account_has_none(self):
        plain = self.env["fetchmail.server"].create({"name": "Plain"})
        self.assertFalse(self.row(plain))
        self.assertFalse(plain.catchall_health_level)

    def test_accounts_that_were_there_before_get_one(self):
        self.row(self.server).unlink()
        self.env["mail.catchall.health"]._add_missing()
        self.assertTrue(self.row(self.server))

    def test_who_sees_it(self):
        row = self.row(self.server)
        for groups, allowed in (
            ("base.group_user", False),
            ("base.group_user,mail_catchall_router.group_catchall_user", False),
            ("base.group_user,mail_catchall_router.group_catchall_manager", True),
            ("base.group_system", True),
            ("base.group_portal", False),
        ):
            user = new_test_user(self.env, f"u{len(groups)}{allowed}", groups)
            with self.subTest(groups):
                self.env.invalidate_all()
                mine = row.with_user(user)
                if not allowed:
                    with self.assertRaises(AccessError):
                        mine.read(["level"])
                    continue
                spec = {name: {} for name in mine.fields_get() if name not in ("told",)}
                for link in ("fetchmail_server_id", "mail_server_id"):
                    spec.pop(link)
                self.assertTrue(mine.web_read(spec)[0]["level"])
                with self.assertRaises(AccessError):
                    mine.write({"failure": "x"})
                with self.assertRaises(AccessError):
                    mine.unlink()
        manager = new_test_user(
            self.env, "only_manager", "base.group_user,mail_catchall_router.group_catchall_manager"
        )
        with self.assertRaises(AccessError):
            row.with_user(manager).action_check()


@tagged("post_install", "-at_install")
class TestCollecting(HealthCase):
    def test_a_fetch_leaves_its_numbers_and_what_the_server_said(self):
        imap = ScriptedImap(
            [mail("one"), mail("two")],
            before_login="IMAP4rev1 STARTTLS",
            after_login="IMAP4rev1 MOVE QUOTA IDLE",
            quota=b"(STORAGE 950 1000 MESSAGE 2 100)",
        )
        with self.lane() as env, imap:
            row = self.fetch(imap, env)
            self.assertEqual(row.last_count, 2)
            self.assertGreater(row.last_seconds, 0)
            self.assertEqual(
                sorted(row.capabilities), ["IDLE", "IMAP4REV1", "MOVE", "QUOTA", "STARTTLS"]
            )
            self.assertEqual((row.quota_percent, row.encryption), (95, "none"))
            self.assertIn("quota_near", {f["code"] for f in row.shown_findings})
            imap.mails[3] = mail("three")
            imap.commands.clear()
            row = self.fetch(imap, env)
            self.assertEqual(row.last_count, 1)
            # at most once an hour: nothing is asked in the fetch after
            self.assertNotIn("GETQUOTAROOT", " ".join(imap.commands))
            self.assertNotIn("CAPABILITY", imap.commands[2:])
            row.seen_date = fields.Datetime.now() - HOUR * 2
            imap.commands.clear()
            env.flush_all()
            self.fetch(imap, env)
            self.assertIn('GETQUOTAROOT "INBOX"', imap.commands)

    def test_a_fetch_of_nothing_brought_nothing(self):
        with self.lane() as env, ScriptedImap([]) as imap:
            row = self.fetch(imap, env)
            self.assertEqual(row.last_count, 0)
            self.assertIn("fetch_ok", {f["code"] for f in row.shown_findings})

    def test_a_server_that_refuses_questions_is_fetched_all_the_same(self):
        with self.lane() as env, ScriptedPop3([mail("one")], capabilities=None) as pop:
            row = self.fetch(pop, env, server_type="pop")
            self.assertEqual((row.last_count, row.capabilities), (1, []))
            self.assertFalse(row.capabilities_html)

    def test_pop3(self):
        with self.lane() as env, ScriptedPop3([mail("one")], capabilities=(b"TOP", b"STLS")) as pop:
            row = self.fetch(pop, env, server_type="pop")
            self.assertEqual(sorted(row.capabilities), ["STLS", "TOP"])
            codes = {f["code"] for f in row.shown_findings}
            self.assertIn("capability_no_uidl", codes)
            self.assertIn("UIDL", row.capabilities_html)

    def test_the_button_asks_at_once_and_says_what_went_wrong(self):
        with ScriptedImap([], after_login="IMAP4rev1 QUOTA", quota=b"(STORAGE 1 2)") as imap:
            self.server.write({"server": "127.0.0.1", "port": imap.port, "is_ssl": False})
            for percent in (50, 100):
                action = self.server.action_catchall_check_health()
                self.assertEqual(action["params"]["type"], "success")
                self.assertEqual(self.row(self.server).quota_percent, percent)
                imap.quota = b"(STORAGE 2 2)"
            self.assertEqual(self.codes(self.server)["quota_full"], "bad")
        action = self.server.action_catchall_check_health()
        self.assertEqual(action["params"]["type"], "danger")
        self.assertIn("nothing answers at 127.0.0.1", action["params"]["message"])

    def test_another_server_s_facts_are_forgotten(self):
        for account, name in ((self.server, "server"), (self.smtp, "smtp_host")):
            self.row(account)._note(
                {"seen_date": fields.Datetime.now(), "quota_resource": "STORAGE", "quota_used": 1}
            )
            account.name = "Renamed"
            self.assertTrue(self.row(account).seen_date)
            account[name] = "other.example.com"
            self.assertFalse(self.row(account).seen_date)
            self.assertFalse(self.row(account).quota_known)

    def test_sending_notes_what_the_server_said_and_since_when_none_answers(self):
        Server = type(self.env["ir.mail_server"])
        with patch.object(Server, "_disable_send", lambda _self: False):
            with ScriptedServer() as server:
                self.smtp.smtp_port = server.port
                self.assertEqual(
                    self.smtp.action_catchall_check_health()["params"]["type"], "success"
                )
            self.assertTrue(self.row(self.smtp).seen_date)
            self.assertFalse(self.row(self.smtp).failing_since)
            action = self.smtp.action_catchall_check_health()
            self.assertEqual(action["params"]["type"], "danger")
            row = self.row(self.smtp)
            self.assertIn("refused", row.failure)
            since = row.failing_since = fields.Datetime.now() - HOUR * 3
            self.smtp.action_catchall_check_health()
            self.assertEqual(self.row(self.smtp).failing_since, since)
            self.assertEqual(self.codes(self.smtp)["send_failing"], "bad")
            with ScriptedServer() as server:
                self.smtp.smtp_port = server.port
                self.smtp.action_catchall_check_health()
            self.assertFalse(self.row(self.smtp).failing_since)


@tagged("post_install", "-at_install")
class TestShown(HealthCase):
    def fetched(self, **values):
        self.server.write({"date": fields.Datetime.now(), **values})

    def test_jobs_that_are_switched_off_are_named(self):
        self.fetched()
        self.fetch_job.active = False
        self.assertEqual(self.codes(self.server)["jobs_fetch_off"], "bad")
        self.assertIn(self.fetch_job.name, self.sentence(self.server, "jobs_fetch_off"))
        self.fetch_job.active = True
        self.Message._lanes().active = False
        self.assertEqual(self.codes(self.server)["jobs_lanes_off"], "bad")

    def test_the_own_job_matters_beside_other_accounts(self):
        self.fetched()
        self.server.catchall_cron_id.active = False
        self.assertNotIn("jobs_account_off", self.codes(self.server))
        self.env["fetchmail.server"].create({"name": "Other", "state": "done"})
        self.assertIn("jobs_account_off", self.codes(self.server))

    def test_without_workers_the_form_says_so(self):
        self.fetched()
        (self.fetch_job | self.Message._lanes()).nextcall = fields.Datetime.now() - HOUR * 3
        config = "odoo.addons.mail_catchall_router.models.health.facts.config"
        for threads, code in ((0, "jobs_none_here"), (2, "jobs_none_run")):
            with patch(config, {"max_cron_threads": threads}):
                self.assertEqual(self.codes(self.server)[code], "bad")
                self.assertIn("3 hours", self.sentence(self.server, code))
        self.Message._lanes()[:1].nextcall = fields.Datetime.now() + HOUR
        self.assertFalse({"jobs_none_here", "jobs_none_run"} & self.codes(self.server).keys())

    def test_queue_job(self):
        self.env.ref("mail.ir_cron_mail_scheduler_action").active = False
        self.assertEqual(self.codes(self.smtp)["jobs_queue_off"], "bad")

    def test_mail_that_waits_and_fails_is_counted_and_linked(self):
        self.fetched()
        old, new, failed = (self.receive(mail()) for _number in range(3))
        old.fetched_date = fields.Datetime.now() - HOUR * 2
        failed.write({"state": "failed", "error": "Traceback\n  File x\nValueError: odd"})
        row = self.row(self.server)
        self.assertEqual((row.waiting_count, row.failed_count), (2, 1))
        self.assertEqual((row.oldest_message_id, row.last_failed_id), (old, failed))
        self.assertEqual(row.oldest_age, "2 hours")
        self.assertEqual(self.codes(self.server)["mail_waiting"], "bad")
        self.assertIn("ValueError: odd.", self.sentence(self.server, "mail_failed"))
        self.assertEqual(row.level, "bad")
        # one that is tried again later is not late
        old.next_try_date = fields.Datetime.now() + HOUR
        self.assertNotIn("mail_waiting", self.codes(self.server))
        self.assertEqual(self.row(self.server).oldest_message_id, new)

    def test_a_mail_that_was_refused_for_good_counts_for_the_account(self):
        values = {"state": "exception", "failure_reason": "550 no such user", "subject": "S"}
        Mail = self.env["mail.mail"]
        Mail.create({**values, "record_alias_domain_id": self.domain.id})
        Mail.create(values)  # of somebody else
        self.assertEqual(self.row(self.smtp).failed_count, 1)
        self.assertIn("550 no such user", self.sentence(self.smtp, "send_failed"))

    def test_the_error_of_a_fetch(self):
        self.fetched(error_date=fields.Datetime.now() - HOUR * 5, error_message="Wrong password.")
        self.assertIn("5 hours", self.sentence(self.server, "fetch_failing"))
        self.assertIn("Wrong password.", self.sentence(self.server, "fetch_failing"))

    def test_a_graph_of_the_days(self):
        for days in (0, 0, 3):
            self.receive(mail()).fetched_date = fields.Datetime.now() - timedelta(days=days)
        [data] = json.loads(self.row(self.server).graph)
        self.assertEqual(len(data["values"]), 14)
        self.assertEqual(data["values"][-1]["value"], 2)
        self.assertEqual(data["values"][-4]["value"], 1)
        action = self.server.action_catchall_statistics()
        self.assertEqual(action["domain"], [("fetchmail_server_id", "=", self.server.id)])
        self.assertTrue(json.loads(self.row(self.smtp).graph)[0]["values"])
        self.assertEqual(
            self.smtp.action_catchall_statistics()["res_model"], "mail.catchall.delivery"
        )

    def test_every_capability_has_its_line(self):
        self.row(self.server)._note({"capabilities": '["MOVE"]', "encryption": "ssl"})
        table = self.row(self.server).capabilities_html
        for text in ("IDLE", "MOVE", "UIDPLUS", "QUOTA", "STARTTLS", "Emails can only be marked"):
            self.assertIn(text, table)
        self.assertEqual(table.count("text-bg-success"), 1)
        known = '["SIZE", "AUTH", "AUTH=PLAIN", "AUTH=LOGIN"]'
        self.row(self.smtp)._note({"capabilities": known, "size_limit": 20 * 1024 * 1024})
        table = self.row(self.smtp).capabilities_html
        for text in ("20.0 MB", "(LOGIN, PLAIN)", "PIPELINING", "DSN", "SMTPUTF8", "8BITMIME"):
            self.assertIn(text, table)

    def test_what_a_server_calls_itself_is_text(self):
        self.row(self.server)._note({"capabilities": '["<b>X</b>"]'})
        self.assertNotIn("<b>X", self.row(self.server).capabilities_html)
        self.row(self.smtp)._note({"capabilities": '["AUTH", "AUTH=<script>"]'})
        self.assertNotIn("<script>", self.row(self.smtp).capabilities_html)

    def test_no_screen_connects(self):
        views = [(False, "kanban"), (False, "list"), (False, "search")]
        self.env["mail.catchall.health"].get_views(views)
        with patch("socket.socket.connect", side_effect=AssertionError("a screen asks a server")):
            for account in (self.server, self.smtp):
                account.with_context(lang="en_US").read()
                self.row(account).read()

    def test_in_the_reader_s_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.fetched(error_date=fields.Datetime.now() - HOUR * 5, error_message="x")
        row = self.row(self.server).with_context(lang="fr_FR")
        self.assertIn("5\N{NO-BREAK SPACE}heures", row.shown_findings[0]["text"])


@tagged("post_install", "-at_install")
class TestTelling(HealthCase):
    def told(self):
        """Subjects and texts of what administrators were told by this turn of the job."""
        before = self.env["mail.message"].search([], order="id desc", limit=1).id
        with mute_logger("odoo.addons.mail.models.mail_mail"), self.lane() as env:
            env["mail.catchall.health"]._cron_watch()
        found = self.env["mail.message"].search([("id", ">", before)])
        return [
            f"{message.subject} {message.body}"
            for message in found
            if "needs attention" in (message.subject or "")
        ]

    def test_once_and_again_when_it_comes_back(self):
        self.server.date = fields.Datetime.now()
        self.assertEqual(self.told(), [])
        row = self.row(self.server)
        end = fields.Datetime.now() + timedelta(days=5)
        row._note({"seen_date": fields.Datetime.now(), "certificate_end": end})
        [text] = self.told()
        self.assertIn(self.server.name, text)
        self.assertIn("must renew", text)
        self.assertEqual(self.told(), [])
        row._note({"certificate_end": end + timedelta(days=90)})
        self.assertEqual(self.told(), [])
        row._note({"certificate_end": end})
        self.assertEqual(len(self.told()), 1)

    def test_a_fetch_that_fails_for_an_hour(self):
        now = fields.Datetime.now()
        values = {"date": now, "error_message": "Wrong password."}
        self.server.write({**values, "error_date": now - timedelta(minutes=30)})
        self.assertEqual(self.told(), [])
        self.server.error_date = now - timedelta(minutes=70)
        [text] = self.told()
        self.assertIn("Wrong password.", text)
        self.assertEqual(self.told(), [])

    def test_an_account_that_is_fine_tells_nothing(self):
        self.server.date = fields.Datetime.now()
        self.row(self.server)._note(
            {"quota_resource": "STORAGE", "quota_used": 89, "quota_limit": 100}
        )
        self.assertEqual(self.told(), [])
        self.row(self.server)._note({"quota_used": 95})
        self.assertEqual(len(self.told()), 1)
