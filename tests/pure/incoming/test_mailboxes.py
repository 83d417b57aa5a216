"""Reading mailboxes: what the standards allow servers to answer, and what some answer anyway."""

import imaplib
import poplib
from contextlib import contextmanager
from datetime import datetime

from ....incoming import ImapFolder, MailboxError, Pop3Mailbox, find_junk_folder
from ....incoming.base import MessageRef, batches
from ...kit.pure import PureCase
from ...kit.servers.scripted_mailbox import ScriptedImap, ScriptedPop3


def mail(number, body="Hello"):
    return f"Subject: {number}\r\nMessage-ID: <{number}@x.test>\r\n\r\n{body}\r\n".encode()


MAILS = [mail(number) for number in range(1, 6)]


@contextmanager
def imap_connection(mails=(), **quirks):
    with ScriptedImap(mails, **quirks) as server:
        client = imaplib.IMAP4("127.0.0.1", server.port, timeout=10)
        client.login("user", "password")
        yield client, server
        client.logout()


@contextmanager
def imap_folder(mails=(), **quirks):
    with imap_connection(mails, **quirks) as (client, server):
        yield ImapFolder(client, "INBOX"), server


@contextmanager
def pop3_mailbox(mails=(), **quirks):
    with ScriptedPop3(mails, **quirks) as server:
        client = poplib.POP3("127.0.0.1", server.port, timeout=10)
        yield Pop3Mailbox(client), server
        client.close()


def read(folder):
    """Everything in a folder: (number, bytes or None) in the order of arrival."""
    refs = folder.refs(folder.uids_from(1))
    fetched = (item for batch in batches(refs, 10_000, 100) for item in folder.fetch(batch))
    return [(item.ref.number, item.source) for item in fetched]


class TestImap(PureCase):
    def test_an_empty_mailbox(self):
        with imap_folder() as (folder, _server):
            self.assertEqual(read(folder), [])

    def test_answers_in_any_order_and_news_between_them(self):
        # RFC 3501 §7: any untagged answer may come at any time
        cases = {
            "out of order": {"reverse": True},
            "flags of another mail": {"chatter": [b"* 1 FETCH (FLAGS (\\Seen))"]},
            "flags with UID": {"chatter": [b"* 2 FETCH (UID 2 FLAGS (\\Seen \\Flagged))"]},
            "new mail": {"chatter": [b"* 6 EXISTS", b"* 1 RECENT"]},
            "alert": {"chatter": [b"* OK [ALERT] the server goes down"]},
            "all": {"reverse": True, "chatter": [b"* 3 FETCH (FLAGS ())", b"* 9 EXISTS"]},
        }
        for name, quirks in cases.items():
            with self.subTest(name), imap_folder(MAILS, **quirks) as (folder, _server):
                self.assertEqual(read(folder), list(enumerate(MAILS, 1)))

    def test_news_of_flags_are_no_mail(self):
        # without a UID, the number is a sequence number and names another message
        quirks = {"chatter": [b"* 1 FETCH (FLAGS (\\Seen))", b"* 2 FETCH (FLAGS ())"]}
        mails = {11: MAILS[0], 12: MAILS[1]}
        with imap_folder(mails, **quirks) as (folder, _server):
            self.assertEqual([item.number for item in folder.refs([11, 12])], [11, 12])

    def test_what_nobody_has_read_yet(self):
        with imap_folder(MAILS, seen={1, 4}) as (folder, _server):
            self.assertEqual(folder.unread(), [2, 3, 5])
        with imap_folder(MAILS, seen={1, 2, 3, 4, 5}) as (folder, _server):
            self.assertEqual(folder.unread(), [])

    def test_single_fields_of_many_mails(self):
        with imap_folder(MAILS, chatter=[b"* 1 EXISTS"]) as (folder, server):
            found = folder.headers([1, 3, 9], "MESSAGE-ID")
            self.assertEqual(folder.headers([], "MESSAGE-ID"), {})
        expected = {uid: b"Message-ID: <%d@x.test>\r\n\r\n" % uid for uid in (1, 3)}
        self.assertEqual(found, expected)
        self.assertFalse([line for line in server.commands if "STORE" in line])

    def test_only_new_uids_although_a_star_always_answers_with_the_last(self):
        with imap_folder(MAILS) as (folder, _server):
            self.assertEqual(folder.uids_from(4), [4, 5])
            self.assertEqual(folder.uids_from(6), [])

    def test_a_mail_that_is_refused_takes_no_other_along(self):
        for quirk in ("refused", "nil"):
            with self.subTest(quirk), imap_folder(MAILS, **{quirk: {3}}) as (folder, _server):
                expected = [(n, None if n == 3 else mail(n)) for n in range(1, 6)]
                self.assertEqual(read(folder), expected)

    def test_a_mail_that_was_deleted_meanwhile_is_no_failure(self):
        with imap_folder(MAILS, vanished={3}) as (folder, _server):
            self.assertEqual([number for number, _source in read(folder)], [1, 2, 4, 5])

    def test_bytes_that_look_like_protocol_are_kept(self):
        strange = b"Subject: ) UID 9\r\n\r\n* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n\xff\r\n)\r\n"
        with imap_folder([strange, b""]) as (folder, _server):
            self.assertEqual(read(folder), [(1, strange), (2, b"")])

    def test_the_date_of_arrival_is_in_utc(self):
        with imap_folder(MAILS) as (folder, _server):
            [first, *_others] = folder.refs([1])
            self.assertEqual(first.received, datetime(2026, 11, 2, 9, 0))

    def test_since_asks_from_the_day_before_on(self):
        # the server compares days of a time zone that nobody knows
        with imap_folder(MAILS) as (folder, server):
            folder.uids_from(1, datetime(2026, 11, 1, 3, 0))
            self.assertIn("SINCE 31-Oct-2026", server.commands[-1])

    def test_what_a_server_can_is_asked_after_the_login(self):
        with imap_folder(MAILS) as (folder, server):
            folder.delete([2])
            folder.move([3, 4], "Archive")
        self.assertIn("UID EXPUNGE 2", server.commands)
        self.assertIn('UID MOVE 3:4 "Archive"', server.commands)

    def test_without_uidplus_and_move_nothing_of_others_is_expunged(self):
        with imap_folder(MAILS, after_login="IMAP4rev1") as (folder, server):
            folder.move([3], "Archive")
            folder.delete([1])
        self.assertIn('UID COPY 3 "Archive"', server.commands)
        self.assertIn("UID STORE 3 +FLAGS.SILENT (\\Deleted)", server.commands)
        self.assertFalse([line for line in server.commands if "EXPUNGE" in line])

    def test_a_folder_is_found_whatever_its_name_is_written_in(self):
        cases = {
            "special use": (b'(\\HasNoChildren \\Junk) "/" "Unerw&APw-nscht"', "Unerwünscht"),
            "literal": (b'(\\Junk) "." {12}\r\nINBOX.J"unk\\', 'INBOX.J"unk\\'),
            "no hierarchy": (b"(\\Junk) NIL Spam", "Spam"),
            "quoted quote": (b'(\\Junk) "/" "a \\"b\\""', 'a "b"'),
            "by its name": (b'() "/" "Junk E-mail"', "Junk E-mail"),
            "none": (b'() "/" "Projects"', None),
        }
        for name, (line, expected) in cases.items():
            folders = (b'(\\HasNoChildren) "/" INBOX', line)
            with self.subTest(name), imap_connection(folders=folders) as (client, _server):
                self.assertEqual(find_junk_folder(client), expected)

    def test_a_huge_folder_is_asked_for_in_windows(self):
        # imaplib refuses lines of more than a million bytes
        mails = dict.fromkeys(range(100_000, 121_001), b"")
        with imap_folder(mails) as (folder, server):
            for _time in range(2):
                self.assertEqual(len(folder.uids_from(100_000)), 21_001)
        searches = [line for line in server.commands if "SEARCH" in line]
        self.assertEqual(len(searches), 4)


