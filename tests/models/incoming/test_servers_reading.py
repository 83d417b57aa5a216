"""Mailboxes as their servers are: what they answer, and what becomes of the messages.

The first line of each docstring is a row of a table: ``Server: what it does → what we do
(owner/repository#number).``
"""

from contextlib import contextmanager

from odoo.exceptions import UserError
from odoo.tests import tagged

from ...kit.common import CatchallCase, mail
from ...kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3


class ServersCase(CatchallCase):
    """An account that is fetched as the cron does it."""

    @contextmanager
    def account(self, script, **values):
        """The account of a scripted server, in an environment whose commits last."""
        kind = "pop" if isinstance(script, ScriptedPop3) else "imap"
        with self.lane() as env, script:
            server = self.server.with_env(env)
            place = {"server": "127.0.0.1", "port": script.port, "is_ssl": False}
            server.write({"server_type": kind, "state": "done", **place, **values})
            self.rows(server).unlink()
            server.catchall_folder_ids.unlink()
            env.flush_all()
            yield server

    def fetch(self, server):
        """Fetch once; return the subjects of all rows that have their bytes, in their order."""
        server._catchall_fetch()
        return self.subjects(server)

    def rows(self, server):
        return server.env["mail.catchall.message"].search(
            [("fetchmail_server_id", "=", server.id)], order="id"
        )

    def subjects(self, server):
        self.env.invalidate_all()
        return [row.subject for row in self.rows(server) if row.has_source]


def mails(*subjects):
    return [mail(subject=subject) for subject in subjects]


