"""What has come since a moment: every folder a provider may put it in, and no message twice."""

import imaplib
import poplib
from contextlib import contextmanager
from unittest.mock import patch

from ....incoming import (
    ImapNewMessages,
    MailboxError,
    Pop3Mailbox,
    PopNewMessages,
    new_messages,
)
from ....incoming.base import MessageRef
from ...kit.pure import PureCase
from ...kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3

INBOX = rb'() "/" INBOX'


def mail(number, size=0):
    return b"Subject: %d\r\n\r\n" % number + b"x" * size


class Folders(ScriptedImap):
    """An IMAP server with several folders; one that has no messages may not be opened."""

    contents = {}
    validity = {}

    def talk(self, lines, write):
        def opened():
            for line in lines:
                if b"SELECT" in line:
                    self.open = line.partition(b'"')[2].partition(b'"')[0].decode()
                    if self.open not in self.contents:
                        write(line.partition(b" ")[0] + b" NO no such folder\r\n")
                        continue
                    self.mails = self.contents[self.open]
                yield line

        def numbered(data):
            number = self.validity.get(getattr(self, "open", ""), 7)
            return write(data.replace(b"UIDVALIDITY 7", b"UIDVALIDITY %d" % number))

        super().talk(opened(), numbered)


@contextmanager
def mailbox(contents, folders=(INBOX,), archive="", **quirks):
    with Folders([], contents=contents, folders=folders, **quirks) as server:
        client = imaplib.IMAP4("127.0.0.1", server.port, timeout=10)
        client.login("user", "password")
        yield ImapNewMessages(client, "INBOX", archive), server
        client.logout()


def texts(found, marks):
    return [(new.folder, new.key, new.source) for new in found.since(marks)]


class TestPlaces(PureCase):
    def test_the_order_of_interest(self):
        junk, spam = rb'(\Junk) "/" "Spam"', rb'(\All) "/" "[Gmail]/All Mail"'
        with mailbox({}, (INBOX, junk, spam), archive="Done") as (found, _server):
            places = {
                "INBOX": "inbox",
                "Spam": "junk",
                "Done": "Done",
                "[Gmail]/All Mail": "[Gmail]/All Mail",
            }
            self.assertEqual(list(found.places.items()), list(places.items()))
        with mailbox({}) as (found, _server):
            self.assertEqual(found.places, {"INBOX": "inbox"})

    def test_a_folder_that_is_the_inbox_too_stays_the_inbox(self):
        with mailbox({}, (rb'(\Junk \All) "/" INBOX',), archive="INBOX") as (found, _server):
            self.assertEqual(found.places, {"INBOX": "inbox"})

    def test_names_of_the_folder_of_all_mail(self):
        for name in ("All Mail", "[Gmail]/All Mail", "Archive", "All"):
            folders = (INBOX, b'() "/" "%b"' % name.encode())
            with self.subTest(name=name), mailbox({}, folders) as (found, _server):
                self.assertEqual(list(found.places), ["INBOX", name])


