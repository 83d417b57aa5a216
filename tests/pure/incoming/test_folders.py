"""Each command to a folder: what is said to the server, and what its refusal becomes."""

import imaplib
import os
import time
from datetime import datetime
from unittest.mock import patch

from ....incoming import ImapFolder, MailboxError, find_junk_folder
from ....incoming.answers import MONTHS
from ....incoming.base import MessageRef, batches
from ....incoming.folders import find_special_folder, quote_folder
from ....incoming.imap import _uid_set, text_of
from ...kit.pure import PureCase

NOT_NOW = ("NO", [b"not now"])


class Scripted:
    """An imaplib connection: ``answers`` by command, ``commands`` were said."""

    def __init__(self, untagged=None, listed=(), **answers):
        self.commands = []
        self.answers = answers
        self.untagged = {"UIDVALIDITY": 7, "UIDNEXT": 9, "EXISTS": 5, **(untagged or {})}
        self.listed = listed

    def list(self):
        return self.answers.get("LIST", ("OK", list(self.listed)))

    def select(self, name):
        self.commands.append(("SELECT", name))
        return self.answers.get("SELECT", ("OK", [b"5"]))

    def response(self, code):
        number = self.untagged[code]
        return code, [None if number is None else str(number).encode()]

    def capability(self):
        self.commands.append(("CAPABILITY",))
        return "OK", [b"imap4rev1 UIDPLUS move"]

    def create(self, name):
        self.commands.append(("CREATE", name))
        if "CREATE" in self.answers:
            raise imaplib.IMAP4.error("exists")
        return "OK", []

    def uid(self, name, *arguments):
        self.commands.append((name, *arguments))
        answer = self.answers.get(name, ("OK", [None]))
        if isinstance(answer, list):
            answer = answer.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


def folder(untagged=None, **answers):
    connection = Scripted(untagged, **answers)
    found = ImapFolder(connection, "INBOX")
    connection.commands.clear()
    return found, connection


def size_of(uid, size=b"10"):
    return b'1 (UID %d RFC822.SIZE %b INTERNALDATE "02-Nov-2026 10:00:00 +0000")' % (uid, size)


class TestOpening(PureCase):
    def test_its_numbers(self):
        found, _connection = folder()
        self.assertEqual((found.name, found.uidvalidity, found.uidnext), ("INBOX", 7, 9))
        self.assertEqual(found.key(12), "imap:INBOX:7:12")

    def test_numbers_that_the_server_does_not_say(self):
        found, _connection = folder({"UIDVALIDITY": None, "UIDNEXT": None})
        self.assertEqual((found.uidvalidity, found.uidnext), (0, 0))
        connection = Scripted()
        connection.response = lambda code: (code, [b"3", b"4"])
        self.assertEqual(ImapFolder(connection, "INBOX").uidnext, 4, "the last one counts")

    def test_a_folder_that_is_not_there_names_those_that_are(self):
        listed = [b'() "/" "F%02d"' % number for number in range(25, 0, -1)]
        connection = Scripted(listed=listed, SELECT=("NO", [b"no such folder"]))
        with self.assertRaises(MailboxError) as caught:
            ImapFolder(connection, "Inbix")
        names = ", ".join(f"F{number:02}" for number in range(1, 21))
        self.assertEqual(
            str(caught.exception),
            f"The mailbox has no folder “Inbix” (no such folder). Its folders are: {names}.",
        )

    def test_names_of_the_junk_folder(self):
        for name in (
            *("Junk", "Spam", "Junk E-mail", "Junk Email", "Bulk Mail"),
            *("INBOX.Junk", "INBOX.Spam"),
        ):
            with self.subTest(name=name):
                connection = Scripted(listed=[b'() "/" "%b"' % name.encode()])
                self.assertEqual(find_junk_folder(connection), name)

    def test_the_order_of_preference(self):
        listed = [b'() "." "Spam"', b'() "." "Junk"', b'(\\Other \\JUNK) "." "Marked"', None]
        self.assertEqual(find_junk_folder(Scripted(listed=listed)), "Marked")
        self.assertEqual(find_junk_folder(Scripted(listed=listed[:2])), "Junk")
        self.assertIsNone(find_junk_folder(Scripted(LIST=("NO", listed))))

    def test_how_servers_write_a_name(self):
        for line, name in (
            (b'(\\All) "/" "All Mail"', "All Mail"),
            (b'(\\All) "\\\\" "a"', "a"),
            (b'(\\All) "\\"" "a"', "a"),
            (b"(\\All) NIL a", "a"),
            (b'(\\All) "/" a"', 'a"'),
            (b'(\\All) "/" "a\\\\b"', "a\\b"),
            ((b'(\\All) "/" {3}', b"a b"), "a b"),
            (b"(\\All) nonsense", None),
        ):
            with self.subTest(line=line):
                connection = Scripted(listed=[line])
                self.assertEqual(find_special_folder(connection, rb"\all", ()), name)


