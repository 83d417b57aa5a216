"""Names of files: safe ones, and those of files that have none."""

from ....content.file_names import (
    MAX_NAME_BYTES,
    extension_of,
    file_name,
    name_of_message,
    safe_name,
)
from ....router.message.mail import ReceivedMail
from ...kit.pure import PureCase


def named(*lines, data=b"x"):
    source = "\n".join(lines).encode() + b"\n\n" + data
    return file_name(ReceivedMail.from_bytes(source).parts()[0], data)


class TestSafeNames(PureCase):
    def test_paths_are_cut(self):
        for name, expected in (
            ("C:\\Users\\lena\\plan.pdf", "plan.pdf"),
            ("\\\\server\\share\\plan.pdf", "plan.pdf"),
            ("../../etc/passwd", "passwd"),
            ("/tmp/plan.pdf", "plan.pdf"),
            ("./plan.pdf", "plan.pdf"),
            ("a/../plan.pdf", "plan.pdf"),
            ("file:///tmp/plan.pdf", "plan.pdf"),
            ("Rechnung 5/2026.pdf", "Rechnung 5-2026.pdf"),
            ("plan.pdf/", "plan.pdf-"),
        ):
            with self.subTest(name):
                self.assertEqual(safe_name(name), expected)

    def test_what_hides_a_name_is_dropped(self):
        for name, expected in (
            ("gpj.\u202eexe.txt", "gpj.exe.txt"),
            ("a\u200bb\ufeff.pdf", "ab.pdf"),
            ("a\0b\r\nc.pdf", "a b c.pdf"),
            ("Gro\u0308\u00dfe.pdf", "Größe.pdf"),
            ("plan.exe. .", "plan.exe"),
            ("\u2066\u2069", ""),
            ("..", ""),
            ("??", ""),
            (".htaccess", ".htaccess"),
            ("\N{FAMILY}.png", "\N{FAMILY}.png"),
        ):
            with self.subTest(name):
                self.assertEqual(safe_name(name), expected)

    def test_long_names_keep_their_extension(self):
        for name in ("x" * 500 + ".pdf", "ü" * 500 + ".pdf", "x" * 500 + ".a b c"):
            found = safe_name(name)
            self.assertLessEqual(len(found.encode()), MAX_NAME_BYTES)
            self.assertEqual(found.endswith(".pdf"), name.endswith(".pdf"))


class TestNamesOfParts(PureCase):
    def test_quotes_and_percent_signs_that_are_not_meant(self):
        for written, expected in (
            ("'Angebot Mai.pdf'", "Angebot Mai.pdf"),
            ("\"'Angebot Mai.pdf'\"", "Angebot Mai.pdf"),
            ('"\\"Angebot Mai.pdf\\""', "Angebot Mai.pdf"),
            ("'n' roll.pdf", "'n' roll.pdf"),
            ("Gr%C3%B6%C3%9Fe.pdf", "Größe.pdf"),
            ('"Preis%20in%20%e2%82%ac.pdf"', "Preis in €.pdf"),
            ('"100%20off.pdf"', "100%20off.pdf"),
            ('"Gr%F6sse.pdf"', "Gr%F6sse.pdf"),
            ('"100%.pdf"', "100%.pdf"),
        ):
            for field in ("Content-Disposition: attachment; filename", "Content-Type: x/y; name"):
                with self.subTest(written, field=field):
                    self.assertEqual(named(f"{field}={written}"), expected)

    def test_a_name_by_the_type(self):
        for kind, data, expected in (
            ("application/pdf", b"", "attachment.pdf"),
            ("application/octet-stream", b"%PDF-1.4", "attachment.pdf"),
            ("application/octet-stream", b"?", "attachment.bin"),
            ("image/png", b"", "picture.png"),
            ("image/jpeg", b"", "picture.jpg"),
            ("text/calendar", b"", "calendar.ics"),
            ("text/plain", b"words", "text.txt"),
            ("text/plain", b"%PDF-1.4", "attachment.pdf"),
            ("text/csv", b"", "attachment.csv"),
            ("application/xml", b"", "attachment.xml"),
            ("x/y", b"", "attachment.bin"),
            ("text/x-own", b"", "text.txt"),
            ("message/delivery-status", b"", "delivery-status.txt"),
            ("message/rfc822-headers", b"", "rfc822-headers.txt"),
            ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", b"PK",
             "attachment.docx"),
        ):  # fmt: skip
            with self.subTest(kind):
                self.assertEqual(named(f"Content-Type: {kind}", data=data), expected)

    def test_names_that_stand_elsewhere(self):
        pdf = "Content-Type: application/pdf"
        for line, expected in (
            ("Content-Location: http://x.test/a/plan%20b.pdf?c", "plan b.pdf"),
            ("Content-Location: http://x.test/a/", "attachment.pdf"),
            ("Content-Location: http://[x/", "attachment.pdf"),
            ("Content-Description: plan.pdf", "plan.pdf"),
            ("Content-Description: Plan of the house", "Plan of the house.pdf"),
            ("Content-Description: =?utf-8?Q?Gr=C3=B6=C3=9Fe.pdf?=", "Größe.pdf"),
        ):
            with self.subTest(line):
                self.assertEqual(named(pdf, line), expected)
        self.assertEqual(named(pdf, "Content-Disposition: x; filename=a.b", line), "a.b")

    def test_an_attached_message_is_called_by_its_subject(self):
        kind = "Content-Type: message/rfc822"
        for source, expected in (
            (b"Subject: Zaun: Plan 5/6\n\nx", "Zaun: Plan 5-6.eml"),
            (b"Subject: =?utf-8?Q?Gr=C3=B6=C3=9Fe?=\n\nx", "Größe.eml"),
            (b"Subject: ../../etc\n\nx", "etc.eml"),
            (b"From: a@x.test\n\nx", "message.eml"),
            (b"", "message.eml"),
        ):
            with self.subTest(source):
                self.assertEqual(named(kind, data=source), expected)
        self.assertEqual(named(kind, "Content-Disposition: x; filename=Re: plan"), "Re: plan.eml")
        self.assertEqual(named(kind, "Content-Disposition: x; filename=a.EML"), "a.EML")
        long = name_of_message(b"Subject: " + b"x" * 500 + b"\n\n")
        self.assertEqual((len(long), long[-4:]), (MAX_NAME_BYTES, ".eml"))

    def test_extensions(self):
        self.assertEqual(extension_of("text/plain", b"a"), ".txt")
        self.assertEqual(extension_of("application/zip"), ".zip")
        self.assertEqual(extension_of("", b"\xef\xbb\xbf<?xml"), ".xml")
