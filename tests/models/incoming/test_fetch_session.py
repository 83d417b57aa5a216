"""One fetch by Odoo's own connections, OAuth included, on a server with quirks."""

from unittest.mock import patch

from odoo.addons.mail.models.fetchmail import OdooIMAP4
from odoo.tests import tagged

from ....models.incoming.fetching import fetch_session
from ...kit.common import CatchallCase, mail
from ...kit.servers.scripted_mailbox import ScriptedImap


@tagged("post_install", "-at_install")
class TestFetchSession(CatchallCase):
    def fetch(self, imap, env, **values):
        """Run one session of the account against a scripted server; return its rows."""
        self.server.write({"server": "127.0.0.1", "port": imap.port, "is_ssl": False, **values})
        self.env.flush_all()
        server = self.server.with_env(env)
        connection = server._connect__()
        try:
            fetch_session(server, connection, env).run()
        finally:
            connection.disconnect()
        return env["mail.catchall.message"].search(
            [("fetchmail_server_id", "=", server.id)], order="id"
        )

    def test_what_is_not_in_the_ledger_is_not_deleted_in_the_mailbox(self):
        mails = [mail("one"), mail("two"), mail("three")]
        with self.lane() as env, ScriptedImap(mails, refused={2}) as imap:
            rows = self.fetch(imap, env, after_fetch="delete")
            self.assertEqual(rows.mapped("state"), ["received", "failed", "received"])
            self.assertEqual(rows.mapped("has_source"), [True, False, True])
            self.assertIn("UID EXPUNGE 1,3", imap.commands)
            imap.refused = frozenset()
            rows[1].action_replay()
            self.assertEqual(rows[1].state, "received")
            self.assertIn(b"two", rows[1]._read_source())
            imap.commands.clear()
            self.fetch(imap, env, after_fetch="delete")
            self.assertIn("UID EXPUNGE 2", imap.commands)

    def test_what_is_gone_from_the_mailbox_says_so_when_it_is_routed_again(self):
        with self.lane() as env, ScriptedImap([mail("one")], refused={1}) as imap:
            row = self.fetch(imap, env)
            self.assertEqual((row.state, row.has_source), ("failed", False))
            imap.mails.clear()
            row.action_replay()
            self.assertEqual((row.state, row.reason), ("failed", "error"))
            self.assertIn("no longer in the mailbox of “Catch-all”", row.error)

    def test_an_acknowledgement_that_fails_is_made_up_for_once(self):
        with self.lane() as env, ScriptedImap([mail("one")], ends_at=b"UID STORE") as imap:
            broken = False
            try:  # assertRaises would roll back to before the commits
                self.fetch(imap, env)
            except OdooIMAP4.abort:
                broken = True
            self.assertTrue(broken)
            imap.ends_at = b"nothing"
            for turn in range(2):
                imap.commands.clear()
                self.assertEqual(self.fetch(imap, env).mapped("has_source"), [True])
                stores = [line for line in imap.commands if "STORE" in line]
                expected = [] if turn else ["UID STORE 1 +FLAGS.SILENT (\\Seen)"]
                self.assertEqual(stores, expected)

    def test_odoo_s_oauth_connections_are_used(self):
        Server = type(self.env["fetchmail.server"])
        for kind, method in (
            ("gmail", "_generate_oauth2_string"),
            ("outlook", "_generate_outlook_oauth2_string"),
        ):
            with (
                self.subTest(kind),
                self.lane() as env,
                ScriptedImap([mail(kind)], token=b"dG9rZW4=") as imap,
                patch.object(Server, method, lambda *_arguments: "token"),
                # both insist on TLS, which the scripted server does not speak
                patch("odoo.addons.mail.models.fetchmail.OdooIMAP4_SSL", OdooIMAP4),
            ):
                account = self.server.copy({"server_type": kind, "is_ssl": True})
                account.write({"port": imap.port, "server": "127.0.0.1"})
                self.env.flush_all()
                server = account.with_env(env)
                connection = server._connect__()
                fetch_session(server, connection, env).run()
                connection.disconnect()
                row = env["mail.catchall.message"].search([("fetchmail_server_id", "=", server.id)])
                self.assertEqual(row._read_source(), imap.mails[1])
                self.assertIn("AUTHENTICATE XOAUTH2", imap.commands)
                self.assertFalse([line for line in imap.commands if line.startswith("LOGIN")])
