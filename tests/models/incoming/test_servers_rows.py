"""More of what mailboxes do, from the answer of the server to the record in Odoo."""

from odoo.tests import tagged

from ...kit.common import deliver, mail
from ...kit.servers.mailbox_faults import FaultyImap
from ...kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3
from .test_servers_reading import ServersCase, mails

CHATTER = (
    b"* 5 EXISTS",
    b"* FLAGS (\\Seen \\Deleted)",
    b"* OK [ALERT] The server goes down at noon",
    b"* 1 FETCH (FLAGS (\\Recent))",
    b"* 0 RECENT",
)


@tagged("post_install", "-at_install")
class TestServersRows(ServersCase):
    def leads(self, server, subjects):
        """Route what waits; how many leads there are of each subject."""
        for row in self.rows(server).filtered(lambda row: row.state == "received"):
            deliver(row)
        leads = server.env["crm.lead"]
        return [leads.search_count([("name", "=", subject)]) for subject in subjects]

    def test_one_lead_each_whatever_the_numbers_are(self):
        """Server: UIDVALIDITY is new at each SELECT, and lanes route in between → one lead
        each.
        """
        subjects = ["first of two questions", "second of two questions"]
        script = ScriptedImap(mails(*subjects))
        with self.account(script) as server:
            for validity in range(8, 12):
                script.uidvalidity = validity
                self.fetch(server)
                self.assertEqual(self.leads(server, subjects), [1, 1])

    def test_talk_between_the_answers(self):
        """Server: EXISTS, FLAGS and ALERT stand between the answers → all arrive."""
        script = ScriptedImap(mails(*"abcde"), chatter=CHATTER, reverse=True)
        with self.account(script) as server:
            self.assertEqual(sorted(self.fetch(server)), list("abcde"))
            self.assertFalse(server.error_message)

    def test_bytes_that_no_message_should_have(self):
        """Server: NUL, bare CR and bare LF stand in a message → all arrive, byte for byte."""
        odd = [
            mail("a\0b", subject="nul"),
            mail(subject="bare cr").replace(b"Hello", b"one\rtwo\rthree"),
            mail(subject="bare lf").replace(b"\r\n", b"\n"),
            mail(subject="dots").replace(b"Hello", b".\r\n..\r\n.one"),
        ]
        for kind in (ScriptedImap, ScriptedPop3):
            script = kind([*odd, mail(subject="plain")])
            with self.subTest(kind.__name__), self.account(script) as server:
                self.assertEqual(len(self.fetch(server)), 5)
                kept = [source for _row, source in self.rows(server)._read_sources()]
                if kind is ScriptedImap:
                    self.assertEqual(kept, list(script.mails.values()))
                self.assertEqual(self.leads(server, ["nul", "bare cr", "bare lf"]), [1, 1, 1])

    def test_an_empty_folder_is_no_answer(self):
        """Server: SEARCH in an empty folder has no line at all → no error, and what comes later
        arrives.
        """
        script = ScriptedImap([], says_nothing=True)
        with self.account(script) as server:
            self.assertEqual(self.fetch(server), [])
            self.assertFalse(server.error_message)
            script.mails = {1: mails("late")[0]}
            self.assertEqual(self.fetch(server), ["late"])
            for _turn in range(2):  # and an empty answer afterwards
                self.assertEqual(self.fetch(server), ["late"])

    def test_an_archive_folder_in_other_letters(self):
        """Server: no MOVE, and an archive folder in other letters → copied once, all arrive."""
        for name, written in (("Архив", "&BBAEQARFBDgEMg-"), ("Bücher & Co", "B&APw-cher &- Co")):
            script = FaultyImap(mails("one", "two"), after_login="IMAP4rev1 UIDPLUS")
            with (
                self.subTest(name),
                self.account(script, after_fetch="move", archive_folder=name) as server,
            ):
                for _turn in range(3):
                    self.assertEqual(self.fetch(server), ["one", "two"])
                copies = [line for line in script.commands if line.startswith("UID COPY")]
                self.assertEqual(copies, [f'UID COPY 1:2 "{written}"'])
                self.assertFalse(script.mails)