class TestPop3(PureCase):
    def test_exact_bytes(self):
        mails = [
            mail(1, ".\r\n..\r\n.a line with a dot"),
            mail(2, "x" * 3_000_000),
            mail(3, "a\x00b"),
            b"Subject: lone line feeds\n\r\nand a lone \r in it\r\n",
        ]
        with pop3_mailbox(mails) as (mailbox, _server):
            found = [item.source for item in mailbox.fetch(mailbox.refs())]
        self.assertEqual(found, mails)

    def test_an_empty_mailbox(self):
        with pop3_mailbox() as (mailbox, _server):
            self.assertEqual(mailbox.refs(), [])

    def test_a_server_without_uidl_is_refused_in_one_sentence(self):
        refusal = self.assertRaisesRegex(MailboxError, "Use IMAP for this account")
        with pop3_mailbox(MAILS, has_uidl=False) as (mailbox, _server), refusal:
            mailbox.refs()

    def test_a_mail_that_is_refused_takes_no_other_along(self):
        with pop3_mailbox(MAILS, refused={2}) as (mailbox, _server):
            found = [item.source for item in mailbox.fetch(mailbox.refs())]
        self.assertEqual(found, [MAILS[0], None, *MAILS[2:]])

    def test_a_connection_that_ends_is_no_refused_mail(self):
        with pop3_mailbox(MAILS, ends_in=2) as (mailbox, _server):
            refs = mailbox.refs()
            with self.assertRaises((OSError, poplib.error_proto)):
                list(mailbox.fetch(refs))


class TestBatches(PureCase):
    def test_batches_are_bounded_by_bytes_and_count(self):
        sizes = [3, 3, 3, 20, 1, 1, 1, 1, 1]
        refs = [MessageRef(str(n), n, size) for n, size in enumerate(sizes)]
        found = [[item.size for item in batch] for batch in batches(refs, 7, 3)]
        self.assertEqual(found, [[3, 3], [3], [20], [1, 1, 1], [1, 1]])
