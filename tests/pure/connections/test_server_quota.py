"""How full a mailbox is, in figures that are read at a glance."""

from ....connections.quota import Quota, amount, fullest, parse_quotas
from ...kit.pure import PureCase


class TestServerQuota(PureCase):
    def test_sizes_in_the_unit_that_is_read_best(self):
        for kilobytes, expected in (
            (0, "0 KB"),
            (1_023, "1023 KB"),
            (1_024, "1.0 MB"),
            (1_024 * 1_000, "1000.0 MB"),
            (1_024 * 1_023, "1023.0 MB"),
            (1_024 * 1_024, "1.0 GB"),
            (1_024 * 1_024 * 1_000, "1000.0 GB"),
        ):
            with self.subTest(kilobytes=kilobytes):
                self.assertEqual(amount("STORAGE", kilobytes), expected)
        self.assertEqual(amount("MESSAGE", 1_234_567), "1,234,567")

    def test_percent_has_one_decimal(self):
        for used, limit, percent in (
            (0, 3, 0.0),
            (1, 3, 33.3),
            (2, 3, 66.7),
            (3, 3, 100.0),
            (4, 3, 133.3),
            (0, 0, 100.0),
        ):
            with self.subTest(used=used, limit=limit):
                self.assertEqual(Quota("STORAGE", used, limit).percent, percent)

    def test_several_limits_in_one_line(self):
        line = b'"" (STORAGE 1 10 MESSAGE 2 20 MAILBOX 3 30 X 4 40)'
        found = [(quota.resource, quota.used, quota.limit) for quota in parse_quotas([line])]
        expected = [("STORAGE", 1, 10), ("MESSAGE", 2, 20), ("MAILBOX", 3, 30), ("X", 4, 40)]
        self.assertEqual(found, expected)

    def test_what_is_no_number_is_left_out(self):
        for line in (b"r (STORAGE x 2)", b"r (STORAGE 1 x)", b"r (STORAGE 1 2) x", b"STORAGE 1 2"):
            with self.subTest(line=line):
                self.assertEqual(parse_quotas([line]), ())

    def test_only_so_many_lines_are_read(self):
        empty = [b'"" ()']
        limit = b'"" (STORAGE 1 2)'
        self.assertEqual(len(parse_quotas([*empty * 49, limit])), 1)
        self.assertEqual(len(parse_quotas([*empty * 50, limit])), 0)

    def test_only_limits_that_refuse_mail_count(self):
        storage, message = Quota("STORAGE", 2, 10), Quota("MESSAGE", 1, 10)
        for quotas, expected in (
            ((storage, message), storage),
            ((message, storage), storage),
            ((message,), message),
            ((Quota("MAILBOX", 10, 10), message), message),
            ((Quota("MAILBOX", 10, 10),), None),
        ):
            with self.subTest(quotas=quotas):
                self.assertEqual(fullest(quotas), expected)