@tagged("post_install", "-at_install")
class TestServersPop3(ServersCase):
    def test_a_name_that_is_given_again_after_a_deletion(self):
        """Server: a UIDL is given again after a deletion → the new email is fetched, by its
        header (cyrusimap/cyrus-imapd#374).
        """
        script = ScriptedPop3(mails("one"), names={1: "x", 2: "x", 3: "x"})
        with self.account(script, after_fetch="delete") as server:
            self.assertEqual(self.fetch(server), ["one"])
            self.assertFalse(script.mails)
            for number, subject in ((2, "two"), (3, "six")):  # as long as the others
                script.mails[number] = mails(subject)[0]
                self.fetch(server)
            self.assertEqual(self.subjects(server), ["one", "two", "six"])
            self.assertFalse(script.mails)

    def test_a_name_that_is_given_again_while_mail_is_kept(self):
        """Server: the last UIDL is given again, and mail is kept → the new email is fetched
        (cyrusimap/cyrus-imapd#374).
        """
        script = ScriptedPop3(mails("one", "two"), names={2: "x", 3: "x"})
        with self.account(script) as server:
            self.fetch(server)
            del script.mails[2]
            script.mails[3] = mails("new")[0]
            for _turn in range(2):
                self.assertEqual(self.fetch(server), ["one", "two", "new"])

    def test_two_emails_with_one_name(self):
        """Server: two emails have one UIDL → both are fetched, once."""
        for after, top in (("seen", True), ("delete", True), ("seen", False), ("delete", False)):
            names = {1: "x", 2: "x"}
            script = ScriptedPop3(mails("one", "two"), names=names, has_top=top)
            with self.subTest(after, top=top), self.account(script, after_fetch=after) as server:
                for _turn in range(3):
                    self.assertEqual(self.fetch(server), ["one", "two"])
                self.assertEqual(len(script.mails), 0 if after == "delete" else 2)

    def test_one_of_two_with_one_name_comes_cut_short(self):
        """Server: two emails have one UIDL, and one comes cut short → it is told, stays, and is
        fetched once it is whole.
        """
        for fetched_before in (False, True):
            script = ScriptedPop3(mails("one", "two"), names={1: "x", 2: "x"})
            account = self.account(script, after_fetch="seen")
            with self.subTest(fetched_before), account as server:
                if fetched_before:
                    self.fetch(server)
                script.short = {1}
                server.after_fetch = "delete"
                self.fetch(server)
                self.assertIn("comes cut short", server.error_message)
                self.assertIn(1, script.mails)
                script.short = frozenset()
                self.assertEqual(sorted(self.fetch(server)), ["one", "two"])
                self.assertEqual(len(self.rows(server)), 2)
                self.assertFalse(script.mails or server.error_message)

    def test_only_the_newest_are_listed(self):
        """Server: only the newest emails are listed → all are fetched, and what is older than the
        date to fetch from stays.
        """
        script = ScriptedPop3(mails(*"abcdefgh"), newest=3)
        with self.account(script, after_fetch="delete") as server:
            for _turn in range(4):
                self.fetch(server)
            self.assertEqual(sorted(self.subjects(server)), list("abcdefgh"))
        script = ScriptedPop3(mails(*"abcdefgh"), newest=3)
        with self.account(script, after_fetch="delete", fetch_since="2026-11-03") as server:
            self.fetch(server)
            for number in (6, 7, 8):  # somebody else deletes them: older ones come to light
                del script.mails[number]
            self.assertEqual(self.fetch(server), [])
            self.assertEqual(list(script.mails), [1, 2, 3, 4, 5])

    def test_names_that_are_all_new(self):
        """Server: all UIDLs change (a migration) → nothing is fetched twice."""
        script = ScriptedPop3(mails("one", "two"))
        with self.account(script) as server:
            self.fetch(server)
            script.names = {1: "new-1", 2: "new-2"}
            self.assertEqual(self.fetch(server), ["one", "two"])
            self.assertEqual(self.rows(server).mapped("remote_key"), ["pop:new-1", "pop:new-2"])

    def test_a_name_that_is_new_for_what_was_refused(self):
        """Server: calls a message otherwise that it had refused → its row gets the bytes."""
        for after in ("seen", "delete"):
            script = ScriptedPop3(mails("one", "two"), refused={1})
            with self.subTest(after), self.account(script, after_fetch=after) as server:
                self.assertEqual(self.fetch(server), ["two"])
                script.refused, script.renamed = frozenset(), "new-"
                for _turn in range(2):
                    self.assertEqual(self.fetch(server), ["one", "two"])
                self.assertEqual(self.rows(server).mapped("state"), ["received"] * 2)

    def test_what_is_too_large_is_listed_with_its_header(self):
        """Server: a size beyond the limit, and UIDs begin again → one row, with its subject; a
        refused message that grew is not fetched either.
        """
        script = ScriptedImap(mails("one", "two"), sizes={1: 2**31 + 5}, refused={2})
        with self.account(script) as server:
            self.fetch(server)
            self.assertEqual(self.rows(server).mapped("subject"), ["one", "two"])
            script.refused, script.sizes = frozenset(), {1: 2**31 + 5, 2: 2**31 + 5}
            script.uidvalidity += 1
            self.fetch(server)
            rows = self.rows(server)
            self.assertEqual(rows.mapped("subject"), ["one", "two"])
            self.assertEqual(rows.mapped("reason"), ["oversize"] * 2)
            script.sizes = {}
            rows._reopen()
            self.assertEqual(self.subjects(server), ["one", "two"])

    def test_an_email_that_breaks_the_connection(self):
        """Server: one email ends the connection → the others arrive, it is listed and tried
        again.
        """
        script = ScriptedPop3(mails("one", "two", "three"), ends_in=2)
        with self.account(script) as server:
            self.assertEqual(self.fetch(server), ["one", "three"])
            failed = self.rows(server).filtered(lambda row: not row.has_source)
            self.assertEqual((failed.subject, failed.state), ("two", "failed"))
            self.assertIn("closes the connection", failed.error)
            script.ends_in = 0
            self.assertEqual(sorted(self.fetch(server)), ["one", "three", "two"])

    def test_in_use(self):
        """Server: another session has the mailbox open → that is said, and nothing of passwords."""
        script = ScriptedPop3(refuses={"PASS": b"-ERR [IN-USE] mailbox locked"})
        with self.account(script) as server:
            self.fetch(server)
            self.assertIn("another program has the mailbox open", server.error_message)
            self.assertNotIn("password", server.error_message)


@tagged("post_install", "-at_install")
class TestServersNumbers(ServersCase):
    def test_uids_begin_again_under_the_same_uidvalidity(self):
        """Server: UIDs begin again under the same UIDVALIDITY → known by header and size, nothing
        twice, nothing lost (paperless-ngx/paperless-ngx#8939).
        """
        for after in ("seen", "delete", "move"):
            script = ScriptedImap(mails("one", "two", "three"))
            with self.subTest(after), self.account(script, after_fetch=after) as server:
                self.fetch(server)
                script.mails = dict(enumerate(mails("four", "five"), 1))
                self.assertEqual(len(self.fetch(server)), 5)
                # it has grown again, beyond where it was
                old = list(script.mails.values())
                script.mails = dict(enumerate([*mails(*"6789"), *old], 1))
                self.assertEqual(len(self.fetch(server)), 9)
                self.assertEqual(len(self.fetch(server)), 9)

    def test_a_pending_deletion_never_hits_another_email(self):
        """Server: UIDs begin again while a deletion waits → the new email is not deleted
        (paperless-ngx/paperless-ngx#8939).
        """
        script = ScriptedImap(mails("one"), refuses={"uid_store": b"NO [UNAVAILABLE] not now"})
        with self.account(script, after_fetch="delete") as server:
            self.fetch(server)
            script.mails = dict(enumerate(mails("two"), 1))
            script.refuses = {"uid_fetch": b"NO [UNAVAILABLE] not now"}
            self.fetch(server)
            self.assertFalse([line for line in script.commands if "EXPUNGE" in line])
            script.refuses = {}
            self.assertEqual(self.fetch(server), ["one", "two"])

    def test_uidvalidity_is_new_at_each_select(self):
        """Server: UIDVALIDITY is another one at each SELECT → nothing is fetched twice."""
        script = ScriptedImap(mails("one", "two"))
        with self.account(script) as server:
            for validity in range(8, 11):
                script.uidvalidity = validity
                self.assertEqual(self.fetch(server), ["one", "two"])


