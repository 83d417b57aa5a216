"""Invitations keep everything but the name of our machine."""

from ....outgoing.calendar import without_hosts
from ...kit.pure import PureCase

ICS = (
    b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:%s\r\nDTSTART:20261103T090000Z\r\n"
    b'ORGANIZER;CN="A":mailto:a@odoo-host-7\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n'
)
HOSTS = ["odoo-host-7"]
LONG = "a" * 60 + ".example.com"


class TestWithoutHosts(PureCase):
    def test_the_host_in_a_uid_becomes_the_domain(self):
        for uid, expected in (
            (b"20261102T1 - 77@odoo-host-7", b"20261102T1 - 77@example.com"),
            (b"20261102T1 - 77@ODOO-HOST-7", b"20261102T1 - 77@example.com"),
            (b"20261102T1 - 77@odoo-\r\n host-7", b"20261102T1 - 77@example.com"),
            (b"of-another@calendar.test", b"of-another@calendar.test"),
            (b"no-host-at-all", b"no-host-at-all"),
        ):
            with self.subTest(uid=uid):
                self.assertEqual(without_hosts(ICS % uid, "example.com", HOSTS), ICS % expected)

    def test_lines_stay_short(self):
        renamed = without_hosts(ICS % b"20261102T100000Z - 77@odoo-host-7", LONG, HOSTS)
        self.assertLessEqual(max(map(len, renamed.split(b"\r\n"))), 75)
        self.assertIn(LONG.encode(), renamed.replace(b"\r\n ", b""))

    def test_without_a_domain_nothing_changes(self):
        self.assertEqual(without_hosts(ICS % b"1@odoo-host-7", "", HOSTS), ICS % b"1@odoo-host-7")

    def test_lines_are_folded_at_seventy_five_octets(self):
        for length, lines in (
            (75, [75]),
            (76, [75, 1]),
            (75 + 74, [75, 74]),
            (75 + 74 + 1, [75, 74, 1]),
            (75 + 74 + 74 + 9, [75, 74, 74, 9]),
        ):
            domain = "x" * (length - len("UID:1@"))
            with self.subTest(length=length):
                found = without_hosts(b"UID:1@odoo-host-7\r\n", domain, HOSTS)
                pieces = found.removesuffix(b"\r\n").split(b"\r\n ")
                self.assertEqual(list(map(len, pieces)), lines)
                self.assertEqual(b"".join(pieces), b"UID:1@" + domain.encode())

    def test_a_host_without_a_name_is_nobodys(self):
        self.assertEqual(without_hosts(b"UID:1@\r\n", "x.test", ["", "a"]), b"UID:1@\r\n")

    def test_what_stays_stays_folded(self):
        for calendar in (b"UID:a\r\n b@else.test\r\n", b"UID:odoo-\n host-7\r\n"):
            self.assertEqual(without_hosts(calendar, "x.test", HOSTS), calendar)

    def test_host_names_in_any_case(self):
        for calendar in (b"uid:1@ODOO-HOST-7\n", b"uid:1@odoo-host-7 \n"):
            self.assertEqual(without_hosts(calendar, "x.test", ["Odoo-Host-7"]), b"uid:1@x.test\n")
