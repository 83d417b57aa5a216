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
