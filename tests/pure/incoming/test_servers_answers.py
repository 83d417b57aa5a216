"""Answers as servers write them, and what tells one message from another."""

from datetime import datetime

from ....incoming.answers import read_date, read_numbers, read_sizes, read_values
from ....incoming.fingerprint import content_key, header_key, is_cut_short
from ...kit.pure import PureCase

MAIL = b"From: a@x.test\r\nSubject: one\r\nMessage-ID: <1@x.test>\r\n\r\nHello\r\n"


class TestServersAnswers(PureCase):
    def test_numbers_in_several_lines(self):
        """Server: SEARCH answers in several lines, or with a MODSEQ → every number is read
        (mjl-/mox#389).
        """
        for data, expected in (
            ([b"1 2 3", b"4 5"], [1, 2, 3, 4, 5]),
            ([b"1 2 (MODSEQ 917162500)"], [1, 2]),
            ([None], []),
            ([b"", b"7"], [7]),
            ([b"x 8"], [8]),
        ):
            with self.subTest(data):
                self.assertEqual(read_numbers(data), expected)

    def test_sizes(self):
        """Server: a size over 2³¹, a date of no calendar → the message is listed all the same."""
        date = datetime(2026, 11, 2, 9, 0)
        for answer, expected in (
            (b'1 (UID 7 RFC822.SIZE 10 INTERNALDATE "02-Nov-2026 10:00:00 +0100")', (7, 10, date)),
            (b'1 (RFC822.SIZE 5000000000 UID 7 INTERNALDATE "x")', (7, 5_000_000_000, None)),
            (b"1 (FLAGS (\\Seen) UID 7)", None),
            (b"1 (UID 7 RFC822.SIZE NIL)", (7, 0, None)),
        ):
            with self.subTest(answer):
                self.assertEqual(list(read_sizes([answer])), [expected] if expected else [])

    def test_dates(self):
        """Server: INTERNALDATE has no such day or zone → it has none (jstedfast/MailKit#1236)."""
        for text, expected in (
            (" 2-Nov-2026 10:00:00 -0130", datetime(2026, 11, 2, 11, 30)),
            ("02-nov-2026 10:00:00", datetime(2026, 11, 2, 10, 0)),
            ("02-Nov-2026 10:00:00 +2500", None),
            ("31-Feb-2026 10:00:00 +0100", None),
            ("02-Nox-2026 10:00:00 +0100", None),
            ("01-Jan-0001 00:00:00 +1400", None),
            ("now", None),
            ("00-Jan-0000 00:00:00 +0000", None),  # Domino
        ):
            with self.subTest(text):
                self.assertEqual(read_date(text), expected)

    def test_an_answer_that_cannot_be_read(self):
        """Server: one answer of a FETCH is no IMAP → the others are read."""
        data = [(b"1 (UID 1 BODY[] {3}", b"abc"), b")", b"2 (UID 2 BODY[] (", None]
        data += [(b"3 (BODY[] {2}", b"de"), b" UID 3)"]
        found = {uid: values[b"BODY[]"] for uid, values in read_values(data)}
        self.assertEqual(found, {1: b"abc", 3: b"de"})

    def test_one_message_is_known_by_its_header(self):
        """Server: flags in the header, new boundaries, other line ends → it is the same message."""
        for other in (
            MAIL.replace(b"\r\n", b"\n"),
            b"Status: RO\r\nX-UID: 9\r\n" + MAIL,
            MAIL.replace(
                b"\r\n\r\n", b"\r\nContent-Type: multipart/mixed;\r\n\tboundary=9\r\n\r\n"
            ),
            MAIL.partition(b"\r\n\r\n")[0] + b"\r\n\r\n",
            MAIL.replace(b": one", b":\r\n one"),
        ):
            with self.subTest(other):
                self.assertEqual(header_key(other), header_key(MAIL))
        self.assertNotEqual(header_key(MAIL.replace(b"one", b"two")), header_key(MAIL))
        self.assertNotEqual(content_key(MAIL.replace(b"Hello", b"other")), content_key(MAIL))
        self.assertEqual(content_key(MAIL.replace(b"\r\n", b"\n")), content_key(MAIL))

    def test_what_is_cut_short(self):
        """Server: fewer bytes than announced → the message is asked for again, unless its size is
        an estimate.
        """
        whole = b"A: b\r\n\r\n" + b"Hello\r\n" * 20
        parts = b'Content-Type: multipart/mixed; boundary="q"\r\n\r\n--q\r\n\r\nHello\r\n'
        for source, size, expected in (
            (whole, len(whole), False),
            (whole, len(whole) - 5, False),
            (whole, len(whole) + 9, False),  # Exchange counts otherwise
            (whole.replace(b"\r\n", b"\n"), len(whole), False),
            (b"", 10, True),
            (b"", 0, False),
            (whole[:70], len(whole), True),
            (whole[:-3], len(whole), True),
            (parts, len(parts) + 7, True),
            (parts + b"--q--\r\n", len(parts) + 20, False),
        ):
            with self.subTest(source=source[-10:], size=size):
                self.assertEqual(is_cut_short(source, size), expected)