@tagged("post_install", "-at_install")
class TestServersBytes(ServersCase):
    def test_an_empty_or_short_body(self):
        """Server: a body comes as "" or cut short → it is not stored, and tried again
        (mscdex/node-imap#153).
        """
        for quirk in ("empty", "short", "nil"):
            script = ScriptedImap(mails("one", "two"), **{quirk: {1}})
            with self.subTest(quirk), self.account(script) as server:
                self.assertEqual(self.fetch(server), ["two"])
                self.assertNotIn("UID STORE 1 +FLAGS.SILENT (\\Seen)", script.commands)
                setattr(script, quirk, frozenset())
                self.assertEqual(sorted(self.fetch(server)), ["one", "two"])
                self.assertEqual(self.rows(server).mapped("state"), ["received"] * 2)
                self.assertIn("UID STORE 1 +FLAGS.SILENT (\\Seen)", script.commands)

    def test_a_fetch_that_is_refused_for_now(self):
        """Server: FETCH is answered by NO for now → its words are kept, and it is tried again."""
        script = ScriptedImap(mails(*"abcd"), refused={1, 2, 3, 4})
        with self.account(script) as server:
            self.assertEqual(self.fetch(server), [])
            script.refused = frozenset()
            self.assertEqual(sorted(self.fetch(server)), list("abcd"))
            self.assertFalse(server.error_message)

    def test_an_email_that_breaks_the_connection(self):
        """Server: one email ends the connection → the others arrive, it is listed and tried
        again (imapsync/imapsync#433).
        """
        script = ScriptedImap(mails(*"abcdefghij"), poison={4})
        with self.account(script) as server:
            self.assertEqual(self.fetch(server), list("abcefghij"))
            failed = self.rows(server).filtered(lambda row: not row.has_source)
            self.assertEqual((failed.subject, failed.state), ("d", "failed"))
            script.poison = frozenset()
            self.assertEqual(sorted(self.fetch(server)), list("abcdefghij"))

    def test_sizes_and_dates_that_are_none(self):
        """Server: a size over 2³¹, a date of no calendar → the other emails arrive."""
        script = ScriptedImap(
            mails("one", "two", "three"), sizes={1: 2**31 + 5}, dates={2: b"31-Feb-2026 +2500"}
        )
        with self.account(script) as server:
            self.assertEqual(self.fetch(server), ["two", "three"])
            self.assertEqual(self.rows(server)[0].reason, "oversize")

    def test_a_search_in_several_lines(self):
        """Server: SEARCH answers in several lines → all are fetched (mjl-/mox#389)."""
        script = ScriptedImap(mails(*"abcdefg"), search_line=3)
        with self.account(script) as server:
            self.assertEqual(self.fetch(server), list("abcdefg"))