class TestSearching(PureCase):
    def test_new_messages(self):
        for answer, first, expected in (
            ([b"3 5 4 4"], 4, [4, 5]),
            ([b"2"], 3, []),
            ([None], 1, []),
            ([b"", b"9"], 1, [9]),
        ):
            with self.subTest(answer=answer):
                found, connection = folder(SEARCH=("OK", answer))
                self.assertEqual(found.uids_from(first), expected)
                self.assertEqual(connection.commands, [("SEARCH", "UID", f"{first}:*")])

    def test_windows_only_where_both_numbers_and_messages_are_many(self):
        many = 20_000
        for uidnext, exists, windows in (
            (many + 1, many + 1, ["1:*"]),
            (many + 2, many, ["1:*"]),
            (many + 2, many + 1, ["1:20000", "20001:40000"]),
            (None, many + 1, ["1:*"]),
        ):
            with self.subTest(uidnext=uidnext, exists=exists):
                found, connection = folder({"UIDNEXT": uidnext, "EXISTS": exists})
                found.uids_from(1)
                self.assertEqual([command[2] for command in connection.commands], windows)

    def test_since_in_every_month(self):
        months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
        self.assertEqual(" ".join(MONTHS), months)
        for number, name in enumerate(months.split(), 1):
            found, connection = folder()
            found.uids_from(1, datetime(2026, number, 2))
            self.assertEqual(connection.commands[0][3:], ("SINCE", f"1-{name}-2026"))

    def test_unread(self):
        for answer, expected in (([b"10 9"], [9, 10]), ([None], []), ([b"", b"9"], [9])):
            found, connection = folder(SEARCH=("OK", answer))
            self.assertEqual(found.unread(), expected)
            self.assertEqual(connection.commands, [("SEARCH", "UNSEEN")])

    def test_refusals(self):
        found, _connection = folder(SEARCH=NOT_NOW, FETCH=NOT_NOW, STORE=NOT_NOW)
        for ask, verb in (
            (lambda: found.uids_from(1), "search"),
            (found.unread, "search"),
            (lambda: found.headers([1], "SUBJECT"), "list"),
            (lambda: found.refs([1]), "list"),
        ):
            with self.subTest(verb=verb), self.assertRaises(MailboxError) as caught:
                ask()
            self.assertEqual(
                str(caught.exception), f"The server refused to {verb} “INBOX”: not now"
            )
        with self.assertRaises(MailboxError) as caught:
            found.mark_seen([1])
        self.assertEqual(str(caught.exception), "The server refused STORE in “INBOX”: not now")