class TestImap(PureCase):
    def test_only_what_is_new_and_once(self):
        contents = {"INBOX": {3: mail(3)}, "Spam": {}}
        folders = (INBOX, rb'(\Junk) "/" "Spam"')
        with mailbox(contents, folders) as (found, _server):
            marks = found.marks()
            self.assertEqual(marks, {"INBOX": [7, 4], "Spam": [7, 1]})
            self.assertEqual(texts(found, marks), [])
            self.assertEqual(marks, {"INBOX": [7, 4], "Spam": [7, 1]})
            contents["INBOX"].update({4: mail(4), 6: mail(6)})
            contents["Spam"][1] = mail(1)
            expected = [
                ("INBOX", "imap:INBOX:7:4", mail(4)),
                ("INBOX", "imap:INBOX:7:6", mail(6)),
                ("Spam", "imap:Spam:7:1", mail(1)),
            ]
            self.assertEqual(texts(found, marks), expected)
            self.assertEqual(marks, {"INBOX": [7, 7], "Spam": [7, 2]})
            self.assertEqual(texts(found, marks), [])

    def test_a_folder_without_a_mark_begins_now(self):
        with mailbox({"INBOX": {3: mail(3)}}) as (found, _server):
            self.assertEqual(texts(found, {}), [])

    def test_a_folder_that_was_numbered_anew_is_read_from_its_first_message(self):
        validity = {"INBOX": 8}
        with mailbox({"INBOX": {1: mail(1), 2: mail(2)}}, validity=validity) as (found, _server):
            marks = {"INBOX": [7, 90]}
            self.assertEqual([new.source for new in found.since(marks)], [mail(1), mail(2)])
            self.assertEqual(marks, {"INBOX": [8, 3]})

    def test_large_ones_are_nobodys_probe(self):
        contents = {"INBOX": {1: b"x" * 300_000, 2: b"x" * 300_001}}
        with mailbox(contents) as (found, _server):
            marks = {"INBOX": [7, 1]}
            self.assertEqual([new.key for new in found.since(marks)], ["imap:INBOX:7:1"])
            self.assertEqual(marks, {"INBOX": [7, 3]})
        with mailbox({"INBOX": {1: b"x" * 300_001}}) as (found, server):
            self.assertEqual(texts(found, {"INBOX": [7, 1]}), [])
            self.assertFalse([line for line in server.commands if "BODY" in line])

    def test_of_many_the_newest(self):
        mails = {uid: mail(uid) for uid in range(1, 302)}
        with mailbox({"INBOX": mails}) as (found, _server):
            sources = [new.source for new in found.since({"INBOX": [7, 1]})]
        self.assertEqual(sources, [mail(uid) for uid in range(2, 302)])

    def test_what_the_server_cannot_read_is_passed_over(self):
        contents = {"INBOX": {1: mail(1), 2: mail(2)}}
        with mailbox(contents, refused={1}) as (found, _server):
            marks = {"INBOX": [7, 1]}
            self.assertEqual([new.source for new in found.since(marks)], [mail(2)])

    def test_a_folder_that_may_not_be_opened(self):
        folders = (INBOX, rb'(\Junk) "/" "Spam"', rb'(\All) "/" "All"')
        with mailbox({"INBOX": {}, "All": {}}, folders) as (found, _server):
            self.assertEqual(list(found.marks()), ["INBOX", "All"])
        refused = self.assertRaises(MailboxError)
        with mailbox({"Spam": {}}, folders) as (found, _server), refused:
            found.marks()

    def test_deleted_in_whichever_folder_they_are(self):
        folders = (INBOX, rb'(\Junk) "/" "Spam"', rb'(\All) "/" "All"')
        contents = {"INBOX": {12: b"x"}, "Spam": {1: b"x"}, "All": {1: b"x"}}
        with mailbox(contents, folders) as (found, server):
            keys = ["imap:INBOX:7:12", "imap:Spam:7:1", "imap:INBOX:6:1", "imap:INBOX:7:x", "7"]
            found.delete(keys)
        stored = [line for line in server.commands if "STORE" in line]
        flagged = "+FLAGS.SILENT (\\Deleted)"
        self.assertEqual(stored, [f"UID STORE 12 {flagged}", f"UID STORE 1 {flagged}"])


@contextmanager
def pop_connection(mails, **quirks):
    with ScriptedPop3(mails, **quirks) as server:
        client = poplib.POP3("127.0.0.1", server.port, timeout=10)
        yield client, server
        client.close()


class TestPop(PureCase):
    def test_only_what_is_new_and_once(self):
        with pop_connection([mail(1)]) as (client, server):
            found = PopNewMessages(client)
            self.assertEqual(found.places, {"INBOX": "inbox"})
            marks = found.marks()
            self.assertEqual(marks, {"INBOX": ["pop:name-1"]})
            ends = b"\r\n"
            large = {3: b"x" * 299_998 + ends, 4: b"x" * 299_999 + ends}
            server.mails.update({2: mail(2), **large})
            self.assertEqual(
                [(new.folder, new.key) for new in found.since(marks)],
                [("INBOX", "pop:name-2"), ("INBOX", "pop:name-3")],
            )
            self.assertEqual(marks, {"INBOX": [f"pop:name-{n}" for n in range(1, 5)]})
            self.assertEqual(list(found.since(marks)), [])

    def test_without_a_mark_all_is_new(self):
        with pop_connection([mail(1), mail(2)], refused={1}) as (client, _server):
            found = PopNewMessages(client)
            self.assertEqual([new.source for new in found.since({})], [mail(2)])

    def test_of_many_the_newest(self):
        mails = [mail(number) for number in range(1, 6)]
        with (
            pop_connection(mails) as (client, _server),
            patch.object(new_messages, "MAX_MESSAGES", 2),
        ):
            sources = [new.source for new in PopNewMessages(client).since({})]
        self.assertEqual(sources, mails[-2:])

    def test_deleted_by_their_keys(self):
        with pop_connection([mail(1), mail(2), mail(3)]) as (client, server):
            PopNewMessages(client).delete(["pop:name-2", "pop:other"])
        self.assertEqual([line for line in server.commands if "DELE" in line], ["DELE 2"])

    def test_their_number_at_once(self):
        self.assertEqual(new_messages.MAX_MESSAGES, 300)


