"""Which folder copies go to, and that none is stored twice."""

import imaplib
from contextlib import contextmanager
from datetime import datetime

from ....incoming.base import MailboxError
from ....sent_copies.sent_folder import SentFolder
from ...kit.pure import PureCase
from ...kit.servers.scripted_sent import ScriptedSent

INBOX = rb'(\HasNoChildren) "/" INBOX'
SENT = datetime(2026, 11, 3, 10, 0)
MESSAGE = b"Message-ID: <1@domain.com>\r\nSubject: Hello\r\n\r\nText\r\n"


class OnlyInInbox(ScriptedSent):
    """A server whose folders all lie in INBOX, as Courier's do."""

    def _carry_out(self, command, rest, lines, write):
        if command == b"CREATE" and not self._folder(rest).startswith("INBOX."):
            return b"NO Invalid mailbox name."
        return super()._carry_out(command, rest, lines, write)


@contextmanager
def mailbox(*lines, server=ScriptedSent, **quirks):
    """A connection that is logged in, and its server; ``lines`` are LIST's beside INBOX."""
    with server(folders=(INBOX, *lines), **quirks) as running:
        client = imaplib.IMAP4("127.0.0.1", running.port, timeout=10)
        client.login("user", "password")
        yield client, running
        client.shutdown()


def named(name):
    return b'(\\HasNoChildren) "/" "' + name + b'"'


class TestWhich(PureCase):
    def test_the_marked_one_before_one_that_is_called_so(self):
        marked = rb'(\HasNoChildren \Sent) "/" "Ausgang"'
        with mailbox(named(b"Sent"), marked) as (client, server):
            self.assertEqual(SentFolder(client).name, "Ausgang")
        self.assertIn('EXAMINE "Ausgang"', server.commands, "opened, and nothing is changed")
        self.assertFalse([line for line in server.commands if "CREATE" in line])

    def test_names_that_programs_and_providers_give_it(self):
        for name, wire in (
            ("Sent", b"Sent"),
            ("Sent Items", b"Sent Items"),
            ("Sent Messages", b"Sent Messages"),
            ("Sent Mail", b"Sent Mail"),
            ("sent-mail", b"sent-mail"),
            ("INBOX.Sent", b"INBOX.Sent"),
            ("INBOX.Sent Items", b"INBOX.Sent Items"),
            ("INBOX.Sent Messages", b"INBOX.Sent Messages"),
            ("INBOX/Sent", b"INBOX/Sent"),
            ("Gesendet", b"Gesendet"),
            ("Gesendete Objekte", b"Gesendete Objekte"),
            ("Gesendete Elemente", b"Gesendete Elemente"),
            ("Envoyés", b"Envoy&AOk-s"),
            ("Éléments envoyés", b"&AMk-l&AOk-ments envoy&AOk-s"),
            ("Enviados", b"Enviados"),
            ("Elementos enviados", b"Elementos enviados"),
            ("Posta inviata", b"Posta inviata"),
            ("Verzonden items", b"Verzonden items"),
        ):
            with self.subTest(name=name), mailbox(named(wire)) as (client, server):
                self.assertEqual(SentFolder(client).name, name)
                self.assertIn(f'EXAMINE "{wire.decode()}"', server.commands)
                self.assertFalse([line for line in server.commands if "CREATE" in line])

    def test_the_one_that_was_chosen(self):
        with mailbox(named(b"Sent"), named(b"Copies")) as (client, _server):
            self.assertEqual(SentFolder(client, "Copies").name, "Copies")

    def test_one_that_is_missing_is_made_and_shown_to_mail_clients(self):
        for chosen, expected in (("", "Sent"), ("Copies", "Copies")):
            with self.subTest(chosen=chosen), mailbox() as (client, server):
                self.assertEqual(SentFolder(client, chosen).name, expected)
                made = server.commands.index(f'CREATE "{expected}"')
                self.assertEqual(server.commands[made + 1], f'SUBSCRIBE "{expected}"')

    def test_where_all_folders_lie_in_inbox(self):
        with mailbox(server=OnlyInInbox) as (client, _server):
            self.assertEqual(SentFolder(client).name, "INBOX.Sent")

    def test_a_server_that_makes_none(self):
        for chosen, name in (("", "Sent"), ("Copies", "Copies")):
            with self.subTest(chosen=chosen), mailbox(makes_folders=False) as (client, _server):
                with self.assertRaises(MailboxError) as caught:
                    SentFolder(client, chosen)
                self.assertEqual(
                    str(caught.exception),
                    f"The mailbox has no folder “{name}”, and it could not be created"
                    " (not allowed).",
                )


class TestKeep(PureCase):
    def test_once(self):
        with mailbox(named(b"Sent")) as (client, server):
            folder = SentFolder(client)
            self.assertTrue(folder.keep(MESSAGE, "<1@domain.com>", SENT))
            self.assertTrue(folder.holds("<1@domain.com>", SENT))
            self.assertFalse(folder.keep(MESSAGE, "<1@domain.com>", SENT))
        ((flags, date, source),) = server.kept["Sent"]
        self.assertEqual((flags, source), (r"\Seen", MESSAGE))
        self.assertEqual(
            imaplib.Internaldate2tuple(f'INTERNALDATE "{date}"'.encode())[:5],
            imaplib.Internaldate2tuple(b'INTERNALDATE "03-Nov-2026 10:00:00 +0000"')[:5],
        )

    def test_searched_on_the_days_around_it_and_after_the_mailbox_was_asked_for_news(self):
        with mailbox(named(b"Sent")) as (client, server):
            SentFolder(client).holds("<1@domain.com>", SENT)
        self.assertEqual(
            server.commands[-2:],
            [
                "NOOP",
                'UID SEARCH SINCE 28-Oct-2026 BEFORE 5-Nov-2026 HEADER Message-ID "<1@domain.com>"',
            ],
        )

    def test_a_strange_message_id_stays_one_argument(self):
        with mailbox(named(b"Sent")) as (client, server):
            SentFolder(client).holds('<a"b\\c\r\nd\xe4@x.test>', SENT)
        self.assertEqual(server.commands[-1].rpartition("Message-ID ")[2], r'"<a\"b\\cd@x.test>"')

    def test_refused(self):
        for command, said in (
            (b"APPEND", "refused a copy for the folder “Sent”: [OVERQUOTA] the mailbox is full"),
            (b"SEARCH", "refused to search “Sent”: not now"),
        ):
            quirks = {"refuses": command}
            with self.subTest(command=command), mailbox(named(b"Sent"), **quirks) as connected:
                client, server = connected
                with self.assertRaises(MailboxError) as caught:
                    SentFolder(client).keep(MESSAGE, "<1@domain.com>", SENT)
                self.assertEqual(str(caught.exception), f"The server {said}")
                self.assertEqual(server.kept["Sent"], [])

    def test_found_is_what_has_a_number(self):
        with mailbox(named(b"Sent")) as (client, _server):
            folder = SentFolder(client)
            for answer, held in (
                ([], False),
                ([None], False),
                ([b""], False),
                ([b" "], False),
                ([b"7"], True),
                ([b"7 9"], True),
                ([b"7", b""], True),
            ):
                client.uid = lambda *_command, answer=answer: ("OK", answer)
                with self.subTest(answer=answer):
                    self.assertEqual(folder.holds("<1@domain.com>", SENT), held)
