"""Accounts beside ``mail_environment``: values of a configuration file, and values that are typed.

The first line of each docstring is a row of docs/neighbours.md: ``Neighbour: what was done → what
came out.``
"""

from unittest.mock import patch

from odoo.exceptions import UserError
from odoo.tests import Form, tagged

from ..kit.common import mail
from ..kit.neighbour_case import configuration_file, need
from ..kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3
from ..kit.servers.smtp_script import ScriptedServer
from ..models.credentials.test_secrets import OTHER, SECRET, SecretsCase

USER = "catchall@example.com"
SENT = {
    "subject": "S",
    "body_html": "<p>B</p>",
    "email_to": "customer@shop.example",
    "email_from": "catchall@example.com",
}


class FilesCase(SecretsCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        need(cls.env, "mail_environment")

    def fetched(self, script, **values):
        """The subjects that a fetch of the scripted server brings."""
        with self.lane() as env:
            account = self.server.with_env(env)
            account.write({"state": "done", **values})
            env["mail.catchall.message"].search([]).unlink()
            env.flush_all()
            account._catchall_fetch()
            rows = env["mail.catchall.message"].search([])
            return [row.subject for row in rows if row.has_source]

    def sent(self, script):
        """Send one email through the outgoing account; return what the server took."""
        Server = type(self.env["ir.mail_server"])
        with patch.object(Server, "_disable_send", lambda _self: False):
            self.env["mail.mail"].create({**SENT, "mail_server_id": self.smtp.id}).send()
        return script.taken

    def place(self, script):
        return {"server": "127.0.0.1", "port": script.port, "is_ssl": False}


@tagged("post_install", "-at_install")
class TestTyped(FilesCase):
    def test_a_typed_password_fetches(self):
        """mail_environment: a password is typed into the incoming account → it is kept, and
        fetches.
        """
        with ScriptedImap([mail(subject="one")], password=OTHER) as script:
            self.server.with_user(self.system).password = OTHER
            self.assertEqual(self.fetched(script, **self.place(script)), ["one"])

    def test_a_typed_password_sends(self):
        """mail_environment: a password is typed into the outgoing account → it is kept, and the
        email leaves.
        """
        with ScriptedServer(login=(USER, OTHER)) as script:
            self.smtp.write({"smtp_host": "127.0.0.1", "smtp_port": script.port})
            self.smtp.with_user(self.system).smtp_pass = OTHER
            self.assertEqual(len(self.sent(script)), 1)

    def test_the_forms_of_new_accounts(self):
        """mail_environment: an administrator opens the form of a new account, incoming or outgoing,
        and saves it → it opens, and what was typed is kept.
        """
        incoming = Form(self.env["fetchmail.server"], view="mail.view_email_server_form")
        incoming.name, incoming.server_type = "New", "imap"
        incoming.server, incoming.user = "imap.example", "new@example.com"
        incoming.password = OTHER
        account = incoming.save()
        self.assertEqual((account.server, account.user), ("imap.example", "new@example.com"))
        outgoing = Form(self.env["ir.mail_server"])
        outgoing.name = "New"
        outgoing.smtp_host, outgoing.smtp_user = "smtp.example", "new@example.com"
        account = outgoing.save()
        self.assertEqual(
            (account.smtp_host, account.smtp_user), ("smtp.example", "new@example.com")
        )

    def test_a_password_that_is_typed_with_the_account_is_kept(self):
        """mail_environment: a new account is made with password, kind, port and encryption → all
        of them are kept.
        """
        account = self.env["fetchmail.server"].create(
            {"name": "New", "server_type": "pop", "user": USER, "password": OTHER}
            | {"is_catchall": True, "server": "127.0.0.1"}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((account.password, account.server_type), (OTHER, "pop"))
        self.assertTrue(account.catchall_password_stored)
        account = self.env["ir.mail_server"].create(
            {"name": "New", "smtp_port": 587, "smtp_encryption": "starttls", "is_catchall": True}
            | {"smtp_host": "127.0.0.1", "smtp_user": USER, "smtp_pass": OTHER, "active": False}
        )
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual((account.smtp_port, account.smtp_encryption), (587, "starttls"))
        self.assertEqual(account.smtp_pass, OTHER)

    def test_a_form_that_is_saved_keeps_the_password(self):
        with Form(self.server.with_user(self.system)) as form:
            form.max_message_mb = 20
        self.env.invalidate_all()
        self.assertEqual(self.server.password, SECRET)

    def test_nobody_reads_a_password_from_the_fields_beside_it(self):
        """mail_environment: somebody reads, searches, exports or copies the fields in which it
        keeps what was typed → no password is shown, and none is copied.
        """
        for account, name in ((self.server, "password"), (self.smtp, "smtp_pass")):
            names = [name, f"x_{name}_env_default", "server_env_defaults"]
            self.assert_silent(
                self.rpc(account, "read", names),
                self.rpc(account, "read"),
                self.rpc(account, "export_data", names),
                self.rpc(account, "copy_data"),
            )
            found = self.rpc(
                account.browse(), "search", [("server_env_defaults", "like", "Pl0ugh")]
            )
            self.assertFalse(found)
            copy = account.with_user(self.system).copy()
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertFalse(copy[name])
            self.assertTrue(account[name])

    def test_a_refused_value_shows_no_password(self):
        with self.everything_logged() as log, self.failing() as shown:
            self.env["fetchmail.server"].create(
                {"name": None, "is_catchall": True, "server_type": "imap", "password": SECRET}
            )
        self.assert_silent(*shown, log.getvalue())


@tagged("post_install", "-at_install")
class TestFromFile(FilesCase):
    def files(self, **values):
        text = "".join(
            f"[{section}]\n" + "".join(f"{name} = {value}\n" for name, value in lines.items())
            for section, lines in values.items()
        )
        return configuration_file(self.env, text.replace("incoming", "incoming_mail.Catch-all"))

    def test_values_of_a_file_fetch(self):
        """mail_environment: server, user and password of the incoming account stand in a file → it
        is fetched with them.
        """
        for kind, script in (
            ("imap", ScriptedImap([mail(subject="one")], password=OTHER)),
            ("pop", ScriptedPop3([mail(subject="one")])),
        ):
            with self.subTest(kind), script:
                values = {**self.place(script), "server_type": kind, "user": USER}
                with self.files(incoming={**values, "is_ssl": 0, "password": OTHER}):
                    self.assertEqual(self.fetched(script), ["one"])

    def test_values_of_a_file_send(self):
        """mail_environment: server, user and password of the outgoing account stand in a file → the
        email leaves with them.
        """
        with ScriptedServer(login=(USER, OTHER)) as script:
            file = (
                f"[outgoing_mail]\nsmtp_host = 127.0.0.1\nsmtp_port = {script.port}\n"
                f"[outgoing_mail.Out]\nsmtp_user = {USER}\nsmtp_pass = {OTHER}\n"
            )
            with configuration_file(self.env, file):
                self.assertEqual(len(self.sent(script)), 1)

    def test_what_a_file_has_is_not_thrown_away_in_silence(self):
        """mail_environment: a password, a user or a port is typed that a file has another value
        for → an error that names the section and the fields.
        """
        lines = {"password": OTHER, "user": USER, "port": 993}
        with self.files(incoming=lines):
            for name, typed in (("password", "typed"), ("user", "x@example.com"), ("port", 143)):
                with self.assertRaises(UserError) as refused, self.env.cr.savepoint():
                    self.server.with_user(self.system).write({name: typed})
                self.assertIn("[incoming_mail.Catch-all]", str(refused.exception))
                label = self.server._fields[name].string
                self.assertIn(label, str(refused.exception))
                self.assertNotIn(OTHER, str(refused.exception))
            # what says the same is no contradiction
            self.server.with_user(self.system).write({"user": USER, "port": 993})
            with self.assertRaises(UserError), self.env.cr.savepoint():
                self.server.copy({"name": "Catch-all", "password": "typed", "is_catchall": True})

    def test_a_new_account_takes_the_values_of_its_file(self):
        with self.files(incoming={"password": OTHER, "port": 1143, "is_ssl": 1}):
            account = self.env["fetchmail.server"].create(
                {"name": "Catch-all", "is_catchall": True, "port": 143, "is_ssl": False}
                | {"server_type": "imap", "server": "mail.example.com"}
            )
            self.env.flush_all()
            self.env.invalidate_all()
            self.assertEqual((account.password, account.port), (OTHER, 1143))

    def test_the_form_says_what_comes_from_a_file(self):
        """mail_environment: an administrator opens the account's form → it says which values come
        from which section, these fields cannot be typed into, and no password is shown.
        """
        with self.files(incoming={"password": SECRET, "user": USER}):
            account = self.server.with_user(self.system)
            note = account.catchall_file_note
            self.assertIn("[incoming_mail.Catch-all]", note)
            self.assertIn("Password", note)
            self.assertIn("Username", note)
            self.assertEqual(account.catchall_password_hint, "Read from the configuration file.")
            self.assert_silent(self.rpc(self.server, "read"))
            form = Form(account)
            with self.assertRaisesRegex(AssertionError, "readonly"):
                form.user = "x@example.com"
        self.assertFalse(self.server.catchall_file_note)