class Lines:
    """A POP3 connection that answers LIST and UIDL with the lines of a test."""

    def __init__(self, sizes, names):
        self.sizes, self.names = sizes, names

    def list(self):
        return b"+OK", self.sizes, 0

    def uidl(self):
        return b"+OK", self.names, 0


class TestPop3Mailbox(PureCase):
    def test_what_servers_write_into_their_lists(self):
        sizes = [b"1 10", b"2 20 more", b"3", b"4 x", b"x 5", b"6  60"]
        names = [b"1 a", b"2  b ", b"3 c d", b"4", b"5 ", b"x f", b"6 \xe4", b"7 g"]
        found = Pop3Mailbox(Lines(sizes, names)).refs()
        self.assertEqual(
            found,
            [
                MessageRef("pop:a", 1, 10),
                MessageRef("pop:b", 2, 20),
                MessageRef("pop:c d", 3, 0),
                MessageRef("pop:\\xe4", 6, 60),
                MessageRef("pop:g", 7, 0),
            ],
        )

    def test_header_alone(self):
        class TopAlone(ScriptedPop3):
            def talk(self, lines, write):
                write(b"+OK ready\r\n")
                for line in lines:
                    self.commands.append(line.strip().decode())
                    top = self.capabilities is not None and line.startswith(b"TOP")
                    write(b"+OK\r\nSubject: 1\r\n\r\n.\r\n" if top else b"-ERR no\r\n")

        for quirks, expected in (({}, b"Subject: 1\r\n\r\n"), ({"capabilities": None}, b"")):
            with self.subTest(quirks), TopAlone([], **quirks) as server:
                client = poplib.POP3("127.0.0.1", server.port, timeout=10)
                header = Pop3Mailbox(client).header(MessageRef("pop:a", 3, 10))
                self.assertEqual(header, expected)
                self.assertEqual(server.commands, ["TOP 3 0"])
                client.close()

    def test_lines_as_they_came(self):
        class Script:
            def __init__(self, *lines):
                self.lines = list(lines)
                self.file = self

            def _shortcmd(self, command):
                self.said = command

            def readline(self):
                return self.lines.pop(0) if self.lines else b""

            def noop(self):
                self.said = "NOOP"

        for lines, source in (
            ([b"a\r\n", b"..b\r\n", b".\r\n", b"next"], b"a\r\n.b\r\n"),
            ([b"a\n", b"...\n", b".\n", b"next"], b"a\n..\n"),
        ):
            connection = Script(*lines)
            [fetched] = Pop3Mailbox(connection).fetch([MessageRef("pop:a", 3, 7)])
            self.assertEqual((fetched.source, fetched.error), (source, ""))
            self.assertEqual(connection.said, "RETR 3")
            self.assertEqual(connection.lines, [b"next"])
        with self.assertRaisesRegex(ConnectionError, "in the middle of a message"):
            list(Pop3Mailbox(Script(b"a\r\n")).fetch([MessageRef("pop:a", 3, 10)]))

    def test_a_refused_one_says_why_and_the_line_is_tested(self):
        with pop_connection([mail(1)], refused={1}) as (client, server):
            mailbox = Pop3Mailbox(client)
            [fetched] = mailbox.fetch(mailbox.refs())
        self.assertIn("-ERR no", fetched.error)
        self.assertEqual(server.commands[-1], "NOOP")
