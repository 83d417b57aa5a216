"""Mailboxes that misbehave while lanes route what they have handed out; with real cursors."""

from contextlib import contextmanager

from odoo import SUPERUSER_ID, api
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name, tagged
from odoo.tools import mute_logger
from psycopg2.errors import SerializationFailure

from ....models.incoming.pop_fetch import PopFetch
from ...kit.common import mail
from ...kit.servers.scripted_mailbox import ScriptedPop3


class Disturbed(ScriptedPop3):
    """Somebody else does something while a message is handed out."""

    while_reading = staticmethod(lambda: None)
    breaks = 0  # how often the connection ends in the middle of a message

    def _answer(self, name, number, session, write):
        if name == b"RETR":
            self.while_reading()
            self.ends_in = number if self.breaks and number == 3 else 0
            self.breaks -= bool(self.ends_in)
        super()._answer(name, number, session, write)


@tagged("post_install", "-at_install")
class TestServersBesideLanes(BaseCase):
    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        self.addCleanup(self.clean)
        with self.database() as env:
            account = {"name": "Beside lanes", "server_type": "pop", "is_catchall": True}
            place = {"server": "127.0.0.1", "user": "u", "password": "p", "is_ssl": False}
            self.server_id = env["fetchmail.server"].create({**account, **place}).id

    @contextmanager
    def database(self):
        with self.registry.cursor() as cr:
            yield api.Environment(cr, SUPERUSER_ID, {})

    def clean(self):
        with self.database() as env:
            self.rows(env).unlink()
            env["fetchmail.server"].browse(self.server_id).unlink()

    def rows(self, env):
        domain = [("fetchmail_server_id", "=", self.server_id)]
        return env["mail.catchall.message"].search(domain, order="id")

    def touch(self):
        """What a lane does when it claims rows: a transaction of its own."""
        with self.database() as env:
            env.cr.execute(
                "UPDATE mail_catchall_message SET attempts = 1 WHERE fetchmail_server_id = %s",
                (self.server_id,),
            )

    def fetch(self, script):
        """Fetch once; return what the account says then, and the subjects in the ledger."""
        with self.database() as env:
            server = env["fetchmail.server"].browse(self.server_id)
            server.write({"port": script.port, "state": "done"})
        with self.database() as env, mute_logger("odoo.sql_db"):
            server = env["fetchmail.server"].browse(self.server_id)
            server._catchall_fetch()
            return server.error_message, self.rows(env).mapped("subject")

    def test_a_connection_that_ends_while_a_lane_claims_the_rows(self):
        """Server: the connection ends in the middle of a batch, and a lane claims what is stored →
        that is not written again, and the rest is fetched (odoo/odoo#253413).
        """
        script = Disturbed([mail(subject=subject) for subject in "abc"], breaks=1)
        script.while_reading = self.touch
        with script:
            self.assertEqual(self.fetch(script), (False, ["a", "b", "c"]))
        reads = [line for line in script.commands if line.startswith("RETR")]
        self.assertEqual(reads.count("RETR 1"), 1, "it is there already")

    def test_names_that_are_all_new_while_a_lane_claims_the_rows(self):
        """Server: all UIDLs change while a lane claims the rows → the rows get the new names."""
        script = Disturbed([mail(subject=subject) for subject in "abc"])
        with script:
            self.fetch(script)
            script.names = {1: "x", 2: "y", 3: "z"}
            script.while_reading = self.touch
            self.assertEqual(self.fetch(script), (False, ["a", "b", "c"]))
        with self.database() as env:
            self.assertEqual(self.rows(env).mapped("remote_key"), ["pop:x", "pop:y", "pop:z"])

    def test_rows_that_others_write_all_the_time(self):
        """Odoo: other jobs write the same rows → the fetch runs again, and says it in plain words
        at worst.
        """
        run, state = PopFetch._run, {"left": 2}

        def conflict(session):
            run(session)
            if state["left"]:
                state["left"] -= 1
                raise SerializationFailure("could not serialize access due to concurrent update")

        script = Disturbed([mail(subject="a")])
        self.patch(PopFetch, "_run", conflict)
        with script:
            self.assertEqual(self.fetch(script), (False, ["a"]))
            state["left"] = 99
            said, subjects = self.fetch(script)
        self.assertEqual(subjects, ["a"])
        self.assertIn("other jobs were changing the same emails", said)
        self.assertNotIn("serialize", said)