class TestListing(PureCase):
    def test_five_hundred_at_once(self):
        for method in ("refs", "headers"):
            with self.subTest(method=method):
                found, connection = folder()
                getattr(found, method)(range(1, 1_002))
                sets = [command[1] for command in connection.commands if command[0] == "FETCH"]
                self.assertEqual(sets, ["1:500", "501:1000", "1001"])

    def test_what_is_asked_for(self):
        found, connection = folder()
        found.refs([3])
        found.headers([3], "SUBJECT", "FROM")
        self.assertEqual(
            connection.commands,
            [
                ("FETCH", "3", "(UID RFC822.SIZE INTERNALDATE)"),
                ("SEARCH", "UID", "3"),  # nothing came: is it there?
                ("FETCH", "3", "(UID BODY.PEEK[HEADER.FIELDS (SUBJECT FROM)])"),
            ],
        )

    def test_sizes_and_dates(self):
        answer = [size_of(4), size_of(3, b"0"), b"1 (UID 5 RFC822.SIZE 7)", b"1 (UID 6 FLAGS ())"]
        found, _connection = folder(FETCH=("OK", answer))
        received = datetime(2026, 11, 2, 10, 0)
        self.assertEqual(
            found.refs([3, 4, 5, 6]),
            [
                MessageRef("imap:INBOX:7:3", 3, 0, received),
                MessageRef("imap:INBOX:7:4", 4, 10, received),
                MessageRef("imap:INBOX:7:5", 5, 7, None),
            ],
        )
        found, _connection = folder(FETCH=("OK", [b"1 (UID 3 RFC822.SIZE NIL)"]))
        self.assertEqual(found.refs([3])[0].size, 0)

    def test_dates_in_any_time_zone_of_the_machine(self):
        self.addCleanup(time.tzset)
        with patch.dict(os.environ, TZ="CET-1CEST,M3.5.0,M10.5.0/3"):
            time.tzset()
            for month, number in (("Jan", 1), ("Jul", 7)):
                answer = size_of(3).replace(b"Nov", month.encode())
                found, _connection = folder(FETCH=("OK", [answer]))
                self.assertEqual(found.refs([3])[0].received, datetime(2026, number, 2, 10, 0))

    def test_fields_that_are_missing(self):
        answer = [b"1 (UID 3 BODY[HEADER.FIELDS (SUBJECT)] NIL)", b"1 (UID 4 FLAGS ())"]
        found, _connection = folder(FETCH=("OK", answer))
        self.assertEqual(found.headers([3, 4], "SUBJECT"), {})

    def test_what_is_no_imap_costs_its_own_message_alone(self):
        answer = [b"1 (UID 3", size_of(4)]
        for found_again, expected in ([b"3"], [(3, 0), (4, 10)]), ([None], [(4, 10)]):
            found, connection = folder(FETCH=("OK", answer), SEARCH=("OK", found_again))
            self.assertEqual([(ref.number, ref.size) for ref in found.refs([3, 4])], expected)
            self.assertEqual(connection.commands[-1], ("SEARCH", "UID", "3"))


class TestFetching(PureCase):
    def refs(self, *uids):
        return [MessageRef(f"imap:INBOX:7:{uid}", uid, 3) for uid in uids]

    def body(self, uid, source=b"abc"):
        return [(b"1 (UID %d BODY[] {%d}" % (uid, len(source)), source), b")"]

    def test_one_that_the_server_cannot_read(self):
        listed = ("OK", [size_of(3)])
        found, connection = folder(FETCH=[NOT_NOW, listed])
        [fetched] = found.fetch(self.refs(3))
        self.assertEqual(fetched.source, None)
        self.assertEqual(fetched.error, "not now")
        self.assertEqual(len(connection.commands), 2, "a single one is not asked for twice")

    def test_one_of_two_is_asked_for_alone(self):
        answers = [("OK", self.body(3)), ("OK", self.body(4, b"def"))]
        found, connection = folder(FETCH=answers)
        sources = [(fetched.source, fetched.error) for fetched in found.fetch(self.refs(3, 4))]
        self.assertEqual(sources, [(b"abc", ""), (b"def", "")])
        sets = [command[1:] for command in connection.commands]
        self.assertEqual(sets, [("3:4", "(UID BODY.PEEK[])"), ("4", "(UID BODY.PEEK[])")])

    def test_an_error_is_one_mails_and_a_lost_connection_is_none(self):
        listed = ("OK", [size_of(3)])
        found, _connection = folder(FETCH=[imaplib.IMAP4.error("bad"), listed])
        self.assertEqual([fetched.source for fetched in found.fetch(self.refs(3))], [None])
        found, _connection = folder(FETCH=[imaplib.IMAP4.abort("gone")])
        with self.assertRaises(imaplib.IMAP4.abort):
            list(found.fetch(self.refs(3)))

    def test_a_refusal_brings_no_bytes(self):
        found, _connection = folder(FETCH=[("NO", self.body(3)), ("OK", [size_of(3)])])
        self.assertEqual([fetched.source for fetched in found.fetch(self.refs(3))], [None])


