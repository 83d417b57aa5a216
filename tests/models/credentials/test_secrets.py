"""No secret of a catch-all account in a log, an error, an export, or on a screen."""

import base64
import io
import json
import logging
import traceback
from contextlib import contextmanager
from unittest.mock import patch

from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ....credentials.redact import forms
from ....models.credentials.mail_catchall_secrets import STORED
from ...kit.common import CatchallCase
from ...kit.servers.echo_server import echo_imap, echo_pop3, echo_smtp

SECRET = "Xyzzy-Pl0ugh-7781"
OTHER = "Another-0ne-4242"


class SecretsCase(CatchallCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = "mail_catchall_router.group_catchall_manager"
        cls.system = new_test_user(
            cls.env, "system", f"base.group_system,{group},base.group_allow_export"
        )
        cls.server.password = SECRET
        cls.smtp = cls.env["ir.mail_server"].create(
            {
                "name": "Out",
                "smtp_host": "127.0.0.1",
                "smtp_user": "catchall@example.com",
                "smtp_pass": SECRET,
                "smtp_debug": True,
                "is_catchall": True,
                "catchall_alias_domain_ids": [(6, 0, cls.domain.ids)],
            }
        )
        cls.env.flush_all()

    def rpc(self, records, method, *args, **kwargs):
        """As a system administrator's browser calls it."""
        records = records.with_user(self.system)
        self.env.flush_all()
        self.env.invalidate_all()
        ids = [records.ids] if records else []
        return call_kw(records, method, [*ids, *args], kwargs)

    def stored(self, record):
        """What really is in the database."""
        name = "password" if record._name == "fetchmail.server" else "smtp_pass"
        self.env.flush_all()
        if not record._catchall_is_column(name):  # beside mail_environment
            self.env.invalidate_all()
            return record[name] or None
        self.env.cr.execute(f"SELECT {name} FROM {record._table} WHERE id = %s", [record.id])
        return self.env.cr.fetchone()[0]

    def assert_silent(self, *shown, secret=SECRET):
        for thing in shown:
            text = (
                thing if isinstance(thing, str) else f"{thing!r} {json.dumps(thing, default=str)}"
            )
            for form in forms(secret, "catchall@example.com"):
                self.assertNotIn(form, text)
            self.assertNotIn("Pl0ugh", text)

    @contextmanager
    def everything_logged(self):
        """Every line at every level, as a log file has it; ``odoo.sql_db`` shows our own writes."""
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s"))
        levels = {"": logging.DEBUG, "odoo": logging.DEBUG, "odoo.sql_db": logging.INFO}
        loggers = {logging.getLogger(name): level for name, level in levels.items()}
        before = [(logger, logger.level) for logger in loggers]
        logging.getLogger().addHandler(handler)
        for logger, level in loggers.items():
            logger.setLevel(level)
        try:
            yield stream
        finally:
            logging.getLogger().removeHandler(handler)
            for logger, level in before:
                logger.setLevel(level)

    @contextmanager
    def failing(self):
        """What an administrator could see of an error: its text, its trace, its parts."""
        shown = []
        try:
            yield shown
        except Exception as error:
            shown += [f"{error}", f"{error!r}", "".join(traceback.format_exception(error))]
        self.assertTrue(shown, "nothing failed")


@tagged("post_install", "-at_install")
class TestFailingLogins(SecretsCase):
    def try_incoming(self, server, **values):
        self.server.write(
            {"server": "127.0.0.1", "port": server.port, "is_ssl": False, "state": "done", **values}
        )
        with self.everything_logged() as log:
            for method in ("button_confirm_login", "fetch_mail"):
                with self.subTest(method), self.lane() as env, self.failing() as shown:
                    getattr(self.server.with_env(env).with_user(self.system), method)()
                self.assert_silent(*shown)
                self.assertIn("cannot run", shown[0])
        self.assertIn("failed", log.getvalue())
        self.assert_silent(log.getvalue())
        row = self.server.with_user(self.system).read()
        self.assertIn("***", row[0]["error_message"])
        self.assert_silent(row)

    def test_imap(self):
        with echo_imap() as server:
            self.try_incoming(server)

    def test_pop3(self):
        with echo_pop3() as server:
            self.try_incoming(server, server_type="pop")

    def test_a_password_that_imap_cannot_take(self):
        self.server.password = "Xyzzy-Pl0ugh-ä"
        with echo_imap() as server, self.everything_logged() as log:
            self.server.write({"server": "127.0.0.1", "port": server.port, "state": "done"})
            with self.lane() as env, self.failing() as shown:
                self.server.with_env(env).with_user(self.system).fetch_mail()
        self.assert_silent(*shown, log.getvalue())

    @contextmanager
    def smtp_server(self, **options):
        Server = type(self.env["ir.mail_server"])
        with (
            echo_smtp(**options) as server,
            patch.object(Server, "_disable_send", lambda _self: False),
        ):
            self.smtp.smtp_port = server.port
            yield server

    def test_smtp_with_debugging(self):
        for methods, form in ((b"PLAIN", "PLAIN"), (b"LOGIN", "LOGIN")):
            with self.subTest(methods), self.smtp_server(methods=methods):
                with self.everything_logged() as log, self.failing() as shown:
                    self.smtp.with_user(self.system).test_smtp_connection()
                self.assertIn("cannot run", shown[0])
                self.assertIn(f"AUTH {form} ***".replace("LOGIN ***", "LOGIN"), log.getvalue())
                self.assert_silent(*shown, log.getvalue())

    def test_a_mail_that_cannot_leave(self):
        with self.smtp_server(), self.everything_logged() as log:
            mail = self.env["mail.mail"].create(
                {
                    "subject": "S",
                    "body_html": "x",
                    "email_to": "carla@customer.test",
                    "email_from": f"anna@{self.domain.name}",
                }
            )
            mail.send()
        self.assertIn("cannot run", mail.failure_reason)
        self.assert_silent(mail.failure_reason, mail.read(), log.getvalue())

    def test_a_session_does_not_show_it(self):
        class Plain:
            """A connection that took the login."""

            esmtp_features = {}

        native = "odoo.addons.base.models.ir_mail_server.IrMail_Server._connect__"
        with patch(native, lambda *_a, **_kw: Plain()):
            session = self.smtp._connect__(mail_server_id=self.smtp.id)
        self.assert_silent(repr(session), repr(vars(session)), str(session._connect))

    def test_the_url_of_a_token_is_not_logged(self):
        """google_gmail puts the refresh token into a URL, and requests the URL into its error."""
        Server = type(self.env["fetchmail.server"])
        self.server.write({"server_type": "gmail", "is_ssl": True})
        self.server.google_gmail_refresh_token = SECRET

        def login(record, connection):
            try:
                raise ConnectionError(f"Max retries: /token?refresh_token={SECRET}&db_uuid=1")
            except ConnectionError as error:
                logging.getLogger("odoo.addons.google_gmail").error("IAP: %s.", error)
                logging.getLogger("urllib3").debug("GET /token?refresh_token=%s", SECRET)
                record.google_gmail_access_token = OTHER
                raise ConnectionError(f"not with {OTHER}") from error

        with (
            self.everything_logged() as log,
            patch("odoo.addons.mail.models.fetchmail.OdooIMAP4_SSL"),
            patch.object(Server, "_imap_login__", login),
            self.failing() as shown,
        ):
            self.server._connect__()
        self.assertIn("/token?refresh_token=***", log.getvalue())
        self.assert_silent(*shown, log.getvalue())
        self.assert_silent(*shown, log.getvalue(), secret=OTHER)

    def test_a_query_that_fails_does_not_log_it(self):
        with self.everything_logged() as log, self.failing() as shown, self.env.cr.savepoint():
            self.smtp.with_user(self.system).write(
                {"smtp_pass": OTHER, "catchall_minute_limit": -1, "name": "Changed"}
            )
            self.env.flush_all()
        self.assertIn("bad query", log.getvalue())
        self.assertIn("Failing row contains", log.getvalue())
        self.assert_silent(*shown, log.getvalue(), secret=OTHER)

    def test_a_row_that_fails_is_not_quoted_with_it(self):
        """PostgreSQL shows all values of the row, also of those that nobody wrote."""
        with self.everything_logged() as log, self.failing() as shown, self.env.cr.savepoint():
            self.smtp.with_user(self.system).write({"catchall_day_limit": -1})
        self.assertIn("Failing row contains", log.getvalue())
        self.assert_silent(*shown, log.getvalue())

    def test_outside_of_a_login_nothing_is_touched(self):
        with self.everything_logged() as log:
            logging.getLogger("odoo.anything").info("a word %s", SECRET)
        self.assertIn(SECRET, log.getvalue())

    def test_the_secret_of_the_database_is_in_no_trace(self):
        secret = self.env["ir.config_parameter"].sudo().get_param("database.secret")
        with self.everything_logged() as log:
            row = self.route(
                b"From: a@customer.test\r\nTo: reply-abcdefghijklmnop@example.com\r\n\r\nHello\r\n"
            )
        self.assert_silent(row.read(), log.getvalue(), secret=secret)


@tagged("post_install", "-at_install")
class TestWriteOnly(SecretsCase):
    def both(self):
        return ((self.server, "password"), (self.smtp, "smtp_pass"))

    def test_nothing_that_reads_shows_it(self):
        for record, name in self.both():
            model = self.env[record._name]
            domain = [("id", "=", record.id)]
            everything = list(record.with_user(self.system).fields_get())
            spec = {field: {} for field in everything}
            with self.subTest(record._name):
                self.assertIs(self.rpc(record, "read", [name])[0][name], False)
                self.assert_silent(
                    self.rpc(record, "read"),
                    self.rpc(record, "web_read", spec),
                    self.rpc(model, "search_read", domain, everything),
                    self.rpc(model, "web_search_read", domain, spec),
                    self.rpc(record, "export_data", [name, "name"]),
                    self.rpc(record.with_context(import_compat=False), "export_data", [name]),
                    self.rpc(record, "copy_data"),
                    self.rpc(record, "onchange", {}, [], spec),
                    self.rpc(record, "onchange", {"name": "x"}, ["name"], spec),
                    self.rpc(record, "onchange", {"is_catchall": False}, ["is_catchall"], spec),
                    self.rpc(record, "web_save", {"name": "x"}, spec),
                )
                # also not for whoever is above all rights
                self.assert_silent(record.sudo().read([name]), record.sudo().export_data([name]))

    def test_no_group_shows_it(self):
        for record, name in self.both():
            model, domain = self.env[record._name], [("id", "=", record.id)]
            with self.subTest(record._name):
                self.assert_silent(
                    self.rpc(model, "formatted_read_group", domain, [name], ["__count"]),
                    self.rpc(model, "formatted_read_group", domain, [], [f"{name}:max"]),
                    self.rpc(model, "formatted_read_group", domain, [], [f"{name}:array_agg"]),
                    self.rpc(model, "web_read_group", domain, [name], [f"{name}:count_distinct"]),
                )

    def test_no_question_finds_it_out(self):
        for record, name in self.both():
            model, mine = self.env[record._name], [("id", "=", record.id)]
            true = (
                [(name, "ilike", SECRET[:3])],
                [(name, "=like", f"{SECRET[:3]}%")],
                [(name, "=", SECRET)],
                [(name, "in", [SECRET])],
                [(name, ">", "A")],
                [(name, "!=", False)],
            )
            for question in true:
                with self.subTest(question=question):
                    self.assertEqual(self.rpc(model, "search_count", mine + question), 0)
                    self.assertEqual(self.rpc(model, "name_search", "", mine + question), [])
            # every answer is that of an account without a password
            self.assertEqual(self.rpc(model, "search_count", [*mine, (name, "=", False)]), 1)
            self.assertEqual(self.rpc(model, "search_count", [*mine, (name, "not in", ["x"])]), 1)

    def test_no_question_by_way_of_another_model_finds_it_out(self):
        mail = self.env["mail.mail"].create(
            {"fetchmail_server_id": self.server.id, "mail_server_id": self.smtp.id}
        )
        for path in ("fetchmail_server_id.password", "mail_server_id.smtp_pass"):
            for env in (self.env, self.env(user=self.system), self.env["base"].sudo().env):
                found = env["mail.mail"].search([("id", "=", mail.id), (path, "ilike", "Xyzzy")])
                self.assertFalse(found, path)
        self.assert_silent(self.rpc(mail, "export_data", ["fetchmail_server_id/password"]))

    def test_no_order_finds_it_out(self):
        """An account of known password beside it would tell which one is greater."""
        for record, name in self.both():
            model = self.env[record._name]
            other = model.create({"name": "Low", name: "0"})
            high = model.create({"name": "High", name: "zzz"})
            domain = [("id", "in", (record + other + high).ids)]
            found = [
                row["id"] for row in self.rpc(model, "search_read", domain, ["id"], order=name)
            ]
            self.assertEqual(found, [other.id, high.id, record.id])  # NULL comes last

    def test_other_accounts_are_as_ever(self):
        for record, name in self.both():
            plain = self.env[record._name].create({"name": "Plain", name: OTHER})
            with self.subTest(record._name):
                self.assertEqual(self.rpc(plain, "read", [name])[0][name], OTHER)
                rows = self.rpc(plain + record, "export_data", ["name", name])["datas"]
                self.assertEqual(rows, [["Plain", OTHER], [record.name, ""]])
                self.assertFalse(plain.catchall_password_hint)
                self.rpc(plain, "web_save", {name: False}, {})
                self.assertFalse(self.stored(plain))

    def test_other_accounts_are_found_and_copied_as_ever(self):
        for record, name in self.both():
            plain = self.env[record._name].create({"name": "Plain", name: OTHER})
            with self.subTest(record._name):
                found = self.rpc(record.browse(), "search", [(name, "=", OTHER)])
                self.assertEqual(found, plain.ids)
                self.assertEqual(self.rpc(plain, "copy_data")[0][name], OTHER)

    def test_saving_keeps_it_and_typing_changes_it(self):
        for record, name in self.both():
            with self.subTest(record._name):
                self.assertTrue(record.catchall_password_stored)
                self.rpc(record, "web_save", {"name": "Renamed"}, {})
                self.rpc(record, "web_save", {name: False}, {})
                self.rpc(record, "web_save", {name: ""}, {})
                self.assertEqual(self.stored(record), SECRET)
                self.rpc(record, "web_save", {name: OTHER, "name": "Again"}, {})
                self.assertEqual((self.stored(record), record.name), (OTHER, "Again"))
                self.assertEqual(record.sudo()[name], OTHER)  # who logs in gets it
                self.rpc(record, "write", {name: False})
                self.assertFalse(self.stored(record))
                self.assertFalse(record.catchall_password_stored)

    def test_a_new_account_hides_it_at_once(self):
        for record, name in self.both():
            values = {"name": "New", "is_catchall": True, name: SECRET, "active": False}
            if record == self.smtp:
                values |= {"smtp_user": "new@example.com", "smtp_host": "h"}
            new = self.env[record._name].browse(self.rpc(record.browse(), "create", values))
            self.assertEqual(self.stored(new), SECRET)
            self.assert_silent(self.rpc(new, "read"))

    def test_taking_the_mark_off_does_not_show_it(self):
        for record, name in self.both():
            with self.subTest(record._name):
                self.rpc(record, "write", {"is_catchall": False})
                self.assertEqual(self.stored(record), SECRET)
                self.assertEqual(self.rpc(record, "read", [name])[0][name], False)
                self.assert_silent(self.rpc(record, "copy_data"))
                for value in (True, False):
                    with self.assertRaises(AccessError):
                        self.rpc(record, "write", {"catchall_secrets_kept": value})
                self.rpc(record, "write", {name: OTHER})  # whoever types it knows it
                self.assertEqual(self.rpc(record, "read", [name])[0][name], OTHER)

    def test_a_copy_has_none(self):
        for record, name in self.both():
            with self.subTest(record._name):
                for values in ({}, {"is_catchall": False}):
                    copy = record.browse(self.rpc(record, "copy", {**values, "active": False}))
                    self.assertFalse(copy[name])
                self.assertEqual(record.copy({name: OTHER, "active": False})[name], OTHER)

    def test_switching_to_oauth_leaves_no_password_behind(self):
        self.rpc(
            self.smtp,
            "web_save",
            {"smtp_authentication": "gmail", "smtp_encryption": "starttls"},
            {},
        )
        self.assertFalse(self.stored(self.smtp))

    def test_tokens_and_keys(self):
        names = [
            f"{kind}_{token}_token"
            for kind in ("google_gmail", "microsoft_outlook")
            for token in ("refresh", "access")
        ]
        for record in (self.server, self.smtp):
            record.write(dict.fromkeys(names, SECRET))
            with self.subTest(record._name):
                [row] = self.rpc(record, "read", names)
                self.assertEqual({row[name] for name in names}, {STORED})
                self.rpc(record, "write", dict.fromkeys(names, STORED))
                record.invalidate_recordset()
                self.assertEqual({record.sudo()[name] for name in names}, {SECRET})
                for name in names:
                    found = self.rpc(record.browse(), "search_count", [(name, "=like", "X%")])
                    self.assertEqual(found, 0)

    def test_forms_ask_for_no_password_that_is_stored(self):
        for record, name in self.both():
            arch = self.env[record._name].get_view(view_type="form")["arch"]
            self.assertIn("catchall_password_hint", arch, record._name)
            self.assertTrue(record.catchall_password_hint)
            self.assertIn(name, arch)


@tagged("post_install", "-at_install")
class TestDownload(SecretsCase, HttpCase):
    def test_the_private_key_is_not_downloaded(self):
        key = base64.b64encode(SECRET.encode())
        self.smtp.write({"smtp_ssl_private_key": key})
        plain = self.env["ir.mail_server"].create(
            {"name": "Plain", "smtp_host": "h", "smtp_ssl_private_key": key}
        )
        self.authenticate("system", "system")
        path = "/web/content/ir.mail_server/%s/smtp_ssl_private_key"
        with mute_logger("odoo.http"):
            self.assertNotIn(SECRET, self.url_open(path % self.smtp.id).text)
        self.assertEqual(self.url_open(path % plain.id).text, SECRET)
        [row] = self.smtp.with_user(self.system).read(["smtp_ssl_private_key"])
        self.assertEqual(row["smtp_ssl_private_key"], STORED)