@tagged("post_install", "-at_install")
class TestServersRefusals(ServersCase):
    def test_moving_or_marking_is_refused(self):
        """Server: MOVE, COPY or STORE is refused → fetching goes on, and the account says so."""
        words = b"NO Mailbox name should probably be prefixed with: INBOX."
        for after, command in (("move", "uid_move"), ("seen", "uid_store"), ("move", "uid_copy")):
            script = ScriptedImap(mails("one"), refuses={command: words, "create": words})
            if command == "uid_copy":
                script.after_login = "IMAP4rev1 UIDPLUS"
            with self.subTest(command), self.account(script, after_fetch=after) as server:
                self.fetch(server)
                script.mails[2] = mails("two")[0]
                self.assertEqual(self.fetch(server), ["one", "two"])
                self.assertIn("prefixed with: INBOX.", server.error_message)
                self.assertFalse(server.error_date)
                script.refuses = {}
                self.fetch(server)
                self.assertFalse(server.error_message)

    def test_what_is_copied_and_not_deleted_is_copied_once(self):
        """Server: no MOVE, and STORE is refused after COPY → it is copied once
        (osTicket/osTicket#5645).
        """
        refuses = {"uid_store": b"NO [NOPERM] no"}
        script = ScriptedImap(mails("one"), refuses=refuses, after_login="IMAP4rev1 UIDPLUS")
        with self.account(script, after_fetch="move") as server:
            for _turn in range(3):
                self.fetch(server)
            copies = [line for line in script.commands if line.startswith("UID COPY")]
            self.assertEqual(copies, ['UID COPY 1 "Archive"'])

    def test_confirming_finds_what_will_be_refused(self):
        """Server: the archive folder cannot be made → Test & Confirm says so."""
        words = b"NO Mailbox name should probably be prefixed with: INBOX."
        script = ScriptedImap([], refuses={"uid_move": words, "create": words})
        with self.account(script, after_fetch="move") as server:
            caught = ""
            try:  # assertRaises would roll back to before the commits
                server.button_confirm_login()
            except UserError as error:
                caught = str(error)
            self.assertIn("prefixed with: INBOX.", caught)
            self.assertNotIn("password", caught)

    def test_a_mailbox_that_is_read_only(self):
        """Server: the mailbox opens read-only → emails arrive, and the account says so."""
        script = ScriptedImap(mails("one"), read_only=True)
        with self.account(script) as server:
            self.assertEqual(self.fetch(server), ["one"])
            self.assertIn("read-only", server.error_message)

    def test_junk_that_cannot_be_selected(self):
        """Server: the Junk folder cannot be selected → the other mail arrives."""
        junk = b'(\\Junk) "/" Junk'
        for line in (junk, b'(\\Noselect \\Junk) "/" Junk'):
            script = JunkRefused(mails("one"), folders=(b'() "/" INBOX', line, b'() "/" "R&D"'))
            with self.subTest(line), self.account(script) as server:
                self.assertEqual(self.fetch(server), ["one"])
                self.assertFalse(server.error_date)
                said = server.error_message or ""
                self.assertEqual("does not open the Junk folder" in said, line == junk)

    def test_nobody_gets_into_a_folder_without_id(self):
        """Server: SELECT is refused until ID was sent → ID is sent (pimalaya/himalaya#651)."""
        for offered in ("IMAP4rev1 ID", "IMAP4rev1"):
            script = ScriptedImap(mails("one"), wants_id=True, after_login=offered)
            with self.subTest(offered), self.account(script) as server:
                self.assertEqual(self.fetch(server), ["one"])


class JunkRefused(ScriptedImap):
    def on_select(self, line, arguments, write):
        if b"Junk" in line:
            return b"NO Mailbox does not allow this"
        return super().on_select(line, arguments, write)


@tagged("post_install", "-at_install")
class TestServersWords(ServersCase):
    def said(self, script):
        with self.account(script) as server:
            self.fetch(server)
            return server.error_message

    def test_words_that_are_not_about_passwords(self):
        """Server: throttled, busy, full, in use, not connected → each is told apart, and nobody is
        sent to look for another password (thunderbird/thunderbird-android#2254).
        """
        for answer, words in (
            (b"NO [UNAVAILABLE] Temporary authentication failure", "at the moment"),
            (b"NO User is authenticated but not connected.", "mailbox server did not open"),
            (b"NO [LIMIT] Too many simultaneous connections", "no further connection"),
            (b"NO [THROTTLED] slow down", "fewer logins"),
            (b"NO [OVERQUOTA] Mailbox is full", "mailbox is full"),
            (b"NO [INUSE] locked", "another program"),
            (b"NO [ALERT] Your account is not enabled for IMAP use.", "switched off"),
            (b"NO Something else", "ask the provider what this answer means"),
        ):
            with self.subTest(answer):
                said = self.said(ScriptedImap(refuses={"login": answer}))
                self.assertIn(words, said)
                self.assertNotIn("user name and the password", said)

    def test_a_folder_that_is_not_connected(self):
        """Server: the login is accepted, and SELECT is BAD "not connected" → it is said that the
        login held (jstedfast/MailKit#1494).
        """
        words = b"BAD User is authenticated but not connected."
        said = self.said(ScriptedImap(refuses={"select": words, "list": words}))
        self.assertIn("accepted the login", said)

    def test_goodbye_instead_of_a_greeting(self):
        """Server: BYE at the greeting → its words are said, and nothing of passwords."""
        said = self.said(ScriptedImap(greeting=b"* BYE Too many connections from your IP"))
        self.assertIn("no further connection", said)
        self.assertIn("Too many connections from your IP", said)

    def test_a_connection_that_ends_in_the_middle(self):
        """Server: the connection ends in the middle of a fetch → no advice about ports."""
        said = self.said(ScriptedImap(mails("one"), ends_at=b"UID SEARCH"))
        self.assertIn("in the middle", said)

    def test_a_wrong_password(self):
        """Server: a wrong password → user name and password are to be checked."""
        for answer in (b"NO [AUTHENTICATIONFAILED] x", b"NO LOGIN failed.", b"NO Login incorrect"):
            with self.subTest(answer):
                said = self.said(ScriptedImap(refuses={"login": answer}))
                self.assertIn("Check the user name and the password", said)