class TestChanging(PureCase):
    def test_seen(self):
        found, connection = folder()
        found.mark_seen([3, 4])
        stored = ("STORE", "3:4", "+FLAGS.SILENT", "(\\Seen)")
        self.assertEqual(connection.commands, [stored])

    def test_capabilities_are_asked_for_once(self):
        found, connection = folder()
        found.delete([3])
        found.delete([4])
        self.assertEqual(connection.commands.count(("CAPABILITY",)), 1)
        self.assertEqual(connection.commands[-1], ("EXPUNGE", "4"))

    def test_nothing_is_moved_to_where_it_is(self):
        found, connection = folder()
        found.move([3], "INBOX")
        found.move([], "Archive")
        self.assertEqual(connection.commands, [])

    def test_moved(self):
        found, connection = folder()
        found.move([3], "Archive")
        self.assertEqual(connection.commands, [("CAPABILITY",), ("MOVE", "3", '"Archive"')])

    def test_a_folder_is_made_for_what_is_moved(self):
        for quirks in ({}, {"CREATE": True}):
            with self.subTest(quirks):
                found, connection = folder(MOVE=[NOT_NOW, ("OK", [])], **quirks)
                found.move([3], "Archive")
                moved = ("MOVE", "3", '"Archive"')
                self.assertEqual(connection.commands[1:], [moved, ("CREATE", '"Archive"'), moved])
        found, _connection = folder(MOVE=[NOT_NOW, NOT_NOW])
        with self.assertRaisesRegex(MailboxError, "refused MOVE in “INBOX”: not now"):
            found.move([3], "Archive")

    def test_copied_and_deleted_where_the_server_cannot_move(self):
        found, connection = folder()
        connection.capability = lambda: ("OK", [b"IMAP4rev1"])
        found.move([3], "Archive")
        self.assertEqual(
            connection.commands,
            [
                ("COPY", "3", '"Archive"'),
                ("STORE", "3", "+FLAGS.SILENT", "(\\Deleted)"),
            ],
        )


class TestWriting(PureCase):
    def test_shortest_set(self):
        for uids, expected in (
            ([], ""),
            ([7], "7"),
            ([3, 1, 2, 2], "1:3"),
            ([1, 2, 4, 6, 7, 8], "1:2,4,6:8"),
            ([1, 3, 5], "1,3,5"),
        ):
            with self.subTest(uids=uids):
                self.assertEqual(_uid_set(uids), expected)

    def test_names_of_folders(self):
        for name, expected in (
            ("INBOX", '"INBOX"'),
            ('a"b\\c', '"a\\"b\\\\c"'),
            ("Entwürfe & mehr", '"Entw&APw-rfe &- mehr"'),
        ):
            with self.subTest(name=name):
                self.assertEqual(quote_folder(name), expected)

    def test_what_a_server_said(self):
        for data, expected in (
            ([b"not now"], "not now"),
            ([None, b"", "a", b"\xff", 7], "a \ufffd 7"),
            ([], ""),
        ):
            with self.subTest(data=data):
                self.assertEqual(text_of(data), expected)

    def test_batches_at_their_limits(self):
        for sizes, expected in (
            ([4, 3], [[4, 3]]),
            ([4, 4], [[4], [4]]),
            ([7, 1], [[7], [1]]),
            ([3, 4, 3, 4], [[3, 4], [3, 4]]),
            ([1, 1, 1, 1], [[1, 1, 1], [1]]),
            ([0, 0, 0, 7], [[0, 0, 0], [7]]),
            ([], []),
        ):
            with self.subTest(sizes=sizes):
                refs = [MessageRef(str(size), number, size) for number, size in enumerate(sizes)]
                found = [[ref.size for ref in batch] for batch in batches(refs, 7, 3)]
                self.assertEqual(found, expected)
