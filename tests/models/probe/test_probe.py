"""The probe in Odoo: what it writes on the accounts, who may see it, and when somebody is told."""

from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ....probe import probe_messages
from ....router.tokens.probe_mark import Kind
from ...kit.common import CatchallCase, mail


@tagged("post_install", "-at_install", "mail_catchall_router")
class TestProbe(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["ir.mail_server"].search([]).active = False
        cls.outgoing = cls.env["ir.mail_server"].create(
            {
                "name": "Account",
                "smtp_host": "smtp.example",
                "smtp_user": f"catchall@{cls.domain.name}",
                "is_catchall": True,
                "catchall_alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )
        cls.Probe = cls.env["mail.catchall.probe"]
        for name in ("_note_marks", "_send", "_remove_mails"):
            cls.startClassPatcher(patch.object(type(cls.Probe), name, autospec=True))

    def start(self, **options):
        """A probe whose messages have left, and none of which has arrived."""
        probe = self.Probe._start(self.server, **options)
        for message in self.probe_messages(probe):
            probe._note_sent(message, {}, True)
        probe.write({"state": "running", "end_date": False})
        return probe

    def probe_messages(self, probe):
        account = self.outgoing._catchall_account_address()
        now = fields.Datetime.now()
        return probe_messages(probe._key(), probe.id, probe.domain, account, probe._aliases(), now)

    def arrive(self, probe, *kinds, header="X-Original-To"):
        for message in self.probe_messages(probe):
            for kind, address in zip(message.kinds, message.addresses, strict=True):
                if not kinds or kind in kinds:
                    line = f"{header}: {address}\r\n".encode()
                    probe._see(line + message.source, "inbox", f"key {kind}")
        probe._weigh()

    def outside(self, probe):
        probe._see(mail(to=probe.outside_address), "inbox", "key outside")
        probe._weigh()

    def told(self):
        return self.env["mail.message"].search_count([("subject", "=like", "The mailbox of%")])

    def test_proof_is_written_on_the_account(self):
        probe = self.start()
        self.assertFalse(self.server.catchall_verified_date)
        self.arrive(probe)
        self.assertEqual(probe.state, "waiting_outside")
        self.assertTrue(self.server.catchall_verified_date)
        self.assertEqual(self.server.envelope_header, "X-Original-To")
        self.outside(probe)
        self.assertEqual((probe.state, probe.catch_all), ("done", "yes"))
        facts = self.domain._catchall_checkup_facts()
        self.assertIs(facts.catch_all, True)

    def test_a_header_that_somebody_chose_is_reported_and_stays(self):
        self.server.envelope_header = "X-Mine"
        probe = self.start()
        self.arrive(probe)
        self.assertEqual(self.server.envelope_header, "X-Mine")
        self.assertEqual(probe.level, "bad")
        self.assertIn("X-Mine", probe.summary)

    def test_what_was_refused_is_not_verified_any_more(self):
        self.server.catchall_verified_date = fields.Datetime.now()
        probe = self.start()
        probe.mail_ids.answer = "550 5.1.1 no such user"
        probe._weigh()
        self.assertFalse(self.server.catchall_verified_date)
        self.assertIn("550 5.1.1 no such user", probe.summary)
        self.assertIs(self.domain._catchall_checkup_facts().catch_all, False)

    def test_silence_leaves_a_verified_account_as_it_is(self):
        self.server.catchall_verified_date = fields.Datetime.now()
        probe = self.start()
        probe.start_date -= timedelta(minutes=31)
        probe._weigh()
        self.assertEqual((probe.state, probe.level), ("done", "warning"))
        self.assertTrue(self.server.catchall_verified_date)

    def test_one_at_a_time(self):
        probe = self.start()
        self.assertEqual(self.Probe._start(self.server), probe)

    def test_the_provider_is_named_with_its_steps(self):
        self.server.server = "imap.gmail.com"
        probe = self.start()
        probe.mail_ids.write({"answer": "550 no", "at_recipient": True})
        probe._weigh()
        steps = probe.shown_lines[0]["steps"]
        self.assertEqual(steps[0], "Google Workspace")
        self.assertIn("admin.google.com", steps[1])

    def test_lines_that_an_older_version_kept_are_shown(self):
        self.server.server = "imap.gmail.com"
        probe = self.start()
        values = {"domain": "example.com", "answer": "550 no."}
        probe.lines = [
            {"code": "junk", "level": "warning", "values": {}, "how_to": False},
            {"code": "catch_all_refused", "level": "bad", "values": values, "how_to": True},
            {"code": "gone", "level": "bad", "values": {}, "how_to": False},
        ]
        refused, junk = probe.shown_lines
        self.assertEqual((refused["level_name"], junk["level_name"]), ("Needs fixing", "Warning"))
        self.assertIn("550 no.", refused["text"])
        self.assertEqual(refused["steps"][0], "Google Workspace")
        self.assertEqual(probe.summary, refused["text"])

    def test_the_two_of_one_transaction_are_told_apart(self):
        probe = self.start()
        (message,) = [item for item in self.probe_messages(probe) if Kind.FIRST in item.kinds]
        for address in message.addresses:
            line = f"X-Original-To: {address}\r\n".encode()
            probe._see(line + message.source, "inbox", address)
        rows = probe.mail_ids.filtered(lambda row: row.kind in ("first", "second"))
        self.assertEqual([row.keys for row in rows], [[row.address] for row in rows])

    def test_a_strangers_mail_is_nobodys(self):
        probe = self.start()
        probe._see(mail(to="sales@example.com"), "inbox", "x")
        self.assertFalse(probe.mail_ids.filtered("place"))

    def test_a_provider_that_replaces_from_is_learned_under_auto_alone(self):
        for policy, learned in (("keep", False), ("auto", True)):
            self.outgoing.catchall_from_policy = policy
            probe = self.start()
            (message,) = [item for item in self.probe_messages(probe) if Kind.AUTHOR in item.kinds]
            source = message.source.replace(
                message.addresses[0].encode(), b"catchall@example.com", 1
            )
            probe._see(source, "inbox", "author")
            probe.start_date -= timedelta(hours=1)
            probe._weigh()
            self.outgoing.invalidate_recordset()
            with self.subTest(policy=policy):
                self.assertEqual(bool(self.outgoing.catchall_from_learned), learned)

    def test_a_change_for_the_worse_is_told_once(self):
        self.server.write({"catchall_verified_date": fields.Datetime.now(), "state": "done"})
        for number, expected in ((1, 1), (2, 1)):
            probe = self.start(is_repeated=True)
            self.assertFalse(probe.outside_address)
            probe.start_date -= timedelta(hours=1)
            probe._weigh()
            with self.subTest(number=number):
                self.assertEqual((probe.state, self.told()), ("done", expected))

    def test_only_verified_accounts_are_tried_again(self):
        self.server.state = "done"
        with self.lane() as env:
            env["mail.catchall.probe"]._cron_repeat()
        self.assertFalse(self.Probe.search([("fetchmail_server_id", "=", self.server.id)]))
        self.server.catchall_verified_date = fields.Datetime.now()
        with self.lane() as env:
            env["mail.catchall.probe"]._cron_repeat()
        self.assertTrue(
            self.Probe.search([("fetchmail_server_id", "=", self.server.id)]).is_repeated
        )

    def test_a_domain_is_needed(self):
        self.server.alias_domain_ids = False
        with patch.object(type(self.env["ir.mail_server"]), "_catchall_all_domains") as domains:
            domains.return_value = self.env["mail.alias.domain"]
            with self.assertRaisesRegex(UserError, "has no email domain"):
                self.Probe._start(self.server)

    def test_late_mails_are_removed_from_the_ledger(self):
        probe = self.start()
        row = self.route(self.probe_messages(probe)[0].source)
        self.assertEqual((row.state, row.reason), ("ignored", "probe"))
        other = self.route(mail())
        for item in (row, other):
            item.fetched_date -= timedelta(days=3)
        self.env.flush_all()
        self.Probe._gc_probe_mails()
        self.assertFalse(row.exists())
        self.assertTrue(other.exists())

    def test_an_open_page_wakes_the_job_when_the_time_has_come(self):
        probe = self.start()
        job = self.env.ref("mail_catchall_router.ir_cron_catchall_probe")
        manager = new_test_user(
            self.env, "probe_w", "base.group_user,mail_catchall_router.group_catchall_manager"
        )
        plain = new_test_user(self.env, "probe_p", "base.group_user")

        def waiting():
            due = [("cron_id", "=", job.id), ("call_at", "<=", fields.Datetime.now())]
            return self.env["ir.cron.trigger"].search_count(due)

        probe.next_look_date = fields.Datetime.now() + timedelta(minutes=1)
        probe.with_user(manager).wake_when_due()
        self.assertFalse(waiting())
        probe.next_look_date = fields.Datetime.now() - timedelta(seconds=1)
        with self.assertRaises(AccessError):
            probe.with_user(plain).wake_when_due()
        self.assertFalse(waiting())
        probe.with_user(manager).wake_when_due()
        self.assertEqual(waiting(), 1)

    def test_rights(self):
        probe = self.start()
        manager = new_test_user(
            self.env, "probe_m", "base.group_user,mail_catchall_router.group_catchall_manager"
        )
        user = new_test_user(
            self.env, "probe_u", "base.group_user,mail_catchall_router.group_catchall_user"
        )
        probe._weigh()
        shown = {"display_name": {}}
        (read,) = probe.with_user(manager).web_read(
            {
                "shown_lines": {},
                "mail_ids": {"fields": {"kind": {}, "address": {}}},
                "mail_server_id": {"fields": shown},
                "fetchmail_server_id": {"fields": shown},
            }
        )
        self.assertTrue(read["shown_lines"])
        self.assertTrue(read["mail_ids"])
        for who, act in (
            (user, lambda record: record.read(["summary"])),
            (manager, lambda record: record.write({"level": "ok"})),
            (manager, lambda record: record.action_look()),
            (manager, lambda record: record.action_stop()),
            (manager, lambda record: record.action_again()),
        ):
            with self.assertRaises(AccessError):
                act(probe.with_user(who))
        with self.assertRaises(AccessError):
            self.server.with_user(manager).action_catchall_probe()
