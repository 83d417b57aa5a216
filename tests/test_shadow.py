"""The trial run: Odoo fetches as ever, and what the router would have done is written down."""

from contextlib import contextmanager
from datetime import timedelta
from unittest.mock import patch

from odoo import SUPERUSER_ID, api, fields
from odoo.addons.mail.models.fetchmail import FetchmailServer
from odoo.addons.mail.models.mail_thread import MailThread
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger

from ..models.trial_observer import TrialObserver
from .common import DOMAIN, mail

MANAGER = "base.group_user,mail_catchall_router.group_catchall_manager"
QUIET = ("odoo.addons.mail.models.fetchmail", "odoo.addons.mail.models.mail_thread")


class Mailbox:
    """What ``_connect__`` returns: a mailbox with unread mails, as Odoo's own connections are."""

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
        with self.env() as env:
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
                    "catchall_database_uuid": server._catchall_uuid(),
                }
            )
            self.made += [alias, server]
            self.server_id, self.alias_id = server.id, alias.id
        self.addCleanup(self.clean)

    @contextmanager
    def env(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def clean(self):
        with self.env() as env:
            for model in ("mail.catchall.shadow", "mail.catchall.message"):
                env[model].search([("fetchmail_server_id", "=", self.server_id)]).unlink()
            env["crm.lead"].search([("id", ">", self.first_lead)]).unlink()
            env["mail.message"].search([("id", ">", self.first_message)]).unlink()
            for record in reversed(self.made):
                record.with_env(env).unlink()

    def fetch(self, *mails):
        mailbox = Mailbox(mails)
        with (
            self.env() as env,
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
        with self.env() as env:
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
        with self.env() as env:
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
        with self.env() as env:
            row = self.row(env)
            self.assertFalse(env["crm.lead"].search([("name", "=", "Rolled back")]))
            self.assertEqual((row.did, row.verdict), ("failed", "better"))
            self.assertIn("ZeroDivisionError: an application's mistake", row.native_error)
            self.assertIn("carla@customer.test", row.bounced_to, "the sender was told besides")

    def test_a_commit_that_fails(self):
        def spoilt(env_cron, *_args, **_kw):
            raise RuntimeError("no commit")

        cron = self.registry["ir.cron"]
        original = cron._commit_progress

        def commit_progress(self, processed=0, **kw):
            if processed:
                raise RuntimeError("no commit")
            return original(self, processed, **kw)

        with patch.object(cron, "_commit_progress", commit_progress):
            self.fetch(mail(to="trial-sales@example.com", subject="Not committed"))
        with self.env() as env:
            row = self.row(env)
            self.assertFalse(env["crm.lead"].search([("name", "=", "Not committed")]))
            self.assertEqual((row.did, row.lost), ("failed", True))
            self.assertIn("rolled back", row.native_error)

    def test_a_bounce_to_the_sender(self):
        source = mail(to="catchall@example.com", envelope="trial-sales@example.com")
        self.fetch(source)
        with self.env() as env:
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
        with self.env() as env:
            rows = self.rows(env)
            self.assertEqual(rows.mapped("did")[-1], "noted")
            self.assertEqual(rows[-1].verdict, "same")
            self.assertFalse(any(rows.mapped("lost")))

    def test_the_same_bytes_again_are_one_row(self):
        source = mail(to="trial-sales@example.com")
        self.fetch(source)
        self.fetch(source)
        with self.env() as env:
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
                with self.env() as env:
                    self.assertEqual(self.row(env).did, "pending")
        self.fetch(source)
        with self.env() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.verdict), ("record", "same"))
            self.assertEqual(env["crm.lead"].search_count([("name", "=", "Interrupted")]), 1)

    @mute_logger("odoo.addons.mail_catchall_router.models.trial_observer")
    def test_whatever_fails_in_the_observation_odoo_goes_on(self):
        for name in ("_begin", "_decide", "_finish", "_model", "_committed", "_settle"):
            with self.subTest(name), self.env() as env:
                before = env["crm.lead"].search_count([])

                def fail(*_args, **_kw):
                    raise RuntimeError("the observation's mistake")

                guarded = "_look_after" if name == "_settle" else name
                with patch.object(TrialObserver, guarded, fail):
                    mailbox = self.fetch(mail(to="trial-sales@example.com"))
                self.assertEqual(mailbox.handled, [0])
                env.cr.rollback()
                self.assertEqual(env["crm.lead"].search_count([]), before + 1)

    @mute_logger("odoo.addons.mail_catchall_router.models.trial_observer", "odoo.sql_db")
    def test_no_connection_is_left(self):
        with patch.object(TrialObserver, "_model", side_effect=ConnectionError("pool is full")):
            mailbox = self.fetch(mail(to="trial-sales@example.com"))
        self.assertEqual(mailbox.handled, [0])

    @mute_logger("odoo.addons.mail_catchall_router.models.trial_observer")
    def test_a_mail_that_the_router_cannot_decide_about_is_kept(self):
        path = "odoo.addons.mail_catchall_router.models.mail_catchall_shadow_notes.decide"
        with patch(path, side_effect=RecursionError("too deep")):
            self.fetch(mail(to="trial-sales@example.com"))
        with self.env() as env:
            row = self.row(env)
            self.assertEqual((row.did, row.verdict), ("record", "differs"))
            self.assertIn("too deep", row.router_text)
            self.assertTrue(row.has_source)

    def test_hostile_mails_are_fetched_as_ever(self):
        with self.env() as env:
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
        with self.env() as env:
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
            with self.env() as env:
                env["fetchmail.server"].browse(self.server_id).catchall_shadow = False
            self.fetch(mail(to="trial-sales@example.com"))
        self.assertEqual(*contexts)

    def test_not_one_field_differs_from_plain_odoo(self):
        def made(subject):
            with self.env() as env:
                lead = env["crm.lead"].search([("name", "=", subject)])
                self.assertEqual(len(lead), 1)
                leave = ("id", "name", "display_name", "message_ids", "access_url")
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
        with self.env() as env:
            env["fetchmail.server"].browse(self.server_id).catchall_shadow = False
        other = source.replace(b"Plain 1", b"Plain 2").replace(b"Message-ID: <", b"Message-ID: <2.")
        self.fetch(other)
        self.assertEqual(made("Plain 1"), made("Plain 2"))

    def test_a_copied_database_observes_nothing(self):
        with self.env() as env:
            env["fetchmail.server"].browse(self.server_id).catchall_database_uuid = "another"
        mailbox = self.fetch(mail(to="trial-sales@example.com"))
        self.assertEqual(mailbox.handled, [0])
        with self.env() as env:
            server = env["fetchmail.server"].browse(self.server_id)
            self.assertTrue(server.catchall_other_database)
            self.assertFalse(self.rows(env))
            with self.assertRaisesRegex(UserError, "copy"):
                server._catchall_switch(replay_lost=True)

    def test_switched_between_listing_and_locking(self):
        # what would be fetched by both is fetched by the router alone
        with self.env() as env:
            server = env["fetchmail.server"].browse(self.server_id)
            observer = TrialObserver(env.registry, server.ids)
            server.write({"catchall_shadow": False, "is_catchall": True})
            env.flush_all()
            with self.assertRaisesRegex(UserError, "has just become"):
                server.with_context(catchall_trial_observer=observer)._connect__()
            server.write({"catchall_shadow": True, "is_catchall": False})

    def test_a_client_cannot_pass_an_observer(self):
        with self.env() as env, mute_logger(*QUIET):
            thread = env["mail.thread"].with_context(
                catchall_trial_observer={"account_ids": [self.server_id]},
                default_fetchmail_server_id=self.server_id,
            )
            thread.message_process("crm.lead", mail(to="trial-sales@example.com"))
            self.assertFalse(self.rows(env))
            env.cr.rollback()
