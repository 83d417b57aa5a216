"""Folders as servers list them: Junk under its many names, other people's folders, odd names.

The first line of a docstring that begins with ``Server:`` is a row of a table.
"""

import imaplib
from contextlib import contextmanager

from ....incoming import ImapFolder, MailboxError, find_junk_folder, introduce
from ....incoming.folders import JUNK_NAMES, list_folders, quote_folder
from ...kit.pure import PureCase
from ...kit.servers.scripted_mailbox import ScriptedImap

INBOX = b'(\\HasNoChildren) "/" INBOX'


@contextmanager
def connected(script):
    with script as server:
        client = imaplib.IMAP4("127.0.0.1", server.port, timeout=10)
        client.login("user", "password")
        yield client
        client.logout()


def junk_of(*folders, **quirks):
    with connected(ScriptedImap(folders=(INBOX, *folders), **quirks)) as client:
        return find_junk_folder(client)


class Shared(ScriptedImap):
    """A server that names its namespaces (RFC 2342)."""

    spaces = b'(("" "/")) (("Colleagues/" "/")) NIL'

    def on_namespace(self, _line, _arguments, write):
        write(b"* NAMESPACE " + self.spaces + b"\r\n")


class Odd(ScriptedImap):
    """A server whose folder has a name that is no modified UTF-7, and is opened by it alone."""

    def on_select(self, line, arguments, write):
        if line != b'SELECT "R&D"':
            return b"NO no such folder"
        return super().on_select(line, arguments, write)


class TestServersFolders(PureCase):
    def test_usual_names(self):
        """Server: no SPECIAL-USE → Junk is found by the names that servers and clients give it, in
        many languages (huacnlee/omamail#90).
        """
        for name, mark in (
            *(("Junk", "/"), ("Junk E-mail", "/"), ("Junk-E-Mail", "/"), ("INBOX.Junk", ".")),
            *(("INBOX/Spam", "/"), ("INBOX.spam", "."), ("Spamverdacht", "/"), ("SPAM", "/")),
            *(
                ("Correo no deseado", "/"),
                ("Courrier indésirable", "/"),
                ("Posta indesiderata", "."),
            ),
            *(("Ongewenste e-mail", "/"), ("Нежелательная почта", "/"), ("迷惑メール", "/")),
            *(("[Gmail]/Spam", "/"), ("Unerwünscht", "."), ("Wiadomości-śmieci", "/")),
        ):
            with self.subTest(name):
                line = f'() "{mark}" {quote_folder(name)}'.encode()
                self.assertEqual(junk_of(line), name)
        self.assertIsNone(junk_of(b'() "/" "Projects/Junk"', b'() "/" "Junk 2019"'))
        self.assertEqual(len(JUNK_NAMES), len(set(JUNK_NAMES)))

    def test_another_user_s_junk(self):
        r"""Server: another user's \Junk comes first → ours is read
        (mustang-im/mustang#948).
        """
        ours = b'(\\Junk) "/" Junk'
        for theirs in (
            b'(\\Junk) "/" "user/anna/Junk"',
            b'(\\Junk) "/" "Other Users/anna/Junk"',
            b'(\\Junk) "." "shared.anna.Junk"',
        ):
            with self.subTest(theirs):
                self.assertEqual(junk_of(theirs, ours), "Junk")
                self.assertIsNone(junk_of(theirs))
        script = Shared(
            folders=(INBOX, b'(\\Junk) "/" "Colleagues/anna/Junk"', ours),
            before_login="IMAP4rev1 NAMESPACE",
        )
        with connected(script) as client:
            self.assertEqual(find_junk_folder(client), "Junk")

    def test_one_that_cannot_be_selected(self):
        r"""Server: Junk is \Noselect → another one is looked for, and none is no error."""
        for flags in (b"\\Noselect \\Junk", b"\\NonExistent \\Junk"):
            line = b"(" + flags + b') "/" Junk'
            self.assertIsNone(junk_of(line))
            self.assertEqual(junk_of(line, b'() "/" Spam'), "Spam")

    def test_names_that_are_no_modified_utf_7(self):
        """Server: a folder is called R&D, unencoded → it is no error, and can be opened
        (mjs/imapclient#187).
        """
        lines = (INBOX, b'() "/" "R&D"', b'() "/" "&AOk"', b'() "/" "\xc3\xa9"', b"(\\Junk) NIL a")
        with connected(Odd(folders=lines)) as client:
            names = [folder.name for folder in list_folders(client)]
            self.assertEqual(names, ["INBOX", "R&D", "&AOk", "é", "a"])
            self.assertEqual(ImapFolder(client, "R&D").name, "R&D")

    def test_a_folder_that_is_there_and_does_not_open(self):
        """Server: a listed folder is not opened → nobody is told that there is none."""
        script = ScriptedImap(folders=(INBOX,), refuses={"select": b"NO [NOPERM] denied"})
        with connected(script) as client, self.assertRaises(MailboxError) as caught:
            ImapFolder(client, "INBOX")
        self.assertEqual(
            str(caught.exception),
            "The server does not open the folder “INBOX” ([NOPERM] denied).",
        )

    def test_who_we_are_is_said_where_it_is_asked(self):
        """Server: ID is offered → it is sent before SELECT; elsewhere it is not."""
        for offered, asking, sent in (
            ("IMAP4rev1 ID", False, False),
            ("IMAP4rev1 ID", True, True),
            ("IMAP4rev1", True, False),
        ):
            script = ScriptedImap(after_login=offered)
            with self.subTest(offered, asking=asking), connected(script) as client:
                self.assertEqual(introduce(client, asking=asking), sent)
                said = [line for line in script.commands if line.startswith("ID ")]
                self.assertEqual(bool(said), sent)
        script = ScriptedImap(before_login="IMAP4rev1 ID")
        with connected(script) as client:
            self.assertTrue(introduce(client))
