"""The trial: Odoo fetches as ever, and what the router would have done is written down."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.addons.mail.models.fetchmail import FetchmailServer
from odoo.addons.mail.models.mail_thread import MailThread
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, new_test_user, tagged
from odoo.tools import mute_logger
from odoo.tools.misc import hash_sign

from ....models.trial.copies import EVERYWHERE, TrialDirectory
from ....models.trial.observer import TrialObserver
from ....trial.comparison import Did
from ...kit.common import DOMAIN, CatchallCase, deliver, mail

MANAGER = "base.group_user,mail_catchall_router.group_catchall_manager"
QUIET = ("odoo.addons.mail.models.fetchmail", "odoo.addons.mail.models.mail_thread")


class Mailbox:
    """What ``_connect__`` returns: a mailbox with unread messages, like Odoo's connections."""

    def __init__(self, mails):
        self.unread, self.handled = list(mails), []

    def check_unread_messages(self):
        return len(self.unread)

    def retrieve_unread_messages(self):
        yield from enumerate(self.unread)

    def handled_message(self, number):
        self.handled.append(number)

    def disconnect(self):
        pass


@tagged("post_install", "-at_install")
class TestBesideOdoo(BaseCase):
    """With real cursors: what Odoo rolls back is rolled back, and what is observed is not."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.made = []
        with self.database() as env:
            domain = env["mail.alias.domain"].search([("name", "=", DOMAIN)])
            if not domain:
                domain = domain.create(
                    {"name": DOMAIN, "catchall_alias": "catchall", "bounce_alias": "bounce"}
                )
                self.made.append(domain)
            self.first_message = env["mail.message"].search([], order="id desc", limit=1).id or 0
            self.first_lead = env["crm.lead"].search([], order="id desc", limit=1).id or 0
            values = {"alias_name": "trial-sales", "alias_domain_id": domain.id}
            model = env["ir.model"]._get_id("crm.lead")
            alias = env["mail.alias"].create({**values, "alias_model_id": model})
            server = env["fetchmail.server"].create(
                {
                    "name": "On trial",
                    "server_type": "imap",
                    "server": "mail.example.com",
                    "user": "catchall@example.com",
                    "password": "secret",
                    "state": "done",
                    "alias_domain_ids": [(6, 0, domain.ids)],
                }
            )
            server.write(
                {
                    "catchall_shadow": True,
                    "catchall_shadow_since": fields.Datetime.now() - timedelta(minutes=1),
                }
            )
            self.made += [alias, server]
            self.server_id, self.alias_id = server.id, alias.id
        self.addCleanup(self.clean)

    @contextmanager
    def database(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def clean(self):
        with self.database() as env:
            for model in ("mail.catchall.shadow", "mail.catchall.message"):
                env[model].search([("fetchmail_server_id", "=", self.server_id)]).unlink()
            env["crm.lead"].search([("id", ">", self.first_lead)]).unlink()
            env["mail.message"].search([("id", ">", self.first_message)]).unlink()
            for record in reversed(self.made):
                if record._name == "mail.alias.domain":
                    # the first domain of a database is given to all that has none
                    for model in ("mail.alias", "res.company"):
                        domain = [("alias_domain_id", "=", record.id)]
                        env[model].search(domain).alias_domain_id = False
                record.with_env(env).unlink()

    def fetch(self, *mails):
        mailbox = Mailbox(mails)
        with (
            self.database() as env,
            patch.object(FetchmailServer, "_connect__", lambda *_a, **_k: mailbox),
            mute_logger(*QUIET),
        ):
            env["fetchmail.server"].browse(self.server_id)._fetch_mail()
        return mailbox

    def rows(self, env):
        domain = [("fetchmail_server_id", "=", self.server_id)]
        return env["mail.catchall.shadow"].search(domain, order="id")

    def row(self, env):
        row = self.rows(env)
        self.assertEqual(len(row), 1)
        return row

    def test_a_mail_that_both_place_alike(self):
        source = mail(to="trial-sales@example.com", subject="Price of chairs")
        mailbox = self.fetch(source)
        self.assertEqual(mailbox.handled, [0])
        with self.database() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.state, row.reason), ("record", "routed", "alias"))
            self.assertEqual((row.verdict, row.lost), ("same", False))
            self.assertEqual(row._read_source(), source)
            [place] = row.native_places
            lead = env["crm.lead"].browse(place["res_id"])
            self.assertEqual(lead.name, "Price of chairs")
            self.assertIn("Price of chairs", row.native_text)
            self.assertIn("trial-sales@example.com", row.router_text)
            self.assertTrue(row.trace_html)

    def test_an_exception_of_odoo_loses_neither_the_mail_nor_the_observation(self):
        source = mail(to="trial-salse@example.com", envelope="trial-salse@example.com")
        mailbox = self.fetch(source)
        self.assertEqual(mailbox.handled, [0], "Odoo goes on as it does without us")
        with self.database() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.verdict, row.lost), ("failed", "better", True))
            self.assertIn("No possible route found", row.native_error)
            self.assertEqual(row.reason, "near_miss")
            self.assertEqual(row._read_source(), source)

    def test_the_work_is_rolled_back_and_the_row_is_not(self):
        def fail(*_args, **_kw):
            raise ZeroDivisionError("an application's mistake")

        process = self.registry["crm.lead"]
        with patch.object(process, "message_new", fail):
            self.fetch(mail(to="trial-sales@example.com", subject="Rolled back"))
        with self.database() as env:
            row = self.row(env)
            self.assertFalse(env["crm.lead"].search([("name", "=", "Rolled back")]))
            self.assertEqual((row.did, row.verdict), ("failed", "better"))
            self.assertIn("ZeroDivisionError: an application's mistake", row.native_error)
            self.assertIn("carla@customer.test", row.bounced_to, "the sender was told besides")

    def test_a_commit_that_fails(self):
        cron = self.registry["ir.cron"]
        original = cron._commit_progress

        def commit_progress(self, processed=0, **kw):
            if processed:
                raise RuntimeError("no commit")
            return original(self, processed, **kw)

        with patch.object(cron, "_commit_progress", commit_progress):
            self.fetch(mail(to="trial-sales@example.com", subject="Not committed"))
        with self.database() as env:
            row = self.row(env)
            self.assertFalse(env["crm.lead"].search([("name", "=", "Not committed")]))
            self.assertEqual((row.did, row.lost), ("failed", True))
            self.assertIn("rolled back", row.native_error)

    def test_a_bounce_to_the_sender(self):
        source = mail(to="catchall@example.com", envelope="trial-sales@example.com")
        self.fetch(source)
        with self.database() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.verdict, row.lost), ("bounced", "better", True))
            self.assertIn("carla@customer.test", row.bounced_to)

    def test_a_copy_and_a_report_are_the_same_for_both(self):
        source = mail(to="trial-sales@example.com", message_id="<twice@customer.test>")
        report = mail(
            to="bounce@example.com",
            sender="MAILER-DAEMON@customer.test",
            subject="Undelivered",
            Content_Type='multipart/report; report-type=delivery-status; boundary="b"',
            body="""\
            --b
            Content-Type: text/plain

            Not delivered
            --b
            Content-Type: message/delivery-status

            Final-Recipient: rfc822; x@customer.test
            Action: failed
            Status: 5.1.1
            --b--
            """,
        )
        self.fetch(source, source.replace(b"X-", b"Y-") + b"\r\n", report)
        with self.database() as env:
            rows = self.rows(env)
            self.assertEqual(rows.mapped("did")[-1], "noted")
            self.assertEqual(rows[-1].verdict, "same")
            self.assertFalse(any(rows.mapped("lost")))

    def test_the_same_bytes_again_are_one_row(self):
        source = mail(to="trial-sales@example.com")
        self.fetch(source)
        self.fetch(source)
        with self.database() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.observed_count, row.verdict), ("record", 2, "same"))

    def test_a_process_that_ended_before_and_after_the_commit(self):
        source = mail(to="trial-sales@example.com", subject="Interrupted")

        class Killed(BaseException):
            pass

        def kill(*_args, **_kw):
            raise Killed

        for place in ("message_new", "nothing"):
            with self.subTest(place):
                if place == "message_new":
                    with (
                        patch.object(self.registry["crm.lead"], place, kill),
                        self.assertRaises(Killed),
                    ):
                        self.fetch(source)
                else:
                    # committed, and ended before it could be written down
                    with patch.object(TrialObserver, "_finish", lambda *_a: None):
                        self.fetch(source)
                with self.database() as env:
                    self.assertEqual(self.row(env).did, "pending")
        self.fetch(source)
        with self.database() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.verdict), ("record", "same"))
            self.assertEqual(env["crm.lead"].search_count([("name", "=", "Interrupted")]), 1)

    @mute_logger("odoo.addons.mail_catchall_router.models.trial.observer")
    def test_whatever_fails_in_the_observation_odoo_goes_on(self):
        for name in ("_begin", "_decide", "_finish", "_model", "_committed", "_settle"):
            with self.subTest(name), self.database() as env:
                before = env["crm.lead"].search_count([])

                def fail(*_args, **_kw):
                    raise RuntimeError("the observation's mistake")

                guarded = "_look_after" if name == "_settle" else name
                with patch.object(TrialObserver, guarded, fail):
                    mailbox = self.fetch(mail(to="trial-sales@example.com"))
                self.assertEqual(mailbox.handled, [0])
                env.cr.rollback()
                self.assertEqual(env["crm.lead"].search_count([]), before + 1)

    @mute_logger("odoo.addons.mail_catchall_router.models.trial.observer", "odoo.sql_db")
    def test_no_connection_is_left(self):
        with patch.object(TrialObserver, "_model", side_effect=ConnectionError("pool is full")):
            mailbox = self.fetch(mail(to="trial-sales@example.com"))
        self.assertEqual(mailbox.handled, [0])

    @mute_logger("odoo.addons.mail_catchall_router.models.trial.observer")
    def test_a_mail_that_the_router_cannot_decide_about_is_kept(self):
        path = "odoo.addons.mail_catchall_router.router.chain.Chain.decide"
        with patch(path, side_effect=RecursionError("too deep")):
            self.fetch(mail(to="trial-sales@example.com"))
        with self.database() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.verdict), ("record", "differs"))
            self.assertIn("too deep", row.router_text)
            self.assertTrue(row.has_source)

    def test_hostile_mails_are_fetched_as_ever(self):
        with self.database() as env:
            env["fetchmail.server"].browse(self.server_id).max_message_mb = 1
        huge = mail("x" * 1_500_000, to="trial-sales@example.com")
        deep = mail(to="trial-sales@example.com", Content_Type="multipart/mixed; boundary=a") + (
            b"--a\r\nContent-Type: multipart/mixed; boundary=a\r\n\r\n" * 3_000
        )
        nul = mail(
            "\0" * 100,
            to="trial-sales@example.com",
            subject="\0 NUL \udcff".encode("utf-8", "surrogateescape").decode("latin-1"),
        )
        mailbox = self.fetch(huge, b"", b"\xff\xfe\x00" * 100, deep, nul)
        self.assertEqual(mailbox.handled, [0, 1, 2, 3, 4])
        with self.database() as env:
            rows = self.rows(env)
            self.assertEqual(len(rows), 5)
            self.assertEqual((rows[0].has_source, rows[0].reason), (False, "oversize"))
            self.assertNotIn("pending", rows.mapped("verdict"))

    def test_the_engine_sees_nothing_of_it(self):
        contexts = []
        native = MailThread.message_route

        def look(self, *args, **kwargs):
            contexts.append(dict(self.env.context))
            return native(self, *args, **kwargs)

        with patch.object(MailThread, "message_route", look):
            self.fetch(mail(to="trial-sales@example.com"))
            with self.database() as env:
                env["fetchmail.server"].browse(self.server_id).catchall_shadow = False
            self.fetch(mail(to="trial-sales@example.com"))
        self.assertEqual(*contexts)

    def test_not_one_field_differs_from_plain_odoo(self):
        def made(subject):
            with self.database() as env:
                lead = env["crm.lead"].search([("name", "=", subject)])
                self.assertEqual(len(lead), 1)
                leave = ("id", "name", "display_name", "message_ids", "access_url")
                leave += ("duration_tracking",)  # seconds since it was made
                values = {
                    name: value
                    for name, value in lead.read()[0].items()
                    if name not in leave and "date" not in name and "message" not in name
                }
                messages = [
                    (m.message_type, m.author_id.id, m.email_from, m.body, m.subtype_id.id)
                    for m in lead.message_ids
                ]
                followers = lead.message_partner_ids.ids
                values = {k: v for k, v in values.items() if "duplicate" not in k}
                return values, messages, followers

        source = mail(to="trial-sales@example.com", subject="Plain 1")
        self.fetch(source)
        with self.database() as env:
            env["fetchmail.server"].browse(self.server_id).catchall_shadow = False
        other = source.replace(b"Plain 1", b"Plain 2").replace(b"Message-ID: <", b"Message-ID: <2.")
        self.fetch(other)
        self.assertEqual(made("Plain 1"), made("Plain 2"))

    def test_a_copied_database_observes_nothing(self):
        with self.database() as env:
            env["fetchmail.server"].browse(self.server_id).catchall_database_uuid = "another"
        mailbox = self.fetch(mail(to="trial-sales@example.com"))
        self.assertEqual(mailbox.handled, [0])
        with self.database() as env:
            server = env["fetchmail.server"].browse(self.server_id)
            self.assertTrue(server.catchall_other_database)
            self.assertFalse(self.rows(env))
            with self.assertRaisesRegex(UserError, "copy"):
                server._catchall_switch(replay_lost=True)

    def test_switched_between_listing_and_locking(self):
        # what would be fetched by both is fetched by the router alone
        with self.database() as env:
            server = env["fetchmail.server"].browse(self.server_id)
            observer = TrialObserver(env.registry, server.ids)
            server.write({"catchall_shadow": False, "is_catchall": True})
            env.flush_all()
            with self.assertRaisesRegex(UserError, "has just become"):
                server.with_context(catchall_trial_observer=observer)._connect__()
            server.write({"catchall_shadow": True, "is_catchall": False})

    def test_a_client_cannot_pass_an_observer(self):
        with self.database() as env, mute_logger(*QUIET):
            thread = env["mail.thread"].with_context(
                catchall_trial_observer={"account_ids": [self.server_id]},
                default_fetchmail_server_id=self.server_id,
            )
            thread.message_process("crm.lead", mail(to="trial-sales@example.com"))
            self.assertFalse(self.rows(env))
            env.cr.rollback()


@tagged("post_install", "-at_install")
class TestTrialRun(CatchallCase):
    """What is done with the rows: screens, rights, routing afterwards, switching, forgetting."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.write({"is_catchall": False, "state": "done"})
        cls.server.write(
            {
                "catchall_shadow": True,
                "catchall_shadow_since": fields.Datetime.now() - timedelta(days=1),
            }
        )
        cls.Shadow = cls.env["mail.catchall.shadow"]
        cls.manager = new_test_user(cls.env, "trial_m", MANAGER)

    def observe(self, source, did="failed", places=(), error="ValueError: no route", env=None):
        """Write a row as the observer does, in this transaction."""
        Shadow = (env or self.env)["mail.catchall.shadow"]
        facts = Shadow._account_facts(self.server.id)
        row_id, source, _wanted = Shadow._observe(facts, source)
        row = Shadow.browse(row_id)
        row._write_down(Shadow._decide(row_id, facts, source, TrialDirectory(Shadow.env)))
        if did != "pending":
            row._note_native(Did(did), list(places), error if did == "failed" else "", "")
        return row

    def route_ledger(self, row):
        ledger = row.catchall_message_id
        deliver(ledger)
        return ledger

    def place(self, **values):
        return {
            "model": "crm.lead",
            "res_id": 1,
            "new": True,
            "target": "record:crm.lead:1",
        } | values

    # ------------------------------------------------------------ routing afterwards

    def test_a_lost_mail_is_routed_once(self):
        source = mail(envelope="sales@example.com", subject="Lost")
        row = self.observe(source).with_user(self.manager)
        self.assertTrue(row.can_route)
        row.action_route_now()
        self.assertFalse(row.can_route)
        self.assertEqual(row.catchall_message_id.state, "received")
        ledger = self.route_ledger(row.sudo())
        self.assertEqual((ledger.state, ledger._read_source()), ("routed", source))
        self.assertEqual(self.record(ledger).name, "Lost")
        with self.assertRaises(UserError):
            row.action_route_now()
        row.sudo()._route_now()  # a second click that came at the same time
        self.assertEqual(self.Message.search_count([("remote_key", "=", f"trial:{row.id}")]), 1)
        ledger.unlink()
        row.invalidate_recordset()
        self.assertFalse(row.can_route, "the row of the ledger is gone, its record is not")

    def test_several_at_once(self):
        lost = [self.observe(mail(envelope="sales@example.com")) for _number in range(3)]
        fine = self.observe(
            mail(envelope="sales@example.com"),
            "record",
            [self.place(target=f"alias:{self.sales.id}")],
        )
        self.assertEqual((fine.verdict, fine.can_route), ("same", False))
        rows = self.Shadow.concat(*lost, fine).with_user(self.manager)
        message = rows.action_route_now()["params"]["message"]
        self.assertIn("Emails being routed: 3.", message)
        self.assertIn("Emails left as they are: 1.", message)
        for row in lost:
            self.assertEqual(self.route_ledger(row).state, "routed")

    def test_where_odoo_has_been_the_mail_does_not_go_again(self):
        jobs = self.alias("jobs", "hr.applicant")
        source = mail(to="sales@example.com, jobs@example.com", subject="Both")
        lead = self.env["crm.lead"].create({"name": "Both"})
        native = self.place(res_id=lead.id, target=f"alias:{self.sales.id}")
        row = self.observe(source, "record", [native])
        self.assertEqual((row.verdict, row.lost, row.can_route), ("better", False, True))
        row.with_user(self.manager).action_route_now()
        ledger = self.route_ledger(row)
        self.assertEqual(ledger.route_ids.alias_id, jobs)

    def test_bytes_of_pop3_are_what_the_wire_had(self):
        self.server.server_type = "pop"
        source = mail(envelope="sales@example.com")
        row = self.observe(source.rstrip(b"\r\n").replace(b"\r\n", b"\n"))
        self.assertEqual(row._read_source(), source)

    def test_copies_on_paper(self):
        first = self.observe(mail(envelope="sales@example.com", message_id="<a@customer.test>"))
        again = first._read_source().replace(b"X-Original-To", b"X-More: 1\r\nX-Original-To")
        second = self.observe(again, "nothing")
        self.assertEqual((first.reason, second.reason), ("alias", "duplicate"))
        self.assertEqual((second.verdict, second.lost), ("same", False))

    def test_nothing_is_written_by_deciding(self):
        source = mail(envelope="sales@example.com")
        facts = self.Shadow._account_facts(self.server.id)
        row_id, source, _wanted = self.Shadow._observe(facts, source)
        directory = TrialDirectory(self.env)
        self.env.flush_all()
        count = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        self.env.cr.execute(count)
        before = self.env.cr.fetchone()
        self.Shadow._decide(row_id, facts, source, directory)
        self.env.flush_all()
        self.env.cr.execute(count)
        self.assertEqual(self.env.cr.fetchone(), before)

    def test_what_odoo_knows_already_is_not_called_lost(self):
        row = self.observe(mail(envelope="sales@example.com"), "nothing")
        self.assertEqual((row.state, row.verdict, row.lost), ("routed", "differs", False))
        self.assertTrue(row.can_route, "it may be another message all the same")

    def test_deciding_does_not_end_the_process_for_ever(self):
        facts, source = self.Shadow._account_facts(self.server.id), mail()
        wanted = [self.Shadow._observe(facts, source)[2] for _death in range(4)]
        self.assertEqual(wanted, [True, True, True, False])
        row = self.Shadow.search([("fetchmail_server_id", "=", self.server.id)])
        self.assertIn("process ended while", row.router_text)

    def test_what_a_dead_process_left_can_be_routed_after_a_while(self):
        row = self.observe(mail(envelope="sales@example.com"), "pending")
        self.assertFalse(row.can_route)
        row.observed_date = fields.Datetime.now() - timedelta(minutes=16)
        self.assertTrue(row.can_route)
        row.action_route_now()
        self.assertEqual(self.route_ledger(row).reason, "alias")

    # ------------------------------------------------------------ after the switch

    def test_what_odoo_had_is_a_duplicate_however_it_comes_again(self):
        made = mail(envelope="sales@example.com")
        self.observe(made, "record", [self.place(target="alias:0")])
        lost = mail(envelope="sales@example.com")
        self.observe(lost)
        interrupted = mail(envelope="sales@example.com", message_id="<i@customer.test>")
        self.observe(interrupted, "pending")
        rows = [self.route(source) for source in (made, lost, interrupted)]
        self.assertEqual([row.reason for row in rows], ["duplicate", "alias", "alias"])
        self.assertEqual(rows[0].state, "ignored")

    def test_what_odoo_made_unobserved_is_a_duplicate_too(self):
        source = mail(envelope="sales@example.com", message_id="<u@customer.test>")
        lead = self.env["crm.lead"].create({"name": "Unobserved"})
        message = lead.message_post(body="Hello", message_type="email", author_id=False)
        message.message_id = "<u@customer.test>"
        self.env.flush_all()
        self.assertEqual(self.route(source).reason, "duplicate")

    def test_everywhere(self):
        self.assertIn("alias:1", EVERYWHERE)
        self.assertFalse(EVERYWHERE)

    # ------------------------------------------------------------ the account

    def test_it_does_not_count_as_live(self):
        self.assertFalse(self.server.is_catchall)
        self.assertFalse(self.server.catchall_health_id)
        self.assertNotIn(self.server, self.domain._catchall_incoming_accounts())
        self.assertFalse(self.server.catchall_cron_id.active)
        # but its settings count when somebody asks where a message would go
        wizard = self.env["mail.catchall.where"]
        self.assertIn(str(self.server.id), dict(wizard._selection_account()))

    def test_either_on_trial_or_live(self):
        for values, said in (
            ({"is_catchall": True}, "on trial"),
            ({"server_type": "local"}, "local script"),
            ({"imap_folder": "Sales"}, "INBOX"),
        ):
            with self.subTest(values), self.assertRaisesRegex(ValidationError, said):
                self.server.write(values)
            self.server.invalidate_recordset(flush=False)
        self.server.imap_folder = "inbox"

    def test_the_counts_of_the_account(self):
        self.assertIn("not fetched any mail", self.server.catchall_trial_text)
        alike = [self.place(target=f"alias:{self.sales.id}")]
        for did, places in (("record", alike), ("failed", ()), ("failed", ()), ("pending", ())):
            self.observe(mail(envelope="sales@example.com"), did, places)
        self.Shadow.search([("lost", "=", True)], limit=1).action_review()
        self.server.invalidate_recordset()
        text = self.server.catchall_trial_text
        for part in ("Emails: 4.", "Same: 1.", "Lost by Odoo: 2.", "Not known yet: 1."):
            self.assertIn(part, text)
        self.assertEqual(self.server.catchall_trial_open_count, 1)
        self.assertIn("width: 50.00%", self.server.catchall_trial_bar)

    def test_the_wizard_starts_a_trial_and_ends_it(self):
        self.server.write({"catchall_shadow": False, "state": "draft", "is_catchall": True})
        action = self.server.action_catchall_activate()
        Wizard = self.env[action["res_model"]].with_context(**action["context"])
        wizard = Wizard.create({"start": "trial"})
        with patch.object(FetchmailServer, "_connect__", lambda *_a, **_k: Mailbox(())):
            wizard.action_activate()
        self.assertTrue(self.server.catchall_shadow)
        self.assertEqual((self.server.is_catchall, self.server.state), (False, "done"))
        self.assertTrue(self.server.catchall_shadow_since)
        self.assertEqual(self.server.catchall_database_uuid, self.server._catchall_uuid())
        self.server.action_catchall_end_trial()
        self.assertEqual((self.server.catchall_shadow, self.server.state), (False, "done"))

    def test_the_account_of_a_set_up_goes_on_as_the_one_that_it_replaces(self):
        lead = self.env["ir.model"]._get("crm.lead")
        native = self.env["fetchmail.server"].create(
            {
                **{"name": "Before", "server_type": "imap", "server": "mail.example.com"},
                **{"user": self.server.user, "password": "secret", "state": "done"},
                **{"object_id": lead.id, "original": True, "attach": False, "priority": 3},
            }
        )
        self.server.write({"catchall_shadow": False, "state": "draft", "is_catchall": True})
        self.server.catchall_replaces_id = native
        with patch.object(FetchmailServer, "_connect__", lambda *_a, **_k: Mailbox(())):
            self.server._catchall_start_trial()
        self.assertFalse(native.active, "two accounts would take each other's mail")
        self.assertEqual((self.server.catchall_shadow, self.server.state), (True, "done"))
        for name in ("object_id", "original", "attach", "priority"):
            self.assertEqual(self.server[name], native[name])

    def test_a_login_that_fails_starts_no_trial(self):
        self.server.write({"catchall_shadow": False, "state": "draft", "is_catchall": True})
        wizard = self.env["mail.catchall.activate"].create(
            {"fetchmail_server_id": self.server.id, "start": "trial"}
        )

        def refuse(*_args, **_kw):
            raise ConnectionRefusedError("no")

        with (
            patch.object(FetchmailServer, "_connect__", refuse),
            self.assertRaisesRegex(UserError, "nothing answers"),
        ):
            wizard.action_activate()

    def test_an_account_of_odoo_is_offered_a_trial_and_may_go_live_at_once(self):
        self.server.write({"catchall_shadow": False})
        action = self.server.action_catchall_activate()
        self.assertEqual(action["context"]["default_start"], "trial")
        wizard = self.env["mail.catchall.activate"].with_context(**action["context"]).create({})
        wizard.start = "now"
        with (
            patch.object(FetchmailServer, "_connect__", lambda *_a, **_k: Mailbox(())),
            patch.object(type(self.server), "_catchall_check_folder", lambda *_a: None),
            patch.object(type(self.server), "_catchall_look_again", lambda s: None),
        ):
            wizard.action_activate()
        self.assertTrue(self.server.is_catchall)

    def test_switching_while_odoo_fetches(self):
        with (
            patch.object(type(self.server), "try_lock_for_update", lambda s, **_k: s.browse()),
            self.assertRaisesRegex(UserError, "right now"),
        ):
            self.server._catchall_switch(replay_lost=True)
        self.assertTrue(self.server.catchall_shadow)

    def test_switching_routes_what_odoo_lost(self):
        self.server.server_type = "pop"
        lost = [self.observe(mail(envelope="sales@example.com")) for _number in range(2)]
        lost[1].action_review()
        wizard = self.env["mail.catchall.switch"].create({"fetchmail_server_id": self.server.id})
        self.assertEqual((wizard.open_count, wizard.replay_lost), (1, True))
        with patch.object(FetchmailServer, "_connect__", lambda *_a, **_k: Mailbox(())):
            wizard.action_switch()
        self.assertEqual((self.server.is_catchall, self.server.catchall_shadow), (True, False))
        self.assertTrue(self.server.catchall_cron_id.active)
        self.assertEqual([row.replayed for row in lost], [True, False])
        self.assertEqual(self.route_ledger(lost[0]).state, "routed")

    # ------------------------------------------------------------ rights, space

    def test_only_managers_see_it(self):
        row = self.observe(mail(envelope="sales@example.com"))
        self.assertTrue(row.with_user(self.manager).source)
        user = new_test_user(
            self.env, "trial_u", "base.group_user,mail_catchall_router.group_catchall_user"
        )
        nobody = new_test_user(self.env, "trial_n", "base.group_user")
        for somebody in (user, nobody):
            theirs = row.with_user(somebody)
            for call in (
                lambda r=theirs: r.read(["subject"]),
                theirs.action_route_now,
                theirs.action_review,
                theirs.action_download,
            ):
                with self.assertRaises(AccessError):
                    call()
        with self.assertRaises(AccessError):
            row.with_user(self.manager).write({"replayed": False})
        with self.assertRaises(AccessError):
            self.env["mail.catchall.switch"].with_user(self.manager).create(
                {"fetchmail_server_id": self.server.id}
            )

    def test_a_mail_that_logs_somebody_in_is_shown_without_its_token(self):
        partner = self.manager.partner_id
        token = hash_sign(self.env, "signup", [partner.id, [], None, "reset"])
        link = f"http://odoo.test/web/reset_password?db=x&token={token}&y=1"
        row = self.observe(mail(link, to="nobody-at-all@example.com")).with_user(self.manager)
        self.assertIn("reset_password", row.body)
        self.assertNotIn(token, row.body)
        self.assertFalse(row.source)
        with self.assertRaisesRegex(AccessError, "log in as somebody else"):
            row.action_download()
        both = new_test_user(self.env, "trial_b", f"{MANAGER},base.group_erp_manager")
        self.assertTrue(row.with_user(both).source)
        self.assertTrue(row.with_user(both).action_download())

    def test_mail_of_another_company_is_invisible(self):
        row = self.observe(mail(envelope="sales@example.com"))
        row.company_id = self.env["res.company"].create({"name": "Another"})
        with self.assertRaises(AccessError):
            row.with_user(self.manager).read(["subject"])

    def test_an_administrator_without_the_right_opens_the_account(self):
        self.observe(mail(envelope="sales@example.com"))
        system = new_test_user(self.env, "trial_s", "base.group_user,base.group_system")
        server = self.server.with_user(system)
        self.assertEqual((server.catchall_trial_count, server.catchall_trial_open_count), (1, 1))
        with self.assertRaises(AccessError):
            self.Shadow.with_user(system).search([])

    def test_a_second_trial_counts_its_own_mails(self):
        first = self.observe(mail(envelope="sales@example.com"))
        first.observed_date = fields.Datetime.now() - timedelta(days=9)
        self.observe(mail(envelope="sales@example.com"))
        self.assertEqual(self.server.catchall_trial_count, 1)
        self.assertEqual(self.server.catchall_trial_open_count, 2)

    def test_one_that_was_live_before_may_go_on_trial(self):
        self.server.write({"catchall_shadow": False})
        self.env["mail.catchall.folder"].create(
            {"fetchmail_server_id": self.server.id, "name": "INBOX", "last_uid": "900"}
        )
        action = self.server.action_catchall_activate()
        wizard = self.env["mail.catchall.activate"].with_context(**action["context"]).create({})
        self.assertFalse(wizard.already_started)
        with patch.object(FetchmailServer, "_connect__", lambda *_a, **_k: Mailbox(())):
            wizard.action_activate()
        self.assertTrue(self.server.catchall_shadow)

    def test_what_is_settled_is_forgotten_and_what_was_lost_is_not(self):
        alike = [self.place(target=f"alias:{self.sales.id}")]
        same = self.observe(mail(envelope="sales@example.com"), "record", alike)
        lost = self.observe(mail(envelope="sales@example.com"))
        reviewed = self.observe(mail(envelope="sales@example.com"))
        reviewed.action_review()
        pending = self.observe(mail(envelope="sales@example.com"), "pending")
        young = self.observe(mail(envelope="sales@example.com"), "record", alike)
        old = same | lost | reviewed | pending
        old.observed_date = fields.Datetime.now() - timedelta(days=20)
        self.env.flush_all()
        self.Shadow._gc_trial_rows()
        self.assertEqual((same | young).mapped("has_source"), [False, True])
        self.assertFalse(same._read_source())
        self.assertTrue(all((lost | reviewed | pending).mapped("has_source")))
        old.observed_date = fields.Datetime.now() - timedelta(days=400)
        self.env.flush_all()
        done, left = self.Shadow._gc_trial_rows()
        self.assertEqual((done, left), (2, 0))
        self.assertEqual(
            (same | lost | reviewed | pending | young).exists(), lost | pending | young
        )
        self.assertTrue(lost._read_source())

    def test_a_list_costs_the_same_for_ten_as_for_forty(self):
        def rows(number):
            made = self.Shadow
            for _mail in range(number):
                lead = self.env["crm.lead"].create({"name": "A"})
                made |= self.observe(
                    mail(envelope="sales@example.com"),
                    "record",
                    [self.place(res_id=lead.id, target=f"alias:{self.sales.id}")],
                )
            return made

        def cost(rows):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows.with_user(self.manager).read(["native_text", "router_text", "verdict"])
            return self.env.cr.sql_log_count - before

        few, many = rows(10), rows(40)
        cost(few)
        self.assertLessEqual(cost(many), cost(few) + 2)

    def test_every_screen_opens(self):
        row = self.observe(mail("<p>Hello</p>", envelope="sales@example.com"))
        for user in (self.env.user, self.manager):
            views = self.Shadow.with_user(user).get_views(
                [(False, kind) for kind in ("list", "kanban", "form", "graph", "pivot", "search")]
            )
            names = list(views["models"]["mail.catchall.shadow"]["fields"])
            row.with_user(user).read([name for name in names if name != "source"])
        self.assertIn("sales@example.com", row.recipients_html)
        self.assertTrue(row.action_download()["url"])
        with self.assertRaises(UserError):
            row.action_open_native()
